"""Who speaks in a library voice, in which language, and what it may be called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.mimic import Script
from tests.voices.conftest import Recording
from tts_core.errors import (
    UnknownNameError,
    ValidationError,
)
from tts_core.service import SpeechService
from tts_core.services.voices import LibraryVoice
from tts_core.types import SpeechRequest
from tts_core.voices.export import export_voice, import_voice
from tts_core.voices.library import VoiceLibrary

TEXT = "A first sentence here. And then a second one, with more words in it."


def ask(voice: str = "Anna Maria", text: str = TEXT, **values: Any) -> SpeechRequest:
    return SpeechRequest(text=text, voice=voice, **values)


def test_an_engine_that_cannot_clone(service: SpeechService, anna: LibraryVoice) -> None:
    words = "Scripted cannot speak in a cloned voice; choose one of: auto, mimic, espeak"
    with pytest.raises(ValidationError, match=words) as caught:
        service.stream(ask(engine="scripted"))
    assert caught.value.field == "engine"
    listed = {engine: [v.name for v in service.voices.all(engine)] for engine in ("mimic", "")}
    assert listed["mimic"] == ["Anna Maria", "Own Voice"]
    assert listed[""][0] == "Anna Maria"
    assert "Anna Maria" not in [v.name for v in service.voices.all("scripted")]
    assert service.voices.all("library") == [anna]


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("own", "asked", "text", "expected"),
    [
        ("auto", "auto", "Guten Morgen, wie geht es Ihnen heute?", ("mimic", "de")),
        ("auto", "auto", "Good morning, how are you today?", ("mimic", "en")),
        ("auto", "auto", "Доброе утро, как дела?", ("espeak", "ru")),
        ("auto", "de", "Good morning", ("mimic", "de")),
        ("de", "auto", "Good morning, how are you today?", ("mimic", "de")),
        ("de", "en", "Guten Morgen", ("mimic", "en")),
        ("German", "auto", "Good morning", ("mimic", "de")),
        ("fi", "auto", "Hyvää huomenta", ("espeak", "fi")),
        ("pt-br", "auto", "Bom dia", ("espeak", "pt-br")),
    ],
)
def test_languages(
    service: SpeechService, clip: Path, own: str, asked: str, text: str, expected: tuple[str, str]
) -> None:
    service.voices.clone([clip], "Anna Maria", consent=True, language=own)
    choice = service._catalog.choose("auto", "anna maria", asked, text)
    assert (choice.engine.name, choice.language) == expected


def test_languages_nobody_speaks(service: SpeechService, clip: Path) -> None:
    with pytest.raises(UnknownNameError, match="speaks the language 'xx'"):
        service.voices.clone([clip], "Anna Maria", consent=True, language="xx")
    service.voices.clone([clip], "Anna Maria", consent=True, language="fi")
    with pytest.raises(UnknownNameError, match="speaks the language 'fi'"):
        service.stream(ask(engine="mimic"))
    assert service.voices.get(service.voices.library.all()[0].id).engines == ["espeak"]


def test_a_failing_engine_keeps_the_voice(
    service: SpeechService, anna: LibraryVoice, script: Script
) -> None:
    """The next one that can clone goes on, though another that cannot comes before it."""
    (script.folder / "broken").touch()
    _, info = service.synthesize(ask(text="Hello."))
    assert info.fallback is not None
    assert (info.fallback["from"], info.fallback["to"]) == ("mimic", "espeak")
    assert (info.engine, info.voice) == ("espeak", anna.id)
    (state,) = (service.voices.library.folder(anna.id) / "states").iterdir()
    assert state.name.startswith("espeak-")


def test_near_misses_and_variants(service: SpeechService, anna: LibraryVoice) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean Anna Maria"):
        service.stream(ask("Ana Maria"))
    with pytest.raises(UnknownNameError, match="Mimic has no voice variants"):
        service.stream(ask("Anna Maria+f2"))
    assert service.stream(ask("Anna Maria+f2", engine="espeak")).plan.voice.id == anna.id


def test_names_of_engines_voices(
    service: SpeechService, anna: LibraryVoice, recording: Recording
) -> None:
    for name in ("One", "own voice", "ＯWN  voice", "en-us", "German", "one\u200d"):
        with pytest.raises(ValidationError, match=r"is a voice of .*; choose another name"):
            service.voices.clone([recording(1)], name, consent=True)
        with pytest.raises(ValidationError, match=r"is a voice of .*; choose another name"):
            service.voices.rename(anna.id, name)


def test_a_package_of_an_engines_voice(
    service: SpeechService, recording: Recording, tmp_path: Path
) -> None:
    elsewhere = VoiceLibrary(tmp_path / "elsewhere")
    voice = elsewhere.add("One", [recording(1)], consent=True)
    package = export_voice(elsewhere, voice.id, tmp_path / "one.zip")
    assert import_voice(service.voices.library, package).name == "One (2)"
    assert service.synthesize(ask("one"))[1].voice == "one"
