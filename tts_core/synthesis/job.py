"""A request's utterances on their way through one engine, and whose turn it is."""

from __future__ import annotations

import threading
from collections.abc import Container, Sequence
from typing import Protocol

from tts_core.synthesis.inbox import Inbox
from tts_core.types import Utterance

NEWCOMERS_IN_A_ROW = 3
MARGIN_SECONDS = 2.0
"""An older job that is further ahead of its playback waits for the newcomers."""
SUSPENDED_SECONDS = 0.5
"""A suspended job with less sound than this left precedes the newcomers, but for the one that the
engine has got already. 0.3 s of it may be silence that is trimmed; the rest is several times what
an engine needs for the first sound of a newcomer."""
MOST_SUSPENDED = 16
"""Jobs suspended at once: hibari keeps 2 MB for each."""


class Lane(Protocol):
    """What a job needs of the lane that serves it; see `engine_lane.py`."""

    def position(self, job: Job) -> int:
        """Return how many jobs are served before this one is for the first time."""

    def wake(self) -> None:
        """Look for work again: a job's reader has caught up or gone."""


class Job:
    """Utterances for one engine, whose sound its lane puts into `inbox`.

    The last message is a JobEnded. Closing the inbox cancels the job.
    """

    def __init__(
        self,
        lane: Lane,
        utterances: Sequence[Utterance],
        inbox: Inbox,
        client: str = "",
        *,
        planned: bool = True,
    ) -> None:
        """Make a job that belongs to `client` (`Caller.client`).

        `planned`: whether these are all utterances; else whoever appends to them calls `complete`.
        """
        self.client = client
        self.utterances = utterances
        self.inbox = inbox
        self.next_index = 0
        """The utterance to be spoken next; written by the lane."""
        self.served = 0.0
        """Engine seconds used, counted from the least served job's at the start; written by the
        lane."""
        self.began: float | None = None
        """When the engine began with the first utterance (`time.time()`); written by the lane."""
        self._known = len(utterances), planned  # one value: the lane must not see half of a change
        self._lane = lane
        inbox.on_room = lane.wake

    @property
    def stop(self) -> threading.Event:
        """Return the event that tells the engine to stop; set when the inbox is closed."""
        return self.inbox.closed

    def complete(self) -> None:
        """Note that `utterances` has all there will be; the lane begins with none added before."""
        self._known = len(self.utterances), True
        self._lane.wake()

    @property
    def is_spoken(self) -> bool:
        """Return whether the lane has begun with the last of all utterances."""
        count, is_all = self._known
        return is_all and self.next_index >= count

    @property
    def is_ready(self) -> bool:
        """Return whether the lane can begin with an utterance."""
        return self.next_index < self._known[0] and not self.inbox.full

    @property
    def background(self) -> bool:
        """Return whether it is served only while no other job is ready."""
        return self.inbox.background

    @property
    def is_newcomer(self) -> bool:
        """Return whether it has not been served yet, and is not in the background."""
        return self.next_index == 0 and not self.background

    @property
    def position(self) -> int:
        """Return how many jobs are served before this one is for the first time."""
        return self._lane.position(self)

    @property
    def unused_seconds(self) -> float:
        """Return how long the reader has left messages unread; see `fair_share.Place`."""
        return self.inbox.unread_seconds


class Order:
    """The order in which a lane serves its jobs; see `scheduler.py`."""

    def __init__(self) -> None:
        self._newcomers = 0  # served in a row
        self._clock = 0.0  # the engine time used by the job served last, before that turn

    def next(self, jobs: Sequence[Job], suspended: Container[Job] = ()) -> Job | None:
        """Return the job whose turn it is; None when all must wait.

        `jobs`: in order of arrival, without those that were cancelled, unless they are suspended.
        `suspended`: those the rest of whose first utterance waits for other jobs' first sound.
        """
        job = self._choose(jobs, suspended, MOST_SUSPENDED)
        if job is not None:
            self._count(job, suspended)
        return job

    def next_newcomer(self, jobs: Sequence[Job], suspended: Container[Job]) -> Job | None:
        """Return the newcomer that is next after the job which is being served; None if none is.

        `jobs`: as for `next`, without that job. It may be suspended as well.
        """
        if not any(job.is_newcomer for job in jobs):
            return None
        job = self._choose(jobs, suspended, MOST_SUSPENDED - 1)
        if job is None or not job.is_newcomer:
            return None
        self._count(job, suspended)
        return job

    def _count(self, job: Job, suspended: Container[Job]) -> None:
        """Note that a job is served, for what comes after it."""
        if job.is_newcomer:
            self._newcomers += 1
            job.served = self._clock
        elif not (job.background or job in suspended):
            self._newcomers = 0
            self._clock = job.served

    def _choose(
        self, jobs: Sequence[Job], begun: Container[Job], most_suspended: int
    ) -> Job | None:
        """Return the job whose turn it is. `begun`: those that are suspended."""
        suspended = [job for job in jobs if job in begun]
        for job in suspended:
            if job.stop.is_set():
                return job
        heard = [job for job in suspended if not job.background]
        for job in heard:
            if job.inbox.seconds_ahead < SUSPENDED_SECONDS:
                return job
        ready = [job for job in jobs if job not in begun and job.is_ready]
        newcomers = [job for job in ready if job.is_newcomer]
        if heard and (not newcomers or len(suspended) >= most_suspended):
            return heard[0]
        if all(job.background for job in ready):
            return next(iter([*suspended, *ready]), None)
        older = [job for job in ready if not (job.background or job.is_newcomer)]
        due = [job for job in older if job.inbox.seconds_ahead < MARGIN_SECONDS]
        if newcomers and (not due or self._newcomers < NEWCOMERS_IN_A_ROW):
            return newcomers[0]
        for job in older:
            job.served = max(job.served, self._clock)
        return min(due if newcomers else older, key=lambda j: j.served)
