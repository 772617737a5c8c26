"""How far a project is, and what its segments are, as the APIs tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tts_core.projects.project import ProjectState


@dataclass(frozen=True, slots=True)
class ChapterStatus:
    """How far a chapter is."""

    title: str
    segments: int
    done: int


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """How far a project is. The fields have the names of the public JSON."""

    project_id: str
    title: str
    author: str
    state: ProjectState
    chapters: Sequence[ChapterStatus]
    segments: int
    done_segments: int
    doubtful_segments: int
    failed_segments: int
    progress_percentage: float
    planned_percentage: float
    """How much of the document has been cut into segments."""
    estimate_seconds: float | None
    """Until it is complete; None before any pace is known, and while nothing is made."""
    duration_seconds: float
    """Of the sound so far."""
    created: float
    document: str
    """The name of the document's file."""
    document_sha256: str
    language: str
    voice: str
    error: str | None
    warnings: Sequence[str]
    """What of the document was left out, and cues that do not fit their time."""

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SegmentStatus:
    """A segment. The fields have the names of the public JSON."""

    index: int
    chapter: int
    text: str
    voice: str
    """The one that speaks it, by its id."""
    speaker: str
    state: str
    takes: int
    chosen_take: int
    """-1 before there is one."""
    pause_after_seconds: float
    locked: bool
    start: float | None
    """Seconds from the beginning of the sound made so far; None without sound."""
    end: float | None
    doubtful: bool
    kind: str
    begins_paragraph: bool
    duration_seconds: float
    error: str | None
    id: str
    own_voice: str
    """Instead of the speaker's; "" for none."""
    sound: str
    """What identifies the sound that is heard: it changes with it; "" for none."""
    urgent: bool
    """Whether it is made before those that have never been heard, because it was edited."""

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)
