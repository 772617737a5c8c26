"""A request on its way: the engine's pieces in, seamless sound and news of it out."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType

from tts_core.audio.join import Joiner
from tts_core.errors import Cancelled, GenerationError, TTSError, as_tts_error
from tts_core.events import Audio, Finished, SegmentFinished, SpeechEvent, SpeechInfo, Started
from tts_core.outputs import Recorder
from tts_core.planner import Plan
from tts_core.scheduler import Job, SegmentAudio, SegmentDone
from tts_core.stats.tracker import RequestRecord, Status, Tracker
from tts_core.types import AudioChunk, Samples, WordTiming


class SpeechStream:
    """Iterate it for the request's events; it ends after Finished.

    Use it as a context manager, or call `close()`: leaving early stops the engine. Iterating
    raises what went wrong (`tts_core.errors`), or Cancelled after `close()` from elsewhere.
    """

    def __init__(
        self,
        plan: Plan,
        job: Job,
        record: RequestRecord,
        recorder: Recorder | None,
        on_end: Callable[[SpeechStream], None],
    ) -> None:
        self.plan = plan
        self.record = record
        record.position = lambda: job.position
        self._job = job
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
                )
            ]
        )
        self._early_words: list[WordTiming] = []  # before the segment's first audible sample
        self._words: list[WordTiming] = []
        self._segment_words: list[WordTiming] = []
        self._segments: list[WordTiming] = []
        self._audible = False  # the current segment has been heard
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
                event_of_job = self._job.next_event(timeout)
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
        self._job.cancel()
        self._end(error or Cancelled("The request was stopped."))

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
        """Write down how it ended; the first end counts, and others wait until it is done."""
        with self._lock:
            if not self.record.active:
                return
            if error is not None and self._recorder is not None:
                with self._taking:  # not while another thread writes to it
                    self._recorder.abandon()
            if error is None:
                self.record.end(Status.COMPLETED)
            elif isinstance(error, Exception) and not isinstance(error, Cancelled):
                self.record.fail(as_tts_error(error))
            else:
                self.record.end(Status.CANCELLED)
            self._on_end(self)

    def _take(self, event: SegmentAudio | SegmentDone | None) -> None:
        match event:
            case SegmentAudio(index, chunk):
                Tracker.segment_started(self.record, index)
                self._early_words.extend(chunk.words)
                self._emit(index, self._joiner.push(chunk.samples))
            case SegmentDone():
                self._segment_done(event)
            case None:
                self._finish()

    def _emit(self, index: int, samples: Samples) -> None:
        if not len(samples):
            return
        self._audible = True
        if self.record.first_audio_seconds is None:
            self.record.first_audio_seconds = time.time() - self.record.start_time
        offset = self._joiner.word_offset
        words = tuple(
            WordTiming(w.text, max(w.start + offset, 0.0), max(w.end + offset, 0.0))
            for w in self._early_words
        )
        if self._recorder is not None:
            self._recorder.write(samples)
        self._early_words.clear()
        self._segment_words.extend(words)
        rate = self.plan.engine.sample_rate
        self._pending.append(Audio(index, AudioChunk(samples, rate, words)))

    def _segment_done(self, done: SegmentDone) -> None:
        segment = self.plan.segments[done.index]
        Tracker.segment_started(self.record, done.index)
        self._emit(done.index, self._joiner.finish_segment(segment.pause))
        end = self._joiner.position / self.plan.engine.sample_rate
        start = self._joiner.segment_start if self._audible else end
        # A word in the silence that was trimmed from the end has no time of its own.
        words = [
            WordTiming(w.text, min(w.start, end), min(w.end, end)) for w in self._segment_words
        ]
        self._words.extend(words)
        self._segments.append(WordTiming(segment.text, start, end))
        self._segment_words, self._audible = [], False
        self._early_words.clear()
        self.record.audio_seconds = end
        Tracker.segment_finished(self.record, len(segment.text), done.seconds)
        self._pending.append(SegmentFinished(done.index, start, end, words))

    def _finish(self) -> None:
        self.record.status = Status.CONCATENATING
        self.record.status = Status.FINALIZING
        path = self._recorder.finish() if self._recorder is not None else None
        self._finished = True
        self._pending.append(Finished(self._info(), path))

    def _info(self) -> SpeechInfo:
        record, plan = self.record, self.plan
        warnings = list(plan.warnings)
        if not record.audio_seconds:
            warnings.append(f"{plan.voice.name} has no sound for this text; try another language.")
        return SpeechInfo(
            request_id=record.request_id,
            engine=plan.engine.name,
            voice=plan.voice.id,
            language=plan.language,
            sample_rate=plan.engine.sample_rate,
            duration_seconds=record.audio_seconds,
            generation_seconds=record.generation_seconds,
            time_to_first_audio_seconds=record.first_audio_seconds,
            segments=self._segments,
            words=self._words if "word_times" in plan.engine.abilities else None,
            warnings=warnings,
        )
