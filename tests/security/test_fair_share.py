"""One client cannot shut the others out."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.engines import context
from tests.support.jobs import audio_length
from tests.support.live import running_app
from tests.support.scripted import SAMPLES_PER_CHARACTER, SCRIPTED
from tests.support.socket_client import SocketClient, address
from tts_core.engines.runner import InlineRunner
from tts_core.errors import QueueFullError
from tts_core.stats.live import Status
from tts_core.synthesis import scheduler
from tts_core.synthesis.job import Job
from tts_core.synthesis.scheduler import Scheduler
from tts_core.types import Caller, Utterance
from tts_core.web import connections
from tts_core.web.api.projects.turns import long_work
from tts_core.web.api.websocket import routes as websocket
from tts_core.web.app import App
from tts_core.web.ui.studio.exports import MOST_WAITING, Exports

LONG = "A sentence of which nobody reads the sound. " * 2_000
LOOPBACK = "address:127.0.0.1"


# The queue.


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scheduler]:
    """Of eight places, with buffers of a tenth of a second."""
    monkeypatch.setattr(scheduler, "PATIENCE_SECONDS", 0.1)
    queue = Scheduler(
        lambda _: InlineRunner(SCRIPTED["scripted"], context()), queue_limit=8, buffer_seconds=0.1
    )
    yield queue
    queue.close()


def submit(queue: Scheduler, client: str, segments: int = 3) -> Job:
    return queue.submit("scripted", [Utterance("x" * 20, "one", "en")] * segments, client)


def stalled(queue: Scheduler, client: str, count: int) -> list[Job]:
    """Requests whose reader has taken nothing for long enough."""
    jobs = [submit(queue, client) for _ in range(count)]
    wait_for(lambda: all(job.unused_seconds > 0.1 for job in jobs))
    return jobs


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


def test_one_client_does_not_fill_the_queue(queue: Scheduler) -> None:
    greedy = [submit(queue, "key:greedy") for _ in range(6)]
    with pytest.raises(QueueFullError, match=r"your requests .*2 places are for others"):
        submit(queue, "key:greedy")
    assert audio_length(submit(queue, "key:other")) == 60 * SAMPLES_PER_CHARACTER
    assert [audio_length(job) for job in greedy] == [60 * SAMPLES_PER_CHARACTER] * 6


@pytest.mark.parametrize("client", ["", LOOPBACK])
def test_a_single_user_is_not_shut_out_by_a_share(queue: Scheduler, client: str) -> None:
    jobs = [submit(queue, client) for _ in range(8)]
    with pytest.raises(QueueFullError, match="queue is full: 8"):
        submit(queue, client)
    assert [audio_length(job) for job in jobs] == [60 * SAMPLES_PER_CHARACTER] * 8


def test_readers_that_do_not_read_give_way(queue: Scheduler) -> None:
    jobs = stalled(queue, LOOPBACK, 8)
    assert audio_length(submit(queue, LOOPBACK)) == 60 * SAMPLES_PER_CHARACTER
    with pytest.raises(QueueFullError, match="make room for another"):
        audio_length(jobs[0])
    assert [audio_length(job) for job in jobs[1:]] == [60 * SAMPLES_PER_CHARACTER] * 7


def test_a_listener_on_pause_does_not_pay_for_others(queue: Scheduler) -> None:
    paused = stalled(queue, "key:listener", 2)
    stalled(queue, "key:greedy", 6)
    for _ in range(3):
        assert audio_length(submit(queue, "key:third")) == 60 * SAMPLES_PER_CHARACTER
    assert [audio_length(job) for job in paused] == [60 * SAMPLES_PER_CHARACTER] * 2


def test_requests_that_are_read_do_not_give_way(queue: Scheduler) -> None:
    """However many there are: the next one is refused."""
    jobs = [submit(queue, LOOPBACK, segments=500) for _ in range(8)]
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            for job in jobs:
                job.inbox.get(10)
            time.sleep(0.01)

    reader = threading.Thread(target=read)
    reader.start()
    time.sleep(0.3)
    with pytest.raises(QueueFullError, match="queue is full: 8"):
        submit(queue, "key:other")
    over.set()
    reader.join()


# The server, with two clients.


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    limits = {
        "queue_limit": 8,
        "max_concurrent_connections": 4,
        "max_text_length": len(LONG),
        "buffer_seconds": 1,
    }
    folder = tmp_path_factory.mktemp("data")
    keys = {"api_keys": "greedy,other"}
    with running_app(folder, SCRIPTED, runner="inline", **limits, **keys) as app:
        yield app


def speaking(app: App) -> int:
    """How many requests have a place in the queue."""
    return sum(record.status is Status.GENERATING_AUDIO for record in app.service.active())


def body(text: str) -> dict[str, str]:
    return {"input": text, "voice": "one", "model": "scripted", "response_format": "pcm"}


def speak(app: App, key: str) -> httpx.Response:
    headers = {"X-API-Key": key}
    return httpx.post(f"{app.url}v1/audio/speech", json=body("Hello."), headers=headers)


def narrow_socket(app: App) -> socket.socket:
    """A connection that takes little before somebody reads."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", urlsplit(app.url).port))
    return narrow


