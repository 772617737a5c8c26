"""What many who watch cost: 50 scripts that ask `/status/progress` and 20 pages with the status tab
open, once a second each, while nothing happens and while an engine speaks without a pause.

    python -m tests.benchmarks.watching [SECONDS]

Wanted: at most a tenth of one core for the app, the 95th percentile of the answers within 20 ms,
and speech at most 5 % slower. Who watches needs the processor too, on this machine the same one: so
speech is also timed while as many ask a server that has the app's answers ready (the control).
Pocket TTS, full size with random weights, is what a studio speaks with; eSpeak NG at hundreds of
times real time is the worst case.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import httpx
from starlette.types import Receive, Scope, Send

from tests.support.live import free_port
from tests.support.served import Served, served
from tests.support.tiny_pocket import make_model

SCRIPTS, PAGES = 50, 20
SETTLE_SECONDS = 5
TURNS = 9
"""Each way of measuring comes up so often, since what else the machine does changes."""
ANSWERS = "WATCHING_ANSWERS"
"""The variable that tells the control where its answers are."""
TEXT = "Nobody was listening, while the evening went on and on, and ships went by. "


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


@dataclass(frozen=True, slots=True)
class Measured:
    share: float
    """Of one core, the app's own process."""
    answers: list[float]
    """Seconds each took."""
    pace: float
    """Seconds of speech in one, the median; 0 without speech."""

    def __str__(self) -> str:
        said = f"{self.share:6.1%} of a core"
        if self.answers:
            p95 = statistics.quantiles(self.answers, n=20)[-1]
            said += f", {len(self.answers)} answers, median "
            said += f"{1000 * statistics.median(self.answers):.1f} ms, p95 {1000 * p95:.1f} ms"
        return said + (f", speech at {self.pace:.2f} times real time" if self.pace else "")


def speak(url: str, engine: str, characters: int, seconds: float) -> list[float]:
    """The same again and again: seconds of sound for a second."""
    paces = []
    until = time.monotonic() + seconds
    text = (TEXT * 60)[:characters]
    body = {"model": engine, "input": text, "voice": "default", "response_format": "pcm"}
    with httpx.Client(base_url=url, timeout=300) as client:
        while time.monotonic() < until:
            began = time.perf_counter()
            answer = client.post("/v1/audio/speech", json=body)
            answer.raise_for_status()
            paces.append(len(answer.content) / 2 / 24_000 / (time.perf_counter() - began))
    return paces


def measured(
    app: Served,
    seconds: float,
    watch_at: str = "",
    speech: tuple[str, int] | None = None,
    elsewhere: Executor | None = None,
) -> Measured:
    """`watch_at`: an address that many ask. `speech`: an engine, and the characters of a text, for
    which a process `elsewhere` asks."""
    spoken: Future[list[float]] | None = None
    until = time.monotonic() + seconds
    if speech is not None and elsewhere is not None:
        spoken = elsewhere.submit(speak, app.url, *speech, seconds)
    before, began = sum(app.process.cpu_times()[:2]), time.monotonic()
    answers = asyncio.run(watch(watch_at, seconds)) if watch_at else []
    time.sleep(max(0.0, until - time.monotonic()))
    share = (sum(app.process.cpu_times()[:2]) - before) / (time.monotonic() - began)
    paces = spoken.result() if spoken is not None else []
    return Measured(share, answers, statistics.median(paces) if paces else 0.0)


@contextmanager
def control(app_url: str) -> Iterator[str]:
    """A server that has the app's answers as they are after a request; its address."""
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "answers.json"
        with httpx.Client(base_url=app_url) as client:
            news = client.get("/page/board").json()
            news["sections"] = {"state": news["sections"]["state"]}
            others = {p: client.get(p).text for p in ("/status/progress", "/status/history/search")}
        answers.write_text(json.dumps({"/page/board": json.dumps(news), **others}))
        port = free_port()
        target = "tests.benchmarks.watching:ready_made"
        with subprocess.Popen(
            [
                sys.executable,
                "-m",
                "uvicorn",
                target,
                "--port",
                str(port),
                "--log-level",
                "warning",
            ],
            env=os.environ | {ANSWERS: str(answers)},
        ) as process:
            try:
                end = time.monotonic() + 60
                while time.monotonic() < end:
                    try:
                        socket.create_connection(("127.0.0.1", port), timeout=1).close()
                        break
                    except OSError:
                        time.sleep(0.1)
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()


@cache
def answers() -> dict[str, str]:
    known: dict[str, str] = json.loads(Path(os.environ[ANSWERS]).read_text())
    return known


async def ready_made(scope: Scope, receive: Receive, send: Send) -> None:
    """An ASGI application."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": answers()[scope["path"]].encode()})


def main(seconds: float) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, get_context("spawn")) as elsewhere,
    ):
        pocket = make_model(Path(folder) / "model", "english", endless=False)
        variables = {"TTS_POCKET_CONFIG": pocket, "TTS_CACHE_MB": 0, "TTS_HISTORY_AUDIO_MB": 0}
        with served(**variables) as app:
            time.sleep(SETTLE_SECONDS)
            print("alone        ", measured(app, seconds))
            print("watched      ", measured(app, seconds, app.url), flush=True)
            for engine, characters in (("pocket", 150), ("espeak", 4000)):
                speech = (engine, characters)
                measured(app, 5, speech=speech, elsewhere=elsewhere)
                with control(app.url) as other:
                    compare(app, other, speech, elsewhere, seconds / 3)


def compare(
    app: Served, other: str, speech: tuple[str, int], elsewhere: Executor, seconds: float
) -> None:
    paces: dict[str, list[float]] = {}
    for turn in range(TURNS):
        for name, url in (("alone", ""), ("control", other), ("watched", app.url)):
            found = measured(app, seconds, url, speech, elsewhere)
            print(f"{speech[0]} {name:8} {turn}", found, flush=True)
            paces.setdefault(name, []).append(found.pace)
    pace = {name: statistics.median(values) for name, values in paces.items()}
    print(
        f"{speech[0]}: {1 - pace['watched'] / pace['control']:.1%} slower than while as many ask "
        f"elsewhere, {1 - pace['watched'] / pace['alone']:.1%} than alone"
    )


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0)
