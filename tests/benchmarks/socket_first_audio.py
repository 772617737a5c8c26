"""How long from a text to its first sound over the WebSocket of a real server.

    python -m tests.benchmarks.socket_first_audio [runs]

With the embedded engine; wanted are at most 50 ms p50. On one connection, one text after another,
with a pause of 1.2 s before each in the second row, and on a new connection for each in the third.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from tests.support.served import served
from tests.support.socket_client import SocketClient, socket_client

TEXT = "The lighthouse keeper read aloud every evening. Nobody was listening, or so he thought."


def first_audio(client: SocketClient) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    client.speak(TEXT, "en-us")
    client.until("audio_chunk")
    found = (time.perf_counter() - began) * 1000
    client.until("generation_complete")
    return found


def report(name: str, measure: Callable[[], float], runs: int) -> None:
    found = sorted(measure() for _ in range(runs))
    p95 = found[min(runs - 1, round(0.95 * (runs - 1)))]
    print(f"{name:<16} p50 {statistics.median(found):5.1f} ms   p95 {p95:5.1f} ms   {runs} runs")


def main(runs: int) -> None:
    with served() as app:

        def alone() -> float:
            with socket_client(app.url) as client:
                return first_audio(client)

        with socket_client(app.url) as client:

            def after_a_pause() -> float:
                time.sleep(1.2)
                return first_audio(client)

            first_audio(client)
            report("in a row", lambda: first_audio(client), runs)
            report("after a pause", after_a_pause, max(runs // 4, 1))
        report("new connection", alone, runs)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
