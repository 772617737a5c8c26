"""The 23 PlayAI voices, which Groq had until the end of 2025."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import MakeService
from tests.support.groq_server import KEY, GroqServer, groq_server
from tts_core.engines.groq.voices import FORMER_VOICES, MODELS, model_of
from tts_core.engines.registry import ENGINES, Registry
from tts_core.errors import ValidationError
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import SpeechRequest
from tts_core.voices.catalog import VoiceCatalog
from tts_core.web.api.websocket.default_voice import with_voice

TEXTS = {"en": "Good morning to you all.", "ar": "صباح الخير"}
WOMEN = {"Arista", "Celeste", "Cheyenne", "Deedee", "Gail", "Indigo", "Mamaw", "Quinn", "Amira"}


@pytest.fixture
def groq(monkeypatch: pytest.MonkeyPatch) -> Iterator[GroqServer]:
    with groq_server() as server:
        monkeypatch.setenv("GROQ_API_KEY", KEY)
        monkeypatch.setenv("GROQ_BASE_URL", server.url)
        yield server


def test_there_are_nineteen_english_and_four_arabic_ones() -> None:
    spoken = [model_of(voice) for voice in FORMER_VOICES.values()]
    assert [spoken.count(model) for model in MODELS] == [19, 4]
    for name, voice in FORMER_VOICES.items():
        model = model_of(voice)
        assert model is not None
        assert (voice in model.female) is (name.removesuffix("-PlayAI") in WOMEN), name


@pytest.mark.sample(8)
@pytest.mark.parametrize("name", FORMER_VOICES)
def test_without_a_key_the_embedded_engine_speaks(service: SpeechService, name: str) -> None:
    model = model_of(FORMER_VOICES[name])
    assert model is not None
    code = model.language.code
    stream = service.stream(SpeechRequest(text=TEXTS[code], voice=name.lower()))
    with stream:
        info = stream.read_to_end().info
    assert (info.engine, info.voice) == ("espeak", {"en": "en-us", "ar": "ar"}[code])
    assert info.fallback is not None
    assert (info.fallback["from"], info.fallback["to"]) == ("groq", "espeak")
    assert name in info.fallback["reason"]
    assert "No API key" in info.fallback["reason"]
    assert info.fallback["reason"] in info.warnings
    woman = name.removesuffix("-PlayAI") in WOMEN
    assert stream.plan.parameters["variant"] == ("f2" if woman else "")
    newest = service.report.history(1)["request_history"][0]
    assert newest["fallback"] == info.fallback


@pytest.mark.parametrize("name", FORMER_VOICES)
def test_the_best_engine_with_a_voice_of_the_gender_speaks(name: str) -> None:
    names = ("hibari", "espeak", "groq")  # hibari comes first, and has a female voice only
    engines = {engine: ENGINES[engine] for engine in names}
    catalog = VoiceCatalog(Registry(engines, Settings(_env_file=None, engine_order="*")))
    model = model_of(FORMER_VOICES[name])
    assert model is not None
    found = catalog.choose("auto", name, "auto", TEXTS[model.language.code])
    woman, arabic = name.removesuffix("-PlayAI") in WOMEN, model.language.code == "ar"
    assert found.engine.name == ("hibari" if woman and not arabic else "espeak")
    assert found.fallback is not None
    assert found.fallback["to"] == found.engine.name
    if found.engine.name == "espeak":
        assert found.options.get("variant", "") == ("f2" if woman else "")


def test_a_text_that_names_no_voice_gets_the_setting_or_the_default(
    groq: GroqServer, make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = SpeechRequest(text=TEXTS["en"], voice="")
    assert with_voice(request, make_service()).voice == "Fritz-PlayAI"
    monkeypatch.setenv("GROQ_API_KEY", "")
    assert with_voice(request, make_service()).voice == "default"
    chosen = make_service(groq_voice="Celeste-PlayAI")
    assert with_voice(request, chosen).voice == "Celeste-PlayAI"
    french = request.model_copy(update={"text": "Bonjour tout le monde.", "language": "fr"})
    assert with_voice(french, chosen).voice == "default"


def test_with_a_key_its_successor_speaks(groq: GroqServer, make_service: MakeService) -> None:
    service = make_service()
    for name, text in (("Fritz-PlayAI", TEXTS["en"]), ("Amira-PlayAI", TEXTS["ar"])):
        _, info = service.synthesize(SpeechRequest(text=text, voice=name))
        assert (info.engine, info.voice) == ("groq", FORMER_VOICES[name])
        assert info.fallback is not None
        assert (info.fallback["from"], info.fallback["to"]) == (name, info.voice)
        assert groq.requests[-1]["voice"] == info.voice
    assert [request["model"] for request in groq.requests] == [model.name for model in MODELS]


@pytest.mark.parametrize("model", ["playai-tts", "playai-tts-arabic"])
def test_former_models_are_the_present_one(
    groq: GroqServer, make_service: MakeService, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    monkeypatch.setenv("TTS_GROQ_MODEL", model)
    make_service().synthesize(SpeechRequest(text=TEXTS["en"], voice="Fritz-PlayAI"))
    assert groq.requests[-1]["model"] == MODELS[0].name


def test_switched_off(
    groq: GroqServer, make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTS_USE_GROQ", "false")
    _, info = make_service().synthesize(SpeechRequest(text=TEXTS["en"], voice="Fritz-PlayAI"))
    assert info.engine == "espeak"
    assert info.fallback is not None
    assert "switched off" in info.fallback["reason"]
    assert not groq.requests


def test_another_engine_was_asked_for(groq: GroqServer, make_service: MakeService) -> None:
    request = SpeechRequest(text=TEXTS["en"], voice="Fritz-PlayAI", engine="espeak")
    _, info = make_service().synthesize(request)
    assert info.fallback is not None
    assert "another engine was requested" in info.fallback["reason"]
    assert not groq.requests


def test_it_speaks_its_own_language_only(service: SpeechService) -> None:
    with pytest.raises(ValidationError, match="speaks 'en', not 'fr'"):
        service.stream(SpeechRequest(text="Bonjour.", voice="Fritz-PlayAI", language="fr"))


def test_the_length_of_segments_can_be_bounded(make_service: MakeService, tmp_path: Path) -> None:
    text = "This is one sentence that has a good many more words in it than four, or even ten."
    service = make_service(chunk_size=40, chunk_size_words=4)
    with service.stream(SpeechRequest(text=text, voice="en-gb")) as stream:
        texts = [segment.text for segment in stream.plan.segments]
        assert stream.read_to_end().info.duration_seconds > 1
    assert " ".join(texts) == text
    assert max(len(t) for t in texts) <= 40
    assert max(len(t.split()) for t in texts) <= 4


def test_names_ignore_case() -> None:
    registry = Registry(ENGINES)
    found = registry.retired_voice(" fritz-playai ")
    assert found is not None
    assert (found.name, found.engine.name, found.successor.id) == ("Fritz-PlayAI", "groq", "troy")
    assert registry.retired_voice("Fritz") is None
