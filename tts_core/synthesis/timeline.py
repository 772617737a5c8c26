"""The time axis of a request: turns engines' sound into events with sound, segments and words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from tts_core.audio.join import Joiner, joined, pauses_of
from tts_core.audio.resample import StreamResampler
from tts_core.events import Audio, SegmentFinished, SegmentQuality, SpeechEvent
from tts_core.synthesis.inbox import UtteranceAligned, UtteranceDone
from tts_core.synthesis.levels import VoiceLevels
from tts_core.synthesis.planner import Plan, Route
from tts_core.synthesis.word_collector import WordCollector
from tts_core.text.reading.timings import WrittenWords
from tts_core.types import AudioChunk, Pause, Samples, WordTiming


class Timeline:
    """Joins a request's sound and puts its segments and words on one time axis.

    Times are seconds from the start of the whole; the sound has the sample rate of the plan's
    engine, whichever engine speaks. Not thread-safe: only the request's reader uses it.
    """

    def __init__(
        self, plan: Plan, route: Route, collector: WordCollector, levels: VoiceLevels
    ) -> None:
        self._plan = plan
        self._is_whole = plan.rest is None
        self._levels = levels
        self._leveler = levels.leveler(route.engine, route.voice)
        self._rate = plan.engine.sample_rate
        self._joiner = Joiner(self._rate, pauses_of(plan.request.reading, plan.speed), plan.lead)
        self._resampler: StreamResampler | None = None
        self._collector = collector
        self._early_words: list[WordTiming] = []  # before the segment's first audible sample
        self._segment_words: WrittenWords | None = None  # of the current segment, by the engine
        self._segment_start: float | None = None  # None until the current segment is audible
        self._words: dict[int, list[WordTiming]] = {}  # by segment, where the engine gave them
        self.segments: list[WordTiming] = []
        """Text and time of each finished segment."""
        self._follow(route)

    @property
    def awaits_alignment(self) -> bool:
        """Return whether the aligner has still to answer."""
        return self._collector.waiting

    @property
    def seconds(self) -> float:
        """Return how long the sound is so far."""
        return self._joiner.position / self._rate

    @property
    def words(self) -> list[WordTiming] | None:
        """Return the words of all segments in order; None when some cannot be timed."""
        if self.no_words_reason is not None:
            return None
        by_segment = sorted({**self._words, **self._collector.words}.items())
        return [word for _, words in by_segment for word in words]

    @property
    def no_words_reason(self) -> str | None:
        """Return why there are no word timestamps; None when there are."""
        return self._collector.unavailable_reason

    @property
    def quality(self) -> list[SegmentQuality]:
        """Return the quality of the segments in order, also of those that were not checked."""
        return [quality for _, quality in sorted(self._collector.quality.items())]

    def add_audio(self, index: int, chunk: AudioChunk) -> list[SpeechEvent]:
        """Add a piece of the route's utterance `index`; return the sound that is ready."""
        self._early_words.extend(chunk.words)
        self._collector.add(chunk)
        samples = self._joiner.push(self._resample(self._leveler.apply(chunk)))
        return self._emit(self._route.parts[index].segment, samples)

    def finish_utterance(self, done: UtteranceDone) -> list[SpeechEvent]:
        """Complete an utterance, and its segment if it is the segment's last.

        Return the rest of its sound, then SegmentFinished and what alignment is there already.
        """
        part = self._route.parts[done.index]
        events = self._flush(part.segment, part.pause, part.silence)
        offset = self._joiner.word_offset
        self._collector.finish_utterance(self._route, done.index, offset, done.alignment)
        if part.last:
            end = self.seconds
            if self._is_whole and done.index + 1 == len(self._route.parts):
                events += self._emit(part.segment, self._joiner.closing_silence())
            events.append(self._finish_segment(part.segment, end))
            events.extend(self._collector.completed())
        return events

    def add_alignment(self, answer: UtteranceAligned) -> list[SpeechEvent]:
        """Add the aligner's answer; return a SegmentAligned if it completes a segment."""
        self._collector.add_answer(answer)
        return list(self._collector.completed())

    def extend(self, route: Route) -> None:
        """Go on with a route that has all of the plan, of which there was the beginning so far."""
        self._route, self._is_whole = route, True

    def switch(self, route: Route) -> list[SpeechEvent]:
        """Continue with another engine, which speaks the current segment from its beginning.

        Return the sound of the segment that the former engine left behind, which stays audible.
        """
        pause = Pause.NONE if self._segment_start is None else Pause.SENTENCE
        events = self._flush(len(self.segments), pause)
        self._segment_words = self._segment_start = None
        self._collector.discard_current()
        self._leveler.finish()
        self._leveler = self._levels.leveler(route.engine, route.voice)
        self._follow(route)
        return events

    def finish(self) -> None:
        """End the time axis: all sound has come."""
        self._leveler.finish()

    def _follow(self, route: Route) -> None:
        self._route = route
        self._collector.prepare(route.engine)

    def _resample(self, samples: Samples) -> Samples:
        """Convert samples of the current engine to the plan's rate."""
        source = self._route.engine.sample_rate
        if source == self._rate:
            return samples
        if self._resampler is None:
            self._resampler = StreamResampler(source, self._rate)
        return self._resampler.push(samples)

    def _emit(self, segment: int, samples: Samples) -> list[SpeechEvent]:
        """Return samples as an event, with the words that start in them; nothing for none."""
        if not len(samples):
            return []
        if self._segment_start is None:
            self._segment_start = self._joiner.segment_start
        if (volume := self._plan.segments[segment].volume) != 1:
            samples = np.clip(samples * np.float32(volume), -1, 1)
        offset = self._joiner.word_offset
        said = [
            WordTiming(w.text, max(w.start + offset, 0.0), max(w.end + offset, 0.0))
            for w in self._early_words
        ]
        self._early_words.clear()
        words = self._words_of(segment).add(said)
        return [Audio(segment, AudioChunk(samples, self._rate, tuple(words)))]

    def _words_of(self, segment: int) -> WrittenWords:
        """Return the words of the current segment so far."""
        if self._segment_words is None:
            self._segment_words = WrittenWords(self._plan.segments[segment])
        return self._segment_words

    def _flush(self, segment: int, pause: Pause, silence: float | None = None) -> list[SpeechEvent]:
        """Return what the resampler and the joiner still hold of the utterance."""
        events: list[SpeechEvent] = []
        if self._resampler is not None:
            events += self._emit(segment, self._joiner.push(self._resampler.finish()))
            self._resampler = None
        events += self._emit(segment, self._joiner.finish_segment(pause, silence))
        self._early_words.clear()
        return events

    def _finish_segment(self, index: int, end: float) -> SegmentFinished:
        start = end if self._segment_start is None else self._segment_start
        # Trimming can remove the silence in which the engine put a word: clamp to the end.
        words = [
            WordTiming(w.text, min(w.start, end), min(w.end, end))
            for w in self._words_of(index).timings
        ]
        words_follow = self._collector.finish_segment(index, start, end)
        if not words_follow:
            self._words[index] = words
        self.segments.append(WordTiming(self._plan.segments[index].text, start, end))
        self._segment_words = self._segment_start = None
        return SegmentFinished(index, start, end, words, words_follow)


def merged(events: Iterable[SpeechEvent]) -> Iterator[SpeechEvent]:
    """Yield events, successive pieces of a segment's sound as one."""
    pieces: list[Audio] = []
    for event in events:
        if isinstance(event, Audio) and (not pieces or event.segment == pieces[0].segment):
            pieces.append(event)
            continue
        yield from _whole(pieces)
        pieces = [event] if isinstance(event, Audio) else []
        if not pieces:
            yield event
    yield from _whole(pieces)


def _whole(pieces: Sequence[Audio]) -> Sequence[Audio]:
    """Return pieces of sound as one; none for none."""
    if len(pieces) < 2:
        return pieces
    return [replace(pieces[0], chunk=joined([piece.chunk for piece in pieces]))]
