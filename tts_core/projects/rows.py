"""The rows of the projects' tables, and the objects that they stand for.

Imported only when they are used: importing SQLAlchemy takes 0.2 s.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

from pydantic import TypeAdapter

from tts_core.projects.project import Narration, Planning, Project, ProjectSegment, Source, Take
from tts_core.stats.schema import project_segments, project_takes
from tts_core.types import WordTiming

SEGMENT_COLUMNS = [project_segments.c[field.name] for field in fields(ProjectSegment)]
TAKE_COLUMNS = [project_takes.c[field.name] for field in fields(Take)]
_WORDS = TypeAdapter(tuple[WordTiming, ...])
_PLANNING = TypeAdapter(Planning)


def project_row(project: Project) -> dict[str, Any]:
    """Return the row of a project."""
    values = {field.name: getattr(project, field.name) for field in fields(Project)}
    return values | {
        "chapters": json.dumps(project.chapters),
        "narration": project.narration.model_dump_json(),
        "source": json.dumps(asdict(project.source)),
        "paused": int(project.paused),
        "planning": planning_text(project.planning),
    }


def planning_text(planning: Planning | None) -> str:
    """Return the column `planning` of a project."""
    return "" if planning is None else _PLANNING.dump_json(planning).decode()


def take_row(project_id: str, take: Take) -> dict[str, Any]:
    """Return the row of a take."""
    return asdict(take) | {
        "project": project_id,
        "words": _WORDS.dump_json(take.words).decode(),
        "issues": json.dumps(take.issues),
        "notes": json.dumps(take.notes),
        "doubtful": int(take.doubtful),
    }


def segment_row(project_id: str, segment: ProjectSegment) -> dict[str, Any]:
    """Return the row of a segment."""
    values = {name: getattr(segment, name) for name in _SEGMENT_NAMES}
    return {
        name: int(value) if isinstance(value, bool) else value for name, value in values.items()
    } | {"project": project_id}


_SEGMENT_NAMES = [field.name for field in fields(ProjectSegment)]
_FLAGS = [_SEGMENT_NAMES.index(n) for n in ("begins_paragraph", "locked", "urgent", "doubtful")]


def as_segment(row: Any) -> ProjectSegment:  # noqa: ANN401 - SQLAlchemy's
    """Return the segment of a row of `SEGMENT_COLUMNS`."""
    values = list(row)
    for place in _FLAGS:
        values[place] = bool(values[place])
    return ProjectSegment(*values)


def as_take(row: Any) -> Take:  # noqa: ANN401 - SQLAlchemy's
    """Return the take of a row."""
    values = dict(row._mapping)
    return Take(
        **values
        | {
            "words": _WORDS.validate_json(values["words"]),
            "issues": tuple(json.loads(values["issues"])),
            "notes": tuple(json.loads(values["notes"])),
            "doubtful": bool(values["doubtful"]),
        }
    )


def as_project(row: Any) -> Project:  # noqa: ANN401 - SQLAlchemy's
    """Return the project of a row."""
    source = json.loads(row["source"])
    return Project(
        id=row["id"],
        owner=row["owner"],
        created=row["created"],
        title=row["title"],
        author=row["author"],
        chapters=tuple(json.loads(row["chapters"])),
        narration=Narration.model_validate_json(row["narration"]),
        source=Source(**source | {"warnings": tuple(source["warnings"])}),
        paused=bool(row["paused"]),
        error=row["error"],
        planning=_PLANNING.validate_json(row["planning"]) if row["planning"] else None,
    )
