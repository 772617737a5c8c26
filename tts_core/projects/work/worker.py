"""The thread that makes the waiting segments of all projects, one at a time.

Owners take turns, segment by segment; of one owner's projects the oldest comes first. The file of a
take is complete before its row is written, so a process that is killed loses at most the segment it
was at.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from tts_core.errors import Cancelled, StorageError, TTSError, as_tts_error
from tts_core.projects.database import ProjectDatabase
from tts_core.projects.folder import ProjectFolder
from tts_core.projects.project import (
    SAMPLE_SEGMENTS,
    Project,
    ProjectSegment,
    Take,
    key_of,
    request_of,
    take_name,
)
from tts_core.projects.work.background import BackgroundSpeech
from tts_core.projects.work.making import make_take
from tts_core.projects.work.patience import Patience
from tts_core.synthesis.stream import SpeechStream
from tts_core.system import disk

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = logging.getLogger(__name__)

RETRY_SECONDS = 2.0
"""Wait after a failure that is not the database's."""
LOOK_SECONDS = 30.0
"""How often to look for work that nobody has announced, as after a failure."""
MOST_FAILURES = 8
"""Segments of a project that fail in a row, after which it is paused: more would fail too."""
LISTENED_CHARACTERS = 500
"""From which a voice is measured: about half a minute of speech."""
DISK_FULL = (
    "The disk is nearly full. Free some space, for instance by deleting projects or recordings, "
    "then resume the project."
)


@dataclass(slots=True)
class Present:
    """What the worker is at."""

    project: str
    segment: str
    take: str
    """The name that it will have."""
    stream: SpeechStream | None = None
    unwanted: bool = False
    """Whether its result is not needed any more."""


@dataclass(slots=True)
class Pace:
    """What this process has made of a project so far."""

    seconds: float = 0.0
    """Of work."""
    characters: int = 0


@dataclass(slots=True)
class _Turns:
    """Whose turn it is."""

    last: dict[str, int] = field(default_factory=dict)
    """By owner, a number that is greater the later the owner had a turn."""
    numbers: count[int] = field(default_factory=count)

    def next(self, projects: list[Project]) -> Project:
        """Return the project to serve, of those with work, the oldest first."""
        owner = min(dict.fromkeys(p.owner for p in projects), key=lambda o: self.last.get(o, -1))
        self.last[owner] = next(self.numbers)
        return next(project for project in projects if project.owner == owner)


