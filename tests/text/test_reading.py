from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.reading_cases import ReadingCase, comparable, reading_cases
from tts_core.text.reading.kana import kana
from tts_core.text.reading.reader import read, read_parts
from tts_core.text.reading.reading import LeftOut, Options, Reading, Word

LANGUAGES = (
    *("en-us", "en-gb", "de", "fr", "es", "it", "pt-br", "nl", "ru", "hi", "ja", "zh", "sv"),
    *("pl", "uk", "cs", "tr", "el"),
    *("ar", "ko", "vi", "id"),
)
KANJI = re.compile(r"[一-鿿]")
_FRAGMENTS = """
$ 5 3.50 1,234 € km/h % 10–20 -5 14:05 3. Mai May 2024 Henry VIII Dr. St. U.S. FBI I A z. B.
Nr. No. 7 #1 @me a@b.de www.x.com 1/2 ½ x² CO2 H₂O +1 555-0134 1990s '80s 😀 👍🏽 * † ¹ & § / - –
= < > [1] the and emo-\ntional e\u0301 ﬁ ５ \xad \u200b <b> </b> ** _ ` .5 0 007 1e6 it's NASA
USA's iPhone Mio. per kg km . ! ? , ; : ( ) " ' … Uhr am Uhr. etc. usw. Rs. zł 5% %5 ² € 1 000
000 ٢٥ ٣٫٥ و5 بـ5 الـ20 كم م² م. هـ ص الساعة كتابا 5kg을 3시 4개 은(는) 제Ⅳ장 원 2을 kl. 1:a 99:- kr
-talet ke-3 anak2 1990-an Rp5 8h15 TP. v.v. 5.000đ thứ tháng 4/2024
3'te %4'ü 14.30'da XIX w. r. roku godz. 1990-х р. ст. до року ХХ 18-letni 5krát lata 90. 1. až
Β΄ 19ος χλμ. §5
"""
FRAGMENTS = [*_FRAGMENTS.split(), "emo-\ntional", "\n\n", "\n", " ", "  ", "\t", "* * *"]
TEXTS = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(" ".join),
    st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join),
    st.text(max_size=60),
)


@pytest.mark.parametrize("language", reading_cases())
def test_cases(language: str) -> None:
    wrong = [
        (case.written, spoken, case.spoken)
        for case in reading_cases()[language]
        if comparable(spoken := spoken_of(case), language)
        not in {comparable(text, language) for text in case.spoken}
    ]
    assert wrong == []


def spoken_of(case: ReadingCase) -> str:
    reading = read(case.written, case.language)
    if case.language == "ja" and not KANJI.search(case.spoken[0]):
        reading = kana(reading)
    return reading.spoken


def covered(text: str, reading: Reading) -> set[int]:
    spans = [(word.offset, word.length) for word in reading.words]
    spans += [(part.offset, part.length) for part in reading.left_out]
    return {index for offset, length in spans for index in range(offset, offset + length)}


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=TEXTS)
def test_spans_are_in_order_and_cover_the_text(language: str, text: str) -> None:
    reading = read(text, language)
    for spans in (reading.words, reading.left_out):
        spans_in_order: Sequence[Word | LeftOut] = spans
        assert all(a.offset + a.length <= b.offset for a, b in pairwise(spans_in_order))
        assert all(span.length > 0 for span in spans_in_order)
    visible = {index for index, character in enumerate(text) if not character.isspace()}
    assert visible <= covered(text, reading)
    for word in reading.words:
        assert reading.spoken[word.at :].startswith(word.spoken)


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=TEXTS)
def test_reading_twice_changes_nothing(language: str, text: str) -> None:
    once = read(text, language).spoken
    assert read(once, language).spoken == once


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=TEXTS)
def test_no_digit_is_left(language: str, text: str) -> None:
    assert not any(character.isdecimal() for character in read(text, language).spoken)


def test_marks_on_a_folded_character_are_composed() -> None:
    assert read("ⅷ\u0302", "it").spoken == "vii\u00ee"


