"""Engines whose voices speak foreign languages, blends of voices, and voices to be downloaded."""

from __future__ import annotations

import pytest

from tests.support.choir import ABSENT_CHOIR, CHOIR, FOREIGN_CHOIR, NATIVE, WEIGHTS
from tts_core.engines.registry import Registry
from tts_core.errors import UnknownNameError, ValidationError
from tts_core.settings import Settings
from tts_core.synthesis.planner import plan
from tts_core.types import SpeechRequest, StandIn
from tts_core.voices.catalog import VoiceCatalog
from tts_core.web.api.openai.names import VOICES

ORDER = Settings(engine_order="*")


@pytest.fixture(scope="module")
def foreign() -> VoiceCatalog:
    """Japanese voices, before hibari in the registry."""
    return VoiceCatalog(Registry(FOREIGN_CHOIR, ORDER))


@pytest.fixture(scope="module")
def native() -> VoiceCatalog:
    """All voices, after hibari in the registry."""
    return VoiceCatalog(Registry(CHOIR, ORDER))


@pytest.mark.parametrize(
    ("language", "with_foreign", "with_native"),
    [
        ("en", ("hibari", "heart", "en"), ("hibari", "heart", "en")),
        ("en-US", ("hibari", "heart", "en-us"), ("hibari", "heart", "en-us")),
        ("en-gb", ("choir", "jf_alpha", "en-gb"), ("choir", "bf_emma", "en-gb")),
        ("es", ("choir", "jf_alpha", "es"), ("choir", "ef_dora", "es")),
        ("es-mx", ("choir", "jf_alpha", "es"), ("choir", "ef_dora", "es")),
        ("fr", ("choir", "jf_alpha", "fr"), ("choir", "af_alloy", "fr")),
        ("Italian", ("choir", "jf_alpha", "it"), ("choir", "af_alloy", "it")),
        ("pt", ("choir", "jf_alpha", "pt"), ("choir", "pf_dora", "pt")),
        ("pt_BR", ("choir", "jf_alpha", "pt-br"), ("choir", "pf_dora", "pt-br")),
        ("ja", ("choir", "jf_alpha", "ja"), ("choir", "jf_alpha", "ja")),
        ("hi", ("choir", "jf_alpha", "hi"), ("choir", "af_alloy", "hi")),
        # Regions that only eSpeak NG has, and languages
        ("pt-pt", ("espeak", "pt-pt", "pt-pt"), ("espeak", "pt-pt", "pt-pt")),
        (
            "en-gb-scotland",
            ("espeak", "en-gb-scotland", "en-gb-scotland"),
            ("espeak", "en-gb-scotland", "en-gb-scotland"),
        ),
        ("de", ("espeak", "de", "de"), ("espeak", "de", "de")),
    ],
)
def test_a_natural_voice_speaks_a_language_a_native_one_first(
    foreign: VoiceCatalog,
    native: VoiceCatalog,
    language: str,
    with_foreign: tuple[str, str, str],
    with_native: tuple[str, str, str],
) -> None:
    for catalog, expected in ((foreign, with_foreign), (native, with_native)):
        choice = catalog.choose("auto", "default", language, "12")
        assert (choice.engine.name, choice.voice.id, choice.language) == expected


def test_the_setting_wins_over_the_native_voice() -> None:
    catalog = VoiceCatalog(Registry(FOREIGN_CHOIR, Settings(engine_order="choir,*")))
    assert catalog.choose("auto", "default", "en", "Hello").voice.id == "jf_alpha"
    catalog = VoiceCatalog(Registry(FOREIGN_CHOIR, Settings(engine_order="espeak")))
    assert catalog.choose("auto", "default", "es", "Hola").engine.name == "espeak"


@pytest.mark.parametrize(
    ("voice", "language", "text", "spoken"),
    [
        ("jm_kumo", "auto", "こんにちは、元気ですか。", "ja"),
        ("jm_kumo", "auto", "東京", "ja"),
        ("jm_kumo", "auto", "Buenos días, ¿cómo está usted?", "es"),
        ("jm_kumo", "auto", "Hello there.", "en"),
        ("jm_kumo", "auto", "12", "ja"),
        ("ef_dora", "auto", "Hello there, my friend, how are you today?", "es"),
        ("ef_dora", "auto", "नमस्ते, आप कैसे हैं?", "hi"),
        ("af_bella", "auto", "今日はいい天気です。", "ja"),
        ("af_bella", "auto", "Слава", "en-us"),  # nobody here speaks it
        ("af_bella", "en-gb", "Hello", "en-gb"),
        ("af_bella", "en", "Hello", "en-us"),
        ("bm_fable", "fr", "Bonjour", "fr"),
    ],
)
def test_the_language_of_a_voice_that_was_named(
    native: VoiceCatalog, voice: str, language: str, text: str, spoken: str
) -> None:
    assert native.choose("auto", voice, language, text).language == spoken


