"""Bodies of requests: as large as their route needs, whatever they announce."""

from __future__ import annotations

import base64
import json
import os
import socket
from collections.abc import Iterator

import httpx
import pytest

from tests.support.live import running_app
from tests.support.scripted import SCRIPTED
from tts_core.settings import DEFAULT_MAX_TEXT_LENGTH
from tts_core.web.app import App
from tts_core.web.bodies import MAX_BODY_BYTES, body_bytes

pytestmark = pytest.mark.live

WITH_JSON = (
    "gradio_api/queue/join",
    "gradio_api/call/synthesize",
    "gradio_api/call/v2/synthesize",
    "gradio_api/run/delete_voice",
    "gradio_api/cancel",
    "gradio_api/reset",
    "generate",
    "api/tts",
    "v1/audio/speech",
)
"""Routes whose bodies hold no recording."""
WITH_RECORDINGS = ("gradio_api/mcp/", "api/train-voice")
HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    engines = {"scripted": SCRIPTED["scripted"]}
    with running_app(tmp_path_factory.mktemp("data"), engines, runner="inline") as app:
        yield app


@pytest.fixture(scope="module")
def http(app: App) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, headers=HEADERS, timeout=30) as client:
        yield client


def values(size: int) -> bytes:
    """A JSON object of about `size` bytes, which takes 50 times as much once it is read."""
    return b'{"data":[' + b"[]," * (size // 3) + b"[]]}"


def in_chunks(body: bytes) -> Iterator[bytes]:
    """Without a Content-Length."""
    yield from (body[i : i + 65_536] for i in range(0, len(body), 65_536))


@pytest.mark.parametrize("path", WITH_JSON)
def test_a_body_of_json_does_not_exceed_a_megabyte(http: httpx.Client, path: str) -> None:
    body = values(MAX_BODY_BYTES + 10)
    for content in (body, in_chunks(body)):
        answer = http.post(path, content=content)
        assert answer.status_code == 413, answer.text
        assert "1 MB" in answer.text


@pytest.mark.parametrize("path", WITH_RECORDINGS)
def test_a_body_with_a_recording_does_not_hold_millions_of_values(
    http: httpx.Client, path: str
) -> None:
    body = values(3 * MAX_BODY_BYTES + 30)
    for content in (body, in_chunks(body)):
        answer = http.post(path, content=content)
        assert answer.status_code == 413, answer.text
        assert "values" in answer.text


def test_a_recording_fits(app: App) -> None:
    recording = base64.b64encode(os.urandom(3 * MAX_BODY_BYTES)).decode()
    body = {"modelName": "Anna", "audioDataUri": f"data:audio/wav;base64,{recording}"}
    answer = httpx.post(f"{app.url}api/train-voice", json=body, timeout=30)
    assert answer.status_code == 415, answer.text  # it is none, and was looked at
    files = {"files": ("clip.wav", os.urandom(3 * MAX_BODY_BYTES))}
    assert httpx.post(f"{app.url}gradio_api/upload", files=files, timeout=30).status_code == 200


def test_more_than_is_announced_is_not_read(app: App) -> None:
    port = httpx.URL(app.url).port
    assert port is not None
    head = (
        "POST /gradio_api/queue/join HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/json\r\nContent-Length: 20\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), 20) as client:
        client.sendall(head.encode() + values(60_000))
        answers = b""
        while piece := client.recv(65_536):
            answers += piece
    assert answers.startswith(b"HTTP/1.1 4")
    assert b" 200 " not in answers


@pytest.mark.parametrize("path", ["generate", "gradio_api/call/synthesize", "v1/audio/speech"])
def test_the_longest_text_fits_however_it_is_written(http: httpx.Client, path: str) -> None:
    text = "\N{MATHEMATICAL BOLD SMALL A}" * DEFAULT_MAX_TEXT_LENGTH
    bodies = {
        "generate": {"text": text, "voice": "no such voice"},
        "gradio_api/call/synthesize": {"data": [text, "", "", "", 1, 1, "wav", -1, "{}"]},
        "v1/audio/speech": {"model": "tts-1", "input": text, "voice": "no such voice"},
    }
    escaped = json.dumps(bodies[path])
    assert len(escaped) > 12 * DEFAULT_MAX_TEXT_LENGTH
    answer = http.post(path, content=escaped)
    assert answer.status_code in (200, 404) or "no such voice" in answer.text


def test_longer_texts_have_longer_bodies() -> None:
    assert body_bytes(DEFAULT_MAX_TEXT_LENGTH) == MAX_BODY_BYTES
    assert body_bytes(1_000_000) > 12 * 1_000_000