class Worker:
    """Makes segments in a thread of its own, from `start` to `close`."""

    def __init__(
        self,
        database: ProjectDatabase,
        folder: ProjectFolder,
        speech: BackgroundSpeech,
        has_room: Callable[[], bool],
        changed: Callable[[str], object],
    ) -> None:
        """`has_room`: frees disk space; returns whether there is enough.

        `changed`: called with the id of a project whenever something in it has changed.
        """
        self._database, self._folder, self._speech = database, folder, speech
        self._has_room, self._changed = has_room, changed
        self._turns, self._patience = _Turns(), Patience(log, "projects wait for")
        self._failures: dict[str, int] = {}  # in a row, by project
        self._measured: set[tuple[str, str, str]] = set()
        """Engines, voices and languages whose level is known."""
        self._unchecked: set[str] = set()
        """Projects whose files may not be those that the database knows."""
        self._surveyed = False
        self.begun: dict[str, Pace] = {}
        """The projects of which this process has made something."""
        self.present: Present | None = None
        self.unfinished: list[Project] = []
        """Projects with segments to be made, as of the last one that was made."""
        self.preferred = ""
        """The project that comes before all others; "" for none."""
        self._news = True
        self._closed = False
        self._condition = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="projects", daemon=True)
        self._started = False

    def wake(self) -> None:
        """Look for work: something may be waiting. Starts the thread at the first call."""
        with self._condition:
            self._news = True
            self._condition.notify_all()
            if not self._started and not self._closed:
                self._started = True
                self._thread.start()

    def check(self, project: str) -> None:
        """Compare a project's rows with its files before anything else is made of it."""
        self._unchecked.add(project)
        self.wake()

    def drop(self, project: str) -> None:
        """Stop at once if a segment of this project is being made; its result is dropped."""
        with self._condition:
            present = self.present
            if present is None or present.project != project:
                return
            present.unwanted = True
            stream = present.stream
        if stream is not None:
            stream.close()
        with self._condition:
            self._condition.wait_for(lambda: self.present is not present, 10.0)

    def close(self) -> None:
        """Stop at once. The segment that is being made will be made when Aloud runs again."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
            stream = self.present.stream if self.present is not None else None
            started = self._started
        if stream is not None:
            stream.close()
        if started:
            self._thread.join(10.0)

    def _run(self) -> None:
        while not self._closed:
            try:
                busy = self._make_one()
                self._patience.reset()
                if not busy:
                    self._rest(LOOK_SECONDS)
            except StorageError as error:
                self._rest(self._patience.after(error), regardless=True)
            except Exception:  # the thread goes on: others' projects wait
                log.exception("a segment of a project could not be made")
                self._rest(RETRY_SECONDS, regardless=True)

    def _rest(self, seconds: float, *, regardless: bool = False) -> None:
        with self._condition:
            self._condition.wait_for(
                lambda: self._closed or (self._news and not regardless), seconds
            )

    def _make_one(self) -> bool:
        """Make a segment; return False if there is none to make."""
        from tts_core.projects import tables

        with self._condition:
            self._news = False
        if not self._surveyed:
            self._survey()
        projects = self._database.read(tables.unfinished)
        projects = [project for project in projects if self._folder.exists(project.id)]
        self.unfinished = projects
        if not projects:
            if not self._unchecked:
                return False
            self._tidy(self._unchecked.pop())
            return True
        preferred = [project for project in projects if project.id == self.preferred]
        project = self._turns.next(preferred or projects)
        if project.id in self._unchecked:
            self._unchecked.discard(project.id)
            self._tidy(project.id)
        segment = self._database.read(lambda c: tables.next_waiting(c, project))
        if segment is None:  # made or removed meanwhile
            return True
        if segment.key != key_of(project, segment) and not segment.locked:
            self._settle(project.id, segment.id)
            return True
        if not self._has_room():
            self._pause(project.id, DISK_FULL)
            return True
        with self._condition:
            present = self.present = Present(
                project.id, segment.id, take_name(segment.key, segment.wanted)
            )
            self.begun.setdefault(project.id, Pace())
        try:
            self._make(project, segment, present)
        finally:
            with self._condition:
                self.present = None
                self._condition.notify_all()
            self._changed(project.id)
        return True

    def _make(self, project: Project, segment: ProjectSegment, present: Present) -> None:
        def opened(stream: SpeechStream) -> None:
            with self._condition:
                present.stream = stream
                unwanted = present.unwanted or self._closed
            if unwanted:
                stream.close()

        try:
            self._listen(project, segment, opened)
            take = make_take(self._folder, self._speech, project, segment, opened)
        except Cancelled:
            return
        except (TTSError, OSError) as error:
            if present.unwanted or self._closed:
                return
            if disk.is_full(error) or disk.is_full(error.__cause__ or error):
                self._pause(project.id, DISK_FULL)
            else:
                self._failed(project, segment, as_tts_error(error))
            return
        self._failures.pop(project.id, None)
        self._keep(project, segment, take)
        pace = self.begun[project.id]
        pace.seconds += take.seconds
        pace.characters += len(take.text)

    def _listen(
        self,
        project: Project,
        segment: ProjectSegment,
        opened: Callable[[SpeechStream], object],
    ) -> None:
        """Have the level of a segment's voice measured, before the first segment that it speaks.

        It speaks the text from there on for that. A failure is told by the segments themselves.
        """
        from tts_core.projects import tables

        request = request_of(project, segment)
        voice = (request.engine, request.voice, request.language)
        if voice in self._measured:
            return
        found = self._database.read(
            lambda c: tables.segments_of(c, project.id, segment.position, SAMPLE_SEGMENTS)
        )
        texts = [s.text for s in found if request_of(project, s).voice == request.voice]
        sample = " ".join(texts)[:LISTENED_CHARACTERS]
        try:
            self._speech.measure_voice(request.model_copy(update={"text": sample}), opened)
        except Cancelled:
            raise
        except TTSError as error:
            log.info("the level of %s was not measured: %s", request.voice, error)
        self._measured.add(voice)

    def _keep(self, project: Project, segment: ProjectSegment, take: Take) -> None:
        """Note a take whose file is complete, in the segment too if it still waits for it."""
        from tts_core.projects import edits, tables

        def work(connection: Connection) -> None:
            if tables.find_project(connection, project.id) is None:
                return
            tables.add_takes(connection, project.id, [take])
            for found in tables.segments_waiting_for(connection, project.id, take):
                done = edits.with_take(found, take)
                tables.add_segments(connection, project.id, [done])

        self._until_stored(work)

    def _until_stored(self, work: Callable[[Connection], None]) -> None:
        """Write to the database, and try again while it is not available."""
        while True:
            try:
                return self._database.write(work)
            except StorageError as error:
                self._rest(self._patience.after(error), regardless=True)
                if self._closed:
                    raise

    def _failed(self, project: Project, segment: ProjectSegment, error: TTSError) -> None:
        from tts_core.projects import tables

        log.warning("segment %d of project %s failed: %s", segment.position, project.id, error)

        def work(connection: Connection) -> None:
            tables.set_failed(connection, project.id, segment, str(error))

        self._database.write(work)
        failures = self._failures[project.id] = self._failures.get(project.id, 0) + 1
        if failures >= MOST_FAILURES:
            del self._failures[project.id]
            self._pause(
                project.id,
                f"{failures} segments in a row could not be spoken; the last because: {error} "
                "Resume the project when that is put right.",
            )

    def _pause(self, project_id: str, why: str) -> None:
        from tts_core.projects import tables

        self._database.write(lambda c: tables.set_paused(c, project_id, True, why))
        self._changed(project_id)

    def _settle(self, project_id: str, segment_id: str) -> None:
        """Have a segment wait for what it sounds like now.

        The cast is being changed, or was when a process ended; or it was between the two readings.
        """
        from tts_core.projects import edits, tables

        def work(connection: Connection) -> None:
            project = tables.find_project(connection, project_id)
            if project is not None:
                found = tables.segments_by_id(connection, project_id, [segment_id])
                edits.resettle(connection, project, found)

        self._database.write(work)

    def _survey(self) -> None:
        """Finish deletions that the last process began, delete what it had begun to add, and have
        all projects checked."""
        from tts_core.projects import tables

        for project in self._folder.half_deleted():
            self._database.write(partial(tables.delete_project, project_id=project))
            self._folder.finish_delete(project)
        known = self._database.read(tables.project_ids)
        for project in self._folder.half_made():
            if project in known:
                self._folder.keep(project)
            else:
                self._folder.begin_delete(project)
                self._database.write(partial(tables.delete_project, project_id=project))
                self._folder.finish_delete(project)
        self._unchecked |= {project for project in known if self._folder.exists(project)}
        self._surveyed = True

    def _tidy(self, project: str) -> None:
        """Bring files and rows into agreement, after whatever ended the last process."""
        from tts_core.projects import tables

        takes = self._database.read(lambda c: tables.take_files(c, project))
        lost = [take for take in takes if not self._folder.has(project, take)]
        if lost:
            log.warning("project %s lacks the files of %d takes", project, len(lost))
            self._database.write(lambda c: tables.remove_takes(c, project, lost))
        with suppress(OSError):
            self._folder.tidy(project, {take.name for take in takes})
        self._changed(project)
