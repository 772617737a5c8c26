"""A download under way: how far it is, how fast, and the one place where it can be stopped."""

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
"""The time in which the shown speed forgets two thirds of what was."""
_TICK_SECONDS = 0.25


class State(StrEnum):
    """Of a download."""

    WAITING = "waiting"
    DOWNLOADING = "downloading"
    CHECKING = "checking"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDS = frozenset({State.DONE, State.FAILED, State.CANCELLED})


class Socket(Protocol):
    """What can be woken."""

    def shutdown(self, how: int, /) -> None: ...


class Transfer:
    """Thread-safe. Once `cancel` has returned, nothing more is written in its name."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.ended = threading.Event()
        self.ended_at = math.inf
        """`time.monotonic()` of its end."""
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
        """Raises Cancelled when somebody cancelled it."""
        if self.ended.is_set():
            raise Cancelled("The download was cancelled.")

    @contextmanager
    def guard(self) -> Iterator[None]:
        """For what must not happen after it was cancelled. Raises Cancelled."""
        with self._lock:
            self.check()
            yield

    def enter(self, state: State) -> None:
        """Go on to another state that is no end. Raises Cancelled."""
        with self.guard():
            self._state = state

    def expect(self, total: int) -> None:
        """Bytes in all."""
        with self._lock:
            self._total = total

    def at(self, part: str, size: int) -> None:
        """So many bytes of a part are here; `write` goes on from there."""
        with self._lock:
            self._part = part
            self._sizes[part] = size

    @property
    def bytes_done(self) -> int:
        """Bytes that are here."""
        with self._lock:
            return sum(self._sizes.values())

    def missing_bytes(self) -> int:
        """Bytes that are still to come."""
        return max(self._total - self.bytes_done, 0)

    def hold(self, file: BinaryIO, socket: Socket | None = None) -> None:
        """What `write` writes to and `cancel` closes, and the socket that it shuts.

        Raises Cancelled.
        """
        with self.guard():
            self._file, self._socket = file, socket

    def release(self) -> None:
        """The file is no longer ours."""
        with self._lock:
            self._file = self._socket = None

    def write(self, data: bytes) -> None:
        """Append to the held file. Raises Cancelled, or OSError."""
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
        """Come to an end; False when there already was one."""
        with self._lock:
            if self.ended.is_set():
                return False
            self._state, self._error, self.ended_at = state, error, time.monotonic()
            self._speed = 0.0
            self.ended.set()
            return True

    def cancel(self) -> bool:
        """Stop at once, whatever the network does; False when it had ended."""
        if not self.finish(State.CANCELLED):
            return False
        with self._lock:
            if self._file is not None:
                with suppress(OSError):  # of the last bytes, when the disk is full
                    self._file.close()  # and so its lock is free for another try
            if self._socket is not None:
                with suppress(OSError):  # closed already
                    self._socket.shutdown(2)  # wakes a thread that waits for bytes
        return True

    def as_dict(self) -> dict[str, Any]:
        """Sizes in bytes; `seconds_left` is None while there is no telling."""
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
        now = time.monotonic()
        passed = now - self._ticked
        if passed < _TICK_SECONDS:
            return
        speed = self._arrived / passed
        share = 1 - math.exp(-passed / SMOOTHING_SECONDS) if self._speed else 1.0
        self._speed += share * (speed - self._speed)
        self._arrived, self._ticked = 0, now
