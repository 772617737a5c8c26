"""What will be spoken of a request, and how, without making any sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tts_core.audio.join import pauses_of
from tts_core.events import HonouredMarkup, Segment
from tts_core.synthesis.planner import Plan
from tts_core.text.reading.reading import Reading
from tts_core.types import Pause


@dataclass(frozen=True, slots=True)
class PreviewSegment:
    """A segment: what is written, what is said, and how."""

    text: str
    spoken: str
    language: str
    voice: str
    engine: str
    pause_after_seconds: float


@dataclass(frozen=True, slots=True)
class PreviewWord:
    """A written word, or several that are read as one, and what is said for it.

    `offset`, `length`: in code points of the request's text.
    """

    text: str
    spoken: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class SkippedText:
    """A part of the text that is not spoken, and why."""

    text: str
    offset: int
    length: int
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What will be spoken of a request."""

    segments: Sequence[PreviewSegment]
    words: Sequence[PreviewWord]
    skipped: Sequence[SkippedText]
    markup: Sequence[HonouredMarkup]
    warnings: Sequence[str]

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


def preview_of(plan: Plan, reading: Reading) -> Preview:
    """Return what will be spoken. `reading`: of the plan's text."""
    text = plan.request.text
    pauses = pauses_of(plan.request.reading, plan.speed)
    segments = [
        PreviewSegment(
            text[segment.start : segment.end],
            segment.spoken,
            utterance.language,
            utterance.voice,
            plan.engine.name,
            round(_pause_after(segment, plan, pauses), 3),
        )
        for segment, utterance in zip(plan.segments, plan.utterances, strict=True)
    ]
    words = [
        PreviewWord(text[w.offset : w.offset + w.length], w.spoken, w.offset, w.length)
        for w in reading.words
    ]
    skipped = [
        SkippedText(text[s.offset : s.offset + s.length], s.offset, s.length, s.why)
        for s in reading.left_out
    ]
    return Preview(segments, words, skipped, plan.markup, plan.warnings)


def _pause_after(segment: Segment, plan: Plan, pauses: Mapping[Pause, float]) -> float:
    if segment.silence is not None:
        return segment.silence
    return pauses[segment.pause] if segment is not plan.segments[-1] else 0.0
