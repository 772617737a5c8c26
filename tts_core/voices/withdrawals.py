"""Consents that were withdrawn: what is kept of a voice whose consent no longer holds.

    voices/.withdrawn/anna-1f9a2c04.json    the consents, and when and through what they ended

Nothing deletes or changes these files. The recordings are kept as digests only, by which an
exported package of the voice is recognized. A voice is withdrawn once its file is here: the library
deletes whatever a killed process has left of it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import pydantic
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tts_core.errors import ValidationError
from tts_core.validation import shown
from tts_core.voices.files import sync
from tts_core.voices.record import Consent, VoiceRecord, folded, now

log = logging.getLogger(__name__)

FOLDER = ".withdrawn"
"""In the library's folder; it begins with a dot, so that no voice can have its name."""


class Withdrawal(BaseModel):
    """The end of the consent for a voice."""

    model_config = ConfigDict(frozen=True)

    voice: str = Field(max_length=64)
    """The voice's id, which no other voice gets."""
    name: str
    consents: tuple[Consent, ...] = Field(min_length=1)
    recordings: tuple[str, ...]
    """SHA-256 of each prepared recording, as packages contain them."""
    withdrawn: AwareDatetime
    door: Annotated[str, Field(max_length=40)] = ""
    """The API or page through which it was withdrawn."""
    by: str = ""
    """Who did it, as rate limits tell callers apart: an address or the fingerprint of a key."""

    @property
    def told(self) -> str:
        """Return a sentence that says why the voice cannot be used."""
        return (
            f"The consent for the voice {shown(self.name)!r} was withdrawn on "
            f"{self.withdrawn.date().isoformat()}, so it can no longer be used. Only a new clone "
            "with new consent can speak in it again."
        )


class Withdrawals:
    """The withdrawals of a library. Not thread-safe: the library's lock guards it."""

    def __init__(self, library: Path) -> None:
        """Read them from the folder of a library."""
        self._folder = library / FOLDER
        self._found = dict(_read(self._folder))

    def all(self) -> list[Withdrawal]:
        """Return every withdrawal, the latest first."""
        return sorted(self._found.values(), key=lambda found: found.withdrawn, reverse=True)

    def find(self, voice: str) -> Withdrawal | None:
        """Return the withdrawal of a voice by its id, else by its name, ignoring case."""
        wanted = folded(voice)
        named = (found for found in self.all() if folded(found.name) == wanted)
        return self._found.get(wanted) or next(named, None)

    def ids(self) -> list[str]:
        """Return the ids of all voices that were withdrawn."""
        return [path.stem for path in self._folder.glob("*.json")]

    def add(
        self, voice: VoiceRecord, recordings: Sequence[str], *, door: str, by: str
    ) -> Withdrawal:
        """Write the end of a voice's consent to disk. Raises OSError."""
        made = Withdrawal(
            voice=voice.id,
            name=voice.name,
            consents=tuple(dict.fromkeys(clip.consent for clip in voice.clips)),
            recordings=tuple(recordings),
            withdrawn=now(),
            door=door,
            by=by,
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f".{voice.id}.part"
        with part.open("w", encoding="utf-8") as file:
            file.write(made.model_dump_json(indent=1))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._folder / f"{voice.id}.json")
        sync(self._folder)
        self._found[voice.id] = made
        return made

    def check_import(self, record: VoiceRecord, recordings: Iterable[str]) -> None:
        """Raise ValidationError for a package of a voice whose consent was withdrawn here.

        It is recognized by the id of its consent, and by its recordings when the consent in it is
        older than the withdrawal. `recordings`: digests of its files.
        """
        contents = set(recordings)
        consents = {clip.consent.id for clip in record.clips}
        given = min(clip.consent.given for clip in record.clips) if record.clips else now()
        for found in self._found.values():
            same = not consents.isdisjoint(consent.id for consent in found.consents)
            if same or (given <= found.withdrawn and not contents.isdisjoint(found.recordings)):
                raise ValidationError(f"This package cannot be imported. {found.told}", "file")


def _read(folder: Path) -> Iterable[tuple[str, Withdrawal]]:
    for path in folder.glob("*.json"):
        try:
            yield path.stem, Withdrawal.model_validate_json(path.read_bytes())
        except (OSError, pydantic.ValidationError) as error:
            # The voice stays withdrawn: for that the name of the file is enough.
            log.warning("the withdrawal %s cannot be read: %s", shown(path.name), error)
