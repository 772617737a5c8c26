"""The thread that cuts long documents into segments, while their projects are there already.

What has been cut is stored in parts, each with a note of how far that is (`Planning`), so a process
that is killed leaves a project with which the next one goes on: at the very letter, since a later
version may cut sentences in another way.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from tts_core.documents.read import read_document
from tts_core.errors import ConflictError, StorageError, TTSError, as_tts_error
from tts_core.projects.cutting import Cutter, after_letters, letters
from tts_core.projects.database import MOST_WRITTEN, PAUSE, ProjectDatabase
from tts_core.projects.folder import SOURCE, ProjectFolder
from tts_core.projects.project import Planning, Project, ProjectSegment, key_of
from tts_core.projects.work.patience import Patience

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = logging.getLogger(__name__)

RETRY_SECONDS = 2.0
"""Wait after a failure that is not the database's."""


class Planner:
    """Cuts the documents of projects in a thread of its own, one at a time, until `close`."""

    def __init__(
        self, database: ProjectDatabase, folder: ProjectFolder, changed: Callable[[str], object]
    ) -> None:
        """`changed`: called with the id of a project when segments were added to it."""
        self._database, self._folder, self._changed = database, folder, changed
        self._patience = Patience(log, "documents to be cut wait for")
        self._news = self._closed = False
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Look for documents to be cut. Starts the thread at the first call."""
        with self._condition:
            self._news = True
            self._condition.notify_all()
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="planner", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop after the part that is being stored."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        if self._thread is not None:
            self._thread.join(10.0)

    def _run(self) -> None:
        from tts_core.projects import tables

        while not self._closed:
            with self._condition:
                self._condition.wait_for(lambda: self._closed or self._news)
                self._news = False
            try:
                found = self._database.read(tables.to_be_planned)
                for project in found:
                    if self._folder.exists(project.id):
                        self._plan(project)
                self._patience.reset()
            except StorageError as error:
                self._retry_after(self._patience.after(error))
            except Exception:  # the thread goes on: others' documents wait
                log.exception("the documents to be cut could not be looked up")
                self._retry_after(RETRY_SECONDS)

    def _retry_after(self, seconds: float) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self._closed, seconds)
            self._news = True

    def _plan(self, project: Project) -> None:
        """Cut the rest of a project's document; pause the project if that is not possible."""
        try:
            self._cut(project)
        except StorageError:
            raise
        except Exception as error:  # other documents wait
            told = as_tts_error(error)
            if not isinstance(error, TTSError | OSError):
                log.exception("the document of project %s could not be cut", project.id)
            why = f"The document could not be read to its end: {told} Resume the project to retry."
            self._database.write(partial(_pause_if_there, project_id=project.id, why=why))
            self._changed(project.id)

    def _cut(self, project: Project) -> None:
        planning = project.planning
        if planning is None:
            return
        path = self._folder.of(project.id) / SOURCE
        document = read_document(path, project.source.name)
        cutter = Cutter(
            planning.narration, planning.longest, planning.shortest, planning.most_words
        )
        if len(cutter.titles(document)) != len(project.chapters):
            raise ConflictError(
                "this version of Aloud finds other chapters in it than the one that began. Make "
                "another project of the document, or go on with the former version.",
                "document",
            )
        cut = chain.from_iterable(cutter.chapters(document))
        rest: Iterator[ProjectSegment] = cut
        if planning.done and not planning.done_letters:  # of a version that did not count them
            count = sum(letters(segment.text) for segment in islice(cut, planning.done))
            planning = replace(planning, done_letters=count)
        else:
            rest = after_letters(cut, planning.done_letters)
        while not self._closed:
            some = list(islice(rest, MOST_WRITTEN))
            after = _advanced(planning, some) if len(some) == MOST_WRITTEN else None
            store = partial(
                _added, project_id=project.id, some=some, done=planning.done, after=after
            )
            if not self._database.write(store):
                return  # deleted meanwhile
            self._changed(project.id)
            if after is None:
                return
            planning = after
            with self._condition:  # time for other writers; see `ProjectDatabase.write_all`
                self._condition.wait_for(lambda: self._closed, PAUSE)


def _advanced(planning: Planning, some: Sequence[ProjectSegment]) -> Planning:
    """Return how far a document has been cut when more of its segments are stored."""
    return replace(
        planning,
        done=planning.done + len(some),
        done_characters=planning.done_characters + sum(len(segment.text) for segment in some),
        done_letters=planning.done_letters + sum(letters(segment.text) for segment in some),
    )


def _added(
    connection: Connection,
    project_id: str,
    some: Sequence[ProjectSegment],
    done: int,
    after: Planning | None,
) -> bool:
    """Add segments at the end of a project; return False if it is not as this planner left it.

    `done`: segments that were stored before.
    """
    from tts_core.projects import tables

    project = tables.find_project(connection, project_id)
    if project is None or project.planning is None or project.planning.done != done:
        return False
    end = tables.end_of(connection, project_id)  # which merging and splitting may have moved
    placed = (replace(segment, position=end + n) for n, segment in enumerate(some))
    keyed = [replace(segment, key=key_of(project, segment)) for segment in placed]
    tables.add_segments(connection, project_id, keyed)
    tables.set_planning(connection, project_id, after)
    return True


def _pause_if_there(connection: Connection, project_id: str, why: str) -> None:
    from tts_core.projects import tables

    tables.set_paused(connection, project_id, True, why)
