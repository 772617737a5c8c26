"""Sample rate conversion, at once or as a stream (soxr, high quality)."""

from __future__ import annotations

import dataclasses

import numpy as np
import soxr

from tts_core.types import AudioChunk, Samples


def resample(chunk: AudioChunk, sample_rate: int) -> AudioChunk:
    """The same sound and words at `sample_rate` Hz; `chunk` itself if that is its rate already.

    It is taken for a whole: the pieces of a stream go through `StreamResampler`.
    """
    if chunk.sample_rate == sample_rate:
        return chunk
    stream = StreamResampler(chunk.sample_rate, sample_rate)
    samples = np.concatenate((stream.push(chunk.samples), stream.finish()))
    # Steep edges overshoot once they are band-limited.
    np.clip(samples, -1, 1, out=samples)
    return dataclasses.replace(chunk, samples=samples, sample_rate=sample_rate)


class StreamResampler:
    """Converts pieces of one sound without seams; up to 45 ms of it are held back.

    (At source rates from 22,050 Hz; the filter is as long in samples at lower ones.)
    """

    def __init__(self, source_rate: int, target_rate: int) -> None:
        """Both in Hz."""
        self._ratio = target_rate / source_rate
        self._stream = soxr.ResampleStream(source_rate, target_rate, 1, dtype="float32")
        self._taken = 0
        self._given = 0

    def push(self, samples: Samples) -> Samples:
        """Takes more samples, shape (n,); returns what is ready, possibly nothing."""
        out: Samples = self._stream.resample_chunk(np.asarray(samples, dtype=np.float32))
        self._taken += len(samples)
        self._given += len(out)
        return out

    def finish(self) -> Samples:
        """The rest. In all there are `round(n * target_rate / source_rate)` samples."""
        rest: Samples = self._stream.resample_chunk(np.zeros(0, np.float32), last=True)
        missing = round(self._taken * self._ratio) - self._given - len(rest)
        return np.pad(rest, (0, missing)) if missing > 0 else rest[: len(rest) + missing]
