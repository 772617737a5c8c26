"""SRT and VTT of a whole book fit its audio."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.spoken_books import RATE, decoded, segment, starts, tone, tones
from tts_core.export.book import SpokenBook, SpokenChapter
from tts_core.export.write import export_book
from tts_core.types import WordTiming

TIME = r"(?:(\d\d):)(\d\d):(\d\d)[.,](\d\d\d)"


def exported(book: SpokenBook, folder: Path, format: str) -> Path:
    return export_book(book, format, folder / "out", cache=folder / "cache")


def cues(text: str) -> Sequence[tuple[float, float, str]]:
    """Start, end and text of each cue, by a reader that shares nothing with the writer."""
    found = []
    for block in text.strip().split("\n\n"):
        match = re.search(f"{TIME} --> {TIME}\n(.*)", block, re.DOTALL)
        if match:
            h, m, s, t, *end = map(int, match.groups()[:8])
            start = 3600 * h + 60 * m + s + t / 1000
            found.append((start, 3600 * end[0] + 60 * end[1] + end[2] + end[3] / 1000, match[9]))
    return found


@pytest.mark.parametrize("format", ["srt", "vtt"])
@pytest.mark.parametrize("sound", ["wav", "m4b"])
def test_cues_are_where_the_sound_is(tmp_path: Path, format: str, sound: str) -> None:
    book = tones(tmp_path, 4, 3)
    path = exported(book, tmp_path, format)
    found = cues(path.read_text(encoding="utf-8"))
    assert [text for _, _, text in found] == [
        segment.text for chapter in book.chapters for segment in chapter.segments
    ]
    samples, rate = decoded(exported(book, tmp_path, sound))
    heard = np.array(starts(samples, rate)) / rate
    assert [start for start, _, _ in found] == pytest.approx(heard, abs=0.005)
    assert path.read_text(encoding="utf-8").startswith("WEBVTT" if format == "vtt" else "1\n")


def test_words_divide_long_sentences(tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(24)]
    timed = tuple(WordTiming(word, 0.5 * n, 0.5 * n + 0.4) for n, word in enumerate(words))
    text = " ".join(words) + "."
    long = segment(tmp_path / "a.flac", tone(12.0), text, words=timed)
    untimed = replace(long, words=())
    chapters = (SpokenChapter("One", (long,)), SpokenChapter("Two", (untimed, long)))
    book = SpokenBook("Book", "", "en", chapters)
    found = cues(exported(book, tmp_path, "srt").read_text(encoding="utf-8"))
    first = [cue for cue in found if cue[1] <= 12.0]
    assert len(first) >= 2
    for start, _, shown in first:
        assert start == pytest.approx(0.5 * words.index(shown.split()[0]), abs=0.001)
    # Those of later sentences are moved by where these are.
    last = next(cue for cue in reversed(found) if cue[2].startswith("word0"))
    assert last[0] == pytest.approx(13.1 + 12.0, abs=0.1)


def test_cues_of_subtitles_come_back_with_their_times(tmp_path: Path) -> None:
    rows = [(1.0, "One."), (4.25, "Two."), (9.5, "Three.")]
    segments = tuple(
        segment(tmp_path / f"{number}.flac", tone(1.0), text, starts_at=start)
        for number, (start, text) in enumerate(rows)
    )
    book = SpokenBook("Film", "", "en", (SpokenChapter("", segments),))
    found = cues(exported(book, tmp_path, "vtt").read_text(encoding="utf-8"))
    assert [(start, text) for start, _, text in found] == rows
    samples, rate = decoded(exported(book, tmp_path, "wav"))
    assert [place / RATE for place in starts(samples, rate)] == pytest.approx(
        [start for start, _ in rows], abs=0.002
    )
