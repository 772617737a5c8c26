"""The life of a request: its events for one reader, from the plan to the end in the history."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType

from tts_core.alignment.client import AlignmentClient
from tts_core.audio.join import joined
from tts_core.errors import Cancelled, GenerationError, TTSError, as_tts_error
from tts_core.events import (
    Audio,
    Finished,
    Notice,
    Planned,
    SegmentFinished,
    SpeechEvent,
    SpeechInfo,
    Started,
)
from tts_core.marks.metadata import FileMarker
from tts_core.marks.watermark import Watermark
from tts_core.stats.history import PendingWrite
from tts_core.stats.live import LiveRequest, Status
from tts_core.stats.recordings import Tee, Timings
from tts_core.synthesis.inbox import (
    Inbox,
    JobEnded,
    MemorySaved,
    Message,
    UtteranceAligned,
    UtteranceAudio,
    UtteranceDone,
)
from tts_core.synthesis.job import Job
from tts_core.synthesis.levels import VoiceLevels
from tts_core.synthesis.live_request import note_segments
from tts_core.synthesis.planner import Plan, Route, planned_route
from tts_core.synthesis.timeline import Timeline, merged
from tts_core.synthesis.word_collector import WordCollector
from tts_core.system.cpu_slots import PLANNING_SLOTS

UNMERGED_SECONDS = 10.0
"""Of a request's sound, whose pieces are passed on one by one: who plays them has little yet."""
MERGED_SECONDS = 4.0
"""How long a piece may become later, of those that a reader that is behind finds together."""

FallBack = Callable[[Plan, int, list[str], TTSError, Inbox], tuple[Route, Job] | None]
"""See `fallback.Fallback.find`."""


