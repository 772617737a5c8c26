"""Runs for tests/stats/test_eta.py: when each segment of real requests was complete.

    python -m tests.benchmarks.estimates [FILE]

Real engines in real worker processes: eSpeak NG, and the same at a quarter of the pace of speech,
as a neural engine might be; alone, and beside others that come and go. Prints how far the
estimates were off; with FILE the runs are written there.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.support.pace_runs import Run, judged
from tts_core.engines.registry import ENGINES, Registry
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.stats.live import LiveRequest
from tts_core.types import SpeechRequest

PROSE = (
    "the evening lighthouse keeper read aloud and nobody was listening while ships went by slowly "
    "towards harbours whose names he had never known or cared to remember"
)
STARTS: dict[str, list[tuple[float, float, bool]]] = {}


def prose(sentences: int, seed: int) -> str:
    """Sentences of 3 to 30 words."""
    chance, words = random.Random(seed), PROSE.split()
    return " ".join(
        " ".join(chance.choices(words, k=chance.randrange(3, 30))).capitalize() + "."
        for _ in range(sentences)
    )


def watch() -> None:
    """Note when the service hears of a segment."""
    original = LiveRequest.segment_finished

    def finished(request: LiveRequest, seconds: float, *, cached: bool = False) -> None:
        STARTS.setdefault(request.request_id, []).append((time.time(), seconds, cached))
        original(request, seconds, cached=cached)

    LiveRequest.segment_finished = finished  # type: ignore[method-assign,assignment]


def run(service: SpeechService, name: str, engine: str, text: str) -> Run:
    """Speak, and what came of it."""
    with service.stream(SpeechRequest(text=text, engine=engine, language="en")) as stream:
        record = stream.record
        stream.read_to_end()
    began = record.start_time + (record.queue_seconds or 0.0)
    return {
        "name": name,
        "engine": engine,
        "lengths": list(record.segment_lengths),
        "segments": [
            (round(at - began, 4), round(seconds, 4), cached)
            for at, seconds, cached in STARTS[record.request_id]
        ],
    }


def beside(service: SpeechService, engine: str, pause: float) -> threading.Thread:
    """Somebody else, a little later."""

    def speak() -> None:
        time.sleep(pause)
        run(service, "", engine, prose(8, 99))

    thread = threading.Thread(target=speak)
    thread.start()
    return thread


def main() -> None:
    """Record, judge, print."""
    watch()
    runs: list[Run] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(  # type: ignore[call-arg]
            _env_file=None,
            data_dir=Path(folder),
            cache_mb=0,
        )
        registry = Registry({**ENGINES, "slow": "tests.support.slow_engine:SlowEngine"})
        service = SpeechService(settings, registry)
        runs.append(run(service, "eSpeak NG, first", "espeak", prose(60, 1)))
        runs.append(run(service, "eSpeak NG, again", "espeak", prose(60, 2)))
        runs.append(run(service, "slow, first", "slow", prose(9, 3)))
        runs.append(run(service, "slow, again", "slow", prose(9, 4)))
        others = [beside(service, "slow", 3.0)]
        runs.append(run(service, "slow, another comes", "slow", prose(9, 5)))
        for other in others:
            other.join()
        service.close()
    for entry, verdict in zip(runs, judged(runs), strict=True):
        print(f"{entry['name']:22} {verdict}")
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(runs, indent=None) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
