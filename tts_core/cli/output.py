"""Where spoken audio goes: a file that appears whole or not at all, or a stream."""

from __future__ import annotations

import io
import struct
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tts_core.audio.encode import FORMATS, wav_header
from tts_core.cli.errors import CommandError, UsageError
from tts_core.validation import shown

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STDOUT = "-"
_ALIASES = {"ogg": "opus", "oga": "opus", "wave": "wav"}
"""Other endings of files in our formats."""
_WAV_HEADER_BYTES = len(wav_header(8_000))


def format_of(output: str) -> str:
    """Return the format that a file's name ends in; "wav" if it has no ending.

    Raises UsageError for an ending that is of no format.
    """
    ending = Path(output).suffix.removeprefix(".").lower() if output != STDOUT else ""
    name = _ALIASES.get(ending, ending) or "wav"
    if name not in FORMATS:
        raise UsageError(
            f"{shown(output)!r} ends in no format that Aloud writes; name one with --format, of: "
            f"{', '.join(FORMATS)}."
        )
    return name


@contextmanager
def open_output(output: str) -> Iterator[BinaryIO]:
    """Open what `output` names; a file gets its name when the block ends well.

    A sink that cannot seek is written through at once. Raises UsageError for a terminal,
    CommandError when it cannot be written, and BrokenPipeError when its reader has left.
    """
    if output == STDOUT:
        if sys.stdout.isatty():
            raise UsageError(
                "Audio is not written to a terminal: name a file, as in `-o speech.wav`, or pipe "
                "it to a player."
            )
        yield _Stream(sys.stdout.buffer)
        return
    path = Path(output).resolve()
    try:
        if path.is_dir():
            raise CommandError(f"{output} is a folder: name a file in it.")
        if path.exists() and not path.is_file():  # a device or a named pipe
            with path.open("wb") as file:
                yield _Stream(file)
        else:
            yield from _whole_file(path)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {error.strerror or error}.") from error


def _whole_file(path: Path) -> Iterator[BinaryIO]:
    part = path.with_name(f".aloud-{uuid.uuid4().hex}.part")
    try:
        with part.open("x+b") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def correct_wav(file: BinaryIO) -> None:
    """Write the true sizes into the header of a streamed WAV file, whose sizes stay open."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    header = file.read(_WAV_HEADER_BYTES)
    if len(header) == _WAV_HEADER_BYTES and (header[:4], header[36:40]) == (b"RIFF", b"data"):
        (rate,) = struct.unpack_from("<I", header, 24)
        file.seek(0)
        file.write(wav_header(rate, size - _WAV_HEADER_BYTES))
    file.seek(0, io.SEEK_END)


class _Stream(io.BytesIO):
    """A sink that cannot seek and holds nothing back."""

    def __init__(self, sink: BinaryIO) -> None:
        super().__init__()
        self._sink = sink

    def seekable(self) -> bool:
        return False

    def write(self, data: ReadableBuffer, /) -> int:
        count = self._sink.write(data)
        self._sink.flush()
        return count
