"""Encoded chapters, kept so that an edit encodes one of them again."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tts_core.audio.encode import FORMATS, open_encoder
from tts_core.export.preset import Preset
from tts_core.export.sound import SoundMark, chapter_sound
from tts_core.export.timeline import FRAME, ChapterTimeline, Timeline

_VERSION = 1
"""Of how chapters are encoded: another one encodes all again."""
_BIT_RATES = {"aac": (64_000, 96_000), "mp3": (64_000, 96_000)}
"""Bits per second of mono speech up to 24 kHz, and above."""


@dataclass(frozen=True, slots=True)
class EncodedChapters:
    """Encodes chapters into files of a folder.

    One export at a time may use a folder.
    """

    folder: Path
    timeline: Timeline
    preset: Preset
    codec: str
    """A key of `FORMATS`."""
    mark: SoundMark
    reached: Callable[[int], object]
    """Called with the samples of the book up to which it is encoded; may raise to end that."""

    def path(self, chapter: ChapterTimeline) -> Path:
        """Return the file of a chapter, without tags, and encode it if there is none.

        AAC begins with a frame of silence (see `export.m4b`). The file's name is a hash of all
        that it is made of. Raises GenerationError when that fails.
        """
        path = self.folder / self._name(chapter)
        if path.exists():
            self.reached(chapter.start + chapter.length)
            return path
        self.folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
        try:
            self._encode(chapter, part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        self.reached(chapter.start + chapter.length)
        return path

    def forget_others(self) -> None:
        """Delete the files of this format and preset that the book no longer has."""
        wanted = {self._name(chapter) for chapter in self.timeline.chapters}
        for path in self.folder.glob(f"{self._prefix}*"):
            if path.name not in wanted:
                path.unlink(missing_ok=True)

    @property
    def _bit_rate(self) -> int | None:
        usual, wide = _BIT_RATES.get(self.codec, (None, None))
        return self.preset.bit_rate or (usual if self.timeline.rate <= 24_000 else wide)

    @property
    def _rate(self) -> int | None:
        """Return the rate of the file in Hz; Opus is always decoded at its own."""
        own = None if self.codec == "opus" else self.timeline.rate
        return self.preset.rate or own

    @property
    def _prefix(self) -> str:
        return f"{self.codec}-{self.preset.name}-"

    def _name(self, chapter: ChapterTimeline) -> str:
        is_marked = self.mark(self.timeline.rate) is not None
        recipe = (_VERSION, self.preset, self.timeline.rate, self._rate, self._bit_rate, is_marked)
        digest = hashlib.blake2b(repr((recipe, chapter.length)).encode(), digest_size=16)
        for placed in chapter.placed:
            digest.update(placed.sound.digest)
            digest.update(f"{placed.sound.rate} {placed.start} {placed.end}\n".encode())
        return f"{self._prefix}{digest.hexdigest()}{FORMATS[self.codec].extension}"

    def _encode(self, chapter: ChapterTimeline, path: Path) -> None:
        rate = self.timeline.rate
        count, done = chapter.length, chapter.start
        with (
            path.open("wb") as file,
            open_encoder(self.codec, rate, file, self._rate, self._bit_rate) as encoder,
        ):
            if self.codec == "aac":
                encoder.write(np.zeros(FRAME, np.float32))
                count -= FRAME
            for block in chapter_sound(chapter.placed, count, rate, self.preset, self.mark):
                self.reached(done)
                encoder.write(block)
                done += len(block)
