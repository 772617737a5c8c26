"""A project: a document that is spoken sentence by sentence, and kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tts_core.documents.document import BlockKind
from tts_core.types import (
    LONGEST_NAME,
    LONGEST_VOICE,
    PITCH_RANGE,
    SPEED_RANGE,
    Caller,
    ReadingOptions,
    SpeechRequest,
    WordTiming,
)
from tts_core.validation import validate

ProjectState = Literal["waiting", "working", "paused", "complete", "failed"]
SegmentState = Literal["waiting", "done", "failed"]

MOST_SPEAKERS = 200
"""Speakers of a cast."""
MOST_TAKES = 50
"""Versions of one text in one voice."""
SAMPLE_SEGMENTS = 50
"""Segments of which a voice is measured before it speaks the first of them."""
HIGHEST_INDEX = 2**31 - 1
"""Of a segment: databases have no higher integers in their columns."""
LONGEST_SEGMENT = 5_000
"""Characters of one sentence, or of several that were merged."""
_SEEDS = 2**31

Speed = Annotated[float, Field(ge=SPEED_RANGE[0], le=SPEED_RANGE[1], allow_inf_nan=False)]
Pitch = Annotated[float, Field(ge=PITCH_RANGE[0], le=PITCH_RANGE[1], allow_inf_nan=False)]
VoiceName = Annotated[str, Field(max_length=LONGEST_VOICE)]
SpeakerName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


class Part(BaseModel):
    """How one speaker speaks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    voice: VoiceName = ""
    """"": the narrator's."""
    speed: Speed = 1.0
    """Factor on the project's speed."""
    pitch: Pitch = 1.0
    """Factor on the project's pitch."""


class Narration(BaseModel):
    """How a project is spoken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: Annotated[str, Field(max_length=LONGEST_NAME)] = "auto"
    voice: VoiceName = "default"
    """The narrator's."""
    language: Annotated[str, Field(max_length=LONGEST_NAME)] = "auto"
    speed: Speed = 1.0
    pitch: Pitch = 1.0
    options: Mapping[str, Any] = Field(default_factory=dict)
    """The engine's own parameters."""
    reading: ReadingOptions = ReadingOptions()
    cast: Annotated[Mapping[SpeakerName, Part], Field(max_length=MOST_SPEAKERS)] = Field(
        default_factory=dict
    )
    """By speaker."""
    speakers: bool = False
    """Whether to find out who says what in a text; so it is, too, where there is a cast."""
    front_matter: bool = False
    """Whether title pages, tables of contents and the like are spoken too."""
    footnotes: bool = False
    """Whether footnotes are, at the end of their chapter."""

    @property
    def finds_speakers(self) -> bool:
        """Return whether quotations are attributed to speakers when a document is cut."""
        return self.speakers or bool(self.cast)

    def part(self, speaker: str) -> Part:
        """Return how a speaker speaks; the narrator is ""."""
        wanted = same_speaker(speaker)
        found = (part for name, part in self.cast.items() if same_speaker(name) == wanted)
        return next(found, Part())

    def changed(self, **values: Any) -> Narration:  # noqa: ANN401 - whatever a caller sent
        """Return it with other values. Raises ValidationError for invalid ones."""
        return validate(Narration, self.model_dump() | values)


def same_speaker(name: str) -> str:
    """Return a form of a speaker's name that is the same for all its spellings."""
    return " ".join(name.split()).casefold()


@dataclass(frozen=True, slots=True)
class Project:
    """What a project is, without its segments."""

    id: str
    owner: str
    """`Caller.owner_id` of who made it."""
    created: float
    """Seconds since the epoch."""
    title: str
    author: str
    chapters: tuple[str, ...]
    """Their titles."""
    narration: Narration
    source: Source
    paused: bool = False
    error: str = ""
    """Why it was paused, if nobody did so on purpose."""
    planning: Planning | None = None
    """How the rest of its document is to be cut; None when all of it has been."""


@dataclass(frozen=True, slots=True)
class Planning:
    """How a document is cut into segments, and how far that is.

    It is stored with the project, so that another process can go on; what is changed of the project
    meanwhile, such as its cast, has no influence on where its sentences end.
    """

    narration: Narration
    """As the document was given."""
    longest: int
    """Characters of a segment; so is `shortest`."""
    shortest: int
    most_words: int | None
    characters: int
    """Of the document."""
    done_characters: int = 0
    """Of the segments that are stored."""
    done: int = 0
    """Segments that are stored."""
    done_letters: int = 0
    """Of the segments that are stored, without white space."""

    @property
    def fraction(self) -> float:
        """Return how much of the document has been cut, from 0 to 1."""
        return min(self.done_characters / self.characters, 1.0) if self.characters else 1.0


