"""Bodies and answers of the projects' routes, with examples for the documentation."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from tts_core.projects.editing import LONGEST_PAUSE
from tts_core.projects.project import LONGEST_SEGMENT, ProjectState
from tts_core.types import LONGEST_NAME, LONGEST_VOICE
from tts_core.web.api.http import Strict
from tts_core.web.api.models import Answer

PROJECT_ID = "0c4f6f0a4c7b4a52a3a64a7b3c9a7f10"
"""Of examples."""
Index = Annotated[
    int, Field(ge=0, description="The segment's place in the project, from 0.", examples=[0])
]


class ChapterAnswer(Answer):
    """How far a chapter is."""

    title: str = Field(examples=["Chapter 1"])
    segments: int = Field(examples=[120])
    done: int = Field(examples=[80])


class ProjectAnswer(Answer):
    """How far a project is."""

    project_id: str = Field(examples=[PROJECT_ID])
    title: str = Field(examples=["The Wind in the Willows"])
    author: str = Field(examples=["Kenneth Grahame"])
    state: ProjectState = Field(examples=["working"])
    chapters: list[ChapterAnswer]
    segments: int = Field(description="How many there are.", examples=[120])
    done_segments: int = Field(examples=[80])
    doubtful_segments: int = Field(
        description="In which the speech check found something.", examples=[1]
    )
    failed_segments: int = Field(examples=[0])
    progress_percentage: float = Field(examples=[66.7])
    planned_percentage: float = Field(
        description="How much of a long document has been cut into segments; the counts grow until "
        "it is 100.",
        examples=[100.0],
    )
    estimate_seconds: float | None = Field(description="Until it is complete.", examples=[30.5])
    duration_seconds: float = Field(description="Of the sound so far.", examples=[412.5])
    created: float = Field(description="Seconds since the epoch.", examples=[1767225600.25])
    document: str = Field(description="The document's name.", examples=["willows.epub"])
    document_sha256: str = Field(description="Of the document's file.", examples=["9f86d081…"])
    language: str = Field(examples=["en"])
    voice: str = Field(description="The narrator's.", examples=["heart"])
    error: str | None = Field(
        description="Why it was paused, or why a segment failed.", examples=[None]
    )
    warnings: list[str] = Field(description="What of the document was left out.", examples=[[]])


class SegmentAnswer(Answer):
    """A sentence of a project."""

    index: Index
    chapter: int = Field(description="From 0.", examples=[0])
    text: str = Field(examples=["The Mole had been working very hard all the morning."])
    voice: str = Field(description="The one that speaks it.", examples=["heart"])
    speaker: str = Field(description='"" is the narrator.', examples=[""])
    state: Literal["waiting", "working", "done", "failed"] = Field(examples=["done"])
    takes: int = Field(description="How many there are of this text and voice.", examples=[1])
    chosen_take: int = Field(description="From 0; -1 before there is one.", examples=[0])
    pause_after_seconds: float = Field(examples=[0.4])
    locked: bool = Field(
        description="Left out of everything that changes many segments.", examples=[False]
    )
    start: float | None = Field(
        description="Seconds from the beginning of the sound made so far.", examples=[0.0]
    )
    end: float | None = Field(examples=[3.1])
    doubtful: bool = Field(
        description="Whether the speech check found something.", examples=[False]
    )
    kind: str = Field(examples=["paragraph"])
    begins_paragraph: bool = Field(examples=[True])
    duration_seconds: float = Field(examples=[3.1])
    error: str | None = Field(examples=[None])
    id: str = Field(examples=[PROJECT_ID])
    own_voice: str = Field(description="Instead of the speaker's.", examples=[""])
    sound: str = Field(description="What identifies the sound that is heard.", examples=["3f2a…-0"])
    urgent: bool = Field(
        description="Waiting before all others, since it was edited.", examples=[False]
    )


class WordAnswer(Answer):
    """When a word is heard, in seconds from the beginning of the take."""

    text: str = Field(examples=["The"])
    start: float = Field(examples=[0.0])
    end: float = Field(examples=[0.17])


class TakeAnswer(Answer):
    """One version of a segment's sound."""

    number: int = Field(examples=[0])
    engine: str = Field(description="The one that spoke.", examples=["slow"])
    voice: str = Field(examples=["heart"])
    duration: float = Field(examples=[3.1])
    score: float | None = Field(description="Of the speech check.", examples=[0.93])
    issues: list[str]
    doubtful: bool
    notes: list[str]
    words: list[WordAnswer]


