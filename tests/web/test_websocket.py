"""`/ws/tts`, through real sockets."""

from __future__ import annotations

import base64
import io
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import soundfile
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.conftest import Amount
from tests.support.live import running_app
from tests.support.node import run_node
from tests.support.socket_client import Message, SocketClient, address, socket_client
from tests.support.socket_fuzz import fuzz
from tests.support.waiting import wait_until
from tts_core.engines.groq.voices import FORMER_VOICES
from tts_core.web.api.websocket.queue import MAX_WAITING
from tts_core.web.app import App

pytestmark = pytest.mark.live

CLIENTS = 6
SEED = Path(__file__).parent / "seed_clients"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("data")
    limits = {"max_concurrent_connections": CLIENTS, "buffer_seconds": 4}
    with running_app(folder, runner="inline", **limits) as app:
        yield app


@pytest.fixture
def client(app: App) -> Iterator[SocketClient]:
    with socket_client(app.url) as client:
        yield client
    wait_until(lambda: not app.service.active())


def sound(chunk: Message) -> tuple[np.ndarray[Any, Any], int]:
    return soundfile.read(io.BytesIO(base64.b64decode(chunk["data"]["audio_data"])))


def chunks(messages: list[Message]) -> list[dict[str, Any]]:
    return [m["data"] for m in messages if m["type"] == "audio_chunk"]


def test_greeting(client: SocketClient) -> None:
    assert client.greeting["type"] == "connection"
    data = client.greeting["data"]
    assert data["status"] == "ready"
    assert data["max_concurrent"] == CLIENTS
    assert data["supported_voices"][0] == "Fritz-PlayAI"
    assert {*FORMER_VOICES, "en-gb", "de"} < set(data["supported_voices"])
    assert "troy" not in data["supported_voices"]  # there is no key


def test_a_text_is_spoken_chunk_by_chunk(client: SocketClient) -> None:
    text = "The first sentence. And here is the second one."
    client.speak(text, "en-gb", speed=1.2, pitch=1.1)
    started, *spoken, complete = client.until("generation_complete")
    assert started["type"] == "generation_started"
    assert (started["data"]["total_chunks"], started["data"]["text"]) == (2, text)
    assert [m["type"] for m in spoken] == ["audio_chunk", "audio_chunk"]
    data = chunks(spoken)
    assert [d["chunk_id"] for d in data] == [1, 2]
    assert [d["total_chunks"] for d in data] == [2, 2]
    assert [d["is_final"] for d in data] == [False, True]
    assert [d["text_chunk"] for d in data] == [
        "The first sentence.",
        "And here is the second one.",
    ]
    assert [w["text"] for w in data[1]["words"]] == data[1]["text_chunk"].split()
    files = [sound(m) for m in spoken]
    assert {rate for _, rate in files} == {data[0]["sample_rate"]}
    seconds = sum(len(samples) / rate for samples, rate in files)
    told = complete["data"]
    assert seconds == pytest.approx(told["info"]["duration_seconds"], abs=1e-3)
    assert seconds == pytest.approx(data[1]["end"], abs=1e-3)
    assert told["total_chunks_processed"] == 2
    assert (told["text"], told["voice_used"]) == (text, "en-gb")
    assert 0 < told["generation_time_seconds"] < 20


def test_a_long_sentence_is_several_chunks(client: SocketClient) -> None:
    """The client takes messages of 1 MiB, as those of Python do by default."""
    text = f"{'One after another they came down the hill, ' * 10}and sat. Then all was quiet."
    client.speak(text, "en-gb", speed=0.5)
    started, *spoken, complete = client.until("generation_complete", 60)
    data = chunks(spoken)
    many = len(data)
    segments = complete["data"]["info"]["segments"]
    assert len(segments) == started["data"]["total_chunks"] < many
    assert complete["data"]["total_chunks_processed"] == many
    assert [d["chunk_id"] for d in data] == list(range(1, many + 1))
    assert [d["is_final"] for d in data] == [False] * (many - 1) + [True]
    assert data[-1]["total_chunks"] == many
    assert [d["text_chunk"] for d in data if d["text_chunk"]] == [s["text"] for s in segments]
    assert [w["text"] for d in data for w in d["words"]] == text.split()
    for before, after in pairwise(data):
        assert before["end"] <= after["start"]
        early = after["start"] - 0.02  # the first word of a sentence may begin before it
        assert all(early <= w["start"] <= after["end"] for w in after["words"])
    seconds = sum(len(samples) / rate for samples, rate in map(sound, spoken))
    assert seconds == pytest.approx(complete["data"]["info"]["duration_seconds"], abs=1e-3)


def test_another_format(client: SocketClient) -> None:
    client.speak("In another format.", "en-gb", format="flac")
    (chunk,) = chunks(client.until("generation_complete"))
    assert base64.b64decode(chunk["audio_data"]).startswith(b"fLaC")
    assert chunk["format"] == "flac"


