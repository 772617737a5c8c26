"""Reads a WAV file while it is still arriving."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import soxr

from tts_core.errors import GenerationError
from tts_core.types import Samples

_PCM, _EXTENSIBLE = 1, 0xFFFE
_LONGEST_HEADER = 1 << 20  # bytes before the sound; more is not a header
_UNKNOWN_SIZE = 1 << 30  # streaming servers write 0xFFFFFFFF, 0x7FFFFFFF and the like, or 0


@dataclass(frozen=True, slots=True)
class Header:
    """`sample_rate`: Hz. `start`, `size`: of the sound, in bytes; size None: to the end."""

    sample_rate: int
    channels: int
    start: int
    size: int | None


class WavStream:
    """16-bit PCM in any number of channels becomes mono float32 at `sample_rate` Hz.

    Raises GenerationError for anything else.
    """

    def __init__(self, sample_rate: int) -> None:
        self._target = sample_rate
        self._buffer = bytearray()
        self._header: Header | None = None
        self._taken = 0
        self._resampler: soxr.ResampleStream | None = None

    def push(self, data: bytes) -> Samples:
        """Takes the next bytes of the file; returns the samples they complete, shape (n,)."""
        self._buffer += data
        if self._header is None:
            self._header = read_header(bytes(self._buffer))
            if self._header is None:
                return np.zeros(0, np.float32)
            del self._buffer[: self._header.start]
            if self._header.sample_rate != self._target:
                self._resampler = soxr.ResampleStream(
                    self._header.sample_rate, self._target, 1, dtype="float32"
                )
        return self._resampled(self._frames(self._header), last=False)

    def finish(self) -> Samples:
        """The samples still held back. Raises GenerationError when there was no sound at all."""
        if self._taken == 0:
            raise GenerationError("The answer has no sound in it; please try again.")
        return self._resampled(np.zeros(0, np.float32), last=True)

    def _frames(self, header: Header) -> Samples:
        width = 2 * header.channels
        there = len(self._buffer)
        if header.size is not None:
            there = min(there, header.size - self._taken)
        there -= there % width
        frames = np.frombuffer(bytes(self._buffer[:there]), "<i2").reshape(-1, header.channels)
        del self._buffer[:there]
        self._taken += there
        mono: Samples = frames.mean(axis=1, dtype=np.float32) / np.float32(2**15)
        return mono

    def _resampled(self, samples: Samples, last: bool) -> Samples:
        if self._resampler is None:
            return samples
        # Steep edges overshoot once they are band-limited.
        clipped: Samples = np.clip(self._resampler.resample_chunk(samples, last=last), -1, 1)
        return clipped


def read_header(data: bytes) -> Header | None:
    """What stands before the sound; None while it has not all arrived."""
    if len(data) < 12:
        return None
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise GenerationError("The answer is not a WAV file.")
    form: tuple[int, int] | None = None
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        at += 8
        if name == b"data":
            if form is None:
                raise GenerationError("The answer's WAV header does not tell its format.")
            return Header(*form, at, size if 0 < size < _UNKNOWN_SIZE else None)
        if name == b"fmt " and at + size <= len(data):
            form = _format(data[at : at + size])
        at += size + size % 2  # chunks begin at even places
        if at > _LONGEST_HEADER:
            raise GenerationError("The answer's WAV header has no end.")
    return None


def _format(chunk: bytes) -> tuple[int, int]:
    """Sample rate and channels."""
    if len(chunk) < 16:
        raise GenerationError("The answer's WAV header is cut short.")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if kind == _EXTENSIBLE and len(chunk) >= 26:
        (kind,) = struct.unpack_from("<H", chunk, 24)
    if kind != _PCM or bits != 16 or channels < 1 or rate < 1:
        raise GenerationError(
            f"The answer's WAV is in a format Aloud does not read: kind {kind}, {bits} bits, "
            f"{channels} channels, {rate} Hz."
        )
    return rate, channels
