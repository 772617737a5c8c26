"""The projects' tables, which are in the database of the history.

Imported only when they are used: importing SQLAlchemy takes 0.2 s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.sql.functions import coalesce

from tts_core.export.timeline import LATE
from tts_core.projects.project import (
    SAMPLE_SEGMENTS,
    Planning,
    Project,
    ProjectSegment,
    Take,
    TakeFile,
)
from tts_core.projects.rows import (
    SEGMENT_COLUMNS,
    TAKE_COLUMNS,
    as_project,
    as_segment,
    as_take,
    planning_text,
    project_row,
    segment_row,
    take_row,
)
from tts_core.stats.schema import project_segments, project_takes, projects, upsert

_MOST_AT_ONCE = 500
"""Rows or values in one statement."""
_MINE, _TAKES = project_segments.c, project_takes.c
UNLOCKED: ColumnElement[bool] = _MINE.locked == 0
DOUBTFUL: ColumnElement[bool] = _MINE.doubtful == 1
_OVERLONG: ColumnElement[bool] = and_(
    _MINE.take != "", _MINE.duration > _MINE.ends_at - _MINE.starts_at + LATE
)


@dataclass(frozen=True, slots=True)
class Sum:
    """The segments of one chapter in one state."""

    chapter: int
    state: str
    segments: int
    characters: int
    doubtful: int
    seconds: float
    """Of sound, with the pauses."""
    overlong: int
    """Cues whose sound takes longer than their time."""


# Projects.


def projects_of(connection: Connection, owner: str | None) -> list[Project]:
    """Return the projects of an owner, the newest first; None stands for everybody's."""
    query = select(projects).order_by(projects.c.created.desc(), projects.c.id)
    if owner is not None:
        query = query.where(projects.c.owner == owner, projects.c.owner != "")
    return [as_project(row) for row in connection.execute(query).mappings()]


def find_project(connection: Connection, project_id: str) -> Project | None:
    """Return a project; None when there is none. A writing transaction keeps others from it."""
    query = select(projects).where(projects.c.id == project_id)
    if not connection.get_execution_options().get("aloud_reads"):
        query = query.with_for_update()
    row = connection.execute(query).mappings().first()
    return None if row is None else as_project(row)


def count_projects(connection: Connection, owner: str) -> int:
    """Return how many projects an owner has."""
    query = select(func.count()).select_from(projects).where(projects.c.owner == owner)
    return connection.execute(query).scalar() or 0


def put_project(connection: Connection, project: Project) -> None:
    """Add a project, or replace it."""
    upsert(connection, projects, [project_row(project)])


def set_paused(connection: Connection, project_id: str, paused: bool, error: str = "") -> None:
    """Pause a project or let it go on. `error`: why it was paused."""
    change = update(projects).where(projects.c.id == project_id)
    connection.execute(change.values(paused=int(paused), error=error))


def project_ids(connection: Connection) -> list[str]:
    """Return the ids of all projects."""
    return list(connection.execute(select(projects.c.id)).scalars())


def delete_project(connection: Connection, project_id: str) -> None:
    """Delete a project with its segments and takes."""
    connection.execute(delete(project_segments).where(_MINE.project == project_id))
    connection.execute(delete(project_takes).where(_TAKES.project == project_id))
    connection.execute(delete(projects).where(projects.c.id == project_id))


def unfinished(connection: Connection) -> list[Project]:
    """Return the projects that are not paused and have segments to be made, the oldest first."""
    waiting = select(_MINE.id).where(_MINE.project == projects.c.id, _MINE.state == "waiting")
    query = select(projects).where(projects.c.paused == 0, waiting.exists())
    query = query.order_by(projects.c.created, projects.c.id)
    found = [as_project(row) for row in connection.execute(query).mappings()]
    return [p for p in found if p.planning is None or next_waiting(connection, p) is not None]


def set_planning(connection: Connection, project_id: str, planning: Planning | None) -> None:
    """Store how far a project's document has been cut; None: all of it."""
    change = update(projects).where(projects.c.id == project_id)
    connection.execute(change.values(planning=planning_text(planning)))


def to_be_planned(connection: Connection) -> list[Project]:
    """Return the projects whose documents are to be cut further, the oldest first."""
    query = select(projects).where(projects.c.planning != "", projects.c.error == "")
    query = query.order_by(projects.c.created, projects.c.id)
    return [as_project(row) for row in connection.execute(query).mappings()]


# Segments.


def add_segments(
    connection: Connection, project_id: str, segments: Iterable[ProjectSegment]
) -> None:
    """Add segments, or replace those of the same ids."""
    rows = [segment_row(project_id, segment) for segment in segments]
    for first in range(0, len(rows), _MOST_AT_ONCE):
        upsert(connection, project_segments, rows[first : first + _MOST_AT_ONCE])