@dataclass(frozen=True, slots=True)
class Source:
    """Where a project comes from."""

    name: str = ""
    """Of the document's file, as its owner knows it."""
    digest: str = ""
    """SHA-256 of the file."""
    cover: str = ""
    """MIME type of the picture that is kept with it; "" without one."""
    client: str = ""
    """`Caller.client` of an operator, whose pronunciations apply; "" for others."""
    operator: bool = False
    """`Caller.operator` of who made it."""
    warnings: tuple[str, ...] = ()
    """What of the document was left out."""


@dataclass(frozen=True, slots=True)
class ProjectSegment:
    """A sentence of a project."""

    id: str
    position: int
    """In the whole project, from 0."""
    chapter: int
    text: str
    """As written."""
    kind: BlockKind = "paragraph"
    speaker: str = ""
    """Who says it; "" is the narrator."""
    voice: str = ""
    """Instead of the speaker's; "" for none."""
    pause: float = 0.0
    """Seconds of silence after it."""
    begins_paragraph: bool = False
    starts_at: float | None = None
    """Seconds from the beginning of the chapter, of a cue; so is `ends_at`."""
    ends_at: float | None = None
    locked: bool = False
    """Whether it is left out of everything that changes many segments at once."""
    state: SegmentState = "waiting"
    error: str = ""
    """Why it failed."""
    urgent: bool = False
    """Whether it is made before those that have never been heard, because it was edited."""
    key: str = ""
    """See `key_of`."""
    wanted: int = 0
    """The number of the take that is to be made, or was."""
    take: str = ""
    """`Take.name` of the one that is heard; "" before there is one."""
    duration: float = 0.0
    """Of that, in seconds."""
    doubtful: bool = False
    """Whether the speech check found something wrong with it."""

    @property
    def slot(self) -> float | None:
        """Return the seconds that a cue has; None for what has no times."""
        if self.starts_at is None or self.ends_at is None:
            return None
        return round(self.ends_at - self.starts_at, 3)


@dataclass(frozen=True, slots=True)
class Take:
    """One version of the sound of a text in a voice."""

    key: str
    number: int
    """From 0; each has a seed of its own."""
    text: str
    engine: str
    """The one that spoke, perhaps in place of another."""
    voice: str
    duration: float
    """Seconds."""
    bytes: int
    """Size of its file."""
    seconds: float
    """How long it took to make."""
    words: tuple[WordTiming, ...] = ()
    """Times in seconds from its beginning; empty when unknown."""
    issues: tuple[str, ...] = ()
    """What the speech check found: "wrong words: five"."""
    score: float | None = None
    """Of the speech check, the lowest; None when it was not checked."""
    doubtful: bool = False
    notes: tuple[str, ...] = ()
    """Warnings, such as that another engine spoke."""

    @property
    def name(self) -> str:
        """Return what identifies it in its project; its file has that name."""
        return take_name(self.key, self.number)


@dataclass(frozen=True, slots=True)
class TakeFile:
    """The file of a take."""

    key: str
    number: int
    bytes: int

    @property
    def name(self) -> str:
        """Return the take's name."""
        return take_name(self.key, self.number)


@dataclass(frozen=True, slots=True)
class Change:
    """What an operation has done: enough to undo it, and to redo it."""

    before: Sequence[ProjectSegment]
    """The segments that it changed or removed, in order."""
    after: Sequence[ProjectSegment]
    """What became of them, and those that it added, in order."""
    narration: Narration | None = None
    """As it was before; None if the operation did not change it."""


def take_name(key: str, number: int) -> str:
    """Return the name of a take."""
    return f"{key}-{number}"


def request_of(project: Project, segment: ProjectSegment) -> SpeechRequest:
    """Return what is asked of the engines for a segment, with the seed of its wanted take.

    The seed depends on text and take alone, so that the same text always sounds the same.
    """
    narration = project.narration
    part = narration.part(segment.speaker) if segment.speaker else Part()
    digest = hashlib.sha256(f"{segment.wanted}:{segment.text}".encode("utf-8", "replace"))
    return SpeechRequest(
        text=segment.text,
        voice=segment.voice or part.voice or narration.voice,
        engine=narration.engine,
        language=narration.language,
        speed=_within(narration.speed * part.speed, SPEED_RANGE),
        pitch=_within(narration.pitch * part.pitch, PITCH_RANGE),
        options=narration.options,
        reading=narration.reading,
        seed=int.from_bytes(digest.digest()[:8], "big") % _SEEDS,
        door="project",
        caller=Caller(project.source.client, project.owner, project.source.operator),
    )


def key_of(project: Project, segment: ProjectSegment) -> str:
    """Return a digest of all that the sound of a segment depends on, except the take's number."""
    request = request_of(project, segment)
    parts = request.model_dump(
        mode="json", include={"text", "voice", "engine", "language", "speed", "pitch", "options"}
    )
    parts["reading"] = request.reading.model_dump(mode="json", exclude_defaults=True)
    if segment.slot is not None:  # which decides on the speed
        parts["slot"] = segment.slot
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _within(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])
