"""A request's utterances on their way through one engine."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

from tts_core.synthesis.inbox import Inbox
from tts_core.types import Utterance


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
        self, lane: Lane, utterances: Sequence[Utterance], inbox: Inbox, client: str = ""
    ) -> None:
        """Make a job that belongs to `client` (`Caller.client`)."""
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
        self._lane = lane
        inbox.on_room = lane.wake

    @property
    def stop(self) -> threading.Event:
        """Return the event that tells the engine to stop; set when the inbox is closed."""
        return self.inbox.closed

    @property
    def background(self) -> bool:
        """Return whether it is served only while no other job is ready."""
        return self.inbox.background

    @property
    def position(self) -> int:
        """Return how many jobs are served before this one is for the first time."""
        return self._lane.position(self)

    @property
    def unused_seconds(self) -> float:
        """Return how long the reader has left messages unread; see `fair_share.Place`."""
        return self.inbox.unread_seconds
