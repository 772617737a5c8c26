"""Figures over time for the charts, slot by slot."""

from __future__ import annotations

import time

import pytest

from tests.stats.conftest import Open, ended
from tts_core.errors import ValidationError
from tts_core.stats.entries import HistoryEntry
from tts_core.stats.live import Status

MINUTE, HOUR, DAY = 60, 3600, 86_400


def at(name: str, when: float, status: Status = Status.COMPLETED, **values: object) -> HistoryEntry:
    return ended(name, status, start_time=when - 2, end_time=when, **values)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("window", "slot", "slots"),
    [("hour", MINUTE, 60), ("day", 15 * MINUTE, 96), ("month", DAY, 30)],
)
def test_slots(open_history: Open, window: str, slot: int, slots: int) -> None:
    history = open_history(days=0)
    now = time.time()
    this = now // slot * slot
    history.end(
        at("a", now, time_to_first_audio_seconds=0.2, audio_seconds=4, generation_seconds=1)
    )
    history.end(
        at("b", now, time_to_first_audio_seconds=0.4, audio_seconds=4, generation_seconds=3)
    )
    history.end(
        at("c", now, time_to_first_audio_seconds=0.4, audio_seconds=0, generation_seconds=0)
    )
    history.end(at("d", now, Status.ERROR, time_to_first_audio_seconds=None, error_type="x"))
    history.end(at("e", now, Status.CANCELLED, time_to_first_audio_seconds=None, engine="other"))
    history.end(at("f", this - 3 * slot, time_to_first_audio_seconds=None))
    history.end(at("first", this - (slots - 1) * slot))
    history.end(at("before", this - (slots - 1) * slot - 1)).wait()
    found = history.series(window)
    if time.time() // slot * slot != this:
        pytest.skip("a slot ended meanwhile")
    assert (found["start"], found["step_seconds"], found["slots"]) == (
        this - (slots - 1) * slot, slot, slots
    )  # fmt: skip
    line = found["engines"]["scripted"]
    assert all(len(values) == slots for values in line.values())
    assert sum(line["requests"]) == 6
    assert [i for i, n in enumerate(line["requests"]) if n] == [0, slots - 4, slots - 1]
    assert (line["requests"][-1], line["errors"][-1]) == (4, 1)
    assert line["real_time_factor"][-1] == 0.5
    assert line["real_time_factor"][1] is None
    assert line["first_audio"][-1] == pytest.approx(0.4, rel=0.021)
    assert line["first_audio"][-4] is None
    assert found["engines"]["other"]["requests"][-1] == 1
    assert found["engines"]["other"]["errors"][-1] == 0


def test_days_begin_at_the_callers_midnight(open_history: Open) -> None:
    history = open_history(days=0)
    history.end(at("a", time.time() - 5 * DAY)).wait()
    for shift in (0, 120, -480, 345):  # Nepal's clock is 5:45 ahead: to the hour
        found = history.series("month", shift)
        whole = shift // 60 * 60
        assert (found["start"] / MINUTE + whole) % (24 * 60) == 0
        assert found["start"] + 30 * DAY > time.time() >= found["start"] + 29 * DAY
        (slot,) = [i for i, n in enumerate(found["engines"]["scripted"]["requests"]) if n]
        begin = found["start"] + slot * DAY
        assert begin <= time.time() - 5 * DAY < begin + DAY


def test_nothing_yet(open_history: Open) -> None:
    assert open_history().series("day")["engines"] == {}
    with pytest.raises(ValidationError, match="hour, day, month"):
        open_history().series("year")
