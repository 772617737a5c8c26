"""hibari's vocoder: from the spectra that the network predicts to sound, block by block.

The package's `dsp.synth` computes a whole utterance at once. This is the same sum, but the first
half second can be heard before the rest is computed, the arrays of a block stay in the processor's
cache, and the noise is drawn from a table; together it takes half the time. For each frame

    S = exp(harmonic) e^(i pi tanh(theta)) STFT(pulses(f0)) + exp(noise) Z + exp(residual) e^(i phi)

with white noise Z, and one inverse STFT over all frames.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np
from hibari import dsp
from numpy.typing import NDArray

from tts_core.types import Samples

BLOCK = 40
"""Frames computed at once: half a second."""
BINS = dsp.N_FFT // 2 + 1
HOP: int = dsp.HOP
"""Samples from one frame to the next."""
_OVERLAP = dsp.N_FFT // HOP
_EDGE = _OVERLAP // 2
"""Hops by which the first frame begins before the first sample."""
_NOISE_FRAMES = 1024
_LOUDEST = 7.0  # of the spectra, which are natural logarithms; hibari's own limit
_LEAST_POWER = 1e-11  # of the windows over one sample; hibari's own

Spectrum = NDArray[np.float32]
"""Of the shape (`BINS`, frames)."""


def synthesize(
    harmonic: Spectrum,
    theta: Spectrum,
    noise: Spectrum,
    residual: Spectrum,
    phi: Spectrum,
    f0: NDArray[np.float32],
    rng: np.random.Generator,
) -> Iterator[Samples]:
    """Yield the sound of an utterance in blocks, float32; together `frames` * hop samples.

    `harmonic`, `noise`, `residual`: natural logarithms of magnitudes. `theta`, `phi`: phases.
    `f0`: Hz, shape (frames,). `rng`: chooses the noise.
    """
    count = len(f0)
    # Padded as for a centered STFT: frame n of the padded pulses is centered at n * hop.
    pulses = np.pad(dsp.pulses(f0), dsp.N_FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(pulses, dsp.N_FFT)[::HOP]
    power = _window_power(count)
    tail = np.zeros((_OVERLAP - 1, HOP), np.float32)
    for start in range(0, count, BLOCK):
        here = slice(start, min(start + BLOCK, count))
        size = here.stop - start
        spectrum = np.ascontiguousarray(dsp.rfft(frames[here] * dsp.WIN_SRC, 1).T)
        spectrum *= _polar(harmonic[:, here], np.tanh(theta[:, here]) * np.float32(np.pi))
        white = _white_noise()
        chosen = int(rng.integers(white.shape[1] - size + 1))
        spectrum += white[:, chosen : chosen + size] * _magnitude(noise[:, here])
        spectrum += _polar(residual[:, here], phi[:, here])
        sound = np.zeros((size + _OVERLAP - 1, HOP), np.float32)
        sound[: _OVERLAP - 1] = tail
        made = (dsp.irfft(spectrum.T, dsp.N_FFT, 1) * dsp.WIN).reshape(size, _OVERLAP, HOP)
        for hop in range(_OVERLAP):
            sound[hop : hop + size] += made[:, hop]
        tail = sound[size:]
        # The hops that no later frame adds to. The last block has all that are left.
        last = here.stop == count
        until = size + _EDGE if last else size
        first = min(_EDGE, until) if start == 0 else 0
        yield np.divide(sound[first:until], power[start + first : start + until]).reshape(-1)


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
    """Return Gaussian noise, of variance 1 in each part, shape (`BINS`, `_NOISE_FRAMES`).

    Drawing it anew for each utterance would take a third of the vocoder's time. Nobody hears that
    parts of 13 seconds of noise return.
    """
    rng = np.random.default_rng(0)
    parts = rng.standard_normal((BINS, 2 * _NOISE_FRAMES), dtype=np.float32)
    return parts.view(np.complex64)


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
