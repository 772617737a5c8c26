"""Recordings to clone a voice from: each is decoded and inspected once.

The Clone tab shows a recording before it becomes a voice. What was decoded for that is held in
memory, by the digest of the file, until the voice is saved or newer recordings displace it.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path

from tts_core.audio.clip_report import ClipReport, inspect_clip
from tts_core.audio.decode import decode
from tts_core.audio.encode import open_encoder
from tts_core.audio.prepare import PreparedClip, prepare
from tts_core.errors import ValidationError
from tts_core.types import AudioChunk
from tts_core.voices.files import sha256
from tts_core.voices.record import Clip, Consent

MAX_CACHED_BYTES = 64_000_000
"""Of samples: one recording of the longest kind at 48 kHz (58 MB), or ten of 30 s."""


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceClip:
    """A recording to clone a voice from, decoded and inspected."""

    sha256: str
    """Digest of the file."""
    audio: AudioChunk
    """Mono, at the file's own sample rate, at most 48 kHz."""
    report: ClipReport

    @classmethod
    def read(cls, path: Path, digest: str) -> ReferenceClip:
        """Decode and inspect a file with the SHA-256 digest `digest`. Raises as `decode` does."""
        audio = decode(path)
        return cls(digest, audio, inspect_clip(audio))

    def prepare(self, *, trim: bool, gain: bool) -> PreparedClip:
        """Return what an engine would be given; see `audio/prepare.py`."""
        return prepare(self.audio, trim=trim, gain=gain)

    def save(self, folder: Path, number: int, *, trim: bool, gain: bool, consent: Consent) -> Clip:
        """Write the prepared clip to `clip-NUMBER.wav` in `folder` and describe it.

        Raises ValidationError when the report found a check to be bad, OSError.
        """
        if issues := [check for check in self.report.checks if check.grade == "bad"]:
            words = " ".join(f"{check.says}. {check.advice}" for check in issues)
            raise ValidationError(f"The recording cannot be used. {words}", "audio")
        prepared = self.prepare(trim=trim, gain=gain).chunk
        name = f"clip-{number}.wav"
        with (folder / name).open("wb") as file:
            with open_encoder("wav", prepared.sample_rate, file) as encoder:
                encoder.write(prepared.samples)
            file.flush()
            os.fsync(file.fileno())
        return Clip(file=name, sha256=self.sha256, consent=consent, report=self.report)


class ReferenceClipCache:
    """The most recently read recordings, at most `MAX_CACHED_BYTES` of samples. Thread-safe."""

    def __init__(self) -> None:
        self._clips: dict[str, ReferenceClip] = {}  # the least recently read first
        self._lock = threading.Lock()

    def read(self, path: Path, digest: str | None = None) -> ReferenceClip:
        """Return the recording in a file, decoded and inspected now or before.

        `digest` is the file's SHA-256 if the caller has computed it. Raises as `decode` does.
        """
        digest = digest or sha256(path)
        with self._lock:
            clip = self._clips.pop(digest, None)
            if clip is not None:
                self._clips[digest] = clip
                return clip
        clip = ReferenceClip.read(path, digest)
        with self._lock:
            self._clips.pop(digest, None)  # another thread may have read the same file meanwhile
            self._clips[digest] = clip
            while sum(c.audio.samples.nbytes for c in self._clips.values()) > MAX_CACHED_BYTES:
                del self._clips[next(iter(self._clips))]
        return clip

    def forget(self, digest: str) -> None:
        """Drop a recording that will not be read again, if it is held."""
        with self._lock:
            self._clips.pop(digest, None)
