"""The estimated completion: its error and its jumps, on recorded runs.

`runs.json` was written by tests/benchmarks/estimates.py: when real engines completed each segment.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.pace_runs import Run, judged
from tts_core.stats.eta import EtaEstimator

ERROR, LATE, JUMP = 0.25, 0.13, 0.08
"""Bounds, as shares of a run's duration; see `Verdict`."""
SEEN_SECONDS = 2.0
"""Shorter runs are over before anybody reads an estimate."""


def recorded() -> list[Run]:
    text = (Path(__file__).parent / "runs.json").read_text(encoding="utf-8")
    runs: list[Run] = json.loads(text)
    return runs


def test_nothing_is_told_before_there_is_anything_to_tell_it_from() -> None:
    pace = EtaEstimator()
    assert pace.completion(5.0) is None
    pace.begin(0.0, "a", None, [100, 100])
    assert pace.completion(5.0) is None
    pace.finished(6.0, 2.0)  # four seconds were for loading
    assert pace.completion(6.0) == pytest.approx(8.0)
    assert pace.own == pytest.approx(0.02)


def test_the_usual_pace_tells_from_the_first_moment() -> None:
    pace = EtaEstimator()
    pace.begin(10.0, "a", 0.02, [100] * 10)
    assert pace.completion(10.0) == pace.completion(11.9) == pytest.approx(30.0)


def test_what_is_planned_later_counts() -> None:
    pace = EtaEstimator()
    pace.extend(0.0, [100])  # nothing has begun: `begin` will be told
    pace.begin(0.0, "a", None, [100, 100])
    pace.finished(1.0, 1.0)
    assert pace.completion(1.0) == pytest.approx(2.0)
    pace.extend(1.0, [100] * 8)
    assert pace.completion(1.0) == pytest.approx(10.0)


def test_a_constant_pace_stands_still() -> None:
    pace = EtaEstimator()
    pace.begin(0.0, "a", None, [50, 100, 150, 200])
    told = []
    for at, seconds in ((1.0, 1.0), (3.0, 2.0), (6.0, 3.0)):
        pace.finished(at, seconds)
        told += [pace.completion(at), pace.completion(at + 0.9)]
    assert told == pytest.approx([10.0] * 6)
    pace.finished(10.0, 4.0)
    assert pace.completion(10.0) == pytest.approx(10.0)


def test_a_segment_that_takes_too_long_puts_it_off_and_no_more() -> None:
    pace = EtaEstimator()
    pace.begin(0.0, "a", 0.01, [100, 100, 100])
    assert pace.completion(1.0) == pytest.approx(3.0)
    assert pace.completion(1.5) == pytest.approx(3.5)
    assert pace.completion(4.0) == pytest.approx(6.0)


def test_what_was_made_before_says_nothing_of_the_pace() -> None:
    pace = EtaEstimator()
    pace.begin(0.0, "a", None, [100] * 4)
    pace.finished(0.01, 0.01, cached=True)
    assert pace.own is None
    pace.finished(2.01, 2.0)
    pace.finished(2.02, 0.01, cached=True)
    assert pace.own == pytest.approx(0.02)
    assert pace.completion(2.02) is not None


def test_another_engine_begins_anew() -> None:
    pace = EtaEstimator()
    pace.begin(0.0, "slow", 1.0, [100] * 3)
    assert pace.completion(0.0) == pytest.approx(300.0)
    pace.begin(5.0, "fast", 0.01, [100] * 3)
    assert pace.completion(5.0) == pytest.approx(8.0)


def test_recorded_runs() -> None:
    """Some run alone, others beside a request that comes later, which cannot be foreseen: then the
    error is largest."""
    runs = recorded()
    long = [
        r for r in zip(runs, judged(runs), strict=True) if r[0]["segments"][-1][0] > SEEN_SECONDS
    ]
    assert len(long) == 3
    for run, verdict in long:
        known = any(r["engine"] == run["engine"] for r in runs[: runs.index(run)])
        told = f"{run['name']}: {verdict}"
        assert verdict.error < ERROR, told
        assert verdict.late < LATE, told
        assert verdict.jump < JUMP, told
        assert verdict.known_from == 0.0 or not known, told
