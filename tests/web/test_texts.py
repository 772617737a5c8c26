"""The catalogues of the page: complete, alike, used, and chosen by what visitors ask for."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from gradio.i18n import I18nData

from tests.support.brackets import german_in_brackets, outside
from tests.support.recordings import (
    amplified,
    excerpt,
    joined,
    noisy,
    over_telephone,
    padded,
    spoken,
)
from tts_core.audio.clip_report import inspect_clip
from tts_core.documents.read import read_document
from tts_core.engines.registry import ENGINES
from tts_core.errors import QueueFullError, TooLargeError, TTSError
from tts_core.types import AudioChunk, SpeechRequest
from tts_core.voices.files import scan
from tts_core.web.app import App
from tts_core.web.ui import texts as texts_module
from tts_core.web.ui.engines import engine_cards, translated_cards
from tts_core.web.ui.texts import (
    ENGLISH,
    LANGUAGES,
    Text,
    Texts,
    catalogue,
    negotiated,
    parameter_text,
    said_script,
    script,
)

UI = Path(texts_module.__file__).parents[1]
OTHERS = sorted(set(LANGUAGES) - {ENGLISH})
RECOGNIZED = ("said.", "engine.", "language.of.", "warning.", "parameter.")
"""What the core and the engines say in English."""
CODE = [
    *UI.glob("*.py"),
    *UI.glob("assets/*.py"),
    *UI.glob("gallery/*.py"),
    *UI.glob("player/*.py"),
    *UI.glob("studio/*.py"),
    *UI.glob("texts/*.py"),
    *UI.glob("assets/*.js"),
    UI.parent / "document.py",
]


def forms(text: Text) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", OTHERS)
def test_catalogues_have_the_same_keys_and_placeholders(language: str) -> None:
    english, other = catalogue(ENGLISH), catalogue(language)
    assert list(other) == list(english) == sorted(english)
    for key, text in other.items():
        assert isinstance(text, str) == isinstance(english[key], str), key
        wanted = {name for form in forms(english[key]) for name in placeholders(form)}
        for form in forms(text):
            assert placeholders(form) == wanted, key
            assert form == form.strip() != "", key


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_the_forms_of_the_language(language: str) -> None:
    """ "many" is for millions in Romance languages, where "other" is taken."""
    wanted = set(Texts(language).locale.plural_form.tags) - {"many"} | {"other"}
    for key, text in catalogue(language).items():
        if isinstance(text, dict):
            assert set(text) == wanted, key


@pytest.mark.parametrize("language", OTHERS)
def test_texts_are_translated(language: str) -> None:
    """Names, formats and words that are the same in both languages are few."""
    english = catalogue(ENGLISH)
    same = [key for key, text in catalogue(language).items() if text == english[key]]
    assert len(same) < len(english) / 12, same


def test_every_key_is_used_and_every_used_key_exists() -> None:
    keys = set(catalogue(ENGLISH))
    code = "\n".join(path.read_text(encoding="utf-8") for path in CODE)
    markup = "\n".join(path.read_text(encoding="utf-8") for path in UI.glob("assets/*.html"))
    in_markup = set(re.findall(r"\[\[([\w.]+)\]\]", markup + code))
    assert in_markup <= keys
    called = r"""\b(?:text|texts|words|ui_text|aloud\.text)\(\s*['"]([a-z_]+(?:\.[a-z_]+)*)['"]"""
    assert set(re.findall(called, code)) <= keys
    composed = r"""[`"]([a-z]+(?:\.[a-z]+)*\.)(?:\$?\{)"""  # such as f"gender.{name}"
    families = tuple(set(re.findall(composed, code)))
    unused = [
        key
        for key in keys - in_markup
        if not key.startswith((*RECOGNIZED, *families))
        and not re.search(rf"""['"]{key}['"]""", code)
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("chosen", "header", "language"),
    [
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "nl, fr;q=0.5", "fr"),
        ("", "en;q=0.1, ja;q=0.2", "ja"),
        ("", "pt", "pt-BR"),
        ("", "zh-Hant-TW", "zh-CN"),
        ("", "zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", "zh-CN"),
        ("", "nl", "en"),
        ("", "de;q=0, es", "es"),
        ("", "", "en"),
        ("", ";;q=,,;q=x" * 1000, "en"),
        ("hi", "de", "hi"),
        ("xx", "de", "de"),
        ("../en", "de", "de"),
    ],
)
def test_the_language_is_what_was_chosen_or_asked_for(
    chosen: str, header: str, language: str
) -> None:
    assert negotiated(chosen, header) == language


def test_errors_are_told_in_the_language_of_the_page() -> None:
    long = TooLargeError(
        "The text has 12,000 characters; the limit is 10,000. Split it into several requests, or "
        "raise TTS_MAX_TEXT_LENGTH on your own server.",
        "text",
    )
    german = Texts("de").failure(long)
    assert german.startswith("Der Text hat 12.000 Zeichen; erlaubt sind 10.000.")
    assert "TTS_" not in german
    assert Texts("en").failure(long) == str(long)
    rare = QueueFullError("3 files are being made, which is the limit; try again in a minute.")
    assert Texts("fr").failure(rare).startswith("Trop de demandes sont en cours.")
    assert str(rare) in Texts("fr").failure(rare)  # names the limit
    assert Texts("de").failure(TTSError("Something else.")) == "Something else."


@pytest.mark.parametrize(
    ("text", "voice"),
    [("", "default"), ("—…!", "default"), ("a" * 20_000, "default"), ("Hello.", "nobody")],
)
def test_errors_that_visitors_meet_are_in_the_catalogue(app: App, text: str, voice: str) -> None:
    with pytest.raises(TTSError) as caught:
        app.service.stream(SpeechRequest(text=text, voice=voice))
    assert str(caught.value) not in Texts("de").failure(caught.value)


def test_numbers_and_plurals_are_those_of_the_language() -> None:
    assert Texts("en")("voices.recordings", count=1) == "1 recording"
    assert Texts("de")("voices.recordings", count=1200) == "1.200 Aufnahmen"
    with pytest.raises(KeyError):
        Texts("de")("voices.new_name")


def test_scripts_get_the_sentences_of_the_core_by_their_english_wording() -> None:
    assert '"No clipping":"Keine Übersteuerung"' in said_script("de")
    assert "Keine Übersteuerung" not in script("de")


def test_what_the_core_says_of_recordings_is_in_the_catalogue() -> None:
    """Recordings that pass and fail each check."""
    english = catalogue(ENGLISH)
    patterns = [
        re.compile(re.sub(r"\\\{\w+\\\}", ".+?", re.escape(str(text))))
        for key, text in english.items()
        if key.startswith("said.")
    ]
    clean = spoken()
    silence = AudioChunk(np.zeros(clean.sample_rate, np.float32), clean.sample_rate)
    for clip in (
        clean,
        silence,
        excerpt(clean, 0, 2),
        amplified(clean, 40),
        amplified(clean, -40),
        noisy(clean, 5),
        over_telephone(clean),
        padded(clean, 20, 20),
        joined([clean, spoken("f2")]),
    ):
        for check in inspect_clip(clip).checks:
            assert f"clone.check.{check.name}" in english
            for sentence in filter(None, (check.says, check.advice)):
                assert any(pattern.fullmatch(sentence) for pattern in patterns), sentence


def test_what_our_engines_say_is_in_the_catalogue(app: App) -> None:
    """Licenses, reasons, weights and parameters; and each language has a name in German."""
    with german_in_brackets():
        texts = Texts("de")
        for card in translated_cards(engine_cards(app.service), texts):
            if card["name"] in ENGINES:
                weights = [w[key] for w in card["weights"] for key in ("label", "licence", "note")]
                for said in (card["licence"], card["reason"], *weights):
                    assert outside(said) == [], said
        for info in map(app.service.engines.info, ENGINES):
            for language in info.languages:
                name = texts.language_name(language.name, language.code)
                assert outside(name) == [], name


def test_parameters_of_our_engines_are_in_the_catalogue(app: App) -> None:
    for info in map(app.service.engines.info, ENGINES):
        for field in info.parameters.model_json_schema().get("properties", {}).values():
            for text in (field["title"], field.get("description", "")):
                assert not text or isinstance(parameter_text(text), I18nData), text
            for label in field.get("x-labels", {}).values():
                plain = re.fullmatch(r"[A-Z][a-z]+( [A-Z][a-z]+)*( \d)?", label)
                assert plain or Texts("ja").said(label) != label, label


@pytest.mark.parametrize("language", OTHERS)
def test_an_engine_without_translations_says_what_it_says(app: App, language: str) -> None:
    """Adding an engine is one folder and a row: nothing of it has to be in the catalogue."""
    cards = {card["name"]: card for card in engine_cards(app.service)}
    translated = {c["name"]: c for c in translated_cards([*cards.values()], Texts(language))}
    assert set(translated) == set(cards) > set(ENGINES)
    assert translated["absent"]["reason"] == cards["absent"]["reason"] != ""
    assert parameter_text("How loudly it hums.") == "How loudly it hums."


@pytest.mark.parametrize(
    ("message", "german"),
    [
        (
            "Emma is an English voice; it speaks French with an accent.",
            "Emma ist eine Stimme für eine andere Sprache (Englisch); diese Sprache (Französisch) "
            "spricht sie mit Akzent.",
        ),
        (
            "Needs 1.9 GB of weights: press Download on the page, or run `aloud download xtts`.",
            "Benötigt 1,9\u00a0GB Gewichte: auf dieser Seite „Download“ drücken oder "
            "`aloud download xtts` ausführen.",
        ),
        (
            "The disk is full. It hums. What has been downloaded is kept.",
            "Der Datenträger ist voll. It hums. Bereits Heruntergeladenes bleibt erhalten.",
        ),
        (
            "Chatterbox speaks instead of Groq: Groq did not answer in time; please try again.",
            "Chatterbox spricht anstelle von Groq: Groq hat nicht rechtzeitig geantwortet; bitte "
            "erneut versuchen.",
        ),
        (
            "The document is named .txt but is a PDF. Rename it to end in .pdf.",
            "Das Dokument heißt .txt, ist aber ein anderes Format (PDF). Bitte die Endung in .pdf "
            "ändern.",
        ),
        (
            "Fenrir was a voice of Kokoro, but Kokoro cannot be used (The disk is full. Start the "
            "download again later.); hibari speaks instead.",
            "Fenrir war eine Stimme von Kokoro, aber Kokoro ist nicht nutzbar (Der Datenträger "
            "ist voll. Den Download später erneut starten.); stattdessen spricht hibari.",
        ),
        (
            "There is a voice '1984' already; choose another name, or delete that one.",
            "Es gibt schon eine Stimme „1984“; einen anderen Namen wählen oder diese löschen.",
        ),
        ("It hums.", "It hums."),
    ],
)
def test_sentences_of_the_core_are_recognized(message: str, german: str) -> None:
    assert Texts("de").said(message) == german
    assert Texts("en").said(message) == message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<p>It was cold.</p><img src='a.png'>"),
        ("a.txt", "It was a café.".encode("cp1252")),
        (
            "a.srt",
            b"1\n00:00:02,000 --> 00:00:01,000\nNo.\n\n2\n00:00:03,000 --> 00:00:04,000\nYes.",
        ),
    ],
)
def test_warnings_about_documents_are_in_the_catalogue(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    warnings = read_document(tmp_path / name, name).warnings
    assert warnings
    with german_in_brackets():
        for warning in warnings:
            assert outside(Texts("de").said(warning)) == [], warning


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b""),
        ("a.txt", b"\x00\x01" * 50),
        ("a.txt", b"%PDF-1.7"),
        ("a.pdf", b"%PDF-1.7"),
        ("a.docx", b"no archive"),
        ("a.xyz", b"Hello."),
        ("a.html", b"<p></p>"),
        ("a.srt", b"no cue"),
        ("a.rtf", b"{\\rtf1}"),
    ],
)
def test_errors_about_documents_are_in_the_catalogue(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TTSError) as caught:
        read_document(tmp_path / name, name)
    with german_in_brackets():
        assert outside(Texts("de").said(str(caught.value))) == [], caught.value


