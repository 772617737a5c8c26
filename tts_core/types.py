"""The values that travel between the parts: frozen, and cheap to import (numpy, pydantic)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Samples = NDArray[np.float32]

SPEED_RANGE = (0.25, 4.0)
PITCH_RANGE = (0.5, 2.0)
_SEEDS = 2**31
_SEED_STEP = 7_368_787  # a prime: the seeds that people choose one after the other stay apart
LONGEST_NAME = 200
"""Characters of a name, an id or a code that a caller sends, before anything else is done with it.
Every real one is shorter; Unicode normalization takes time by the square of a longer one."""
LONGEST_VOICE = 2_000
"""The same of a voice, which may be an address."""
MULTILINGUAL = "mul"
"""The `Voice.language` of a voice that speaks all of its engine's languages (BCP 47)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as far as a door can tell."""

    client: str = ""
    """Whom limits count: a key's fingerprint or an address. "" is not limited."""
    owner_id: str = ""
    """Whose history it is: a browser, by its cookie, or a script's session. "": nobody's."""
    operator: bool = True
    """Sees what everybody does: on this machine's own account, or with a key or a login."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """What is known of a voice that another service has, for choosing one of ours like it."""

    gender: str
    """"female" or "male"."""
    number: int = 0
    """Tells several of one gender apart."""
    language: str = "auto"
    """What it speaks, by code, or "auto"."""


class SpeechRequest(BaseModel):
    """What a caller asks for. The same fields at every door.

    Bounds that depend on the engine, the voice or the settings are checked by
    `SpeechService`, the rest here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    voice: Annotated[str, Field(max_length=LONGEST_VOICE)] = "default"
    engine: Annotated[str, Field(max_length=LONGEST_NAME)] = "auto"
    language: Annotated[str, Field(max_length=LONGEST_NAME)] = "auto"
    speed: Annotated[float, Field(ge=SPEED_RANGE[0], le=SPEED_RANGE[1], allow_inf_nan=False)] = 1.0
    """Factor on the voice's own pace."""
    pitch: Annotated[float, Field(ge=PITCH_RANGE[0], le=PITCH_RANGE[1], allow_inf_nan=False)] = 1.0
    """Factor on the voice's own fundamental frequency."""
    seed: Annotated[int, Field(ge=-1, le=2**31 - 1)] = -1
    """-1: a new one each time. Engines that do not sample ignore it."""
    options: Mapping[str, Any] = Field(default_factory=dict)
    """The engine's own parameters; see `EngineInfo.parameters`."""
    hints: Mapping[str, Any] = Field(default_factory=dict)
    """The same, for any engine: those it does not have are left out."""
    variability: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    """How much chance there is in the voice: a hint on the engine's temperature. 0.5, None: its
    own."""
    stand_in: StandIn | None = None
    """What to speak with when there is no voice of the name `voice`; None: that is an error."""
    door: str = "python"
    """Where the request came in: "page", "gradio", "websocket", …; for the history."""
    caller: Caller = Caller()
    takes: Mapping[int, int] = Field(default_factory=dict)
    """By segment, which take of it is wanted, where it is not the first; each has its own seed."""


class Pause(StrEnum):
    """What follows a segment, and so how long the silence after it is (`audio/join.py`)."""

    NONE = "none"
    """A hard split inside a run of text: the voice goes straight on."""
    CLAUSE = "clause"
    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text that an engine speaks in one go."""

    index: int
    text: str
    """What the engine is given: normalised, no surrounding whitespace."""
    start: int
    """First code point of the segment in the request's text."""
    end: int
    """One past its last code point in the request's text."""
    pause: Pause


