"""Writes a spoken book as a file: audiobook, chapters, subtitles, EPUB.

    path = export_book(book, "m4b", folder, cache=project_folder / "encoded")

Sound is streamed from the sentences' files to the disk, so memory does not grow with the book (but
for the index of an M4B: 6 MB for each hour).
"""

from __future__ import annotations

import logging
import uuid
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Literal, get_args

import av
import numpy as np
from av.audio.stream import AudioStream

from tts_core.audio.encode import FORMATS, to_int16
from tts_core.errors import GenerationError, ValidationError
from tts_core.export.book import SpokenBook
from tts_core.export.encoded import EncodedChapters, Watch
from tts_core.export.epub import write_epub
from tts_core.export.m4b import write_m4b
from tts_core.export.names import file_name, title_of
from tts_core.export.preset import Preset, find_preset
from tts_core.export.sound import SoundMark, chapter_sound, unmarked
from tts_core.export.tags import Mark, book_tags, chapter_tags, cover_type, write_tagged
from tts_core.export.timeline import Timeline, lay_out
from tts_core.text.subtitles import write_subtitles
from tts_core.types import WordTiming
from tts_core.validation import did_you_mean, shown

log = logging.getLogger(__name__)

ExportFormat = Literal["m4b", "mp3", "opus", "flac", "wav", "srt", "vtt", "epub"]
EXPORT_FORMATS: tuple[str, ...] = get_args(ExportFormat)
_CODECS: Mapping[str, str] = {"m4b": "aac", "epub": "mp3"}
"""What chapters are encoded with, where the format has another name."""
_BYTES_PER_SECOND = 24_000
"""Of compressed speech: at most 96 kbit/s, in the chapter's own file and in the book's."""
_CHAPTER_FILES = ("mp3", "opus", "flac")
"""Formats that have a file for each chapter."""


def unwatched(done: int, chapters: int) -> None:
    """Take no notice of progress."""


def any_size(size: int) -> None:
    """Take any number of bytes for granted."""


