"""Changes to the segments of a project that its owner makes, each of which can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tts_core.audio.join import pauses_of
from tts_core.errors import UnknownNameError
from tts_core.projects.access import ProjectAccess
from tts_core.projects.checks import (
    VoiceCheck,
    check_number,
    check_planned,
    one_line,
    storable,
)
from tts_core.projects.cutting import new_id
from tts_core.projects.database import in_parts
from tts_core.projects.project import Change, Narration, Project, ProjectSegment, Take
from tts_core.projects.status import SegmentStatus
from tts_core.types import Caller, Pause
from tts_core.validation import checked_name, checked_text

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_LISTED = 1_000
"""Segments in one answer."""
LONGEST_PAUSE = 60.0
"""Seconds."""


class Editing(ProjectAccess):
    """What can be done with the segments of a project."""

    _check: VoiceCheck

    def segments(
        self, caller: Caller, project_id: str, start: int = 0, limit: int = 100
    ) -> list[SegmentStatus]:
        """Return the segments from a position on. Raises ValidationError."""
        from tts_core.projects import tables
        from tts_core.projects.report import segment_status

        check_number("start", start, 0, 2**31 - 1)
        check_number("limit", limit, 1, MOST_LISTED)

        def work(connection: Connection, project: Project) -> list[SegmentStatus]:
            found = tables.segments_of(connection, project.id, start, limit)
            return segment_status(connection, project, found, self._worker.present)

        return self._reading(caller, project_id, work)

    def segment(self, caller: Caller, project_id: str, index: int) -> ProjectSegment:
        """Return a segment by its position. Raises UnknownNameError."""
        from tts_core.projects import edits

        return self._reading(
            caller, project_id, lambda c, project: edits.segment_at(c, project, index)
        )

    def takes(self, caller: Caller, project_id: str, index: int) -> list[Take]:
        """Return the takes of a segment's text in its voice. Raises UnknownNameError."""
        from tts_core.projects import edits, tables

        def work(connection: Connection, project: Project) -> list[Take]:
            key = edits.segment_at(connection, project, index).key
            return tables.takes_by_key(connection, project.id, [key]).get(key, [])

        return self._reading(caller, project_id, work)

    def sound(self, caller: Caller, project_id: str, index: int, take: int = -1) -> Path:
        """Return the sound of a segment, a FLAC file: of the chosen take, or of a given one.

        Raises UnknownNameError.
        """
        segment = self.segment(caller, project_id, index)
        name = segment.take
        if take >= 0:
            found = self.takes(caller, project_id, index)
            name = next((t.name for t in found if t.number == take), "")
        if not name:
            raise UnknownNameError(f"take: segment {index} has no such sound yet.", "take")
        return self._folder.take(project_id, name)

    def edit(
        self,
        caller: Caller,
        project_id: str,
        index: int,
        *,
        text: str | None = None,
        voice: str | None = None,
        speaker: str | None = None,
        pause: float | None = None,
        take: int | None = None,
        again: bool = False,
        locked: bool | None = None,
    ) -> Change:
        """Change a segment. None leaves a property as it is; the voice "" is the speaker's.

        With another text or voice it is made again, unless there is a take of that. Raises
        UnknownNameError, ValidationError, and what a request for the voice would raise.
        """
        from tts_core.projects import edits

        project, segment = self.project(caller, project_id), self.segment(caller, project_id, index)
        changed = edited(segment, text, voice, speaker, pause, locked)
        if changed.text != segment.text or changed.voice != segment.voice:
            edits.check_text(changed.text)
            self._check.segment(project, changed)

        def work(connection: Connection, project: Project) -> Change:
            before = edits.segment_at(connection, project, index)
            new = edited(before, text, voice, speaker, pause, locked)
            edits.edit(connection, project, new)
            if take is not None:
                present = edits.segment_at(connection, project, index)
                edits.choose_take(connection, project, present, take)
            if again:
                present = edits.segment_at(connection, project, index)
                edits.make_again(connection, project, [present])
            return Change([before], [edits.segment_at(connection, project, index)])

        return self._changing(caller, project_id, work)

    def make_again(self, caller: Caller, project_id: str, indices: Sequence[int]) -> Change:
        """Have another take made of each of these segments that is not locked."""
        from tts_core.projects import edits

        def checked(connection: Connection, project: Project) -> list[ProjectSegment]:
            found = [edits.segment_at(connection, project, index) for index in indices]
            return edits.again(connection, project, [s for s in found if not s.locked])

        found = self._reading(caller, project_id, checked)
        change = self._in_parts(caller, project_id, found, edits.make_again)
        return self._noted(project_id, change)

    def doubtful(self, caller: Caller, project_id: str) -> list[int]:
        """Return the positions of the segments in which the speech check found something."""
        from tts_core.projects import tables

        def work(connection: Connection, project: Project) -> list[int]:
            found = tables.segments_with(connection, project.id, tables.DOUBTFUL)
            return [segment.position for segment in found]

        return self._reading(caller, project_id, work)

    def merge(self, caller: Caller, project_id: str, index: int, count: int = 2) -> Change:
        """Join a segment and those that follow it. Raises UnknownNameError, ValidationError."""
        from tts_core.projects import edits

        return self._changing(caller, project_id, lambda c, p: edits.merge(c, p, index, count))

    def split(self, caller: Caller, project_id: str, index: int, offset: int) -> Change:
        """Cut a segment before character `offset` of its text.

        Raises UnknownNameError, ValidationError.
        """
        from tts_core.projects import edits

        def work(connection: Connection, project: Project) -> Change:
            narration = project.narration
            pause = pauses_of(narration.reading, narration.speed)[Pause.SENTENCE]
            return edits.split(connection, project, index, offset, new_id(), round(pause, 3))

        return self._changing(caller, project_id, work)

    def replace(
        self, caller: Caller, project_id: str, find: str, by: str, *, match_case: bool = False
    ) -> Change:
        """Replace a text in all segments that are not locked.

        Raises ValidationError, and ConflictError while the document is still being cut: what comes
        of it later would keep the text.
        """
        from tts_core.projects import edits, tables

        find, by = storable(checked_name(find, "find")), storable(checked_name(by, "by"))

        def wanted(
            segments: Sequence[ProjectSegment],
        ) -> tuple[list[ProjectSegment], list[ProjectSegment]]:
            return edits.replaced(segments, find, by, match_case=match_case)

        def work(connection: Connection, project: Project, some: list[ProjectSegment]) -> Change:
            before, changed = wanted(some)
            after = edits.settled(connection, project, changed)
            return edits.written(connection, project, before, after)

        def all_of(connection: Connection, project: Project) -> list[ProjectSegment]:
            check_planned(project)
            return tables.segments_of(connection, project.id)

        everything = self._reading(caller, project_id, all_of)
        change = self._in_parts(caller, project_id, wanted(everything)[0], work)
        return self._noted(project_id, change)

    def recast(self, caller: Caller, project_id: str, narration: Narration) -> Change:
        """Change the cast, or another part of how a project is spoken.

        Segments that sound otherwise then are made again, unless they are locked. Raises as
        `narrate` does for voices and engines.
        """
        from tts_core.projects import edits

        present = self.project(caller, project_id)
        project = replace(present, narration=narration)
        self._check.speaker(project)
        self._check.cast(project)
        before, segments = self._narrated(caller, project_id, narration)
        change = self._in_parts(caller, project_id, segments, edits.resettle)
        return self._noted(project_id, replace(change, narration=before))

    def restore(self, caller: Caller, project_id: str, change: Change) -> Change:
        """Undo a change; the returned one redoes it.

        Raises ConflictError when what it made has been changed since.
        """
        from tts_core.projects import edits, tables

        if len(change.before) != len(change.after):  # what was merged or split: a few
            return self._writing(caller, project_id, lambda c, p: edits.restore(c, p, change))

        def check(connection: Connection, project: Project) -> None:
            ids = [segment.id for segment in change.after]
            present = tables.segments_by_id(connection, project.id, ids)
            edits.check_unchanged(present, change.after)

        self._reading(caller, project_id, check)
        narration, since = None, Change((), ())
        if change.narration is not None:
            narration, segments = self._narrated(caller, project_id, change.narration)
            changed = {segment.id for segment in change.after}
            # A planner may have added some after the change.
            others = [segment for segment in segments if segment.id not in changed]
            since = self._in_parts(caller, project_id, others, edits.resettle)
        old = {segment.id: segment for segment in change.before}
        new = {segment.id: segment for segment in change.after}

        def work(connection: Connection, project: Project, some: list[ProjectSegment]) -> Change:
            part = Change([old[s.id] for s in some], [new[s.id] for s in some])
            return edits.restore(connection, project, part, narrated=narration is not None)

        undone = self._in_parts(caller, project_id, change.after, work)
        return Change(
            _in_order((*undone.before, *since.before)),
            _in_order((*undone.after, *since.after)),
            narration,
        )

    def _narrated(
        self, caller: Caller, project_id: str, narration: Narration
    ) -> tuple[Narration, list[ProjectSegment]]:
        """Change how a project is spoken; return how it was before, and its segments."""
        from tts_core.projects import tables

        def work(connection: Connection, project: Project) -> Narration:
            tables.put_project(connection, replace(project, narration=narration))
            return project.narration

        before = self._writing(caller, project_id, work)
        found = self._reading(caller, project_id, lambda c, p: tables.segments_of(c, p.id))
        return before, found

    def _in_parts(
        self,
        caller: Caller,
        project_id: str,
        segments: Sequence[ProjectSegment],
        work: Callable[[Connection, Project, list[ProjectSegment]], Change],
    ) -> Change:
        """Do `work` with what these segments are by then, some at a time.

        It must not matter if it has been done with some of them already: they may be a whole book,
        for which no other writer can wait, so this is not one transaction.
        """
        from tts_core.projects import tables

        changes: list[Change] = []

        def part(some: Sequence[ProjectSegment]) -> Callable[[Connection], None]:
            def within(connection: Connection) -> None:
                project = self._found(connection, caller, project_id)
                found = tables.segments_by_id(connection, project.id, [s.id for s in some])
                changes.append(work(connection, project, found))

            return within

        try:
            self._database.write_all(map(part, in_parts(segments)))
        finally:
            self._has_changed(project_id)
            self._worker.wake()
        return Change([s for c in changes for s in c.before], [s for c in changes for s in c.after])


def _in_order(segments: Iterable[ProjectSegment]) -> list[ProjectSegment]:
    return sorted(segments, key=lambda segment: segment.position)


def edited(
    segment: ProjectSegment,
    text: str | None,
    voice: str | None,
    speaker: str | None,
    pause: float | None,
    locked: bool | None,
) -> ProjectSegment:
    """Return a segment with some properties changed; see `Editing.edit`. Raises ValidationError."""
    changes: dict[str, object] = {}
    if text is not None:
        changes["text"] = storable(checked_text(text, "text")).strip()
    if voice is not None:
        changes["voice"] = storable(checked_name(voice, "voice")).strip()
    if speaker is not None:
        changes["speaker"] = one_line(checked_name(speaker, "speaker"))
    if pause is not None:
        check_number("pause_after_seconds", pause, 0, LONGEST_PAUSE)
        changes["pause"] = float(pause)
    if locked is not None:
        changes["locked"] = locked
    return replace(segment, **changes)  # type: ignore[arg-type]
