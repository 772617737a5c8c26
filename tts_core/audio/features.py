"""Short-time features of speech that depend on the text and little on the speaker.

They are those that aligned other synthesizers to eSpeak NG best (12 voices of four kinds of
synthesis): 12 mel-cepstral coefficients after mean normalization (without variance normalization,
which hides what is wrong), their deltas, and the relative energy.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_core.types import Samples

Matrix = NDArray[np.float32]
Mask = NDArray[np.bool_]

RATE = 16_000
"""Hz; the rate of all audio that is compared."""
HOP = 160
"""Samples from one frame to the next."""
FRAME_SECONDS = HOP / RATE

_WINDOW, _FFT = 400, 512
_BANDS, _LOWEST, _HIGHEST = 40, 80.0, 7600.0
_COEFFICIENTS = 12
_FLOOR = 9.0  # nepers below the loud frames; what is quieter counts as silence, whatever it is
_SPEECH_RANGE_DB = 32.0
_QUIETEST_DB = -65.0
# Typical deviations of the coefficients, and the weights of deltas and energy.
_SCALES = np.array([3.2] + [2.0] * (_COEFFICIENTS - 1), np.float32)
_SLOPE, _ENERGY, _ENERGY_SLOPE = 1.6, 1.5 / 12, 2.0 / 12


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """Short-time power spectra and energies of one sound of n frames."""

    power: Matrix
    """Shape (n, 257): power of each frame after pre-emphasis."""
    energy: NDArray[np.float64]
    """Shape (n,): dBFS."""
    speech: Mask
    """Shape (n,): the frames that are not silence."""


def spectrum(samples: Samples) -> Spectrum:
    """Return the spectra of mono audio at `RATE`, shape (m,), in 1 + m // HOP frames."""
    padded = np.pad(samples.astype(np.float32), _FFT // 2)
    # Pre-emphasis.
    raised = padded.copy()
    raised[1:] -= np.float32(0.97) * padded[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(raised, _FFT)[::HOP]
    power = np.abs(np.fft.rfft(frames * window(), axis=1)).astype(np.float32) ** 2
    # Energy of each frame, from a running sum of squares, without pre-emphasis.
    squares = np.concatenate(([0.0], np.cumsum(padded.astype(np.float64) ** 2)))
    at = np.arange(len(frames)) * HOP
    energy = 10 * np.log10(np.maximum(squares[at + _FFT] - squares[at], 0) / _FFT + 1e-10)
    return Spectrum(power, energy, _speech(energy))


@functools.cache
def window() -> Samples:
    """Return the window of a frame, shape (512,): a Hann window of 25 ms in the middle."""
    whole = np.zeros(_FFT, np.float32)
    edge = (_FFT - _WINDOW) // 2
    whole[edge : edge + _WINDOW] = np.hanning(_WINDOW)
    return whole


def _speech(energy: NDArray[np.float64]) -> Mask:
    """Return which frames are speech by their energy: at most 32 dB below the loud ones."""
    loud = float(np.percentile(energy, 97))
    return energy > max(loud - _SPEECH_RANGE_DB, _QUIETEST_DB)


def features(sound: Spectrum, warp: float = 1.0) -> Matrix:
    """Return the features of each frame, shape (n, 26).

    `warp` is the factor of vocal tract length normalization, by which frequencies are multiplied.
    """
    cepstrum = cepstra(sound, _COEFFICIENTS, warp)
    # Cepstral mean normalization over the speech.
    speech = sound.speech if sound.speech.sum() > 10 else np.ones(len(cepstrum), bool)
    cepstrum = (cepstrum - cepstrum[speech].mean(axis=0)) / _SCALES
    # Energy relative to the loud frames.
    level = np.clip(sound.energy - np.percentile(sound.energy, 95), -40, 5)[:, None]
    parts = (
        cepstrum,
        _SLOPE * slopes(cepstrum),
        _ENERGY * level,
        _ENERGY_SLOPE * slopes(level),
    )
    return np.concatenate(parts, axis=1).astype(np.float32)


def cepstra(sound: Spectrum, count: int, warp: float = 1.0) -> Matrix:
    """Return the mel-cepstral coefficients from the second on, shape (n, count)."""
    return np.asarray(log_mels(sound, warp) @ _cosines(count))


def log_mels(sound: Spectrum, warp: float = 1.0) -> Matrix:
    """Return the logarithmic mel spectra, shape (n, 40), with a floor below the loud frames.

    The floor makes silences of different engines alike.
    """
    mel = np.log(sound.power @ _mel_bands(warp) + np.float32(1e-9))
    return np.asarray(np.maximum(mel, np.percentile(mel.max(axis=1), 95) - _FLOOR), np.float32)


def slopes(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the deltas: slopes of regression lines through five frames (Furui 1986)."""
    n = len(values)
    padded = np.pad(values, ((2, 2), (0, 0)), "edge")
    near, far = padded[3 : 3 + n] - padded[1 : 1 + n], padded[4:] - padded[:n]
    return np.asarray((near + 2 * far) / 10)


@functools.lru_cache(maxsize=32)
def _mel_bands(warp: float) -> Matrix:
    """Return triangular mel filters of equal area, shape (257, 40), with warped corners.

    The warp is piecewise linear: by the factor up to four fifths of the range, then bent so that
    the highest frequency stays.
    """
    mels = np.linspace(_mel(_LOWEST), _mel(_HIGHEST), _BANDS + 2)
    corners = _hertz(mels)
    # Warp the corners of the triangles.
    bend = 0.8 * _HIGHEST / max(1.0, warp)
    upper = bend * warp + (corners - bend) * (_HIGHEST - bend * warp) / (_HIGHEST - bend)
    corners = np.where(corners < bend, corners * warp, upper)
    # Evaluate the triangles at the bins of the FFT.
    bins = np.arange(_FFT // 2 + 1)[:, None] * RATE / _FFT
    low, mid, high = corners[:-2], corners[1:-1], corners[2:]
    rising, falling = (bins - low) / (mid - low), (high - bins) / (high - mid)
    triangles = np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low)
    return np.asarray(triangles, np.float32)


def _mel(hertz: float) -> float:
    """Convert to Slaney's mel scale: linear below 1 kHz, logarithmic above."""
    return hertz * 3 / 200 if hertz < 1000 else 15 + 27 * float(np.log(hertz / 1000) / np.log(6.4))


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Convert from Slaney's mel scale."""
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))


@functools.cache
def _cosines(count: int) -> Matrix:
    """Return an orthonormal DCT-II without its first coefficient, shape (40, count)."""
    k = np.arange(1, count + 1)
    angles = np.pi / _BANDS * (np.arange(_BANDS)[:, None] + 0.5) * k
    return np.asarray(np.sqrt(2 / _BANDS) * np.cos(angles), np.float32)
