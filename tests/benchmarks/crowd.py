"""Sixteen people press Speak at once: how long each waits for sound, and whether it ever stalls.

    python -m tests.benchmarks.crowd [--clients 16] [--rounds 5] [--engines default,espeak]

Each client asks a real server for some eight seconds of English, as PCM over OpenAI's API, and
plays it by a clock of its own: it starts with the first bytes that arrive, and stalls when what it
has received so far would have been played before more comes. The texts differ, so that no cache
helps. Printed for each engine are the time to the first bytes and to the first audible sound (above
1 % of the peak), the number of clients that stalled, and for how long at most. "default" leaves the
voice and the engine to Aloud; the other engines are its peers.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from dataclasses import dataclass

import httpx
import numpy as np

from tests.benchmarks.quality_texts import ENGLISH
from tests.support.served import served

RATE = 24_000
"""Hz of the API's PCM, 16 bits."""
AUDIBLE = 0.01
"""Of the peak."""


@dataclass(frozen=True)
class Playback:
    """What one client heard. Seconds."""

    first: float
    """From the request to the first bytes."""
    audible: float
    """From the request to the first audible sound."""
    stalled: float
    """How long the sound stood still altogether."""
    duration: float


def text(number: int) -> str:
    """Return two or three sentences, different for each number: some eight seconds."""
    start = 3 * number
    return " ".join(ENGLISH[(start + i) % len(ENGLISH)] for i in range(3)).replace("The", "A", 1)


async def play(client: httpx.AsyncClient, url: str, number: int, engine: str) -> Playback:
    """Ask for a text and play it. Raises for an error status."""
    body = {
        "model": "tts-1" if engine == "default" else engine,
        "voice": "default",
        "input": text(number),
        "response_format": "pcm",
    }
    began = time.perf_counter()
    samples = bytearray()
    first = stalled = played_until = 0.0
    async with client.stream("POST", url + "v1/audio/speech", json=body) as answer:
        answer.raise_for_status()
        async for part in answer.aiter_bytes():
            now = time.perf_counter() - began
            if not samples:
                first = played_until = now
            stalled += max(0.0, now - played_until)
            played_until = max(now, played_until) + len(part) / 2 / RATE
            samples += part
    sound = np.abs(np.frombuffer(bytes(samples), np.int16).astype(np.float32))
    silent = int(np.argmax(sound > AUDIBLE * sound.max())) / RATE
    return Playback(first, first + silent, stalled, len(sound) / RATE)


async def crowd(url: str, clients: int, rounds: int, engine: str) -> list[Playback]:
    """Have all clients play at once, several times."""
    heard: list[Playback] = []
    limits = httpx.Limits(max_connections=clients)
    async with httpx.AsyncClient(timeout=300, limits=limits) as client:
        await play(client, url, 999, engine)
        for number in range(rounds):
            texts = range(number * clients, (number + 1) * clients)
            heard += await asyncio.gather(*(play(client, url, n, engine) for n in texts))
    return heard


def report(engine: str, heard: list[Playback]) -> float:
    """Print a line; return the 95th percentile of the time to the first bytes."""

    def shares(values: list[float]) -> tuple[float, float]:
        return statistics.median(values), sorted(values)[round(0.95 * (len(values) - 1))]

    first, audible = shares([p.first for p in heard]), shares([p.audible for p in heard])
    stalled = [p.stalled for p in heard if p.stalled > 0]
    print(
        f"{engine:<10} {statistics.mean(p.duration for p in heard):.1f} s each   "
        f"first bytes p50 {first[0]:.3f} p95 {first[1]:.3f} s   "
        f"first sound p50 {audible[0]:.3f} p95 {audible[1]:.3f} s   "
        f"{len(stalled)} of {len(heard)} stalled, {max(stalled, default=0):.2f} s at most",
        flush=True,
    )
    return first[1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engines", default="default,espeak")
    options = parser.parse_args()
    with served(TTS_CACHE_MB=0, TTS_QUEUE_LIMIT=100) as app:
        times = {}
        for engine in options.engines.split(","):
            heard = asyncio.run(crowd(app.url, options.clients, options.rounds, engine))
            times[engine] = report(engine, heard)
    first, *others = times
    for other in others:
        print(f"first bytes p95, {first} against {other}: {times[first] / times[other]:.2f}")


if __name__ == "__main__":
    main()
