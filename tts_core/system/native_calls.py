"""Keeps the interpreter from exiting while libraries in Rust or C++ work in other threads.

An interpreter that exits ends each thread that comes back to it from such a library, by unwinding
its stack. Neither language allows that in all functions: the process is aborted, with "panic in a
function that cannot unwind" or "terminate called without an active exception".
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class NativeCalls:
    """The calls that are going on. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._number = 0
        self._exiting: int | None = None
        """The thread in which the interpreter exits."""

    def enter(self) -> None:
        """Begin a call; in other threads than the exiting one wait for the end of the process."""
        with self._changed:
            self._changed.wait_for(lambda: self._exiting in (None, threading.get_ident()))
            self._number += 1

    def leave(self) -> None:
        """End a call."""
        with self._changed:
            self._number -= 1
            self._changed.notify_all()

    def close(self) -> None:
        """Wait for the end of all calls, and let only this thread begin others."""
        with self._changed:
            self._exiting = threading.get_ident()
            self._changed.wait_for(lambda: self._number == 0)


_calls = NativeCalls()
atexit.register(_calls.close)


@contextmanager
def native_call() -> Iterator[None]:
    """Call such a library in this block, which an exit of the interpreter waits for."""
    _calls.enter()
    try:
        yield
    finally:
        _calls.leave()
