"""Shares the engines among the running jobs, one segment at a time.

Each engine has a *lane*: one thread that picks the job whose turn it is, has the engine speak
that job's next segment, and puts the sound into the job's buffer. So a book gives way to a
short request after one sentence. Whose turn it is:

- a job that has not been served yet goes first, in order of arrival; after
  `NEWCOMERS_IN_A_ROW` of them an older job gets a segment, so that a flood of short requests
  cannot stop a book either;
- else the job that has had the least engine time, where a newcomer counts from what the job
  served last had had (start-time fair queueing, Goyal et al. 1996);
- a job whose reader is slow (its buffer is full) waits until the reader has caught up, and is
  not compensated for it. Where the queue is full, it may have to give way; see `fair_share.py`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from tts_core.engines.runner import Runner
from tts_core.errors import EngineUnavailable, QueueFullError
from tts_core.synthesis.engine_lane import Economies, EngineLane, LoadFailed
from tts_core.synthesis.fair_share import find_unused, most_places
from tts_core.synthesis.job import Job
from tts_core.synthesis.retakes import Retaker
from tts_core.synthesis.segment_cache import SegmentCache
from tts_core.types import Utterance

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 10.0
"""After which a request whose reader takes nothing may have to give way."""


class Scheduler:
    """Runs the jobs of all engines; see the module's docstring."""

    def __init__(
        self,
        make_runner: Callable[[str], Runner],
        *,
        queue_limit: int,
        economies: Economies = lambda engine: (),
        load_failed: LoadFailed = lambda engine, error: None,
        takes: Retaker | None = None,
        idle_unload_seconds: float = 0.0,
        buffer_seconds: float = 60.0,
        cache: SegmentCache | None = None,
    ) -> None:
        self._make_runner = make_runner
        self._queue_limit = queue_limit
        self._economies = economies
        self._load_failed = load_failed
        self._takes = takes
        self._idle_unload_seconds = idle_unload_seconds
        self._buffer_seconds = buffer_seconds
        self._cache = cache
        self._lanes: dict[str, EngineLane] = {}
        self._closed = False
        self._lock = threading.Lock()

    def submit(self, engine: str, utterances: Sequence[Utterance], client: str = "") -> Job:
        """Put a request's segments in line. Raises QueueFullError, EngineUnavailable.

        The caller reads the job to its end or cancels it. `client`: whose it is; see
        `Caller.client`.
        """
        while True:
            with self._lock:
                if self._closed:
                    raise EngineUnavailable("Aloud is shutting down.")
                jobs = [job for lane in self._lanes.values() for job in lane.jobs()]
                own = [job for job in jobs if job.client == client]
                refusal = self._refusal(len(jobs), len(own), client)
                if refusal is None:
                    lane = self._lane(engine)
                    job = Job(lane, utterances, self._buffer_seconds, client)
                    lane.add(job)
                    return job
                crowd = jobs if len(jobs) >= self._queue_limit else own
                neglected = find_unused(crowd, self._queue_limit, PATIENCE_SECONDS)
            if neglected is None:
                raise refusal
            self._end(neglected)

    def _refusal(self, running: int, own: int, client: str) -> QueueFullError | None:
        """Why there is no place for another job of `client`; None when there is one."""
        if running >= self._queue_limit:
            return QueueFullError(
                f"The queue is full: {running} requests are already being worked on. "
                "Please try again in a moment."
            )
        most = most_places(client, self._queue_limit)
        if own < most:
            return None
        return QueueFullError(
            f"Your part of the queue is full: {own} of your requests are being worked on, and "
            f"the other {self._queue_limit - most} places are for others. Please try again when "
            "one has ended."
        )

    @staticmethod
    def _end(neglected: Job) -> None:
        seconds = neglected.unused_seconds
        log.warning("a request gives way: its reader took nothing for %.0f s", seconds)
        neglected.give_way(
            QueueFullError(
                f"The queue is full, and nothing was read of this request for {seconds:.0f} s: it "
                "gave way to another. Please send it again, and read it as it comes."
            )
        )
        neglected.cancel()  # it is out of the queue, whatever its reader made of that

    def warm_up(self, engine: str) -> None:
        """Load an engine in the background, before the first request needs it."""
        with self._lock:
            if not self._closed:
                self._lane(engine).warm_up()

    def runners(self) -> dict[str, Runner]:
        """The runners made so far, by engine."""
        with self._lock:
            return {name: lane.runner for name, lane in self._lanes.items()}

    def close(self) -> None:
        """Cancel what is running and end the workers."""
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
                self._economies,
                self._load_failed,
                self._takes,
                self._idle_unload_seconds,
                self._cache,
            )
        return self._lanes[engine]
