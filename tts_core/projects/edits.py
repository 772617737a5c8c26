"""Operations on the segments of a project, each within one transaction of its caller.

Every operation returns a `Change`, which `restore` undoes. What an operation makes of a segment has
its sound at once where a take of the same text in the same voice exists; the others wait.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tts_core.errors import ConflictError, TooLargeError, UnknownNameError, ValidationError
from tts_core.projects import tables
from tts_core.projects.project import (
    HIGHEST_INDEX,
    LONGEST_SEGMENT,
    MOST_TAKES,
    Change,
    Project,
    ProjectSegment,
    key_of,
    take_name,
)
from tts_core.text.normalize import is_speakable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tts_core.projects.project import Take

Choose = Callable[["Sequence[Take]"], "Take | None"]


def segment_at(connection: Connection, project: Project, index: int) -> ProjectSegment:
    """Return a segment by its position. Raises UnknownNameError."""
    possible = 0 <= index < HIGHEST_INDEX
    found = tables.segments_of(connection, project.id, index, 1) if possible else []
    if not found:
        raise UnknownNameError(
            f"index: the project has no segment {index}; /project_segments lists them.", "index"
        )
    return found[0]


def settled(
    connection: Connection, project: Project, segments: Iterable[ProjectSegment]
) -> list[ProjectSegment]:
    """Return segments whose text or voice may have changed, each with a take that fits, or waiting.

    Those that are as they were stay as they are.
    """
    changed = [(segment, key_of(project, segment)) for segment in segments]
    takes = tables.takes_by_key(
        connection, project.id, [key for segment, key in changed if segment.key != key]
    )
    result = []
    for segment, key in changed:
        if segment.key == key:
            result.append(segment)
        elif found := takes.get(key):
            result.append(with_take(replace(segment, key=key), found[-1]))
        else:
            result.append(waiting(replace(segment, key=key, wanted=0)))
    return result


def waiting(segment: ProjectSegment) -> ProjectSegment:
    """Return a segment that has to be made, without sound until then."""
    return replace(
        segment, state="waiting", error="", take="", duration=0.0, doubtful=False, urgent=True
    )


def with_take(segment: ProjectSegment, take: Take) -> ProjectSegment:
    """Return a segment in which a take is heard."""
    return replace(
        segment,
        state="done",
        error="",
        urgent=False,
        wanted=take.number,
        take=take.name,
        duration=take.duration,
        doubtful=take.doubtful,
    )


def written(
    connection: Connection,
    project: Project,
    before: Sequence[ProjectSegment],
    after: Sequence[ProjectSegment],
) -> Change:
    """Store what became of segments, none of which was added or removed."""
    pairs = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    tables.add_segments(connection, project.id, [new for _, new in pairs])
    return Change([old for old, _ in pairs], [new for _, new in pairs])


def edit(connection: Connection, project: Project, changed: ProjectSegment) -> Change:
    """Store a segment with another text, voice, speaker, pause or lock. Raises ValidationError."""
    before = tables.segments_by_id(connection, project.id, [changed.id])
    check_text(changed.text)
    return edit_many(connection, project, before, [changed])


def edit_many(
    connection: Connection,
    project: Project,
    before: Sequence[ProjectSegment],
    changed: Sequence[ProjectSegment],
) -> Change:
    """Store segments with other properties.

    Locked ones keep the sound of a former cast unless their own text or voice has been changed.
    """
    kept = {
        new.id
        for old, new in zip(before, changed, strict=True)
        if new.locked and (old.text, old.voice, old.speaker) == (new.text, new.voice, new.speaker)
    }
    others = [segment for segment in changed if segment.id not in kept]
    found = {segment.id: segment for segment in settled(connection, project, others)}
    after = [found.get(segment.id, segment) for segment in changed]
    return written(connection, project, before, after)


def choose_take(
    connection: Connection, project: Project, segment: ProjectSegment, number: int
) -> Change:
    """Let another take of a segment be heard. Raises UnknownNameError."""
    takes = tables.takes_by_key(connection, project.id, [segment.key]).get(segment.key, [])
    found = next((take for take in takes if take.number == number), None)
    if found is None:
        known = ", ".join(str(take.number) for take in takes) or "none yet"
        raise UnknownNameError(f"take: there is no take {number}; there are: {known}.", "take")
    return written(connection, project, [segment], [with_take(segment, found)])


def again(
    connection: Connection, project: Project, segments: Sequence[ProjectSegment]
) -> list[ProjectSegment]:
    """Return segments that wait for another take, with another seed.

    The present one is heard until then. Raises TooLargeError.
    """
    takes = tables.takes_by_key(connection, project.id, [segment.key for segment in segments])
    after = []
    for segment in segments:
        made = takes.get(segment.key, [])
        if len(made) >= MOST_TAKES:
            raise TooLargeError(
                f"again: segment {segment.position} has {len(made)} takes, which is the limit; "
                "choose one of them, or change the text.",
                "again",
            )
        number = made[-1].number + 1 if made else 0
        after.append(replace(segment, state="waiting", error="", wanted=number, urgent=True))
    return after


def make_again(
    connection: Connection, project: Project, segments: Sequence[ProjectSegment]
) -> Change:
    """Have another take made of each segment; see `again`."""
    return written(connection, project, segments, again(connection, project, segments))


def merge(connection: Connection, project: Project, index: int, count: int = 2) -> Change:
    """Join a segment and those that follow it. Raises UnknownNameError, ValidationError."""
    segment_at(connection, project, index)
    before = tables.segments_of(connection, project.id, index, count)
    if count < 2 or len(before) < count:
        raise UnknownNameError("index: there are not so many segments there to merge.", "index")
    first, last = before[0], before[-1]
    if last.chapter != first.chapter:
        raise ValidationError("index: segments of different chapters cannot be merged.", "index")
    text = " ".join(segment.text for segment in before)
    check_text(text)
    joined = replace(first, text=text, pause=last.pause, ends_at=last.ends_at)
    after = settled(connection, project, [joined])
    _swap(connection, project, before, after)
    return Change(before, after)


def split(
    connection: Connection, project: Project, index: int, offset: int, new_id: str, pause: float
) -> Change:
    """Cut a segment before a character of its text; `pause`: seconds between the parts.

    Raises UnknownNameError, ValidationError.
    """
    segment = segment_at(connection, project, index)
    texts = segment.text[:offset].strip(), segment.text[offset:].strip()
    if not all(map(is_speakable, texts)):
        raise ValidationError(
            "offset: there must be something to speak before and after it; the text has "
            f"{len(segment.text)} characters.",
            "offset",
        )
    first = replace(segment, text=texts[0], pause=pause, ends_at=None)
    second = replace(
        segment,
        id=new_id,
        position=segment.position + 1,
        text=texts[1],
        begins_paragraph=False,
        starts_at=None,
        key="",
    )
    after = settled(connection, project, [first, second])
    _swap(connection, project, [segment], after)
    return Change([segment], after)


def replaced(
    segments: Iterable[ProjectSegment], find: str, by: str, *, match_case: bool
) -> tuple[list[ProjectSegment], list[ProjectSegment]]:
    """Return the segments in which a text is found that are not locked, and them with another.

    Raises ValidationError.
    """
    if not find:
        raise ValidationError("find: name the text to be replaced.", "find")
    pattern = re.compile(re.escape(find), 0 if match_case else re.IGNORECASE)
    before, changed = [], []
    for segment in segments:
        text = pattern.sub(lambda _: by, segment.text).strip()
        if text != segment.text and not segment.locked:
            check_text(text)
            before.append(segment)
            changed.append(replace(segment, text=text))
    return before, changed


def resettle(
    connection: Connection, project: Project, segments: Sequence[ProjectSegment]
) -> Change:
    """Have those of the segments made again that sound otherwise now and are not locked."""
    before = [segment for segment in segments if not segment.locked]
    return written(connection, project, before, settled(connection, project, before))


def check_unchanged(
    present: Sequence[ProjectSegment], made: Sequence[ProjectSegment], *, but_keys: bool = False
) -> None:
    """Raise ConflictError if segments, or all of them but their keys, are not as a change has made
    them."""

    def compared(segments: Sequence[ProjectSegment]) -> list[ProjectSegment]:
        edited = map(_edited, segments)
        return [replace(s, key="", wanted=0) if but_keys else s for s in edited]

    if compared(present) != compared(made):
        raise ConflictError("The segments have been changed since; reload the project.", "index")


def restore(
    connection: Connection, project: Project, change: Change, *, narrated: bool = False
) -> Change:
    """Undo a change of segments; the returned one redoes it.

    `narrated`: the narration has been restored already, so their keys may have been too. Raises
    ConflictError when what it made has been changed since.
    """
    present = tables.segments_by_id(connection, project.id, [s.id for s in change.after])
    check_unchanged(present, change.after, but_keys=narrated)
    # Takes may have been made, or lost, in the meantime.
    keys = [segment.key for segment in change.before]
    known = {
        take.name: take
        for takes in tables.takes_by_key(connection, project.id, keys).values()
        for take in takes
    }
    after = [_revived(segment, known) for segment in change.before]
    _swap(connection, project, present, after)
    return Change(present, after)


def _revived(segment: ProjectSegment, takes: dict[str, Take]) -> ProjectSegment:
    """Return a segment as it was, with what has become of the take it waited for."""
    if segment.state != "waiting":
        return segment
    made = takes.get(take_name(segment.key, segment.wanted))
    return segment if made is None else with_take(segment, made)


def _edited(segment: ProjectSegment) -> ProjectSegment:
    """Return a segment without what the making of takes changes."""
    return replace(
        segment, state="done", error="", urgent=False, take="", duration=0.0, doubtful=False
    )


def _swap(
    connection: Connection,
    project: Project,
    before: Sequence[ProjectSegment],
    after: Sequence[ProjectSegment],
) -> None:
    """Replace segments that follow each other by others, or many by as many."""
    if before and len(before) != len(after):
        first = before[-1].position + 1
        tables.move_segments(connection, project.id, first, len(after) - len(before))
    kept = {segment.id for segment in after}
    tables.remove_segments(connection, project.id, [s.id for s in before if s.id not in kept])
    tables.add_segments(connection, project.id, after)


def check_text(text: str) -> None:
    """Raise ValidationError or TooLargeError for a text that no segment can have."""
    if not is_speakable(text):
        raise ValidationError(
            "text: there is nothing to speak in it: it has no letters or digits. Lock or delete "
            "what is not to be heard, or merge it with its neighbor.",
            "text",
        )
    if len(text) > LONGEST_SEGMENT:
        raise TooLargeError(
            f"text has {len(text):,} characters; the limit of a segment is {LONGEST_SEGMENT:,}. "
            "Split it.",
            "text",
        )