class SpeechStream:
    """The events of one request, for one reader: iterate it; it ends after Finished.

    Use it as a context manager, or call `close()`: leaving early stops the engine. Iterating
    raises the error that ended the request (`tts_core.errors`), which is Cancelled after a
    `close()` by another thread.
    """

    def __init__(
        self,
        plan: Plan,
        job: Job,
        record: LiveRequest,
        recorder: Tee,
        fall_back: FallBack,
        alignment: AlignmentClient,
        levels: VoiceLevels,
        marker_of: Callable[[SpeechInfo], FileMarker],
        watermark: Watermark | None,
        comment: str | None,
        on_end: Callable[[SpeechStream], PendingWrite],
    ) -> None:
        self.plan = plan
        self.record = record
        record.job = job
        self._route = planned_route(plan)
        self._rest = None if plan.rest is None else partial(self._plan_rest, job, plan.rest)
        self._recorder = recorder
        self._fall_back = fall_back
        self._marker_of = marker_of
        self._watermark = watermark
        self.comment = comment
        """What formats that have tags are to say of the sound."""
        self.marks_file = True
        """Whether the file gets its metadata now; else who gives it away marks it."""
        self._on_end = on_end
        self._inbox = job.inbox
        collector = WordCollector(plan.segments, alignment, self._inbox.put)
        self._timeline = Timeline(plan, self._route, collector, levels)
        self._failed_engines: list[str] = []
        self._fallback = plan.fallback
        self._warnings = list(plan.warnings)
        self._events: deque[SpeechEvent] = deque([self._started()])
        self._segment_seconds = 0.0  # engine time of the current segment so far
        self._segment_cached = True  # whether the cache had all its utterances so far
        self._spoken = self._finished = False
        self._lock = threading.Lock()
        """Held while an event is made and while the request ends."""
        self._inbox.on_close = self._end

    @property
    def request_id(self) -> str:
        """Return the request's id, the same in every API."""
        return self.record.request_id

    def next_event(self, timeout: float | None = None) -> SpeechEvent | None:
        """Return the next event; None after the last.

        Raises TimeoutError after `timeout` seconds, which does not end the request, and the
        TTSError that ended it.
        """
        try:
            while not self._events:
                if self._finished:
                    return None
                if self._rest is not None and self._can_plan():
                    self._rest()
                else:
                    self._handle(self._next_messages(timeout))
            event = self._events.popleft()
            if isinstance(event, Finished):
                self._end(None)
                if self.record.status is not Status.COMPLETED:  # closed a moment ago
                    raise Cancelled("The request was stopped.")
        except TimeoutError:  # an OSError, but not an end
            raise
        except (TTSError, OSError) as error:
            failure = as_tts_error(error)
            self.close(failure)
            try:
                if failure is error:
                    raise
                raise failure from error
            finally:
                del failure  # or its traceback and this frame would keep each other, and the stream
        return event

    def __iter__(self) -> Iterator[SpeechEvent]:
        while (event := self.next_event()) is not None:
            yield event

    def read_to_end(self) -> Finished:
        """Read and discard all events but the last, for requests that are saved as a file.

        Raises as iterating does.
        """
        for event in self:
            if isinstance(event, Finished):
                return event
        raise GenerationError("The request ended without a result; please try again.")

    def close(self, error: BaseException | None = None) -> None:
        """Stop the engine and end the request, unless it has ended. Any thread may call this.

        `error`: what the history tells of it, and what the reader is raised. Without one, or with
        one that is no Exception, the request counts as cancelled.
        """
        if not isinstance(error, Exception):
            error = Cancelled("The request was stopped.")
        failure = as_tts_error(error)
        self._inbox.close(failure)
        # Where another thread closed the inbox, it may not have ended the request yet.
        self._end(failure)

    def __enter__(self) -> SpeechStream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close(error)

    def _end(self, error: TTSError | None) -> None:
        """Record how the request ended, with success or `error`; only the first end counts.

        Return once that is on disk, so that whoever is told of a result or an error finds it in
        the history. Cancelling does not wait for the disk.
        """
        with self._lock:
            if not self.record.active:
                return
            # Or the inbox and the stream, with a plan of thousands of objects for a long text,
            # would refer to each other until the garbage collector scans its oldest generation.
            self._inbox.on_close = _do_nothing
            if error is None:
                self.record.end(Status.COMPLETED)
            else:
                self._recorder.abandon()
                if isinstance(error, Cancelled):
                    self.record.end(Status.CANCELLED)
                else:
                    self.record.fail(error)
            written = self._on_end(self)
        if self.record.status is not Status.CANCELLED:
            written.wait()

    def _can_plan(self) -> bool:
        """Return whether no sound would be late if the rest is read now, or the engine needs it."""
        is_spoken = len(self._timeline.segments) == len(self.plan.segments)
        return is_spoken or self._timeline.seconds >= UNMERGED_SECONDS

    def _plan_rest(self, job: Job, rest: Callable[[], Sequence[str]]) -> None:
        """Read the rest of the text, and give the engine what is to be spoken of it."""
        self._rest = None
        with PLANNING_SLOTS:
            warnings = rest()
        with self._lock:
            if not self.record.active:
                return  # closed meanwhile; the inbox raises why
            self._warnings += warnings
            self._route = planned_route(self.plan)
            self._timeline.extend(self._route)
            note_segments(self.record, self.plan)
            self._events.append(Planned(self.plan.segments, warnings))
        job.complete()

    def _next_messages(self, timeout: float | None) -> list[Message]:
        """Wait for a message; return it, with what is there already of the same utterance.

        Each piece of sound costs as much as half a second of sound, so later ones are merged.
        """
        message = self._inbox.get(timeout)
        if not isinstance(message, UtteranceAudio) or self._timeline.seconds < UNMERGED_SECONDS:
            return [message]
        rest = self._inbox.rest_of(message, MERGED_SECONDS)
        audio = [message, *(part for part in rest if isinstance(part, UtteranceAudio))]
        done = [part for part in rest if isinstance(part, UtteranceDone)]
        return [UtteranceAudio(message.index, joined([part.chunk for part in audio])), *done]

    def _handle(self, messages: Sequence[Message]) -> None:
        """Turn messages into events. Raises the engine's error if no other engine continues."""
        if isinstance(messages[0], JobEnded) and messages[0].error is not None:
            self._switch_engine(messages[0].error)
            return
        with self._lock:
            if not self.record.active:
                return  # closed meanwhile; the inbox raises why
            events = [event for message in messages for event in self._events_of(message)]
            self._give_out(merged(events))
            if self._spoken and not self._timeline.awaits_alignment:
                self._finish()

    def _events_of(self, message: Message) -> list[SpeechEvent]:
        """Note what a message tells, and return the events that it brings."""
        match message:
            case UtteranceAudio(index, chunk):
                self._segment_started(index)
                return self._timeline.add_audio(index, chunk)
            case UtteranceDone():
                self._segment_started(message.index)
                self._segment_seconds += message.seconds
                self._segment_cached = self._segment_cached and message.cached
                return self._timeline.finish_utterance(message)
            case UtteranceAligned():
                return self._timeline.add_alignment(message)
            case MemorySaved(measure, reason):
                label = self._route.engine.label
                self._notify(f"{label} continues with {measure} to use less memory: {reason}")
            case JobEnded():
                self._spoken = True
        return []

    def _switch_engine(self, error: TTSError) -> None:
        """Continue with another engine after `error`; raise it when there is none."""
        if self._rest is not None:
            self._rest()  # which a fallback must know
        failed = self._route.engine
        self._failed_engines.append(failed.name)
        first = len(self._timeline.segments)
        found = self._fall_back(self.plan, first, self._failed_engines, error, self._inbox)
        if found is None:
            raise error
        with self._lock:
            if not self.record.active:
                return  # closed meanwhile: the inbox raises why, and the lane drops the job
            route, self.record.job = found
            self._route = route
            self._give_out(self._timeline.switch(route))
            self.record.engine, self.record.voice_source = route.engine.name, route.voice.id
            self.record.voices = [*self.record.voices, route.voice.id]
            self._fallback = {
                "from": self._failed_engines[0],
                "to": route.engine.name,
                "reason": str(error),
            }
            self.record.fallback = self._fallback
            self._notify(f"{route.engine.label} speaks instead of {failed.label}: {error}")

    def _notify(self, message: str) -> None:
        if message not in self._warnings:
            self._warnings.append(message)
        self._events.append(Notice(message, self._route.engine.name, self._route.voice))

    def _segment_started(self, utterance: int) -> None:
        self.record.segment_started(self._route.parts[utterance].segment)

    def _give_out(self, events: Iterable[SpeechEvent]) -> None:
        """Queue events for the reader; write their sound and progress down first."""
        for event in map(self._marked, events):
            match event:
                case Audio():
                    if self.record.time_to_first_audio_seconds is None:
                        elapsed = time.time() - self.record.start_time
                        self.record.time_to_first_audio_seconds = elapsed
                    self._recorder.write(event.chunk.samples)
                case SegmentFinished():
                    seconds, cached = self._segment_seconds, self._segment_cached
                    self._segment_seconds, self._segment_cached = 0.0, True
                    self.record.cached += cached
                    self.record.audio_seconds = event.end
                    self.record.segment_finished(seconds, cached=cached)
            self._events.append(event)

    def _marked(self, event: SpeechEvent) -> SpeechEvent:
        """Put the watermark into sound on its way out: what engines and the cache have is clean."""
        if self._watermark is None or not isinstance(event, Audio):
            return event
        samples = self._watermark.process(event.chunk.samples)
        return replace(event, chunk=replace(event.chunk, samples=samples))

    def _finish(self) -> None:
        self.record.status = Status.CONCATENATING
        self._timeline.finish()
        self.record.status = Status.FINALIZING
        self.record.audio_seconds = self._timeline.seconds
        info = self._info()
        marker = self._marker_of(info)
        timings = Timings(info.segments, info.words)
        file = self._recorder.finish(timings, marker, mark_file=self.marks_file)
        self._finished = True
        path, marks = file or (None, None)
        self._events.append(Finished(replace(info, marks=marks or marker.of_stream), path))

    def _started(self) -> Started:
        plan = self.plan
        return Started(
            request_id=self.record.request_id,
            engine=plan.engine.name,
            voice=plan.voice,
            language=plan.language,
            sample_rate=plan.engine.sample_rate,
            segments=list(plan.segments),  # to which the rest may be added
            warnings=plan.warnings,
            fallback=plan.fallback,
        )

    def _info(self) -> SpeechInfo:
        record, route, timeline = self.record, self._route, self._timeline
        if not record.audio_seconds:
            self._warnings.append(
                f"{route.voice.name} produced no sound for this text; try another language."
            )
        if timeline.no_words_reason is not None:
            self._warnings.append(f"There are no word timestamps: {timeline.no_words_reason}.")
        if retakes := sum(quality.retries for quality in timeline.quality):
            self._record_retakes(retakes)
        return SpeechInfo(
            request_id=record.request_id,
            engine=route.engine.name,
            voice=route.voice.id,
            language=route.language,
            sample_rate=self.plan.engine.sample_rate,
            duration_seconds=record.audio_seconds,
            generation_seconds=record.generation_seconds,
            time_to_first_audio_seconds=record.time_to_first_audio_seconds,
            segments=timeline.segments,
            words=timeline.words,
            quality=timeline.quality or None,
            cached=record.cached,
            fallback=self._fallback,
            markup=self.plan.markup_by(route.engine),
            warnings=self._warnings,
            voices=tuple(record.voices),
        )

    def _record_retakes(self, count: int) -> None:
        self.record.parameters = {**self.record.parameters, "made_again": count}
        self._warnings.append(
            f"{count} retake{'s' if count > 1 else ''}: speech that did not match the text was "
            "regenerated."
        )


def _do_nothing(error: TTSError) -> None:
    """Stand in for a stream that has ended."""
