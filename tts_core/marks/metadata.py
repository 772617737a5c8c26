"""Signed metadata (C2PA) in finished files: that speech is synthetic, what made it, and when."""

from __future__ import annotations

import functools
import json
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from tts_core.errors import MarkingError
from tts_core.events import Marks, SpeechInfo
from tts_core.marks.certificate import load_certificate
from tts_core.settings import Settings
from tts_core.system.native_calls import native_call

if TYPE_CHECKING:
    from c2pa import Context, Signer

log = logging.getLogger(__name__)

CARRIERS: Mapping[str, str] = MappingProxyType(
    {
        "wav": "audio/wav",
        "mp3": "audio/mpeg",
        "flac": "audio/flac",
        "m4a": "audio/mp4",
        "m4b": "audio/mp4",
    }
)
"""The formats that can carry a C2PA manifest, with the types that the library knows them by."""
LARGEST = 200_000_000
"""Bytes of a file that is signed, but for MP4: the library takes twice as much memory."""
_MP4 = "audio/mp4"
_SIGNING = {
    "core": {
        # Beyond this it works in a file. MP4 is hashed in parts; as one, it would be read at once.
        "backing_store_memory_threshold_in_mb": 1,
        "merkle_tree_chunk_size_in_kb": 1024,
    }
}
"""Settings of the library, with which an audiobook of any length takes 10 MB of memory."""
LABEL = "aloud.speech"
"""Of our own assertion."""
_SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TRAINED, COMPUTED = f"{_SOURCES}trainedAlgorithmicMedia", f"{_SOURCES}algorithmicMedia"
"""IPTC's terms for what a trained model made, and for what other programs made."""


STREAMED = "A stream cannot carry C2PA metadata; ask for a file."
OFF = "TTS_MARK is off on this server."
NO_METADATA = "TTS_MARK is watermark on this server: files have no signed metadata."
NO_WATERMARK = "TTS_MARK is metadata on this server: sound has no watermark."


@dataclass(frozen=True, slots=True)
class Origin:
    """What the metadata of a file says about it. Its text is not among that."""

    request_id: str
    engine: str
    voice: str
    trained: bool = True
    """Whether a trained model made the sound."""
    engine_watermark: str | None = None
    """The one that the engine sets itself."""
    consents: Sequence[Mapping[str, str]] = ()
    """For the cloned voices: each consent's id, the voice's id, and when it was given."""
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def manifest(self, mime_type: str) -> dict[str, Any]:
        """Return the manifest's definition."""
        created = self.created.isoformat(timespec="seconds")
        action = {
            "action": "c2pa.created",
            "when": created,
            "digitalSourceType": TRAINED if self.trained else COMPUTED,
        }
        speech = {
            "request_id": self.request_id,
            "created": created,
            "engine": self.engine,
            "voice": self.voice,
            **({"consents": [dict(each) for each in self.consents]} if self.consents else {}),
        }
        return {
            "claim_generator_info": [{"name": "Aloud", "version": _version()}],
            "format": mime_type,
            "title": "Synthetic speech",
            "assertions": [
                {"label": "c2pa.actions", "data": {"actions": [action]}},
                {"label": LABEL, "data": speech},
            ],
        }


@functools.cache
def _version() -> str:
    """Return Aloud's own version, which takes a millisecond to find out."""
    return version("aloud")


