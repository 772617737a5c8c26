"""One engine's part of the scheduler: its runner, its jobs and the thread that serves them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Literal

from tts_core.audio.join import skip_samples
from tts_core.engines.runner import CallLost, Runner, RunnerState
from tts_core.errors import (
    Cancelled,
    EngineUnavailable,
    GenerationError,
    ModelLoadError,
    OutOfMemory,
    TTSError,
    WorkerDied,
    WorkerHung,
    as_tts_error,
)
from tts_core.synthesis.inbox import JobEnded, MemorySaved, UtteranceAudio, UtteranceDone
from tts_core.synthesis.job import Job, Order
from tts_core.synthesis.retakes import OnChunk, Retaker
from tts_core.synthesis.segment_cache import SegmentCache
from tts_core.types import AudioChunk, Utterance
from tts_core.voices.conditioning import speak

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
"""Wait after a failure of the lane itself, so that a lasting one does not keep a core busy."""

MemorySavings = Callable[[str], Sequence[str]]
"""Returns an engine's `EngineInfo.economies`, by its name."""
LoadFailed = Callable[[str, TTSError], None]
"""Called in the lane's thread with an engine that `warm_up` could not load."""
Measured = Callable[[str, float, float], None]
"""Called with an engine that has spoken an utterance, the seconds that it worked on it, and the
seconds of its sound."""
Turn = Generator[Literal[True], None, UtteranceDone]
"""An utterance while it is spoken. It yields True once it has been sent to the engine, and when it
is suspended."""


