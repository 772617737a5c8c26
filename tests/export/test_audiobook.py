"""M4B files, read by FFmpeg's program and by PyAV: chapters, seams, cover, tags, marks, edits."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.support.spoken_books import RATE, decoded, picture, segment, tone, tones
from tts_core.export.book import SpokenBook, SpokenChapter
from tts_core.export.encoded import EncodedChapters
from tts_core.export.preset import find_preset
from tts_core.export.timeline import FRAME, Timeline, lay_out
from tts_core.export.write import export_book
from tts_core.marks.metadata import Marker, Origin
from tts_core.marks.verify import verify
from tts_core.settings import Settings
from tts_core.types import Samples

needs_ffprobe = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="needs ffmpeg")


def exported(book: SpokenBook, folder: Path, **fields: Any) -> Path:
    return export_book(book, "m4b", folder / "out", cache=folder / "cache", **fields)


def timeline(book: SpokenBook) -> Timeline:
    return lay_out(book, find_preset("", "m4b"))


def probed(path: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-print_format", "json"]
    shown = ["-show_format", "-show_streams", "-show_chapters"]
    done = subprocess.run([*command, *shown, path], capture_output=True, check=True)
    assert not done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def ffmpeg_decoded(path: Path) -> Samples:
    command = ["ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, "<f4")


def error_of(sound: Samples, book: SpokenBook) -> float:
    """How far decoded sound is from the book's, relative to it; in dB."""
    expected = np.zeros(len(sound), np.float32)
    for chapter in timeline(book).chapters:
        for placed in chapter.placed:
            part, _ = decoded(placed.sound.path)
            start = chapter.start + placed.start
            expected[start : start + len(part)] = part
    expected *= 10 ** (find_preset("", "m4b").gain / 20)
    difference = float(np.mean((sound - expected) ** 2))
    return 10 * float(np.log10(difference / np.mean(expected**2)))


@needs_ffprobe
def test_ffprobe_reads_it(tmp_path: Path) -> None:
    book = tones(tmp_path, cover=picture(), narrator="N. Arrator", language="de-AT")
    found = probed(exported(book, tmp_path))
    expected = timeline(book)
    titles = [chapter["tags"]["title"] for chapter in found["chapters"]]
    assert titles == ["Chapter 1", "Chapter 2", "Chapter 3"]
    for chapter, placed in zip(found["chapters"], expected.chapters, strict=True):
        start, end = placed.start / RATE, (placed.start + placed.length) / RATE
        assert float(chapter["start_time"]) == pytest.approx(start, abs=0.001)
        assert float(chapter["end_time"]) == pytest.approx(end, abs=0.001)
    audio, _, cover = found["streams"]
    assert (audio["codec_name"], audio["sample_rate"], audio["channels"]) == ("aac", "24000", 1)
    assert audio["tags"]["language"] == "deu"
    assert (cover["codec_name"], cover["disposition"]["attached_pic"]) == ("mjpeg", 1)
    tags = found["format"]["tags"]
    assert tags["major_brand"] == "M4B "
    wanted = {"title": "A Book", "album": "A Book", "artist": "A. Writer", "genre": "Audiobook"}
    assert tags.items() >= {**wanted, "composer": "N. Arrator", "media_type": "2"}.items()
    assert float(found["format"]["duration"]) == pytest.approx(expected.duration, abs=0.05)


@needs_ffprobe
def test_ffmpeg_hears_each_sample_at_its_place(tmp_path: Path) -> None:
    book = tones(tmp_path)
    assert error_of(ffmpeg_decoded(exported(book, tmp_path)), book) < -40


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_pyav_reads_it(tmp_path: Path, kind: str) -> None:
    book = tones(tmp_path, cover=picture(kind))
    path = exported(book, tmp_path)
    with av.open(str(path)) as file:
        found = [(c["metadata"]["title"], c["start"] * c["time_base"]) for c in file.chapters()]
        cover = next(packet for packet in file.demux(video=0) if packet.size)
        assert bytes(cover) == book.cover
    expected = [(c.chapter.title, c.start / RATE) for c in timeline(book).chapters]
    assert [title for title, _ in found] == [title for title, _ in expected]
    assert [float(s) for _, s in found] == pytest.approx([s for _, s in expected], abs=0.001)
    head = path.read_bytes()
    assert 0 < head.find(b"moov") < head.find(b"mdat")  # starts before it is loaded


