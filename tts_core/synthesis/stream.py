"""A request on its way: the engine's pieces in, seamless sound and news of it out."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType

from tts_core.alignment.client import AlignmentClient
from tts_core.audio.join import Joiner
from tts_core.audio.resample import StreamResampler
from tts_core.errors import Cancelled, GenerationError, TTSError, as_tts_error
from tts_core.events import (
    Audio,
    Finished,
    Notice,
    SegmentFinished,
    SpeechEvent,
    SpeechInfo,
    Started,
)
from tts_core.stats.history import PendingWrite
from tts_core.stats.live import LiveRequest, Status
from tts_core.stats.recordings import Tee
from tts_core.synthesis.job import Economised, Job, JobEvent, Nudge, SegmentAudio, SegmentDone
from tts_core.synthesis.planner import Plan, Route, route_of
from tts_core.synthesis.word_collector import WordCollector
from tts_core.types import AudioChunk, Pause, Samples, WordTiming

FallBack = Callable[[Plan, int, list[str], TTSError], tuple[Route, Job] | None]
"""See `fallback.Fallback.find`."""


class SpeechStream:
    """Iterate it for the request's events; it ends after Finished.

    Use it as a context manager, or call `close()`: leaving early stops the engine. Iterating
    raises what went wrong (`tts_core.errors`), or Cancelled after `close()` from elsewhere.
    """

    def __init__(
        self,
        plan: Plan,
        job: Job,
        record: LiveRequest,
        recorder: Tee,
        fall_back: FallBack,
        alignment: AlignmentClient,
        on_end: Callable[[SpeechStream], PendingWrite],
    ) -> None:
        self.plan = plan
        self.record = record
        self._hearing = WordCollector(alignment, self._nudge)
        self._follow(route_of(plan), job)
        self._fall_back = fall_back
        self._failed: list[str] = []  # engines that could not go on
        self._fallback = plan.fallback
        self._warnings = list(plan.warnings)
        self._recorder = recorder
        self._on_end = on_end
        rate = plan.engine.sample_rate
        self._joiner = Joiner(rate, plan.speed)
        self._pending: deque[SpeechEvent] = deque(
            [
                Started(
                    record.request_id,
                    plan.engine.name,
                    plan.voice,
                    plan.language,
                    rate,
                    plan.segments,
                    plan.warnings,
                    plan.fallback,
                )
            ]
        )
        self._early_words: list[WordTiming] = []  # before the segment's first audible sample
        self._words: dict[int, list[WordTiming]] = {}  # by segment; the others' are heard
        self._segment_words: list[WordTiming] = []
        self._segments: list[WordTiming] = []
        self._segment_start: float | None = None  # None: the current one has not been heard
        self._segment_seconds = 0.0
        self._all_cached = True  # every part of the segment, so far
        self._resampler: StreamResampler | None = None
        self._finished = False
        self._lock = threading.Lock()
        self._taking = threading.Lock()

    @property
    def request_id(self) -> str:
        """The name of this request at every door."""
        return self.record.request_id

    def next_event(self, timeout: float | None = None) -> SpeechEvent | None:
        """The next event; None after the last. Raises TimeoutError after `timeout` seconds."""
        try:
            while not self._pending:
                if self._finished:
                    return None
                with self._taking:
                    self._pending.extend(self._hearing.take())
                if self._pending:
                    break
                try:
                    event_of_job = self._job.next_event(timeout)
                except TTSError as error:
                    if not self._take_detour(error):
                        raise
                    continue
                with self._taking:
                    if not self.record.active:  # closed from elsewhere meanwhile
                        raise Cancelled("The request was stopped.")
                    self._take(event_of_job)
            event = self._pending.popleft()
            if isinstance(event, Finished):
                self._end(None)
                if self.record.status is not Status.COMPLETED:  # closed a moment ago
                    raise Cancelled("The request was stopped.")
        except TimeoutError:  # an OSError, but not an end
            raise
        except (TTSError, OSError) as error:
            failure = as_tts_error(error)
            self._end(failure)
            if failure is error:
                raise
            raise failure from error
        return event

    def __iter__(self) -> Iterator[SpeechEvent]:
        while (event := self.next_event()) is not None:
            yield event

    def read_to_end(self) -> Finished:
        """Take all the sound without looking at it; for requests that are saved as a file."""
        for event in self:
            if isinstance(event, Finished):
                return event
        raise GenerationError("The request ended without a result; please try again.")

    def close(self, error: BaseException | None = None) -> None:
        """Stop the engine if the request is still running. Any thread may call this."""
        self._job.cancel(error if isinstance(error, TTSError) else None)
        self._end(error or Cancelled("The request was stopped."))
        self._job.cancel()  # in case it was another engine's by then

    def __enter__(self) -> SpeechStream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close(error)

    def _end(self, error: BaseException | None) -> None:
        """Write down how it ended; the first end counts, and others wait until it is done.

        Who hears of a result or of an error waits until that is on disk; who stops it does not.
        """
        with self._lock:
            if not self.record.active:
                return
            if error is not None:
                with self._taking:  # not while another thread writes to it
                    self._recorder.abandon()
            if error is None:
                self.record.end(Status.COMPLETED)
            elif isinstance(error, Exception) and not isinstance(error, Cancelled):
                self.record.fail(as_tts_error(error))
            else:
                self.record.end(Status.CANCELLED)
            written = self._on_end(self)
        if self.record.status is not Status.CANCELLED:
            written.wait()

    def _take_detour(self, error: TTSError) -> bool:
        """Go on with another engine after `error`; False when there is none."""
        failed = self._route.engine
        self._failed.append(failed.name)
        first = self._segments_done
        found = self._fall_back(self.plan, first, self._failed, error)
        if found is None:
            return False
        with self._lock:
            route, job = found
            self._job = job
            if not self.record.active:  # closed from elsewhere meanwhile
                job.cancel()
                return False
        with self._taking:
            # What there is of the broken segment is heard; the other engine speaks all of it.
            begun = self._segment_start is not None
            self._flush(first, Pause.SENTENCE if begun else Pause.NONE)
            self._segment_words, self._segment_start = [], None
            self._hearing.forget()
            self._follow(route, job)
        self.record.engine, self.record.voice_source = route.engine.name, route.voice.id
        self._fallback = {
            "from": self._failed[0],
            "to": route.engine.name,
            "reason": str(error),
        }
        self.record.fallback = self._fallback
        self._notice(f"{route.engine.label} speaks instead of {failed.label}: {error}")
        return True

    def _follow(self, route: Route, job: Job) -> None:
        self._route, self._job = route, job
        self.record.job = job
        job.held_open = lambda: self._hearing.waiting
        job.give_way = self.close
        self._hearing.prepare(route.engine)

    def _nudge(self) -> None:
        self._job.nudge()

    def _notice(self, message: str) -> None:
        if message not in self._warnings:
            self._warnings.append(message)
        self._pending.append(Notice(message, self._route.engine.name, self._route.voice))

    @property
    def _segments_done(self) -> int:
        return len(self._segments)

    def _take(self, event: JobEvent | None) -> None:
        match event:
            case Nudge():
                pass  # what is new is taken before the next event
            case SegmentAudio(index, chunk):
                segment = self._route.parts[index].segment
                self.record.segment_started(segment)
                self._early_words.extend(chunk.words)
                self._hearing.add(chunk)
                self._emit(segment, self._joiner.push(self._resampled(chunk.samples)))
            case SegmentDone():
                self._utterance_done(event)
            case Economised(saving, reason):
                label = self._route.engine.label
                self._notice(f"{label} went on with {saving}, to do with less memory: {reason}")
            case None:
                self._finish()

    def _resampled(self, samples: Samples) -> Samples:
        """At the rate of the plan's engine, whichever engine speaks."""
        source, target = self._route.engine.sample_rate, self.plan.engine.sample_rate
        if source == target:
            return samples
        if self._resampler is None:
            self._resampler = StreamResampler(source, target)
        return self._resampler.push(samples)

    def _emit(self, segment: int, samples: Samples) -> None:
        if not len(samples):
            return
        if self._segment_start is None:
            self._segment_start = self._joiner.segment_start
        if self.record.time_to_first_audio_seconds is None:
            self.record.time_to_first_audio_seconds = time.time() - self.record.start_time
        offset = self._joiner.word_offset
        words = tuple(
            WordTiming(w.text, max(w.start + offset, 0.0), max(w.end + offset, 0.0))
            for w in self._early_words
        )
        self._recorder.write(samples)
        self._early_words.clear()
        self._segment_words.extend(words)
        rate = self.plan.engine.sample_rate
        self._pending.append(Audio(segment, AudioChunk(samples, rate, words)))

    def _flush(self, segment: int, pause: Pause) -> None:
        """The utterance is over: give out what is held of it."""
        if self._resampler is not None:
            self._emit(segment, self._joiner.push(self._resampler.finish()))
            self._resampler = None
        self._emit(segment, self._joiner.finish_segment(pause))
        self._early_words.clear()

    def _utterance_done(self, done: SegmentDone) -> None:
        part = self._route.parts[done.index]
        self.record.segment_started(part.segment)
        self._flush(part.segment, part.pause)
        self._hearing.utterance_done(self._route, done.index, self._joiner.word_offset, done.heard)
        self._segment_seconds += done.seconds
        self._all_cached = self._all_cached and done.cached
        if part.last:
            cached, self._all_cached = self._all_cached, True
            self.record.cached += cached
            self._segment_done(part.segment, cached)

    def _segment_done(self, index: int, cached: bool) -> None:
        text = self.plan.segments[index].text
        end = self._joiner.position / self.plan.engine.sample_rate
        start = end if self._segment_start is None else self._segment_start
        # A word in the silence that was trimmed from the end has no time of its own.
        words = [
            WordTiming(w.text, min(w.start, end), min(w.end, end)) for w in self._segment_words
        ]
        follow = self._hearing.segment_done(index, start, end)
        if not follow:
            self._words[index] = words
        self._segments.append(WordTiming(text, start, end))
        self._segment_words, self._segment_start = [], None
        self.record.audio_seconds = end
        self.record.segment_finished(self._segment_seconds, cached=cached)
        self._segment_seconds = 0.0
        self._pending.append(SegmentFinished(index, start, end, words, follow))

    def _finish(self) -> None:
        self.record.status = Status.CONCATENATING
        self.record.status = Status.FINALIZING
        path = self._recorder.finish()
        self._finished = True
        self._pending.append(Finished(self._info(), path))

    def _record_takes(self, again: int) -> None:
        self.record.parameters = {**self.record.parameters, "made_again": again}
        self._warnings.append(
            f"{again} take{'s' if again > 1 else ''} did not say the text and "
            f"{'were' if again > 1 else 'was'} made again."
        )

    def _info(self) -> SpeechInfo:
        record, route = self.record, self._route
        if not record.audio_seconds:
            self._warnings.append(
                f"{route.voice.name} has no sound for this text; try another language."
            )
        if self._hearing.unheard is not None:
            self._warnings.append(f"There are no word times: {self._hearing.unheard}.")
        timed = sorted({**self._words, **self._hearing.words}.items())
        quality = self._hearing.quality
        if again := sum(q.retries for q in quality.values()):
            self._record_takes(again)
        return SpeechInfo(
            request_id=record.request_id,
            engine=route.engine.name,
            voice=route.voice.id,
            language=route.language,
            sample_rate=self.plan.engine.sample_rate,
            duration_seconds=record.audio_seconds,
            generation_seconds=record.generation_seconds,
            time_to_first_audio_seconds=record.time_to_first_audio_seconds,
            segments=self._segments,
            words=None if self._hearing.unheard else [w for _, words in timed for w in words],
            quality=[quality[index] for index in sorted(quality)] or None,
            cached=record.cached,
            fallback=self._fallback,
            warnings=self._warnings,
        )