def test_skipped_folders_of_voices_are_told_in_the_language_of_the_page(tmp_path: Path) -> None:
    for name, content in (("none", None), ("odd", "{}"), ("long", " " * 2_000_000)):
        (tmp_path / name).mkdir()
        if content is not None:
            (tmp_path / name / "voice.json").write_text(content, encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "odd")
    _, problems = scan(tmp_path)
    assert {problem.folder for problem in problems} == {"none", "odd", "long", "link"}
    for problem in problems:
        assert Texts("de").said(problem.reason) != problem.reason, problem


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("de", ["Ägyptisch", "Dänisch", "Deutsch", "Zulu"]),
        ("es", ["nauatl", "noruego", "ñame", "oriya"]),
        ("fr", ["écossais", "espagnol", "estonien"]),
        ("zh-CN", ["阿拉伯语", "波兰语", "丹麦语", "德语", "英语", "中文"]),
        ("ja", ["アラビア語", "タイ語", "デンマーク語", "英語", "中国語"]),
        ("hi", ["अंग्रेज़ी", "अरबी", "जर्मन", "डेनिश"]),
    ],
)
def test_lists_are_sorted_as_in_the_language(language: str, names: list[str]) -> None:
    keys = [Texts(language).sort_key(name) for name in names]
    assert keys == sorted(keys)
