"""What of a library voice is on disk, whole or not at all."""

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
from tts_core.validation import shown
from tts_core.voices.record import VoiceRecord

log = logging.getLogger(__name__)

_LARGEST_RECORD = 2**20  # bytes of a voice.json
NEW, GONE = ".new-", ".gone-"
"""How folders begin that are no voice yet, or no longer."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A folder of the library that cannot be used."""

    folder: str
    reason: str


def scan(root: Path) -> tuple[dict[str, VoiceRecord], list[Problem]]:
    """The voices of a library, by id, and what was skipped.

    What a process left unfinished when it was killed is deleted.
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
    """Makes a VoiceLoadError of an OSError: what happened, and what to do."""
    try:
        yield
    except OSError as error:
        raise VoiceLoadError(
            f"The voice cannot be kept ({error.strerror or error}). See that the disk has room and "
            "that Aloud may write to its data folder."
        ) from error


def read_record(folder: Path, *, any_id: bool = False) -> VoiceRecord:
    """The voice.json of a folder, with its clips there. Raises VoiceLoadError.

    `any_id`: it need not be the folder's name. Links are not followed.
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
        fault = error.errors(include_url=False)[0]
        where = ".".join(map(str, fault["loc"])) or "the whole"
        raise VoiceLoadError(
            f"its voice.json is not what Aloud writes ({where}: {shown(fault['msg'])})."
        ) from error
    if record.id != folder.name and not any_id:
        raise VoiceLoadError(f"its voice.json is of another voice, {shown(record.id)!r}.")
    for clip in record.clips:
        if not _is_plain(folder / clip.file):
            raise VoiceLoadError(f"its recording {clip.file} is missing.")
    return record


def tidy(folder: Path, record: VoiceRecord) -> None:
    """Delete what is not the voice's: files half written, recordings that it does not name."""
    kept = {clip.file for clip in record.clips}
    for path in (*folder.iterdir(), *folder.glob("states/*")):
        half = path.name.startswith(".") and path.suffix == ".part"
        if half or (path.match("clip-*.wav") and path.name not in kept):
            with suppress(OSError):
                path.unlink()


def discard(path: Path) -> None:
    """A folder with all that is in it; of a link only the link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def to_json(record: VoiceRecord) -> str:
    """The text of a voice.json."""
    return record.model_dump_json(indent=1)


def write_record(record: VoiceRecord, folder: Path) -> None:
    """Replace the voice.json of a folder."""
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
    """Of a recording. Raises VoiceLoadError when it cannot be read or is too large."""
    check_file(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise VoiceLoadError(f"The recording cannot be read ({error.strerror}).") from error


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def sync(folder: Path) -> None:
    """What was renamed in it stays so when the power fails."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
