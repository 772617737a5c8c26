"""Figures over time: sums of each engine, slot by slot, for the charts."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tts_core.errors import ValidationError
from tts_core.stats.aggregates import HOUR, MINUTE, Aggregate, this_minute
from tts_core.stats.live import Status
from tts_core.validation import shown

if TYPE_CHECKING:  # importing SQLAlchemy takes 0.2 s; see history.py
    from sqlalchemy import Connection

DAY = 24 * 60
"""Minutes."""


@dataclass(frozen=True, slots=True)
class Window:
    """A number of slots of `minutes` each, computed from rows of `span` minutes."""

    slots: int
    minutes: int
    span: int


WINDOWS = {
    "hour": Window(60, 1, MINUTE),
    "day": Window(96, 15, MINUTE),
    "month": Window(30, DAY, HOUR),
}
"""By name. The present slot is the last of a window."""


def find_window(name: str) -> Window:
    """Return a window by name. Raises ValidationError for an unknown one."""
    if name not in WINDOWS:
        raise ValidationError(
            f"window must be one of {', '.join(WINDOWS)}; got {shown(name)}.", "window"
        )
    return WINDOWS[name]


def empty(window: Window, shift: int) -> dict[str, Any]:
    """Return the answer for a window without requests.

    `shift`: minutes by which the caller's clock is ahead of UTC, rounded down to the hour, so that
    days begin at the caller's midnight.
    """
    first = _last_slot(window, shift) - window.slots + 1
    return {
        "start": (first * window.minutes - _whole(shift)) * 60,
        "step_seconds": window.minutes * 60,
        "slots": window.slots,
        "engines": {},
    }


def load(connection: Connection, window: Window, shift: int) -> dict[str, Any]:
    """Return `start` (epoch seconds), `step_seconds`, `slots` (their number) and `engines`.

    `engines` has for each name lists of `requests`, `errors`, `first_audio` (median, in seconds)
    and `real_time_factor`, with a value for each slot; None where there is no data.
    """
    from sqlalchemy import Integer, func, literal, select

    from tts_core.stats.schema import first_audio, tallies

    answer = empty(window, shift)
    first = (answer["start"] // 60 + _whole(shift)) // window.minutes

    def slot(minute: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's own
        ahead = literal(_whole(shift), Integer)
        return ((minute + ahead) // literal(window.minutes, Integer)).label("slot")

    tally, found = tallies.c, defaultdict[str, _Line](lambda: _Line(window.slots))
    sums = (func.sum(tally[n]) for n in ("requests", "audio_seconds", "generation_seconds"))
    query = select(slot(tally.minute), tally.engine, tally.status, *sums)
    query = query.where(tally.span == window.span, tally.minute >= answer["start"] // 60)
    for at, engine, status, count, audio, work in connection.execute(
        query.group_by("slot", tally.engine, tally.status)
    ):
        if 0 <= (i := at - first) < window.slots and count:
            found[engine].add(i, status, int(count), audio, work)
    buckets = first_audio.c
    query = select(slot(buckets.minute), buckets.engine, buckets.bucket, func.sum(buckets.requests))
    query = query.where(buckets.span == window.span, buckets.minute >= answer["start"] // 60)
    for at, engine, bucket, count in connection.execute(
        query.group_by("slot", buckets.engine, buckets.bucket)
    ):
        if 0 <= (i := at - first) < window.slots:
            found[engine].first_audio[i][bucket] += int(count)
    answer["engines"] = {name: line.figures() for name, line in sorted(found.items())}
    return answer


class _Line:
    """The sums of one engine, slot by slot."""

    def __init__(self, slots: int) -> None:
        self.requests, self.errors = [0] * slots, [0] * slots
        self.audio, self.work = [0.0] * slots, [0.0] * slots
        self.first_audio: list[Counter[int]] = [Counter() for _ in range(slots)]

    def add(self, i: int, status: str, count: int, audio: float, work: float) -> None:
        self.requests[i] += count
        if status == Status.COMPLETED:
            self.audio[i] += audio
            self.work[i] += work
        elif status == Status.ERROR:
            self.errors[i] += count

    def figures(self) -> dict[str, list[Any]]:
        factors = [
            round(work / audio, 5) if audio else None
            for audio, work in zip(self.audio, self.work, strict=True)
        ]
        medians = [Aggregate(first_audio=c).first_audio_percentile(0.5) for c in self.first_audio]
        return {
            "requests": self.requests,
            "errors": self.errors,
            "first_audio": medians,
            "real_time_factor": factors,
        }


def _whole(shift: int) -> int:
    """Return a shift in minutes rounded down to the hour, the span of the finest kept sums."""
    return math.floor(shift / HOUR) * HOUR


def _last_slot(window: Window, shift: int) -> int:
    return (this_minute() + _whole(shift)) // window.minutes