def test_texts_are_spoken_in_their_order(client: SocketClient) -> None:
    texts = ["One.", "Two.", "Three."]
    for text in texts:
        client.speak(text, "en-gb")
    assert [client.until("generation_complete")[-1]["data"]["text"] for _ in texts] == texts


def test_as_many_texts_wait_as_may(client: SocketClient) -> None:
    client.speak("Endless.", engine="endless")
    assert client.read()["type"] == "generation_started"
    for _ in range(MAX_WAITING + 1):
        client.speak("Me too.", "en-gb")
    refusal = client.read()
    assert refusal["error_type"] == "queue_full"
    assert "cancel_generation" in refusal["message"]
    client.send("cancel_generation")
    assert client.read()["data"]["cancelled"] == MAX_WAITING + 1


def test_cancel_stops_at_once(app: App, client: SocketClient) -> None:
    client.speak("Endless.", engine="endless", pieces=1000)
    started = client.read()
    time.sleep(0.2)
    began = time.monotonic()
    client.send("cancel_generation")
    answer = client.read()
    assert answer["type"] == "generation_cancelled"
    assert answer["data"]["request_id"] == started["data"]["request_id"]
    wait_until(lambda: not app.service.active())
    assert time.monotonic() - began < 0.3
    client.speak("And on.", "en-gb")
    assert client.until("generation_complete")[-1]["data"]["text"] == "And on."


def test_cancel_without_a_generation(client: SocketClient) -> None:
    client.send("cancel_generation")
    assert client.read()["data"] == {
        "message": "Nothing was being spoken.",
        "request_id": None,
        "cancelled": 0,
    }


def test_cancelled_at_another_door(app: App, client: SocketClient) -> None:
    client.speak("Endless.", engine="endless")
    request_id = client.read()["data"]["request_id"]
    assert app.service.cancel(request_id)
    answer = client.read()
    assert (answer["type"], answer["data"]["request_id"]) == ("generation_cancelled", request_id)


def test_ping_and_status_while_speaking(client: SocketClient) -> None:
    client.send("get_status")
    status = client.read()["data"]
    assert (
        status.items()
        >= {
            "active_connections": 1,
            "max_connections": CLIENTS,
            "model_loaded": True,
            "default_voice": "Fritz-PlayAI",
            "speaking": False,
        }.items()
    )
    client.speak("Endless.", engine="endless")
    client.read()
    client.send("ping", timestamp=1234567890)
    pong = client.read(timeout=10)
    assert (pong["type"], pong["data"]["timestamp"]) == ("pong", 1234567890)
    assert pong["data"]["server_time"] == pytest.approx(time.time(), abs=5)
    client.send("get_status")
    assert client.read(timeout=10)["data"]["speaking"] is True


BAD = {
    "{": "malformed_request",
    "[]": "malformed_request",
    '{"type": "ping", "data": {"timestamp": NaN}}': "malformed_request",
    '{"type": "ping", "data": {"timestamp": 1e999}}': "malformed_request",
    '{"type": "ping", "data": [1]}': "malformed_request",
    "[" * 100_000: "malformed_request",
    '{"data": {"text": "no type"}}': "malformed_request",
    '{"type": 7}': "malformed_request",
    '{"type": "text_imput", "data": {"text": "misspelt"}}': "malformed_request",
    '{"type": "text_input"}': "malformed_request",
    '{"type": "text_input", "data": {"text": null}}': "validation_error",
    '{"type": "text_input", "data": {"text": "  "}}': "validation_error",
    '{"type": "text_input", "data": {"text": "\\ud800"}}': "validation_error",
    '{"type": "text_input", "data": {"text": "a", "voice": 3}}': "validation_error",
    '{"type": "text_input", "data": {"text": "a", "voice": "Nobody"}}': "not_found",
    '{"type": "text_input", "data": {"text": "a", "parameters": 1}}': "malformed_request",
    '{"type": "text_input", "data": {"text": "a", "parameters": {"speed": 9}}}': "validation_error",
    '{"type": "text_input", "data": {"text": "a", "parameters": {"what": 1}}}': "validation_error",
    '{"type": "text_input", "data": {"text": "a", "parameters": {"format": "a"}}}': (
        "validation_error"
    ),
    json.dumps({"type": "text_input", "data": {"text": "long " * 1801}}): "too_large",
    " " * 1_000_001: "too_large",
}


def test_what_is_wrong_is_told_and_the_connection_stays(client: SocketClient) -> None:
    for sent, kind in BAD.items():
        client.connection.send(sent)
        answer = client.read()
        assert (answer["type"], answer["error_type"]) == ("error", kind), sent[:80]
        assert len(answer["message"]) > 10
    client.connection.send(b"\x00\xff")
    assert "text frames" in client.read()["message"]
    client.speak("x" * 9001)
    assert "9,001 characters; the limit is 9,000" in client.read()["message"]
    client.speak("Still here.", "en-gb")
    assert client.read()["type"] == "generation_started"


