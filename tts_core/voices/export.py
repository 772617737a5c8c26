"""Exports and imports a library voice as a zip file: voice.json and recordings, nothing derived."""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import IO

from tts_core.audio.decode import decode
from tts_core.errors import TooLargeError, ValidationError, VoiceLoadError
from tts_core.validation import shown
from tts_core.voices.files import discard, on_disk, read_record, tidy, to_json
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.record import MAX_CLIPS, VoiceRecord

MAX_PACKAGE_BYTES = 100 * 2**20
MAX_UNPACKED_BYTES = 200 * 2**20
_BLOCK = 2**16
_NO_PACKAGE = "This is not a voice exported from Aloud"


def export_voice(library: VoiceLibrary, voice_id: str, path: Path) -> Path:
    """Write a voice to a zip file and return its path. Raises UnknownNameError, VoiceLoadError."""
    record = library.get(voice_id)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A zip file cannot hold dates before 1980.
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as package:
            package.writestr("voice.json", to_json(record))
            for clip in library.recordings(voice_id):
                package.write(clip, clip.name)
        os.replace(part, path)  # noqa: PTH105 - the same thing
    except OSError as error:
        library.get(voice_id)  # raises when it was deleted meanwhile
        raise VoiceLoadError(
            f"The voice cannot be exported ({error.strerror}). Check free disk space and that the "
            "data folder is writable."
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()
    return path


def import_voice(library: VoiceLibrary, path: Path) -> VoiceRecord:
    """Add the voice of a zip file that `export_voice` wrote, with the consents in it.

    The voice gets a new id, and another name if its own is taken. The file is untrusted: only
    voice.json and the recordings it names are unpacked, within limits, and each recording is
    decoded as a check. Raises ValidationError, VoiceLoadError.
    """
    folder = library.new_folder()
    try:
        with on_disk():
            _unpack(path, folder)
        record = _record(folder)
        for clip in record.clips:
            decode(folder / clip.file)
        tidy(folder, record)
        return library.admit(record, folder)
    finally:
        discard(folder)


class _LimitedFile(FileIO):
    """A file that refuses large reads, so that no list of a million entries fills the memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        left = os.fstat(self.fileno()).st_size - self.tell()
        wanted = left if size is None or size < 0 else size
        if wanted > 2 * _BLOCK:
            raise zipfile.BadZipFile("its list of files is too long")
        return super().read(wanted) or b""


def _unpack(path: Path, folder: Path) -> None:
    try:
        if not path.is_file():
            raise VoiceLoadError(f"There is no file {shown(path.name)}. Upload it again.")
        if path.stat().st_size > MAX_PACKAGE_BYTES:
            raise TooLargeError(f"A voice's file has at most {MAX_PACKAGE_BYTES >> 20} MB.", "file")
        with _LimitedFile(path) as file, zipfile.ZipFile(file) as package:
            _unpack_entries(package, folder)
    except (
        zipfile.BadZipFile,
        NotImplementedError,  # an unsupported compression
        RuntimeError,
        EOFError,
        ValueError,  # negative offsets, names that are not text
        zlib.error,
    ) as error:
        raise ValidationError(f"{_NO_PACKAGE} ({shown(str(error))}).", "file") from error


def _unpack_entries(package: zipfile.ZipFile, folder: Path) -> None:
    entries = package.infolist()
    if len(entries) > MAX_CLIPS + 1:
        raise ValidationError(f"{_NO_PACKAGE}: it holds {len(entries)} files.", "file")
    if len({entry.filename for entry in entries}) < len(entries):
        raise ValidationError(f"{_NO_PACKAGE}: it holds a file twice.", "file")
    if any(entry.flag_bits & 1 for entry in entries):
        raise ValidationError(f"{_NO_PACKAGE}: it is locked with a password.", "file")
    allowed = MAX_UNPACKED_BYTES
    for entry in entries:
        link = stat.S_ISLNK(entry.external_attr >> 16)
        # A few bytes of LZMA could claim gigabytes.
        plain = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not link
        if not plain or not (entry.filename == "voice.json" or _is_clip(entry.filename)):
            raise ValidationError(f"{_NO_PACKAGE}: it holds {shown(entry.filename)!r}.", "file")
        with package.open(entry) as source, (folder / entry.filename).open("xb") as target:
            allowed -= _copy(source, target, allowed)


def _record(folder: Path) -> VoiceRecord:
    try:
        return read_record(folder, any_id=True)
    except VoiceLoadError as error:
        raise VoiceLoadError(f"{_NO_PACKAGE}: {error}") from error


def _is_clip(name: str) -> bool:
    return re.fullmatch(r"clip-[0-9]{1,4}\.wav", name) is not None


def _copy(source: IO[bytes], target: IO[bytes], limit: int) -> int:
    """Copy at most `limit` bytes and return how many; the sizes in the zip file are not trusted.

    Raises TooLargeError beyond the limit.
    """
    copied = 0
    while block := source.read(_BLOCK):
        copied += len(block)
        if copied > limit:
            raise TooLargeError("This file unpacks to more than a voice can have.", "file")
        target.write(block)
    return copied