def remove_segments(connection: Connection, project_id: str, ids: Sequence[str]) -> None:
    """Delete segments by their ids."""
    for first in range(0, len(ids), _MOST_AT_ONCE):
        some = _MINE.id.in_(ids[first : first + _MOST_AT_ONCE])
        connection.execute(delete(project_segments).where(_MINE.project == project_id, some))


def move_segments(connection: Connection, project_id: str, first: int, by: int) -> None:
    """Add `by` to the positions of the segments from `first` on."""
    change = update(project_segments).where(_MINE.project == project_id, _MINE.position >= first)
    connection.execute(change.values(position=_MINE.position + by))


def end_of(connection: Connection, project_id: str) -> int:
    """Return the position after the last segment."""
    query = select(func.max(_MINE.position)).where(_MINE.project == project_id)
    last = connection.execute(query).scalar()
    return 0 if last is None else last + 1


def segments_of(
    connection: Connection, project_id: str, start: int = 0, limit: int | None = None
) -> list[ProjectSegment]:
    """Return the segments from a position on, in order."""
    query = _segments(project_id).where(_MINE.position >= start)
    if limit is not None:
        query = query.where(_MINE.position < start + limit)
    return [as_segment(row) for row in connection.execute(query)]


def segments_with(
    connection: Connection, project_id: str, condition: ColumnElement[bool]
) -> list[ProjectSegment]:
    """Return the segments that meet a condition, in order."""
    return [as_segment(row) for row in connection.execute(_segments(project_id).where(condition))]


def segments_by_id(
    connection: Connection, project_id: str, ids: Sequence[str]
) -> list[ProjectSegment]:
    """Return those of the segments that exist, in order."""
    found: list[ProjectSegment] = []
    for first in range(0, len(ids), _MOST_AT_ONCE):
        some = _MINE.id.in_(ids[first : first + _MOST_AT_ONCE])
        found += segments_with(connection, project_id, some)
    return sorted(found, key=lambda segment: segment.position)


def next_waiting(connection: Connection, project: Project) -> ProjectSegment | None:
    """Return the segment of a project that is to be made next; None when there is none.

    While its document is being cut, the last segments are left for later: what follows them has an
    influence on the level that is measured of their voices.
    """
    query = select(*SEGMENT_COLUMNS).where(_MINE.project == project.id, _MINE.state == "waiting")
    if project.planning is not None:
        query = query.where(_MINE.position <= end_of(connection, project.id) - SAMPLE_SEGMENTS)
    query = query.order_by(_MINE.position).limit(1)
    for urgent in (1, 0):  # one query for both would sort all that wait, each time
        row = connection.execute(query.where(_MINE.urgent == urgent)).first()
        if row is not None:
            return as_segment(row)
    return None


def segments_waiting_for(
    connection: Connection, project_id: str, take: Take
) -> list[ProjectSegment]:
    """Return the segments that wait for a take, in any order: those of one text in one voice share
    them."""
    # Not in their order, since SQLite would then read all segments by the index of that.
    query = select(*SEGMENT_COLUMNS).where(
        _MINE.project == project_id,
        _MINE.key == take.key,
        _MINE.wanted == take.number,
        _MINE.state == "waiting",
    )
    return [as_segment(row) for row in connection.execute(query)]


def set_failed(
    connection: Connection, project_id: str, segment: ProjectSegment, error: str
) -> None:
    """Note why a segment could not be made, if it is still wanted as it was."""
    change = update(project_segments).where(
        _MINE.project == project_id,
        _MINE.state == "waiting",
        _MINE.key == segment.key,
        _MINE.wanted == segment.wanted,
    )
    connection.execute(change.values(state="failed", error=error, urgent=0))


def first_error(connection: Connection, project_id: str) -> str | None:
    """Return why the first failed segment has failed."""
    query = select(_MINE.position, _MINE.error).where(
        _MINE.project == project_id, _MINE.state == "failed"
    )
    row = connection.execute(query.order_by(_MINE.position).limit(1)).first()
    return None if row is None else f"Segment {row.position}: {row.error}"


def overlong(connection: Connection, project_id: str) -> list[int]:
    """Return the positions of the cues whose sound takes longer than their time, in order."""
    query = select(_MINE.position).where(_MINE.project == project_id, _OVERLONG)
    return list(connection.execute(query.order_by(_MINE.position)).scalars())


def retry_failed(connection: Connection, project_id: str) -> None:
    """Have the segments made that have failed."""
    change = update(project_segments).where(_MINE.project == project_id, _MINE.state == "failed")
    connection.execute(change.values(state="waiting", error=""))


