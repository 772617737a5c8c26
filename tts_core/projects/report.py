"""Finds out how far a project is, and what its segments are.

Imported only when it is used: importing SQLAlchemy takes 0.2 s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import func, select, true

from tts_core.export.timeline import FASTEST
from tts_core.projects import tables
from tts_core.projects.project import Project, ProjectSegment, ProjectState, request_of, take_name
from tts_core.projects.status import ChapterStatus, ProjectStatus, SegmentStatus
from tts_core.stats.schema import project_segments

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tts_core.projects.work.worker import Pace, Present

MOST_NAMED = 20
"""Segments that a warning names."""


def status_of(
    connection: Connection, project: Project, begun: Mapping[str, Pace], present: Present | None
) -> ProjectStatus:
    """Return how far a project is.

    `begun`: the projects of which this process has made something, each with its pace. `present`:
    what it is making.
    """
    sums = tables.sums_of(connection, project.id)
    total = sum(s.segments for s in sums)
    done = sum(s.segments for s in sums if s.state == "done")
    failed = sum(s.segments for s in sums if s.state == "failed")
    left = sum(s.characters for s in sums if s.state == "waiting")
    state = _state(project, total - done - failed, failed, begun, present)
    planning = project.planning
    planned = 1.0 if planning is None else planning.fraction
    if planning is not None:
        left += max(0, planning.characters - planning.done_characters)
    estimate = None
    if state == "working" and (pace := begun.get(project.id)) and pace.characters:
        estimate = round(pace.seconds / pace.characters * left, 1)
    overlong = _overlong(connection, project.id) if any(s.overlong for s in sums) else ()
    chapters = [
        ChapterStatus(
            title,
            sum(s.segments for s in sums if s.chapter == number),
            sum(s.segments for s in sums if s.chapter == number and s.state == "done"),
        )
        for number, title in enumerate(project.chapters)
    ]
    return ProjectStatus(
        project_id=project.id,
        title=project.title,
        author=project.author,
        state=state,
        chapters=chapters,
        segments=total,
        done_segments=done,
        doubtful_segments=sum(s.doubtful for s in sums),
        failed_segments=failed,
        progress_percentage=_percentage(planned * done / total if total else planned),
        planned_percentage=_percentage(1.0 if planning is None else min(planned, 0.999)),
        estimate_seconds=0.0 if state == "complete" else estimate,
        duration_seconds=round(sum(s.seconds for s in sums if s.state == "done"), 3),
        created=project.created,
        document=project.source.name,
        document_sha256=project.source.digest,
        language=project.narration.language,
        voice=project.narration.voice,
        error=project.error or (tables.first_error(connection, project.id) if failed else None),
        warnings=(*project.source.warnings, *overlong),
    )


def _percentage(fraction: float) -> float:
    """Return a fraction in percent; 100 stands for all."""
    return 100.0 if fraction >= 1 else min(99.9, round(100 * fraction, 1))


def _overlong(connection: Connection, project_id: str) -> tuple[str, ...]:
    """Return a warning about the cues that do not fit their time."""
    found = tables.overlong(connection, project_id)
    named = ", ".join(map(str, found[:MOST_NAMED])) + (", …" if len(found) > MOST_NAMED else "")
    return (
        f"Cues that take longer than their time, though they are spoken up to {FASTEST:g} times as "
        f"fast: {len(found):,} (segments {named}). Shorten their text.",
    )


def _state(
    project: Project,
    waiting: int,
    failed: int,
    begun: Mapping[str, Pace],
    present: Present | None,
) -> ProjectState:
    if not waiting and project.planning is None:
        return "failed" if failed else "complete"
    if project.paused:
        return "paused"
    if project.id in begun or (present is not None and present.project == project.id):
        return "working"
    return "waiting"


def segment_status(
    connection: Connection,
    project: Project,
    segments: Sequence[ProjectSegment],
    present: Present | None,
) -> list[SegmentStatus]:
    """Return segments that follow each other, as JSON has them."""
    if not segments:
        return []
    at = tables.seconds_before(connection, project.id, segments[0].position)
    counts = tables.count_takes(connection, project.id, {s.key for s in segments})
    found = []
    for segment in segments:
        key, _, number = segment.take.rpartition("-")
        heard = bool(segment.take)
        awaited = take_name(segment.key, segment.wanted) if segment.state == "waiting" else ""
        working = present is not None and present.project == project.id and present.take == awaited
        found.append(
            SegmentStatus(
                index=segment.position,
                chapter=segment.chapter,
                text=segment.text,
                voice=request_of(project, segment).voice,
                speaker=segment.speaker,
                state="working" if working else segment.state,
                takes=counts.get(segment.key, 0),
                chosen_take=int(number) if heard and key == segment.key else -1,
                pause_after_seconds=segment.pause,
                locked=segment.locked,
                start=round(at, 4) if heard else None,
                end=round(at + segment.duration, 4) if heard else None,
                doubtful=segment.doubtful,
                kind=segment.kind,
                begins_paragraph=segment.begins_paragraph,
                duration_seconds=segment.duration,
                error=segment.error or None,
                id=segment.id,
                own_voice=segment.voice,
                sound=segment.take,
                urgent=segment.urgent,
            )
        )
        at += segment.duration + segment.pause if heard else 0.0
    return found


def texts_of(connection: Connection, project_id: str, kind: str) -> list[tuple[int, str]]:
    """Return position and text of the segments of a kind of `correcting.KINDS`, in order."""
    mine = project_segments.c
    conditions = {"doubtful": tables.DOUBTFUL, "locked": mine.locked == 1, "all": true()}
    query = select(mine.position, mine.text).where(
        mine.project == project_id, conditions.get(kind, mine.state == kind)
    )
    return [(row[0], row[1]) for row in connection.execute(query.order_by(mine.position))]


def speakers_of(connection: Connection, project_id: str) -> list[tuple[str, int]]:
    """Return the speakers with their numbers of segments, in the order of their first words."""
    mine = project_segments.c
    query = select(mine.speaker, func.count()).where(mine.project == project_id, mine.speaker != "")
    query = query.group_by(mine.speaker).order_by(func.min(mine.position))
    return [(row[0], row[1]) for row in connection.execute(query)]
