"""Keeps the true peak of a sound below a ceiling, by lowering the gain shortly before each peak."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tts_core.audio.level import factor
from tts_core.types import Samples

WINDOW_SECONDS = 0.010
"""How long before a peak the gain goes down, and how long after it is back."""
SIDE = 6
"""Samples on each side of an interpolated value that it depends on."""
_OVERSAMPLING = 4  # ITU-R BS.1770-5, annex 2


def _interpolators() -> Samples:
    """Return windowed sincs for the values between two samples, shape (12, 3)."""
    taps = np.arange(1 - SIDE, SIDE + 1)[:, np.newaxis]
    distances = taps - np.arange(1, _OVERSAMPLING) / _OVERSAMPLING
    windowed = np.sinc(distances) * np.cos(np.pi / 2 * distances / (SIDE + 1)) ** 2
    sincs: Samples = windowed.astype(np.float32)
    return sincs


_INTERPOLATORS = _interpolators()
_MOST_OVERSHOOT = float(np.abs(_INTERPOLATORS).sum(axis=0).max())
"""How far a value between samples can exceed the samples around it."""


def peaks(samples: Samples, least: float = 0.0) -> Samples:
    """Return the size of each sample, or of what is between it and the next one if that is larger.

    Shape (n,), from four times as many values, as ITU-R BS.1770-5 measures true peaks. What is
    between samples is looked at only where it can exceed `least`.
    """
    found = np.abs(samples)
    padded = np.pad(samples, (SIDE - 1, SIDE))
    loud = np.flatnonzero(np.abs(padded) > least / _MOST_OVERSHOOT)
    near = np.zeros(len(samples) + 4 * SIDE, np.bool_)
    for distance in range(2 * SIDE):  # each sample is one of the 12 of that many values
        near[loud + distance] = True
    places = np.flatnonzero(near[2 * SIDE - 1 :][: len(samples)])
    around = sliding_window_view(padded, 2 * SIDE)[places]
    between = np.abs(around @ _INTERPOLATORS).max(axis=1, initial=0)
    found[places] = np.maximum(found[places], between)
    return found


class PeakLimiter:
    """Limits the true peak of a sound that comes in blocks. Not thread-safe.

    The gain is the smallest that any value within `WINDOW_SECONDS` needs, smoothed by a triangle
    of that width on both sides, so it is low enough at each peak and has no steps. What needs no
    limiting stays exactly as it is.
    """

    def __init__(self, sample_rate: int, ceiling: float) -> None:
        """Create a limiter for samples at `sample_rate` Hz with a `ceiling` in dBTP."""
        self._ceiling = float(factor(ceiling))
        self._window = max(1, round(WINDOW_SECONDS * sample_rate))
        self._context = 2 * self._window + 2 * SIDE
        # Silence before the first sample; later, what was returned last and what is held back.
        self._held: Samples = np.zeros(self._context, np.float32)

    def push(self, samples: Samples) -> Samples:
        """Add samples, float32 of shape (n,); return what is ready, possibly nothing."""
        sound = np.concatenate((self._held, samples))
        if len(sound) <= 2 * self._context:
            self._held = sound
            return np.zeros(0, np.float32)
        self._held = sound[-2 * self._context :]
        inside = slice(self._context, -self._context)
        if np.abs(sound).max() * _MOST_OVERSHOOT <= self._ceiling:
            return sound[inside]
        limited: Samples = sound[inside] * self._gains(sound)[inside].astype(np.float32)
        return limited

    def finish(self) -> Samples:
        """Return the rest; in all there are as many samples as were pushed."""
        return self.push(np.zeros(self._context, np.float32))

    def _gains(self, sound: Samples) -> NDArray[np.float64]:
        """Return the factor on each sample; right except within `_context` of both ends."""
        needed = self._ceiling / np.maximum(peaks(sound, self._ceiling), self._ceiling).astype(
            np.float64
        )
        lowest = _sliding_minimum(needed, 2 * self._window + 1)
        return _sliding_mean(_sliding_mean(lowest, self._window), self._window)


def _sliding_minimum(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Return the minimum of the `size` (odd) values around each, shape (n,)."""
    found = np.pad(values, size // 2, constant_values=1)
    width = 1
    while width < size:
        step = min(width, size - width)
        found = np.minimum(found[:-step], found[step:])
        width += step
    return found


def _sliding_mean(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Return the mean of about `size` values around each, shape (n,)."""
    size |= 1
    sums = np.cumsum(np.pad(values, (size // 2 + 1, size // 2), constant_values=1))
    return (sums[size:] - sums[:-size]) / size
