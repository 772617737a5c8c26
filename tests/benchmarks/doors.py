"""How long from a text to its first sound at the client, over OpenAI streaming and `/stream`.

    python -m tests.benchmarks.doors [runs]

Real clients (`openai`, `gradio_client`), a real server in a process of its own, the embedded engine
warm; wanted are at most 50 ms p50. No text comes twice, so that none is taken from the cache. The
WebSocket has `socket_first_audio`. Gradio's Python client looks for news every 50 ms, so `/stream`
is measured without it too.
"""

from __future__ import annotations

import base64
import itertools
import statistics
import sys
import time
from collections.abc import Callable

import httpx
import openai
from gradio_client import Client

from tests.support.served import served

NUMBERS = itertools.count(1)


def text() -> str:
    number = next(NUMBERS)
    return f"The lighthouse keeper read page {number} aloud. Nobody listened, or so he thought."


def report(name: str, measure: Callable[[], float], runs: int) -> None:
    measure()
    found = sorted(measure() for _ in range(runs))
    p95 = found[min(runs - 1, round(0.95 * (runs - 1)))]
    print(f"{name:<16} p50 {statistics.median(found):5.1f} ms   p95 {p95:5.1f} ms   {runs} runs")


def through_openai(client: openai.OpenAI, format: str) -> float:
    """Milliseconds."""
    create = client.audio.speech.with_streaming_response.create
    began = time.perf_counter()
    with create(model="espeak", voice="en-us", input=text(), response_format=format) as speech:
        pieces = speech.iter_bytes()
        header = 44 if format == "wav" else 0
        got = 0
        while got <= header:  # of a WAV the header alone is no sound
            got += len(next(pieces))
        found = (time.perf_counter() - began) * 1000
        for _ in pieces:
            pass
    return found


def through_curl(client: httpx.Client) -> float:
    """Milliseconds, by the two requests that curl and the JavaScript client send."""
    began = time.perf_counter()
    call = client.post("/gradio_api/call/v2/stream", json={"text": text(), "voice": "en-us"})
    event = call.json()["event_id"]
    found = 0.0
    with client.stream("GET", f"/gradio_api/call/stream/{event}") as answer:
        for line in answer.iter_lines():
            if "audio_chunk" in line and not found:
                found = (time.perf_counter() - began) * 1000
    return found


def through_gradio(client: Client) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    job = client.submit(text(), voice="en-us", api_name="/stream")
    found = 0.0
    for message in job:
        if message["type"] == "audio_chunk" and not found:
            assert base64.b64decode(message["data"]["audio_data"])
            found = (time.perf_counter() - began) * 1000
    return found


def main(runs: int) -> None:
    with served(TTS_LOG_LEVEL="WARNING") as app:
        with openai.OpenAI(base_url=f"{app.url}v1", api_key="none") as client:
            for format in ("pcm", "wav", "mp3", "opus", "aac", "flac"):
                report(f"openai {format}", lambda f=format: through_openai(client, f), runs)  # type: ignore[misc]
        with httpx.Client(base_url=app.url) as plain:
            report("/stream, HTTP", lambda: through_curl(plain), runs)
        gradio = Client(app.url, verbose=False)
        report("/stream, Python", lambda: through_gradio(gradio), runs)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
