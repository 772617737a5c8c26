"""What watching costs: 50 clients that poll `/status/progress` once a second, and 20 open pages.

A page here is what its tab Status & history sends: Gradio's heartbeat, held open, and the board's
route once a second with the tags it knows. The app runs in a process of its own.

    python -m tests.benchmarks.pollers
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
from gradio_client import Client, handle_file

from tests.support.live import free_port
from tests.support.recordings import encoded, spoken

POLLERS, PAGES, SECONDS = 50, 20, 20.0
TEXT = " ".join(f"Sentence number {n} of a text that takes a while to say." for n in range(1, 61))


@contextmanager
def app(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    port = free_port()
    about = {"TTS_PORT": str(port), "TTS_DATA_DIR": str(folder), "TTS_CACHE_MB": "0"}
    with subprocess.Popen([sys.executable, "app.py"], env={**os.environ, **about}) as process:
        url = f"http://127.0.0.1:{port}/"
        try:
            while True:
                try:
                    httpx.get(url + "health").raise_for_status()
                    break
                except httpx.HTTPError:
                    time.sleep(0.2)
            time.sleep(3)
            yield url, psutil.Process(process.pid)
        finally:
            process.terminate()


async def poll(client: httpx.AsyncClient, start: float, until: float, took: list[float]) -> None:
    await asyncio.sleep(start)
    while time.perf_counter() < until:
        began = time.perf_counter()
        (await client.get("/status/progress")).raise_for_status()
        took.append(time.perf_counter() - began)
        await asyncio.sleep(1 - (time.perf_counter() - began))


async def page(client: httpx.AsyncClient, start: float, until: float, took: list[float]) -> None:
    await asyncio.sleep(start)
    known: dict[str, str] = {}
    async with client.stream("GET", f"/gradio_api/heartbeat/page{start}"):
        while time.perf_counter() < until:
            began = time.perf_counter()
            tags = ",".join(f"{name}:{tag}" for name, tag in known.items())
            news = (await client.get("/page/board", params={"known": tags})).json()
            took.append(time.perf_counter() - began)
            known = news["tags"]
            await asyncio.sleep(1 - (time.perf_counter() - began))


async def watch(url: str, until: float) -> tuple[list[float], list[float]]:
    polls: list[float] = []
    boards: list[float] = []
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=30) as client:
        watchers = [poll(client, n / POLLERS, until, polls) for n in range(POLLERS)]
        watchers += [page(client, n / PAGES, until, boards) for n in range(PAGES)]
        await asyncio.gather(*watchers)
    return polls, boards


def cpu(process: psutil.Process, began: float, before: float) -> float:
    """Percent of one core since then."""
    times = process.cpu_times()
    return 100 * (times.user + times.system - before) / (time.perf_counter() - began)


def used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def measured(url: str, process: psutil.Process, watched: bool) -> float:
    before, began = used(process), time.perf_counter()
    if watched:
        polls, boards = asyncio.run(watch(url, began + SECONDS))
    else:
        time.sleep(SECONDS)
    share = cpu(process, began, before)
    if watched:
        for name, took in (("/status/progress", sorted(polls)), ("/page/board", sorted(boards))):
            p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
            print(f"{name}: {len(took)} answers, p50 {p50 * 1e3:.1f} ms, p95 {p95 * 1e3:.1f} ms")
    return share


def synthesis(url: str, client: Client, watched: bool) -> float:
    """Seconds for the same text in a matched voice, which is work for the engine."""

    async def both() -> float:
        until = time.perf_counter() + 600
        watchers = asyncio.ensure_future(watch(url, until)) if watched else None
        await asyncio.sleep(1.5)
        began = time.perf_counter()
        call = lambda: client.predict(TEXT, voice="Matched", api_name="/synthesize")  # noqa: E731
        await asyncio.get_running_loop().run_in_executor(None, call)
        took = time.perf_counter() - began
        if watchers is not None:
            watchers.cancel()
        return took

    return asyncio.run(both())


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, app(Path(folder) / "data") as (url, process):
        client = Client(url, verbose=False)
        recording = Path(folder) / "voice.wav"
        recording.write_bytes(encoded(spoken("f2"), "wav", "pcm_s16le"))
        client.predict(handle_file(recording), "Matched", consent=True, api_name="/clone_voice")
        client.predict("Warming up.", voice="Matched", api_name="/synthesize")
        time.sleep(5)
        idle, watched = (measured(url, process, w) for w in (False, True))
        print(
            f"{POLLERS} pollers and {PAGES} pages: {watched:.1f} % of a core, idle {idle:.1f} %: "
            f"ratio {watched / idle:.1f}"
        )
        alone, beside = [], []
        for _ in range(3):
            alone.append(synthesis(url, client, watched=False))
            beside.append(synthesis(url, client, watched=True))
        print(json.dumps({"alone": alone, "watched": beside}))
        print(f"synthesis: ratio {min(beside) / min(alone):.3f} (the best of 3 each)")


if __name__ == "__main__":
    main()
