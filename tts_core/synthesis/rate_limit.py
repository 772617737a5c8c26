"""How often one caller may ask for speech or for a new voice, whatever the door."""

from __future__ import annotations

import threading
import time
from collections import deque

from tts_core.errors import RateLimited
from tts_core.types import Caller

_SWEEP_SECONDS = 60.0


class RateLimiter:
    """Counts requests in moving windows, in this process. Thread-safe.

    The storage of `limits` reads the wall clock: set back, it keeps callers waiting for hours.
    """

    def __init__(self, rate: str) -> None:
        """`rate`: such as "30/minute;500/day", all of which hold; "": no limit."""
        self._lock = threading.Lock()
        self._requests: dict[str, deque[float]] = {}  # monotonic seconds, by client, oldest first
        self._swept = time.monotonic()
        self._limits = []
        if rate:
            from limits import parse_many

            self._limits = parse_many(rate)
        self._longest = max((limit.get_expiry() for limit in self._limits), default=0)

    def count(self, caller: Caller) -> None:
        """One more request. Raises RateLimited, and then it does not count."""
        if not self._limits or not caller.client:
            return
        now = time.monotonic()
        with self._lock:
            self._sweep(now)
            requests = self._requests.setdefault(caller.client, deque())
            while requests and requests[0] <= now - self._longest:
                requests.popleft()
            for limit in self._limits:
                if len(requests) < limit.amount:
                    continue
                seconds = requests[-limit.amount] + limit.get_expiry() - now
                if seconds > 0:
                    seconds = max(1.0, seconds)
                    raise RateLimited(
                        f"Too many requests: at most {limit}. Try again in {seconds:.0f} s.",
                        seconds,
                    )
            requests.append(now)

    def _sweep(self, now: float) -> None:
        """Forget callers who have not asked for so long that nothing limits them."""
        if now < self._swept + _SWEEP_SECONDS:
            return
        self._swept = now
        for client, requests in list(self._requests.items()):
            if not requests or requests[-1] <= now - self._longest:
                del self._requests[client]
