"""One rule for voice, engine and language."""

from __future__ import annotations

import pytest

from tests.support.polyglot import MUTE, POLYGLOT
from tests.support.scripted import SCRIPTED
from tts_core.engines.registry import ENGINES, Registry
from tts_core.errors import EngineUnavailable, UnknownNameError, ValidationError
from tts_core.synthesis.planner import plan
from tts_core.types import SpeechRequest
from tts_core.voices.catalog import VoiceCatalog
from tts_core.voices.lookup import base


@pytest.fixture(scope="module")
def catalog() -> VoiceCatalog:
    return VoiceCatalog(Registry({**ENGINES, **SCRIPTED}))


@pytest.mark.parametrize(
    ("engine", "voice", "language", "text", "expected"),
    [
        ("auto", "default", "auto", "Hello", ("espeak", "en-us", "en")),
        ("", "", "auto", "Hello", ("espeak", "en-us", "en")),
        ("auto", "default", "en-GB", "Hello", ("espeak", "en-gb", "en-gb")),
        ("auto", "default", "German", "Hello", ("espeak", "de", "de")),
        ("auto", "default", "pt_BR", "Olá", ("espeak", "pt-br", "pt-br")),
        ("auto", "default", "zh", "你好", ("espeak", "cmn", "cmn")),
        ("auto", "default", "auto", "你好，世界", ("espeak", "cmn", "cmn")),
        ("auto", "default", "auto", "Привет, мир", ("espeak", "ru", "ru")),
        ("auto", "default", "auto", "नमस्ते", ("espeak", "hi", "hi")),
        ("auto", "de", "auto", "Hello", ("espeak", "de", "de")),
        ("auto", "GMW/EN-US", "auto", "Hello", ("espeak", "en-us", "en-us")),
        ("auto", "german", "auto", "Hello", ("espeak", "de", "de")),
        ("auto", "two", "auto", "Hello", ("scripted", "two", "en")),
        ("scripted", "default", "auto", "Привет", ("scripted", "one", "en")),
        ("scripted", "TWO", "en", "Hello", ("scripted", "two", "en")),
    ],
)
def test_choice(
    catalog: VoiceCatalog,
    engine: str,
    voice: str,
    language: str,
    text: str,
    expected: tuple[str, str, str],
) -> None:
    choice = catalog.choose(engine, voice, language, text)
    assert (choice.engine.name, choice.voice.id, choice.language) == expected


@pytest.fixture(scope="module")
def polyglot() -> VoiceCatalog:
    return VoiceCatalog(Registry({**POLYGLOT, **ENGINES}))


@pytest.mark.parametrize(
    ("engine", "voice", "language", "text", "expected"),
    [
        ("auto", "ben", "auto", "Hello", ("polyglot", "Ben", "en")),
        ("auto", "ben", "auto", "Guten Tag, wie geht es Ihnen heute?", ("polyglot", "Ben", "de")),
        ("auto", "ben", "auto", "你好，世界", ("polyglot", "Ben", "cmn")),
        ("auto", "ben", "auto", "Привет, мир", ("polyglot", "Ben", "de")),
        ("auto", "ben", "en-GB", "你好", ("polyglot", "Ben", "en")),
        ("auto", "ben", "zh-CN", "Hello", ("polyglot", "Ben", "cmn")),
        ("auto", "default", "auto", "Hello", ("polyglot", "Ann", "en")),
        ("auto", "default", "German", "Hello", ("polyglot", "Ann", "de")),
        ("auto", "default", "auto", "Привет, мир", ("espeak", "ru", "ru")),
        ("auto", "default", "it", "Hello", ("espeak", "it", "it")),
        ("polyglot", "default", "auto", "Привет, мир", ("polyglot", "Ann", "de")),
    ],
)
def test_voices_of_many_languages(
    polyglot: VoiceCatalog,
    engine: str,
    voice: str,
    language: str,
    text: str,
    expected: tuple[str, str, str],
) -> None:
    choice = polyglot.choose(engine, voice, language, text)
    assert (choice.engine.name, choice.voice.id, choice.language) == expected


