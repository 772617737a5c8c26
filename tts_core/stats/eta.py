"""Estimates when a request will be complete, so that the estimate moves as little as possible.

The pace is the time that the request has taken for each character so far, averaged with the
engine's usual pace, which has the weight of `USUAL_CHARACTERS`; so it changes less and less. The
estimate is updated only when a segment is complete, and then goes half of the way to the new value.
In between it stands still, and is put off only while the present segment takes longer than
expected.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

USUAL_CHARACTERS = 150
"""Characters after which a request's own pace has the same weight as the engine's usual pace."""
SMOOTHING = 0.5
"""Share of the way that the estimate goes to the value after the newest segment."""
MEMORY = 0.3
"""Weight of the newest request in an engine's usual pace."""


class EnginePaces:
    """The usual pace of each engine, in seconds per character. Thread-safe."""

    def __init__(self) -> None:
        self._usual: dict[str, float] = {}
        self._lock = threading.Lock()

    def usual(self, engine: str) -> float | None:
        """Return the engine's usual pace; None before its first completed request."""
        return self._usual.get(engine)

    def learn(self, engine: str, own: float) -> None:
        """Take the pace of one more completed request into account."""
        with self._lock:
            usual = self._usual.get(engine)
            self._usual[engine] = own if usual is None else usual + MEMORY * (own - usual)


@dataclass
class EtaEstimator:
    """Estimate of one request's completion. Times are seconds of any one clock."""

    engine: str = ""
    usual: float | None = None
    """Seconds per character in the engine's earlier requests; None when there were none."""
    _began: float = 0.0
    _last: float = 0.0  # when a segment was last complete
    _spoken: int = 0  # characters since `_began`, without cached segments
    _lengths: deque[int] = field(default_factory=deque)  # of the segments left, the present first
    _estimate: float | None = None

    def begin(self, now: float, engine: str, usual: float | None, lengths: Sequence[int]) -> None:
        """Start with an engine, the first or the one after a fallback.

        `usual`: seconds per character. `lengths`: characters of each segment left.
        """
        self.engine, self.usual = engine, usual
        self._began = self._last = now
        self._lengths, self._spoken, self._estimate = deque(lengths), 0, None
        self._update(now)

    def extend(self, now: float, lengths: Sequence[int]) -> None:
        """Note that more segments follow those of `begin`, if an engine has begun with them."""
        if self.engine:
            self._lengths.extend(lengths)
            self._estimate = None  # as it was for less, it is no guide
            self._update(now)

    def finished(self, now: float, seconds: float, *, cached: bool = False) -> None:
        """Note that the present segment is complete.

        `seconds`: engine time. `cached`: it came from the cache.
        """
        characters = self._lengths.popleft() if self._lengths else 0
        if cached:
            self._began += now - self._last  # the engine did no work for it
        else:
            if not self._spoken:  # the engine may have been loaded before it
                self._began = max(self._began, now - seconds)
            self._spoken += characters
        self._last = now
        self._update(now)

    def completion(self, now: float) -> float | None:
        """Return when the request will be complete; None before any pace is known."""
        pace = self.seconds_per_character
        if self._estimate is None or pace is None:
            return None
        return max(self._estimate, now + pace * sum(islice(self._lengths, 1, None)))

    @property
    def seconds_per_character(self) -> float | None:
        """Return the weighted mean of own and usual pace; None when neither is known."""
        weight = 0 if self.usual is None else USUAL_CHARACTERS
        if weight + self._spoken == 0:
            return None
        known = (self.usual or 0.0) * weight + self._last - self._began
        return known / (weight + self._spoken)

    @property
    def own(self) -> float | None:
        """Return this request's own seconds per character; None before its first segment."""
        return (self._last - self._began) / self._spoken if self._spoken else None

    def _update(self, now: float) -> None:
        pace = self.seconds_per_character
        if pace is None:
            return
        newest = now + pace * sum(self._lengths)
        old = self._estimate
        done = not self._lengths
        self._estimate = newest if old is None or done else old + SMOOTHING * (newest - old)
