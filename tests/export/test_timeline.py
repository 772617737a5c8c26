"""Where sentences are, in samples, and what is told of those that are late."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.spoken_books import RATE, decoded, segment, starts, tone, tones
from tts_core.errors import GenerationError
from tts_core.export.book import SpokenBook, SpokenChapter, SpokenSegment
from tts_core.export.preset import find_preset
from tts_core.export.sound import read_header
from tts_core.export.timeline import FRAME, Timeline, lay_out, rate_to_fit
from tts_core.export.write import export_book
from tts_core.marks.metadata import Marker, Origin
from tts_core.settings import Settings


def book_of(*segments: SpokenSegment) -> SpokenBook:
    return SpokenBook("Book", "", "en", (SpokenChapter("One", segments),))


def timeline(book: SpokenBook) -> Timeline:
    return lay_out(book, find_preset("", "wav"))


def test_sentences_follow_one_another_to_the_sample(tmp_path: Path) -> None:
    book = tones(tmp_path)
    found = timeline(book)
    assert (found.rate, len(found.chapters)) == (RATE, 3)
    start = 0
    for chapter in found.chapters:
        assert chapter.start == start
        assert chapter.length % FRAME == 0
        clock = 0
        for spoken, placed in zip(chapter.chapter.segments, chapter.placed, strict=True):
            assert placed.start == clock
            assert placed.end - placed.start == round(spoken.duration * RATE)
            clock = placed.end + round(0.3 * RATE)
        assert chapter.length >= placed.end + RATE + 2 * FRAME
        start += chapter.length


def test_wav_holds_the_very_samples(tmp_path: Path) -> None:
    book = tones(tmp_path)
    sound, rate = decoded(export_book(book, "wav", tmp_path / "out", cache=tmp_path / "cache"))
    found = timeline(book)
    assert (rate, len(sound)) == (RATE, sum(chapter.length for chapter in found.chapters))
    silent = np.ones(len(sound), np.bool_)
    gain = 10 ** (find_preset("", "wav").gain / 20)
    for chapter in found.chapters:
        for placed in chapter.placed:
            inside = slice(chapter.start + placed.start, chapter.start + placed.end)
            expected, _ = decoded(placed.sound.path)
            assert np.abs(sound[inside] - gain * expected).max() < 2 / 2**15
            silent[inside] = False
    assert not sound[silent].any()


def test_other_rates_fit_in(tmp_path: Path) -> None:
    """The rate is that of most of the sound, so one sentence of another voice changes nothing."""
    book = book_of(
        segment(tmp_path / "a.flac", tone(2.0), pause_after=0.5),
        segment(tmp_path / "b.flac", tone(1.0, rate=22_050), rate=22_050, pause_after=0.5),
        segment(tmp_path / "c.flac", tone(1.0, rate=48_000), rate=48_000),
    )
    assert timeline(book).rate == RATE
    sound, rate = decoded(export_book(book, "wav", tmp_path / "out", cache=tmp_path / "cache"))
    assert rate == RATE
    expected = [0, 2.5 * RATE, 4 * RATE]
    assert starts(sound, rate) == pytest.approx(expected, abs=0.002 * RATE)
    odd = book_of(segment(tmp_path / "d.flac", tone(1.0, rate=11_025), rate=11_025))
    assert timeline(odd).rate == 16_000  # the next that AAC and MP3 have


def test_cues_keep_their_times(tmp_path: Path) -> None:
    sound = tone(1.0)
    book = book_of(
        segment(tmp_path / "a.flac", sound, "On time.", starts_at=0.5, pause_after=9.0),
        segment(tmp_path / "b.flac", sound, "Too early a time.", starts_at=1.2, pause_after=0.2),
        segment(tmp_path / "c.flac", sound, "No time."),
        segment(tmp_path / "d.flac", sound, "On time again.", starts_at=6.0),
    )
    exported, rate = decoded(export_book(book, "flac", tmp_path / "out", cache=tmp_path / "cache"))
    expected = [round(s * rate) for s in (0.5, 2.7, 6.0)]  # the second follows the first at once
    assert starts(exported, rate) == pytest.approx(expected, abs=0.002 * rate)


@pytest.mark.parametrize(
    ("duration", "slot", "speed"),
    [(2.0, 2.0, 1.0), (2.4, 2.0, 1.2), (9.0, 2.0, 1.5), (1.0, 9.0, 0.8), (1.0, 0.0, 1.5)],
)
def test_the_speed_that_fits(duration: float, slot: float, speed: float) -> None:
    assert rate_to_fit(duration, slot) == pytest.approx(speed)


def test_headers(tmp_path: Path) -> None:
    one = read_header(segment(tmp_path / "a.flac", tone(1.5)).audio)
    same = read_header(segment(tmp_path / "b.flac", tone(1.5)).audio)
    other = read_header(segment(tmp_path / "c.flac", tone(1.5, 221)).audio)
    assert (one.rate, one.samples) == (RATE, round(1.5 * RATE))
    assert one.digest == same.digest != other.digest
    Marker(Settings(_env_file=None, data_dir=tmp_path)).mark(  # type: ignore[call-arg]
        tmp_path / "b.flac", "flac", Origin("r" * 32, "espeak", "en")
    )
    assert (tmp_path / "b.flac").read_bytes()[:3] == b"ID3"
    assert read_header(tmp_path / "b.flac").digest == one.digest


@pytest.mark.parametrize("content", [None, b"", b"RIFF" + bytes(100), b"fLaC" + bytes(10)])
def test_sound_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    good = segment(tmp_path / "a.flac", tone(0.5))
    bad = tmp_path / "bad.flac"
    if content is not None:
        bad.write_bytes(content)
    book = book_of(good, replace(good, audio=bad))
    with pytest.raises(GenerationError, match=r"bad\.flac.*Make that sentence again"):
        export_book(book, "m4b", tmp_path / "out", cache=tmp_path / "cache")
    assert not list((tmp_path / "out").glob("*"))


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_a_file_that_is_cut_short(tmp_path: Path, cut: float) -> None:
    """Its header promises more than there is: a part of a sentence must not be lost in silence."""
    good = segment(tmp_path / "a.flac", tone(2.0))
    content = good.audio.read_bytes()
    good.audio.write_bytes(content[: round(cut * len(content))])
    with pytest.raises(GenerationError, match=r"a\.flac.*Make that sentence again"):
        export_book(book_of(good), "wav", tmp_path / "out", cache=tmp_path / "cache")
