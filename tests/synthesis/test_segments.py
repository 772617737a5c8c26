"""Segments keep what is written beside what is said, also when words are timed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_core.events import Segment
from tts_core.synthesis.segments import cut
from tts_core.text.reading.assembly import Source
from tts_core.text.reading.kana import kana
from tts_core.text.reading.reader import read
from tts_core.text.reading.reading import Options
from tts_core.text.reading.timings import WrittenWords
from tts_core.types import WordTiming

TEXT = "On May 3, 2024, Dr. Who paid $5 — in **cash**. He got $1.50 back."
PIECES = ["$5", "Dr. Who", "10–20 km", "**bold**", "and so on", "e\u0301", "1/2.", "\n\n", "It is."]


def segments_of(text: str, longest: int = 200) -> list[Segment]:
    source = Source(text, Options())
    return cut(source, read(source, "en-us"), longest)


def said(segment: Segment) -> list[WordTiming]:
    return [WordTiming(word, n, n + 1) for n, word in enumerate(segment.spoken.split())]


def test_a_segment_knows_what_is_written_and_what_is_said() -> None:
    first, second = segments_of(TEXT)
    assert first.text == "On May 3, 2024, Dr. Who paid $5 — in cash."
    assert first.spoken.startswith("On May third, twenty twenty-four, Doctor Who paid five dollars")
    assert TEXT[first.start : first.end] == TEXT[: TEXT.index(" He")]
    assert second.text == TEXT[second.start : second.end] == "He got $1.50 back."


def test_times_of_what_is_said_become_those_of_what_is_written() -> None:
    first, _ = segments_of(TEXT)
    words = WrittenWords(first)
    words.add(said(first))
    assert [(w.text, w.start, w.end) for w in words.timings] == [
        ("On", 0, 1),
        ("May 3, 2024,", 1, 5),
        ("Dr.", 5, 6),
        ("Who", 6, 7),
        ("paid", 7, 8),
        ("$5", 8, 10),
        ("—", 10, 11),
        ("in", 11, 12),
        ("cash.", 12, 13),
    ]


def test_a_word_is_told_when_it_begins_and_ends_with_its_last_part() -> None:
    (segment,) = segments_of("It cost $5 in all.")
    words = WrittenWords(segment)
    it, cost, five, dollars, *rest = said(segment)
    assert [w.text for w in words.add([it, cost, five])] == ["It", "cost", "$5"]
    assert words.timings[-1].end == five.end
    assert words.add([dollars]) == []
    assert words.timings[-1] == WordTiming("$5", five.start, dollars.end)
    assert [w.text for w in words.add(rest)] == ["in", "all."]


def test_a_text_that_is_said_as_written_has_no_words_of_its_own() -> None:
    (segment,) = segments_of("It is said as it is written.")
    assert segment.text == segment.spoken
    assert segment.words == ()


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=30), st.integers(20, 120))
def test_segments_cover_what_is_said_in_order(pieces: list[str], longest: int) -> None:
    text = " ".join(pieces)
    segments = segments_of(text, longest)
    assert [s.index for s in segments] == list(range(len(segments)))
    spoken = read(text, "en-us").spoken
    assert "".join("".join(s.spoken for s in segments).split()) == "".join(spoken.split())
    position = 0
    for segment in segments:
        assert position <= segment.start <= segment.end <= len(text)
        assert segment.start < segment.end or not segment.words[0].text
        position = segment.end
        for word in segment.words:
            assert 0 <= word.at < word.end
        assert all(word.text for word in segment.words[1:])


@pytest.mark.parametrize("longest", [15, 25, 200])
def test_long_words_may_be_said_in_several_segments(longest: int) -> None:
    segments = segments_of("Paid on May 3, 2024.", longest)
    assert max(len(s.spoken) for s in segments) <= longest
    assert " ".join(s.spoken for s in segments) == "Paid on May third, twenty twenty-four."


def test_what_a_reading_is_cut_in_is_written_in_one_segment_and_one_word() -> None:
    text = "Paid on May 3, 2024."
    segments = segments_of(text, 15)
    assert len(segments) > 2
    assert "".join(text[s.start : s.end] for s in segments) == text
    assert " ".join(s.text for s in segments).split() == text.split()
    timed = []
    for segment in segments:
        words = WrittenWords(segment)
        words.add(said(segment))
        timed += [word.text for word in words.timings]
    assert timed == ["Paid", "on", "May 3, 2024."]


@pytest.mark.parametrize("word", ["don’t", "ﬁrst", "cafe\u0301", "Ｆｕｌｌ", "5℃", "emo-\ntional"])
def test_words_and_segments_are_in_the_characters_of_the_text(word: str) -> None:
    text = f"We say {word} here."
    (segment,) = segments_of(text)
    assert segment.text == text
    words = WrittenWords(segment)
    words.add(said(segment))
    assert [w.text for w in words.timings] == ["We", "say", word, "here."]


def test_an_engine_may_say_a_word_in_another_way() -> None:
    (segment,) = segments_of("On May 3 we paid $5 for a map, and saw a park at 7 km.")
    words = WrittenWords(segment)
    heard = ["On", "may", "third", "we've", "paid", "5", "dollars", "for", "a", "map"]
    words.add(WordTiming(word, n, n + 1) for n, word in enumerate(heard))
    assert [(w.text, w.start, w.end) for w in words.timings] == [
        ("On", 0, 1),
        ("May 3", 1, 3),
        ("we've", 3, 4),
        ("paid", 4, 5),
        ("$5", 5, 7),
        ("for", 7, 8),
        ("a", 8, 9),
        ("map", 9, 10),
    ]


def test_several_words_that_an_engine_reports_as_one_are_those_that_are_written() -> None:
    source = Source("東京に3回行った。", Options())
    (segment,) = cut(source, kana(read(source, "ja")), 200, language="ja")
    assert segment.spoken == "とうきょうにさんかいいった。"
    for times in (
        [segment.spoken],
        ["とうきょうに", "さんかいいった。"],
        ["とう", "きょうにさんかいいった。"],
    ):
        words = WrittenWords(segment)
        words.add(WordTiming(word, n, n + 1) for n, word in enumerate(times))
        assert "".join(word.text for word in words.timings) == segment.text