def sums_of(connection: Connection, project_id: str) -> list[Sum]:
    """Return the sums of a project by chapter and state."""
    query = (
        select(
            _MINE.chapter,
            _MINE.state,
            func.count(),
            coalesce(func.sum(func.length(_MINE.text)), 0),
            coalesce(func.sum(_MINE.doubtful), 0),
            coalesce(func.sum(_MINE.duration + _MINE.pause), 0.0),
            func.sum(case((_OVERLONG, 1), else_=0)),
        )
        .where(_MINE.project == project_id)
        .group_by(_MINE.chapter, _MINE.state)
    )
    return [Sum(*row) for row in connection.execute(query)]


def seconds_before(connection: Connection, project_id: str, position: int) -> float:
    """Return how long the sound is that is made of the segments before a position."""
    query = select(func.sum(_MINE.duration + _MINE.pause)).where(
        _MINE.project == project_id, _MINE.position < position, _MINE.take != ""
    )
    return float(connection.execute(query).scalar() or 0.0)


# Takes.


def add_takes(connection: Connection, project_id: str, takes: Iterable[Take]) -> None:
    """Add takes, or replace those of the same keys and numbers."""
    upsert(connection, project_takes, [take_row(project_id, take) for take in takes])


def takes_by_key(
    connection: Connection, project_id: str, keys: Collection[str]
) -> dict[str, list[Take]]:
    """Return all takes of some keys, in the order of their numbers."""
    found: dict[str, list[Take]] = {}
    wanted = list(dict.fromkeys(keys))
    for first in range(0, len(wanted), _MOST_AT_ONCE):
        query = select(*TAKE_COLUMNS).where(
            _TAKES.project == project_id, _TAKES.key.in_(wanted[first : first + _MOST_AT_ONCE])
        )
        for row in connection.execute(query.order_by(_TAKES.key, _TAKES.number)):
            take = as_take(row)
            found.setdefault(take.key, []).append(take)
    return found


def voices_of(connection: Connection, project_id: str) -> list[tuple[str, str]]:
    """Return the voices that are heard, each with its engine, the first one first."""
    order = select(_MINE.take).where(_MINE.project == project_id).order_by(_MINE.position)
    query = select(_TAKES.key, _TAKES.number, _TAKES.bytes, _TAKES.voice, _TAKES.engine)
    # Joined here: no index has the name of a take, which is made of its key and number.
    rows = connection.execute(query.where(_TAKES.project == project_id))
    known = {TakeFile(*row[:3]).name: (row.voice, row.engine) for row in rows}
    heard = (known[name] for name in connection.execute(order).scalars() if name in known)
    return list(dict.fromkeys(heard))


def takes_of(connection: Connection, project_id: str) -> list[Take]:
    """Return all takes of a project."""
    query = select(*TAKE_COLUMNS).where(_TAKES.project == project_id)
    return [as_take(row) for row in connection.execute(query)]


def count_takes(connection: Connection, project_id: str, keys: Collection[str]) -> dict[str, int]:
    """Return how many takes there are, by key, of those of these keys."""
    found: dict[str, int] = {}
    wanted = list(keys)
    for first in range(0, len(wanted), _MOST_AT_ONCE):
        query = select(_TAKES.key, func.count()).where(
            _TAKES.project == project_id, _TAKES.key.in_(wanted[first : first + _MOST_AT_ONCE])
        )
        rows = connection.execute(query.group_by(_TAKES.key))
        found |= {row[0]: row[1] for row in rows}
    return found


def take_files(connection: Connection, project_id: str) -> list[TakeFile]:
    """Return the files that there must be of a project."""
    query = select(_TAKES.key, _TAKES.number, _TAKES.bytes).where(_TAKES.project == project_id)
    return [TakeFile(*row) for row in connection.execute(query)]


def remove_takes(connection: Connection, project_id: str, takes: Iterable[TakeFile]) -> None:
    """Delete takes; segments in which they are heard are made again."""
    for take in takes:
        connection.execute(
            delete(project_takes).where(
                and_(
                    _TAKES.project == project_id,
                    _TAKES.key == take.key,
                    _TAKES.number == take.number,
                )
            )
        )
        connection.execute(
            update(project_segments)
            .where(_MINE.project == project_id, _MINE.take == take.name)
            .values(state="waiting", take="", duration=0.0, doubtful=0)
        )


def _segments(project_id: str) -> Select[Any]:
    query = select(*SEGMENT_COLUMNS).where(_MINE.project == project_id)
    return query.order_by(_MINE.position)
