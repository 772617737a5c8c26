"""Everything that a stranger should not be able to do, at once, against a server of its own.

    python -m tests.benchmarks.hostile [--seconds 300] [--attackers 8] [--seed 1]

Each attacker, a thread of another process, does one of `ATTACKS` after another, in any order.
Beside them somebody asks `/health` ten times a second, and somebody else has a sentence spoken
every two seconds. Printed are the latency of `/health`, what became of the sentences, the answers
to each attack by status, the server's resident memory at the start, at its peak and once unread
results have been given up, and how many answers were 5xx. 503 is one of ours: too much at once.
Wanted: no other 5xx, `/health` within 200 ms, no sentence unspoken but for 503, and memory that is
back at the end.

The process that asks `/health` does nothing else, and notes how much later than it wanted it was
woken each time: so late is the machine itself, whatever the server does. The largest latencies are
printed with the lateness before and after them.

Made-up messages and requests are in `socket_fuzz.py` and `api_fuzz.py`.
"""

from __future__ import annotations

import argparse
import base64
import json
import multiprocessing
import os
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from urllib.parse import urlsplit

import httpx
import numpy as np
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from tests.support.served import Served, served
from tests.support.socket_client import address

LONG = ("Nobody is going to listen to a word of this. " * 220)[:9_800]
MARKS = "\u0316\u0301" * 40_000
"""Unicode normalization takes time by the square of them."""
EVIL = "https://evil.example"
INSIDE = ("http://100.100.100.200/latest", "http://168.63.129.16/", "http://127.0.0.1:1/")
"""Addresses that are not to be fetched for anybody."""
SETTLE_SECONDS = 90
"""Unread results are given up after a minute; what they held is returned once it is quiet."""
STALL_SECONDS = 5.0
"""How long an attacker holds what it does not read."""
_EMPTY_CHUNKS = b"RIFF\xff\xff\xff\x7fWAVE" + struct.pack("<4sI", b"junk", 0) * 1_000_000


@dataclass
class Attacker:
    """A hostile client. `answers`: statuses by attack, shared by all attackers."""

    url: str
    chance: random.Random
    answers: Counter[tuple[str, int | str]]
    over: threading.Event
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))
    doing: str = ""

    def run(self) -> None:
        """Attack until it is over."""
        while not self.over.is_set():
            attack = self.chance.choice(ATTACKS)
            self.doing = attack.__name__
            try:
                attack(self)
            except (httpx.HTTPError, WebSocketException, OSError) as error:
                self.count(type(error).__name__)

    def count(self, answer: int | str) -> None:
        self.answers[self.doing, answer] += 1

    def send(self, method: str, path: str, **options: object) -> httpx.Response:
        answer = self.client.request(method, self.url + path, **options)  # type: ignore[arg-type]
        self.count(answer.status_code)
        return answer

    def connection(self) -> socket.socket:
        """A plain one, which takes little before it is read."""
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.settimeout(20)
        narrow.connect(("127.0.0.1", urlsplit(self.url).port))
        return narrow

    def hold(self) -> None:
        self.over.wait(STALL_SECONDS)


def fetch_for_me(me: Attacker) -> None:  # 1
    place = me.chance.choice(INSIDE)
    me.send("GET", f"gradio_api/file={place}")
    file = {"path": place, "url": place, "meta": {"_type": "gradio.FileData"}}
    me.send("POST", "gradio_api/call/clone_voice", json={"data": [file, "n", "auto", True]})


def run_ffmpeg(me: Attacker) -> None:  # 2
    video = b"ffconcat version 1.0\nfile sub/other.wav\n"
    me.send("POST", "gradio_api/process_recording", files={"video": ("bomb.mp4", video)})


def read_no_result(me: Attacker) -> None:  # 3
    data = [LONG, "default", "auto", "auto", 0.25, 1, "wav", -1, "{}"]
    me.send("POST", "gradio_api/call/stream", json={"data": data})
    me.send("POST", "gradio_api/call/list_voices", json={"data": [""]})


def normalize_names(me: Attacker) -> None:  # 4
    sound = "data:audio/wav;base64,UklGRg=="
    path, body = me.chance.choice(
        [
            ("generate", {"text": "x", "voice": MARKS}),
            ("v1/audio/speech", {"input": "x", "voice": MARKS, "model": "tts-1"}),
            ("gradio_api/run/delete_voice", {"data": [MARKS]}),
            ("api/train-voice", {"modelName": MARKS, "audioDataUri": sound}),
        ]
    )
    me.send("POST", path, json=body)


