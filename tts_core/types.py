"""Values that are passed between the parts: frozen, and cheap to import (numpy, pydantic)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Samples = NDArray[np.float32]

SPEED_RANGE = (0.25, 4.0)
PITCH_RANGE = (0.5, 2.0)
_SEEDS = 2**31
_SEED_STEP = 7_368_787  # a prime, so that the retakes of consecutive seeds differ
LONGEST_NAME = 200
"""Longest name, id or code that is accepted from a caller, in characters. All real ones are
shorter, and Unicode normalization takes time quadratic in the length."""
LongName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
LONGEST_VOICE = 2_000
"""The same for voices, which may be URLs."""
MULTILINGUAL = "mul"
"""The `Voice.language` of a voice that speaks all of its engine's languages (BCP 47)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request, as far as an API can tell."""

    client: str = ""
    """Who rate limits apply to: a key's fingerprint or an address. "" is not limited."""
    owner_id: str = ""
    """Owner of the history: a browser, by its cookie, or a script's session. "" is nobody."""
    operator: bool = True
    """Whether the caller sees the requests of all: a local user, or one with a key or a login."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Properties of another service's voice, by which a similar voice is chosen."""

    gender: str
    """"female" or "male"."""
    number: int = 0
    """Distinguishes several voices of one gender."""
    language: str = "auto"
    """Code of its language, or "auto"."""


class ReadingOptions(BaseModel):
    """How a request's text is to be read; the same fields in every API."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    markup: Literal["auto", "off", "ssml"] = "auto"
    """"auto": Markdown, HTML, SSML and markup in brackets are read as such; "off": as plain text;
    "ssml": the text has to be SSML."""
    emoji: Literal["say", "skip"] = "skip"
    code: Literal["say", "skip", "announce"] = "skip"
    """Blocks of code in Markdown and HTML."""
    foreign: Literal["switch", "keep"] = "keep"
    """Whether sentences in other languages get voices of their own."""
    pause_sentence: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] | None = None
    """Silence between sentences in seconds; None: the usual one at the request's speed."""
    pause_paragraph: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] | None = None
    cast: Annotated[Mapping[LongName, LongName], Field(max_length=50)] = Field(default_factory=dict)
    """The voice of each speaker: lines that begin with "Anna:" are spoken in Anna's."""


class SpeechRequest(BaseModel):
    """A request for speech. Every API has the same fields.

    Bounds that depend on the engine, the voice or the settings are checked by `SpeechService`, all
    others here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    voice: Annotated[str, Field(max_length=LONGEST_VOICE)] = "default"
    engine: Annotated[str, Field(max_length=LONGEST_NAME)] = "auto"
    language: Annotated[str, Field(max_length=LONGEST_NAME)] = "auto"
    speed: Annotated[float, Field(ge=SPEED_RANGE[0], le=SPEED_RANGE[1], allow_inf_nan=False)] = 1.0
    """Factor on the voice's own speed."""
    pitch: Annotated[float, Field(ge=PITCH_RANGE[0], le=PITCH_RANGE[1], allow_inf_nan=False)] = 1.0
    """Factor on the voice's own fundamental frequency."""
    seed: Annotated[int, Field(ge=-1, le=2**31 - 1)] = -1
    """-1: a random one each time. Engines without sampling ignore it."""
    options: Mapping[str, Any] = Field(default_factory=dict)
    """The engine's own parameters; see `EngineInfo.parameters`."""
    hints: Mapping[str, Any] = Field(default_factory=dict)
    """Parameters for any engine; those that the engine does not have are ignored."""
    reading: ReadingOptions = ReadingOptions()
    variability: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    """How much the speech varies: a hint for the engine's temperature. 0.5 and None stand for its
    default."""
    stand_in: StandIn | None = None
    """How to choose a voice when there is none of the name `voice`; None makes that an error."""
    door: str = "python"
    """Source of the request: "page", "gradio", "websocket", …; for the history."""
    caller: Caller = Caller()
    takes: Mapping[int, int] = Field(default_factory=dict)
    """Number of the retake by segment, for segments of which another than the first version is
    requested; each has a seed of its own."""


class Pause(StrEnum):
    """What ends a segment, which determines the silence after it (`audio/join.py`)."""

    NONE = "none"
    """A split inside a clause: the speech continues without a pause."""
    CLAUSE = "clause"
    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class WordTiming:
    """Start and end of a word or a segment, in seconds from the start of what it belongs to."""

    text: str
    start: float
    end: float


