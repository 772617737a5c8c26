"""A short request while eight books are spoken.

    python -m tests.benchmarks.fairness

Wanted: first audio of 60 characters at most 3 times its idle figure.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import threading
import time
from pathlib import Path

import httpx

from tests.benchmarks.book import book
from tests.support.live import running_app
from tts_core.errors import Cancelled
from tts_core.events import Audio
from tts_core.service import SpeechService
from tts_core.validation import speech_request
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


if __name__ == "__main__":
    main()