def export_book(
    book: SpokenBook,
    format: str,
    folder: Path,
    *,
    cache: Path,
    preset: str = "",
    mark: Mark | None = None,
    watermark: SoundMark = unmarked,
    watch: Watch = unwatched,
    check_room: Callable[[int], object] = any_size,
) -> Path:
    """Write a book into a folder and return the file, which is named after the book.

    `format`: one of `EXPORT_FORMATS`. MP3, Opus and FLAC have a file for each chapter, in a ZIP
    where there are several. `cache`: a folder of this book alone, where encoded chapters are kept
    for the next export; one export at a time may use it. `preset`: one of
    `export.preset.PRESETS`. `mark`: marks finished files of sound, those inside a ZIP or an EPUB
    too; what it returns is ignored. `watermark`: marks the sound of each chapter. `watch`: called
    many times, also from other threads, with the numbers of chapters that are encoded, and of all;
    what it raises ends the export. Subtitles have no such progress. `check_room`: called with the
    bytes that will be written, about, and raises where there is no room for them: a few words of
    subtitles can be a hundred hours apart.

    The file appears when it is complete, and replaces one of that name.

    A cover that is damaged, or neither JPEG nor PNG, is left out.

    Raises ValidationError for an unknown format or preset, a preset for another format, or a book
    without sentences, GenerationError when the sound of a sentence cannot
    be read, and OSError when the disk is full.
    """
    if format not in EXPORT_FORMATS:
        raise ValidationError(
            f"There is no export format {shown(format)!r}.{did_you_mean(format, EXPORT_FORMATS)} "
            f"Choose one of: {', '.join(EXPORT_FORMATS)}.",
            "format",
        )
    book = _with_good_cover(book)
    chosen = find_preset(preset, format)
    timeline = lay_out(book, chosen)
    if not timeline.chapters:
        raise ValidationError("The book has no spoken sentence. Make at least one.", "book")
    check_room(_bytes_of(timeline, format))
    several = format in _CHAPTER_FILES and len(timeline.chapters) > 1
    name = f"{file_name(book.title)}.{'zip' if several else format}"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{uuid.uuid4().hex}.part"
    try:
        if format in ("srt", "vtt"):
            part.write_text(subtitles(timeline, format), encoding="utf-8", newline="\n")
        elif format == "wav":
            _write_wav(book, timeline, chosen, part, watermark, _reached(timeline, watch))
        else:
            codec = _CODECS.get(format, format)
            chapters = EncodedChapters(cache, timeline, chosen, codec, watermark, watch)
            chapters.encode()
            _write_encoded(book, format, chapters, part, mark)
        if mark is not None and not several and format in (*FORMATS, "m4b"):
            mark(part, format)
        path = folder / name
        part.replace(path)
    except av.FFmpegError as error:
        if isinstance(error, OSError):  # such as a full disk
            raise
        raise GenerationError(f"Writing {format} failed: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
    return path


def _bytes_of(timeline: Timeline, format: str) -> int:
    """Return about how many bytes an export writes to the disk, chapters and file together."""
    if format in ("srt", "vtt"):
        return 0
    has_all_samples = format in ("wav", "flac")
    return round(timeline.duration * (2 * timeline.rate if has_all_samples else _BYTES_PER_SECOND))


def _reached(timeline: Timeline, watch: Watch) -> Callable[[int], object]:
    """Return what tells `watch` the chapters that end before a position in samples."""
    ends = [chapter.start + chapter.length for chapter in timeline.chapters]
    return lambda position: watch(bisect_right(ends, position), len(ends))


def _with_good_cover(book: SpokenBook) -> SpokenBook:
    """Return the book without its cover if that is damaged: it comes from a document as it was."""
    try:
        if book.cover is not None:
            cover_type(book.cover)
    except ValidationError as error:
        log.warning("a book is exported without its cover: %s", error)
        return replace(book, cover=None)
    return book


def subtitles(timeline: Timeline, format: str) -> str:
    """Return the subtitles of a whole book, "srt" or "vtt"; they fit its M4B and its WAV."""
    sentences: list[WordTiming] = []
    words: list[WordTiming] = []
    for chapter in timeline.chapters:
        for segment, placed in zip(chapter.chapter.segments, chapter.placed, strict=True):
            begin = (chapter.start + placed.start) / timeline.rate
            end = (chapter.start + placed.end) / timeline.rate
            sentences.append(WordTiming(segment.text, begin, end))
            words += (
                WordTiming(word.text, begin + word.start, begin + word.end)
                for word in segment.words
            )
    return write_subtitles(sentences, words, format)


def _write_encoded(
    book: SpokenBook, format: str, chapters: EncodedChapters, path: Path, mark: Mark | None
) -> None:
    """Write a format that has encoded chapters; drop those that the book no longer has."""
    if format == "m4b":
        write_m4b(book, chapters, path)
    elif format == "epub":
        write_epub(book, chapters, path, mark)
    elif len(chapters.timeline.chapters) > 1:
        _write_zip(book, chapters, path, mark)
    else:
        _write_chapter(book, chapters, 1, path)
    chapters.forget_others()


def _write_chapter(book: SpokenBook, chapters: EncodedChapters, number: int, path: Path) -> None:
    """Write the file of one chapter with its tags; `number` from 1."""
    chapter = chapters.timeline.chapters[number - 1]
    count = len(chapters.timeline.chapters)
    title = title_of(chapter.chapter.title, f"Chapter {number}")
    tags = chapter_tags(book, number, count, title)
    write_tagged(chapters.path(chapter), path, chapters.codec, tags, book.cover)


def _write_zip(book: SpokenBook, chapters: EncodedChapters, path: Path, mark: Mark | None) -> None:
    """Write the files of all chapters into a ZIP, stored, one after the other."""
    count = len(chapters.timeline.chapters)
    extension = FORMATS[chapters.codec].extension
    one = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with zipfile.ZipFile(path, "w") as archive:
            for number, chapter in enumerate(chapters.timeline.chapters, 1):
                _write_chapter(book, chapters, number, one)
                if mark is not None:
                    mark(one, chapters.codec)
                title = file_name(chapter.chapter.title, "Chapter")
                archive.write(one, f"{number:0{len(str(count))}} {title}{extension}")
    finally:
        one.unlink(missing_ok=True)


def _write_wav(
    book: SpokenBook,
    timeline: Timeline,
    preset: Preset,
    path: Path,
    mark: SoundMark,
    reached: Callable[[int], object],
) -> None:
    """Write all chapters as one WAV of 16 bit; above 4 GB as RF64 (EBU Tech 3306)."""
    position = 0
    options = {"rf64": "auto"}
    with av.open(str(path), "w", format="wav", container_options=options) as file:
        file.metadata.update({**book_tags(book), "title": title_of(book.title, "Untitled")})
        stream = file.add_stream("pcm_s16le", rate=timeline.rate, layout="mono", format="s16")
        assert isinstance(stream, AudioStream)
        for chapter in timeline.chapters:
            sound = chapter_sound(chapter.placed, chapter.length, timeline.rate, preset, mark)
            for block in sound:
                reached(position)
                if not len(block):
                    continue
                frame = av.AudioFrame.from_ndarray(to_int16(block)[np.newaxis], "s16", "mono")
                frame.sample_rate = timeline.rate
                frame.time_base = Fraction(1, timeline.rate)
                frame.pts = position
                position += len(block)
                file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    reached(position)