class EngineLane:
    """One engine, its runner and its thread; see `scheduler.py` for the order of service."""

    def __init__(
        self,
        name: str,
        runner: Runner,
        memory_savings: MemorySavings,
        load_failed: LoadFailed,
        measured: Measured,
        retaker: Retaker | None,
        idle_unload_seconds: float,
        cache: SegmentCache | None,
    ) -> None:
        self.runner = runner
        self._measured = measured
        self._retaker = retaker
        self._cache = cache
        self._name = name
        self._memory_savings = memory_savings
        self._load_failed = load_failed
        self._idle_unload_seconds = idle_unload_seconds
        self._jobs: list[Job] = []  # in order of arrival
        # The next two are used by the lane's thread only.
        self._turns: dict[Job, Iterator[bool]] = {}  # of the jobs whose utterance is suspended
        self._sent_ahead: tuple[Job, Iterator[bool]] | None = None  # what is spoken next
        self._order = Order()
        self._warm_up = False
        self._warm = False  # whether it has spoken since it was loaded
        self._memory_saved: MemorySaved | None = None  # the configuration the engine is loaded in
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"lane-{name}", daemon=True)
        self._thread.start()

    def jobs(self) -> list[Job]:
        """Return the jobs that are neither finished nor cancelled, in order of arrival."""
        with self._changed:
            return [job for job in self._jobs if not job.stop.is_set()]

    def add(self, job: Job) -> None:
        """Serve a job from now on."""
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()

    def position(self, job: Job) -> int:
        """Return how many jobs are served before this one is for the first time."""
        jobs = self.jobs()
        if job.next_index > 0 or job not in jobs:
            return 0
        return sum(j.is_newcomer for j in jobs[: jobs.index(job)])

    def wake(self) -> None:
        """Look for work again; called when a job's reader has caught up or gone."""
        with self._changed:
            self._changed.notify()

    def warm_up(self) -> None:
        """Load the engine as soon as there is nothing to speak."""
        with self._changed:
            self._warm_up = True
            self._changed.notify()

    def close(self) -> None:
        """Cancel the jobs and let the thread end; `join` waits for it."""
        with self._changed:
            self._closed = True
            jobs, self._jobs = self._jobs, []
            self._changed.notify()
        for job in jobs:
            job.inbox.close(Cancelled("Aloud is shutting down."))
        self.runner.kill()  # also when it is loading, which `stop` does not interrupt

    def join(self) -> None:
        """Wait until the thread has ended, up to 10 s."""
        self._thread.join(timeout=10)

    def _run(self) -> None:
        """Serve until the lane is closed, whatever is raised meanwhile."""
        while not self._closed:
            try:
                self._serve()
            except BaseException as error:  # also SystemExit, which ends a thread silently
                self._recover(error)
        self._unload()

    def _recover(self, error: BaseException) -> None:
        """Fail all jobs, so that no reader waits forever, and get ready for the next."""
        log.error("lane of engine %s failed, restarting it", self._name, exc_info=error)
        with self._changed:
            jobs, self._jobs = self._jobs, []
            self._warm_up = False
        failure = GenerationError(
            f"The engine {self._name} failed unexpectedly ({type(error).__name__}: {error}). "
            "Please try again."
        )
        for job in jobs:
            job.inbox.put(JobEnded(failure))
        self._unload()
        with self._changed:
            if not (self._closed or self._jobs):
                self._changed.wait(PAUSE_SECONDS)

    def _unload(self) -> None:
        """Unload the engine, and forget what was to go on in it."""
        try:
            self.runner.unload()
        except Exception:
            log.exception("engine %s could not be unloaded", self._name)
        self._turns.clear()
        self._sent_ahead = None

    def _serve(self) -> None:
        while True:
            if (sent := self._sent_ahead) is not None:
                self._sent_ahead = None
                self._go_on(*sent)
                continue
            job = self._next_job()
            if self._closed:
                return
            if job is not None:
                self._serve_job(job)
            elif self._warm_up:
                self._warm_up = False
                self._load()
            elif self.runner.state is not RunnerState.UNLOADED:
                log.info("unloading idle engine %s", self._name)
                self.runner.unload()
                self._restore_full_memory()

    def _next_job(self) -> Job | None:
        """Wait for the next job; return None when there is something else to do."""
        with self._changed:
            idle_since = time.monotonic()
            while True:
                if self._closed or (job := self._pick()) is not None or self._warm_up:
                    return None if self._closed else job
                left = None
                if self._idle_unload_seconds and self.runner.state is not RunnerState.UNLOADED:
                    left = idle_since + self._idle_unload_seconds - time.monotonic()
                    if left <= 0:
                        return None
                self._changed.wait(None if left is None else min(left, threading.TIMEOUT_MAX))

    def _pick(self) -> Job | None:
        """Drop cancelled jobs and return the job whose turn it is; None when all must wait."""
        self._jobs = [job for job in self._jobs if job in self._turns or not job.stop.is_set()]
        return self._order.next(self._jobs, self._turns)

    def _load(self) -> None:
        self._warm = False
        try:
            self.runner.load()
        except Exception as error:  # the lane goes on; the next request will see the error
            if self._closed:
                return
            log.warning("engine %s could not be loaded ahead of time: %s", self._name, error)
            self._load_failed(self._name, as_tts_error(error))

    def _serve_job(self, job: Job) -> None:
        """Speak a job's next utterance, or what is missing of the one that was suspended."""
        turn = self._turns.pop(job, None)
        if turn is None:
            turn = self._serve_utterance(job)
            if not next(turn, False):
                return
        self._go_on(job, turn)

    def _go_on(self, job: Job, turn: Iterator[bool]) -> None:
        """Take the sound of an utterance from the engine until it ends or is suspended."""
        if next(turn, False):
            self._turns[job] = turn

    def _send_ahead(self, running: Job) -> None:
        """Send the engine what it is to speak after the utterance of the job that is served.

        So it does not wait between the first sounds of many newcomers until the next is chosen.
        """
        if self._sent_ahead is not None or not self.runner.suspendable or self._retakes():
            return
        with self._changed:
            jobs = [job for job in self._jobs if job is not running and not job.stop.is_set()]
            if (job := self._order.next_newcomer(jobs, self._turns)) is None:
                return
        turn = self._serve_utterance(job)
        if next(turn, False):
            self._sent_ahead = job, turn

    def _serve_utterance(self, job: Job) -> Iterator[bool]:
        index = job.next_index
        job.next_index += 1
        if index == 0:
            job.began = time.time()
            if self._memory_saved is not None:
                job.inbox.put(self._memory_saved)
        error: TTSError | None = None
        try:
            done = yield from self._speak_checked(job, index)
        except TTSError as caught:
            error = caught
        except (Exception, SystemExit) as caught:
            log.exception("engine %s raised an unexpected exception", self._name)
            error = GenerationError(f"{type(caught).__name__}: {caught}")
        else:
            job.served += done.seconds
            job.inbox.put(done)
        if error is not None or job.is_spoken:
            with self._changed:
                if job in self._jobs:  # not when the lane was closed meanwhile
                    self._jobs.remove(job)
            job.inbox.put(JobEnded(error))

    def _speak_checked(self, job: Job, index: int) -> Turn:
        """Put an utterance's sound into the job's inbox, after retakes where they apply."""

        def speak_once(utterance: Utterance, on_chunk: OnChunk) -> UtteranceDone:
            return _result(self._speak_cached(job, index, utterance, on_chunk))

        if self._retaker is not None and self._retakes():
            return self._retaker.speak(self._name, job, index, speak_once)
        return (
            yield from self._speak_cached(
                job,
                index,
                job.utterances[index],
                lambda chunk: job.inbox.put(UtteranceAudio(index, chunk)),
            )
        )

    def _retakes(self) -> bool:
        return self._retaker is not None and self._retaker.applies_to(self._name)

    def _others_wait(self) -> bool:
        """Return whether a job waits for its first sound."""
        return self._sent_ahead is not None or any(job.is_newcomer for job in self.jobs())

    def _speak_cached(self, job: Job, index: int, utterance: Utterance, on_chunk: OnChunk) -> Turn:
        """Give out an utterance from the cache, or speak it as `_speak_with_retries` does."""
        began = time.monotonic()
        key = chunks = None
        if self._cache is not None:
            key = self._cache.key(self._name, utterance, self.runner.economy)
            chunks = self._cache.get(key) if key is not None else None
        if chunks is not None:
            for chunk in chunks:
                on_chunk(chunk)
            return UtteranceDone(index, time.monotonic() - began, 0, cached=True)
        return (yield from self._speak_with_retries(job, index, utterance, key, on_chunk))

    def _speak_with_retries(
        self, job: Job, index: int, utterance: Utterance, key: str | None, on_chunk: OnChunk
    ) -> Turn:
        """Speak an utterance, with retries after failures of the worker.

        The first death of the worker is retried as it is; lack of memory and a second death with
        the next configuration that needs less memory. Raises the failure when none is left. What
        only waited in a worker that died is spoken again, too, but has its retries left. A job's
        first utterance is suspended after its beginning if others wait for their first sound.
        """
        suspend = index == 0 and not self._retakes()
        sent = retries = attempts = 0
        saved: MemorySaved | None = None
        spoken: list[AudioChunk] = []
        while True:
            began = time.monotonic()
            try:
                if self.runner.state is RunnerState.UNLOADED:
                    self._warm = False
                self.runner.load()
                if saved is not None:
                    job.inbox.put(saved)
                    self._memory_saved, saved = saved, None
                began = time.monotonic()
                # The reader may have played what has been sent, so a retry continues after it.
                chunks = speak(self._name, self.runner, utterance, job.stop, suspend=suspend)
                attempts += 1
                if attempts == 1:
                    yield True
                    began = time.monotonic()  # until then the engine may have spoken others
                self._send_ahead(job)
                for chunk in skip_samples(chunks, sent):
                    sent += len(chunk.samples)
                    spoken.append(chunk)
                    on_chunk(chunk)
                    if self.runner.suspended and self._others_wait():
                        left = time.monotonic()
                        yield True
                        began += time.monotonic() - left
                    self._send_ahead(job)
                seconds = time.monotonic() - began
                if attempts == 1 and not job.stop.is_set():
                    self._keep(key, spoken, seconds)
                return UtteranceDone(index, seconds, retries)
            except (WorkerDied, WorkerHung, OutOfMemory, ModelLoadError) as error:
                if job.stop.is_set() or self._closed:
                    return UtteranceDone(index, time.monotonic() - began, retries)
                suspend = suspend and not sent
                if isinstance(error, CallLost):
                    saved = self._memory_saved  # perhaps since this call was sent
                    continue
                if retries or not isinstance(error, WorkerDied):
                    saved = self._save_memory(error)
                else:
                    log.warning("%s Retrying the segment.", error)
                retries += 1

    def _keep(self, key: str | None, spoken: Sequence[AudioChunk], seconds: float) -> None:
        """Cache an utterance and report its pace. The first after loading is slower."""
        if self._warm:
            self._measured(self._name, seconds, sum(chunk.duration for chunk in spoken))
        self._warm = True
        if self._cache is not None and key is not None and any(len(c.samples) for c in spoken):
            self._cache.put(key, spoken)

    def _restore_full_memory(self) -> None:
        """Make the next load use the normal configuration again."""
        self.runner.economy = 0
        self._memory_saved = None

    def _save_memory(self, error: TTSError) -> MemorySaved:
        """Make the next load use less memory. Raises `error` where that is no remedy for it."""
        measures = () if isinstance(error, _NOT_ABOUT_MEMORY) else self._memory_savings(self._name)
        level = self.runner.economy
        self.runner.unload()
        if level >= len(measures):
            self._restore_full_memory()
            raise error
        log.warning("engine %s failed, retrying with %s: %s", self._name, measures[level], error)
        self.runner.economy = level + 1
        return MemorySaved(measures[level], str(error))


def _result(turn: Turn) -> UtteranceDone:
    """Speak an utterance to its end and return what its generator returns."""
    while True:
        try:
            next(turn)
        except StopIteration as end:
            done: UtteranceDone = end.value
            return done


_NOT_ABOUT_MEMORY = (EngineUnavailable, WorkerHung)
"""Errors that less memory does not help with. A hang is not retried at all: it has already cost
the reader the whole segment timeout."""