class Control(Strict):
    """What to do with a project."""

    action: Literal["pause", "resume", "delete"] = Field(examples=["pause"])


class Edited(Strict):
    """Changes to a segment; what is left out stays."""

    text: str | None = Field(None, max_length=LONGEST_SEGMENT)
    voice: str | None = Field(
        None, max_length=LONGEST_VOICE, description='Instead of the speaker\'s; "" for that one.'
    )
    speaker: str | None = Field(None, max_length=LONGEST_NAME)
    pause_after_seconds: float | None = Field(None, ge=0, le=LONGEST_PAUSE)
    take: int | None = Field(None, ge=0, description="The number of the take to be heard.")
    again: bool = Field(False, description="Make another take, with another seed.")
    locked: bool | None = None


class Merged(Strict):
    """How many segments to join."""

    count: int = Field(2, ge=2, le=100)


class Divided(Strict):
    """Where to cut a segment."""

    offset: int = Field(ge=1, description="In characters of its text.", examples=[12])


class Replaced(Strict):
    """What to replace in all segments that are not locked."""

    find: str = Field(min_length=1, max_length=LONGEST_VOICE, examples=["colour"])
    by: str = Field(max_length=LONGEST_VOICE, examples=["color"])
    match_case: bool = False


class MadeAgain(Strict):
    """Segments of which to make another take."""

    indices: list[Index] = Field(max_length=10_000, examples=[[3, 4]])


class Corrected(Strict):
    """Changes to many segments; what is left out stays."""

    indices: list[Index] = Field(max_length=10_000, examples=[[3, 4]])
    voice: str | None = Field(
        None, max_length=LONGEST_VOICE, description='Instead of the speaker\'s; "" for that one.'
    )
    speaker: str | None = Field(None, max_length=LONGEST_NAME)
    pause_after_seconds: float | None = Field(None, ge=0, le=LONGEST_PAUSE)
    locked: bool | None = None


class Recast(Strict):
    """How a project is spoken; what is left out stays."""

    cast: dict[str, Any] | None = Field(
        None, description='Speaker → voice, or → {"voice", "speed", "pitch"}.'
    )
    voice: str | None = Field(None, max_length=LONGEST_VOICE)
    engine: str | None = Field(None, max_length=LONGEST_NAME)
    language: str | None = Field(None, max_length=LONGEST_NAME)
    speed: float | None = None
    pitch: float | None = None
    title: str | None = Field(None, max_length=LONGEST_NAME)
    author: str | None = Field(None, max_length=LONGEST_NAME)


class ChangeAnswer(Answer):
    """The positions of the segments that an operation has changed."""

    changed: list[int] = Field(examples=[[3, 4]])


class PartAnswer(Answer):
    """The voice, speed and pitch of a speaker."""

    voice: str = Field(description='"" is the narrator\'s.', examples=["heart"])
    speed: float = Field(examples=[1.0])
    pitch: float = Field(examples=[1.0])


class SpeakerAnswer(PartAnswer):
    """A speaker that the text names."""

    name: str = Field(examples=["Anna"])
    segments: int = Field(description="How many there are.", examples=[12])


class CastAnswer(Answer):
    """Who speaks a project."""

    narrator: PartAnswer
    language: str = Field(examples=["en"])
    speakers: list[SpeakerAnswer] = Field(description="In the order in which they first speak.")
    pitch: dict[str, bool] = Field(
        description="The engines, and whether they change the pitch.", examples=[{"slow": True}]
    )
