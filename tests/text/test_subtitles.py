from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_core.text.cues import Cue, cues_from
from tts_core.text.subtitles import to_srt, to_vtt, word_cues, write_subtitles
from tts_core.types import WordTiming

LONG = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, "
    "it was the age of foolishness, it was the epoch of belief."
)


def test_srt():
    cues = [Cue("Hello\nthere --> you", 0, 1.5), Cue(" ", 1.5, 2), Cue("Bye", 3661.9996, 3663)]
    assert to_srt(cues) == (
        "1\n00:00:00,000 --> 00:00:01,500\nHello\nthere → you\n\n"
        "2\n01:01:02,000 --> 01:01:03,000\nBye\n"
    )


def test_vtt():
    assert to_vtt([Cue("a < b & c --> d", 59.9999, 61)]) == (
        "WEBVTT\n\n00:01:00.000 --> 00:01:01.000\na &lt; b &amp; c --&gt; d\n"
    )


def test_nothing():
    assert to_srt([]) == ""
    assert to_vtt([]) == "WEBVTT\n"
    assert cues_from([], None) == []
    assert cues_from([WordTiming("  ", 0, 1)], None) == []


def test_short_segments_are_one_cue_each():
    segments = [WordTiming("One  two.\n", 0, 1), WordTiming("Three.", 1.2, 2)]
    assert cues_from(segments, None) == [Cue("One two.", 0, 1), Cue("Three.", 1.2, 2)]


def test_long_segment_is_split_on_word_times():
    words = [WordTiming(w, 0.1 + i * 0.3, 0.3 + i * 0.3) for i, w in enumerate(LONG.split())]
    first, second = cues_from([WordTiming(LONG, 0, 10)], words)
    assert f"{first.text} {second.text}".replace("\n", " ") == LONG
    index = len(first.text.split())
    assert (first.start, first.end) == (words[0].start, words[index - 1].end)
    assert (second.start, second.end) == (words[index].start, words[-1].end)


def test_words_spelled_otherwise_do_not_matter():
    words = [WordTiming("nowhere", 0.5, 1), WordTiming("WORST", 4, 4.5), WordTiming("¡!", 5, 6)]
    first, second = cues_from([WordTiming(LONG, 0, 10)], words)
    assert first.end <= second.start


def test_slow_segment_is_split():
    cues = cues_from([WordTiming("one two three four five six seven eight nine", 0, 13)], None)
    assert len(cues) > 1
    assert all(cue.end - cue.start <= 7 for cue in cues)


def test_text_without_spaces_is_cut_between_graphemes():
    cues = cues_from([WordTiming("👩\u200d👩\u200d👧" * 40, 0, 6)], None)
    lines = [line for cue in cues for line in cue.text.split("\n")]
    assert "".join(lines) == "👩\u200d👩\u200d👧" * 40
    assert all(line.startswith("👩\u200d👩") and line.endswith("👧") for line in lines)


def test_cues_do_not_overlap_even_when_segments_do():
    segments = [WordTiming("One.", 0, 2), WordTiming("Two.", 1, 1.5), WordTiming("Three.", 2, 3)]
    cues = cues_from(segments, None)
    assert all(a.end <= b.start for a, b in pairwise(cues))


SEGMENTS = st.lists(
    st.tuples(
        st.text("ab, .<>&-\n你é", max_size=200) | st.text(max_size=60),
        st.floats(0, 9),
        st.floats(0, 3),
    ),
    max_size=5,
)


def _timed(pieces):
    clock, segments, words = 0.0, [], []
    for text, length, gap in pieces:
        segments.append(WordTiming(text, clock, clock + length))
        spoken = text.split()
        step = length / max(1, len(spoken))
        words += [
            WordTiming(w, clock + i * step, clock + (i + 0.9) * step) for i, w in enumerate(spoken)
        ]
        clock += length + gap
    return segments, words


@given(SEGMENTS, st.booleans())
def test_cues_keep_the_text_and_their_order(pieces, with_words):
    segments, words = _timed(pieces)
    cues = cues_from(segments, words if with_words else None)
    said = "".join("".join(cue.text for cue in cues).split())
    assert said == "".join("".join(s.text for s in segments).split())
    assert all(cue.text and cue.start <= cue.end for cue in cues)
    assert all(a.end <= b.start for a, b in pairwise(cues))


def _is_visible(character):
    return unicodedata.category(character) not in {"Mn", "Me", "Cf"}


@given(SEGMENTS)
def test_files_can_be_read_back(pieces):
    segments, words = _timed(pieces)
    cues = cues_from(segments, words)
    blocks = to_srt(cues).split("\n\n") if cues else []
    clock = ""
    for number, block in enumerate(blocks, 1):
        index, times, *lines = block.strip("\n").split("\n")
        match = re.fullmatch(
            r"(\d\d:[0-5]\d:[0-5]\d,\d{3}) --> (\d\d:[0-5]\d:[0-5]\d,\d{3})", times
        )
        assert match is not None
        assert (index, clock <= match[1] < match[2]) == (str(number), True)
        clock = match[2]
        assert 1 <= len(lines) <= 2
        assert all(line and sum(map(_is_visible, line)) <= 42 for line in lines)
    assert len(blocks) == len(cues)
    assert to_vtt(cues).count("-->") == len(cues)


def test_word_cues():
    words = [
        WordTiming("One", 0.1, 0.4),
        WordTiming("two,", 0.5, 0.8),
        WordTiming("three.", 1.4, 2),
    ]
    assert word_cues(words) == [Cue("One", 0.1, 0.5), Cue("two,", 0.5, 0.8), Cue("three.", 1.4, 2)]
    assert word_cues([]) == []


def test_a_word_is_one_cue_however_long_it_takes():
    words = [WordTiming("555 0123 4567", 0, 9), WordTiming("Yes", 9, 9.5)]
    assert [cue.text for cue in word_cues(words)] == ["555 0123 4567", "Yes"]


def test_the_file_is_what_was_asked_for():
    segments, words = [WordTiming("One two.", 0, 1)], [WordTiming("One", 0, 0.4)]
    assert write_subtitles(segments, words) == to_srt([Cue("One two.", 0, 1)])
    assert write_subtitles(segments, words, "vtt", "word") == to_vtt([Cue("One", 0, 0.4)])
    with pytest.raises(ValueError, match="words"):
        write_subtitles(segments, None, by="word")
