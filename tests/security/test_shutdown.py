"""A server that is asked to stop leaves no client without an answer and nothing half-written.

By both signals, with a reader that takes nothing and one that does.
"""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.support.socket_client import SocketClient, address
from tests.support.started import started

pytestmark = pytest.mark.live

TEXT = "This is a sentence that is spoken for a while, as others are. " * 140
SECONDS = 8
"""It has five; Ctrl-C took ten with a reader that takes nothing."""


def _stalled_reader(url: str) -> socket.socket:
    """Ask for ten minutes of sound, and take nothing but the head of the answer."""
    host, port = str(urlsplit(url).hostname), int(urlsplit(url).port or 0)
    body = json.dumps({"model": "espeak", "input": TEXT, "voice": "en-us"}).encode()
    head = (
        f"POST /v1/audio/speech HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    reader = socket.create_connection((host, port), timeout=30)
    reader.sendall(head.encode() + body)
    assert reader.recv(12) == b"HTTP/1.1 200"
    return reader


@pytest.mark.parametrize(
    "told", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.thorough)]
)
def test_nobody_is_left_without_a_word(tmp_path: Path, told: signal.Signals) -> None:
    data = tmp_path / "data"
    with (
        started(tmp_path) as aloud,
        closing(_stalled_reader(aloud.url)),
        connect(address(aloud.url), max_size=None) as connection,
    ):
        files = {"files": ("voice.wav", b"RIFF" * 1000)}
        (upload,) = httpx.post(f"{aloud.url}gradio_api/upload", files=files).json()
        assert Path(upload).is_file()
        client = SocketClient(connection)
        client.speak(TEXT)
        client.until("audio_chunk")
        workers = psutil.Process(aloud.process.pid).children()
        assert workers
        aloud.process.send_signal(told)
        with suppress(ConnectionClosed):
            client.until("never sent")
        assert connection.close_code == 1012  # "service restart"
        assert aloud.process.wait(timeout=SECONDS) == 0
    assert not psutil.wait_procs(workers, timeout=5)[1]
    assert not Path(upload).exists()
    assert not (data / "server.json").exists()
    with closing(sqlite3.connect(data / "history.sqlite3")) as history:
        rows = history.execute("SELECT door, status FROM requests ORDER BY door").fetchall()
    assert rows == [("openai", "cancelled"), ("websocket", "cancelled")]
    assert "Traceback" not in aloud.log.read_text()
