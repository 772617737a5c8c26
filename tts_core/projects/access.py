"""Access to the projects in the database by the rules of their owners; their latest changes."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from tts_core.errors import UnknownNameError
from tts_core.projects.database import ProjectDatabase
from tts_core.projects.folder import ProjectFolder
from tts_core.projects.project import Change, Project
from tts_core.projects.work.background import BackgroundSpeech
from tts_core.projects.work.planner import Planner
from tts_core.projects.work.worker import Worker
from tts_core.stats.live import is_owner
from tts_core.system.disk import DiskSpace
from tts_core.types import Caller
from tts_core.validation import checked_name, shown

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")
Direction = Literal["undo", "redo"]

MOST_CHANGES = 100
"""Kept of one project."""
MOST_SEGMENTS = 50_000
"""Kept of one project, before and after its changes: some 50 MB of long sentences."""
MOST_SEGMENTS_IN_ALL = 4 * MOST_SEGMENTS
"""Kept of all projects."""


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
        speech: BackgroundSpeech,
    ) -> None:
        """`viewer`: returns whose projects a caller may see; see `Archive.viewer`."""
        self._database, self._folder, self._viewer = database, folder, viewer
        self._versions: dict[str, int] = {}
        self._journal = Journal()
        self._lock = threading.Lock()
        self._worker = Worker(database, folder, speech, disk_space.reclaim, self._has_changed)
        self._planner = Planner(database, folder, self._has_more)

    def start(self) -> None:
        """Go on with what an earlier process has left."""
        if self._folder.path.is_dir():
            self._worker.wake()
            self._planner.wake()

    def working(self, owner: str | None = None) -> list[dict[str, Any]]:
        """Return id and title of the projects of `owner` (None: all) that are being made.

        From memory, so that it can be asked often.
        """
        return [
            {"project_id": project.id, "title": project.title}
            for project in self._worker.unfinished
            if project.id in self._worker.begun and is_owner(owner, project.owner)
        ]

    def prefer(self, project_id: str) -> None:
        """Have a project made before all others in this process."""
        self._worker.preferred = project_id

    def close(self) -> None:
        """Stop working. What is not done goes on when Aloud runs again."""
        self._planner.close()
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
        return self._noted(project_id, self._writing(caller, project_id, work))

    def _noted(self, project_id: str, change: Change) -> Change:
        """Note what can be undone, and return it."""
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

    def _has_more(self, project_id: str) -> None:
        self._has_changed(project_id)
        self._worker.wake()

    def _has_changed(self, project_id: str) -> None:
        with self._lock:
            self._versions[project_id] = self._versions.get(project_id, 0) + 1


@dataclass(slots=True)
class _Steps:
    undo: list[Change] = field(default_factory=list)
    redo: list[Change] = field(default_factory=list)
    segments: int = 0
    """How many these changes have."""
    going: threading.Lock = field(default_factory=threading.Lock)


class Journal:
    """The latest changes that this process has made, in memory. Thread-safe.

    Those of the projects that were not changed for longest are forgotten first.
    """

    def __init__(self) -> None:
        self._projects: dict[str, _Steps] = defaultdict(_Steps)
        self._lock = threading.Lock()

    def add(self, project_id: str, change: Change) -> None:
        """Note what has been done; what was undone before cannot be redone any more."""
        if list(change.before) == list(change.after) and change.narration is None:
            return
        with self._lock:
            steps = self._latest(project_id)
            steps.redo.clear()
            steps.undo.append(change)
            _trim(steps.undo)
            steps.segments = sum(map(_size, steps.undo))
            self._forget_oldest()

    def going(self, project_id: str) -> threading.Lock:
        """Return a lock to hold while a change is restored: the next one must find it so."""
        with self._lock:
            return self._projects[project_id].going

    def take(self, project_id: str, direction: Direction) -> Change | None:
        """Remove and return the change to be restored next; None when there is none."""
        with self._lock:
            changes = self._stack(project_id, direction)
            if not changes:
                return None
            change = changes.pop()
            self._projects[project_id].segments -= _size(change)
            return change

    def put(self, project_id: str, direction: Direction, change: Change) -> None:
        """Note what restoring a change has done, as what goes back in the other direction."""
        with self._lock:
            steps = self._latest(project_id)
            self._stack(project_id, direction).append(change)
            steps.segments += _size(change)
            self._forget_oldest()

    def depth(self, project_id: str) -> tuple[int, int]:
        """Return how many changes can be undone, and redone."""
        with self._lock:
            steps = self._projects.get(project_id, _Steps())
            return len(steps.undo), len(steps.redo)

    def drop(self, project_id: str) -> None:
        """Forget the changes of a project."""
        with self._lock:
            self._projects.pop(project_id, None)

    def _latest(self, project_id: str) -> _Steps:
        """Return the steps of a project, which has been changed last."""
        steps = self._projects.pop(project_id, None) or _Steps()
        self._projects[project_id] = steps
        return steps

    def _forget_oldest(self) -> None:
        """Forget the changes of some projects above the limit, but not of the last one."""
        total = sum(steps.segments for steps in self._projects.values())
        for steps in list(self._projects.values())[:-1]:
            if total <= MOST_SEGMENTS_IN_ALL:
                return
            total -= steps.segments
            # The lock is kept, since another thread may hold it.
            steps.undo, steps.redo, steps.segments = [], [], 0

    def _stack(self, project_id: str, direction: Direction) -> list[Change]:
        steps = self._projects[project_id]
        return steps.undo if direction == "undo" else steps.redo


def _trim(changes: list[Change]) -> None:
    """Drop the oldest changes above the limits; the latest one stays."""
    del changes[:-MOST_CHANGES]
    while len(changes) > 1 and sum(map(_size, changes)) > MOST_SEGMENTS:
        del changes[0]


def _size(change: Change) -> int:
    """Return how many segments a change has, before and after it."""
    return len(change.before) + len(change.after)
