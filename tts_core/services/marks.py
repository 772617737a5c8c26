"""`SpeechService.marks`: marks generated speech as such, and finds the marks in a file."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, BinaryIO

from tts_core.engines.registry import Registry
from tts_core.errors import MarkingError
from tts_core.events import SpeechInfo
from tts_core.marks.certificate import load_certificate
from tts_core.marks.metadata import Marker, Origin, RequestMarker
from tts_core.marks.verify import verify
from tts_core.marks.watermark import Payload, Watermark
from tts_core.settings import Settings
from tts_core.stats.entries import HistoryEntry
from tts_core.voices.record import VoiceRecord

log = logging.getLogger(__name__)

COMMENT = "Synthetic speech made by Aloud"


class MarkService:
    """The marks of one service. Thread-safe."""

    def __init__(
        self,
        settings: Settings,
        registry: Registry,
        find_voice: Callable[[str], VoiceRecord | None],
        find_request: Callable[[str, str | None], HistoryEntry | None],
    ) -> None:
        self._settings = settings
        self._marker = Marker(settings)
        self._registry = registry
        self._find_voice = find_voice
        self._find_request = find_request

    def of_request(self, info: SpeechInfo) -> RequestMarker:
        """Return what marks the files of a request."""
        return self.of_speech(info.request_id, info.engine, [info.voice, *info.voices])

    def of_speech(self, request_id: str, engine: str, voices: Sequence[str]) -> RequestMarker:
        """Return what marks files of speech.

        `request_id`: of a request, or of a project. `voices`: ids of all that speak, the main one
        first.
        """
        known = self._registry.infos.get(engine)
        origin = Origin(
            request_id=request_id,
            engine=engine,
            voice=voices[0],
            trained=known is None or known.naturalness > 0,
            consents=self._consents(voices),
            engine_watermark=None if known is None else known.own_watermark,
        )
        return self._marker.of_request(origin)

    def watermark(self, sample_rate: int) -> Watermark | None:
        """Return what marks the sound of one request, of `sample_rate` Hz; None: nothing is to."""
        if not self._marker.watermarks:
            return None
        return Watermark(sample_rate, Payload.today(self._instance))

    @property
    def comment(self) -> str | None:
        """Return the tag of formats that have tags; None: nothing is marked."""
        return None if self._marker.off else COMMENT

    @cached_property
    def _instance(self) -> int:
        """Return the installation's number in watermarks, made of its certificate; 0 without."""
        try:
            chain = load_certificate(self._settings).chain
        except (MarkingError, OSError) as error:
            log.warning("the watermark has no number of this installation: %s", error)
            return 0
        return int.from_bytes(hashlib.sha256(chain).digest()[:2])

    def _consents(self, voices: Iterable[str]) -> list[dict[str, str]]:
        """Return the consents for those voices that are cloned, each once."""
        found: dict[str, dict[str, str]] = {}
        for voice in voices:
            record = self._find_voice(voice)
            if record is None or record.id != voice:  # a voice of an engine
                continue
            for consent in (clip.consent for clip in record.clips):
                given = consent.given.isoformat()
                found[consent.id] = {"id": consent.id, "voice": record.id, "given": given}
        return list(found.values())

    def verify(self, file: BinaryIO, owner: str | None) -> dict[str, Any]:
        """Return what the marks of a file say: the answer of `/verify`.

        `owner`: whose history may be searched for the request that made it (None: everyone's).
        Raises NotAudioError and OSError.
        """
        found = verify(file, self._instance)
        request = None
        if found.manifest is not None and found.manifest.request_id is not None:
            entry = self._find_request(found.manifest.request_id, owner)
            if entry is not None:
                request = {"request_id": entry.request_id, "created": found.manifest.created}
        return found.as_dict() | {"request": request}
