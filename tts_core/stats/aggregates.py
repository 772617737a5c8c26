"""Sums over ended requests, so that statistics never read every record.

A request counts in three rows: that of its minute, that of its hour and that of all time. A window
is composed of whole hours and of the minutes before them. Retention deletes records, but never the
sums of all time; those of minutes are kept for a day, those of hours for a month.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tts_core.stats.live import Status

if TYPE_CHECKING:  # importing SQLAlchemy takes 0.2 s; see history.py
    from sqlalchemy import Connection

ALL_TIME, MINUTE, HOUR = 0, 1, 60
"""Values of the column `span`: minutes that a row covers, from its `minute` on. The row of all time
has minute 0."""
WINDOWS = {"hour": 60, "day": 24 * 60}
"""Lengths in minutes. The present minute is the last of a window."""
KEPT = {MINUTE: 24 * 60, HOUR: 31 * 24 * 60}
"""For how many minutes the rows of minutes and of hours are kept."""
STEP = math.log(1.04)
"""Logarithmic width of a bucket of times to first audio: 4 %, so a percentile is off by 2 % at
most."""

SUMS = (
    "requests", "text_length", "duration_seconds", "audio_seconds", "generation_seconds",
    "chunks", "cached",
)  # fmt: skip
COUNTS = ("requests", "text_length", "chunks", "cached")
"""The sums that are whole numbers."""


@dataclass
class Aggregate:
    """Sums over some requests that ended."""

    requests: int = 0
    text_length: int = 0
    """Characters."""
    completed: int = 0
    cancelled: int = 0
    interrupted: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    """Failed requests by error type."""
    duration_seconds: float = 0.0
    """Of completed requests only, as are the next two."""
    audio_seconds: float = 0.0
    generation_seconds: float = 0.0
    chunks: int = 0
    """Segments of all requests, counted since version 3 of the tables."""
    cached: int = 0
    """How many of these segments came from the cache."""
    first_audio: Counter[int] = field(default_factory=Counter)
    """Requests by bucket of their time to first audio; see `STEP`."""

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row of the table `tallies`."""
        count = row["requests"]
        self.requests += count
        self.text_length += row["text_length"]
        self.chunks += row["chunks"]
        self.cached += row["cached"]
        match row["status"]:
            case Status.COMPLETED:
                self.completed += count
                self.duration_seconds += row["duration_seconds"]
                self.audio_seconds += row["audio_seconds"]
                self.generation_seconds += row["generation_seconds"]
            case Status.CANCELLED:
                self.cancelled += count
            case Status.INTERRUPTED:
                self.interrupted += count
            case _:
                self.errors[row["error_type"]] += count

    def merge(self, other: Aggregate) -> None:
        """Add the sums of `other`."""
        for name, value in vars(other).items():
            if isinstance(value, Counter):
                getattr(self, name).update(value)
            else:
                setattr(self, name, getattr(self, name) + value)

    def first_audio_percentile(self, share: float) -> float | None:
        """Return a percentile of the seconds to first audio, by nearest rank.

        `share`: between 0 and 1. Returns None when there was no audio.
        """
        rank = math.ceil(share * self.first_audio.total())
        for bucket, count in sorted(self.first_audio.items()):
            rank -= count
            if rank <= 0:
                return round(math.exp(bucket * STEP), 4)
        return None


ByEngine = dict[str, Aggregate]
"""Sums by engine; "" stands for requests that were refused before one was chosen."""


def total(engines: ByEngine) -> Aggregate:
    """Return the sums over all engines together."""
    total = Aggregate()
    for aggregate in engines.values():
        total.merge(aggregate)
    return total


