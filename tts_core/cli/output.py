"""Where a command's output goes: standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import io
import struct
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tts_core.audio.encode import FORMATS, wav_header
from tts_core.cli import console
from tts_core.cli.console import named_errors
from tts_core.cli.errors import CommandError, UsageError
from tts_core.validation import shown

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STDOUT = "-"
_ALIASES = {"ogg": "opus", "oga": "opus", "wave": "wav"}
"""File name extensions that are not the name of their format."""
_WAV_HEADER_BYTES = len(wav_header(8_000))


def format_of(output: str) -> str:
    """Return the audio format of a file name's extension; "wav" if it has none.

    Raises UsageError for any other extension.
    """
    extension = Path(output).suffix.removeprefix(".").lower() if output != STDOUT else ""
    name = _ALIASES.get(extension, extension) or "wav"
    if name not in FORMATS:
        raise UsageError(
            f"{shown(output)!r} ends in no format that Aloud writes; name one with --format, of: "
            f"{', '.join(FORMATS)}."
        )
    return name


@contextmanager
def open_output(output: str) -> Iterator[BinaryIO]:
    """Open what `output` names; a file gets its name only when the block ends without an error.

    Standard output, devices and pipes are written to unbuffered. Raises UsageError for a terminal,
    CommandError when opening or writing fails, BrokenPipeError when the reader has left. Other
    errors of the block pass through unchanged.
    """
    if output == STDOUT:
        if sys.stdout.isatty():
            raise UsageError(
                "Audio is not written to a terminal: name a file, as in `-o speech.wav`, or pipe "
                "it to a player."
            )
        yield _Stream(sys.stdout.buffer, console.STDOUT)
        return
    path = Path(output).resolve()
    with named_errors(output):
        is_folder = path.is_dir()
        is_device = path.exists() and not path.is_file()
    if is_folder:
        raise CommandError(f"{output} is a folder: name a file in it.")
    if is_device:
        with named_errors(output):
            device = path.open("wb")
        try:
            yield _Stream(device, output)
        finally:
            with suppress(OSError):  # what it could not flush has been reported
                device.close()
    else:
        yield from _whole_file(path, output)


def _whole_file(path: Path, name: str) -> Iterator[BinaryIO]:
    """Yield a temporary file that becomes `path`; `name` is what messages call it."""
    part = path.with_name(f".aloud-{uuid.uuid4().hex}.part")
    try:
        with named_errors(name):
            raw = _NamedFile(part, name)
        with io.BufferedRandom(raw) as file:
            yield file
        with named_errors(name):
            part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def correct_wav(file: BinaryIO) -> None:
    """Replace the open-ended sizes in the header of a streamed WAV file with the actual ones."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    header = file.read(_WAV_HEADER_BYTES)
    if len(header) == _WAV_HEADER_BYTES and (header[:4], header[36:40]) == (b"RIFF", b"data"):
        (rate,) = struct.unpack_from("<I", header, 24)
        file.seek(0)
        file.write(wav_header(rate, size - _WAV_HEADER_BYTES))
    file.seek(0, io.SEEK_END)


class _NamedFile(io.FileIO):
    """A new file whose failed writes raise CommandError with the name that the user gave."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(path, "x+")
        self._name = name

    def write(self, data: ReadableBuffer, /) -> int:
        with named_errors(self._name):
            return super().write(data)


class _Stream(io.BytesIO):
    """A sink that cannot seek and is flushed after every write."""

    def __init__(self, sink: BinaryIO, name: str) -> None:
        super().__init__()
        self._sink = sink
        self._name = name

    def seekable(self) -> bool:
        return False

    def write(self, data: ReadableBuffer, /) -> int:
        with named_errors(self._name):
            count = self._sink.write(data)
            self._sink.flush()
        return count
