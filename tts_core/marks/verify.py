"""Reads the marks of a file: whether it was generated, by what, and whether it has changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from tts_core.audio.decode import decode_start
from tts_core.errors import NotAudioError
from tts_core.marks.metadata import COMPUTED, LABEL, TRAINED
from tts_core.marks.watermark_detect import SHORTEST, Detection, detect
from tts_core.system.native_calls import native_call

NOTHING = (
    "No mark was found. That does not prove that a person spoke: marks can be removed, and not "
    "every generator sets them."
)
UNKNOWN_SIGNER = (
    "The signature is intact, but no authority vouches for the signer: it proves that the file was "
    "not changed since it was signed, not who signed it."
)
CHANGED = "The file was changed after it was signed, or its metadata is damaged."
ELSEWHERE = (
    "The file gives an address for its metadata instead of the metadata. Nothing is fetched from "
    "there, so what it says is not known."
)
NO_METADATA = "Files of this format cannot carry signed metadata."
UNREADABLE = "The sound could not be read, so no watermark was looked for."
TOO_SHORT = f"The sound is silent or shorter than {SHORTEST:g} s: too little for a watermark."
ONLY_WATERMARK = (
    "The watermark is not signed: its key is public, so that everyone can look for it and someone "
    "could put it into other sound. Its day and number are the generator's word."
)
PROJECT = (
    "This is a project of Aloud: a document and generated speech that is still being worked on. "
    "The sound in it has no marks, so that it can be edited; what is exported from it has them."
)
OWN = "The watermark has the number of this installation."
_UNTRUSTED = "signingCredential.untrusted"
_SYNTHETIC = (TRAINED, COMPUTED)
_SETTINGS = {
    # Nothing is fetched, whatever addresses a file names.
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
}
_ZIP = b"PK\3\4"
_PROJECT = b"project.json"
"""The name of the first file in a project's ZIP archive, 30 bytes from its beginning."""
_MAGIC = (
    (b"RIFF", "audio/wav"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
)
"""How files begin, and what they are."""
_WITHOUT_METADATA = (b"OggS", b"\xff\xf1", b"\xff\xf9", b"\x1aE\xdf\xa3")
"""How Ogg, AAC and WebM begin."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A file's signed metadata; the object `c2pa` of the API."""

    valid: bool
    """Whether the signature is intact and the file unchanged."""
    signer: str
    generator: str
    created: str | None
    assertions: Mapping[str, Any]
    """By label."""

    def as_dict(self) -> dict[str, Any]:
        """Return the object of the API."""
        return {
            "valid": self.valid,
            "signer": self.signer,
            "generator": self.generator,
            "created": self.created,
            "assertions": dict(self.assertions),
        }

    @property
    def synthetic(self) -> bool:
        """Return whether it says that a program made the sound."""
        actions = self.assertions.get("c2pa.actions.v2") or self.assertions.get("c2pa.actions")
        if not isinstance(actions, dict):
            return False
        return any(
            action.get("digitalSourceType") in _SYNTHETIC for action in actions.get("actions", ())
        )

    @property
    def request_id(self) -> str | None:
        """Return the id of the request that made the file, if Aloud did."""
        speech = self.assertions.get(LABEL)
        found = speech.get("request_id") if isinstance(speech, dict) else None
        return found if isinstance(found, str) else None


@dataclass(frozen=True, slots=True)
class Verification:
    """What a file says of itself."""

    manifest: Manifest | None
    notes: tuple[str, ...]
    watermark: Detection | None = None
    """None: it could not be looked for."""

    @property
    def marked(self) -> bool:
        """Return whether the file carries the mark of a generator."""
        return self._signed > 0 or self._watermarked > 0

    @property
    def confidence(self) -> float:
        """Return how sure that is, 0 to 1: a mark that is no longer intact could be anyone's."""
        return max(self._signed, self._watermarked)

    @property
    def _signed(self) -> float:
        if self.manifest is None or not self.manifest.synthetic:
            return 0.0
        return 1.0 if self.manifest.valid else 0.5

    @property
    def _watermarked(self) -> float:
        found = self.watermark
        return found.confidence if found is not None and found.marked else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the answer of `/verify`, as far as the file tells."""
        return {
            "marked": self.marked,
            "confidence": self.confidence,
            "c2pa": None if self.manifest is None else self.manifest.as_dict(),
            "watermark": None if self.watermark is None else _described(self.watermark),
            "request": None,
            "notes": list(self.notes),
        }


def verify(file: BinaryIO, instance: int | None = None) -> Verification:
    """Read the marks of an audio file, or say what a project is. Raises NotAudioError for others.

    `instance`: the number of this installation in watermarks, if it is known.
    """
    if _is_project(file):
        return Verification(None, (PROJECT,))
    manifest, notes = _metadata(file)
    file.seek(0)
    try:
        sound = decode_start(file)
    except NotAudioError:
        sound = None
    found = None if sound is None else detect(sound)
    if found is None:
        notes.append(UNREADABLE)
    elif not found.score:
        notes.append(TOO_SHORT)
    elif found.marked:
        notes.append(ONLY_WATERMARK)
        if found.payload is not None and found.payload.instance == instance:
            notes.append(OWN)
    verification = Verification(manifest, (), found)
    if not verification.marked and manifest is None:
        notes.insert(0, NOTHING)
    return replace(verification, notes=tuple(notes))


def _described(found: Detection) -> dict[str, Any]:
    """Return the object `watermark` of the API."""
    payload = found.payload if found.marked else None
    return {
        "found": found.marked,
        "confidence": found.confidence,
        "instance": None if payload is None else f"{payload.instance:04x}",
        "day": None if payload is None else payload.day.isoformat(),
    }


def _metadata(file: BinaryIO) -> tuple[Manifest | None, list[str]]:
    """Return a file's signed metadata, and what is to be said about it. Raises NotAudioError."""
    mime_type = _mime_type(file)
    if mime_type is None:
        return None, [NO_METADATA]
    try:
        manifest, trusted = _read(file, mime_type)
    except _MetadataElsewhere:
        return None, [ELSEWHERE]
    if manifest is None:
        return None, []
    if not manifest.valid:
        return manifest, [CHANGED]
    return manifest, [] if trusted else [UNKNOWN_SIGNER]


class _MetadataElsewhere(Exception):
    """A file has the address of its metadata only."""


def _is_project(file: BinaryIO) -> bool:
    """Return whether a file is an exported project. Raises NotAudioError for other archives."""
    begin = file.read(30 + len(_PROJECT))
    file.seek(0)
    if not begin.startswith(_ZIP):
        return False
    if begin[30:] != _PROJECT:
        raise NotAudioError("audio: this is an archive. Unpack it and send a sound file in it.")
    return True


def _mime_type(file: BinaryIO) -> str | None:
    """Return the type of a file that can carry metadata, None for other audio.

    Raises NotAudioError.
    """
    begin = file.read(12)
    file.seek(0)
    if begin[4:8] == b"ftyp":
        return "audio/mp4"
    if begin.startswith(b"RIFF") and begin[8:12] != b"WAVE":
        begin = b""
    if begin.startswith(_WITHOUT_METADATA):
        return None
    for magic, kind in _MAGIC:
        if begin.startswith(magic):
            return kind
    raise NotAudioError(
        "audio: this is no audio file of a known format. Send WAV, MP3, FLAC, M4A, Ogg or AAC."
    )


def _read(file: BinaryIO, mime_type: str) -> tuple[Manifest | None, bool]:
    """Return a file's active manifest, and whether an authority vouches for its signer.

    Raises _MetadataElsewhere.
    """
    from c2pa import C2paError, Context, Reader

    try:
        with native_call(), Context.from_dict(_SETTINGS) as context:
            reader = Reader.try_create(mime_type, file, context=context)
            if reader is None:
                return None, False
            with reader:
                found = json.loads(reader.json())
                state = reader.get_validation_state()
    except C2paError as error:
        if str(error).startswith("Remote"):  # the library has no class for it
            raise _MetadataElsewhere from error
        # It is cut short, or its metadata is not what it says.
        return Manifest(False, "", "", None, {}), False
    label = found.get("active_manifest")
    manifest = found.get("manifests", {}).get(label) or {}
    problems = {status.get("code") for status in found.get("validation_status") or ()}
    return _manifest(manifest, valid=state != "Invalid" and problems <= {_UNTRUSTED}), (
        state == "Trusted"
    )


def _manifest(found: Mapping[str, Any], *, valid: bool) -> Manifest:
    assertions = {part["label"]: part.get("data") for part in found.get("assertions") or ()}
    signature = found.get("signature_info") or {}
    generators = found.get("claim_generator_info") or [{}]
    generator = f"{generators[0].get('name', '')} {generators[0].get('version', '')}".strip()
    actions = assertions.get("c2pa.actions.v2") or assertions.get("c2pa.actions") or {}
    dates = (action.get("when") for action in actions.get("actions", ()))
    created = signature.get("time") or next((date for date in dates if date), None)
    return Manifest(valid, str(signature.get("issuer") or ""), generator, created, assertions)
