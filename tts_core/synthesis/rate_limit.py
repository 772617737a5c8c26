"""Rate limit on speech and voice requests per client, across all APIs."""

from __future__ import annotations

import threading
import time
from collections import deque

from tts_core.errors import RateLimited
from tts_core.types import Caller

_SWEEP_SECONDS = 60.0


class RateLimiter:
    """Sliding-window rate limiter per client, in this process. Thread-safe.

    Only the parser of the package `limits` is used. Its storage reads the wall clock, and would
    keep callers waiting for hours after the clock is set back; this one uses the monotonic clock.
    """

    def __init__(self, rate: str) -> None:
        """Apply all limits of `rate`, such as "30/minute;500/day"; "" sets none."""
        self._lock = threading.Lock()
        self._requests: dict[str, deque[float]] = {}  # monotonic seconds, by client, oldest first
        self._swept = time.monotonic()
        self._limits = []
        if rate:
            from limits import parse_many

            self._limits = parse_many(rate)
        self._longest = max((limit.get_expiry() for limit in self._limits), default=0)

    def count(self, caller: Caller) -> None:
        """Count one more request of a client. Raises RateLimited, without counting it."""
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
        """Forget clients whose last request is older than the longest window."""
        if now < self._swept + _SWEEP_SECONDS:
            return
        self._swept = now
        for client, requests in list(self._requests.items()):
            if not requests or requests[-1] <= now - self._longest:
                del self._requests[client]