@pytest.mark.parametrize("language", ["en-us", "ja"])
@pytest.mark.parametrize("text", ["aa.AaⅠ", "ⓐⓐ.Aa"])
def test_a_space_is_put_between_sentences_of_folded_letters(language: str, text: str) -> None:
    reading = read(text, language)
    assert reading.spoken.startswith("aa. A")
    assert read(reading.spoken, language).spoken == reading.spoken
    assert [(word.offset, word.length) for word in reading.words] == [(0, 3), (3, len(text) - 3)]


def test_words_have_their_written_spans() -> None:
    text = "On May 3, 2024, he (Dr. Who) paid $5."
    words = [
        (text[word.offset : word.offset + word.length], word.spoken, word.kind)
        for word in read(text, "en-us").words
    ]
    assert words == [
        ("On", "On", ""),
        ("May 3, 2024,", "May third, twenty twenty-four,", "date"),
        ("he", "he", ""),
        ("(Dr.", "(Doctor", "abbreviation"),
        ("Who)", "Who)", ""),
        ("paid", "paid", ""),
        ("$5.", "five dollars.", "money"),
    ]


def test_what_is_left_out_is_listed() -> None:
    text = "A theory¹ <b>was</b> wrong 😀.\n\n* * *\n\nNo."
    reading = read(text, "en-us")
    assert reading.spoken == "A theory was wrong.\n\nNo."
    left_out = [(text[p.offset : p.offset + p.length], p.why) for p in reading.left_out]
    assert ("¹", "power") in left_out
    assert ("<b>", "markup") in left_out
    assert ("😀", "emoji") in left_out


def test_emoji_are_said_on_request() -> None:
    assert read("Great 👍!", "en-us", Options(emoji="say")).spoken == "Great thumbs up!"


def test_parts_are_the_whole() -> None:
    text = "He paid $5. She said: “No. 7 is 3.5 km away!” Then they left, at 9 p.m. sharp. " * 40
    parts = list(read_parts(text, "en-us"))
    assert len(parts) > 5
    assert "".join(part.spoken for part in parts) == read(text, "en-us").spoken


def test_british_numbers_have_and() -> None:
    assert read("105", "en-gb").spoken == "One hundred and five"
    assert read("105", "en-us").spoken == "One hundred five"


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en-us", "It takes 5 min. It is 6 lbs.", "It takes five minutes. It is six pounds."),
        ("en-us", "Dr. Who left at 5 p.m. The end.", "Doctor Who left at five p.m. The end."),
        ("en-us", "Elm St. is here, etc. Then more.", "Elm Street is here, et cetera. Then more."),
        ("de", "Es war im Mai. Dann kam 1 Mio. Es war gut.", None),
    ],
)
def test_a_full_stop_that_ends_a_sentence_stays(
    language: str, written: str, spoken: str | None
) -> None:
    reading = read(written, language).spoken
    assert reading == spoken if spoken else reading.count(".") == 3


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en-us", "It has 3 million. Nobody knew.", "It has three million. Nobody knew."),
        ("en-us", "It cost $2bn. Nobody knew.", "It cost two billion dollars. Nobody knew."),
        ("de", "5 Mio. Menschen kamen.", "Fünf Millionen Menschen kamen."),
        ("de", "Etwa 3 Mio. Das ist viel.", "Etwa drei Millionen. Das ist viel."),
    ],
)
def test_a_magnitude_leaves_the_sentence_its_full_stop(
    language: str, written: str, spoken: str
) -> None:
    assert read(written, language).spoken == spoken


@pytest.mark.parametrize("stars", ["***", "****", "* * *"])
def test_stars_between_paragraphs_are_a_scene_break(stars: str) -> None:
    reading = read(f"Hello.\n\n{stars}\n\nBye.", "en-us")
    assert {part.why for part in reading.left_out} == {"ornament"}
    assert [mark.kind for mark in reading.marks] == ["scene break"]
