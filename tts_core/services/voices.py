"""`SpeechService.voices`: the engines' voices, and the library of cloned ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tts_core.errors import TTSError
from tts_core.types import Caller, StandIn, Voice
from tts_core.validation import checked_name
from tts_core.voices.catalog import VoiceCatalog
from tts_core.voices.export import export_voice, import_voice
from tts_core.voices.files import Problem
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.record import LIBRARY, Consent, VoiceRecord, slug
from tts_core.voices.reference_clip import ReferenceClip
from tts_core.voices.stand_ins import similar
from tts_core.voices.urls import UrlVoices
from tts_core.voices.withdrawals import Withdrawal


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceEntry:
    """A voice that can be asked for. The fields have the names of the public JSON."""

    id: str
    name: str
    engine: str
    """The engine it belongs to; `LIBRARY` for a cloned voice."""
    language: str
    """BCP 47 tag, "mul" for several languages, or "auto" for a cloned voice of any language."""
    gender: str
    tags: Sequence[str]
    created: str | None = None
    """ISO 8601, of a cloned voice."""
    engines: Sequence[str]
    """Engines that can speak with it now, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryVoice(VoiceEntry):
    """A cloned voice."""

    report: Mapping[str, Any]
    """About its first recording; see `audio.clip_report.ClipReport`. Empty for a blend."""
    clips: int
    """How many recordings it has: none if it is a blend."""


