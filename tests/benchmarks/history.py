"""The history with 100,000 records of one day: how long its answers take, and what an end costs.

    python -m tests.benchmarks.history [DATABASE_URL]

Wanted: statistics within 50 ms, the newest 50 within 20 ms, a search within 250 ms.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from tts_core.settings import Settings
from tts_core.stats.entries import HistoryEntry
from tts_core.stats.history import History
from tts_core.stats.live import LiveRequests, Status
from tts_core.stats.report import Report
from tts_core.stats.search import Query
from tts_core.stats.series import WINDOWS

RECORDS = 100_000
QUERIES = {
    "search, many": Query(text="fox"),
    "search, one": Query(text="99500 lazy"),
    "search, none": Query(text="cat"),
    "failed": Query(status="error", engine="groq"),
    "one visitor's": Query(owner="visitor7", text="lazy"),
    "an old page": Query(before=f"{time.time() - 80_000!r}~x"),
}
ENGINES = ("espeak", "xtts", "pocket", "chatterbox", "groq")


def requests() -> list[HistoryEntry]:
    """Spread over the last day, five engines, one in twenty failed or cancelled."""
    chance, now = random.Random(1), time.time()
    found = []
    for i in range(RECORDS):
        end = now - chance.uniform(0, 86_000)
        seconds = chance.lognormvariate(0, 1)
        status = chance.choices((Status.COMPLETED, Status.ERROR, Status.CANCELLED), (38, 1, 1))[0]
        found.append(
            HistoryEntry(
                request_id=f"{i:032x}",
                door="page",
                text_length=chance.randrange(10, 1000),
                text_preview=f"The quick brown fox jumps over {i} lazy dogs. " * 2,
                voice_source="one",
                parameters={"speed": 1.0, "pitch": 1.0},
                status=status,
                engine=chance.choice(ENGINES),
                language="en",
                start_time=end - seconds,
                end_time=end,
                chunks=3,
                time_to_first_audio_seconds=chance.lognormvariate(-2, 0.7),
                generation_seconds=seconds,
                audio_seconds=3 * seconds,
                error_type="worker_died" if status is Status.ERROR else "",
                owner=f"visitor{i % 500}",
            )
        )
    return found


def timed(call: Callable[[], object]) -> str:
    """Median and worst of twenty, in ms."""
    times = []
    for _ in range(20):
        began = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - began))
    return f"median {statistics.median(times):.1f} ms, worst {max(times):.1f} ms"


def main() -> None:
    """Fill it, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            data_dir=Path(folder),
            database_url=sys.argv[1] if len(sys.argv) > 1 else None,  # type: ignore[arg-type]
        )
        history = History(settings.history_url, limit=2 * RECORDS)
        began = time.perf_counter()
        for i, record in enumerate(requests()):
            wait = history.end(record)
            if i % 500 == 499:
                wait()
        print(f"{RECORDS / (time.perf_counter() - began):.0f} records/s in batches")
        report = Report(LiveRequests(), history)
        print(f"statistics      {timed(report.statistics)}")
        print(f"newest 50       {timed(lambda: report.history(50))}")
        print(f"status          {timed(report.status)}")
        for name, query in QUERIES.items():
            count = len(history.search(query, 50))
            print(f"{name:15} {timed(partial(history.search, query, 50))}, {count} found")
        for window in WINDOWS:
            print(f"series, {window:7} {timed(partial(history.series, window))}")
        numbers = iter(range(100))
        record = requests()[0]

        def one() -> None:
            history.end(replace(record, request_id=f"one-{next(numbers)}")).wait()

        print(f"one end on disk {timed(one)}")
        assert history.error is None, history.error
        history.close()


if __name__ == "__main__":
    main()
