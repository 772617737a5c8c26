"""What the gallery of voices lists, and the sound of each, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.choir import CHOIR
from tests.support.many_voices import many_voices
from tests.support.polyglot import POLYGLOT
from tts_core.engines.registry import ENGINES, Registry
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.web.app import App
from tts_core.web.ui.choices import AUTO, DEFAULT_VOICE, ready_engines, voice_choices
from tts_core.web.ui.gallery.choosing import chosen
from tts_core.web.ui.gallery.listing import listing
from tts_core.web.ui.texts import Texts

ENGLISH = Texts("en")
SOUND = "page/voices/sound"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[SpeechService]:
    settings = Settings(_env_file=None, data_dir=tmp_path, runner="inline")  # type: ignore[call-arg]
    service = SpeechService(settings, Registry({**CHOIR, **POLYGLOT}, Settings(engine_order="*")))
    yield service
    service.close()


def ids(voices: list[dict[str, Any]], **fields: str) -> list[str]:
    return [v["id"] for v in voices if all(v[name] == value for name, value in fields.items())]


def test_natural_voices_come_first_and_sexes_apart(service: SpeechService) -> None:
    found = listing(service, ENGLISH, AUTO, "")
    engines = [voice["engine"] for voice in found["voices"]]
    assert engines.index("espeak") > max(engines.index("choir"), engines.index("hibari"))
    assert found["engines"]["choir"] == found["engines"]["choir"] | {
        "label": "Choir", "natural": True, "blends": True,
    }  # fmt: skip
    german = ids(found["voices"], engine="espeak", language="de")
    assert german == ["de", "de+f2"]
    assert [v["name"] for v in found["voices"] if v["id"] == "de"] == [""]  # it is the language's


def test_names_of_languages_are_those_of_the_page_and_their_own(service: SpeechService) -> None:
    found = listing(service, Texts("de"), AUTO, "")["languages"]
    assert found["es"] == {"name": "Spanisch", "words": "español, Spanish"}
    assert found["en-gb"]["name"] == "Englisch (Vereinigtes Königreich)"
    assert found["en"]["name"] == "Englisch"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (AUTO, "Guten Morgen! Der Zug nach Lübeck fährt heute um acht.", "de"),
        (AUTO, "你好，欢迎使用。", "cmn"),
        (AUTO, " ", "en"),  # that of the page
        ("pt-br", "Guten Morgen!", "pt"),
    ],
)
def test_language_of_the_text(
    service: SpeechService, language: str, text: str, expected: str
) -> None:
    assert listing(service, ENGLISH, language, text)["language"] == expected


def test_grades(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many_voices(tmp_path / "voices", 60)
    monkeypatch.setenv("TTS_KOKORO_PATH", str(tmp_path / "voices"))
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", runner="inline")  # type: ignore[call-arg]
    service = SpeechService(settings, Registry({"kokoro": ENGINES["kokoro"]}, settings))
    try:
        voices = listing(service, ENGLISH, AUTO, "")["voices"]
    finally:
        service.close()
    american = [(v["id"], v["grade"]) for v in voices if v["language"] == "en-us"]
    assert american[:3] == [("af_heart", "A"), ("af_bella", "A-"), ("af_nicole", "B-")]
    assert american[-1][1] == ""
    assert len(voices) == 67  # with the Japanese and the Mandarin ones


def test_choosing_keeps_what_fits(service: SpeechService) -> None:
    def choice(voice: str, engine: str, *before: str) -> list[Any]:
        values = chosen(service, ENGLISH, {"voice": voice, "engine": engine}, *before)
        return [*values[:2], values[2].value]

    assert choice("af_bella", "choir", AUTO, AUTO) == [AUTO, AUTO, "af_bella"]
    assert choice("af_bella", "choir", "choir", "en") == ["choir", "en", "af_bella"]
    assert choice("de", "espeak", "choir", "en") == [AUTO, AUTO, "de"]
    assert choice("de+f2", "espeak", AUTO, "de") == [AUTO, "de", "de+f2"]
    assert choice("gone", "choir", AUTO, "de")[2] == DEFAULT_VOICE
    blend = "af_bella(7)+jm_kumo(3)"
    assert choice(blend, "choir", AUTO, "es") == [AUTO, "es", blend]


def test_a_blend_is_among_the_voices_while_it_is_chosen(service: SpeechService) -> None:
    engines = ready_engines(service)
    blend = "af_bella(7)+af_nova(3)"
    assert blend not in [v for _, v in voice_choices(service, engines, AUTO, ENGLISH)]
    found = voice_choices(service, engines, AUTO, ENGLISH, chosen=blend)
    assert ("Bella 70% + Nova 30%", blend) in found
    for other in ("af_bella(7)+nobody(3)", "af_bella", "nobody+f2"):
        assert voice_choices(service, engines, AUTO, ENGLISH, chosen=other) == voice_choices(
            service, engines, AUTO, ENGLISH
        )


@pytest.mark.live
def test_sounds(app: App) -> None:
    with httpx.Client(base_url=app.url) as client:
        query = {"engine": "espeak", "voice": "de+f2", "language": "de", "v": "1"}
        first = client.get(SOUND, params=query)
        assert "immutable" in first.headers["cache-control"]
        assert 24_000 < len(first.content) < 240_000
        record = app.service.report.history(1)["request_history"][0]
        assert record["text_preview"] == "Hallo, so klingt meine Stimme."
        assert client.get(SOUND, params=query).is_success

        unknown = client.get(SOUND, params=query | {"voice": "nobody"})
        assert unknown.status_code == 404
        assert "nobody" in unknown.json()["error"]["message"]
        # Another site's page must not make this server speak.
        foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
        assert client.get(SOUND, params=query, headers=foreign).status_code == 403


@pytest.mark.live
def test_the_list_is_small_on_the_wire(app: App) -> None:
    with httpx.stream("POST", f"{app.url}page/voices", content="Guten Tag.") as answer:
        size = sum(map(len, answer.iter_raw()))
    assert answer.headers["content-encoding"] == "gzip"
    assert size < 12_000