@pytest.mark.parametrize(
    ("voice", "language", "warning"),
    [
        ("jm_kumo", "es", "Kumo is a Japanese voice; it speaks Spanish with an accent."),
        ("jm_kumo", "en-gb", "Kumo is a Japanese voice; it speaks English with an accent."),
        ("af_bella", "it", "Bella is an English voice; it speaks Italian with an accent."),
        ("af_bella(2)+jm_kumo", "it", "is an English voice; it speaks Italian with an accent."),
        ("af_bella", "en-gb", ""),
        ("pf_dora", "pt", ""),
        ("heart", "en", ""),
        ("de", "de", ""),
    ],
)
def test_an_accent_is_told(native: VoiceCatalog, voice: str, language: str, warning: str) -> None:
    request = SpeechRequest(text="One two.", voice=voice, language=language)
    accents = [w for w in plan(request, native, 100)[0].warnings if "accent" in w]
    assert len(accents) == bool(warning)
    assert not warning or accents[0].endswith(warning)


# Blends


@pytest.mark.parametrize(
    ("name", "canonical", "language", "gender"),
    [
        ("af_bella(2)+af_nova(1)", "af_bella(2)+af_nova(1)", "en-us", "female"),
        ("af_bella+af_nova", "af_bella(1)+af_nova(1)", "en-us", "female"),
        (" AF_Bella( 0.5 ) + Emma ", "af_bella(0.5)+bf_emma(1)", "en-gb", "female"),
        ("am_echo(3)+ef_dora+am_echo", "am_echo(4)+ef_dora(1)", "en-us", ""),
        ("af_bella+AF_BELLA", "af_bella", "en-us", "female"),
    ],
)
def test_a_blend_is_a_voice(
    native: VoiceCatalog, name: str, canonical: str, language: str, gender: str
) -> None:
    request = SpeechRequest(text="Hello.", voice=name)
    planned, _ = plan(request, native, 100)
    assert (planned.voice.id, planned.voice.engine) == (canonical, "choir")
    assert (planned.voice.language, planned.voice.gender) == (language, gender)
    assert planned.utterances[0].voice == canonical
    assert "variant" not in planned.parameters
    assert native.choose("auto", canonical, "auto", "Hello.").voice.id == canonical


@pytest.mark.parametrize(
    "name",
    [
        "af_bella(0)+af_nova",
        "af_bella(nan)+af_nova",
        "af_bella(1e9)+af_nova",
        "af_bella(2)+af_nova(99999)",
        "af_bella++af_nova",
        "+".join(voice for voice, *_ in NATIVE),
    ],
)
def test_a_blend_that_is_none(native: VoiceCatalog, name: str) -> None:
    with pytest.raises(ValidationError, match="at most 8 by \\+, each with a weight above 0") as e:
        native.choose("auto", name, "auto", "Hello.")
    assert e.value.field == "voice"


def test_variants_still_follow_a_plus(native: VoiceCatalog) -> None:
    choice = native.choose("auto", "en-us+f2", "auto", "Hello")
    assert (choice.engine.name, choice.options) == ("espeak", {"variant": "f2"})
    choice = native.choose("auto", "default+f2", "en", "Hello")
    assert (choice.engine.name, choice.options) == ("espeak", {"variant": "f2"})
    with pytest.raises(UnknownNameError, match="There is no voice 'af_bella'"):
        native.choose("espeak", "af_bella+af_nova", "auto", "Hello")


# Voices that are not here


@pytest.mark.parametrize("engine", ["auto", "choir"])
@pytest.mark.parametrize("name", ["af_nova", "AF_NOVA", "jm_kumo+af_nova", "af_nova+jm_kumo"])
def test_a_voice_that_can_be_downloaded(foreign: VoiceCatalog, engine: str, name: str) -> None:
    with pytest.raises(UnknownNameError, match=f"download {WEIGHTS}`") as caught:
        foreign.choose(engine, name, "auto", "Hello")
    assert "The voice af_nova of Choir is not on this machine" in str(caught.value)
    assert caught.value.field == "voice"


