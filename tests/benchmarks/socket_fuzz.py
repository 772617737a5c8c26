"""Ten thousand messages that no client should send, to the WebSocket of a real server.

    python -m tests.benchmarks.socket_fuzz [messages] [seed]

Wanted: each connection goes on, everything wrong is refused in words, and the server's memory
does not grow.
"""

from __future__ import annotations

import sys
import time

from tests.support.served import served
from tests.support.socket_fuzz import fuzz


def main(messages: int, seed: int) -> None:
    with served() as app:
        fuzz(app.url, messages=1000, seed=seed + 1)
        before = app.holdings()
        began = time.perf_counter()
        told = fuzz(app.url, messages=messages, seed=seed)
        seconds = time.perf_counter() - began
        while not app.quiet():
            time.sleep(0.1)
        print(f"{told.answered} of {told.messages} messages in {seconds:.1f} s, seed {seed}")
        print(f"came back: {dict(told.kinds.most_common())}")
        print(f"errors: {dict(told.errors.most_common())}")
        print(f"wrong, but not refused: {len(told.unanswered)} {told.unanswered[:3]}")
        print(f"before: {before}\nafter:  {app.holdings()}")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*numbers, *(10_000, 1)[len(numbers) :])
