"""Names are bounded before anything is done with them that takes time by their square."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from websockets.sync.client import connect

from tests.support.live import running_app
from tests.support.scripted import SCRIPTED
from tts_core.errors import ValidationError
from tts_core.settings import Settings
from tts_core.validation import did_you_mean, speech_request
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.record import (
    checked_language,
    checked_tags,
    checked_voice_name,
    folded,
    slug,
)
from tts_core.web.api.websocket.protocol import next_text
from tts_core.web.app import App
from tts_core.web.uploads import uploaded

MARKS = "\u0316\u0301" * 10_000
"""Combining marks that normalization puts in order, each past all others."""
PLAIN = "a" * 20_000
REFUSED = r"20,000 characters; the limit is (200|2,000)\."


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("data")
    engines = {"scripted": SCRIPTED["scripted"]}
    with running_app(folder, engines, runner="inline") as app:
        yield app


@pytest.fixture(scope="module")
def client(app: App) -> Client:
    return Client(app.url, verbose=False)


@pytest.mark.parametrize("field", ["voice", "engine", "language"])
@pytest.mark.parametrize("name", [MARKS, PLAIN], ids=["marks", "letters"])
def test_no_request_has_a_name_without_end(field: str, name: str) -> None:
    with pytest.raises(ValidationError, match=f"{field} has {REFUSED} Send a shorter") as caught:
        speech_request(text="Hello.", **{field: name})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("{" + " " * 30_000 + "}", "options has 30,002 characters; the limit is 20,000"),
        ({f"p{i}": 1 for i in range(101)}, "options has 101 parameters; the limit is 100"),
        ({MARKS: 1}, f"a name in options has {REFUSED}"),
        ({"variant": MARKS}, f"variant has {REFUSED}"),
    ],
    ids=["json", "many", "name", "value"],
)
def test_no_options_without_end(options: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        speech_request(text="Hello.", options=options)


@pytest.mark.parametrize(
    "check", [checked_voice_name, checked_language, checked_tags], ids=["name", "language", "tags"]
)
def test_no_name_is_normalized_before_it_is_bounded(check: Any) -> None:
    with pytest.raises(ValidationError, match=REFUSED):
        check(MARKS)
    with pytest.raises(ValidationError):
        check("\u0316\u0301" * 900)  # within that bound, and still no name, code or tag


def test_no_list_of_tags_without_end() -> None:
    with pytest.raises(ValidationError, match="at most 10 tags, not 5000"):
        checked_tags(["calm"] * 5_000)
    with pytest.raises(ValidationError, match=REFUSED):
        checked_tags(["calm", PLAIN])


def test_no_search_folds_a_text_without_end(tmp_path: Path) -> None:
    assert len(folded(MARKS)) < 1_000
    assert slug(MARKS) == "voice"
    library = VoiceLibrary(tmp_path)
    assert library.find(MARKS) is None


def test_no_long_name_is_compared_with_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison takes time by the cube of the length."""
    compared: list[tuple[int, int]] = []

    def watched(word: str, known: Collection[str], **options: Any) -> list[str]:
        compared.append((len(word), len(known)))
        return get_close_matches(word, known, **options)

    monkeypatch.setattr(difflib, "get_close_matches", watched)
    known = [f"{number:06} Anna" for number in range(3_000)]
    assert did_you_mean(PLAIN, known) == ""
    assert did_you_mean("000001 Ana", known).startswith(" Did you mean 000001 Anna")
    assert all(length <= 40 and count <= 1_000 for length, count in compared)


def test_no_path_without_end_is_resolved(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    inside = settings.uploads_path / "x"
    assert uploaded({"path": str(inside)}, settings) == inside.resolve()
    with pytest.raises(ValidationError, match="uploaded file"):
        uploaded({"path": f"{settings.uploads_path}/" + "../gradio/" * 10_000 + "x"}, settings)


# At every API. Not one of them may get as far as looking for a voice of the name.


@pytest.mark.live
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("generate", {"text": "Hi.", "voice": MARKS}),
        ("v1/audio/speech", {"model": "tts-1", "input": "Hi.", "voice": MARKS}),
        ("v1/audio/speech", {"model": "tts-1", "input": "Hi.", "voice": {"id": MARKS}}),
        ("v1/audio/speech", {"model": MARKS, "input": "Hi.", "voice": "alloy"}),
        ("api/tts", {"text": "Hi.", "voiceId": MARKS}),
        ("api/train-voice", {"modelName": MARKS, "audioDataUri": "data:audio/wav;base64,UklGRg=="}),
    ],
    ids=["files", "openai", "openai-id", "openai-model", "voiceforge", "train"],
)
def test_no_body_holds_a_name_without_end(app: App, path: str, body: dict[str, Any]) -> None:
    answer = httpx.post(app.url + path, json=body)
    assert answer.status_code == 400
    assert "at most 2" in answer.text or "the limit is 2,000" in answer.text


@pytest.mark.live
@pytest.mark.parametrize(
    ("endpoint", "arguments"),
    [
        ("synthesize", {"text": "Hi.", "voice": MARKS}),
        ("synthesize", {"text": "Hi.", "options": json.dumps({"variant": MARKS})}),
        ("delete_voice", {"voice_id": MARKS}),
        ("list_voices", {"engine": MARKS}),
        ("cancel", {"request_id": MARKS}),
    ],
)
def test_no_call_holds_a_name_without_end(
    client: Client, endpoint: str, arguments: dict[str, str]
) -> None:
    with pytest.raises(AppError, match="the limit is"):
        client.predict(**arguments, api_name=f"/{endpoint}")


@pytest.mark.live
def test_no_message_holds_a_name_without_end(app: App) -> None:
    with connect(app.url.replace("http", "ws") + "ws/tts") as socket:
        socket.recv()
        for data in ({"voice": MARKS}, {"parameters": {"engine": MARKS}}):
            socket.send(json.dumps({"type": "text_input", "data": {"text": "Hi.", **data}}))
            assert "the limit is" in json.loads(socket.recv())["message"]
        socket.send(json.dumps({"type": "ping", "data": {"timestamp": PLAIN}}))
        assert "the limit is 200" in json.loads(socket.recv())["message"]


def test_a_text_is_no_name() -> None:
    assert next_text({"text": PLAIN}) == PLAIN
