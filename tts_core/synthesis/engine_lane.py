"""One engine's part of the scheduler: its runner, its jobs and the thread that serves them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from tts_core.engines.runner import Runner, RunnerState
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
from tts_core.synthesis.job import Economised, Job, SegmentAudio, SegmentDone
from tts_core.synthesis.retakes import Give, Retaker
from tts_core.synthesis.segment_cache import SegmentCache
from tts_core.types import AudioChunk, Utterance
from tts_core.voices.conditioning import speak

log = logging.getLogger(__name__)

NEWCOMERS_IN_A_ROW = 3
PAUSE_SECONDS = 1.0
"""Between two breakdowns of a lane that has nothing to do."""

Economies = Callable[[str], Sequence[str]]
"""An engine's `EngineInfo.economies`, by its name."""
LoadFailed = Callable[[str, TTSError], None]
"""Told of an engine that could not be loaded by `warm_up`, in the lane's thread."""


class EngineLane:
    """One engine, its runner and its thread; see `scheduler.py` for whose turn it is."""

    def __init__(
        self,
        name: str,
        runner: Runner,
        economies: Economies,
        load_failed: LoadFailed,
        takes: Retaker | None,
        idle_unload_seconds: float,
        cache: SegmentCache | None,
    ) -> None:
        self.runner = runner
        self._takes = takes
        self._cache = cache
        self._name = name
        self._economies = economies
        self._load_failed = load_failed
        self._idle_unload_seconds = idle_unload_seconds
        self._jobs: list[Job] = []  # in order of arrival
        self._newcomers = 0
        self._clock = 0.0  # the engine time that the job served last had had
        self._warm_up = False
        self._saving: Economised | None = None  # while the engine makes do with less
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"lane-{name}", daemon=True)
        self._thread.start()

    def jobs(self) -> list[Job]:
        """Those that are not finished, in order of arrival."""
        with self._changed:
            return list(self._jobs)

    def add(self, job: Job) -> None:
        """Serve it from now on."""
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()

    def remove(self, job: Job) -> None:
        """See `job.Lane`."""
        with self._changed:
            if job in self._jobs:
                self._jobs.remove(job)

    def position(self, job: Job) -> int:
        """See `job.Lane`."""
        with self._changed:
            if job.next_index > 0 or job not in self._jobs:
                return 0
            return sum(j.next_index == 0 for j in self._jobs[: self._jobs.index(job)])

    def wake(self) -> None:
        """See `job.Lane`."""
        with self._changed:
            self._changed.notify()

    def warm_up(self) -> None:
        """Load the engine when there is nothing to speak."""
        with self._changed:
            self._warm_up = True
            self._changed.notify()

    def close(self) -> None:
        """Cancel the jobs and have the thread end; `join` waits for it."""
        with self._changed:
            self._closed = True
            jobs, self._jobs = self._jobs, []
            self._changed.notify()
        self.runner.kill()  # nobody waits for the rest of a load
        for job in jobs:
            job.finish(Cancelled("Aloud is shutting down."))

    def join(self) -> None:
        """Wait until the thread has ended, up to 10 s."""
        self._thread.join(timeout=10)

    def _run(self) -> None:
        """Serve until the lane is closed, whatever is raised meanwhile."""
        while not self._closed:
            try:
                self._serve()
            except BaseException as error:  # SystemExit too: a thread ends of it without a word
                self._recover(error)
        self._unload()

    def _recover(self, error: BaseException) -> None:
        """Fail the jobs there are, since none may wait for ever, and be ready for the next."""
        log.error("the lane of %s broke down and begins anew", self._name, exc_info=error)
        with self._changed:
            jobs, self._jobs = self._jobs, []
            self._warm_up = False
        failure = GenerationError(
            f"The engine {self._name} broke down ({type(error).__name__}: {error}). "
            "Please try again."
        )
        for job in jobs:
            job.finish(failure)
        self._unload()
        with self._changed:
            if not (self._closed or self._jobs):
                self._changed.wait(PAUSE_SECONDS)

    def _unload(self) -> None:
        try:
            self.runner.unload()
        except Exception:
            log.exception("%s could not be unloaded", self._name)

    def _serve(self) -> None:
        while True:
            job = self._next_job()
            if self._closed:
                return
            if job is not None:
                self._speak_segment(job)
            elif self._warm_up:
                self._warm_up = False
                self._load()
            elif self.runner.state is not RunnerState.UNLOADED:
                log.info("unloading an engine that was idle")
                self.runner.unload()
                self._spend()

    def _next_job(self) -> Job | None:
        """Whose turn it is; None when there is something else to do."""
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
        ready = [j for j in self._jobs if not j.full]
        newcomers = [j for j in ready if j.next_index == 0]
        older = [j for j in ready if j.next_index > 0]
        if newcomers and (not older or self._newcomers < NEWCOMERS_IN_A_ROW):
            self._newcomers += 1
            newcomers[0].served = self._clock
            return newcomers[0]
        self._newcomers = 0
        for job in older:
            job.served = max(job.served, self._clock)
        if not older:
            return None
        job = min(older, key=lambda j: j.served)
        self._clock = job.served
        return job

    def _load(self) -> None:
        try:
            self.runner.load()
        except Exception as error:  # it must not end the lane; the next request will hear of it
            if self._closed:
                return
            log.warning("%s could not be loaded ahead of time: %s", self._name, error)
            self._load_failed(self._name, as_tts_error(error))

    def _speak_segment(self, job: Job) -> None:
        index = job.next_index
        job.next_index += 1
        if index == 0:
            job.began = time.time()
            if self._saving is not None:
                job.put(self._saving)
        error: TTSError | None = None
        try:
            done = self._speak_well(job, index)
        except TTSError as caught:
            error = caught
        except (Exception, SystemExit) as caught:
            log.exception("a runner raised what it should not")
            error = GenerationError(f"{type(caught).__name__}: {caught}")
        else:
            job.served += done.seconds
            job.put(done)
        if error is not None or job.next_index >= len(job.utterances):
            self.remove(job)
            job.finish(error)

    def _speak_well(self, job: Job, index: int) -> SegmentDone:
        """Speak a segment, and anew where that is wanted."""

        def once(utterance: Utterance, give: Give) -> SegmentDone:
            key = None
            if self._cache is not None:
                key = self._cache.key(self._name, utterance, self.runner.economy)
            kept = self._recall(index, key, give)
            return kept or self._speak_steadily(job, index, utterance, key, give)

        if self._takes is not None and self._takes.concern(self._name):
            return self._takes.speak(self._name, job, index, once)
        return once(job.utterances[index], lambda chunk: job.put(SegmentAudio(index, chunk)))

    def _speak_steadily(
        self, job: Job, index: int, utterance: Utterance, key: str | None, give: Give
    ) -> SegmentDone:
        """Speak a segment: once more when the worker died of it, then with what economies help."""
        sent = retries = 0
        saved: Economised | None = None
        spoken: list[AudioChunk] = []
        while True:
            began = time.monotonic()
            try:
                self.runner.load()
                if saved is not None:
                    job.put(saved)
                    self._saving, saved = saved, None
                began = time.monotonic()
                # What has been delivered may have been heard: go on after it.
                pieces = speak(self._name, self.runner, utterance, job.stop)
                for chunk in skip_samples(pieces, sent):
                    sent += len(chunk.samples)
                    spoken.append(chunk)
                    give(chunk)
                if not (retries or job.stop.is_set()):
                    self._keep(key, spoken)
                return SegmentDone(index, time.monotonic() - began, retries)
            except (WorkerDied, WorkerHung, OutOfMemory, ModelLoadError) as error:
                if job.stop.is_set() or self._closed:
                    return SegmentDone(index, time.monotonic() - began, retries)
                if retries or not isinstance(error, WorkerDied):
                    saved = self._economise(error)
                else:
                    log.warning("%s Trying the segment again.", error)
                retries += 1

    def _recall(self, index: int, key: str | None, give: Give) -> SegmentDone | None:
        """Take a segment from the cache; None when it is not there."""
        if self._cache is None or key is None:
            return None
        began = time.monotonic()
        chunks = self._cache.get(key)
        if chunks is None:
            return None
        for chunk in chunks:
            give(chunk)
        return SegmentDone(index, time.monotonic() - began, 0, cached=True)

    def _keep(self, key: str | None, chunks: Sequence[AudioChunk]) -> None:
        if self._cache is not None and key is not None and any(len(c.samples) for c in chunks):
            self._cache.put(key, chunks)

    def _spend(self) -> None:
        """Have the engine loaded as it is meant to be."""
        self.runner.economy = 0
        self._saving = None

    def _economise(self, error: TTSError) -> Economised:
        """Have the engine loaded with its next economy; raise `error` where that is no help."""
        economies = () if isinstance(error, _BEYOND_MEMORY) else self._economies(self._name)
        level = self.runner.economy
        self.runner.unload()
        if level >= len(economies):
            self._spend()
            raise error
        log.warning("%s: %s Going on with %s.", self._name, error, economies[level])
        self.runner.economy = level + 1
        return Economised(economies[level], str(error))


_BEYOND_MEMORY = (EngineUnavailable, WorkerHung)
"""Faults that no economy mends. A hang is not tried again: it has cost the reader enough time."""


def skip_samples(chunks: Iterator[AudioChunk], count: int) -> Iterator[AudioChunk]:
    """Leave out the first `count` samples and the words that start in them."""
    left = count
    for chunk in chunks:
        skipped = min(left, len(chunk.samples))
        left -= skipped
        if skipped < len(chunk.samples):
            words = tuple(w for w in chunk.words if round(w.start * chunk.sample_rate) >= count)
            yield AudioChunk(chunk.samples[skipped:], chunk.sample_rate, words)
