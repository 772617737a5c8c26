"""Title, author and cover in the files of chapters, without encoding them again."""

from __future__ import annotations

import base64
import io
import shutil
import struct
from collections.abc import Callable, Mapping
from pathlib import Path

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from tts_core.errors import ValidationError
from tts_core.export.book import SpokenBook
from tts_core.export.names import title_of

Mark = Callable[[Path, str], object]
"""Marks a finished file of a format as synthetic, in place; see `marks.metadata.RequestMarker`."""
GENRE = "Audiobook"
_DEMUXERS = {"image/jpeg": "jpeg_pipe", "image/png": "png_pipe"}
_FRONT_COVER = 3
"""Kind of a picture, in ID3 and FLAC."""
_ID3_NAMES = {
    "title": b"TIT2", "artist": b"TPE1", "album": b"TALB", "track": b"TRCK", "genre": b"TCON",
    "composer": b"TCOM",
}  # fmt: skip


def cover_type(cover: bytes) -> str:
    """Return the MIME type of a cover. Raises ValidationError unless it is a good JPEG or PNG."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(cover), formats=("JPEG", "PNG")) as picture:
            picture.verify()
            return f"image/{str(picture.format).lower()}"
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(
            "cover: it is neither a JPEG nor a PNG picture, or it is damaged. Save it again as "
            "JPEG, or leave it out.",
            "cover",
        ) from error


def book_tags(book: SpokenBook) -> dict[str, str]:
    """Return the tags that all files of a book have, by FFmpeg's names for them."""
    tags = {
        "artist": title_of(book.author, ""),
        "album": title_of(book.title, "Untitled"),
        # Where audiobook players look for the narrator.
        "composer": title_of(book.narrator, ""),
        "genre": GENRE,
    }
    return {name: value for name, value in tags.items() if value}


def chapter_tags(book: SpokenBook, number: int, count: int, title: str) -> dict[str, str]:
    """Return the tags of the file of a chapter; `number` from 1."""
    return {**book_tags(book), "title": title, "track": f"{number}/{count}"}


def write_tagged(
    source: Path, target: Path, format: str, tags: Mapping[str, str], cover: bytes | None
) -> None:
    """Copy an encoded chapter of the format "mp3", "flac" or "opus" and give it tags and a cover.

    Raises ValidationError for a cover that is no picture, OSError when the disk is full.
    """
    if format == "mp3":
        _write_mp3(source, target, tags, cover)
    else:
        _write_remuxed(source, target, "ogg" if format == "opus" else format, tags, cover)


def add_cover(container: OutputContainer, cover: bytes) -> tuple[VideoStream, Packet[VideoStream]]:
    """Add a cover to a file before its header is written; return its stream and its packet.

    Raises ValidationError when it is no picture.
    """
    with av.open(io.BytesIO(cover), "r", format=_DEMUXERS[cover_type(cover)]) as picture:
        stream = container.add_stream_from_template(picture.streams.video[0])
        packet = next(picture.demux(video=0))
    stream.disposition = Disposition.attached_pic
    stream.metadata["comment"] = "Cover (front)"  # FFmpeg's name for that kind of picture
    packet.stream = stream
    packet.pts = packet.dts = 0
    return stream, packet


def _write_mp3(source: Path, target: Path, tags: Mapping[str, str], cover: bytes | None) -> None:
    """Put an ID3 tag before an MP3 file (https://id3.org/id3v2.3.0).

    FFmpeg could write it only while muxing, where it loses how many samples of padding there are.
    """
    frames = b"".join(
        _id3_frame(_ID3_NAMES[name], b"\x01" + value.encode("utf-16"))
        for name, value in tags.items()
    )
    if cover is not None:
        head = b"\x00" + cover_type(cover).encode() + bytes((0, _FRONT_COVER, 0))
        frames += _id3_frame(b"APIC", head + cover)
    size = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    with source.open("rb") as encoded, target.open("wb") as file:
        file.write(b"ID3\x03\x00\x00" + size + frames)
        shutil.copyfileobj(encoded, file, 2**20)


def _id3_frame(name: bytes, content: bytes) -> bytes:
    return struct.pack(">4sIH", name, len(content), 0) + content


def _write_remuxed(
    source: Path, target: Path, container: str, tags: Mapping[str, str], cover: bytes | None
) -> None:
    with av.open(str(source)) as encoded, av.open(str(target), "w", format=container) as file:
        stream = file.add_stream_from_template(encoded.streams.audio[0])
        names = file.metadata if container == "flac" else stream.metadata
        names.update(tags)
        picture = None
        if cover is not None and container == "ogg":
            names["METADATA_BLOCK_PICTURE"] = base64.b64encode(_picture_block(cover)).decode()
        elif cover is not None:
            _, picture = add_cover(file, cover)
        file.start_encoding()
        if picture is not None:
            file.mux(picture)
        for packet in encoded.demux(audio=0):
            if packet.dts is not None:
                packet.stream = stream
                file.mux(packet)


def _picture_block(cover: bytes) -> bytes:
    """Return a picture as FLAC has it, and Ogg in base64 (RFC 9639, section 8.8)."""
    mime_type = cover_type(cover).encode()
    unknown = bytes(20)  # description, size in pixels, colors
    head = struct.pack(">II", _FRONT_COVER, len(mime_type)) + mime_type + unknown
    return head + struct.pack(">I", len(cover)) + cover
