"""WORLD: speech taken apart into pitch, spectral envelope and aperiodicity, and put together.

Morise, Yokomori, Ozawa, "WORLD: a vocoder-based high-quality speech synthesis system for
real-time applications", IEICE Transactions E99-D (2016), through the package pyworld, which is
imported at first use. Envelopes are natural logarithms of power, shape (frames, `BINS`).

Coding an envelope (mel-cepstrum of Morise, Miyashita, Ozawa, Interspeech 2017, as WORLD's
`CodeSpectralEnvelope` has it) and warping its frequency axis are linear in the logarithm, so
they are matrices here, which is faster than WORLD's way, frame by frame.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 22_050
"""Hz, of all that is analysed and synthesised here."""
BINS = 513
"""0 Hz to half the sample rate; WORLD's own number at this rate."""
COEFFICIENTS = 36
"""Of a coded envelope; the first is its mean."""
FRAME_MS = 5.0
F0_RANGE = (60.0, 500.0)
"""Hz."""

TOP = 10_000.0
"""Hz: what resamplers leave alone at this rate."""

Floats = NDArray[np.float64]
_LEAST_FRAMES = 20  # shorter sounds are padded: F0 estimation wants some
_FLOOR = 1e-14  # power; of digital silence WORLD makes about this


@dataclass(frozen=True, slots=True)
class Pitch:
    """`f0`: Hz, shape (frames,), 0 where unvoiced. `times`: seconds."""

    f0: Floats
    times: Floats

    def every(self, step: int) -> Pitch:
        """Of each `step` frames the first."""
        return Pitch(self.f0[::step].copy(), self.times[::step].copy())


def track_pitch(samples: Floats, *, careful: bool = False) -> Pitch:
    """The fundamental frequency every `FRAME_MS`: fast, or `careful` as recordings want it.

    Fast is Dio on a quarter of the bandwidth with StoneMask: of espeak's voices it finds the same
    in a fifth of the time (measured). Careful is Harvest, 30 times as slow.
    """
    world = _world()
    low, high = F0_RANGE
    kind = {"f0_floor": low, "f0_ceil": high, "frame_period": FRAME_MS}
    if careful:
        return Pitch(*world.harvest(samples, SAMPLE_RATE, **kind))
    f0, times = world.dio(samples, SAMPLE_RATE, **kind, speed=4)
    return Pitch(world.stonemask(samples, f0, times, SAMPLE_RATE), times)


def envelope(samples: Floats, pitch: Pitch) -> Floats:
    """Log power (frames, `BINS`)."""
    power = _world().cheaptrick(samples, pitch.f0, pitch.times, SAMPLE_RATE)
    return np.asarray(np.log(np.maximum(power, _FLOOR)))


def aperiodicity(samples: Floats, pitch: Pitch) -> Floats:
    """Share of noise, 0 to 1, (frames, `BINS`)."""
    found: Floats = _world().d4c(samples, pitch.f0, pitch.times, SAMPLE_RATE)
    return found


def synthesize(f0: Floats, log_power: Floats, noise: Floats) -> Floats:
    """Sound of frames `FRAME_MS` apart: within a frame of as long as what was analysed."""
    power = np.ascontiguousarray(np.exp(log_power))
    sound: Floats = _world().synthesize(f0, power, noise, SAMPLE_RATE, FRAME_MS)
    return sound


def padded(samples: NDArray[np.floating]) -> Floats:
    """With silence after it, so that frames reach over the end and are enough."""
    frame = round(SAMPLE_RATE * FRAME_MS / 1000)
    length = max(len(samples) + 2 * frame, _LEAST_FRAMES * frame)
    return np.pad(samples.astype(np.float64), (0, length - len(samples)))


@functools.cache
def coding() -> tuple[Floats, Floats]:
    """Matrices that code an envelope and decode it: (BINS, COEFFICIENTS) and the reverse."""
    world = _world()
    units = np.exp(np.eye(BINS)), np.ascontiguousarray(np.eye(COEFFICIENTS))
    code = world.code_spectral_envelope(units[0], SAMPLE_RATE, COEFFICIENTS)
    decode = world.decode_spectral_envelope(units[1], SAMPLE_RATE, 2 * (BINS - 1))
    return code, np.log(decode)


@functools.lru_cache(maxsize=32)
def coding_of(warp: float = 1.0, top: float = TOP) -> Floats:
    """The matrix that codes an envelope in which what was at frequency f is at `warp` * f.

    That is a shorter or longer vocal tract, to first order. What is above `top` Hz before is
    taken to be as at `top`: there recordings have the edge of some filter.
    """
    source = np.minimum(np.arange(BINS) / warp, top / (SAMPLE_RATE / 2) * (BINS - 1))
    low = np.minimum(source.astype(int), BINS - 2)
    code: Floats = coding()[0]
    moved: Floats = np.zeros_like(code)
    np.add.at(moved, low, (1 - (source - low))[:, None] * code)
    np.add.at(moved, low + 1, (source - low)[:, None] * code)
    return moved


@functools.cache
def _world() -> ModuleType:
    """Raises ImportError, or what a broken package raises."""
    import pyworld

    module: ModuleType = pyworld
    return module
