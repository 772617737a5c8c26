"""Subtitles of requests that have ended, through Gradio's clients, HTTP and MCP's tool."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.support.live import running_app
from tests.support.waiting import wait_until
from tts_core.web.app import App

pytestmark = pytest.mark.live

SENTENCES = [
    "On May 3, 2024, we paid $3.5 million to them.",
    "Nobody in the whole company could\nsay why we had agreed to such a sum.",
]
TEXT = " ".join(SENTENCES).replace("\n", " ")
TIMES = re.compile(r"(\d\d):(\d\d):(\d\d)[,.](\d{3}) --> (\d\d):(\d\d):(\d\d)[,.](\d{3})")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Where everybody sees their own requests only."""
    folder = tmp_path_factory.mktemp("data")
    with running_app(folder, history_scope="session") as app:
        yield app


@pytest.fixture(scope="module")
def client(app: App) -> Client:
    return Client(app.url, verbose=False)


@pytest.fixture(scope="module")
def info(client: Client) -> dict[str, Any]:
    """What is known of a text that eSpeak NG has spoken."""
    _, info = client.predict(TEXT, engine="espeak", language="en-us", api_name="/synthesize")
    return dict(info)


def subtitles(client: Client, request_id: str, *options: str) -> str:
    path = Path(client.predict(request_id, *options, api_name="/subtitles"))
    assert path.suffix == f".{options[0] if options else 'srt'}"
    return path.read_text("utf-8")


def cues(text: str) -> list[tuple[float, float, str]]:
    """Start, end and text of each cue of a file."""
    found = []
    for block in text.removeprefix("WEBVTT\n\n").strip().split("\n\n"):
        match = TIMES.search(block)
        assert match is not None
        hours, minutes, seconds, thousandths, *end = map(int, match.groups())
        start_time = (hours * 60 + minutes) * 60 + seconds + thousandths / 1000
        end_time = (end[0] * 60 + end[1]) * 60 + end[2] + end[3] / 1000
        found.append((start_time, end_time, block[match.end() :].strip()))
    return found


def test_by_line_at_once(client: Client) -> None:
    """The recording of a request that has just finished is not encoded yet."""
    text = "Sentence number one is here. " * 40
    _, info = client.predict(text, engine="espeak", language="en-us", api_name="/synthesize")
    found = cues(subtitles(client, info["request_id"]))
    assert [text for *_, text in found] == ["Sentence number one is here."] * 40


def test_times_are_those_of_the_words(client: Client, info: dict[str, Any]) -> None:
    first, second = cues(subtitles(client, info["request_id"], "srt", "line"))
    assert [first[2].replace("\n", " "), second[2]] == SENTENCES
    words = info["words"]
    assert first[:2] == pytest.approx((words[0]["start"], words[6]["end"]), abs=0.001)
    assert second[:2] == pytest.approx((words[7]["start"], words[-1]["end"]), abs=0.001)


@pytest.mark.parametrize("format", ["srt", "vtt"])
def test_by_word(client: Client, info: dict[str, Any], format: str) -> None:
    text = subtitles(client, info["request_id"], format, "word")
    assert text.startswith("WEBVTT\n" if format == "vtt" else "1\n")
    assert [word for *_, word in cues(text)] == [word["text"] for word in info["words"]]


def test_mistakes_are_explained(client: Client, info: dict[str, Any]) -> None:
    for arguments, message in (
        (["unknown"], "There is no request unknown in the history."),
        ([info["request_id"], "ass"], 'format must be "srt" or "vtt"; got ass.'),
        ([info["request_id"], "srt", "letter"], 'by must be "line" or "word"; got letter.'),
    ):
        with pytest.raises(AppError, match=re.escape(message)):
            client.predict(*arguments, api_name="/subtitles")


def test_nobody_reads_what_another_had_spoken(app: App, info: dict[str, Any]) -> None:
    with pytest.raises(AppError, match="There is no request"):
        subtitles(Client(app.url, verbose=False), info["request_id"])
    answer = httpx.get(f"{app.url}status/history/{info['request_id']}/subtitles")
    assert answer.status_code == 404


def test_over_http(app: App) -> None:
    with httpx.Client(base_url=app.url) as http:
        http.get("")  # whoever has opened the page has a cookie
        body = {"model": "espeak", "voice": "en-us", "input": TEXT, "response_format": "wav"}
        spoken = http.post("v1/audio/speech", json=body)
        path = f"status/history/{spoken.headers['X-Request-Id']}/subtitles"
        answer = http.get(path)
        assert answer.headers["content-type"].startswith("application/x-subrip")
        assert len(cues(answer.text)) == 2
        answer = http.get(path, params={"format": "vtt", "by": "word", "download": True})
        assert answer.headers["content-type"].startswith("text/vtt")
        assert 'filename="aloud-On-May-3-2024' in answer.headers["content-disposition"]
        assert len(cues(answer.text)) == 22
        assert http.get(path, params={"format": "ass"}).status_code in (400, 422)
        unknown = http.get("status/history/unknown/subtitles")
        assert (unknown.status_code, unknown.json()["error"]["type"]) == (404, "not_found")


def test_without_the_times_of_words(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine that does not tell them, and nothing to compare its speech with."""
    monkeypatch.setattr(app.service._alignment, "reference_voice", lambda *_: None)
    _, info = client.predict("One. Two.", engine="narrow", api_name="/synthesize")
    assert info["words"] is None
    assert [text for *_, text in cues(subtitles(client, info["request_id"]))] == ["One.", "Two."]
    with pytest.raises(AppError, match='no word timestamps; ask for subtitles by="line"'):
        subtitles(client, info["request_id"], "srt", "word")


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"history_audio_mb": 0}, "The history keeps no sound (TTS_HISTORY_AUDIO_MB=0)"),
        ({"history_text": "none"}, "The history keeps no texts (TTS_HISTORY_TEXT=none)"),
    ],
)
def test_where_nothing_is_kept(tmp_path: Path, settings: dict[str, Any], message: str) -> None:
    with running_app(tmp_path, **settings) as app:
        client = Client(app.url, verbose=False)
        _, info = client.predict("Hello.", engine="scripted", api_name="/synthesize")
        with pytest.raises(AppError, match=re.escape(message)):
            subtitles(client, info["request_id"])


def test_a_recording_made_before_timings_were_kept(app: App, client: Client) -> None:
    _, info = client.predict("Hello.", engine="scripted", api_name="/synthesize")
    name = info["request_id"]
    wait_until(lambda: name in app.service.history.recordings)
    wait_until((app.settings.recordings_path / f"{name}.timings.json").exists)
    wait_until(lambda: not app.service.history.recordings._timings)
    (app.settings.recordings_path / f"{name}.timings.json").unlink()
    with pytest.raises(AppError, match="The times of this request are not kept"):
        subtitles(client, name)


def test_a_request_that_was_stopped(app: App, client: Client) -> None:
    slow = json.dumps({"pieces": 1000, "step_seconds": 0.02})
    job = client.submit("A. B.", engine="scripted", options=slow, api_name="/stream")
    name = next(iter(job))["data"]["request_id"]
    client.predict(name, api_name="/cancel")
    wait_until(lambda: app.service.history.find(name))
    with pytest.raises(AppError, match="it ended as cancelled"):
        subtitles(client, name)
