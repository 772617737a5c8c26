"""Word timestamps and quality of one request, collected segment by segment from the aligner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tts_core.alignment.client import AlignmentClient
from tts_core.audio.join import joined
from tts_core.events import Segment, SegmentAligned, SegmentQuality
from tts_core.synthesis.inbox import UtteranceAligned
from tts_core.synthesis.planner import Route
from tts_core.text.reading.timings import WrittenWords
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
    """A segment whose alignment is not complete."""

    timed: bool
    """Whether its engine reports its words' times, so that it is only checked."""
    missing: int = 0
    """How many of its utterances the aligner has still to answer for."""
    finished: bool = False
    """Whether all its utterances have been spoken."""
    start: float = 0.0
    end: float = 0.0
    results: dict[int, tuple[float, AlignmentResult]] = field(default_factory=dict)
    """By the utterance's number, with the seconds to add to its times."""


class WordCollector:
    """Has each utterance aligned and puts the answers together by segment.

    Only the request's reader uses it. The aligner's thread gives its answers to `deliver`, which
    brings them back to the reader, which passes them to `add_answer`.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        alignment: AlignmentClient,
        deliver: Callable[[UtteranceAligned], None],
    ) -> None:
        """Return answers by `deliver`, which runs in the aligner's thread and must not block.

        `segments`: of the request.
        """
        self._plan = segments
        self._alignment = alignment
        self._deliver = deliver
        self._chunks: list[AudioChunk] = []
        self._segments: dict[int, _Segment] = {}
        self._number = 0
        self.words: dict[int, Sequence[WordTiming]] = {}
        """By segment, of those that have been aligned."""
        self.quality: dict[int, SegmentQuality] = {}
        """By segment; of those that were not checked, it says so."""
        self.unavailable_reason: str | None = None
        """Why some segment has no word timestamps."""

    @property
    def waiting(self) -> bool:
        """Return whether the aligner has still to answer."""
        return any(segment.missing for segment in self._segments.values())

    def prepare(self, engine: EngineInfo) -> None:
        """Start the aligner if the engine that is going to speak needs it."""
        self._alignment.prepare(engine)

    def add(self, chunk: AudioChunk) -> None:
        """Add a piece of the current utterance, at the engine's own sample rate."""
        self._chunks.append(chunk)

    def discard_current(self) -> None:
        """Discard the current utterance, and its segment as far as it has come."""
        self._chunks.clear()
        for segment in self._segments.values():
            if not segment.finished:
                segment.results.clear()
                segment.missing = 0

    def finish_utterance(
        self, route: Route, index: int, offset: float, result: AlignmentResult | None = None
    ) -> None:
        """Submit the current utterance, number `index` of the route, to the aligner.

        `offset`: seconds to add to a time in the utterance to get the time in the whole. `result`:
        its alignment, if that is known already. Utterances without sound are skipped, and those
        of engines that are not aligned get a quality that says that they were not checked.
        """
        chunks, self._chunks = self._chunks, []
        engine = route.engine
        if not chunks:
            return
        timed = engine.capabilities.word_times
        part, utterance = route.parts[index], route.utterances[index]
        language = utterance.language
        expected = self._alignment.check and any(chunk.phonemes for chunk in chunks)
        served = expected or self._alignment.serves(engine)
        voice = self._alignment.reference_voice(language, engine.name) if served else None
        if voice is None:
            if timed:
                if self._alignment.check:
                    unchecked = SegmentQuality(part.segment, Quality(), retries=0)
                    self.quality[part.segment] = unchecked
                return
            self.unavailable_reason = (
                f"there is no speech in {language!r} to compare this engine's with"
            )
            result = AlignmentResult(None)
        number = self._number = self._number + 1
        segment = self._segments.setdefault(part.segment, _Segment(timed))
        segment.results[number] = (offset, result or AlignmentResult(None))
        if voice is None or result is not None:
            return
        segment.missing += 1
        request = AlignmentRequest(
            joined(chunks),
            utterance.text,
            voice,
            engine.name,
            engine.weights,
            self._alignment.check,
            utterance.speaker,
        )
        self._alignment.submit(
            request, lambda answer: self._deliver(UtteranceAligned(part.segment, number, answer))
        )

    def finish_segment(self, index: int, start: float, end: float) -> bool:
        """Note that a segment lasted from `start` to `end`, in seconds of the whole.

        Return whether a SegmentAligned with its words will follow.
        """
        segment = self._segments.get(index)
        if segment is None:
            return False
        segment.finished, segment.start, segment.end = True, start, end
        return not segment.timed

    def add_answer(self, answer: UtteranceAligned) -> None:
        """Add an answer of the aligner; those for discarded utterances are ignored."""
        segment = self._segments.get(answer.segment)
        if segment is not None and answer.number in segment.results:
            offset, _ = segment.results[answer.number]
            segment.results[answer.number] = (offset, answer.result)
            segment.missing -= 1

    def completed(self) -> Iterator[SegmentAligned]:
        """Yield each segment that has become complete since the last call, in order."""
        for index, segment in sorted(self._segments.items()):
            if segment.finished and not segment.missing:
                del self._segments[index]
                yield self._complete(index, segment)

    def _complete(self, index: int, segment: _Segment) -> SegmentAligned:
        if not segment.timed:
            self._time_words(index, segment)
        results = [result for _, result in segment.results.values()]
        quality = _merge_quality(results)
        if quality is not None:
            retries = sum(result.retries for result in results)
            self.quality[index] = SegmentQuality(index, quality, retries)
        return SegmentAligned(index, self.words.get(index), self.quality.get(index))

    def _time_words(self, index: int, segment: _Segment) -> None:
        words = WrittenWords(self._plan[index])
        for offset, result in segment.results.values():
            if result.words is None:
                self.unavailable_reason = (
                    self.unavailable_reason or "the sound could not be aligned; see the log"
                )
            words.add(
                WordTiming(w.text, *(_within(t + offset, segment) for t in (w.start, w.end)))
                for w in result.words or ()
            )
        if self.unavailable_reason is None:
            self.words[index] = words.timings


def _within(time: float, segment: _Segment) -> float:
    return min(max(time, segment.start), segment.end)


def _merge_quality(results: Sequence[AlignmentResult]) -> Quality | None:
    """Combine the quality of a segment's utterances: the lowest score, every issue once."""
    found = [r.quality for r in results if r.quality is not None]
    if len(found) <= 1:
        return found[0] if found else None
    scores = [q.score for q in found if q.score is not None]
    issues: dict[QualityIssue, None] = {issue: None for q in found for issue in q.issues}
    return Quality(min(scores, default=None), tuple(issues), any(q.sure for q in found))