class Marker:
    """Signs finished files. Thread-safe; loads the library and the certificate at the first."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._signing = threading.Lock()

    @property
    def off(self) -> bool:
        """Return whether the operator wants no marks."""
        return self._settings.mark == "off"

    @property
    def watermarks(self) -> bool:
        """Return whether all sound gets a watermark, before it comes here."""
        return "watermark" in self._settings.mark

    @property
    def signs(self) -> bool:
        """Return whether files get metadata."""
        return "metadata" in self._settings.mark

    def of_request(self, origin: Origin) -> RequestMarker:
        """Return what marks the files of a request."""
        return RequestMarker(self, origin)

    def mark(self, path: Path, format: str, origin: Origin) -> Marks:
        """Put a signed manifest into a finished file, in place.

        `format`: a key of `FORMATS` or `CARRIERS`. A file that cannot be marked stays as it is,
        and the answer says why.
        """
        if not self.signs:
            return self.marks(origin, OFF if self.off else NO_METADATA)
        if (mime_type := CARRIERS.get(format)) is None:
            able = ", ".join(CARRIERS)
            return self.marks(
                origin, f"A file of the format {format} cannot carry C2PA: use {able}."
            )
        # With the name of an unfinished file, so that it is deleted if this process is killed.
        signed = path.with_name(f".{path.stem.lstrip('.')}.signed.part")
        try:
            if mime_type != _MP4 and path.stat().st_size > LARGEST:
                raise MarkingError(
                    f"It is larger than {LARGEST / 1e6:g} MB, which is the limit: use mp3 or flac, "
                    "which for books have a file for each chapter, or split the text."
                )
            self._sign(path, signed, mime_type, origin.manifest(mime_type))
            signed.replace(path)
        except Exception as error:  # the library's own errors too: speech does not depend on marks
            log.warning("a file was not marked: %s: %s", type(error).__name__, error)
            remedy = f" {error}" if isinstance(error, MarkingError) else ""
            return self.marks(origin, f"The file could not be signed; the log says why.{remedy}")
        finally:
            signed.unlink(missing_ok=True)
        return replace(self.marks(origin, None if self.watermarks else NO_WATERMARK), c2pa=True)

    def marks(self, origin: Origin, why_not: str | None) -> Marks:
        """Return the marks of sound that has no metadata."""
        return Marks(
            watermark=self.watermarks, why_not=why_not, engine_watermark=origin.engine_watermark
        )

    def _sign(self, path: Path, signed: Path, mime_type: str, manifest: dict[str, Any]) -> None:
        from c2pa import Builder

        with (
            self._signing,
            native_call(),
            path.open("rb") as source,
            signed.open("w+b") as target,
        ):
            builder = Builder(json.dumps(manifest), self._context)
            builder.sign(self._signer, mime_type, source, target)

    @functools.cached_property
    def _context(self) -> Context:
        import c2pa

        return c2pa.Context(c2pa.Settings.from_dict(_SIGNING))

    @functools.cached_property
    def _signer(self) -> Signer:
        from c2pa import C2paSignerInfo, Signer

        certificate = load_certificate(self._settings)
        return Signer.from_info(
            # Without the address of a time stamp authority: nothing is sent anywhere.
            C2paSignerInfo(
                certificate.algorithm().encode(), certificate.chain, certificate.key, None
            )
        )


@dataclass(frozen=True, slots=True)
class RequestMarker:
    """Marks the files of one request."""

    marker: Marker
    origin: Origin

    def __call__(self, path: Path, format: str) -> Marks:
        """Mark a finished file; see `Marker.mark`."""
        return self.marker.mark(path, format, self.origin)

    @property
    def of_stream(self) -> Marks:
        """Return the marks of audio that is not sent as a file."""
        why_not = STREAMED if self.marker.signs else OFF if self.marker.off else NO_METADATA
        return self.marker.marks(self.origin, why_not)


class FileMarker(Protocol):
    """Marks the files of one request."""

    def __call__(self, path: Path, format: str) -> Marks:
        """Mark a finished file; see `Marker.mark`."""

    @property
    def of_stream(self) -> Marks:
        """Return the marks of audio that is not sent as a file."""


class Unmarked:
    """Marks nothing: for files that stay here, and are marked in what is made of them."""

    of_stream = Marks()

    def __call__(self, path: Path, format: str) -> Marks:
        """Return that a file has no marks."""
        return self.of_stream


def unmarked(_: SpeechInfo) -> Unmarked:
    """Return what marks nothing."""
    return Unmarked()
