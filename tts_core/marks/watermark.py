"""A watermark in speech: small gains of narrow bands whose signs everyone's Aloud knows.

A cell is a band of 60 Hz during a slot of 40 ms; its gain is `STRENGTH` up or down, after a
pattern that repeats every `PERIOD` slots. Codecs keep how loud a band is before anything else, and
noise, gain and cuts change the pattern little: spread spectrum on log magnitudes, after Kirovski
and Malvar ("Spread-spectrum watermarking of audio signals", IEEE Trans. Signal Processing 51(4),
2003). The filters have minimum phase, so that a stream is marked without delay. Every fourth slot
carries the payload; the others are the public key.

`watermark_detect` finds it. It is no secret: who wants to remove it can.
"""

from __future__ import annotations

import functools
import hashlib
from binascii import crc_hqx
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import cast

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tts_core.types import Samples

SLOT = 0.04
"""Seconds in which the gains stay as they are."""
PERIOD = 64
"""Slots after which the pattern begins again."""
EDGES = 400.0 + 60.0 * np.arange(111)
"""Hz, of the bands."""
BANDS = len(EDGES) - 1
STRENGTH = 2.0
"""dB by which a cell is raised or lowered."""
LOWEST_RATE = 16_000
"""Hz. At lower rates the upper bands are missing, and less of the mark is left."""
PAYLOAD_EVERY = 4
"""Of so many slots, the last carries the payload."""
SYMBOLS = 6
"""Bytes of the payload. Each is one of 256 sign patterns, on cells of its own."""
FIRST_DAY = date(2024, 1, 1)
"""Of payloads."""
PAYLOAD_SLOTS = np.arange(PAYLOAD_EVERY - 1, PERIOD, PAYLOAD_EVERY)

_KEY = b"Aloud watermark 1"

_FADE = 0.01  # seconds
_TAIL = 0.04  # seconds of an impulse response
_FFT = 4096  # long enough that the cepstrum of a response does not wrap
_SILENT = 0.001  # seconds of silence after which nothing is left of a sound

Signs = NDArray[np.float64]
Spectra = NDArray[np.complex64]