def test_a_language_that_a_voice_of_many_does_not_speak(polyglot: VoiceCatalog) -> None:
    with pytest.raises(ValidationError, match="Ben speaks cmn, de, en, not 'fr'"):
        polyglot.choose("auto", "Ben", "fr", "Bonjour")


def test_an_engine_without_voices_of_its_own() -> None:
    catalog = VoiceCatalog(Registry({**MUTE, **ENGINES}))
    for language in ("auto", "de", "en"):
        choice = catalog.choose("auto", "default", language, "Hello")
        assert choice.engine.name == "espeak"
    for voice in ("default", "Ann"):
        with pytest.raises(UnknownNameError, match="Mute has no built-in voices") as caught:
            catalog.choose("mute", voice, "auto", "Hello")
        assert caught.value.field == "voice"
    with pytest.raises(EngineUnavailable, match="ready have no built-in voices"):
        VoiceCatalog(Registry(MUTE)).choose("auto", "default", "auto", "Hello")


@pytest.mark.parametrize(("text", "longest"), [("word " * 200, 100), ("你好，" * 200, 20)])
def test_limits_by_language(polyglot: VoiceCatalog, text: str, longest: int) -> None:
    planned, _ = plan(SpeechRequest(text=text, voice="Ben"), polyglot, 10_000)
    lengths = [len(segment.text) for segment in planned.segments]
    assert longest * 0.8 <= max(lengths) <= longest


def test_variant_in_the_name(catalog: VoiceCatalog) -> None:
    choice = catalog.choose("auto", "en-us+f2", "auto", "Hello")
    assert choice.options == {"variant": "f2"}


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        (("auto", "germn", "auto"), UnknownNameError, "Did you mean German"),
        (("espek", "default", "auto"), UnknownNameError, "Choose one of: auto, "),
        (("absent", "default", "auto"), EngineUnavailable, "not installed"),
        (("auto", "default", "qqq"), UnknownNameError, "'qqq'"),
        (("espeak", "de", "fr"), ValidationError, "not 'fr'"),
        (("scripted", "one+f2", "auto"), UnknownNameError, "no voice variants"),
    ],
)
def test_refusals(
    catalog: VoiceCatalog, values: tuple[str, str, str], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        catalog.choose(*values, "Hello")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello", "en"),
        ("Hello world", "en"),
        ("Aloud speaks.", "en"),
        ("Request 1: alpha bravo charlie delta.", "en"),
        ("12345", "en"),
        ("Guten Tag, wie geht es Ihnen heute?", "de"),
        ("Bonjour, comment allez-vous aujourd'hui ?", "fr"),
        ("Buenos días, ¿cómo está usted?", "es"),
        ("Questa è una prova.", "it"),
        ("Bom dia, como você está hoje?", "pt"),
        ("Dzień dobry, jak się masz?", "pl"),
        ("Chào buổi sáng, bạn khỏe không?", "vi"),
        ("漢字かな交じり文", "ja"),
        ("汉字", "zh"),
        ("안녕하세요", "ko"),
        ("Слава Україні, її люди говорять українською", "uk"),
        ("Доброе утро, как дела сегодня?", "ru"),
        ("مرحبا بالعالم، كيف حالكم اليوم؟", "ar"),
        ("سلام، چطوری؟ امروز هوا خیلی خوب است", "fa"),
        ("नमस्ते, आप कैसे हैं?", "hi"),
        ("שלום", "he"),
        ("γεια σου", "el"),
        ("สวัสดี", "th"),
        ("გამარჯობა", "ka"),
    ],
)
def test_language_of_a_text(catalog: VoiceCatalog, text: str, language: str) -> None:
    choice = catalog.choose("espeak", "default", "auto", text)
    assert base(choice.language) == {"zh": "cmn"}.get(language, language)
