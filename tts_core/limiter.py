"""How often one caller may ask for speech or for a new voice, whatever the door."""

from __future__ import annotations

import threading
import time

from tts_core.errors import RateLimited
from tts_core.types import Caller


class Limiter:
    """Counts requests in moving windows, in this process. Thread-safe."""

    def __init__(self, rate: str) -> None:
        """`rate`: such as "30/minute;500/day", all of which hold; "": no limit."""
        self._rate = rate
        self._lock = threading.Lock()
        if rate:
            from limits import parse_many
            from limits.storage import MemoryStorage
            from limits.strategies import MovingWindowRateLimiter

            self._items = parse_many(rate)
            self._windows = MovingWindowRateLimiter(MemoryStorage())

    def count(self, caller: Caller) -> None:
        """One more request. Raises RateLimited, and then it does not count."""
        if not self._rate or not caller.client:
            return
        with self._lock:
            self._count(caller)

    def _count(self, caller: Caller) -> None:
        for item in self._items:
            if not self._windows.test(item, caller.client):
                reset = self._windows.get_window_stats(item, caller.client).reset_time
                seconds = max(1.0, reset - time.time())
                raise RateLimited(
                    f"Too many requests: at most {item}. Try again in {seconds:.0f} s.", seconds
                )
        for item in self._items:
            self._windows.hit(item, caller.client)
