"""Recorded runs of engines, and the errors of the estimates of their completion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypedDict

from tts_core.stats.eta import EnginePaces, EtaEstimator

POLLS = 100
"""How often the estimate is read, evenly over a run."""


class Run(TypedDict):
    """A recorded run. Times are seconds since an engine began with the request."""

    name: str
    engine: str
    lengths: list[int]
    segments: list[tuple[float, float, bool]]
    """For each segment: time of completion, engine time, whether it came from the cache."""


@dataclass
class Verdict:
    """Errors as shares of a run's duration."""

    known_from: float
    """Time of the first estimate."""
    error: float
    """Mean error of the estimate."""
    late: float
    """Mean error in the second half of the run."""
    jump: float
    """Largest change between two readings."""

    def __str__(self) -> str:
        return (
            f"known from {self.known_from:.0%}, error {self.error:.1%}, in the second half "
            f"{self.late:.1%}, largest jump {self.jump:.1%}"
        )


def judged(runs: Sequence[Run]) -> list[Verdict]:
    """Judge each run; the runs before it teach the engine's usual pace."""
    paces = EnginePaces()
    verdicts = []
    for run in runs:
        pace = EtaEstimator()
        end = run["segments"][-1][0]
        coming = list(run["segments"])
        seen: list[tuple[float, float]] = []
        pace.begin(0.0, run["engine"], paces.usual(run["engine"]), run["lengths"])
        for i in range(POLLS):
            now = end * i / POLLS
            while coming and coming[0][0] <= now:
                at, seconds, cached = coming.pop(0)
                pace.finished(at, seconds, cached=cached)
            if (told := pace.completion(now)) is not None:
                assert told >= now
                seen.append((now / end, told / end))
        while coming:
            at, seconds, cached = coming.pop(0)
            pace.finished(at, seconds, cached=cached)
        if pace.own is not None:
            paces.learn(run["engine"], pace.own)
        errors = [abs(told - 1) for _, told in seen]
        late = [abs(told - 1) for now, told in seen if now >= 0.5]
        jumps = [abs(b - a) for (_, a), (_, b) in pairwise(seen)]
        verdicts.append(
            Verdict(seen[0][0], sum(errors) / len(errors), sum(late) / len(late), max(jumps))
        )
    return verdicts
