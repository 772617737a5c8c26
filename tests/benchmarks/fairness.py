"""A short request while eight books are spoken; and how soon a stopped engine is idle.

    python -m tests.benchmarks.fairness

Wanted: first audio of 60 characters at most 3 times its idle figure; cancel to idle worker at
most 0.3 s by `/cancel` and by `job.cancel()`.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
from gradio_client import Client

from tests.benchmarks.book import book
from tests.support.live import running_app
from tts_core.engines.runner import RunnerState
from tts_core.errors import Cancelled
from tts_core.events import Audio
from tts_core.service import SpeechService, speech_request
from tts_core.web.app import App

SHORT = "This short request should not have to wait for eight books."
BOOKS = 8
RUNS = 40


def first_audio_service(service: SpeechService) -> float:
    """Seconds from the call to the first samples, in the same process."""
    began = time.perf_counter()
    with service.stream(speech_request(text=SHORT)) as stream:
        for event in stream:
            if isinstance(event, Audio):
                break
    return time.perf_counter() - began


def first_audio_http(app: App, http: httpx.Client, number: int) -> float:
    """Seconds from the request to the first audio_chunk of /stream over HTTP."""
    data = [SHORT, "default", "auto", "auto", 1, 1, "wav", -1, "{}"]
    functions = app.demo.config["dependencies"]
    index = next(d["id"] for d in functions if d["api_name"] == "stream")
    session = f"bench{number}"
    began = time.perf_counter()
    http.post(
        f"{app.url}gradio_api/queue/join",
        json={"data": data, "fn_index": index, "session_hash": session},
    )
    url = f"{app.url}gradio_api/queue/data?session_hash={session}"
    with http.stream("GET", url) as answer:
        for line in answer.iter_lines():
            if "audio_chunk" in line:
                return time.perf_counter() - began
    raise AssertionError("no audio came")


def speak_books(service: SpeechService, stop: threading.Event) -> list[threading.Thread]:
    """Start readers that take in 100 kB texts, one after another, until told to stop."""
    text = book(100_000)

    def read() -> None:
        while not stop.is_set():
            with (
                contextlib.suppress(Cancelled),
                service.stream(speech_request(text=text), save_as="wav") as stream,
            ):
                for _ in stream:
                    if stop.is_set():
                        break

    threads = [threading.Thread(target=read) for _ in range(BOOKS)]
    for thread in threads:
        thread.start()
    return threads


def report(name: str, idle: list[float], busy: list[float]) -> None:
    """Print the medians and their ratio."""
    a, b = statistics.median(idle), statistics.median(busy)
    p95 = sorted(busy)[int(len(busy) * 0.95)]
    print(
        f"{name:8} first audio: idle p50 {a * 1e3:.1f} ms, beside {BOOKS} books "
        f"p50 {b * 1e3:.1f} ms (p95 {p95 * 1e3:.1f} ms), ratio {b / a:.2f}"
    )


def until_idle(app: App, stop: Callable[[], object]) -> float:
    """Seconds from `stop` until no engine is speaking."""
    runner = app.service._scheduler.runners()["scripted"]
    time.sleep(0.2)
    assert runner.state is RunnerState.SPEAKING
    began = time.perf_counter()
    stop()
    while runner.state is RunnerState.SPEAKING:
        time.sleep(0.002)
    return time.perf_counter() - began


def running_id(app: App) -> str:
    """The id of the request that is being spoken."""
    while not (active := app.service.status()["active_requests"]):
        time.sleep(0.002)
    request_id: str = active[0]["request_id"]
    return request_id


def cancels(app: App) -> None:
    """Cancel long steps (50 ms each, 50 s in all) in both ways, ten times."""
    client = Client(app.url, verbose=False)
    options = '{"pieces": 1000, "step_seconds": 0.05}'
    by_job, by_endpoint = [], []
    client.predict(SHORT, engine="scripted", api_name="/synthesize")
    for _ in range(10):
        job = client.submit(SHORT, engine="scripted", options=options, api_name="/synthesize")
        running_id(app)
        by_job.append(until_idle(app, job.cancel))
        client.submit(SHORT, engine="scripted", options=options, api_name="/synthesize")
        cancel = partial(client.predict, running_id(app), api_name="/cancel")
        by_endpoint.append(until_idle(app, cancel))
    for name, times in (("job.cancel()", by_job), ("/cancel", by_endpoint)):
        print(f"{name}: idle after p50 {statistics.median(times):.3f} s, worst {max(times):.3f} s")


def main() -> None:
    """Measure and print."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder), max_text_length=200_000) as app,
        httpx.Client() as http,
    ):
        first_audio_service(app.service)
        first_audio_http(app, http, -1)
        idle = [first_audio_service(app.service) for _ in range(RUNS)]
        idle_http = [first_audio_http(app, http, i) for i in range(RUNS)]
        stop = threading.Event()
        threads = speak_books(app.service, stop)
        time.sleep(2)
        busy = [first_audio_service(app.service) for _ in range(RUNS)]
        busy_http = [first_audio_http(app, http, RUNS + i) for i in range(RUNS)]
        stop.set()
        for thread in threads:
            thread.join()
        report("service", idle, busy)
        report("/stream", idle_http, busy_http)
        cancels(app)


if __name__ == "__main__":
    main()
