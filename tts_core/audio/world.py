"""WORLD vocoder: analyzes speech into F0, spectral envelope and aperiodicity, and synthesizes it.

Morise, Yokomori, Ozawa, "WORLD: a vocoder-based high-quality speech synthesis system for
real-time applications", IEICE Transactions E99-D (2016), through the package pyworld, which is
imported at first use. Envelopes are natural logarithms of power, of shape (frames, `BINS`).

Coding an envelope (as the mel-cepstrum of Morise, Miyashita, Ozawa, Interspeech 2017, which is
WORLD's `CodeSpectralEnvelope`) and warping its frequency axis are linear in the logarithm. Here
they are matrices, which is faster than WORLD's functions, frame by frame.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 22_050
"""Hz; the rate of all audio that is analyzed and synthesized here."""
BINS = 513
"""Frequencies of an envelope, from 0 Hz to half the sample rate; WORLD's default at this rate."""
COEFFICIENTS = 36
"""Coefficients of a coded envelope; the first is its mean."""
FRAME_MS = 5.0
F0_RANGE = (60.0, 500.0)
"""Hz."""

TOP = 10_000.0
"""Hz; resamplers to this rate leave lower frequencies unchanged."""

Floats = NDArray[np.float64]
_LEAST_FRAMES = 20  # shorter sounds are padded, because F0 estimation needs some
_FLOOR = 1e-14  # power; about what WORLD returns for digital silence


@dataclass(frozen=True, slots=True)
class Pitch:
    """A pitch contour. `f0`: Hz, shape (frames,), 0 where unvoiced. `times`: seconds."""

    f0: Floats
    times: Floats

    def every(self, step: int) -> Pitch:
        """Return a contour of the first of every `step` frames."""
        return Pitch(self.f0[::step].copy(), self.times[::step].copy())


def track_pitch(samples: Floats, *, careful: bool = False) -> Pitch:
    """Estimate F0 every `FRAME_MS`, with Dio and StoneMask.

    Quickly, with a quarter of the bandwidth, which finds the same in synthetic voices; or with
    `careful` with all of it, for recordings. Harvest takes ten times as long as that, and voices
    were matched no better with it (cosine .806 instead of .807, five people).
    """
    world = _world()
    low, high = F0_RANGE
    kind = {"f0_floor": low, "f0_ceil": high, "frame_period": FRAME_MS}
    f0, times = world.dio(samples, SAMPLE_RATE, **kind, speed=1 if careful else 4)
    return Pitch(world.stonemask(samples, f0, times, SAMPLE_RATE), times)


def envelope(samples: Floats, pitch: Pitch) -> Floats:
    """Estimate the spectral envelope (CheapTrick): log power, shape (frames, `BINS`)."""
    power = _world().cheaptrick(samples, pitch.f0, pitch.times, SAMPLE_RATE)
    return np.asarray(np.log(np.maximum(power, _FLOOR)))


def aperiodicity(samples: Floats, pitch: Pitch) -> Floats:
    """Estimate the aperiodicity (D4C): the share of noise, 0 to 1, shape (frames, `BINS`)."""
    found: Floats = _world().d4c(samples, pitch.f0, pitch.times, SAMPLE_RATE)
    return found


def synthesize(f0: Floats, log_power: Floats, noise: Floats) -> Floats:
    """Synthesize samples, shape (n,), from frames `FRAME_MS` apart.

    `f0`: Hz, shape (frames,). `log_power`, `noise`: shape (frames, `BINS`). The result is as long
    as the analyzed sound, to within a frame.
    """
    power = np.ascontiguousarray(np.exp(log_power))
    sound: Floats = _world().synthesize(f0, power, noise, SAMPLE_RATE, FRAME_MS)
    return sound


def padded(samples: NDArray[np.floating]) -> Floats:
    """Append silence, so that there are enough frames and the last one reaches past the end."""
    frame = round(SAMPLE_RATE * FRAME_MS / 1000)
    length = max(len(samples) + 2 * frame, _LEAST_FRAMES * frame)
    return np.pad(samples.astype(np.float64), (0, length - len(samples)))


@functools.cache
def coding(coefficients: int = COEFFICIENTS) -> tuple[Floats, Floats]:
    """Return the matrices that code and decode an envelope.

    Their shapes are (BINS, coefficients) and (coefficients, BINS).
    """
    world = _world()
    # WORLD's functions applied to unit vectors give the rows of the matrices.
    units = np.exp(np.eye(BINS)), np.ascontiguousarray(np.eye(coefficients))
    code = world.code_spectral_envelope(units[0], SAMPLE_RATE, coefficients)
    decode = world.decode_spectral_envelope(units[1], SAMPLE_RATE, 2 * (BINS - 1))
    return code, np.log(decode)


@functools.lru_cache(maxsize=32)
def coding_of(warp: float = 1.0, top: float = TOP) -> Floats:
    """Return the matrix, (BINS, COEFFICIENTS), that warps an envelope's frequencies and codes it.

    What was at frequency f moves to `warp` * f, which models a shorter or longer vocal tract to
    first order. Above `top` Hz the envelope is taken to be as at `top`, because recordings have
    the edge of some filter there.
    """
    # The bin, with its fraction, from which each bin of the warped envelope takes its value.
    source = np.minimum(np.arange(BINS) / warp, top / (SAMPLE_RATE / 2) * (BINS - 1))
    low = np.minimum(source.astype(int), BINS - 2)
    # Linear interpolation between two bins, transposed and multiplied by the coding matrix.
    code: Floats = coding()[0]
    moved: Floats = np.zeros_like(code)
    np.add.at(moved, low, (1 - (source - low))[:, None] * code)
    np.add.at(moved, low + 1, (source - low)[:, None] * code)
    return moved


@functools.cache
def _world() -> ModuleType:
    """Import pyworld. Raises ImportError, or what a broken package raises."""
    import pyworld

    module: ModuleType = pyworld
    return module
