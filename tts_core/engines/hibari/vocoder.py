"""hibari's vocoder: from the spectra that the network predicts to sound, block by block.

The package's `dsp.synth` computes a whole utterance at once. This is the same sum, but the first
half second can be heard before the rest is computed, the arrays of a block stay in the processor's
cache, and the noise is drawn from a table; together it takes half the time. For each frame

    S = exp(harmonic) e^(i pi tanh(theta)) STFT(pulses(f0)) + exp(noise) Z + exp(residual) e^(i phi)

with white noise Z, and one inverse STFT over all frames.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from hibari import dsp
from numpy.typing import NDArray

from tts_core.types import Samples

BLOCK = 40
"""Frames in a block: half a second."""
FIRST = 2 * BLOCK
"""Frames of which as little as possible is computed before their sound: what others wait behind."""
BINS = dsp.N_FFT // 2 + 1
HOP: int = dsp.HOP
"""Samples from one frame to the next."""
_OVERLAP = dsp.N_FFT // HOP
_EDGE = _OVERLAP // 2
"""Hops by which the first frame begins before the first sample."""
_AHEAD = _EDGE + 1
"""Frames after one whose F0 changes the pulses in its window."""
_NOISE_FRAMES = 1024
_LOUDEST = 7.0  # of the spectra, which are natural logarithms; hibari's own limit
_LEAST_POWER = 1e-11  # of the windows over one sample; hibari's own

Spectrum = NDArray[np.float32]
"""Of the shape (frames, `BINS`)."""


class Spectra(NamedTuple):
    """What the network predicts for some frames.

    `harmonic`, `noise`, `residual`: natural logarithms of magnitudes. `theta`, `phi`: phases.
    """

    harmonic: Spectrum
    theta: Spectrum
    noise: Spectrum
    residual: Spectrum
    phi: Spectrum


def synthesize(
    spectra: Iterable[Spectra], f0: NDArray[np.float32], rng: np.random.Generator
) -> Iterator[Samples]:
    """Yield the sound of an utterance in blocks, float32; together `frames` * hop samples.

    `spectra`: of one block after another, each taken when its sound is asked for. `f0`: Hz, shape
    (frames,). `rng`: chooses the noise.
    """
    count = len(f0)
    pulses = _windows(dsp.pulses(f0[: FIRST + _AHEAD]))
    power = _window_power(count)
    tail = np.zeros((_OVERLAP - 1, HOP), np.float32)
    start = 0
    for harmonic, theta, noise, residual, phi in spectra:
        size = len(harmonic)
        if start == FIRST:
            pulses = _windows(dsp.pulses(f0))
        spectrum = dsp.rfft(pulses[start : start + size] * dsp.WIN_SRC, 1)
        spectrum *= _polar(harmonic, np.tanh(theta) * np.float32(np.pi))
        white = _white_noise()
        chosen = int(rng.integers(len(white) - size + 1))
        spectrum += white[chosen : chosen + size] * _magnitude(noise)
        spectrum += _polar(residual, phi)
        sound = np.zeros((size + _OVERLAP - 1, HOP), np.float32)
        sound[: _OVERLAP - 1] = tail
        made = (dsp.irfft(spectrum, dsp.N_FFT, 1) * dsp.WIN).reshape(size, _OVERLAP, HOP)
        for hop in range(_OVERLAP):
            sound[hop : hop + size] += made[:, hop]
        tail = sound[size:]
        # The hops that no later frame adds to. The last block has all that are left.
        last = start + size == count
        until = size + _EDGE if last else size
        first = min(_EDGE, until) if start == 0 else 0
        yield np.divide(sound[first:until], power[start + first : start + until]).reshape(-1)
        start += size


def _windows(pulses: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the part of a sound that is around each frame, as for a centered STFT."""
    padded = np.pad(pulses, dsp.N_FFT // 2, mode="reflect")
    return np.lib.stride_tricks.sliding_window_view(padded, dsp.N_FFT)[::HOP]


def _magnitude(log: Spectrum) -> Spectrum:
    return np.exp(np.minimum(log, np.float32(_LOUDEST)))


def _polar(log: Spectrum, phase: Spectrum) -> NDArray[np.complex64]:
    """Return complex numbers by the logarithms of their magnitudes and their phases."""
    numbers = np.empty(log.shape, np.complex64)
    np.cos(phase, out=numbers.real)
    np.sin(phase, out=numbers.imag)
    numbers *= _magnitude(log)
    return numbers


@functools.cache
def _white_noise() -> NDArray[np.complex64]:
    """Return Gaussian noise, of variance 1 in each part, shape (`_NOISE_FRAMES`, `BINS`).

    Drawing it anew for each utterance would take a third of the vocoder's time. Nobody hears that
    parts of 13 seconds of noise return.
    """
    rng = np.random.default_rng(0)
    parts = rng.standard_normal((BINS, 2 * _NOISE_FRAMES), dtype=np.float32)
    return np.ascontiguousarray(parts.view(np.complex64).T)


@functools.lru_cache(maxsize=8)
def _window_power(frames: int) -> NDArray[np.float32]:
    """Return the sum of the squared windows over each sample, shape (hops, hop).

    Constant but for both ends, where fewer frames overlap.
    """
    squared = (dsp.WIN * dsp.WIN).reshape(_OVERLAP, HOP)
    power = np.zeros((frames + _OVERLAP - 1, HOP), np.float32)
    for hop in range(_OVERLAP):
        power[hop : hop + frames] += squared[hop]
    return np.maximum(power, np.float32(_LEAST_POWER))
