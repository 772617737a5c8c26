"""Sentences in another language than the rest of a text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tts_core.errors import ValidationError
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.synthesis.preview import Preview
from tts_core.validation import speech_request

ENGLISH = "The bridge is closed today, and nobody knows when it will be open again."
GERMAN = "Die Brücke ist seit dem 3. Mai geschlossen, und niemand weiß warum."
TEXT = f"{ENGLISH} {GERMAN} {ENGLISH}"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpeechService]:
    service = SpeechService(Settings(data_dir=tmp_path_factory.mktemp("data")))
    yield service
    service.close()


def preview(service: SpeechService, text: str = TEXT, **values: str) -> Preview:
    return service.preview(speech_request(text=text, **values))


def test_they_are_named_where_the_language_is_not_given(service: SpeechService) -> None:
    found = preview(service)
    assert {segment.language for segment in found.segments} == {"en"}
    (warning,) = found.warnings
    assert "German" in warning
    assert "foreign=switch" in warning
    assert preview(service, language="en").warnings == []
    assert preview(service, ENGLISH).warnings == []


def test_they_are_read_and_spoken_in_their_language(service: SpeechService) -> None:
    found = preview(service, foreign="switch", engine="espeak")
    spoken = [(segment.language, segment.voice) for segment in found.segments]
    assert spoken == [("en", "en-us"), ("de", "de"), ("en", "en-us")]
    assert "dritten Mai" in found.segments[1].spoken
    assert found.warnings == []
    for segment in found.segments:
        assert segment.text in TEXT
    for word in found.words:
        assert TEXT[word.offset : word.offset + word.length] == word.text


def test_an_engine_that_speaks_both_is_taken(service: SpeechService) -> None:
    found = preview(service, foreign="switch")
    assert {segment.engine for segment in found.segments} == {"espeak"}
    assert [segment.language for segment in found.segments] == ["en", "de", "en"]


def test_an_engine_without_the_language_says_so(service: SpeechService) -> None:
    found = preview(service, foreign="switch", engine="hibari")
    assert {segment.language for segment in found.segments} == {"en"}
    (warning,) = found.warnings
    assert "hibari has no voice for German" in warning


def test_the_sound_and_the_words_are_those_of_all_languages(service: SpeechService) -> None:
    request = speech_request(text=TEXT, engine="espeak", foreign="switch")
    _, info = service.synthesize(request)
    assert info.words is not None
    texts = [word.text for word in info.words]
    assert "3. Mai" in texts
    assert texts.count("bridge") == 2
    assert len(info.segments) == 3


@pytest.mark.parametrize(
    ("text", "remedy"), [("```\nx = 1\n```", "code=say"), ("😀", "emoji=say"), ("…", "no letters")]
)
def test_a_text_of_nothing_to_speak_says_why(
    service: SpeechService, text: str, remedy: str
) -> None:
    with pytest.raises(ValidationError, match=remedy):
        preview(service, text)


@pytest.mark.parametrize("engine", ["auto", "espeak"])
def test_a_text_that_begins_with_a_foreign_sentence_keeps_its_language(
    service: SpeechService, engine: str
) -> None:
    text = f"{GERMAN} {ENGLISH}"
    stream = service.stream(
        speech_request(text=text, language="en", engine=engine, foreign="switch")
    )
    stream.close()
    planned = stream.plan
    assert (planned.language, planned.voice.id) == ("en", "en-us")
    assert [utterance.language for utterance in planned.utterances] == ["de", "en"]


def test_what_stands_between_languages_and_is_not_spoken_is_told(service: SpeechService) -> None:
    text = f"**{ENGLISH}** <!-- in German --> *{GERMAN}*"
    found = preview(service, text, foreign="switch", engine="espeak")
    assert [part.text for part in found.skipped] == ["**", "**", "<!-- in German -->", "*", "*"]
