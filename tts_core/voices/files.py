"""What of a library voice is on disk, whole or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pydantic

from tts_core.audio.clean import clean
from tts_core.audio.decode import decode
from tts_core.audio.encode import open_encoder
from tts_core.audio.inspect import inspect_clip
from tts_core.errors import ValidationError, VoiceLoadError
from tts_core.validation import shown
from tts_core.voices.record import STATEMENT, Clip, Consent, VoiceRecord, now

_LARGEST_RECORD = 2**20  # bytes of a voice.json


def read_record(folder: Path, *, any_id: bool = False) -> VoiceRecord:
    """The voice.json of a folder, with its clips there. Raises VoiceLoadError.

    `any_id`: it need not be the folder's name.
    """
    path = folder / "voice.json"
    try:
        if path.stat().st_size > _LARGEST_RECORD:
            raise VoiceLoadError("its voice.json is too large.")
        record = VoiceRecord.model_validate_json(path.read_bytes())
    except (OSError, pydantic.ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise VoiceLoadError(f"its voice.json cannot be read ({reason}).") from error
    if record.id != folder.name and not any_id:
        raise VoiceLoadError(f"its voice.json is of another voice, {shown(record.id)!r}.")
    for clip in record.clips:
        if not (folder / clip.file).is_file():
            raise VoiceLoadError(f"its recording {clip.file} is missing.")
    return record


def write_record(record: VoiceRecord, folder: Path) -> None:
    """Replace the voice.json of a folder."""
    part = folder / ".voice.json.part"
    with part.open("w", encoding="utf-8") as file:
        file.write(record.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / "voice.json")
    sync(folder)


def sha256(path: Path) -> str:
    """Of a file. Raises VoiceLoadError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise VoiceLoadError(f"The recording cannot be read ({error.strerror}).") from error


def keep_clip(
    path: Path,
    digest: str,
    folder: Path,
    number: int,
    trim: bool,
    gain: bool,
    statement: str = STATEMENT,
) -> Clip:
    """Check a recording and write what is kept of it into `folder`.

    Raises ValidationError, VoiceLoadError.
    """
    original = decode(path)
    report = inspect_clip(original)
    if faults := [check for check in report.checks if check.grade == "bad"]:
        words = " ".join(f"{check.says} {check.advice}" for check in faults)
        raise ValidationError(f"The recording cannot be used. {words}", "audio")
    cleaned = clean(original, trim=trim, gain=gain).chunk
    name = f"clip-{number}.wav"
    with (folder / name).open("wb") as file:
        with open_encoder("wav", cleaned.sample_rate, file) as encoder:
            encoder.write(cleaned.samples)
        file.flush()
        os.fsync(file.fileno())
    return Clip(
        file=name,
        sha256=digest,
        consent=Consent(statement=statement, given=now()),
        report=report.to_json(),
    )


def sync(folder: Path) -> None:
    """What was renamed in it stays so when the power fails."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