def test_an_engine_that_fails(client: SocketClient) -> None:
    client.speak("Good. Bad.", engine="scripted", fail="No.")
    *_, error = client.until("error")
    assert (
        error.items()
        >= {
            "error_type": "generation_error",
            "chunk_id": 1,
            "total_chunks": 2,
            "text_chunk": "Good.",
        }.items()
    )
    client.speak("Still here.", "en-gb")
    client.until("generation_complete")


def test_one_client_too_many(app: App) -> None:
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            stack.enter_context(socket_client(app.url))
        with connect(address(app.url)) as connection:
            refusal = json.loads(connection.recv(5))
            assert refusal["type"] == "error"
            assert refusal["error_type"] == "server_busy"
            assert refusal["data"] == {
                "type": "server_busy",
                "message": refusal["message"],
                "max_concurrent": CLIENTS,
            }
            with pytest.raises(ConnectionClosed) as closed:
                connection.recv(5)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1013
    with socket_client(app.url) as client:  # there is room again
        assert client.greeting["type"] == "connection"


def test_a_dropped_socket_stops_the_engine(app: App, client: SocketClient) -> None:
    with socket_client(app.url) as other:
        other.speak("Endless.", engine="endless")
        other.read()
        assert app.service.active()
        other.connection.socket.close()
        assert wait_until(lambda: not app.service.active()) < 0.3
    assert app.service.report.history(1)["request_history"][0]["status"] == "cancelled"


def test_who_leaves_with_the_last_chunk_was_served(app: App) -> None:
    for _ in range(5):
        with socket_client(app.url) as client:
            client.speak("That is all.", "en-gb")
            client.until("audio_chunk")
        wait_until(lambda: not app.service.active())
        assert app.service.report.history(1)["request_history"][0]["status"] == "completed"


@pytest.mark.thorough
def test_a_slow_reader_holds_the_engine_back(app: App, client: SocketClient) -> None:
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    narrow.connect(("127.0.0.1", urlsplit(app.url).port))
    with connect(address(app.url), sock=narrow, max_queue=1, max_size=None) as connection:
        slow = SocketClient(connection)
        slow.speak("A sentence that is spoken for about three seconds. " * 170, "en-gb")
        assert slow.read()["type"] == "generation_started"
        (record,) = app.service.active()
        held = -1
        while held < record.current_chunk:  # until the buffers of both ends are full
            held = record.current_chunk
            time.sleep(0.7)
        assert held < 100
        client.speak("Others are served.", "en-gb")
        client.until("generation_complete")
        assert record.current_chunk == held
        assert len(chunks(slow.until("generation_complete"))) == 170


def test_the_default_voice_suits_the_text(client: SocketClient) -> None:
    for text, voice in (
        ("A text without a voice.", "en-us"),
        ("Ein Text ohne Stimme, der deutsch ist.", "de"),
    ):
        client.speak(text)
        data = client.until("generation_complete")[0]["data"]
        assert (data["voice"], data["fallback"]) == (voice, None)


def test_the_documents_python_client(app: App, tmp_path: Path) -> None:
    program = tmp_path / "client.py"
    program.write_text(_seed_client("client.py.txt", app), encoding="utf-8")
    command = [sys.executable, str(program)]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Saved chunk 1/2", "Saved chunk 2/2"]
    assert all(soundfile.info(tmp_path / f"chunk_{i}.wav").duration > 0.5 for i in (1, 2))


def test_the_documents_javascript_client(app: App, tmp_path: Path) -> None:
    program = tmp_path / "client.js"
    program.write_text(_seed_client("client.js.txt", app), encoding="utf-8")
    done = run_node(program, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "Connected to TTS service"
    # It prints a message that it does not know, if that comes before it has closed.
    assert [line for line in lines if line.startswith(("Saved chunk", "All chunks"))] == [
        "Saved chunk 1/2",
        "Saved chunk 2/2",
        "All chunks received!",
    ]
    assert all(soundfile.info(tmp_path / f"chunk_{i}.wav").duration > 0.5 for i in (1, 2))


def _seed_client(name: str, app: App) -> str:
    source = (SEED / name).read_text(encoding="utf-8")
    assert source.count("localhost:8000") == 1
    return source.replace("localhost:8000", app.url.split("/")[2])


def test_fuzz(app: App, amount: Amount) -> None:
    messages = amount(300, 3000)
    told = fuzz(app.url, messages=messages, seed=7)
    assert told.answered == messages
    assert not told.unanswered
    wait_until(lambda: not app.service.active())
