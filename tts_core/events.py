"""Events of a request, which every API translates into its own messages.

In order: one Started; for each segment its Audio pieces and one SegmentFinished; one Finished. In
between, a Notice at any time, a Planned if Started had only the beginning of the text, and a
SegmentAligned after the SegmentFinished of each segment that gets aligned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tts_core.types import AudioChunk, Pause, Quality, Voice, WordTiming


class ReadWord(NamedTuple):
    """A written word that is said in other words, or several that are said as one."""

    at: int
    """Where it begins in `Segment.spoken`."""
    end: int
    """One past where it ends there."""
    text: str
    """As written; "" for the rest of a word that began in the segment before."""
    phonemes: str = ""
    """How it sounds in IPA, where a pronunciation was given; only if all of it is in the segment.
    """


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the text that an engine speaks at once."""

    index: int
    text: str
    """As written, without markup and surrounding whitespace."""
    spoken: str
    """Text for the engine: how it is read (`text/reading`)."""
    start: int
    """First code point of the segment in the request's text."""
    end: int
    """One past its last code point in the request's text."""
    pause: Pause
    words: tuple[ReadWord, ...] = ()
    """Those that are not said as written, in order."""
    silence: float | None = None
    """Exactly so many seconds of silence after it, in place of the pause."""
    rate: float = 1.0
    """Factor on the request's speed."""
    pitch: float = 1.0
    """Factor on the request's pitch."""
    volume: float = 1.0
    """Factor on the amplitude."""


@dataclass(frozen=True, slots=True)
class Started:
    """The request is valid, and its segments, engine and voice are decided."""

    request_id: str
    engine: str
    voice: Voice
    language: str
    sample_rate: int
    """Hz, of all audio that follows."""
    segments: Sequence[Segment]
    warnings: Sequence[str] = ()
    fallback: Mapping[str, str] | None = None
    """See `SpeechInfo.fallback`."""


@dataclass(frozen=True, slots=True)
class Planned:
    """The rest of a text has been read, of which only the beginning had been when it started."""

    segments: Sequence[Segment]
    """All of the text, those of Started included."""
    warnings: Sequence[str]
    """Further ones."""


@dataclass(frozen=True, slots=True)
class Audio:
    """A piece of audio that continues the previous one seamlessly."""

    segment: int
    chunk: AudioChunk
    """Times of its words are seconds from the start of the request's audio."""


@dataclass(frozen=True, slots=True)
class SegmentFinished:
    """A segment's audio is complete. Times are seconds from the start of the request's audio."""

    segment: int
    start: float
    end: float
    words: Sequence[WordTiming]
    words_follow: bool = False
    """Whether alignment still finds the words: they come with a SegmentAligned, before Finished."""


@dataclass(frozen=True, slots=True)
class SegmentQuality:
    """Result of the quality check of a segment, which works without speech recognition."""

    segment: int
    quality: Quality
    retries: int
    """How often it was generated again."""

    def as_dict(self) -> dict[str, Any]:
        """Return an item of the list `quality` in the API."""
        quality = self.quality
        return {
            "segment": self.segment,
            "score": None if quality.score is None else round(quality.score, 3),
            "checked": quality.checked,
            "faults": [{"kind": i.kind, "words": list(i.words)} for i in quality.issues],
            "retries": self.retries,
        }