@dataclass(frozen=True, slots=True)
class WordTiming:
    """When a word sounds. Seconds, from the start of whatever it belongs to."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, eq=False)
class AudioChunk:
    """A stretch of mono sound.

    `samples`: float32, shape (n,), in [-1, 1]. `sample_rate`: Hz. `words`: those that
    *start* in this chunk, in seconds from the start of the segment it belongs to.
    """

    samples: Samples
    sample_rate: int
    words: tuple[WordTiming, ...] = ()

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True, slots=True)
class Language:
    """`code`: a BCP 47 tag such as "en" or "pt-br". `name`: in English."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice somebody can ask for."""

    id: str
    name: str
    engine: str
    language: str
    """BCP 47 tag, or `MULTILINGUAL`."""
    gender: str = ""
    """"female", "male" or "" when the voice does not say."""
    aliases: tuple[str, ...] = ()
    """Other names it answers to."""
    tags: tuple[str, ...] = ()
    """"default": the one to take for its language; "default:fr": for one of its languages."""
    languages: tuple[str, ...] = ()
    """Of a multilingual voice: those it speaks, by code. Empty: all of its engine's."""
    folder: Path | None = None
    """Of a library voice: where it is kept (`voices/library.py`)."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One segment, ready for an engine: what crosses into the worker process."""

    text: str
    voice: str
    """`Voice.id`."""
    language: str
    speed: float = 1.0
    pitch: float = 1.0
    seed: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    """Already validated against `EngineInfo.parameters`."""
    voice_state: Path | None = None
    """A file of `engines/voice_state.py`: a cloned voice, of which `voice` is only the name."""
    voice_folder: Path | None = None
    """`Voice.folder`: where the state is kept, or the recordings to make it of."""

    def take(self, number: int) -> Utterance:
        """The same, spoken differently by an engine that samples; 0 is itself."""
        return replace(self, seed=(self.seed + number * _SEED_STEP) % _SEEDS)


@dataclass(frozen=True, slots=True, eq=False)
class AlignmentRequest:
    """An utterance as an engine spoke it, to be listened to."""

    chunk: AudioChunk
    """All of it."""
    text: str
    """What the engine was given."""
    voice: str
    """Of the embedded engine, which speaks it too, to compare."""
    engine: str
    """Which spoke, and so what is usual."""
    check: bool = True
    """Whether it is wanted how well it was spoken, besides its words' times."""


@dataclass(frozen=True, slots=True)
class QualityIssue:
    """Something that is probably wrong in the sound of a text."""

    kind: str
    """"missing", "extra", "wrong words", "silence", "noise" or "cut end"."""
    words: tuple[str, ...]
    """The suspected ones, of the text."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How well what was spoken goes with its text."""

    score: float | None = None
    """1: as clean speech is; below 0.5 something is wrong. None when it was not checked."""
    issues: tuple[QualityIssue, ...] = ()
    sure: bool = False
    """Whether the evidence is strong enough to have it spoken anew."""
    cost: float = 0.0
    """Of two takes of one text the one with less is better."""

    @property
    def checked(self) -> bool:
        """Whether it could be told: not of a few words only, nor beside a noisy reference."""
        return self.score is not None


@dataclass(frozen=True, slots=True)
class AlignmentResult:
    """What was heard in an utterance."""

    words: tuple[WordTiming, ...] | None
    """Seconds from its start, as the engine counts; None when they cannot be told."""
    quality: Quality | None = None
    retries: int = 0
    """How often it was spoken anew."""


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What an engine says of itself without being loaded."""

    name: str
    label: str
    license: str
    sample_rate: int
    """Hz."""
    languages: Sequence[Language]
    voices: Sequence[Voice]
    parameters: type[BaseModel]
    """The engine's own parameters, with bounds, units and descriptions."""
    abilities: frozenset[str] = frozenset()
    """Of "word_times", "pitch", "sampling", "cloud" (texts leave this machine), "cloning" and
    "voice_match": it is no clone, only moves timbre and pitch towards a recording."""
    cloning_languages: Sequence[str] = ()
    """By code, those of its `languages` that cloned voices speak. Empty: all."""
    max_characters: int = 500
    """Longest segment it speaks well, in code points."""
    language_limits: Mapping[str, int] = field(default_factory=dict)
    """The same for those of its `languages`, by code, where it is another."""
    min_characters: int = 1
    """Shorter segments are joined to their neighbours."""
    speed_range: tuple[float, float] = SPEED_RANGE
    pitch_range: tuple[float, float] = PITCH_RANGE
    weights: str = ""
    """Which weights, or which version, it speaks with; told from any others by this name."""
    variants: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By gender: what its option `variant` has to be for any voice to become such a person's. Of
    several, different people."""
    economies: Sequence[str] = ()
    """What it can do with less memory, a step further each, in words: "16-bit weights"."""

    def limit(self, language: str) -> int:
        """Longest segment it speaks well in one of its languages, in code points."""
        return self.language_limits.get(language, self.max_characters)
