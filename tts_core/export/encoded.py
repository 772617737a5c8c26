"""Encoded chapters, kept so that an edit encodes one of them again."""

from __future__ import annotations

import hashlib
import os
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tts_core.audio.encode import FORMATS, open_encoder
from tts_core.errors import Cancelled
from tts_core.export.preset import Preset
from tts_core.export.sound import SoundMark, chapter_sound
from tts_core.export.timeline import FRAME, ChapterTimeline, Timeline

_VERSION = 1
"""Of how chapters are encoded: another one encodes all again."""
_BIT_RATES = {"aac": (64_000, 96_000), "mp3": (64_000, 96_000)}
"""Bits per second of mono speech up to 24 kHz, and above."""
_AT_ONCE = min(2, os.cpu_count() or 1)
"""Chapters that an export encodes at a time. A third would only wait for the others' turns with the
interpreter, in which the sound is put together."""
Watch = Callable[[int, int], object]
"""Is told how many chapters of a book are encoded, of how many."""


@dataclass(slots=True)
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
    watch: Watch
    """Called often, also from other threads, one at a time; may raise to end the encoding."""
    _done: int = 0
    _ended: bool = False
    """Whether something has failed, so that no chapter need be encoded any more."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def encode(self) -> None:
        """Encode the chapters of which there is no file, several at a time.

        Raises GenerationError when that fails, and what `watch` raises.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(_AT_ONCE, "encode") as pool:
            begun = [pool.submit(self._encode_missing, c) for c in self.timeline.chapters]
            try:
                for one in begun:
                    one.result()
            except BaseException:
                self._ended = True
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def path(self, chapter: ChapterTimeline) -> Path:
        """Return the file of a chapter that has been encoded, without tags.

        AAC begins with a frame of silence (see `export.m4b`). The file's name is a hash of all
        that it is made of.
        """
        return self.folder / self._name(chapter)

    def _encode_missing(self, chapter: ChapterTimeline) -> None:
        path = self.path(chapter)
        if not path.exists():
            part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
            try:
                self._encode(chapter, part)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
        self._tell(1)

    def _tell(self, more: int = 0) -> None:
        """Tell `watch` how many chapters are encoded, `more` than before."""
        with self._lock:
            if self._ended:
                raise Cancelled("Another chapter could not be encoded.")
            self._done += more
            try:
                self.watch(self._done, len(self.timeline.chapters))
            except BaseException:
                self._ended = True
                raise

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
        count = chapter.length
        with (
            path.open("wb") as file,
            open_encoder(self.codec, rate, file, self._rate, self._bit_rate) as encoder,
        ):
            if self.codec == "aac":
                encoder.write(np.zeros(FRAME, np.float32))
                count -= FRAME
            for block in chapter_sound(chapter.placed, count, rate, self.preset, self.mark):
                self._tell()
                encoder.write(block)