class VoiceService:
    """The voices of one service. Thread-safe."""

    def __init__(
        self,
        library: VoiceLibrary,
        catalog: VoiceCatalog,
        url_voices: UrlVoices,
        admit: Callable[[Caller], object],
        deleted: Sequence[Callable[[str], object]],
    ) -> None:
        """`admit`: called before recordings are worked on; limits rates and makes disk space.

        `deleted`: called with the id of each voice that has been deleted, to delete what was
        derived from it.
        """
        self.library = library
        self._catalog, self._url_voices = catalog, url_voices
        self._admit, self._deleted = admit, deleted

    def all(self, engine: str = "") -> list[VoiceEntry]:
        """Return the voices of all ready engines, or of one of them; all cloned ones first.

        An engine speaks in those cloned voices only that have it among their engines. `engine`
        "library" stands for the cloned voices alone. Raises UnknownNameError.
        """
        cloned = [self._entry(record) for record in self.library.all()]
        if engine == LIBRARY:
            return [*cloned]
        own = [_own_entry(voice) for voice in self._catalog.voices(engine)]
        return [*(v for v in cloned if engine in ("", "auto", *v.engines)), *own]

    def default(self, engine: str, language: str, gender: str = "", text: str = "") -> Voice | None:
        """Return the voice that speaks where a request names none; None without one.

        `engine`, `language`: as in requests. `gender`: "female" or "male", if it is to be of one;
        a variant then has the id "voice+variant".
        """
        try:
            if not gender:
                return self._catalog.choose(engine, "default", language, text).voice
            choice = similar(self._catalog, engine, StandIn(gender), language, text)
        except TTSError:
            return None
        voice, variant = choice.voice, choice.options.get("variant")
        if variant:
            return replace(voice, id=f"{voice.id}+{variant}", gender=gender)
        return voice if voice.gender == gender else None

    def cloned(self) -> list[VoiceRecord]:
        """Return the records of all cloned voices, the newest first."""
        return self.library.all()

    def get(self, voice_id: str) -> LibraryVoice:
        """Return a cloned voice by its id. Raises UnknownNameError."""
        return self._entry(self.library.get(voice_id))

    def find(self, name: str) -> VoiceRecord | None:
        """Return the record of a cloned voice by id, else by name, ignoring case."""
        return self.library.find(name)

    @property
    def problems(self) -> Sequence[Problem]:
        """Folders of the library that were skipped, and why."""
        return self.library.problems

    def clone(
        self,
        recordings: Sequence[Path],
        name: str,
        *,
        consent: bool | Consent,
        language: str = "auto",
        tags: object = (),
        trim: bool = True,
        gain: bool = True,
        caller: Caller = Caller(),  # noqa: B008 - it is frozen
    ) -> LibraryVoice:
        """Add a voice to the library; see `VoiceLibrary.add`, also for what it raises.

        Raises RateLimited before that when the caller asks too often.
        """
        self._admit(caller)
        record = self.library.add(
            name,
            recordings,
            consent=consent,
            language=self._catalog.language_code(checked_name(language, "language")),
            tags=tags,
            trim=trim,
            gain=gain,
        )
        return self._entry(record)

    def save_blend(
        self,
        blend: str,
        name: str,
        *,
        language: str = "auto",
        tags: object = (),
        caller: Caller = Caller(),  # noqa: B008 - it is frozen
    ) -> LibraryVoice:
        """Save a blend of an engine's voices, "af_bella(2)+af_sky(1)", as a voice of the library.

        Raises UnknownNameError for voices that are not here, ValidationError for what is no blend,
        and what `clone` raises.
        """
        self._admit(caller)
        record = self.library.add_blend(
            name,
            self._catalog.blend(checked_name(blend, "blend")),
            language=self._catalog.language_code(checked_name(language, "language")),
            tags=tags,
        )
        return self._entry(record)

    def made_of(self, recording: ReferenceClip) -> list[VoiceRecord]:
        """Return the voices that were made of a recording already, the newest first."""
        return self.library.made_of(recording.sha256)

    def inspect(self, recording: Path) -> ReferenceClip:
        """Decode and inspect a recording before it becomes a voice.

        Raises NotAudioError, TooLargeError or VoiceLoadError when it cannot be read.
        """
        return self.library.inspect(recording)

    def rename(self, voice_id: str, name: str) -> None:
        """Rename a cloned voice. Raises UnknownNameError, ValidationError."""
        self.library.change(voice_id, name=name)

    def delete(self, voice: str) -> str:
        """Delete a cloned voice, by id or name, and return its id. Raises UnknownNameError."""
        found = self.library.find(voice) or self.library.get(voice)
        self.library.delete(found.id)
        for forget in self._deleted:
            forget(found.id)
        return found.id

    def withdraw_consent(self, voice: str, door: str, caller: Caller) -> list[Withdrawal]:
        """Withdraw the consent for a cloned voice, by id or name; delete all but its record.

        Other voices of the same recordings go with it; see `VoiceLibrary.withdraw`, also for what
        it returns and raises.
        """
        found = self.library.find(voice) or self.library.get(voice)
        withdrawals = self.library.withdraw(found.id, door=door, by=caller.client)
        for withdrawal in withdrawals:
            for forget in self._deleted:
                forget(withdrawal.voice)
        return withdrawals

    def withdrawals(self) -> list[Withdrawal]:
        """Return the consents that were withdrawn, the latest first."""
        return self.library.withdrawals()

    def recordings(self, voice_id: str) -> list[Path]:
        """Return the recordings of a cloned voice, WAV files. Raises UnknownNameError."""
        return self.library.recordings(voice_id)

    def export(self, voice_id: str, folder: Path) -> Path:
        """Write a cloned voice, with its consent, into a .zip file in `folder`; return its path.

        Raises UnknownNameError, VoiceLoadError, OSError.
        """
        name = f"{slug(self.library.get(voice_id).name)}.zip"
        return export_voice(self.library, voice_id, folder / name)

    def import_package(self, path: Path, caller: Caller) -> str:
        """Add the voice of an exported file to the library and return its id.

        Raises ValidationError, VoiceLoadError; RateLimited when the caller asks too often.
        """
        self._admit(caller)
        return import_voice(self.library, path).id

    def new_folder(self) -> Path:
        """Return an empty folder for recordings on the library's disk; leftovers are deleted."""
        return self.library.new_folder()

    def fetch_recording(self, address: str, path: Path) -> None:
        """Download the recording at an http or https address into the file `path`.

        Raises ValidationError when TTS_ALLOW_VOICE_URLS is off or the address is not allowed,
        TooLargeError, VoiceLoadError, QueueFullError.
        """
        self._url_voices.download(address, path)

    def _entry(self, record: VoiceRecord) -> LibraryVoice:
        if record.blend:
            able = self._catalog.blending_engines(record.blend)
        else:
            able = self._catalog.cloning_engines(record.language)
        return LibraryVoice(**record.public(), engines=[info.name for info in able])


def _own_entry(voice: Voice) -> VoiceEntry:
    return VoiceEntry(
        id=voice.id,
        name=voice.name,
        engine=voice.engine,
        language=voice.language,
        gender=voice.gender,
        tags=list(voice.tags),
        engines=[voice.engine],
    )