class PhonemeTiming(NamedTuple):
    """A symbol of misaki's alphabet, or "" at the end of speech, and when it begins, as a word."""

    symbol: str
    start: float


@dataclass(frozen=True, slots=True, eq=False)
class AudioChunk:
    """A piece of mono audio.

    `samples`: float32, shape (n,), in [-1, 1]. `sample_rate`: Hz. `words`, `phonemes`: those that
    *start* in this chunk, in seconds from the start of the segment it belongs to.
    """

    samples: Samples
    sample_rate: int
    words: tuple[WordTiming, ...] = ()
    phonemes: tuple[PhonemeTiming, ...] = ()

    @property
    def duration(self) -> float:
        """Return the duration in seconds."""
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True, slots=True)
class Language:
    """`code`: a BCP 47 tag such as "en" or "pt-br". `name`: in English."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that requests can name."""

    id: str
    name: str
    engine: str
    language: str
    """BCP 47 tag, or `MULTILINGUAL`."""
    gender: str = ""
    """"female", "male" or "" when the voice does not say."""
    aliases: tuple[str, ...] = ()
    """Other names of the voice."""
    tags: tuple[str, ...] = ()
    """"default": the one to take for its language; "default:fr": for one of its languages."""
    languages: tuple[str, ...] = ()
    """Codes of the languages of a multilingual voice. Empty: all of its engine's."""
    folder: Path | None = None
    """Folder of a library voice (`voices/library.py`)."""


class WordPhonemes(NamedTuple):
    """How text[start:start + length] of an utterance sounds, in IPA."""

    start: int
    length: int
    ipa: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """One segment as the engine's input, which is sent to the worker process."""

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
    """State file (`engines/voice_state.py`) of a cloned voice; `voice` is then only its name."""
    voice_folder: Path | None = None
    """`Voice.folder`, which has the state, or the recordings to compute it from."""
    phonemes: tuple[WordPhonemes, ...] = ()
    """How words of the text sound, in order; for engines with the capability `phonemes`."""

    @property
    def speaker(self) -> str:
        """Return what tells voices of one engine apart, each in each of its languages."""
        return f"{self.voice} {self.language}"

    def take(self, number: int) -> Utterance:
        """Return retake `number`, with another seed for engines that sample; 0 is the same."""
        return replace(self, seed=(self.seed + number * _SEED_STEP) % _SEEDS)


@dataclass(frozen=True, slots=True)
class ReferenceVoice:
    """A voice of a reference engine, with whose speech the sound of other engines is compared."""

    engine: str
    """Its name; selects the baselines."""
    target: str
    """Where the engine is: "package.module:Class"."""
    id: str
    """Its `Voice.id`."""
    language: str


@dataclass(frozen=True, slots=True, eq=False)
class AlignmentRequest:
    """An engine's audio of an utterance, to be aligned with its text."""

    chunk: AudioChunk
    """All of it. If it has phonemes, it is checked by those, and not aligned."""
    text: str
    """What the engine was given."""
    voice: ReferenceVoice
    """Speaks the same text, to be compared with."""
    engine: str
    """The engine that spoke; selects the baseline."""
    weights: str = ""
    """Its `EngineInfo.weights`: a baseline holds for the weights that it was measured with."""
    check: bool = True
    """Whether to check the quality in addition to aligning."""
    speaker: str = ""
    """`Utterance.speaker`: each voice is measured as it speaks."""
    second_opinion: bool = True
    """Whether a speech recognizer may be asked too, if there is one; nobody waits for the sound."""


@dataclass(frozen=True, slots=True)
class QualityIssue:
    """A probable error in the speech of a text."""

    kind: str
    """"missing", "extra", "wrong words", "silence", "noise" or "cut end"."""
    words: tuple[str, ...]
    """Words of the text that are affected."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Result of the quality check: how well speech matches its text."""

    score: float | None = None
    """1 for clean speech; below 0.5 something is wrong. None when it was not checked."""
    issues: tuple[QualityIssue, ...] = ()
    sure: bool = False
    """Whether the evidence is strong enough to generate the segment again."""
    cost: float = 0.0
    """Of two versions of one text, the one with the lower cost is better."""

    @property
    def checked(self) -> bool:
        """Return whether a check was possible: enough words, and a clean reference."""
        return self.score is not None


