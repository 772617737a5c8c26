"""A library voice in one zip file: its voice.json and its recordings, nothing that is derived."""

from __future__ import annotations

import os
import re
import shutil
import stat
import zipfile
from pathlib import Path
from typing import IO

from tts_core.audio.decode import decode
from tts_core.errors import TooLargeError, ValidationError, VoiceLoadError
from tts_core.validation import shown
from tts_core.voices.files import read_record
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.record import MAX_CLIPS, VoiceRecord

MAX_PACKAGE_BYTES = 100 * 2**20
MAX_UNPACKED_BYTES = 200 * 2**20
_PIECE = 2**20


def export_voice(library: VoiceLibrary, voice_id: str, path: Path) -> Path:
    """Write the voice into a zip file. Raises UnknownNameError, VoiceLoadError."""
    folder = library.folder(voice_id)
    part = path.with_name(f".{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as package:
            for file in (folder / "voice.json", *library.recordings(voice_id)):
                package.write(file, file.name)
        os.replace(part, path)  # noqa: PTH105 - the same thing
    except OSError as error:
        raise VoiceLoadError(f"The voice cannot be exported ({error.strerror}).") from error
    finally:
        part.unlink(missing_ok=True)
    return path


def import_voice(library: VoiceLibrary, path: Path) -> VoiceRecord:
    """Keep the voice of a zip file that `export_voice` wrote, with the consents in it.

    It gets an id of its own, and another name where its own is taken. The file is a stranger's:
    only voice.json and the recordings it names are unpacked, all of it bounded, and the
    recordings are decoded once. Raises ValidationError, VoiceLoadError.
    """
    if path.stat().st_size > MAX_PACKAGE_BYTES:
        raise TooLargeError(f"A voice's file has at most {MAX_PACKAGE_BYTES >> 20} MB.", "file")
    folder = library.new_folder()
    try:
        try:
            with zipfile.ZipFile(path) as package:
                _unpack(package, folder)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            # RuntimeError: encrypted. NotImplementedError: a compression nobody here has.
            raise ValidationError(
                f"This is not a voice exported from Aloud ({shown(error)}).", "file"
            ) from error
        record = read_record(folder, any_id=True)
        for clip in record.clips:
            decode(folder / clip.file)
        return library.admit(record, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(package: zipfile.ZipFile, folder: Path) -> None:
    entries = package.infolist()
    if len(entries) > MAX_CLIPS + 1:
        raise ValidationError(
            f"This is not a voice exported from Aloud: it holds {len(entries)} files.", "file"
        )
    room = MAX_UNPACKED_BYTES
    for entry in entries:
        link = stat.S_ISLNK(entry.external_attr >> 16)
        if link or not (entry.filename == "voice.json" or _is_clip(entry.filename)):
            raise ValidationError(
                f"This is not a voice exported from Aloud: it holds {shown(entry.filename)!r}.",
                "file",
            )
        with package.open(entry) as source, (folder / entry.filename).open("xb") as target:
            room -= _copy(source, target, room)


def _is_clip(name: str) -> bool:
    return re.fullmatch(r"clip-[0-9]{1,4}\.wav", name) is not None


def _copy(source: IO[bytes], target: IO[bytes], room: int) -> int:
    """Bytes copied. What the zip file says of its sizes is not believed."""
    copied = 0
    while piece := source.read(_PIECE):
        copied += len(piece)
        if copied > room:
            raise TooLargeError("This file unpacks to more than a voice can have.", "file")
        target.write(piece)
    return copied
