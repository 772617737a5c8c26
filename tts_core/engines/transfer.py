"""A download under way: how far it is, how fast, and the one place where it can be stopped."""

from __future__ import annotations

import math
import threading
import time
from contextlib import suppress
from enum import StrEnum
from typing import Any, BinaryIO, Protocol

from tts_core.engines.models import Weights
from tts_core.errors import Cancelled

SMOOTHING_SECONDS = 3.0
"""The time in which the shown speed forgets two thirds of what was."""
_TICK_SECONDS = 0.25


class State(StrEnum):
    """Of a download; the last three are ends."""

    WAITING = "waiting"
    DOWNLOADING = "downloading"
    CHECKING = "checking"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class _Socket(Protocol):
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
        self._done = 0
        self._total = weights.size
        self._speed = 0.0
        self._counted = 0
        self._ticked = time.monotonic()
        self._file: BinaryIO | None = None
        self._socket: _Socket | None = None

    def check(self) -> None:
        """Raises Cancelled when somebody cancelled it."""
        if self.ended.is_set():
            raise Cancelled("The download was cancelled.")

    def enter(self, state: State) -> None:
        """Go on to another state that is no end. Raises Cancelled."""
        with self._lock:
            self.check()
            self._state = state

    def expect(self, total: int, done: int) -> None:
        """Bytes in all, and how many of them are here."""
        with self._lock:
            self._total, self._done = total, done

    def rewind(self, count: int) -> None:
        """So many bytes that were counted have been thrown away."""
        with self._lock:
            self._done -= count

    def hold(self, file: BinaryIO | None, socket: _Socket | None = None) -> None:
        """What `write` writes to and `cancel` closes, and the socket that it shuts.

        Raises Cancelled, after it has closed the file.
        """
        with self._lock:
            if file is not None and self.ended.is_set():
                file.close()
            else:
                self._file, self._socket = file, socket
                return
        self.check()

    def write(self, data: bytes) -> None:
        """Append to the held file. Raises Cancelled, or OSError."""
        with self._lock:
            self.check()
            assert self._file is not None
            self._file.write(data)
            self._done += len(data)
            self._counted += len(data)
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
            if state is State.DONE:
                self._done = self._total
            self.ended.set()
            return True

    def cancel(self) -> bool:
        """Stop at once, whatever the network does; False when it had ended."""
        if not self.finish(State.CANCELLED):
            return False
        with self._lock:
            if self._file is not None:
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
            left = max(self._total - self._done, 0)
            return {
                "name": self.weights.name,
                "engine": self.weights.engine,
                "label": self.weights.label,
                "state": self._state.value,
                "bytes_done": self._done,
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
        speed = self._counted / passed
        share = 1 - math.exp(-passed / SMOOTHING_SECONDS) if self._speed else 1.0
        self._speed += share * (speed - self._speed)
        self._counted, self._ticked = 0, now
