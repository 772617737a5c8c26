"""The state of a download: progress, speed, and cancellation."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Any, BinaryIO, Protocol

from tts_core.engines.weights.catalog import Weights
from tts_core.errors import Cancelled

SMOOTHING_SECONDS = 3.0
"""The time constant of the smoothed speed."""
_TICK_SECONDS = 0.25


class State(StrEnum):
    """The state of a download."""

    WAITING = "waiting"
    DOWNLOADING = "downloading"
    CHECKING = "checking"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDS = frozenset({State.DONE, State.FAILED, State.CANCELLED})


class Socket(Protocol):
    """A socket that can be shut down."""

    def shutdown(self, how: int, /) -> None: ...


class Transfer:
    """A download of weights. Thread-safe. Nothing is written once `cancel` has returned."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.ended = threading.Event()
        self.ended_at = math.inf
        """When it ended, as `time.monotonic()`."""
        self._lock = threading.Lock()
        self._state = State.WAITING
        self._error: str | None = None
        self._sizes: dict[str, int] = {}
        self._part = ""
        self._total = weights.size
        self._speed = 0.0
        self._arrived = 0
        self._ticked = time.monotonic()
        self._file: BinaryIO | None = None
        self._socket: Socket | None = None

    def check(self) -> None:
        """Raise Cancelled if the download has been cancelled."""
        if self.ended.is_set():
            raise Cancelled("The download was cancelled.")

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Protect an action that must not happen after `cancel`. Raises Cancelled."""
        with self._lock:
            self.check()
            yield

    def enter(self, state: State) -> None:
        """Change to another state, other than an end. Raises Cancelled."""
        with self.guard():
            self._state = state

    def expect(self, total: int) -> None:
        """Set the total size in bytes."""
        with self._lock:
            self._total = total

    def at(self, part: str, size: int) -> None:
        """Set how many bytes of a part there are; `write` adds to them."""
        with self._lock:
            self._part = part
            self._sizes[part] = size

    @property
    def bytes_done(self) -> int:
        """The number of bytes that have been downloaded."""
        with self._lock:
            return sum(self._sizes.values())

    def missing_bytes(self) -> int:
        """Return the number of bytes that are missing."""
        return max(self._total - self.bytes_done, 0)

    def hold(self, file: BinaryIO, socket: Socket | None = None) -> None:
        """Set the file for `write`, and what `cancel` closes. Raises Cancelled."""
        with self.guard():
            self._file, self._socket = file, socket

    def release(self) -> None:
        """Forget the file and the socket."""
        with self._lock:
            self._file = self._socket = None

    def write(self, data: bytes) -> None:
        """Append to the file. Raises Cancelled, or OSError."""
        with self.guard():
            assert self._file is not None
            self._file.write(data)
            self._file.flush()
            self._sizes[self._part] += len(data)
            self._arrived += len(data)
            self._tick()

    def pause(self, seconds: float) -> None:
        """Wait before another try. Raises Cancelled."""
        self.enter(State.WAITING)
        if self.ended.wait(seconds):
            self.check()

    def finish(self, state: State, error: str | None = None) -> bool:
        """End the download; return False if it has already ended."""
        with self._lock:
            if self.ended.is_set():
                return False
            self._state, self._error, self.ended_at = state, error, time.monotonic()
            self._speed = 0.0
            self.ended.set()
            return True

    def cancel(self) -> bool:
        """Stop the download at once; return False if it has already ended."""
        if not self.finish(State.CANCELLED):
            return False
        with self._lock:
            if self._file is not None:
                with suppress(OSError):  # flushing the last bytes to a full disk
                    self._file.close()  # also releases its lock, for another try
            if self._socket is not None:
                with suppress(OSError):  # it is already closed
                    self._socket.shutdown(2)  # wakes the thread that waits for bytes
        return True

    def as_dict(self) -> dict[str, Any]:
        """Return the progress; sizes are in bytes, `seconds_left` is None while unknown."""
        with self._lock:
            if not self.ended.is_set():
                self._tick()
            done = sum(self._sizes.values())
            if self._state is State.DONE:
                self._total = done = done or self._total
            left = max(self._total - done, 0)
            return {
                "name": self.weights.name,
                "engine": self.weights.engine,
                "label": self.weights.label,
                "state": self._state.value,
                "bytes_done": min(done, self._total),
                "bytes_total": self._total,
                "bytes_per_second": round(self._speed),
                "seconds_left": round(left / self._speed, 1) if self._speed >= 1 else None,
                "error": self._error,
            }

    def _tick(self) -> None:
        """Update the speed, at most every `_TICK_SECONDS`; the caller holds the lock."""
        now = time.monotonic()
        passed = now - self._ticked
        if passed < _TICK_SECONDS:
            return
        speed = self._arrived / passed
        share = 1 - math.exp(-passed / SMOOTHING_SECONDS) if self._speed else 1.0
        self._speed += share * (speed - self._speed)
        self._arrived, self._ticked = 0, now