def unread_request(app: App, key: str) -> socket.socket:
    content = json.dumps(body(LONG)).encode()
    head = (
        f"POST /v1/audio/speech HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    connection = narrow_socket(app)
    connection.sendall(head.encode() + content)
    return connection


@pytest.mark.live
def test_a_client_that_reads_nothing_does_not_shut_out_another(app: App) -> None:
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(unread_request(app, "greedy"))
        wait_for(lambda: speaking(app) == 6)
        assert speak(app, "greedy").status_code == 503
        assert speak(app, "other").status_code == 200
    wait_for(lambda: not app.service.active())


@pytest.mark.live
def test_what_gives_way_is_ended_and_noted(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "PATIENCE_SECONDS", 0.3)
    with ExitStack() as stack:
        for _ in range(6):
            stack.enter_context(unread_request(app, "greedy"))
        wait_for(lambda: speaking(app) == 6)
        wait_for(lambda: speak(app, "greedy").status_code == 200)
        assert speaking(app) == 5
        rows = app.service.report.history(10)["request_history"]
        ended = [row["status"] for row in rows if "make room for another" in str(row.get("error"))]
        assert ended == ["error"]
    wait_for(lambda: not app.service.active())


@pytest.mark.live
def test_a_stream_of_which_nothing_is_read_is_ended(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "READER_SECONDS", 0.5)
    with unread_request(app, "greedy"):
        wait_for(lambda: bool(app.service.active()))
        wait_for(lambda: not app.service.active())


# The WebSocket.


def connected(app: App, key: str, sock: socket.socket | None = None) -> ClientConnection:
    place = f"{address(app.url)}?api_key={key}"
    return connect(
        place, max_size=None, max_queue=1, compression=None, sock=sock, close_timeout=0.1
    )


def greeting(connection: ClientConnection) -> str:
    kind = json.loads(connection.recv(10))
    return str(kind.get("error_type", kind["type"]))


@pytest.mark.live
def test_silent_sockets_of_one_client_do_not_shut_out_another(app: App) -> None:
    with ExitStack() as stack:
        for _ in range(3):
            assert greeting(stack.enter_context(connected(app, "greedy"))) == "connection"
        assert greeting(stack.enter_context(connected(app, "greedy"))) == "server_busy"
        assert greeting(stack.enter_context(connected(app, "other"))) == "connection"


@pytest.mark.live
def test_silent_sockets_give_way_and_those_that_speak_do_not(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "SILENT_SECONDS", 0.3)
    with ExitStack() as stack:
        speaking = SocketClient(stack.enter_context(connected(app, "greedy")))
        speaking.speak("Endless.", engine="endless")
        assert speaking.read()["type"] == "generation_started"
        waiting = SocketClient(stack.enter_context(connected(app, "greedy")))
        waiting.send("text_delta", text="never finished")
        waiting.send("ping")
        assert waiting.read()["type"] == "pong"
        stack.enter_context(connected(app, "greedy"))
        time.sleep(0.5)
        assert greeting(stack.enter_context(connected(app, "greedy"))) == "connection"
        with pytest.raises(ConnectionClosed) as closed:
            waiting.connection.recv(10)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013
        speaking.send("ping")
        assert speaking.read()["type"] == "pong"


@pytest.mark.live
def test_a_socket_of_which_nothing_is_read_is_ended(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "READER_SECONDS", 0.5)
    wait_for(lambda: not app.service.active())
    with connected(app, "other", narrow_socket(app)) as connection:
        client = SocketClient(connection)
        client.speak(LONG, engine="scripted")
        wait_for(lambda: bool(app.service.active()))
        wait_for(lambda: not app.service.active())


# Files of projects.


def test_one_client_does_not_have_all_files_of_projects_made(tmp_path: Path) -> None:
    exports = Exports()
    go_on = threading.Event()

    def make(_: object) -> Path:
        go_on.wait(20)
        return tmp_path

    try:
        for number in range(MOST_WAITING * 3 // 4):
            exports.begin(f"project{number}", make, "address:10.0.0.1")
        with pytest.raises(QueueFullError, match="15 of them for you"):
            exports.begin("another", make, "address:10.0.0.1")
        for number in range(MOST_WAITING // 4):
            exports.begin(f"other{number}", make, "address:10.0.0.2")
        with pytest.raises(QueueFullError, match="20 files are being made"):
            exports.begin("one more", make, "address:10.0.0.3")
    finally:
        go_on.set()
        exports._pool.shutdown()


def test_one_client_does_not_have_all_threads_that_read_documents() -> None:
    go_on = threading.Event()

    async def main() -> str:
        async with anyio.create_task_group() as group:
            try:
                for _ in range(6):
                    group.start_soon(long_work, Caller("address:10.0.0.1"), lambda: go_on.wait(60))
                await anyio.wait_all_tasks_blocked()
                with anyio.fail_after(20):
                    return await long_work(Caller("address:10.0.0.2"), lambda: "read")
            finally:
                go_on.set()

    assert anyio.run(main) == "read"
