from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts_core.text.reading.kana import kana
from tts_core.text.reading.reader import read, read_parts
from tts_core.text.reading.reading import Reading

TEXTS = st.lists(
    st.sampled_from(
        ["東京は", "5月3日", "(金)", "¥100", "1人", "、", "。", "NHK", "学校へ", " ", "\n", "３本",
         "「はい」", "コーヒー", "𠮷", "😀", "iPhone", "2024年", "を買う"]
    ),
    max_size=10,
).map("".join)  # fmt: skip


def words_of(text: str, reading: Reading) -> list[tuple[str, str]]:
    return [(text[word.offset : word.offset + word.length], word.spoken) for word in reading.words]


def test_kanji_become_kana_with_the_spans_of_the_dictionary() -> None:
    text = "東京は5月3日、1人で学校へ。"
    reading = kana(read(text, "ja"))
    assert reading.spoken == "とうきょうわごがつみっか、ひとりでがっこうえ。"
    assert words_of(text, reading) == [
        ("東京", "とうきょう"),
        ("は", "わ"),
        ("5月", "ごがつ"),
        ("3日、", "みっか、"),
        ("1人", "ひとり"),
        ("で", "で"),
        ("学校", "がっこう"),
        ("へ。", "え。"),
    ]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("お母さんと大阪の氷", "おかあさんとおおさかのこおり"),
        ("NHKのニュース", "エヌエイチケイのニュース"),
        ("八百円、三百本", "はっぴゃくえん、さんびゃっぽん"),
        ("10分、20日", "じゅっぷん、はつか"),
    ],
)
def test_readings(text: str, spoken: str) -> None:
    assert kana(read(text, "ja")).spoken == spoken


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_words_are_where_they_say(text: str) -> None:
    before = read(text, "ja")
    reading = kana(before)
    for a, b in pairwise(reading.words):
        assert a.offset + a.length <= b.offset
    for word in reading.words:
        assert reading.spoken[word.at :].startswith(word.spoken)
    assert reading.left_out == before.left_out
    ends = [(words[0].offset, words[-1].offset + words[-1].length)
            for words in (before.words, reading.words) if words]  # fmt: skip
    assert len(set(ends)) < 2


def test_parts_count_from_the_first() -> None:
    text = "今日は良い天気です。明日も晴れるでしょう。" * 40
    at = 0
    for part in map(kana, read_parts(text, "ja")):
        assert part.words
        assert all(part.spoken.find(word.spoken) >= 0 for word in part.words)
        at += len(part.spoken)
    assert at > len(text)
