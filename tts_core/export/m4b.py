"""An audiobook as one M4B file: AAC in MP4 with chapters, cover and tags.

The chapters are encoded one by one and put together without decoding. A frame of AAC holds sound
that overlaps with that of the frames beside it, so sound at a seam would be damaged; here both
sides of it are silent:

    encoded     frame 0 (the encoder's first, which players skip) | silence | sound | silence
    in the book                                    (as it is) | silence | sound | silence | …

Of all chapters but the first, frame 0 is left out: it overlaps only with silence. The first frames
of the book, frame 0 and the silence after it, are skipped by an edit list. So each chapter's sound
begins at the exact sample that the timeline says, and lasts a whole number of frames.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

from tts_core.export.book import SpokenBook
from tts_core.export.encoded import EncodedChapters
from tts_core.export.names import title_of
from tts_core.export.tags import add_cover, book_tags
from tts_core.export.timeline import FRAME

_LONGEST_TITLE = 255
"""Bytes of a chapter's title; its length is one byte in the list that Nero introduced."""
_SKIPPED = 2
"""Frames before the sound of the first chapter."""


def write_m4b(book: SpokenBook, chapters: EncodedChapters, path: Path) -> None:
    """Write an M4B file. The index of 10 hours takes some 60 MB of memory until it is written.

    `chapters` have been encoded. Raises ValidationError for a cover that is no picture.
    """
    encoded = [chapters.path(chapter) for chapter in chapters.timeline.chapters]
    options = {"brand": "M4B ", "movflags": "+faststart"}
    with av.open(str(path), "w", format="mp4", container_options=options) as file:
        file.metadata.update({**book_tags(book), "title": title_of(book.title, "Untitled")})
        file.metadata["media_type"] = "2"  # audiobook
        with av.open(str(encoded[0]), format="aac") as first:
            stream = file.add_stream_from_template(first.streams.audio[0])
        if code := _three_letters(book.language):
            stream.metadata["language"] = code
        picture = None
        if book.cover is not None:
            _, picture = add_cover(file, book.cover)
        _set_chapters(file, chapters)
        file.start_encoding()
        if picture is not None:
            file.mux(picture)
        position = -_SKIPPED * FRAME
        for number, part in enumerate(encoded):
            position = _append(file, stream, part, position, skip=int(number > 0))


def _append(
    file: OutputContainer, stream: AudioStream, part: Path, position: int, skip: int
) -> int:
    """Add the frames of an encoded chapter but for the first `skip`; return where they end."""
    time_base = Fraction(1, stream.codec_context.sample_rate)
    with av.open(str(part), format="aac") as encoded:
        for packet in encoded.demux(audio=0):
            if not packet.size:
                break
            if skip:
                skip -= 1
                continue
            packet.stream = stream
            packet.time_base = time_base
            packet.pts = packet.dts = position
            packet.duration = FRAME
            position += FRAME
            file.mux(packet)
    return position


def _set_chapters(file: OutputContainer, chapters: EncodedChapters) -> None:
    timeline = chapters.timeline
    file.set_chapters(
        [
            {
                "id": number,
                "start": chapter.start,
                "end": chapter.start + chapter.length,
                "time_base": Fraction(1, timeline.rate),
                "metadata": {"title": _short(title_of(chapter.chapter.title, f"{number}"))},
            }
            for number, chapter in enumerate(timeline.chapters, 1)
        ]
    )


def _short(title: str) -> str:
    return title.encode()[:_LONGEST_TITLE].decode(errors="ignore")


def _three_letters(language: str) -> str:
    """Return the code of ISO 639-2 that MP4 has for a language; "" when there is none."""
    from babel.core import get_global

    code = language.partition("-")[0].lower()
    aliases = get_global("language_aliases")
    longer = [long for long, short in aliases.items() if short == code and len(long) == 3]
    # For Chinese CLDR has "cmn" too, which is not among them.
    return min(longer, key=lambda long: not long.startswith(code), default="")
