"""The file API: speech generated, downloaded in parts, deleted, expired; and its limits."""

from __future__ import annotations

import io
import os
import re
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import soundfile

from tts_core.web.api.files import VOICES
from tts_core.web.app import App

pytestmark = pytest.mark.live

LONG = "Nobody was listening, or so he thought, while the evening went on and on. " * 60


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, timeout=60) as client:
        yield client


def generate(client: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = client.post("/generate", json={"text": "Hello world!"} | body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_made_fetched_and_deleted(client: httpx.Client) -> None:
    made = generate(client, voice="en-gb")
    assert made["status"] == "success"
    assert made["fallback"] is None
    answer = client.get(made["download_url"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="tts_{made["file_id"]}.wav"'
    )
    sound, rate = soundfile.read(io.BytesIO(answer.content))
    assert len(sound) / rate == pytest.approx(made["duration_seconds"], abs=0.001)
    assert abs(sound).max() > 0.05
    cleaned = client.post(f"/cleanup/{made['file_id']}")
    assert cleaned.status_code == 200
    assert cleaned.json() == {"status": "cleanup_scheduled"}
    gone = client.get(made["download_url"])
    assert gone.status_code == 404
    assert gone.json() == {"detail": "File not found"}


def test_a_file_in_parts(client: httpx.Client) -> None:
    url = generate(client, voice="en-gb")["download_url"]
    whole = client.get(url).content
    head = client.head(url)
    assert head.status_code == 200
    assert int(head.headers["content-length"]) == len(whole)
    assert head.headers["accept-ranges"] == "bytes"
    assert not head.content
    part = client.get(url, headers={"Range": "bytes=44-1043"})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 44-1043/{len(whole)}"
    assert part.content == whole[44:1044]
    assert client.get(url, headers={"Range": "bytes=99999999-"}).status_code == 416


def test_ids_tell_nothing(app: App, client: httpx.Client) -> None:
    made = generate(client)
    assert uuid.UUID(made["file_id"]).version == 4
    history = client.get("/status/history").text
    assert made["file_id"] not in history
    (request_id, *_) = re.findall(r'"request_id":\s*"(\w+)"', history)
    assert client.get(f"/download/{request_id}").status_code == 404


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "file_id",
    [
        "x",
        "%2e%2e",
        "%2e%2e%2fhistory.sqlite3",
        "e3219429-646e-4794-b603-0e2a1f5f4e66",
        "a" * 5000,
        "%00",
    ],
)
def test_other_ids(client: httpx.Client, file_id: str) -> None:
    assert client.get(f"/download/{file_id}").status_code == 404
    assert client.post(f"/cleanup/{file_id}").status_code in (200, 404)


def test_files_expire(app: App, client: httpx.Client) -> None:
    old, new = generate(client), generate(client)
    path = app.settings.outputs_path / "files" / f"{old['file_id']}.wav"
    day = time.time() - app.settings.keep_outputs_hours * 3600 - 1
    os.utime(path, (day, day))
    app.service._outputs.sweep()
    assert client.get(old["download_url"]).status_code == 404
    assert client.get(new["download_url"]).status_code == 200


@pytest.mark.parametrize("voice", VOICES)
def test_pockets_voices_are_taken_without_its_weights(client: httpx.Client, voice: str) -> None:
    made = generate(client, voice=voice)
    assert made["duration_seconds"] > 0.3
    assert made["fallback"]["from"] == voice
    assert made["fallback"]["to"].startswith("en-us")
    assert "instead" in made["fallback"]["reason"]


def test_its_parameters_are_for_engines_that_have_them(client: httpx.Client) -> None:
    assert generate(client, temperature=0.7, decode_steps=4)["status"] == "success"


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"text": ""}, 400, "text is empty"),
        ({"text": "x" * 10_001}, 413, "limit is 10,000"),
        ({"text": None}, 422, "text: "),
        ({"temperature": 0}, 400, "temperature: .*greater than 0"),
        ({"temperature": 2.01}, 400, "temperature: .*2"),
        ({"temperature": "hot"}, 422, "temperature: "),
        ({"decode_steps": 0}, 400, "decode_steps: "),
        ({"decode_steps": 33}, 400, "decode_steps: .*32"),
        ({"decode_steps": 1.5}, 422, "decode_steps: "),
        ({"voice": "nobody"}, 404, "no voice 'nobody'"),
        ({"voice": "my_voice.wav"}, 404, "not found.*api/train-voice"),
        ({"voice": "/etc/passwd"}, 404, "no voice"),
        ({"voice": "../voice.txt"}, 400, r"Invalid audio format: \.txt"),
        ({"voice": "https://example.com/a.wav"}, 400, "TTS_ALLOW_VOICE_URLS"),
    ],
    ids=str,
)
def test_bad_requests(client: httpx.Client, change: dict, status: int, words: str) -> None:
    answer = client.post("/generate", json={"text": "Hello."} | change)
    assert answer.status_code == status, answer.text
    assert answer.json().keys() == {"detail"}
    assert re.search(words, answer.json()["detail"]), answer.text


def test_who_leaves_stops_the_engine(app: App, client: httpx.Client) -> None:
    with pytest.raises(httpx.ReadTimeout):  # the engine would take a minute
        client.post("/generate", json={"text": LONG, "voice": "slow-en"}, timeout=0.5)
    deadline = time.monotonic() + 1
    while app.service.active():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (entry,) = app.service.report.history(1)["request_history"]
    assert (entry["engine"], entry["status"]) == ("slow", "cancelled")
