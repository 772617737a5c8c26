"""What requests cost whose results nobody fetches: `python -m tests.benchmarks.unread_results`.

Posts 30 (or the first argument) times 9,800 characters to Gradio's `stream`, without reading any
answer, and prints the server's resident memory before, at its peak, and a minute and a half later.
Wanted: the memory is back, and a request that is read meanwhile is answered.
"""

from __future__ import annotations

import sys
import time

import httpx

from tests.support.served import Served, served

SENTENCE = "Nobody is going to listen to a word of this. "
WAIT_SECONDS = 90
DATA = ["default", "auto", "auto", 0.25, 1, "wav", -1, "{}"]


def post(app: Served, text: str) -> int:
    answer = httpx.post(f"{app.url}gradio_api/call/stream", json={"data": [text, *DATA]})
    return answer.status_code


def megabytes(app: Served) -> float:
    return app.holdings().app_megabytes


def main(requests: int) -> None:
    text = (SENTENCE * 220)[:9_800]
    with served() as app:
        speech = {"input": "Hello.", "voice": "alloy", "model": "tts-1"}
        httpx.post(f"{app.url}v1/audio/speech", json=speech, timeout=60).raise_for_status()
        print(f"before:           {megabytes(app):6.0f} MB")
        statuses = [post(app, text) for _ in range(requests)]
        print(f"posted:           {megabytes(app):6.0f} MB, answers {sorted(set(statuses))}")
        peak, until = 0.0, time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            peak = max(peak, megabytes(app))
            time.sleep(0.5)
        print(f"peak:             {peak:6.0f} MB")
        answer = httpx.post(f"{app.url}v1/audio/speech", json=speech, timeout=60)
        print(f"{WAIT_SECONDS} s later:       {megabytes(app):6.0f} MB")
        print(f"still spoken: {not app.quiet()}; another request: {answer.status_code}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
