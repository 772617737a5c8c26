"""MP3, Opus and FLAC: a file for each chapter, with tags; what titles can do to names."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from tests.support.spoken_books import RATE, decoded, picture, starts, tones
from tts_core.errors import Cancelled, ValidationError
from tts_core.export.book import SpokenBook, SpokenChapter
from tts_core.export.names import file_name, plain, title_of
from tts_core.export.preset import find_preset
from tts_core.export.timeline import lay_out
from tts_core.export.write import EXPORT_FORMATS, export_book
from tts_core.marks.metadata import Marker, Origin
from tts_core.marks.verify import verify
from tts_core.settings import Settings

CHAPTER_FORMATS = ("mp3", "opus", "flac")
RLO = "\u202e"  # turns the direction of writing around
HOSTILE = (
    "../../etc/passwd",
    'a/b\\c:d*e?f"g<h>i|j',
    "line\nbreak\ttab\x00nul\x07bell\x1b[31m",
    f"invoice{RLO}gpj.exe",
    "שלום עולם",
    "ü" * 300,
    "😀" * 300,
    "CON",
    "nul.txt",
    "...",
    "",
    " \u3000 ",
    "]]></text><script>alert(1)</script>&amp;",
    "a\ud800b",
    "\ufffe\uffff",
    "Chapter",
    "Chapter",
)


def exported(book: SpokenBook, format: str, folder: Path, **fields: object) -> Path:
    cache = folder / "cache"
    return export_book(book, format, folder / "out", cache=cache, **fields)  # type: ignore[arg-type]


@pytest.mark.sample(3)
@pytest.mark.parametrize("cover", [None, "JPEG", "PNG"])
@pytest.mark.parametrize("format", CHAPTER_FORMATS)
def test_the_files_of_chapters(tmp_path: Path, format: str, cover: str | None) -> None:
    book = tones(tmp_path, cover=cover and picture(cover), narrator="N. Arrator")
    path = exported(book, format, tmp_path)
    assert path.name == "A Book.zip"
    chapters = lay_out(book, find_preset("", format)).chapters
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = [f"{number} Chapter {number}.{format}" for number in (1, 2, 3)]
        assert archive.namelist() == names
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        archive.extractall(tmp_path)
    for number, (name, chapter) in enumerate(zip(names, chapters, strict=True), 1):
        sound, rate = decoded(tmp_path / name)
        assert len(sound) / rate == pytest.approx(chapter.length / RATE, abs=1e-9)
        expected = [placed.start / RATE * rate for placed in chapter.placed]
        assert starts(sound, rate) == pytest.approx(expected, abs=0.003 * rate)
        with av.open(str(tmp_path / name)) as file:
            tags = {**file.metadata, **file.streams.audio[0].metadata}
            tags = {key.lower(): value for key, value in tags.items()}
            wanted = {"title": f"Chapter {number}", "track": f"{number}/3", "album": "A Book"}
            wanted |= {"artist": "A. Writer", "composer": "N. Arrator", "genre": "Audiobook"}
            assert tags.items() >= wanted.items()
            assert len(file.streams.video) == int(cover is not None)
            if cover:
                assert file.streams.video[0].metadata["comment"] == "Cover (front)"
                packet = next(packet for packet in file.demux(video=0) if packet.size)
                assert bytes(packet) == book.cover


@pytest.mark.parametrize("format", CHAPTER_FORMATS)
def test_one_chapter_needs_no_zip(tmp_path: Path, format: str) -> None:
    path = exported(tones(tmp_path, 1), format, tmp_path)
    assert path.name == f"A Book.{format}"
    assert len(decoded(path)[0]) > RATE


@pytest.mark.sample(3)
@pytest.mark.parametrize("format", EXPORT_FORMATS)
def test_hostile_titles(tmp_path: Path, format: str) -> None:
    one = tones(tmp_path, 1, 1).chapters[0].segments
    chapters = tuple(SpokenChapter(title, one) for title in HOSTILE)
    for number, title in enumerate(HOSTILE):
        few = chapters if number == 0 else chapters[:2]
        book = SpokenBook(title, title, "en", few, narrator=title)
        path = exported(book, format, tmp_path)
        assert path.parent == tmp_path / "out"
        assert len(path.name.encode()) < 200
        assert path.stat().st_size > 100
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
            assert len(set(names)) == len(few)
            for name in names:
                assert not set(name) & {"/", "\\", ":", "\n", "\0", RLO}
                assert len(name.encode()) < 200
    assert not list((tmp_path / "out").glob(".*"))


def test_names() -> None:
    assert file_name("../../etc/passwd") == "etc passwd"
    assert file_name("CON") == "_CON"
    assert file_name("nul.txt") == "_nul.txt"
    assert file_name("...", "Chapter") == "Chapter"
    assert file_name(f"invoice{RLO}gpj.exe") == "invoice gpj.exe"
    assert file_name("ü" * 300) == "ü" * 60
    assert title_of(" two\nlines\x00 ", "?") == "two lines"
    assert plain("tab\tand\nbreak\x1b") == "tab\tand\nbreak "


def test_marks_of_the_files_inside(tmp_path: Path) -> None:
    marker = Marker(Settings(_env_file=None, data_dir=tmp_path / "data"))  # type: ignore[call-arg]
    book = tones(tmp_path, 2, cover=picture())
    for format, kind in (("mp3", "mp3"), ("flac", "flac"), ("epub", "mp3")):
        formats: list[str] = []

        def mark(path: Path, name: str, seen: list[str] = formats) -> None:
            seen.append(name)
            assert marker.mark(path, name, Origin("r" * 32, "espeak", "en")).c2pa

        path = exported(book, format, tmp_path, mark=mark)
        assert formats == [kind, kind]
        with zipfile.ZipFile(path) as archive:
            for name in [name for name in archive.namelist() if name.endswith(kind)]:
                found = verify(io.BytesIO(archive.read(name)))
                assert found.manifest is not None
                assert found.manifest.valid


def test_marks_of_single_files(tmp_path: Path) -> None:
    book = tones(tmp_path, 1, 1)
    for format in EXPORT_FORMATS:
        seen: list[str] = []
        exported(book, format, tmp_path, mark=lambda path, name, seen=seen: seen.append(name))
        expected = {"epub": ["mp3"], "srt": [], "vtt": []}.get(format, [format])
        assert seen == expected


def test_what_cannot_be_exported(tmp_path: Path) -> None:
    book = tones(tmp_path, 1, 1)
    with pytest.raises(ValidationError, match=r"no export format 'm4p'.*m4b"):
        exported(book, "m4p", tmp_path)
    with pytest.raises(ValidationError, match=r"no preset 'acs'.*'acx'"):
        exported(book, "mp3", tmp_path, preset="acs")
    with pytest.raises(ValidationError, match="'acx' is for the format mp3; got m4b"):
        exported(book, "m4b", tmp_path, preset="acx")
    with pytest.raises(ValidationError, match="no spoken sentence"):
        exported(replace(book, chapters=(SpokenChapter("Empty", ()),)), "m4b", tmp_path)
    assert not list((tmp_path / "out").glob("*"))


@pytest.mark.parametrize("format", ["m4b", "mp3", "opus", "flac", "epub"])
def test_a_damaged_cover_is_left_out(
    tmp_path: Path, format: str, caplog: pytest.LogCaptureFixture
) -> None:
    book, png = tones(tmp_path, 1, 1), picture("PNG")
    for cover in (b"GIF89a", picture()[:20], png[:20], png[:60] + b"\0" + png[61:], b""):
        path = exported(replace(book, cover=cover), format, tmp_path)
        assert "without its cover: cover: it is neither a JPEG nor a PNG" in caplog.text
        if format == "epub":
            assert b"cover" not in zipfile.ZipFile(path).read("EPUB/package.opf")
        else:
            with av.open(str(path)) as file:
                assert not file.streams.video


def test_an_interrupted_export_leaves_the_former_file(tmp_path: Path) -> None:
    book = tones(tmp_path, 2, 1)
    path = exported(book, "mp3", tmp_path)
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        exported(book, "mp3", tmp_path, mark=fail)
    assert [file.name for file in (tmp_path / "out").iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_empty_chapters_are_left_out(tmp_path: Path) -> None:
    book = tones(tmp_path, 2, 1)
    empty = SpokenChapter("Nothing", ())
    path = exported(replace(book, chapters=(empty, *book.chapters)), "mp3", tmp_path)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["1 Chapter 1.mp3", "2 Chapter 2.mp3"]


def test_the_wav_is_sixteen_bit(tmp_path: Path) -> None:
    path = exported(tones(tmp_path, 1, 1), "wav", tmp_path)
    assert path.read_bytes()[:4] == b"RIFF"
    assert np.abs(decoded(path)[0]).max() == pytest.approx(0.1 * 10 ** (4 / 20), abs=0.001)


@pytest.mark.parametrize("format", ["mp3", "m4b", "wav", "epub"])
def test_progress_is_told_and_may_end_an_export(format: str, tmp_path: Path) -> None:
    book, cache, folder = tones(tmp_path), tmp_path / "cache", tmp_path / "out"
    seen: list[tuple[int, int]] = []

    def watch(done: int, chapters: int) -> None:
        seen.append((done, chapters))
        if done == 2 and not cache_is_known:
            raise Cancelled("Enough.")

    cache_is_known = False
    with pytest.raises(Cancelled):
        export_book(book, format, folder, cache=cache, watch=watch)
    assert list(dict.fromkeys(seen)) == [(0, 3), (1, 3), (2, 3)]
    assert list(folder.iterdir()) == []
    cache_is_known = True
    seen.clear()
    export_book(book, format, folder, cache=cache, watch=watch)
    assert seen[-1] == (3, 3)
    if format != "wav":  # what was encoded is kept
        assert seen[0] == (1, 3)
