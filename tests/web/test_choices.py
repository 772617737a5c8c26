"""What the page offers when some voices speak many languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.choir import CHOIR
from tests.support.polyglot import MUTE, POLYGLOT
from tts_core.engines.registry import ENGINES, Registry
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.web.ui.choices import (
    language_choices,
    ready_engines,
    voice_choices,
    voice_language,
    voice_of_gender,
)
from tts_core.web.ui.texts import Texts

ENGLISH_TEXTS = Texts("en")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[SpeechService]:
    settings = Settings(_env_file=None, data_dir=tmp_path, runner="inline")  # type: ignore[call-arg]
    service = SpeechService(settings, Registry({**POLYGLOT, **ENGINES}))
    yield service
    service.close()


@pytest.mark.parametrize(
    ("language", "offered", "others"),
    [
        ("auto", {"Ann", "Ben", "de", "it", "cmn"}, set()),
        ("de", {"Ann", "Ben", "de"}, {"it", "en-gb"}),
        ("cmn", {"Ann", "Ben", "cmn"}, {"de"}),
        ("en-gb", {"Ann", "Ben", "en-gb"}, {"en-us"}),
        ("it", {"it"}, {"Ann", "Ben", "de"}),
    ],
)
def test_voices_by_language(
    service: SpeechService, language: str, offered: set[str], others: set[str]
) -> None:
    ids = {
        value
        for _, value in voice_choices(service, ready_engines(service), language, ENGLISH_TEXTS)
    }
    assert offered <= ids
    assert not others & ids


def test_language_of_a_voice(service: SpeechService) -> None:
    engines = ready_engines(service)
    assert voice_language(service, engines, "de") == "de"
    assert voice_language(service, engines, "Ben") == ""


def test_foreign_voices_are_told(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, runner="inline")  # type: ignore[call-arg]
    service = SpeechService(settings, Registry(CHOIR, Settings(engine_order="*")))
    try:
        engines = ready_engines(service)
        for language, labels in {
            "es": ["Default – Dora · female", "Kumo · male · Japanese accent · Choir"],
            "en": ["Default – Heart · female", "Bella · female · Choir"],
            "en-gb": ["Default – Emma · female", "Emma · female · Choir"],
            "de": ["Default – German – Deutsch · male"],
        }.items():
            offered = [
                label for label, _ in voice_choices(service, engines, language, ENGLISH_TEXTS)
            ]
            assert set(labels) <= set(offered)
        choir = ready_engines(service, "choir")
        assert (
            voice_choices(service, choir, "en-gb", ENGLISH_TEXTS)[0][0] == "Default – Emma · female"
        )
        for code, gender, chosen, label in (
            ("en", "male", "am_echo", "Default – Echo · male"),
            ("en-gb", "male", "bm_fable", "Default – Fable · male"),
            ("de", "female", "de+f2", "Default – German – Deutsch · female"),
        ):
            assert voice_of_gender(service, engines, code, gender, "12") == chosen
            assert voice_choices(service, engines, code, ENGLISH_TEXTS, gender)[0][0] == label
        assert voice_of_gender(service, choir, "de", "male", "12") == "default"
    finally:
        service.close()


def test_an_engine_without_voices(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, runner="inline")  # type: ignore[call-arg]
    service = SpeechService(settings, Registry({**MUTE, **ENGINES}))
    try:
        assert ready_engines(service)[0].name == "mute"
        assert voice_choices(service, ready_engines(service), "de", ENGLISH_TEXTS)[0][0].startswith(
            "Default – German"
        )
        assert voice_choices(service, ready_engines(service, "mute"), "de", ENGLISH_TEXTS) == [
            ("Default", "default")
        ]
        service.warm_up()
        states = {engine.name: engine.state for engine in service.engines.all()}
        assert states["mute"] == "unloaded"
    finally:
        service.close()


@pytest.mark.parametrize(
    ("language", "code", "label"),
    [
        ("en", "de", "German – Deutsch (de)"),
        ("de", "de", "Deutsch – German (de)"),
        ("de", "fr-be", "Französisch (Belgien) – français, French (Belgium) (fr-be)"),
        ("de", "en-gb-scotland", "Englisch (Schottland) – English (Scotland) (en-gb-scotland)"),
        ("ja", "it", "イタリア語 – italiano (it)"),
    ],
)
def test_languages_are_listed_by_all_their_names(
    service: SpeechService, language: str, code: str, label: str
) -> None:
    choices = language_choices(ready_engines(service), Texts(language))
    assert (label, code) in choices


def test_voices_are_listed_in_the_language_of_the_page(service: SpeechService) -> None:
    labels = [
        label for label, _ in voice_choices(service, ready_engines(service), "it", Texts("de"))
    ]
    assert any(label.startswith("Italienisch – italiano · männlich") for label in labels), labels
