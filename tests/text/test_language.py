from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.short_sentences import SHORT_SENTENCES
from tts_core.text import language
from tts_core.text.language import detect_language, sentence_languages


def test_one_model_for_all() -> None:
    """It takes seconds to load: fifty requests at once must not each load their own."""
    language._model.cache_clear()
    language._identifier.cache_clear()
    texts = {"de": "Das ist ein deutscher Satz.", "fr": "Ceci est une phrase française."}
    asked = [(code, {"de", "fr", other}) for code in texts for other in ("en", "es", "it")]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda item: detect_language(texts[item[0]], item[1]), asked))
    assert found == [code for code, _ in asked]
    assert language._model.cache_info().misses == 1


def test_only_among_those_asked_for() -> None:
    for among in ({"de", "en"}, {"fr", "en"}, {"de", "en"}):
        assert detect_language("Das ist ein ganz normaler deutscher Satz.", among) in among


def test_the_language_of_a_short_sentence_does_not_change_that_of_its_text() -> None:
    for code, sentence in SHORT_SENTENCES:
        assert [part.language for part in sentence_languages(sentence, code)] == [code]


def test_most_short_sentences_of_other_languages_are_found() -> None:
    foreign = [(code, sentence) for code, sentence in SHORT_SENTENCES if code != "en"]
    found = [
        code == part.language
        for code, sentence in foreign
        for part in sentence_languages(sentence, "en-us")
    ]
    assert sum(found) / len(found) > 0.85


def test_sentences_of_several_languages() -> None:
    text = (
        "He looked at her. « Je ne sais pas ce que tu veux dire. » Then he left. 東京は首都です。 "
        "That was all."
    )
    parts = sentence_languages(text, "en-us")
    assert [text[part.start : part.end].strip() for part in parts] == [
        "He looked at her.",
        "« Je ne sais pas ce que tu veux dire. »",
        "Then he left.",
        "東京は首都です。",
        "That was all.",
    ]
    assert [part.language for part in parts] == ["en-us", "fr", "en-us", "ja", "en-us"]


def test_kanji_alone_are_in_the_language_of_the_text() -> None:
    assert [part.language for part in sentence_languages("東京都庁。", "ja")] == ["ja"]
    assert [part.language for part in sentence_languages("東京都庁。", "en-us")] == ["zh"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello 你好, 我要一杯 coffee.", "zh"),
        ("這個 project 很好，我們明天 deploy。", "zh"),
        ("今天我们学习 machine learning 和 deep learning 的 basics。", "zh"),
        ("佢哋好鍾意呢個 app, 我都係。", "yue"),
        ("我哋今日去邊度食飯呀？", "zh"),
        ("我哋唔知佢喺邊度。", "yue"),
    ],
)
def test_chinese_is_mandarin_unless_only_cantonese_has_its_characters(
    text: str, language: str
) -> None:
    among = {"en", "cmn", "yue", "hak", "fr", "de", "ja", "ko"}
    assert detect_language(text, among) == language


def test_what_has_no_letters_is_in_the_language_of_the_text() -> None:
    assert sentence_languages("123 – 456!", "de") == [(0, 10, "de")]
    assert sentence_languages("", "de") == []
