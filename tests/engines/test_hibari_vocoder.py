"""The block-wise vocoder against the one of the package, which computes an utterance at once."""

from __future__ import annotations

import numpy as np
import pytest
from hibari import dsp
from numpy.typing import NDArray

from tts_core.engines.hibari.vocoder import BINS, BLOCK, HOP, synthesize

SILENT = -100.0
"""A logarithm of a magnitude."""


Floats = NDArray[np.float32]
Spectra = tuple[Floats, Floats, Floats, Floats, Floats, Floats]
"""The harmonic part, theta, the noise, the residual, phi and F0."""


def spectra(frames: int, noise: float) -> Spectra:
    """Return drawn spectra and an F0 with unvoiced frames."""
    rng = np.random.default_rng(frames)

    def draw(mean: float) -> Floats:
        return rng.normal(mean, 1, (BINS, frames)).astype(np.float32)

    f0 = np.where(np.arange(frames) % 30 < 20, 180 + 40 * rng.random(frames), 0)
    level = np.full((BINS, frames), noise, np.float32)
    return draw(-3), draw(0), level, draw(-5), draw(0), f0.astype(np.float32)


@pytest.mark.parametrize("frames", [1, 3, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 300])
def test_it_makes_the_sound_of_the_package(frames: int) -> None:
    parts = spectra(frames, SILENT)
    rng = np.random.default_rng
    expected = dsp.synth(*parts, rng(0))
    sound = np.concatenate(list(synthesize(*parts, rng(0))))
    assert len(sound) == frames * HOP
    np.testing.assert_allclose(sound, expected, atol=1e-4 * np.abs(expected).max())


def test_the_noise_has_the_level_of_that_of_the_package() -> None:
    harmonic, theta, noise, residual, phi, f0 = spectra(400, -2.0)
    harmonic[:] = residual[:] = SILENT
    parts = harmonic, theta, noise, residual, phi, f0
    rng = np.random.default_rng
    levels = [np.std(dsp.synth(*parts, rng(0)))]
    levels += [np.std(np.concatenate(list(synthesize(*parts, rng(n))))) for n in range(3)]
    assert levels == pytest.approx([levels[0]] * 4, rel=0.02)


def test_the_first_block_does_not_wait_for_the_rest() -> None:
    blocks = synthesize(*spectra(3 * BLOCK, -2.0), np.random.default_rng(0))
    lengths = [len(block) for block in blocks]
    assert lengths == [(BLOCK - 2) * HOP, BLOCK * HOP, (BLOCK + 2) * HOP]
