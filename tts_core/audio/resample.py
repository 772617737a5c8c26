"""Converts sample rates, of whole sounds and of streams (soxr, high quality)."""

from __future__ import annotations

import dataclasses

import numpy as np
import soxr

from tts_core.system.native_calls import native_call
from tts_core.types import AudioChunk, Samples


def resample(chunk: AudioChunk, sample_rate: int) -> AudioChunk:
    """Convert a whole sound, keeping its words; return `chunk` itself if it has that rate already.

    For the blocks of a stream use `StreamResampler`.
    """
    if chunk.sample_rate == sample_rate:
        return chunk
    stream = StreamResampler(chunk.sample_rate, sample_rate)
    samples = np.concatenate((stream.push(chunk.samples), stream.finish()))
    # Band-limiting steep edges makes them overshoot.
    np.clip(samples, -1, 1, out=samples)
    return dataclasses.replace(chunk, samples=samples, sample_rate=sample_rate)


class StreamResampler:
    """Converts the blocks of one sound without seams, holding back up to 45 ms.

    (At source rates from 22,050 Hz; at lower ones the filter has as many samples.)
    """

    def __init__(self, source_rate: int, target_rate: int) -> None:
        """Create a resampler between two rates in Hz."""
        self._ratio = target_rate / source_rate
        self._stream = soxr.ResampleStream(source_rate, target_rate, 1, dtype="float32")
        self._received = 0
        self._emitted = 0

    def push(self, samples: Samples) -> Samples:
        """Add samples, shape (n,); return what is ready, possibly nothing."""
        with native_call():
            out: Samples = self._stream.resample_chunk(np.asarray(samples, dtype=np.float32))
        self._received += len(samples)
        self._emitted += len(out)
        return out

    def finish(self) -> Samples:
        """Return the rest; in all there are `round(n * target_rate / source_rate)` samples."""
        with native_call():
            rest: Samples = self._stream.resample_chunk(np.zeros(0, np.float32), last=True)
        missing = round(self._received * self._ratio) - self._emitted - len(rest)
        return np.pad(rest, (0, missing)) if missing > 0 else rest[: len(rest) + missing]
