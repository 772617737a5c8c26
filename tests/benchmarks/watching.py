"""What many who watch cost: 50 scripts that ask `/status/progress` and 20 pages with the status tab
open, once a second each, while nothing ends and while eSpeak NG speaks without a pause.

    python -m tests.benchmarks.watching [SECONDS]

Wanted: at most a tenth of one core for the app, the 95th percentile of the answers within 20 ms,
and speech at most 5 % slower.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import psutil

from tests.support.live import free_port

SCRIPTS, PAGES = 50, 20


async def script(client: httpx.AsyncClient, until: float, times: list[float]) -> None:
    """Asks for the progress once a second."""
    await asyncio.sleep(random.random())
    while time.monotonic() < until:
        began = time.perf_counter()
        (await client.get("/status/progress")).raise_for_status()
        times.append(time.perf_counter() - began)
        await asyncio.sleep(1 - (time.perf_counter() - began))


async def page(client: httpx.AsyncClient, until: float, times: list[float]) -> None:
    """As `assets/status.js`."""
    await asyncio.sleep(random.random())
    tags: dict[str, str] = {}
    while time.monotonic() < until:
        began = time.perf_counter()
        known = ",".join(f"{name}:{tag}" for name, tag in tags.items())
        news = (await client.get("/page/board", params={"known": known})).raise_for_status().json()
        times.append(time.perf_counter() - began)
        tags = news["tags"]
        if "state" in news["sections"]:
            (await client.get("/status/history/search", params={"limit": 40})).raise_for_status()
        await asyncio.sleep(1 - (time.perf_counter() - began))


async def watch(url: str, seconds: float) -> list[float]:
    """How long each answer took."""
    times: list[float] = []
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=30) as client:
        until = time.monotonic() + seconds
        jobs = [script(client, until, times) for _ in range(SCRIPTS)]
        jobs += [page(client, until, times) for _ in range(PAGES)]
        await asyncio.gather(*jobs)
    return times


def speak(url: str, until: float, done: list[float]) -> None:
    """A book, again and again: seconds of sound for a second."""
    text = "Nobody was listening, while the evening went on and on, and ships went by. " * 60
    with httpx.Client(base_url=url, timeout=60) as client:
        while time.monotonic() < until:
            began = time.perf_counter()
            body = {"model": "tts-1", "input": text[:4000], "voice": "en-us"}
            answer = client.post("/v1/audio/speech", json=body | {"response_format": "pcm"})
            answer.raise_for_status()
            done.append(len(answer.content) / 2 / 24_000 / (time.perf_counter() - began))


def measured(url: str, app: psutil.Process, seconds: float, *, watched: bool, busy: bool) -> float:
    """Prints a line; returns the pace of speech, the median, 0 without any."""
    paces: list[float] = []
    until = time.monotonic() + seconds
    speaker = threading.Thread(target=speak, args=(url, until, paces))
    if busy:
        speaker.start()
    before = sum(app.cpu_times()[:2])
    began = time.monotonic()
    times = asyncio.run(watch(url, seconds)) if watched else []
    if not watched:
        time.sleep(seconds)
    share = (sum(app.cpu_times()[:2]) - before) / (time.monotonic() - began)
    if busy:
        speaker.join()
    answers = ""
    if times:
        p95 = statistics.quantiles(times, n=20)[-1]
        answers = f", {len(times)} answers, median {1000 * statistics.median(times):.1f} ms, "
        answers += f"p95 {1000 * p95:.1f} ms"
    pace = statistics.median(paces) if paces else 0.0
    said = f", speech at {pace:.0f} times real time" if paces else ""
    what = f"{'watched' if watched else 'alone'}{', speaking' if busy else ''}"
    print(f"{what:18} {share:.1%} of a core{answers}{said}", flush=True)
    return pace


def main(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environment = os.environ | {
            "TTS_DATA_DIR": folder, "TTS_PORT": str(port), "TTS_HOST": "127.0.0.1",
            "TTS_CACHE_MB": "0", "TTS_LOG_LEVEL": "WARNING",
        }  # fmt: skip
        root = Path(__file__).parents[2]
        with subprocess.Popen([sys.executable, "app.py"], cwd=root, env=environment) as process:
            try:
                url = f"http://127.0.0.1:{port}"
                deadline = time.monotonic() + 120
                while time.monotonic() < deadline:
                    try:
                        httpx.get(f"{url}/status", timeout=5).raise_for_status()
                        break
                    except httpx.HTTPError:
                        time.sleep(0.2)
                app = psutil.Process(process.pid)
                time.sleep(3)
                measured(url, app, seconds, watched=False, busy=False)
                measured(url, app, seconds, watched=True, busy=False)
                alone = measured(url, app, seconds, watched=False, busy=True)
                watched = measured(url, app, seconds, watched=True, busy=True)
                print(f"speech is {1 - watched / alone:.1%} slower while it is watched")
            finally:
                process.terminate()


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0)
