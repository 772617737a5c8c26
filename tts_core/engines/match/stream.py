"""Converts speech to a matched voice while it arrives, so that it is soon heard.

The sound is converted in blocks, each with some of the sound around it, that are joined where they
are heard least.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

import numpy as np

from tts_core.audio import world
from tts_core.audio.resample import resample
from tts_core.engines.match.voice_map import VoiceMap
from tts_core.types import AudioChunk, Samples, WordTiming

FIRST, LARGEST = 0.9, 3.0
"""Seconds of the first and of the longest block. A block may have twice the length of the one
before, since it is converted while that is played."""
CHOICE = 1 / 3
"""A block ends at the quietest place in this last part of it."""
CONTEXT = 0.1
"""Seconds around a block that are converted too and thrown away: F0 is not found at the ends."""
FADE = 0.01
"""Seconds of the crossfade between two blocks."""
_HOP = 0.005


def converted(
    chunks: Iterable[AudioChunk],
    voice_map: VoiceMap,
    strength: float,
    pitch: float,
    stop: threading.Event,
) -> Iterator[AudioChunk]:
    """Yield as many samples as come in, in another voice, with the same words; until stopped.

    `chunks`: of one sample rate. `strength`, `pitch`: as in `VoiceMap.convert`.
    """
    stream = _Stream(voice_map, strength, pitch, stop)
    for chunk in chunks:
        yield from stream.push(chunk)
        if stop.is_set():
            return
    yield from stream.finish()


class _Stream:
    """The conversion of one sound. Samples are counted from its start."""

    def __init__(
        self, voice_map: VoiceMap, strength: float, pitch: float, stop: threading.Event
    ) -> None:
        self._map, self._strength, self._pitch = voice_map, strength, pitch
        self._stop = stop
        self._rate = world.SAMPLE_RATE
        self._sound: Samples = np.zeros(0, np.float32)
        """What has come and may still be needed."""
        self._origin = 0
        """The number of its first sample."""
        self._start = 0
        """The first sample that has not been yielded."""
        self._overlap: Samples = np.zeros(0, np.float32)
        """How the last block goes on, up to `FADE` seconds."""
        self._size = FIRST
        self._words: list[WordTiming] = []

    def push(self, chunk: AudioChunk) -> Iterator[AudioChunk]:
        """Add some sound; yield what is ready."""
        self._rate = chunk.sample_rate
        self._sound = np.concatenate((self._sound, chunk.samples))
        self._words += chunk.words
        while self._end() - self._start >= self._samples(self._size + CONTEXT):
            if self._stop.is_set():  # also during a block, which then does not go on
                return
            yield from self._block(self._cut())

    def finish(self) -> Iterator[AudioChunk]:
        """Yield the rest."""
        if self._end() > self._start:
            yield from self._block(self._end())

    def _end(self) -> int:
        return self._origin + len(self._sound)

    def _samples(self, seconds: float) -> int:
        return round(seconds * self._rate)

    def _cut(self) -> int:
        """Return the sample at which the next block ends: the quietest of its last part."""
        last = self._start + self._samples(self._size)
        first = last - self._samples(self._size * CHOICE)
        fade, hop = self._samples(FADE), self._samples(_HOP)
        energy = np.convolve(
            self._sound[first - self._origin : last + fade - self._origin] ** 2, np.ones(fade)
        )[fade - 1 :: hop]
        quiet = np.flatnonzero(energy <= energy.min() * 1.01 + 1e-9)
        return min(first + int(quiet[len(quiet) // 2]) * hop, last)  # the middle of a pause

    def _block(self, until: int) -> Iterator[AudioChunk]:
        """Convert and yield the samples from `_start` to `until`."""
        context, fade = self._samples(CONTEXT), self._samples(FADE)
        first = max(self._origin, self._start - context)
        source = self._sound[first - self._origin : until + context - self._origin]
        made = self._converted(source, self._start - first, until - first)
        if made is None:
            return
        piece = made[self._start - first : until - first].copy()
        faded = min(len(piece), len(self._overlap))
        down = np.linspace(1, 0, faded, dtype=np.float32)
        piece[:faded] += (self._overlap[:faded] - piece[:faded]) * down
        self._overlap = made[until - first :][:fade]
        here = [w for w in self._words if w.start * self._rate < until or until == self._end()]
        self._words = [w for w in self._words if w not in here]
        self._sound = self._sound[max(0, until - context - self._origin) :]
        self._origin = max(self._origin, until - context)
        self._start = until
        self._size = min(2 * self._size, LARGEST)
        yield AudioChunk(piece, self._rate, tuple(here))

    def _converted(self, source: Samples, start: int, end: int) -> Samples | None:
        """Return some sound in the other voice, of the same length; None when stopped.

        `start`, `end`: the part that will be heard.
        """
        slow = resample(AudioChunk(source, self._rate), world.SAMPLE_RATE).samples
        core = slice(*(round(edge * world.SAMPLE_RATE / self._rate) for edge in (start, end)))
        made = self._map.convert(slow, self._strength, self._pitch, self._stop, core)
        if made is None:
            return None
        fast = resample(AudioChunk(made, world.SAMPLE_RATE), self._rate).samples
        return np.pad(fast, (0, max(0, len(source) - len(fast))))[: len(source)]
