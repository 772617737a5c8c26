"""The voice library: one folder for each cloned voice, in the data folder.

    voices/anna-1f9a2c04/voice.json     name, language, tags, consent, reports (see record.py)
                         clip-1.wav     the recordings, trimmed and levelled
                         states/        what engines have made of them (see states.py)

A voice appears and disappears by renaming its folder, and changes by renaming a new voice.json
over the old: a process killed at any moment leaves each voice whole, or wholly absent.
"""

from __future__ import annotations

import logging
import secrets
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tts_core.errors import TooLargeError, UnknownNameError, ValidationError, VoiceLoadError
from tts_core.validation import did_you_mean, shown
from tts_core.voices.files import keep_clip, read_record, sha256, sync, write_record
from tts_core.voices.record import (
    MAX_CLIPS,
    STATEMENT,
    VoiceRecord,
    checked_tags,
    checked_voice_name,
    folded,
    now,
    slug,
)

log = logging.getLogger(__name__)

MAX_VOICES = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """A folder of the library that cannot be used."""

    folder: str
    reason: str


class VoiceLibrary:
    """Thread-safe. One process at a time keeps a library; its voices outlive it."""

    def __init__(self, folder: Path) -> None:
        """Reads what is there; leftovers of a killed process are deleted."""
        self._folder = folder
        self._lock = threading.RLock()
        self._voices: dict[str, VoiceRecord] = {}
        self._problems: list[Problem] = []
        self._scan()

    @property
    def problems(self) -> Sequence[Problem]:
        """Folders that were skipped, and why."""
        return tuple(self._problems)

    def all(self) -> list[VoiceRecord]:
        """Every voice, the newest first."""
        with self._lock:
            return sorted(self._voices.values(), key=lambda v: v.created, reverse=True)

    def search(self, query: str = "", language: str = "", tag: str = "") -> list[VoiceRecord]:
        """Voices whose name, language or tags hold every word of `query`; all of them if empty."""
        words = folded(query).split()
        return [
            voice
            for voice in self.all()
            if all(
                w in folded(f"{voice.name} {voice.language} {' '.join(voice.tags)}") for w in words
            )
            and language.casefold() in ("", voice.language)
            and tag.casefold() in ("", *voice.tags)
        ]

    def get(self, voice_id: str) -> VoiceRecord:
        """By id. Raises UnknownNameError."""
        with self._lock:
            if (found := self._voices.get(voice_id)) is not None:
                return found
            known = [n for v in self._voices.values() for n in (v.id, v.name)]
        raise UnknownNameError(
            f"There is no voice {shown(voice_id)!r} in the library.{did_you_mean(voice_id, known)}",
            "voice_id",
        )

    def find(self, name: str) -> VoiceRecord | None:
        """By id, else by name, ignoring case."""
        wanted = folded(name)
        with self._lock:
            if wanted in self._voices:
                return self._voices[wanted]
            return next((v for v in self._voices.values() if folded(v.name) == wanted), None)

    def folder(self, voice_id: str) -> Path:
        """Where a voice's files are. Raises UnknownNameError."""
        return self._folder / self.get(voice_id).id

    def recordings(self, voice_id: str) -> list[Path]:
        """The files of a voice's clips. Raises UnknownNameError."""
        voice = self.get(voice_id)
        return [self._folder / voice.id / clip.file for clip in voice.clips]

    def add(
        self,
        name: str,
        recordings: Sequence[Path],
        *,
        consent: bool,
        language: str = "auto",
        tags: object = (),
        trim: bool = True,
        gain: bool = True,
    ) -> VoiceRecord:
        """Keep a new voice made of one or more recordings of one speaker.

        A recording that is already a voice of that name gives that voice. `trim`, `gain`: see
        `audio/clean.py`. Raises ValidationError (a name that is taken, no consent, a recording
        that is another voice's, one without enough speech) or VoiceLoadError.
        """
        name, labels = checked_voice_name(name), checked_tags(tags)
        _check_consent(consent)
        if not recordings:
            raise ValidationError("Give a recording of the voice.", "audio")
        hashes = [sha256(path) for path in recordings]
        with self._lock:
            if (same := self._same(name, hashes)) is not None:
                return same
            self._check_free(name)
            self._check_new(hashes)
            self._check_room(len(recordings))
        voice_id = f"{slug(name)}-{secrets.token_hex(4)}"
        folder = self._new_folder()
        try:
            clips = [
                keep_clip(path, digest, folder, number, trim, gain)
                for number, (path, digest) in enumerate(zip(recordings, hashes, strict=True), 1)
            ]
            record = VoiceRecord(
                id=voice_id,
                name=name,
                language=language,
                tags=labels,
                created=now(),
                clips=tuple(clips),
            )
            return self._admit(record, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def admit(self, record: VoiceRecord, folder: Path) -> VoiceRecord:
        """Take over a folder with the clips of a record, as `package.py` unpacks it.

        Its id is made anew, its name too where it is taken. Raises ValidationError.
        """
        with self._lock:
            self._check_new([clip.sha256 for clip in record.clips])
            self._check_room(len(record.clips))
            name = self._free_name(checked_voice_name(record.name))
            voice_id = f"{slug(name)}-{secrets.token_hex(4)}"
            return self._admit(record.model_copy(update={"id": voice_id, "name": name}), folder)

    def new_folder(self) -> Path:
        """An empty one for `admit`; swept away at the next start if nothing comes of it."""
        return self._new_folder()

    def add_clip(
        self, voice_id: str, recording: Path, *, consent: bool, trim: bool = True, gain: bool = True
    ) -> VoiceRecord:
        """One more recording of the same speaker. Raises as `add` does."""
        _check_consent(consent)
        digest = sha256(recording)
        with self._lock:
            voice = self.get(voice_id)
            if any(clip.sha256 == digest for clip in voice.clips):
                return voice
            self._check_new([digest])
            self._check_room(len(voice.clips) + 1)
            folder = self._folder / voice.id
            number = 1 + max(int(clip.file[5:-4]) for clip in voice.clips)
            clip = keep_clip(recording, digest, folder, number, trim, gain)
            changed = voice.model_copy(update={"clips": (*voice.clips, clip)})
            write_record(changed, folder)
            self._voices[voice.id] = changed
            return changed

    def change(
        self,
        voice_id: str,
        *,
        name: str | None = None,
        language: str | None = None,
        tags: object = None,
    ) -> VoiceRecord:
        """Rename a voice, or give it another language or other tags; its id stays.

        Raises UnknownNameError, ValidationError.
        """
        with self._lock:
            voice = self.get(voice_id)
            update: dict[str, Any] = {}
            if name is not None:
                update["name"] = checked_voice_name(name)
                self._check_free(update["name"], but=voice.id)
            if language is not None:
                update["language"] = language
            if tags is not None:
                update["tags"] = checked_tags(tags)
            changed = VoiceRecord.model_validate(voice.model_dump() | update)
            write_record(changed, self._folder / voice.id)
            self._voices[voice.id] = changed
            return changed

    def delete(self, voice_id: str) -> None:
        """With all its files. Raises UnknownNameError."""
        with self._lock:
            voice = self.get(voice_id)
            gone = self._folder / f".gone-{secrets.token_hex(8)}"
            (self._folder / voice.id).rename(gone)
            sync(self._folder)
            del self._voices[voice.id]
        shutil.rmtree(gone, ignore_errors=True)

    def _scan(self) -> None:
        if not self._folder.is_dir():
            return
        for folder in sorted(self._folder.iterdir()):
            if folder.name.startswith("."):
                if folder.is_dir() and not folder.is_symlink():
                    shutil.rmtree(folder, ignore_errors=True)
                continue
            try:
                record = read_record(folder)
            except VoiceLoadError as error:
                self._problems.append(Problem(folder.name, str(error)))
                log.warning("the voice in %s is skipped: %s", folder.name, error)
            else:
                self._voices[record.id] = record

    def _new_folder(self) -> Path:
        folder = self._folder / f".new-{secrets.token_hex(8)}"
        folder.mkdir(parents=True)
        return folder

    def _admit(self, record: VoiceRecord, folder: Path) -> VoiceRecord:
        write_record(record, folder)
        with self._lock:
            self._check_free(record.name)
            self._check_new([clip.sha256 for clip in record.clips])
            folder.rename(self._folder / record.id)
            sync(self._folder)
            self._voices[record.id] = record
        return record

    def _same(self, name: str, hashes: Sequence[str]) -> VoiceRecord | None:
        found = self.find(name)
        if found is not None and {clip.sha256 for clip in found.clips} == set(hashes):
            return found
        return None

    def _check_free(self, name: str, but: str = "") -> None:
        found = self.find(name)
        if found is not None and found.id != but:
            raise ValidationError(
                f"There is a voice {shown(found.name)!r} already; choose another name, or delete "
                "that one.",
                "name",
            )

    def _free_name(self, name: str) -> str:
        number, free = 1, name
        while self.find(free) is not None:
            number += 1
            free = f"{name[:52]} ({number})"
        return free

    def _check_new(self, hashes: Sequence[str]) -> None:
        if len(set(hashes)) < len(hashes):
            raise ValidationError("The same recording was given twice.", "audio")
        for voice in self._voices.values():
            if not {clip.sha256 for clip in voice.clips}.isdisjoint(hashes):
                raise ValidationError(
                    f"This recording is in the library already: the voice {shown(voice.name)!r}.",
                    "audio",
                )

    def _check_room(self, clips: int) -> None:
        if clips > MAX_CLIPS:
            raise TooLargeError(f"A voice has at most {MAX_CLIPS} recordings.", "audio")
        if len(self._voices) >= MAX_VOICES:
            raise TooLargeError(
                f"The library is full: it keeps {MAX_VOICES} voices. Delete one first.", "name"
            )


def _check_consent(given: object) -> None:
    if given is not True:
        raise ValidationError(
            f"A voice is cloned only with consent: tick the box, or send consent=true, if this is "
            f"so: “{STATEMENT}”",
            "consent",
        )
