"""Reads and writes the files of a library voice, so that a voice is complete or absent."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pydantic

from tts_core.audio.decode import check_file
from tts_core.errors import VoiceLoadError
from tts_core.system.own_files import is_own_file, leaves
from tts_core.validation import shown
from tts_core.voices.record import VoiceRecord

log = logging.getLogger(__name__)

_LARGEST_RECORD = 2**20  # bytes of a voice.json
NEW, GONE = ".new-", ".gone-"
"""Prefixes of folders that are not yet, or no longer, a voice."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A folder of the library that cannot be used."""

    folder: str
    reason: str


def scan(root: Path) -> tuple[dict[str, VoiceRecord], list[Problem]]:
    """Return the voices of a library by id, and the folders that were skipped.

    The leftovers of a killed process are deleted.
    """
    voices: dict[str, VoiceRecord] = {}
    problems: list[Problem] = []
    try:
        folders = sorted(root.iterdir())
    except FileNotFoundError:
        return voices, problems
    except OSError as error:
        return voices, [Problem(root.name, f"it cannot be read ({error.strerror}).")]
    for folder in folders:
        if folder.name.startswith((NEW, GONE)):
            discard(folder)
        elif not folder.name.startswith("."):
            try:
                voices[folder.name] = record = read_record(folder)
                tidy(folder, record)
            except VoiceLoadError as error:
                problems.append(Problem(folder.name, str(error)))
                log.warning("the voice in %s is skipped: %s", shown(folder.name), error)
    return voices, problems


@contextmanager
def on_disk() -> Iterator[None]:
    """Turn an OSError into a VoiceLoadError that says what happened and what to do."""
    try:
        yield
    except OSError as error:
        raise VoiceLoadError(
            f"The voice cannot be saved ({error.strerror or error}). Check free disk space and "
            "that the data folder is writable."
        ) from error


def read_record(folder: Path, *, any_id: bool = False) -> VoiceRecord:
    """Read and check the voice.json of a folder, whose clips must exist.

    Unless `any_id`, the voice's id must be the folder's name. Links are not followed. Raises
    VoiceLoadError.
    """
    path = folder / "voice.json"
    if folder.is_symlink() or (folder / "states").is_symlink():
        raise VoiceLoadError("it is a link; put the voice's own folder there.")
    try:
        if not _is_plain(path):
            raise VoiceLoadError("its voice.json is not a plain file.")
        if path.stat().st_size > _LARGEST_RECORD:
            raise VoiceLoadError("its voice.json is too large.")
        record = VoiceRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise VoiceLoadError(f"its voice.json cannot be read ({error.strerror}).") from error
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise VoiceLoadError(
            f"its voice.json is not what Aloud writes ({where}: {shown(first['msg'])})."
        ) from error
    if record.id != folder.name and not any_id:
        raise VoiceLoadError(f"its voice.json is of another voice, {shown(record.id)!r}.")
    for clip in record.clips:
        if not _is_plain(folder / clip.file):
            raise VoiceLoadError(f"its recording {clip.file} is missing.")
    return record


def tidy(folder: Path, record: VoiceRecord) -> None:
    """Delete partial files, and recordings that are not in the record, from a voice's folder."""
    kept = {clip.file for clip in record.clips}
    for path in (*folder.iterdir(), *folder.glob("states/*")):
        half = path.name.startswith(".") and path.suffix == ".part"
        if half or (path.match("clip-*.wav") and path.name not in kept):
            with suppress(OSError):
                path.unlink()


def discard(path: Path) -> None:
    """Delete a file, or a folder with its contents; of a link only the link. Never raises."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def to_json(record: VoiceRecord) -> str:
    """Return the text of a voice.json."""
    return record.model_dump_json(indent=1)


def write_record(record: VoiceRecord, folder: Path) -> None:
    """Replace the voice.json of a folder atomically. Raises OSError."""
    part = folder / ".voice.json.part"
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(to_json(record))
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / "voice.json")
    finally:
        part.unlink(missing_ok=True)
    sync(folder)


def sha256(path: Path) -> str:
    """Return the hexadecimal digest of a recording.

    Raises NotAudioError, TooLargeError or VoiceLoadError when it cannot be read or is too large.
    """
    check_file(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise VoiceLoadError(f"The recording cannot be read ({error.strerror}).") from error


def recordings(root: Path, record: VoiceRecord) -> list[Path]:
    """Return the files of a voice of the library `root`. Raises VoiceLoadError for a link."""
    paths = [root / record.id / clip.file for clip in record.clips]
    if any(leaves(path, root) for path in paths):
        raise VoiceLoadError(f"A recording of {shown(record.name)!r} is a link; put a file there.")
    return paths


def present(root: Path, record: VoiceRecord) -> list[Path]:
    """Return the files of a voice of the library `root` that are neither missing nor links."""
    paths = [root / record.id / clip.file for clip in record.clips]
    return [path for path in paths if is_own_file(path, root)]


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def sync(folder: Path) -> None:
    """Flush a folder, so that renames in it survive a power failure. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
