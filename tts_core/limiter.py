"""How often something may happen: speech or a new voice for one caller, a wrong password."""

from __future__ import annotations

import threading
import time

from tts_core.errors import RateLimited


class Limiter:
    """Counts in moving windows, by name, in this process. Thread-safe."""

    def __init__(self, rate: str, what: str = "requests") -> None:
        """`rate`: such as "30/minute;500/day", all of which hold; "": no limit. `what`: is counted,
        for the error."""
        self._rate, self._what = rate, what
        self._lock = threading.Lock()
        if rate:
            from limits import parse_many
            from limits.storage import MemoryStorage
            from limits.strategies import MovingWindowRateLimiter

            self._items = parse_many(rate)
            self._windows = MovingWindowRateLimiter(MemoryStorage())

    def count(self, name: str) -> None:
        """One more. Raises RateLimited, and then it does not count. "" is not limited."""
        if not self._rate or not name:
            return
        with self._lock:
            self._check(name)
            for item in self._items:
                self._windows.hit(item, name)

    def check(self, name: str) -> None:
        """Raises RateLimited where one more would be too many."""
        if self._rate:
            with self._lock:
                self._check(name)

    def _check(self, name: str) -> None:
        for item in self._items:
            if not self._windows.test(item, name):
                reset = self._windows.get_window_stats(item, name).reset_time
                seconds = max(1.0, reset - time.time())
                raise RateLimited(
                    f"Too many {self._what}: at most {item}. Try again in {seconds:.0f} s.", seconds
                )
