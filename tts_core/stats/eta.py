"""When a request will be complete, told so that the moment stays where it is.

The pace is what this request has taken for each character, the engine's usual pace counting as much
as its first characters; so it changes less and less. It is looked at only when a segment is
complete, and half of what it then says is believed; in between the moment stands still, and is put
off only as the segment in work takes longer than it should.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

USUAL_CHARACTERS = 150
"""How many characters of its own a request must have spoken to count as much as the usual pace."""
BELIEF = 0.5
"""Share of the way that the estimate goes to what the newest segment says."""
MEMORY = 0.3
"""Weight of the newest request in an engine's usual pace."""


@dataclass
class EtaEstimator:
    """Of one request. Times are in seconds, on any clock, the same throughout."""

    engine: str = ""
    usual: float | None = None
    """Seconds for a character, of the engine's earlier requests."""
    _began: float = 0.0
    _last: float = 0.0  # when something was complete
    _spoken: int = 0  # characters since `_began`, without those that had been made before
    _lengths: deque[int] = field(default_factory=deque)  # of what is left; the first is in work
    _estimate: float | None = None

    def begin(self, now: float, engine: str, usual: float | None, lengths: Sequence[int]) -> None:
        """An engine turns to what is left, segments of so many characters: the first engine, or
        another that has to go on."""
        self.engine, self.usual = engine, usual
        self._began = self._last = now
        self._lengths, self._spoken, self._estimate = deque(lengths), 0, None
        self._look(now)

    def finished(self, now: float, seconds: float, *, cached: bool = False) -> None:
        """The segment in work is complete, after so much engine time. `cached`: it had been made
        before."""
        characters = self._lengths.popleft() if self._lengths else 0
        if cached:
            self._began += now - self._last  # no work of the engine's
        else:
            if not self._spoken:  # before that an engine may have been loaded
                self._began = max(self._began, now - seconds)
            self._spoken += characters
        self._last = now
        self._look(now)

    def completion(self, now: float) -> float | None:
        """When it will be complete; None before there is anything to tell it from."""
        pace = self.seconds_per_character
        if self._estimate is None or pace is None:
            return None
        return max(self._estimate, now + pace * sum(islice(self._lengths, 1, None)))

    @property
    def seconds_per_character(self) -> float | None:
        """So far, or usually; None when nobody knows."""
        weight = 0 if self.usual is None else USUAL_CHARACTERS
        if weight + self._spoken == 0:
            return None
        known = (self.usual or 0.0) * weight + self._last - self._began
        return known / (weight + self._spoken)

    @property
    def own(self) -> float | None:
        """Seconds for a character of this request alone; None when it has not spoken enough."""
        return (self._last - self._began) / self._spoken if self._spoken else None

    def _look(self, now: float) -> None:
        pace = self.seconds_per_character
        if pace is None:
            return
        told = now + pace * sum(self._lengths)
        old = self._estimate
        done = not self._lengths
        self._estimate = told if old is None or done else old + BELIEF * (told - old)


def usual_after(usual: float | None, own: float) -> float:
    """An engine's usual pace after one more request."""
    return own if usual is None else usual + MEMORY * (own - usual)
