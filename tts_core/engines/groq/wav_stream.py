"""Decodes a WAV file while it arrives."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import soxr

from tts_core.errors import GenerationError
from tts_core.types import Samples

_PCM, _EXTENSIBLE = 1, 0xFFFE
_LONGEST_HEADER = 1 << 20  # bytes
_UNKNOWN_SIZE = 1 << 30  # streaming servers write 0xFFFFFFFF, 0x7FFFFFFF and the like, or 0


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a WAV file.

    `sample_rate`: Hz. `start`, `size`: of the sound data, in bytes; size None: to the end.
    """

    sample_rate: int
    channels: int
    start: int
    size: int | None


class WavStream:
    """Converts 16-bit PCM with any number of channels to mono float32 at `sample_rate` Hz.

    Its methods raise GenerationError for other formats.
    """

    def __init__(self, sample_rate: int) -> None:
        self._target = sample_rate
        self._buffer = bytearray()
        self._header: Header | None = None
        self._decoded = 0  # bytes
        self._resampler: soxr.ResampleStream | None = None

    def push(self, data: bytes) -> Samples:
        """Decode the next bytes of the file; return the samples they complete, shape (n,)."""
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
        """Return the remaining samples, shape (n,). Raises GenerationError for no sound at all."""
        if self._decoded == 0:
            raise GenerationError("The response contains no sound; please try again.")
        return self._resampled(np.zeros(0, np.float32), last=True)

    def _frames(self, header: Header) -> Samples:
        """Return the complete frames in the buffer as mono samples, and remove them from it."""
        width = 2 * header.channels
        size = len(self._buffer)
        if header.size is not None:
            size = min(size, header.size - self._decoded)
        size -= size % width
        frames = np.frombuffer(bytes(self._buffer[:size]), "<i2").reshape(-1, header.channels)
        del self._buffer[:size]
        self._decoded += size
        mono: Samples = frames.mean(axis=1, dtype=np.float32) / np.float32(2**15)
        return mono

    def _resampled(self, samples: Samples, last: bool) -> Samples:
        if self._resampler is None:
            return samples
        resampled: Samples = self._resampler.resample_chunk(samples, last=last)
        return resampled


def read_header(data: bytes) -> Header | None:
    """Parse the header, or return None while it is incomplete. Raises GenerationError."""
    if len(data) < 12:
        return None
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise GenerationError("The response is not a WAV file.")
    form: tuple[int, int] | None = None
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        at += 8
        if name == b"data":
            if form is None:
                raise GenerationError("The response's WAV header does not contain the format.")
            return Header(*form, at, size if 0 < size < _UNKNOWN_SIZE else None)
        if name == b"fmt " and at + size <= len(data):
            form = _format(data[at : at + size])
        at += size + size % 2  # chunks begin at even offsets
        if at > _LONGEST_HEADER:
            raise GenerationError("The response's WAV header is too long.")
    return None


def _format(chunk: bytes) -> tuple[int, int]:
    """Return the sample rate and the number of channels. Raises GenerationError."""
    if len(chunk) < 16:
        raise GenerationError("The response's WAV header is truncated.")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if kind == _EXTENSIBLE and len(chunk) >= 26:
        (kind,) = struct.unpack_from("<H", chunk, 24)
    if kind != _PCM or bits != 16 or channels < 1 or rate < 1:
        raise GenerationError(
            f"The response's WAV has a format that Aloud does not read: kind {kind}, {bits} bits, "
            f"{channels} channels, {rate} Hz."
        )
    return rate, channels
