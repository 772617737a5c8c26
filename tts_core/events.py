"""What happens while a request is spoken, in order: one Started, then for each segment its Audio
pieces and one SegmentFinished, then one Finished; a Notice anywhere between, and after a
SegmentFinished that says so its SegmentHeard. Every door puts these into its own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tts_core.types import AudioChunk, Quality, Segment, Voice, WordTiming


@dataclass(frozen=True, slots=True)
class Started:
    """The request is valid and planned."""

    request_id: str
    engine: str
    voice: Voice
    language: str
    sample_rate: int
    """Hz, of all the sound that follows."""
    segments: Sequence[Segment]
    warnings: Sequence[str] = ()
    fallback: Mapping[str, str] | None = None
    """As in SpeechInfo."""


@dataclass(frozen=True, slots=True)
class Audio:
    """Sound that follows the sound before it without a seam."""

    segment: int
    chunk: AudioChunk
    """Its words' times count from the start of the whole."""


@dataclass(frozen=True, slots=True)
class SegmentFinished:
    """A segment's sound is complete. Times are seconds from the start of the whole."""

    segment: int
    start: float
    end: float
    words: Sequence[WordTiming]
    words_follow: bool = False
    """Its sound is still listened to: the words come with a SegmentHeard, before Finished."""


@dataclass(frozen=True, slots=True)
class SegmentQuality:
    """How well a segment was spoken, as far as that can be told without a recogniser."""

    segment: int
    quality: Quality
    retries: int
    """How often it was spoken anew."""

    def as_dict(self) -> dict[str, Any]:
        """An item of the API's `quality`."""
        quality = self.quality
        return {
            "segment": self.segment,
            "score": None if quality.score is None else round(quality.score, 3),
            "checked": quality.checked,
            "faults": [{"kind": f.kind, "words": list(f.words)} for f in quality.issues],
            "retries": self.retries,
        }


@dataclass(frozen=True, slots=True)
class SegmentAligned:
    """What was heard in a segment, soon after its SegmentFinished and often after later sound."""

    segment: int
    words: Sequence[WordTiming] | None
    """None when they cannot be told. Seconds from the start of the whole."""
    quality: SegmentQuality | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something is not as it was asked for. It stands in the SpeechInfo's warnings, too."""

    message: str
    engine: str
    """Which engine is speaking from here on, and with which voice."""
    voice: Voice


@dataclass(frozen=True, slots=True)
class SpeechInfo:
    """What became of a request."""

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
    """Text and time of each word; None when they cannot be told, for which there is a warning."""
    quality: Sequence[SegmentQuality] | None = None
    """Of each segment that was listened to; None when none was."""
    cached: int = 0
    """How many of the segments had been made before."""
    fallback: Mapping[str, str] | None = None
    """{"from", "to", "reason"} when another engine, or another voice, had to speak."""
    warnings: Sequence[str] = field(default_factory=tuple)

    @property
    def real_time_factor(self) -> float | None:
        """Seconds of work for a second of sound."""
        return self.generation_seconds / self.duration_seconds if self.duration_seconds else None

    def as_dict(self) -> dict[str, Any]:
        """The `info` object of the API."""
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
            "warnings": list(self.warnings),
        }


def timing_dict(timing: WordTiming) -> dict[str, Any]:
    """Text, start and end, to the tenth of a millisecond."""
    return {"text": timing.text, "start": round(timing.start, 4), "end": round(timing.end, 4)}


@dataclass(frozen=True, slots=True)
class Finished:
    """All sound has been given out."""

    info: SpeechInfo
    path: Path | None
    """The finished file, when one was asked for."""


SpeechEvent = Started | Audio | SegmentFinished | SegmentAligned | Notice | Finished
