"""Clients that begin a request and never end it."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from tests.support.live import running_app
from tests.support.scripted import SCRIPTED
from tts_core.web.app import App

pytestmark = pytest.mark.live

HEAD = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BODY = b"POST /generate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\n{"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    engines = {"scripted": SCRIPTED["scripted"]}
    with running_app(tmp_path_factory.mktemp("data"), engines, runner="inline") as app:
        yield app


def open_connection(app: App) -> socket.socket:
    url = httpx.URL(app.url)
    return socket.create_connection((url.host, url.port), timeout=30)


@pytest.mark.parametrize("sent", [b"", HEAD, BODY], ids=["nothing", "half a head", "half a body"])
def test_half_a_request_does_not_hold_a_connection(
    app: App, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr("tts_core.web.connections.HEAD_SECONDS", 0.2)
    monkeypatch.setattr("tts_core.web.connections.BODY_SECONDS", 0.2)
    with open_connection(app) as connection:
        connection.sendall(sent)
        assert connection.recv(100) == b""


def test_a_body_that_trickles_does_not_hold_a_connection(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tts_core.web.connections.BODY_SECONDS", 0.4)
    with open_connection(app) as connection:
        connection.sendall(BODY)
        connection.settimeout(0.1)
        for _ in range(98):
            with suppress(TimeoutError):
                assert connection.recv(100) == b""
                return
            with suppress(ConnectionError):
                connection.sendall(b" ")
    pytest.fail("it went on to the end")


def test_a_slow_upload_is_not_cut_off(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tts_core.web.connections.BODY_SECONDS", 0.5)
    monkeypatch.setattr("tts_core.web.connections.BODY_BYTES", 1000)
    body = json.dumps({"text": "Hello.", "voice": "one"}).encode() + b" " * 10_000

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(body), 1000):
            time.sleep(0.1)
            yield body[start : start + 1000]

    headers = {"Content-Type": "application/json"}
    assert httpx.post(f"{app.url}generate", content=pieces(), headers=headers).status_code == 200


def test_half_a_second_request_does_not_hold_one_either(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tts_core.web.connections.HEAD_SECONDS", 1.0)
    with open_connection(app) as connection:
        connection.sendall(HEAD + b"\r\n")
        assert b"healthy" in connection.recv(10_000)
        connection.sendall(HEAD)
        assert connection.recv(100) == b""


def test_an_answer_that_takes_longer_is_not_cut_off(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tts_core.web.connections.HEAD_SECONDS", 0.3)
    monkeypatch.setattr("tts_core.web.connections.BODY_SECONDS", 0.3)
    slow = json.dumps({"pieces": 4, "step_seconds": 0.2})
    values = ["Hello.", "one", "auto", "auto", 1, 1, "wav", -1, slow]
    with httpx.Client(base_url=f"{app.url}gradio_api/call/", timeout=30) as http:
        event = http.post("synthesize", json={"data": values}).json()["event_id"]
        assert "event: complete" in http.get(f"synthesize/{event}").text


def test_a_slow_reader_is_not_an_absent_one(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes some of it all the time, of an answer that it needs longer for."""
    monkeypatch.setattr("tts_core.web.connections.READER_SECONDS", 1.0)
    text = "Some words that are spoken for somebody on a slow line. " * 175
    body = json.dumps({"text": text, "voiceId": "one", "speed": 0.5}).encode()
    head = f"POST /api/tts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
    with open_connection(app) as connection:
        connection.sendall(head.encode() + b"Content-Type: application/json\r\n\r\n" + body)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(4096)
        size = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        assert size > 4_000_000  # more than all the buffers on the way
        got = len(answer.split(b"\r\n\r\n", 1)[1])
        while got < size and (piece := connection.recv(100_000)):
            got += len(piece)
            time.sleep(0.05)
        assert got == size
