"""Shares the engines among the running jobs, one segment at a time.

Each engine has a *lane*: one thread that picks the next job, has the engine speak that job's next
segment, and puts the sound into the job's inbox. So a short request waits for one sentence of a
book, not for the book. The order of service:

- A job that has not been served yet goes first, in order of arrival. After
  `NEWCOMERS_IN_A_ROW` of them an older job gets a segment if its sound would soon run out
  (`MARGIN_SECONDS`), so that a flood of short requests cannot stop a book that is listened to.
- Where an engine can suspend an utterance (`Engine.suspendable`), a newcomer that others wait
  behind gets the first second of its sound only, and the rest of that segment after them, or
  before that is played (`SUSPENDED_SECONDS`). Such an engine is sent the newcomer that is next
  while it speaks, so one newcomer is chosen a segment, or a second of it, early.
- Otherwise the job that has used the least engine time is next. A newcomer's use starts at that
  of the job served last (start-time fair queueing, Goyal et al. 1996).
- A job in the background (of a project, or a preview) is served only when no other job is ready, so
  a short request waits for one sentence of it at most. It takes no place in the queue.
- A job whose reader is slow (its inbox is full) waits until the reader has caught up, and is
  not compensated for it. When the queue is full, it may be ended; see `fair_share.py`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from tts_core.engines.runner import Runner
from tts_core.errors import EngineUnavailable, QueueFullError
from tts_core.synthesis.engine_lane import EngineLane, LoadFailed, Measured, MemorySavings
from tts_core.synthesis.fair_share import find_unused, most_places
from tts_core.synthesis.inbox import Inbox
from tts_core.synthesis.job import Job
from tts_core.synthesis.retakes import Retaker
from tts_core.synthesis.segment_cache import SegmentCache
from tts_core.types import Utterance

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 10.0
"""How long a reader may read nothing before its request can be ended in favor of another."""


class Scheduler:
    """The lanes of all engines and the queue limit; see the module's docstring. Thread-safe."""

    def __init__(
        self,
        make_runner: Callable[[str], Runner],
        *,
        queue_limit: int,
        memory_savings: MemorySavings = lambda engine: (),
        load_failed: LoadFailed = lambda engine, error: None,
        measured: Measured = lambda engine, work, sound: None,
        retaker: Retaker | None = None,
        idle_unload_seconds: float = 0.0,
        buffer_seconds: float = 60.0,
        cache: SegmentCache | None = None,
    ) -> None:
        self._make_runner = make_runner
        self._queue_limit = queue_limit
        self._memory_savings = memory_savings
        self._load_failed = load_failed
        self._measured = measured
        self._retaker = retaker
        self._idle_unload_seconds = idle_unload_seconds
        self._buffer_seconds = buffer_seconds
        self._cache = cache
        self._lanes: dict[str, EngineLane] = {}
        self._closed = False
        self._lock = threading.Lock()

    def submit(
        self,
        engine: str,
        utterances: Sequence[Utterance],
        client: str = "",
        inbox: Inbox | None = None,
        *,
        planned: bool = True,
    ) -> Job:
        """Queue utterances for an engine, whose sound goes into `inbox` (default: a new one).

        The caller reads the job's inbox up to its JobEnded, or closes it. `client`: who asks; see
        `Caller.client`. `planned`: see `Job`. Raises QueueFullError when there is no place in
        the queue, and EngineUnavailable after `close`.
        """
        while True:
            with self._lock:
                if self._closed:
                    raise EngineUnavailable("Aloud is shutting down.")
                inbox = inbox or Inbox(self._buffer_seconds)
                jobs = [job for lane in self._lanes.values() for job in lane.jobs()]
                jobs = [job for job in jobs if not job.background]
                own = [job for job in jobs if job.client == client]
                refusal = self._refusal(len(jobs), len(own), client)
                if refusal is None or inbox.background:
                    lane = self._lane(engine)
                    job = Job(lane, utterances, inbox, client, planned=planned)
                    lane.add(job)
                    return job
                candidates = jobs if len(jobs) >= self._queue_limit else own
                unread = find_unused(candidates, self._queue_limit, PATIENCE_SECONDS)
            if unread is None:
                raise refusal
            self._evict(unread)

    def _refusal(self, running: int, own: int, client: str) -> QueueFullError | None:
        """Return why there is no place for another job of `client`; None when there is one."""
        if running >= self._queue_limit:
            return QueueFullError(
                f"The queue is full: {running} requests are already being processed. "
                "Please try again in a moment."
            )
        most = most_places(client, self._queue_limit)
        if own < most:
            return None
        return QueueFullError(
            f"Your share of the queue is full: {own} of your requests are being processed, and "
            f"the other {self._queue_limit - most} places are for others. Please try again when "
            "one has ended."
        )

    @staticmethod
    def _evict(job: Job) -> None:
        seconds = job.unused_seconds
        log.warning("queue full, ended a request of which nothing was read for %.0f s", seconds)
        job.inbox.close(
            QueueFullError(
                f"The queue is full and this request's audio was not read for {seconds:.0f} s, so "
                "it was ended to make room for another. Please send it again and read the audio "
                "as it arrives."
            )
        )

    def warm_up(self, engine: str) -> None:
        """Load an engine in its lane's thread, before the first request needs it."""
        with self._lock:
            if not self._closed:
                self._lane(engine).warm_up()

    def runners(self) -> dict[str, Runner]:
        """Return the runners made so far, by engine."""
        with self._lock:
            return {name: lane.runner for name, lane in self._lanes.items()}

    def close(self) -> None:
        """Cancel all jobs and end the lanes and their workers."""
        with self._lock:
            self._closed = True
            lanes, self._lanes = self._lanes, {}
        for lane in lanes.values():
            lane.close()
        for lane in lanes.values():
            lane.join()

    def _lane(self, engine: str) -> EngineLane:
        if engine not in self._lanes:
            runner = self._make_runner(engine)
            self._lanes[engine] = EngineLane(
                engine,
                runner,
                self._memory_savings,
                self._load_failed,
                self._measured,
                self._retaker,
                self._idle_unload_seconds,
                self._cache,
            )
        return self._lanes[engine]
