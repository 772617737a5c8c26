"""Access to the projects in the database, by the rules of their owners."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tts_core.errors import UnknownNameError
from tts_core.projects.database import ProjectDatabase
from tts_core.projects.folder import ProjectFolder
from tts_core.projects.journal import Journal
from tts_core.projects.making import Speak
from tts_core.projects.project import Change, Project
from tts_core.projects.worker import Worker
from tts_core.stats.live import is_owner
from tts_core.system.disk import DiskSpace
from tts_core.types import Caller
from tts_core.validation import checked_name, shown

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")


class ProjectAccess:
    """The projects of one service. Thread-safe.

    Every method raises StorageError while the database is not available, and UnknownNameError for
    a project that is not the caller's.
    """

    def __init__(
        self,
        database: ProjectDatabase,
        folder: ProjectFolder,
        disk_space: DiskSpace,
        viewer: Callable[[Caller], str | None],
        speak: Speak,
    ) -> None:
        """`viewer`: returns whose projects a caller may see; see `Archive.viewer`."""
        self._database, self._folder, self._viewer = database, folder, viewer
        self._versions: dict[str, int] = {}
        self._journal = Journal()
        self._lock = threading.Lock()
        self._worker = Worker(database, folder, speak, disk_space.reclaim, self._has_changed)

    def start(self) -> None:
        """Go on with what an earlier process has left."""
        if self._folder.path.is_dir():
            self._worker.wake()

    def close(self) -> None:
        """Stop working. What is not done goes on when Aloud runs again."""
        self._worker.close()

    def project(self, caller: Caller, project_id: str) -> Project:
        """Return a project: its title, chapters, cast and settings."""
        return self._reading(caller, project_id, lambda _, project: project)

    def version(self, project_id: str) -> int:
        """Return a number that changes whenever this process has changed a project."""
        return self._versions.get(project_id, 0)

    def _reading(
        self, caller: Caller, project_id: str, work: Callable[[Connection, Project], T]
    ) -> T:
        return self._database.read(lambda c: work(c, self._found(c, caller, project_id)))

    def _writing(
        self, caller: Caller, project_id: str, work: Callable[[Connection, Project], T]
    ) -> T:
        result = self._database.write(lambda c: work(c, self._found(c, caller, project_id)))
        self._has_changed(project_id)
        self._worker.wake()
        return result

    def _changing(
        self, caller: Caller, project_id: str, work: Callable[[Connection, Project], Change]
    ) -> Change:
        """Do what can be undone."""
        change = self._writing(caller, project_id, work)
        self._journal.add(project_id, change)
        return change

    def _found(self, connection: Connection, caller: Caller, project_id: str) -> Project:
        from tts_core.projects import tables

        wanted = checked_name(project_id, "project_id")
        project = tables.find_project(connection, wanted) if wanted.isalnum() else None
        if project is None or not is_owner(self._viewer(caller), project.owner):
            raise UnknownNameError(
                f"There is no project {shown(wanted)}; /projects lists yours.", "project_id"
            )
        return project

    def _has_changed(self, project_id: str) -> None:
        with self._lock:
            self._versions[project_id] = self._versions.get(project_id, 0) + 1
