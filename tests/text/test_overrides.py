"""Pronunciations that are given for parts of a text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts_core.synthesis.segments import cut
from tts_core.text.reading.assembly import Source
from tts_core.text.reading.kana import kana
from tts_core.text.reading.override import Override, merged
from tts_core.text.reading.reader import read
from tts_core.text.reading.reading import Options, Reading

PIECES = (
    "SQL", "$5", "3 km", "Dr.", "**bold**", "[link](http://a.example)", "`code`", "e\u0301te",
    "ﬁne", "word", "-", "(", ")", ",", "\n\n", "5", "iPhone", "東京", "。",
)  # fmt: skip


def override(text: str, part: str, spoken: str = "", phonemes: str = "") -> Override:
    start = text.index(part)
    return Override(start, start + len(part), spoken, phonemes)


def spoken_with(text: str, *overrides: Override, language: str = "en-us") -> str:
    return read(text, language, overrides=merged(overrides)).spoken


def test_respelling_replaces_the_rules() -> None:
    text = "I use SQL, and (GIF) at $5."
    gif = override(text, "GIF", "JIF")
    assert spoken_with(text, override(text, "SQL", "sequel"), gif) == (
        "I use sequel, and (JIF) at five dollars."
    )


def test_respelling_with_digits_is_read() -> None:
    text = "It lasts 2h now."
    assert spoken_with(text, override(text, "2h", "3 hours")) == "It lasts three hours now."


def test_rules_stop_before_an_override() -> None:
    text = "Run 5 km today."
    assert spoken_with(text, override(text, "km", "clicks")) == "Run five clicks today."


def test_phonemes_stay_with_exactly_their_word() -> None:
    text = "They (live) at 5 St. James, live."
    reading = read(text, "en-us", overrides=[override(text, "live", phonemes="lɪv")])
    [word] = [word for word in reading.words if word.phonemes]
    assert (word.spoken, word.phonemes) == ("live", "lɪv")
    assert text[word.offset : word.offset + word.length] == "live"
    [segment] = cut(Source(text, Options()), reading, 400, language="en-us")
    [read_word] = [word for word in segment.words if word.phonemes]
    assert segment.spoken[read_word.at : read_word.end] == "live"
    assert read_word.text == "live"


def test_phonemes_of_a_word_that_is_cut_are_left_out() -> None:
    text = "Hello Eyjafjallajökull."
    reading = read(text, "en-us", overrides=[override(text, "Eyjafjallajökull", phonemes="eɪja")])
    segments = cut(Source(text, Options()), reading, 12, language="en-us")
    assert len(segments) > 1
    assert not any(word.phonemes for segment in segments for word in segment.words)


def test_places_are_those_of_the_written_text() -> None:
    text = "<b>**Caf\u0065\u0301**</b> costs $5, `SQL`"
    overrides = (
        override(text, "Caf\u0065\u0301", "kaffay"),
        override(text, "SQL", "sequel"),
    )
    assert spoken_with(text, *overrides) == "Kaffay costs five dollars, sequel"


def test_what_is_not_spoken_stays_unspoken() -> None:
    text = "Look [here](https://sql.example).\n\n```\nsql\n```\n\nEnd."
    assert spoken_with(text, override(text, "sql", "sequel")) == spoken_with(text)


def test_phrase_is_never_cut() -> None:
    text = "A sentence of some length. " * 14 + "We met at the U.S. Army\n\nBase. " + "More. " * 80
    phrase = override(text, "U.S. Army\n\nBase", "camp")
    assert "We met at the camp. More." in spoken_with(text, phrase)


def test_japanese_respelling_is_not_taken_for_a_particle() -> None:
    text = "羽は5月に。"
    reading = kana(read(text, "ja", overrides=[override(text, "羽", "は", "ha")]))
    assert reading.spoken == "はわごがつに。"
    assert reading.words[0].phonemes == "ha"


def test_earlier_group_wins_where_overrides_overlap() -> None:
    first = [Override(5, 9, "a")]
    second = [Override(0, 5, "b"), Override(3, 4, "c"), Override(8, 12, "d"), Override(9, 10, "e")]
    assert merged(first, second) == (second[0], first[0], second[3])


@pytest.mark.parametrize("language", ["en-us", "de", "ja"])
@settings(max_examples=100)
@given(data=st.data())
def test_spans_stay_in_order_and_cover_the_text(language: str, data: st.DataObject) -> None:
    pieces = st.lists(st.sampled_from(PIECES), min_size=1, max_size=10)
    text = data.draw(st.sampled_from(("", " "))).join(data.draw(pieces))
    places = st.integers(0, len(text))
    given = st.builds(
        lambda a, b, spoken, phonemes: Override(min(a, b), max(a, b), spoken, phonemes),
        places,
        places,
        st.sampled_from(("", "foo bar", "3 km", "JIF")),
        st.sampled_from(("", "fuː")),
    )
    reading = read(text, language, overrides=merged(data.draw(st.lists(given, max_size=4))))
    check_order(reading)
    spans = [(word.offset, word.length) for word in reading.words]
    spans += [(part.offset, part.length) for part in reading.left_out]
    covered = {index for offset, length in spans for index in range(offset, offset + length)}
    assert {index for index, character in enumerate(text) if not character.isspace()} <= covered


def check_order(reading: Reading) -> None:
    assert all(a.offset + a.length <= b.offset for a, b in pairwise(reading.words))
    assert all(a.offset + a.length <= b.offset for a, b in pairwise(reading.left_out))
    assert all(a.at + len(a.spoken) <= b.at for a, b in pairwise(reading.words))
