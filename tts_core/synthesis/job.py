"""A request's segments on their way through an engine: what its lane puts in, its reader takes."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from tts_core.errors import Cancelled, TTSError
from tts_core.types import AlignmentResult, AudioChunk, Utterance


class Lane(Protocol):
    """What a job asks of the lane it is in; see `scheduler.py`."""

    def position(self, job: Job) -> int:
        """How many jobs are served before this one."""

    def remove(self, job: Job) -> None:
        """Forget it."""

    def wake(self) -> None:
        """A reader has caught up."""


@dataclass(frozen=True, slots=True)
class SegmentAudio:
    """A piece of the sound of segment `index`."""

    index: int
    chunk: AudioChunk


@dataclass(frozen=True, slots=True)
class SegmentDone:
    """Segment `index` is complete. `seconds`: engine time it took; `retries`: tries beyond one.

    `heard`: when it was listened to before it was given out.
    """

    index: int
    seconds: float
    retries: int
    cached: bool = False
    """It had been made before."""
    heard: AlignmentResult | None = None


@dataclass(frozen=True, slots=True)
class Economised:
    """The engine had trouble and goes on with less. `saving`: in words, of its `economies`."""

    saving: str
    reason: str


@dataclass(frozen=True, slots=True)
class Nudge:
    """The reader has news from elsewhere; see `Job.nudge`."""


JobEvent = SegmentAudio | SegmentDone | Economised | Nudge


class Job:
    """A request's segments on their way through an engine. Iterate it for their sound.

    Iterating raises what the engine raised, after the sound made until then, or Cancelled,
    at once, after `cancel()`.
    """

    def __init__(
        self,
        lane: Lane,
        utterances: Sequence[Utterance],
        buffer_seconds: float,
        client: str = "",
    ) -> None:
        """`client`: see `Caller.client`."""
        self.client = client
        self.stop = threading.Event()
        self.next_index = 0
        """The segment to be spoken next; owned by the lane."""
        self.served = 0.0
        """Engine seconds, counted from the least served job's at the start; owned by the lane."""
        self.began: float | None = None
        """When the engine first turned to it, as `time.time()` tells; owned by the lane."""
        self.utterances = utterances
        self._lane = lane
        self._buffer_seconds = buffer_seconds
        self._events: deque[JobEvent] = deque()
        self._buffered = 0.0
        self._over = self._cancelled = False
        self._error: TTSError | None = None
        self.held_open: Callable[[], bool] = lambda: False
        """For the reader: whether it waits for more than the sound, and so not to be told the end
        yet. Whoever ends that nudges."""
        self.give_way: Callable[[TTSError], None] = self.cancel
        """For the reader: how the whole request is ended when others need its place."""
        self._nudged = False
        self._untaken_since = 0.0
        self._changed = threading.Condition()

    @property
    def position(self) -> int:
        """How many jobs will be served before this one is for the first time."""
        return self._lane.position(self)

    @property
    def full(self) -> bool:
        """Whether its reader is behind."""
        return self._buffered >= self._buffer_seconds

    @property
    def unused_seconds(self) -> float:
        """How long its reader has taken nothing of what there is; 0 when there is nothing."""
        return time.monotonic() - self._untaken_since if self._events else 0.0

    def cancel(self, error: TTSError | None = None) -> None:
        """Stop the engine if it is speaking for this job, and end the iteration.

        `error`: what iterating raises; None: Cancelled.
        """
        with self._changed:
            self._events.clear()
            if not self._cancelled:
                self._error = error or Cancelled("The request was stopped.")
            self._over = self._cancelled = True
            self.stop.set()
            self._changed.notify_all()
        self._lane.remove(self)

    def next_event(self, timeout: float | None = None) -> JobEvent | None:
        """The next event, or None after the last. Raises TimeoutError after `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(self._has_news, timeout):
                raise TimeoutError
            if not self._events:
                if self._ended:
                    if self._error is not None:
                        raise self._error
                    return None
                self._nudged = False
                return Nudge()
            event = self._events.popleft()
            self._untaken_since = time.monotonic()
            was_full = self.full
            if isinstance(event, SegmentAudio):
                self._buffered -= event.chunk.duration
            caught_up = was_full and not self.full
        if caught_up:
            self._lane.wake()
        return event

    @property
    def _ended(self) -> bool:
        return self._over and (self._error is not None or not self.held_open())

    def _has_news(self) -> bool:
        return bool(self._events) or self._nudged or self._ended

    def nudge(self) -> None:
        """Have `next_event` return a Nudge when there is no event. Any thread may call this."""
        with self._changed:
            self._nudged = True
            self._changed.notify_all()

    def __iter__(self) -> Iterator[JobEvent]:
        while (event := self.next_event()) is not None:
            yield event

    def put(self, event: JobEvent) -> None:
        """For the lane: hand an event to the reader."""
        with self._changed:
            if self._over:
                return
            if not self._events:
                self._untaken_since = time.monotonic()
            self._events.append(event)
            if isinstance(event, SegmentAudio):
                self._buffered += event.chunk.duration
            self._changed.notify_all()

    def finish(self, error: TTSError | None = None) -> None:
        """For the lane: no more events will come."""
        with self._changed:
            if not self._over:
                self._over, self._error = True, error
            if error is not None:
                self.stop.set()
            self._changed.notify_all()