def test_a_voice_of_an_engine_that_is_not_ready() -> None:
    catalog = VoiceCatalog(Registry(ABSENT_CHOIR, ORDER))
    with pytest.raises(UnknownNameError, match=f"download {WEIGHTS}`"):
        catalog.choose("auto", "af_nova", "auto", "Hello")
    with pytest.raises(UnknownNameError, match="There is no voice"):
        catalog.choose("espeak", "af_nova", "auto", "Hello")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("af_bela", "af_bella"), ("jm_kumu", "jm_kumo"), ("jm_kumo+am_onix", "am_onyx")],
)
def test_did_you_mean(foreign: VoiceCatalog, name: str, meant: str) -> None:
    with pytest.raises(UnknownNameError, match=f"Did you mean .*{meant}"):
        foreign.choose("auto", name, "auto", "Hello")


def test_only_voices_that_can_speak_are_offered(native: VoiceCatalog) -> None:
    offered = {voice.engine for voice in native.voices()}
    assert offered == {"hibari", "choir", "espeak"}
    absent = VoiceCatalog(Registry({**ABSENT_CHOIR, "pocket": _POCKET}, ORDER))
    assert {voice.engine for voice in absent.voices("auto")} == {"espeak"}
    assert absent.voices("choir") == []
    with pytest.raises(UnknownNameError):
        absent.voices("nobody")


_POCKET = "tts_core.engines.pocket.engine:PocketEngine"


# Names of OpenAI's voices


def chosen(catalog: VoiceCatalog, name: str, text: str = "Hello.") -> tuple[str, str]:
    """The voice that speaks for a name, with its variant, and the language it speaks."""
    request = SpeechRequest(text=text, voice=name, stand_in=VOICES[name])
    planned, _ = plan(request, catalog, 1000)
    variant = planned.parameters.get("variant", "")
    return "+".join((planned.voice.id, variant)).rstrip("+"), planned.language


def test_a_namesake_speaks_for_a_name(native: VoiceCatalog) -> None:
    expected = {
        "alloy": ("af_alloy", "en-us"),
        "nova": ("af_nova", "en-us"),
        "echo": ("am_echo", "en-us"),
        "onyx": ("am_onyx", "en-us"),
        "fable": ("bm_fable", "en-gb"),
        "shimmer": ("heart", "en"),
    }
    assert {name: chosen(native, name) for name in expected} == expected
    assert chosen(native, "nova", "Buenos días, ¿cómo está usted?") == ("af_nova", "es")
    german = "Guten Tag, wie geht es Ihnen heute?"
    assert chosen(native, "nova", german)[0].startswith("de+f")
    assert chosen(native, "onyx", german)[0].startswith("de")


@pytest.mark.parametrize("text", ["Hello.", "Buenos días, ¿cómo está usted?", "Привет, мир"])
@pytest.mark.parametrize("engines", [FOREIGN_CHOIR, CHOIR, ABSENT_CHOIR])
def test_two_sexes_never_share_a_voice(engines: dict[str, str], text: str) -> None:
    catalog = VoiceCatalog(Registry(engines, ORDER))
    voices: dict[str, set[str]] = {"female": set(), "male": set()}
    for name, who in VOICES.items():
        voices[who.gender].add(chosen(catalog, name, text)[0])
    assert voices["female"]
    assert voices["male"]
    assert not voices["female"] & voices["male"]


def test_the_nearest_natural_voice_of_the_sex(foreign: VoiceCatalog) -> None:
    assert chosen(foreign, "nova") == ("heart", "en")
    assert chosen(foreign, "onyx") == ("jm_kumo", "en")
    spanish = "Buenos días, ¿cómo está usted?"
    assert chosen(foreign, "nova", spanish) == ("jf_alpha", "es")
    assert chosen(foreign, "onyx", spanish) == ("jm_kumo", "es")


def test_an_engine_that_was_named_and_has_no_such_voice(foreign: VoiceCatalog) -> None:
    request = SpeechRequest(text="Hi.", voice="onyx", engine="hibari", stand_in=StandIn("male"))
    with pytest.raises(UnknownNameError, match="hibari has no male voice"):
        plan(request, foreign, 100)