class Changes:
    """The amounts that a batch of ended requests adds to the sums."""

    def __init__(self) -> None:
        self.tallies: defaultdict[tuple[int, int, str, str, str], list[float]] = defaultdict(
            lambda: [0] * len(SUMS)
        )
        self.first_audio: Counter[tuple[int, int, str, int]] = Counter()

    def add(self, row: Mapping[str, Any], sign: int = 1) -> None:
        """Count a row of the table `requests`, or with `sign` -1 subtract it."""
        engine, first = row["engine"], row["first_audio_seconds"]
        sums = (
            1,
            row["text_length"],
            max(0.0, row["end_time"] - row["start_time"]),
            row["audio_seconds"],
            row["generation_seconds"],
            row["chunks"],
            row.get("cached", 0),  # a column since version 3 of the tables
        )
        minute = int(row["end_time"] // 60)
        for span in (ALL_TIME, MINUTE, HOUR):
            start = minute // span * span if span else 0
            totals = self.tallies[span, start, engine, row["status"], row["error_type"]]
            for i, value in enumerate(sums):
                totals[i] += sign * value
            if first is not None:
                bucket = round(math.log(max(first, 1e-4)) / STEP)
                self.first_audio[span, start, engine, bucket] += sign

    def store(self, connection: Connection, sums: Sequence[str] = SUMS) -> None:
        """Add the changes to the tables, in the caller's transaction.

        `sums`: names of the sums for which the table has columns. Rows are written in the order of
        their keys, so that processes which share a database cannot deadlock.
        """
        from tts_core.stats.schema import first_audio, tallies, upsert

        keys = ("span", "minute", "engine", "status", "error_type")
        rows: list[dict[str, Any]] = [
            dict(zip((*keys, *sums), (*key, *values), strict=False))
            for key, values in sorted(self.tallies.items())
        ]
        upsert(connection, tallies, rows, add=sums)
        slots = ("span", "minute", "engine", "bucket")
        buckets: list[dict[str, Any]] = [
            dict(zip((*slots, "requests"), (*slot, count), strict=True))
            for slot, count in sorted(self.first_audio.items())
        ]
        upsert(connection, first_audio, buckets, add=("requests",))

    def by_engine(self) -> ByEngine:
        """Return the changes alone, as sums."""
        engines: ByEngine = defaultdict(Aggregate)
        for (span, _, engine, status, error), sums in self.tallies.items():
            if span == ALL_TIME:
                row = dict(zip(SUMS, sums, strict=True))
                engines[engine].add(row | {"status": status, "error_type": error})
        for (span, _, engine, bucket), count in self.first_audio.items():
            if span == ALL_TIME:
                engines[engine].first_audio[bucket] += count
        return dict(engines)


def load(connection: Connection, minutes: int | None = None) -> ByEngine:
    """Return the sums over the last `minutes`; None stands for all time."""
    from sqlalchemy import Table, and_, func, or_, select

    from tts_core.stats.schema import first_audio, tallies

    def within(table: Table) -> Any:  # noqa: ANN401 - SQLAlchemy's own
        span, minute = table.c.span, table.c.minute
        if minutes is None:
            return span == ALL_TIME
        first = this_minute() - minutes + 1
        whole = -(-first // HOUR) * HOUR  # where the first whole hour begins
        return or_(
            and_(span == HOUR, minute >= whole),
            and_(span == MINUTE, minute >= first, minute < whole),
        )

    engines: ByEngine = defaultdict(Aggregate)
    keys = (tallies.c.engine, tallies.c.status, tallies.c.error_type)
    sums = (func.sum(tallies.c[name]).label(name) for name in SUMS)
    query = select(*keys, *sums).where(within(tallies)).group_by(*keys)
    for row in connection.execute(query).mappings():
        # PostgreSQL sums bigints as numeric, which arrives as a Decimal.
        whole = {name: int(row[name]) for name in COUNTS}
        if whole["requests"]:
            engines[row["engine"]].add({**row, **whole})
    slots = (first_audio.c.engine, first_audio.c.bucket)
    heard = select(*slots, func.sum(first_audio.c.requests).label("requests"))
    heard = heard.where(within(first_audio)).group_by(*slots)
    for engine, bucket, count in connection.execute(heard):
        engines[engine].first_audio[bucket] += int(count)
    return dict(engines)


def this_minute() -> int:
    """Return the present minute, counted from the epoch."""
    return int(time.time() // 60)