def normalize_a_socket(me: Attacker) -> None:  # 4
    with connect(address(me.url), max_size=None) as connection:
        connection.recv(20)
        connection.send(json.dumps({"type": "text_input", "data": {"text": "x", "voice": MARKS}}))
        me.count(str(json.loads(connection.recv(60))["type"]))


def send_large_json(me: Attacker) -> None:  # 5
    unit = me.chance.choice(["[]", '{"a":1}'])
    body = '{"session_hash":"a","fn_index":0,"data":[' + ",".join([unit] * (20_000_000 // 8)) + "]}"
    headers = {"Content-Type": "application/json"}
    me.send("POST", "gradio_api/queue/join", content=body.encode(), headers=headers)


def clear_from_elsewhere(me: Attacker) -> None:  # 6
    foreign = me.chance.choice([{"Origin": EVIL}, {"Host": "evil.example", "Origin": EVIL}])
    me.send("POST", "status/history/clear?confirm=true", headers=foreign)
    me.send("POST", "gradio_api/upload", headers=foreign, files={"files": ("a.wav", b"RIFF")})


def read_no_sound(me: Attacker) -> None:  # 7
    body = json.dumps({"input": LONG, "voice": "alloy", "model": "tts-1"}).encode()
    head = (
        f"POST /v1/audio/speech HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/json\r\n\r\n"
    )
    with ExitStack() as stack:
        for _ in range(16):
            stack.enter_context(connection := me.connection())
            connection.sendall(head.encode() + body)
        me.hold()
        me.count("held")


def say_nothing(me: Attacker) -> None:  # 7
    with ExitStack() as stack:
        for _ in range(10):
            connection = stack.enter_context(connect(address(me.url), close_timeout=1))
            me.count(str(json.loads(connection.recv(20))["type"]))
        me.hold()


def break_off_an_upload(me: Attacker) -> None:  # 9
    head = (
        "POST /gradio_api/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 30000000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
        'Content-Disposition: form-data; name="files"; filename="a.wav"\r\n\r\n'
    )
    with me.connection() as connection:
        connection.sendall(head.encode() + bytes(3_000_000))
    me.count("broken off")


def forge_log_lines(me: Attacker) -> None:  # 15
    line = 'x\n{"level":"INFO","forged":true}\n'
    me.send("POST", "gradio_api/call/synthesize", json={"data": [line]})
    me.send("GET", "gradio_api/custom_component/a%0AERROR%20FORGED/client/x/y")


def send_half_a_head(me: Attacker) -> None:  # 24
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(connection := me.connection())
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        me.hold()
        me.count("held")


def clone_empty_chunks(me: Attacker) -> None:  # 25
    sound = "data:audio/wav;base64," + base64.b64encode(_EMPTY_CHUNKS).decode()
    me.send("POST", "api/train-voice", json={"modelName": "n", "audioDataUri": sound})


def ask_for_what_is_not_there(me: Attacker) -> None:  # 27, and routes nobody needs
    for path in ("?page=x", "gradio_api/vibe-edit", "gradio_api/monitoring", "proxy=http://a/"):
        me.send("GET", path, headers={"Accept": "text/html"})
    me.send("POST", "gradio_api/call/v2/nosuch", json={"text": "x"})
    me.send("POST", "gradio_api/component_server", json={"data": []})


ATTACKS: tuple[Callable[[Attacker], None], ...] = (
    fetch_for_me,
    run_ffmpeg,
    read_no_result,
    normalize_names,
    normalize_a_socket,
    send_large_json,
    clear_from_elsewhere,
    read_no_sound,
    say_nothing,
    break_off_an_upload,
    forge_log_lines,
    send_half_a_head,
    clone_empty_chunks,
    ask_for_what_is_not_there,
)


@dataclass
class Watch:
    """What others notice meanwhile."""

    app: Served
    over: threading.Event
    spoken: Counter[int | str] = field(default_factory=Counter)
    peak: float = 0.0
    """MB."""

    def speak(self) -> None:
        body = {"input": "A sentence for an honest caller.", "voice": "alloy", "model": "tts-1"}
        while not self.over.wait(2):
            try:
                status: int | str = httpx.post(
                    f"{self.app.url}v1/audio/speech", json=body, timeout=120
                ).status_code
            except httpx.HTTPError as error:
                status = type(error).__name__
            self.spoken[status] += 1

    def weigh(self) -> None:
        while not self.over.wait(0.25):
            self.peak = max(self.peak, self.app.holdings().app_megabytes)


@dataclass
class Health:
    """What a client that polls `/health` measures. All times in seconds."""

    latencies: list[float] = field(default_factory=list)
    when: list[float] = field(default_factory=list)
    """Since the beginning."""
    late: list[float] = field(default_factory=list)
    """How much too late the asker was woken before each of them."""
    unhealthy: Counter[int | str] = field(default_factory=Counter)

    def __str__(self) -> str:
        worst = sorted(range(len(self.latencies)), key=self.latencies.__getitem__)[-5:]
        after = [*self.late[1:], 0.0]
        return (
            f"/health, {len(self.latencies)} times: {_quantiles(self.latencies)}; "
            f"not 200: {dict(self.unhealthy)}\n"
            f"the asker woke too late by: {_quantiles(self.late)}\n"
            "slowest answers, ms (when, s; how late the asker was before and after, ms): "
            + ", ".join(
                f"{1000 * self.latencies[n]:.0f} ({self.when[n]:.0f}; "
                f"{1000 * self.late[n]:.0f}, {1000 * after[n]:.0f})"
                for n in reversed(worst)
            )
        )


def _quantiles(seconds: list[float]) -> str:
    p50, p95 = np.percentile(seconds, (50, 95)) * 1000
    return f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, max {max(seconds) * 1000:.0f} ms"


def _ask(url: str, over: Event, answers: multiprocessing.SimpleQueue[Health]) -> None:
    health = Health()
    start = time.perf_counter()
    with httpx.Client(timeout=120) as client:
        while not over.is_set():
            began = time.perf_counter()
            time.sleep(0.1)
            woken = time.perf_counter()
            health.when.append(woken - start)
            health.late.append(woken - began - 0.1)
            try:
                status: int | str = client.get(f"{url}health").status_code
            except httpx.HTTPError as error:
                status = type(error).__name__
            health.latencies.append(time.perf_counter() - woken)
            if status != 200:
                health.unhealthy[status] += 1
    answers.put(health)


def _gang(
    url: str,
    seconds: float,
    attackers: int,
    seed: int,
    answers: multiprocessing.SimpleQueue[Counter[tuple[str, int | str]]],
) -> None:
    """Attack in a process of its own, so that what it costs to attack is not measured as latency,
    and behind the server, since strangers bring processors of their own."""
    os.nice(19)
    over = threading.Event()
    counted: Counter[tuple[str, int | str]] = Counter()
    gang = [
        threading.Thread(target=Attacker(url, random.Random(seed + n), counted, over).run)
        for n in range(attackers)
    ]
    for thread in gang:
        thread.start()
    over.wait(seconds)
    over.set()
    for thread in gang:
        thread.join()
    answers.put(counted)


def attack(
    app: Served, seconds: float, attackers: int, seed: int
) -> Counter[tuple[str, int | str]]:
    """Do the attacks for so long, and print what others noticed."""
    over = threading.Event()
    watch = Watch(app, over)
    watchers = [threading.Thread(target=do) for do in (watch.speak, watch.weigh)]
    spawn = multiprocessing.get_context("spawn")
    asked: multiprocessing.SimpleQueue[Health] = spawn.SimpleQueue()
    all_over = spawn.Event()
    asker = spawn.Process(target=_ask, args=(app.url, all_over, asked))
    asker.start()
    queue: multiprocessing.SimpleQueue[Counter[tuple[str, int | str]]] = spawn.SimpleQueue()
    gang = spawn.Process(target=_gang, args=(app.url, seconds, attackers, seed, queue))
    gang.start()
    for thread in watchers:
        thread.start()
    answers = queue.get()
    gang.join()
    over.set()
    all_over.set()
    print(asked.get())
    asker.join()
    for thread in watchers:
        thread.join()
    print(f"sentences by status: {dict(watch.spoken)}")
    print(f"peak: {watch.peak:.0f} MB")
    return answers


def settle(app: Served) -> None:
    until = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < until:
        with suppress(httpx.HTTPError):
            app.quiet()
        time.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(description="Attack an Aloud of its own.")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--attackers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with served(TTS_LOG_LEVEL="ERROR") as app:
        print(f"start: {app.holdings()}; load {os.getloadavg()[0]:.1f}")
        answers = attack(app, given.seconds, given.attackers, given.seed)
        print(f"load {os.getloadavg()[0]:.1f}")
        settle(app)
        print(f"end:   {app.holdings()}; still speaking: {not app.quiet()}")
    for (name, status), count in sorted(answers.items(), key=str):
        print(f"  {name:26} {status!s:18} {count:6}")
    errors = {(n, s): c for (n, s), c in answers.items() if isinstance(s, int) and s >= 500}
    ours = sum(count for (_, status), count in errors.items() if status == 503)
    print(f"{sum(answers.values())} attacks: {sum(errors.values()) - ours} 5xx, and {ours} of 503")


if __name__ == "__main__":
    main()
