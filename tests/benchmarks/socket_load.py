"""A crowd at the WebSocket of a real server.

    python -m tests.benchmarks.socket_load [ROUNDS]

1. 200 clients at once where 50 may: wanted are 150 refusals in words and 50 complete answers.
2. 1,000 connections that are dropped in mid-speech, twice or as often as told: wanted is that
   nothing of them is left.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections import Counter

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.support.served import served
from tests.support.socket_client import address

CLIENTS, LIMIT = 200, 50
DROPS, AT_ONCE = 1000, 40
TEXT = "Every client is told this in three sentences. This is the second. And that was all."
LONG = "It goes on and on, and nobody is there any more to hear it. " * 50


async def crowd(url: str) -> None:
    greeted = asyncio.Barrier(CLIENTS)
    outcomes: Counter[str] = Counter()
    times: list[float] = []

    async def client() -> None:
        async with connect(address(url), max_size=None) as socket:
            first = json.loads(await socket.recv())
            await greeted.wait()  # nobody has left yet
            if first["type"] == "error":
                try:
                    await socket.recv()
                except ConnectionClosed as closed:
                    code = closed.rcvd.code if closed.rcvd else None
                    outcomes[f"{first['error_type']}, closed with {code}"] += 1
                return
            began = time.perf_counter()
            await socket.send(json.dumps({"type": "text_input", "data": {"text": TEXT}}))
            while (message := json.loads(await socket.recv()))["type"] != "generation_complete":
                if message["type"] == "error":
                    outcomes[message["message"]] += 1
                    return
            times.append(time.perf_counter() - began)
            outcomes[f"complete, {message['data']['total_chunks_processed']} chunks"] += 1

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    print(f"{CLIENTS} clients, limit {LIMIT}: {dict(outcomes)}")
    print(f"complete after {statistics.median(times):.2f} s p50, {max(times):.2f} s at most")


async def drop(url: str, count: int) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def client() -> None:
        async with room, connect(address(url), max_size=None) as socket:
            await socket.recv()
            await socket.send(json.dumps({"type": "text_input", "data": {"text": LONG}}))
            while json.loads(await socket.recv())["type"] != "audio_chunk":
                pass
            socket.transport.abort()

    await asyncio.gather(*(client() for _ in range(count)))


def main(rounds: int) -> None:
    with served(TTS_MAX_CONCURRENT_CONNECTIONS=LIMIT) as app:
        asyncio.run(crowd(app.url))
        asyncio.run(drop(app.url, 100))
        time.sleep(2)
        print(f"before:      {app.holdings()}")
        for number in range(1, rounds + 1):
            began = time.perf_counter()
            asyncio.run(drop(app.url, DROPS))
            dropped = time.perf_counter()
            while not app.quiet():
                time.sleep(0.01)
            quiet = time.perf_counter() - dropped
            print(
                f"{number}: {DROPS} connections dropped in mid-speech in {dropped - began:.1f} s; "
                f"nothing is spoken {quiet:.2f} s after the last"
            )
            time.sleep(12)  # until the threads that nobody needs any more have ended
            print(f"after them:  {app.holdings()}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