def test_no_sample_is_lost_or_doubled_at_the_seams(tmp_path: Path) -> None:
    """Chapters of lengths around whole frames, with sound up to their ends."""
    rows = []
    for number, odd in enumerate((-1, 0, 1, 500, FRAME - 1)):
        sound = tone((20 * FRAME + odd) / RATE, 300 + 100 * number, level=0.2)
        rows.append(SpokenChapter("", (segment(tmp_path / f"{number}.flac", sound),)))
    book = SpokenBook("Seams", "", "en", tuple(rows))
    sound, rate = decoded(exported(book, tmp_path))
    # The last frame of each chapter is the silence before the next one, and there is none.
    assert (rate, len(sound)) == (RATE, sum(c.length for c in timeline(book).chapters) - FRAME)
    assert error_of(sound, book) < -40
    for chapter in timeline(book).chapters:
        start = chapter.start + chapter.placed[0].start
        assert np.abs(sound[max(0, start - 500) : start]).max(initial=0) < 0.005


def test_an_edit_encodes_one_chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[int] = []
    encode = EncodedChapters._encode

    def counted(self: EncodedChapters, chapter: Any, path: Path) -> None:
        encoded.append(self.timeline.chapters.index(chapter))
        encode(self, chapter, path)

    monkeypatch.setattr(EncodedChapters, "_encode", counted)
    book = tones(tmp_path, 4)
    before, _ = decoded(exported(book, tmp_path))
    assert sorted(encoded) == [0, 1, 2, 3]
    encoded.clear()
    files = {path.name for path in (tmp_path / "cache").iterdir()}
    changed = edited(book, 2, tmp_path)
    exported(replace(changed, title="Other", cover=picture()), tmp_path)
    assert encoded == [2]
    path = exported(changed, tmp_path)
    assert encoded == [2]
    after, _ = decoded(path)
    assert error_of(after, changed) < -40
    start = timeline(book).chapters[2].start - FRAME  # the silence before it is a part of it
    assert np.array_equal(before[:start], after[:start])
    now = {path.name for path in (tmp_path / "cache").iterdir()}
    assert len(now) == 4  # the former one is gone
    assert len(now & files) == 3


def edited(book: SpokenBook, number: int, folder: Path) -> SpokenBook:
    """The book with another first sentence in a chapter."""
    chapter = book.chapters[number]
    new = segment(folder / "edited.flac", tone(1.7, 999), "Another sentence.", pause_after=0.3)
    chapters: Sequence[SpokenChapter] = (
        *book.chapters[:number],
        replace(chapter, segments=(new, *chapter.segments[1:])),
        *book.chapters[number + 1 :],
    )
    return replace(book, chapters=tuple(chapters))


def test_marks(tmp_path: Path) -> None:
    """The signature changes neither sound nor chapters."""
    marker = Marker(Settings(_env_file=None, data_dir=tmp_path / "data"))  # type: ignore[call-arg]
    book = tones(tmp_path, cover=picture())
    plain, _ = decoded(exported(book, tmp_path))
    path = exported(
        book, tmp_path, mark=lambda p, f: marker.mark(p, f, Origin("r" * 32, "espeak", "en"))
    )
    with path.open("rb") as file:
        found = verify(file)
    assert found.manifest is not None
    assert (found.marked, found.manifest.valid) == (True, True)
    marked, _ = decoded(path)
    assert np.array_equal(marked, plain)
    with av.open(str(path)) as container:
        assert len(container.chapters()) == 3
        assert len(container.streams.video) == 1


def test_more_chapters_than_a_byte_can_count(tmp_path: Path) -> None:
    one = tones(tmp_path, 1, 1).chapters[0].segments
    chapters = tuple(SpokenChapter(f"{number} {'ü' * 300}", one) for number in range(300))
    path = exported(SpokenBook("Long", "", "", chapters), tmp_path)
    with av.open(str(path)) as file:
        titles = [chapter["metadata"]["title"] for chapter in file.chapters()]
    assert len(titles) == 300
    assert titles[299].startswith("299 üüü")
    assert len(list((tmp_path / "cache").iterdir())) == 1  # the same sound is kept once
