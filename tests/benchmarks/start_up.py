"""From `python app.py` to a page that answers.

    python -m tests.benchmarks.start_up

Wanted: at most 6 s.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.support.live import free_port

RUNS = 5
ROOT = Path(__file__).parents[2]


def start() -> float:
    """Seconds until GET / answers 200 with the page."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"TTS_PORT": str(port), "TTS_DATA_DIR": folder}
        began = time.monotonic()
        app = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL
        )
        try:
            while True:
                try:
                    answer = httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
                    if answer.status_code == 200:
                        return time.monotonic() - began
                except httpx.TransportError:
                    time.sleep(0.05)
        finally:
            app.terminate()
            app.wait()


def main() -> None:
    """Measure and print."""
    times = [start() for _ in range(RUNS)]
    print("start to answering page:", ", ".join(f"{t:.2f} s" for t in times))
    print(f"worst {max(times):.2f} s; importing gradio alone: {import_gradio():.2f} s")


def import_gradio() -> float:
    """Seconds, the floor of any Gradio app here."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import gradio"], check=True)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