def _signs(purpose: bytes, *shape: int) -> Signs:
    """Return +1 and -1, the same on every machine and with every release of NumPy."""
    size = int(np.prod(shape))
    drawn = hashlib.shake_256(_KEY + b": " + purpose).digest(-(-size // 8))
    bits = np.unpackbits(np.frombuffer(drawn, np.uint8), count=size)
    return bits.reshape(shape).astype(np.float64) * 2 - 1


SYNC: Signs = _signs(b"sync", BANDS, PERIOD)
"""The public key, shape (bands, slots); 0 where the payload is."""
SYNC[:, PAYLOAD_SLOTS] = 0
CODES: Signs = _signs(b"payload", 256, BANDS, len(PAYLOAD_SLOTS))
"""What each value of a byte looks like, shape (values, bands, payload slots)."""
SYMBOL_OF = np.add.outer(np.arange(BANDS), np.arange(len(PAYLOAD_SLOTS))) % SYMBOLS
"""The byte that each of those cells belongs to, shape (bands, payload slots)."""


@dataclass(frozen=True, slots=True)
class Payload:
    """What the watermark says: no person, no text."""

    instance: int
    """Of the installation, 0 to 65,535."""
    day: date
    """From 2024-01-01 to 2203-06-06, UTC."""

    @classmethod
    def today(cls, instance: int) -> Payload:
        """Return the payload of what is spoken now."""
        return cls(instance, datetime.now(UTC).date())

    def encode(self) -> bytes:
        """Return `SYMBOLS` bytes, the last two a checksum. Raises ValueError out of range."""
        days = (self.day - FIRST_DAY).days
        if not (0 <= self.instance <= 0xFFFF and 0 <= days <= 0xFFFF):
            raise ValueError(
                f"instance, day: {self.instance}, {self.day} are out of range; use an instance up "
                f"to 65535 and a day from {FIRST_DAY} to {FIRST_DAY + timedelta(0xFFFF)}."
            )
        said = self.instance.to_bytes(2) + days.to_bytes(2)
        return said + crc_hqx(said, 0xFFFF).to_bytes(2)

    @classmethod
    def decode(cls, said: bytes) -> Payload | None:
        """Return what `encode` was given; None if the checksum is wrong."""
        if crc_hqx(said[:4], 0xFFFF).to_bytes(2) != said[4:]:
            return None
        days = int.from_bytes(said[2:4])
        return cls(int.from_bytes(said[:2]), FIRST_DAY + timedelta(days))


def pattern(payload: Payload) -> Signs:
    """Return the sign of each cell, shape (bands, slots)."""
    signs = SYNC.copy()
    said = np.frombuffer(payload.encode(), np.uint8)
    bands, slots = np.indices(SYMBOL_OF.shape)
    signs[:, PAYLOAD_SLOTS] = CODES[said[SYMBOL_OF], bands, slots]
    return signs


class Watermark:
    """Marks one sound, block by block, without delay. Not thread-safe.

    The same blocks always give the same samples; other blocks of the same sound give the same up
    to rounding. Silence stays silence, and nothing exceeds full scale.

    Each slot that a block touches is filtered as a whole, from where it fades in to where it has
    faded out (overlap-save; Oppenheim and Schafer, "Discrete-Time Signal Processing", chapter 8);
    two neighbors fade into each other. Samples of the slot that are not there yet count as 0.
    """

    def __init__(self, sample_rate: int, payload: Payload) -> None:
        """Begin a sound of `sample_rate` Hz."""
        self._slot, self._fade = round(SLOT * sample_rate), round(_FADE * sample_rate)  # in samples
        self._taps = round(_TAIL * sample_rate)
        self._reach = self._taps + self._fade + self._slot
        """Samples that a slot's depend on: those before, its fade in, and itself."""
        self._size = _fast_size(self._reach)
        # Now, while an engine makes the first sound: it takes some milliseconds once a day.
        self._responses = _responses(sample_rate, self._size, payload)
        phase = np.pi * (np.arange(self._fade) + 0.5) / self._fade
        self._rise: Samples = (0.5 - 0.5 * np.cos(phase)).astype(np.float32)
        """The share of a slot while it fades in, which the one before has less."""
        self._silent = round(_SILENT * sample_rate)
        self._past = np.zeros(self._taps, np.float32)
        self._position = 0

    def process(self, samples: Samples) -> Samples:
        """Return the samples, shape (n,), marked."""
        size, start = len(samples), self._position
        self._position += size
        known = np.concatenate((self._past, samples))
        self._past = known[size:]
        if not size or not known.any():
            return samples
        # A slot fades in from where it begins, and out while the next one fades in.
        first, into = divmod(start - self._fade, self._slot)
        last = (start + size - 1) // self._slot
        slots = np.arange(first, last + 1)
        before = into + self._fade  # samples of the first slot that were in former blocks
        padded = np.zeros(before + self._taps + (len(slots) + 1) * self._slot, np.float32)
        padded[before : before + len(known)] = known
        faded = self._filtered(padded, slots)
        result = faded[:, self._fade :].copy()
        ends = result[:-1, -self._fade :]
        ends += (faded[1:, : self._fade] - ends) * self._rise
        result = result.reshape(-1)[into : into + size]
        # The filters die away for 40 ms, which would shorten the pauses that were asked for.
        heard = np.cumsum(known[self._taps - self._silent :] != 0)
        result[heard[self._silent :] == heard[: -self._silent]] = 0
        marked: Samples = np.clip(result, -1, 1).astype(np.float32, copy=False)
        return marked

    def _filtered(self, padded: Samples, slots: NDArray[np.int_]) -> Samples:
        """Return whole slots with their fades in, filtered, shape (slots, samples).

        `padded`: what they depend on, without a gap.
        """
        reaches = sliding_window_view(padded, self._reach)[:: self._slot][: len(slots)]
        # In single precision, as its input is: NumPy's stubs know of double only.
        spectra = cast("Spectra", np.fft.rfft(reaches, self._size))
        spectra *= self._responses[slots % PERIOD]
        filtered = cast("Samples", np.fft.irfft(spectra, self._size))
        return filtered[:, self._taps : self._reach]


def _fast_size(least: int) -> int:
    """Return the length from `least` on whose Fourier transform is fast: no factor above 5."""
    size = least
    while not _is_smooth(size):
        size += 1
    return size


def _is_smooth(number: int) -> bool:
    for factor in (2, 3, 5):
        while number % factor == 0:
            number //= factor
    return number == 1


@functools.lru_cache(maxsize=8)
def _responses(sample_rate: int, size: int, payload: Payload) -> Spectra:
    """Return the spectra of all slots' filters, shape (slots, frequencies), of `size` samples.

    They have minimum phase: the Hilbert transform of the log gain, taken in the cepstrum (Oppenheim
    and Schafer, chapter 13).
    """
    bands, level = _log_gains(sample_rate)
    cepstra = np.fft.irfft(pattern(payload).T @ bands + level, _FFT)
    cepstra[:, 1 : _FFT // 2] *= 2
    cepstra[:, _FFT // 2 + 1 :] = 0
    taps = round(_TAIL * sample_rate)
    responses = np.fft.irfft(np.exp(np.fft.rfft(cepstra)), _FFT)[:, :taps]
    fade = taps // 2
    responses[:, -fade:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(fade) / fade)
    return np.fft.rfft(responses, size).astype(np.complex64)


@functools.lru_cache(maxsize=8)
def _log_gains(sample_rate: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the logarithm of each band's gain, shape (bands, frequencies), and one for all.

    That one keeps the level: raising and lowering a band by as many dB would add power.
    """
    frequencies = np.fft.rfftfreq(_FFT, 1 / sample_rate)
    inside = (frequencies >= EDGES[:-1, None]) & (frequencies < EDGES[1:, None])
    smooth = np.hanning(round(30 * _FFT / sample_rate) | 1)  # edges of 30 Hz
    smooth /= smooth.sum()
    bands = np.array([np.convolve(band, smooth, "same") for band in inside.astype(np.float64)])
    bands *= STRENGTH / 20 * np.log(10)
    return bands, -0.5 * np.log(np.cosh(2 * bands)).sum(axis=0)