@dataclass(frozen=True, slots=True)
class AlignmentResult:
    """Result of aligning an utterance."""

    words: tuple[WordTiming, ...] | None
    """Times are seconds from its start, at the engine's speed; None when alignment failed."""
    quality: Quality | None = None
    retries: int = 0
    """How often it was generated again."""


class NoParameters(BaseModel):
    """The parameters of an engine that has none of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do besides turning text into sound."""

    word_times: bool = False
    """Tells when each word starts and ends, exactly."""
    pitch: bool = False
    """Changes the pitch of its voices."""
    sampling: bool = False
    """Speaks differently with each seed."""
    cloud: bool = False
    """Sends texts to a server, and so needs the network."""
    cloning: bool = False
    """Clones voices from recordings."""
    voice_match: bool = False
    """Moves timbre and pitch of its voices towards a recording, which is not cloning."""
    phonemes: bool = False
    """Says words as `Utterance.phonemes` tells."""
    blending: bool = False
    """Mixes its voices: `Utterance.voice` may be a blend of their ids, in the canonical spelling of
    `engines/blends.py`. The language of a blend is that of its heaviest voice."""

    @property
    def names(self) -> list[str]:
        """Return the names of those that it has, sorted: "abilities" in the API."""
        return sorted(f.name for f in fields(self) if getattr(self, f.name))

    @property
    def library_voices(self) -> bool:
        """Return whether it speaks in voices of the library, by cloning or by voice match."""
        return self.cloning or self.voice_match


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """The description that an engine gives of itself without being loaded."""

    name: str
    label: str
    license: str
    sample_rate: int
    """Hz."""
    languages: Sequence[Language]
    voices: Sequence[Voice]
    parameters: type[BaseModel] = NoParameters
    """The engine's own parameters, with bounds, units and descriptions. May be narrower than
    `Engine.parameters`, which the engine accepts."""
    capabilities: Capabilities = Capabilities()
    naturalness: int = 0
    """How much its speech is like a person's: 0 is robotic or not known, 1 is natural. The most
    natural engine that can serve a request is preferred; among equals those that keep up with real
    time, then those with a voice of the language, then the first in the registry."""
    real_time: bool = True
    """Whether it speaks faster than its sound plays on a computer without a graphics card: the
    best guess until it has been measured (`engines/pace.py`). Of equally natural engines those
    that keep up are preferred."""
    leveled: bool = False
    """Whether all its voices are at the level of `audio/level.py`. Those of other engines are
    measured as they speak (`synthesis/levels.py`)."""
    reference_languages: Sequence[str] = ()
    """By code, its `languages` in which the aligner may use it as its reference: it speaks a
    sentence in milliseconds, always in the same way, and has the capability `word_times`."""
    wants_kana: bool = False
    """Whether it cannot read kanji, so that Japanese is given to it in kana."""
    can_garble: bool = False
    """Whether its speech may differ from its text although it has `word_times`, as that of neural
    networks may: it then gets the speech check, as all engines without `word_times` do."""
    foreign_voices: bool = False
    """Whether any of its voices may speak any of its languages, with an accent."""
    retired_voices: Mapping[str, str] = field(default_factory=dict)
    """By the name of a voice that the engine no longer has, the id of its successor."""
    downloadable_voices: Mapping[str, str] = field(default_factory=dict)
    """By id, the `Weights.name` that brings a voice which is not on this machine. `voices` lists
    those that can speak now."""
    cloning_languages: Sequence[str] = ()
    """By code, those of its `languages` that library voices speak. Empty: all."""
    max_characters: int = 500
    """The longest segment it speaks well, in code points."""
    language_limits: Mapping[str, int] = field(default_factory=dict)
    """The same by language code, for those of its `languages` with another limit."""
    min_characters: int = 1
    """Shorter segments are joined to their neighbors."""
    speed_range: tuple[float, float] = SPEED_RANGE
    pitch_range: tuple[float, float] = PITCH_RANGE
    weights: str = ""
    """Identifies the weights, or the version, that it speaks with."""
    variants: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By gender, the values of its option `variant` that make any voice sound like a person of that
    gender; different values are different people."""
    own_watermark: str | None = None
    """The watermark that its model sets, by name."""
    economies: Sequence[str] = ()
    """How it can save memory, in words ("16-bit weights"), in the order in which it does."""

    def limit(self, language: str) -> int:
        """Return the longest segment it speaks well in one of its languages, in code points."""
        return self.language_limits.get(language, self.max_characters)
