"""GET /tts: speech for players that can only be given a URL."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import av
import httpx
import pytest

from tests.support.live import running_app
from tts_core.web.app import App

pytestmark = pytest.mark.live

FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    {"Referer": "http://evil.example/page"},
)


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("data"), api_keys="sesame") as app:
        yield app


def duration(data: bytes) -> float:
    with av.open(io.BytesIO(data)) as container:
        return sum(f.samples / f.sample_rate for f in container.decode(audio=0))


def test_a_player_plays_an_address(app: App) -> None:
    # As VLC, mpv and ffmpeg do: FFmpeg opens the URL itself.
    url = f"{app.url}tts?text=Dinner+is+ready.&voice=en-gb&format=mp3&speed=1.2"
    with av.open(url) as container:
        seconds = sum(f.samples / f.sample_rate for f in container.decode(audio=0))
    entry = app.service.report.history(1)["request_history"][0]
    assert seconds == pytest.approx(entry["audio_seconds"], abs=0.1)
    assert entry["door"] == "address"


def test_formats_and_rates(app: App) -> None:
    answer = httpx.get(f"{app.url}tts", params={"text": "Hello.", "format": "ulaw"})
    seconds = app.service.report.history(1)["request_history"][0]["audio_seconds"]
    assert answer.headers["content-type"] == "audio/basic"
    assert len(answer.content) / 8000 == pytest.approx(seconds, abs=0.01)
    wav = httpx.get(f"{app.url}tts?text=Hello.&format=wav&sample_rate=16000").content
    assert int.from_bytes(wav[24:28], "little") == 16_000
    head = httpx.head(f"{app.url}tts?text=Hello.&format=flac")
    assert (head.headers["content-type"], head.content) == ("audio/flac", b"")


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("", 400, "text"),
        ("text=", 400, "empty"),
        ("text=Hello.&format=mp4", 400, "Did you mean mp3? Choose one of: wav, mp3"),
        ("text=Hello.&format=wav&sample_rate=1", 400, "8000 to 48000"),
        ("text=Hello.&speed=9", 400, "speed"),
        ("text=Hello.&speed=fast", 400, "speed"),
        ("text=Hello.&voice=bob", 404, "bob"),
    ],
)
def test_mistakes(app: App, query: str, status: int, word: str) -> None:
    answer = httpx.get(f"{app.url}tts?{query}")
    assert (answer.status_code, word in answer.json()["error"]["message"]) == (status, True)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_pages_of_other_sites_may_not(app: App, headers: dict[str, str]) -> None:
    assert httpx.get(f"{app.url}tts?text=Hello.", headers=headers).status_code == 403


@pytest.mark.sample(1)
@pytest.mark.parametrize("headers", [{}, *FOREIGN], ids=str)
def test_a_key_in_the_address(locked: App, headers: dict[str, str]) -> None:
    for key, status in (("", 401), ("&api_key=wrong", 401), ("&api_key=sesame", 200)):
        refused = 403 if headers and status == 401 else status
        answer = httpx.get(f"{locked.url}tts?text=Hello.{key}", headers=headers)
        assert answer.status_code == refused
        if refused == 401:
            assert ("is not known" if key else "is required") in answer.json()["error"]["message"]
    assert httpx.get(f"{locked.url}status?api_key=sesame").status_code == 401


def test_a_key_in_an_address_is_not_logged(
    locked: App, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level("DEBUG")
    httpx.get(f"{locked.url}tts?text=Hello.&api_key=sesame")
    ours = [r for r in caplog.records if not r.name.startswith("http")]  # the client's own log
    assert not [r for r in ours if "sesame" in r.getMessage()]
