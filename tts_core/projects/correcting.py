"""What corrects a whole project: many segments at once, finding them, the cast, undo and redo."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from tts_core.errors import ConflictError, StorageError, TooLargeError, ValidationError
from tts_core.projects.access import Direction
from tts_core.projects.editing import MOST_LISTED, Editing, edited
from tts_core.projects.project import HIGHEST_INDEX, Change, Part, Project, ProjectSegment
from tts_core.projects.status import SegmentStatus
from tts_core.types import Caller
from tts_core.validation import checked_name, shown

if TYPE_CHECKING:
    from sqlalchemy import Connection

Kind = Literal["all", "doubtful", "failed", "waiting", "locked"]
"""Which segments are listed."""
KINDS: tuple[str, ...] = get_args(Kind)
MOST_AT_ONCE = 10_000
"""Segments that one correction changes."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker that the text names."""

    name: str
    segments: int
    part: Part


@dataclass(frozen=True, slots=True)
class Cast:
    """Who speaks a project."""

    narrator: Part
    engine: str
    language: str
    speakers: Sequence[Speaker]
    """In the order in which they first speak."""


class Correcting(Editing):
    """What can be done with many segments of a project."""

    def found(
        self, caller: Caller, project_id: str, kind: str = "all", find: str = ""
    ) -> list[int]:
        """Return the positions of the segments of a kind in which a text is found, in any case.

        Raises ValidationError.
        """
        from tts_core.projects.report import texts_of

        if kind not in KINDS:
            raise ValidationError(
                f"kind must be one of {', '.join(KINDS)}; got {shown(kind)}.", "kind"
            )
        pattern = re.compile(re.escape(checked_name(find, "find")), re.IGNORECASE)

        def work(connection: Connection, project: Project) -> list[int]:
            texts = texts_of(connection, project.id, kind)
            return [position for position, text in texts if pattern.search(text)]

        return self._reading(caller, project_id, work)

    def segments_at(
        self, caller: Caller, project_id: str, indices: Sequence[int]
    ) -> list[SegmentStatus]:
        """Return the segments at some positions, of those that exist. Raises TooLargeError."""
        from tts_core.projects import tables
        from tts_core.projects.report import segment_status

        _check_count(indices, MOST_LISTED)

        def work(connection: Connection, project: Project) -> list[SegmentStatus]:
            listed: list[SegmentStatus] = []
            for start, count in _runs(indices):
                run = tables.segments_of(connection, project.id, start, count)
                listed += segment_status(connection, project, run, self._worker.present)
            return listed

        return self._reading(caller, project_id, work)

    def edit_many(
        self,
        caller: Caller,
        project_id: str,
        indices: Sequence[int],
        *,
        voice: str | None = None,
        speaker: str | None = None,
        pause: float | None = None,
        locked: bool | None = None,
    ) -> Change:
        """Change many segments alike, in one step that can be undone; see `edit`.

        Locked ones stay as they are unless `locked` is given. Raises TooLargeError and what `edit`
        raises.
        """
        from tts_core.projects import edits, tables

        _check_count(indices, MOST_AT_ONCE)
        if voice and indices:
            project = self.project(caller, project_id)
            sample = self.segment(caller, project_id, indices[0])
            self._check.segment(project, edited(sample, None, voice, None, None, None))

        def wanted(connection: Connection, project: Project) -> list[ProjectSegment]:
            found: list[ProjectSegment] = []
            for start, count in _runs(indices):
                found += tables.segments_of(connection, project.id, start, count)
            return found

        def work(connection: Connection, project: Project, some: list[ProjectSegment]) -> Change:
            before = [s for s in some if locked is not None or not s.locked]
            after = [edited(s, None, voice, speaker, pause, locked) for s in before]
            return edits.edit_many(connection, project, before, after)

        found = self._reading(caller, project_id, wanted)
        return self._noted(project_id, self._in_parts(caller, project_id, found, work))

    def cast(self, caller: Caller, project_id: str) -> Cast:
        """Return who speaks a project, and how."""
        from tts_core.projects.report import speakers_of

        def work(connection: Connection, project: Project) -> Cast:
            narration = project.narration
            return Cast(
                Part(voice=narration.voice, speed=narration.speed, pitch=narration.pitch),
                narration.engine,
                narration.language,
                [
                    Speaker(name, count, narration.part(name))
                    for name, count in speakers_of(connection, project.id)
                ],
            )

        return self._reading(caller, project_id, work)

    def steps(self, caller: Caller, project_id: str) -> tuple[int, int]:
        """Return how many changes can be undone, and made once more, since the server started."""
        return self._journal.depth(self.project(caller, project_id).id)

    def undo(self, caller: Caller, project_id: str) -> Change:
        """Undo the latest change. Raises ConflictError when there is none."""
        return self._go(caller, project_id, "undo", "redo")

    def redo(self, caller: Caller, project_id: str) -> Change:
        """Make the change once more that was undone last. Raises ConflictError without one."""
        return self._go(caller, project_id, "redo", "undo")

    def _go(self, caller: Caller, project_id: str, way: Direction, back: Direction) -> Change:
        project = self.project(caller, project_id)
        with self._journal.going(project.id):
            change = self._journal.take(project.id, way)
            if change is None:
                raise ConflictError(f"There is nothing to {way}.", "project_id")
            try:
                restored = self.restore(caller, project_id, change)
            except StorageError:
                self._journal.put(project.id, way, change)
                raise
            self._journal.put(project.id, back, restored)
        return restored


def _check_count(indices: Sequence[int], most: int) -> None:
    if len(indices) > most:
        raise TooLargeError(
            f"indices has {len(indices):,} segments; the limit is {most:,}. Send them in parts.",
            "indices",
        )
    if not all(0 <= index < HIGHEST_INDEX for index in indices):
        raise ValidationError(
            f"indices: a segment's place is from 0 to {HIGHEST_INDEX - 1:,}.", "indices"
        )


def _runs(indices: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first position and the length of each run of positions without a gap."""
    runs: list[tuple[int, int]] = []
    for index in sorted(set(indices)):
        if runs and index == sum(runs[-1]):
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((index, 1))
    return runs
