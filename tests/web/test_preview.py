"""`/preview`: what will be spoken of a text, through the service and through gradio_client."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.conftest import Amount
from tests.support.reading_cases import comparable, reading_cases
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.text.reading.kana import kana
from tts_core.text.reading.reader import read
from tts_core.types import ReadingOptions, SpeechRequest
from tts_core.web.app import App

KANJI = re.compile(r"[一-鿿]")
TEXT = "On May 3, 2024 it cost **$5** 😀.\n\nDr. Who paid it."


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpeechService]:
    service = SpeechService(Settings(data_dir=tmp_path_factory.mktemp("data")))
    yield service
    service.close()


@pytest.fixture(scope="module")
def client(app: App) -> Client:
    return Client(app.url, verbose=False)


@pytest.mark.parametrize("language", reading_cases())
def test_cases(service: SpeechService, language: str, amount: Amount) -> None:
    wrong = []
    for case in reading_cases()[language][:: amount(40, 1)]:
        preview = service.preview(SpeechRequest(text=case.written, language=language))
        expected = case.spoken
        if KANJI.search("".join(expected)) and language == "ja":
            expected = (kana(read(case.written, "ja")).spoken,)
        for parts in (preview.segments, preview.words):
            spoken = " ".join(part.spoken for part in parts)
            if comparable(spoken, language) not in {comparable(t, language) for t in expected}:
                wrong.append((case.written, spoken, expected))
    assert wrong == []


@pytest.mark.live
def test_the_endpoint_tells_what_is_written_and_what_is_said(client: Client) -> None:
    preview: dict[str, Any] = client.predict(TEXT, language="en", api_name="/preview")
    assert sorted(preview) == ["markup", "segments", "skipped", "warnings", "words"]
    first, second = preview["segments"]
    assert first["spoken"].rstrip(".") == ("On May third, twenty twenty-four it cost five dollars")
    assert first["text"] in TEXT
    assert (first["engine"], first["language"]) == ("espeak", "en")
    assert first["pause_after_seconds"] > 0 == second["pause_after_seconds"]
    for part in (*preview["words"], *preview["skipped"]):
        assert TEXT[part["offset"] : part["offset"] + part["length"]] == part["text"]
    words = {word["text"]: word["spoken"] for word in preview["words"]}
    assert words["May 3, 2024"] == "May third, twenty twenty-four"
    assert words["Dr."] == "Doctor"
    assert "😀" in {part["text"] for part in preview["skipped"]}


@pytest.mark.live
def test_the_readers_options_are_honored(client: Client) -> None:
    options = {"emoji": "say", "pause_paragraph": 1.5, "markup": None}
    preview = client.predict(TEXT, language="en", options=json.dumps(options), api_name="/preview")
    first, _ = preview["segments"]
    assert "grinning face" in first["spoken"]
    assert first["pause_after_seconds"] == 1.5


@pytest.mark.live
@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"emoji": "sing"}, "emoji"),
        ({"pause_sentence": 11}, "pause_sentence must be between 0 and 10"),
        ({"pause_paragraph": "long"}, "pause_paragraph"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_bad_options_are_named(client: Client, options: dict[str, Any], field: str) -> None:
    with pytest.raises(AppError, match=field):
        client.predict("Hello.", engine="espeak", options=json.dumps(options), api_name="/preview")


@pytest.mark.live
def test_nothing_is_spoken_or_kept(client: Client, app: App) -> None:
    client.predict("Nothing is made of this.", api_name="/preview")
    history = app.service.report.history(50)["request_history"]
    assert "Nothing is made of this." not in {entry["text_preview"] for entry in history}


def test_the_history_has_the_readers_options_that_were_chosen(service: SpeechService) -> None:
    reading = ReadingOptions(emoji="say", pause_paragraph=0.1)
    request = SpeechRequest(text="Great 👍!", engine="espeak", language="en", reading=reading)
    with service.stream(request) as stream:
        stream.read_to_end()
    parameters = service.report.history(1)["request_history"][0]["parameters"]
    assert (parameters["emoji"], parameters["pause_paragraph"]) == ("say", 0.1)
    assert not {"markup", "code", "foreign", "pause_sentence"} & set(parameters)


def test_times_of_words_are_of_what_was_written(service: SpeechService, tmp_path: Path) -> None:
    request = SpeechRequest(text="It cost $5 on May 3, 2024.", engine="espeak", language="en")
    _, info = service.synthesize(request)
    assert info.words is not None
    texts = [word.text for word in info.words]
    assert "$5" in texts
    assert "dollars" not in texts
    assert any(text.startswith("May 3, 2024") for text in texts)
    assert all(a.end <= b.start + 0.05 for a, b in zip(info.words, info.words[1:], strict=False))
    assert [segment.text for segment in info.segments] == ["It cost $5 on May 3, 2024."]