@dataclass(frozen=True, slots=True)
class SegmentAligned:
    """Result of aligning a segment, soon after its SegmentFinished and often after later audio."""

    segment: int
    words: Sequence[WordTiming] | None
    """Times are seconds from the start of the request's audio. None when alignment failed, or
    only checked a segment whose words were known."""
    quality: SegmentQuality | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something differs from the request. The message is also among the warnings of SpeechInfo."""

    message: str
    engine: str
    """The engine that speaks from here on."""
    voice: Voice


@dataclass(frozen=True, slots=True)
class Marks:
    """How audio says of itself that it is generated; the object `marks` of the API."""

    c2pa: bool = False
    """Whether it has signed metadata."""
    watermark: bool = False
    """Whether the sound itself is marked."""
    why_not: str | None = None
    """Why one of them is missing."""
    engine_watermark: str | None = None
    """The mark that the engine sets itself, which is left as it is."""

    def as_dict(self) -> dict[str, Any]:
        """Return the object of the API."""
        return {
            "c2pa": self.c2pa,
            "watermark": self.watermark,
            "engine_watermark": self.engine_watermark,
            "why_not": self.why_not,
        }


Marking = Callable[[Path, str], Marks]
"""Marks a finished file, by its path and its format."""


@dataclass(frozen=True, slots=True)
class HonouredMarkup:
    """An element of markup in the text, and what the engine made of it."""

    element: str
    """"pause", "voice", "break", …"""
    offset: int
    """Its first code point in the request's text."""
    honoured: bool
    """Whether it had an effect, perhaps not quite the one that was asked for."""
    note: str
    """How it was approximated, or why it had no effect; "" if it was done as asked."""


@dataclass(frozen=True, slots=True)
class SpeechInfo:
    """Summary of a completed request."""

    request_id: str
    engine: str
    voice: str
    language: str
    sample_rate: int
    duration_seconds: float
    generation_seconds: float
    time_to_first_audio_seconds: float | None
    segments: Sequence[WordTiming]
    """Text and time of each segment."""
    words: Sequence[WordTiming] | None
    """Text and time of each word; None without word timestamps, which a warning explains."""
    quality: Sequence[SegmentQuality] | None = None
    """Of each segment, also of those that were not checked; None when nothing is to be."""
    cached: int = 0
    """How many of the segments came from the cache."""
    fallback: Mapping[str, str] | None = None
    """{"from", "to", "reason"} after a fallback to another engine or voice."""
    markup: Sequence[HonouredMarkup] = ()
    """What became of the markup that directs the speech."""
    warnings: Sequence[str] = field(default_factory=tuple)
    marks: Marks = field(default_factory=Marks)
    """Of the file; of a stream's audio if there is none."""
    voices: Sequence[str] = ()
    """Ids of all voices that speak in it, also those of a cast and the parts of a blend."""

    @property
    def real_time_factor(self) -> float | None:
        """Return the engine's seconds of work per second of audio; None when there is no audio."""
        return self.generation_seconds / self.duration_seconds if self.duration_seconds else None

    def as_dict(self) -> dict[str, Any]:
        """Return the object `info` of the API."""
        factor = self.real_time_factor
        first = self.time_to_first_audio_seconds
        return {
            "request_id": self.request_id,
            "engine": self.engine,
            "voice": self.voice,
            "language": self.language,
            "sample_rate": self.sample_rate,
            "duration_seconds": round(self.duration_seconds, 4),
            "generation_seconds": round(self.generation_seconds, 4),
            "time_to_first_audio_seconds": None if first is None else round(first, 4),
            "real_time_factor": None if factor is None else round(factor, 5),
            "chunks": len(self.segments),
            "cached": self.cached,
            "fallback": self.fallback,
            "segments": [timing_dict(s) for s in self.segments],
            "words": None if self.words is None else [timing_dict(w) for w in self.words],
            "quality": None if self.quality is None else [q.as_dict() for q in self.quality],
            "markup": [asdict(element) for element in self.markup],
            "marks": self.marks.as_dict(),
            "warnings": list(self.warnings),
        }


def timing_dict(timing: WordTiming) -> dict[str, Any]:
    """Return text, start and end of a timing, rounded to a tenth of a millisecond."""
    return {"text": timing.text, "start": round(timing.start, 4), "end": round(timing.end, 4)}


@dataclass(frozen=True, slots=True)
class Finished:
    """All audio has been delivered."""

    info: SpeechInfo
    path: Path | None
    """The finished file, if one was requested."""


SpeechEvent = Started | Planned | Audio | SegmentFinished | SegmentAligned | Notice | Finished
