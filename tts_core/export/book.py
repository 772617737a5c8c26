"""A spoken book, segment by segment, as the exporters take it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tts_core.types import WordTiming


@dataclass(frozen=True, slots=True)
class SpokenSegment:
    """A sentence and its sound."""

    text: str
    """As written."""
    audio: Path
    """Mono FLAC file."""
    duration: float
    """Seconds."""
    pause_after: float = 0.0
    """Seconds of silence after it, on top of what is in the file."""
    words: tuple[WordTiming, ...] = ()
    """Times in seconds from the beginning of `audio`; empty when unknown."""
    speaker: str = ""
    begins_paragraph: bool = False
    starts_at: float | None = None
    """Seconds from the beginning of its chapter at which it has to begin (a cue of subtitles);
    None: right after the one before."""


@dataclass(frozen=True, slots=True)
class SpokenChapter:
    """A chapter of a spoken book."""

    title: str
    segments: tuple[SpokenSegment, ...]


@dataclass(frozen=True, slots=True)
class SpokenBook:
    """A spoken book: what is exported."""

    title: str
    author: str
    language: str
    """BCP 47."""
    chapters: tuple[SpokenChapter, ...]
    cover: bytes | None = None
    """JPEG or PNG."""
    generator: str = "Aloud"
    narrator: str = ""
