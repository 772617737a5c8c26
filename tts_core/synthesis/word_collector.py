"""What is heard of one request, put together segment by segment."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from tts_core.alignment.client import AlignmentClient
from tts_core.events import SegmentAligned, SegmentQuality
from tts_core.synthesis.planner import Route
from tts_core.types import (
    AlignmentRequest,
    AlignmentResult,
    AudioChunk,
    EngineInfo,
    Quality,
    QualityIssue,
    WordTiming,
)


@dataclass
class _Segment:
    """One that is not complete."""

    awaited: int = 0
    closed: bool = False
    """Whether all its utterances have been spoken."""
    start: float = 0.0
    end: float = 0.0
    heard: dict[int, tuple[float, AlignmentResult]] = field(default_factory=dict)
    """By the utterance's number; with the seconds to add to its times."""


class WordCollector:
    """Collects each utterance's sound, has it listened to, and gives out what was heard.

    All but `_answered` is called by the request's reader.
    """

    def __init__(self, alignment: AlignmentClient, nudge: Callable[[], None]) -> None:
        """`nudge`: called from another thread when there is something to `take`."""
        self._alignment = alignment
        self._nudge = nudge
        self._chunks: list[AudioChunk] = []
        self._segments: dict[int, _Segment] = {}
        self._answers: deque[tuple[int, int, AlignmentResult]] = deque()
        self._number = 0
        self.words: dict[int, Sequence[WordTiming]] = {}
        """By segment, of those that are known."""
        self.quality: dict[int, SegmentQuality] = {}
        self.unheard: str | None = None
        """Why the words of some segment are not known."""

    @property
    def waiting(self) -> bool:
        """Whether something is still to come."""
        return any(segment.awaited for segment in self._segments.values())

    def prepare(self, engine: EngineInfo) -> None:
        """An engine is going to speak."""
        self._alignment.prepare(engine)

    def add(self, chunk: AudioChunk) -> None:
        """A piece of the utterance that is being spoken, as the engine gave it."""
        self._chunks.append(chunk)

    def forget(self) -> None:
        """The utterance will not be complete, nor the segment as far as it goes."""
        self._chunks.clear()
        for segment in self._segments.values():
            if not segment.closed:
                segment.heard.clear()
                segment.awaited = 0

    def utterance_done(
        self, route: Route, index: int, offset: float, heard: AlignmentResult | None = None
    ) -> None:
        """Have utterance `index` of the route listened to, unless it was.

        `offset`: seconds to add to a time in it to get that in the whole.
        """
        chunks, self._chunks = self._chunks, []
        if not (self._alignment.concerns(route.engine) and chunks):
            return
        number = self._number = self._number + 1
        part, utterance = route.parts[index], route.utterances[index]
        segment = self._segments.setdefault(part.segment, _Segment())
        segment.heard[number] = (offset, AlignmentResult(None))
        segment.awaited += 1
        voice = self._alignment.voice(route.language)
        answered = partial(self._answered, part.segment, number)
        if voice is None:
            self.unheard = f"eSpeak NG, which finds them, does not speak {route.language!r}"
            answered(AlignmentResult(None))
        elif heard is not None:
            answered(heard)
        else:
            samples = np.concatenate([chunk.samples for chunk in chunks])
            sound = AudioChunk(samples, chunks[0].sample_rate)
            name, check = route.engine.name, self._alignment.check
            request = AlignmentRequest(sound, utterance.text, voice, name, check)
            self._alignment.ask(request, answered)

    def segment_done(self, index: int, start: float, end: float) -> bool:
        """Whether something will be told of the segment, which lasted from `start` to `end`."""
        segment = self._segments.get(index)
        if segment is None:
            return False
        segment.closed, segment.start, segment.end = True, start, end
        return True

    def take(self) -> Iterator[SegmentAligned]:
        """What is complete, once."""
        while self._answers:
            index, number, heard = self._answers.popleft()
            segment = self._segments.get(index)
            if segment is not None and number in segment.heard:
                segment.heard[number] = (segment.heard[number][0], heard)
                segment.awaited -= 1
        for index, segment in sorted(self._segments.items()):
            if segment.closed and not segment.awaited:
                del self._segments[index]
                yield self._complete(index, segment)

    def _answered(self, segment: int, number: int, heard: AlignmentResult) -> None:
        self._answers.append((segment, number, heard))
        self._nudge()

    def _complete(self, index: int, segment: _Segment) -> SegmentAligned:
        words: list[WordTiming] = []
        for offset, heard in segment.heard.values():
            if heard.words is None:
                self.unheard = self.unheard or "its sound could not be listened to; see the log"
            words += [
                WordTiming(w.text, *(_within(t + offset, segment) for t in (w.start, w.end)))
                for w in heard.words or ()
            ]
        if self.unheard is None:
            self.words[index] = words
        quality = _together([heard for _, heard in segment.heard.values()])
        retries = sum(heard.retries for _, heard in segment.heard.values())
        if quality is not None:
            self.quality[index] = SegmentQuality(index, quality, retries)
        return SegmentAligned(index, self.words.get(index), self.quality.get(index))


def _within(time: float, segment: _Segment) -> float:
    return min(max(time, segment.start), segment.end)


def _together(heard: Sequence[AlignmentResult]) -> Quality | None:
    """Of a segment's utterances; most have one."""
    found = [h.quality for h in heard if h.quality is not None]
    if len(found) <= 1:
        return found[0] if found else None
    scores = [q.score for q in found if q.score is not None]
    issues: dict[QualityIssue, None] = {f: None for q in found for f in q.issues}
    return Quality(min(scores, default=None), tuple(issues), any(q.sure for q in found))
