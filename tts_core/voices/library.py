"""Stores voices that users made: one folder for each of them, in the data folder.

    voices/anna-1f9a2c04/voice.json     name, language, tags, consent, reports (see record.py)
                         clip-1.wav     the prepared recordings (see reference_clip.py)
                         states/        the engines' voice states (see conditioning.py)

A blend of an engine's voices is a folder with a voice.json only. What is kept of a voice whose
consent was withdrawn is in `withdrawals.py`.

A voice is added and deleted by renaming its folder, and changed by renaming a new voice.json over
the old one: a process killed at any moment leaves each voice complete or absent.
"""

from __future__ import annotations

import filecmp
import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tts_core.errors import (
    NameTakenError,
    TooLargeError,
    UnknownNameError,
    ValidationError,
    VoiceLoadError,
)
from tts_core.validation import did_you_mean, shown
from tts_core.voices import files
from tts_core.voices.record import (
    Consent,
    VoiceRecord,
    check_count,
    checked_consent,
    checked_language,
    checked_tags,
    checked_voice_name,
    folded,
    new_id,
    now,
)
from tts_core.voices.reference_clip import ReferenceClip, ReferenceClipCache
from tts_core.voices.withdrawals import Withdrawal, Withdrawals

MAX_VOICES = 1000


class VoiceLibrary:
    """The cloned voices of a data folder. Thread-safe; used by one process at a time."""

    def __init__(
        self, folder: Path, owner: Callable[[str], str | None] = lambda name: None
    ) -> None:
        """Load the voices of a folder and delete the leftovers of a killed process.

        `owner` returns who else has a voice of a name, such as an engine; no voice of the library
        may have such a name.
        """
        self._folder = folder
        self._owner = owner
        self._lock = threading.RLock()
        self._clips = ReferenceClipCache()
        self._withdrawals = Withdrawals(folder)
        for voice_id in self._withdrawals.ids():
            files.discard(folder / voice_id)  # the process was killed before it was deleted
        self._voices, self._problems = files.scan(folder)

    @property
    def problems(self) -> Sequence[files.Problem]:
        """Return the folders that were skipped, and why."""
        return tuple(self._problems)

    def inspect(self, recording: Path) -> ReferenceClip:
        """Decode and inspect a recording, which `add` then need not do again.

        Raises NotAudioError, TooLargeError or VoiceLoadError when it cannot be read.
        """
        return self._clips.read(recording)

    def all(self) -> list[VoiceRecord]:
        """Return every voice, the newest first."""
        with self._lock:
            return sorted(self._voices.values(), key=lambda v: v.created, reverse=True)

    def get(self, voice_id: str) -> VoiceRecord:
        """Return a voice by id. Raises UnknownNameError."""
        with self._lock:
            if (found := self._voices.get(voice_id)) is not None:
                return found
            self.check_consent(voice_id, "voice_id")
            known = [n for v in self._voices.values() for n in (v.id, v.name)]
        raise UnknownNameError(
            f"There is no voice {shown(voice_id)!r} in the library.{did_you_mean(voice_id, known)}",
            "voice_id",
        )

    def find(self, name: str) -> VoiceRecord | None:
        """Return a voice by id, else by name, ignoring case; None if there is none."""
        wanted = folded(name)
        with self._lock:
            if wanted in self._voices:
                return self._voices[wanted]
            return next((v for v in self._voices.values() if folded(v.name) == wanted), None)

    def usable(self, name: str) -> VoiceRecord | None:
        """Return what `find` does. Raises UnknownNameError when its consent was withdrawn."""
        with self._lock:
            if (found := self.find(name)) is None:
                self.check_consent(name, "voice")
        return found

    def check_consent(self, name: str, field: str) -> None:
        """Raise UnknownNameError for a voice, by id or name, whose consent was withdrawn."""
        with self._lock:
            withdrawal = self._withdrawals.find(name)
        if withdrawal is not None:
            raise UnknownNameError(withdrawal.told, field)

    def withdrawals(self) -> list[Withdrawal]:
        """Return the consents that were withdrawn, the latest first."""
        with self._lock:
            return self._withdrawals.all()

    def folder(self, voice_id: str) -> Path:
        """Return the folder with a voice's files. Raises UnknownNameError."""
        return self._folder / self.get(voice_id).id

    def recordings(self, voice_id: str) -> list[Path]:
        """Return the files of a voice's clips. Raises UnknownNameError, VoiceLoadError."""
        return files.recordings(self._folder, self.get(voice_id))

    @files.on_disk()
    def add(
        self,
        name: str,
        recordings: Sequence[Path],
        *,
        consent: bool | Consent,
        language: str = "auto",
        tags: object = (),
        trim: bool = True,
        gain: bool = True,
    ) -> VoiceRecord:
        """Save a new voice, made of one or more recordings of one speaker.

        If the same recordings are a voice of that name already, that voice is returned; under
        another name they become a voice of its own, with its own files and consent. For `trim` and
        `gain` see `audio/prepare.py`. Raises ValidationError (the name is taken, there is no
        consent, a recording cannot be used) or VoiceLoadError.
        """
        name, labels = checked_voice_name(name), checked_tags(tags)
        language = checked_language(language)
        agreed = checked_consent(consent)
        if not recordings:
            raise ValidationError("Give a recording of the voice.", "audio")
        hashes = [files.sha256(path) for path in recordings]
        with self._lock:
            if (same := self._find_same(name, hashes)) is not None:
                return same
            self._check_free(name)
            _check_distinct(hashes)
            self._check_capacity(len(recordings))
        folder = self.new_folder()
        try:
            clips = [
                self._clips.read(path, digest).save(
                    folder, number, trim=trim, gain=gain, consent=agreed
                )
                for number, (path, digest) in enumerate(zip(recordings, hashes, strict=True), 1)
            ]
            record = VoiceRecord(
                id=new_id(name),
                name=name,
                language=language,
                tags=labels,
                created=now(),
                clips=tuple(clips),
            )
            saved = self._admit(record, folder)
        finally:
            files.discard(folder)
        for digest in hashes:
            self._clips.forget(digest)
        return saved

    @files.on_disk()
    def add_blend(
        self, name: str, blend: str, *, language: str = "auto", tags: object = ()
    ) -> VoiceRecord:
        """Save a blend of an engine's voices under a name; if it is saved already, return it.

        `blend`: in the canonical spelling of `engines/blends.py`. Raises ValidationError (the name
        is taken), TooLargeError, VoiceLoadError.
        """
        name, labels = checked_voice_name(name), checked_tags(tags)
        record = VoiceRecord(
            id=new_id(name),
            name=name,
            language=checked_language(language),
            tags=labels,
            created=now(),
            blend=blend,
        )
        folder = self.new_folder()
        try:
            return self._admit(record, folder)
        finally:
            files.discard(folder)

    @files.on_disk()
    def admit(self, record: VoiceRecord, folder: Path) -> VoiceRecord:
        """Add a voice by moving a folder with its clips, as `export.py` unpacks it.

        It gets a new id, and a new name if its own is taken. The digests of its clips are not
        trusted but computed from the files. Raises ValidationError, also when the same recordings
        are a voice of that name already.
        """
        clips = tuple(
            clip.model_copy(update={"sha256": files.sha256(folder / clip.file)})
            for clip in record.clips
        )
        digests = [clip.sha256 for clip in clips]
        _check_distinct(digests)
        name = checked_voice_name(record.name)
        with self._lock:
            self._withdrawals.check_import(record, digests)
            if (same := self.find(name)) is not None and self._shares(
                same, digests, [folder / clip.file for clip in clips]
            ):
                raise ValidationError(
                    f"This recording is in the library already: the voice {shown(same.name)!r}.",
                    "audio",
                )
            self._check_capacity(len(clips))
            name = self._free_name(name)
            tags = checked_tags(record.tags)
            update = {"id": new_id(name), "name": name, "tags": tags, "clips": clips}
            return self._admit(record.model_copy(update=update), folder)

    @files.on_disk()
    def new_folder(self) -> Path:
        """Create an empty folder for `admit`; the next start deletes it if it is left over."""
        folder = self._folder / f"{files.NEW}{secrets.token_hex(8)}"
        folder.mkdir(parents=True)
        return folder

    @files.on_disk()
    def change(
        self,
        voice_id: str,
        *,
        name: str | None = None,
        language: str | None = None,
        tags: object = None,
    ) -> VoiceRecord:
        """Change the name, language or tags of a voice; its id stays.

        Raises UnknownNameError, ValidationError.
        """
        with self._lock:
            voice = self.get(voice_id)
            update: dict[str, Any] = {}
            if name is not None:
                update["name"] = checked_voice_name(name)
                self._check_free(update["name"], but=voice.id)
            if language is not None:
                update["language"] = checked_language(language)
            if tags is not None:
                update["tags"] = checked_tags(tags)
            return self._rewrite(voice.model_copy(update=update))

    @files.on_disk()
    def delete(self, voice_id: str) -> None:
        """Delete a voice with all its files. Raises UnknownNameError."""
        with self._lock:
            voice = self.get(voice_id)
            gone = self._folder / f"{files.GONE}{secrets.token_hex(8)}"
            with suppress(FileNotFoundError):  # it was deleted by hand
                (self._folder / voice.id).rename(gone)
                files.sync(self._folder)
            del self._voices[voice.id]
        files.discard(gone)

    @files.on_disk()
    def withdraw(self, voice_id: str, *, door: str = "", by: str = "") -> list[Withdrawal]:
        """End the consent for a voice and all others of its recordings; delete them with all files.

        The records of the consents and of their end stay, for good; `door` and `by`: see
        `Withdrawal`. Returns them, that of the voice itself first. Raises UnknownNameError, and
        ValidationError for a blend.
        """
        with self._lock:
            voice = self.get(voice_id)
            if not voice.clips:
                raise ValidationError(
                    f"{shown(voice.name)!r} is a blend of an engine's voices, for which nobody "
                    "gave consent. Delete it instead.",
                    "voice_id",
                )
            # That of the voice itself last: if the process is killed before, it can be repeated.
            ended = [*self._same_recording(voice), voice]
            made = [
                self._withdrawals.add(each, self._digests(each), door=door, by=by) for each in ended
            ]
            for each in ended:
                self.delete(each.id)
        return made[::-1]

    def made_of(self, digest: str) -> list[VoiceRecord]:
        """Return the voices made of a recording, by the SHA-256 of its file, the newest first."""
        return [voice for voice in self.all() if digest in {clip.sha256 for clip in voice.clips}]

    def _same_recording(self, voice: VoiceRecord) -> list[VoiceRecord]:
        """Return the other voices made of a recording of a voice, the newest first."""
        digests = {clip.sha256 for clip in voice.clips}
        paths = files.present(self._folder, voice)
        return [v for v in self.all() if v != voice and self._shares(v, digests, paths)]

    def _shares(self, voice: VoiceRecord, digests: Iterable[str], paths: Sequence[Path]) -> bool:
        """Return whether a voice has one of some recordings: by the digests of clips, or as files.

        The digest of a clip is that of the upload, or in an imported voice that of the file.
        """
        if not {clip.sha256 for clip in voice.clips}.isdisjoint(digests):
            return True
        saved = files.present(self._folder, voice)
        return any(filecmp.cmp(path, own, shallow=False) for own in saved for path in paths)

    def _digests(self, voice: VoiceRecord) -> list[str]:
        """Return the SHA-256 of the prepared recordings of a voice."""
        digests = []
        for path in files.present(self._folder, voice):
            with suppress(VoiceLoadError):  # it was deleted meanwhile
                digests.append(files.sha256(path))
        return digests

    def _admit(self, record: VoiceRecord, folder: Path) -> VoiceRecord:
        files.write_record(record, folder)
        hashes = [clip.sha256 for clip in record.clips]
        with self._lock:
            if (same := self._find_same(record.name, hashes, record.blend)) is not None:
                return same  # added by another thread meanwhile
            self._check_free(record.name)
            self._check_capacity(len(hashes))
            folder.rename(self._folder / record.id)
            files.sync(self._folder)
            self._voices[record.id] = record
        return record

    def _rewrite(self, record: VoiceRecord) -> VoiceRecord:
        files.write_record(record, self._folder / record.id)
        self._voices[record.id] = record
        return record

    def _find_same(self, name: str, hashes: Sequence[str], blend: str = "") -> VoiceRecord | None:
        found = self.find(name)
        if found is None or found.blend != blend:
            return None
        return found if {clip.sha256 for clip in found.clips} == set(hashes) else None

    def _check_free(self, name: str, but: str = "") -> None:
        """Raise NameTakenError when a name is taken, except by the voice with the id `but`."""
        if (owner := self._owner(folded(name))) is not None:
            raise NameTakenError(
                f"{shown(name)!r} is a voice of {owner}; choose another name.", "name"
            )
        found = self.find(name)
        if found is not None and found.id != but:
            raise NameTakenError(
                f"There is a voice {shown(found.name)!r} already; choose another name, or delete "
                "that one.",
                "name",
            )

    def _free_name(self, name: str) -> str:
        """Return the name, with a number behind it if it is taken."""
        number, free = 1, name
        while self.find(free) is not None or self._owner(folded(free)) is not None:
            number += 1
            free = f"{name[:52].rstrip()} ({number})"
        return free

    def _check_capacity(self, clips: int) -> None:
        check_count(clips)
        if len(self._voices) >= MAX_VOICES:
            raise TooLargeError(
                f"The library is full: it keeps {MAX_VOICES} voices. Delete one first.", "name"
            )


def _check_distinct(hashes: Sequence[str]) -> None:
    """Raise ValidationError when a recording is given twice."""
    if len(set(hashes)) < len(hashes):
        raise ValidationError("The same recording was given twice.", "audio")
