"""The block-wise vocoder against the one of the package, which computes an utterance at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hibari import dsp
from numpy.typing import NDArray

from tts_core.engines.hibari.vocoder import BINS, BLOCK, FIRST, HOP, Spectra, synthesize

SILENT = -100.0
"""A logarithm of a magnitude."""


Floats = NDArray[np.float32]


def spectra(frames: int, noise: float) -> tuple[Spectra, Floats]:
    """Return drawn spectra and an F0 with unvoiced frames."""
    rng = np.random.default_rng(frames)

    def draw(mean: float) -> Floats:
        return rng.normal(mean, 1, (frames, BINS)).astype(np.float32)

    f0 = np.where(np.arange(frames) % 30 < 20, 180 + 40 * rng.random(frames), 0)
    level = np.full((frames, BINS), noise, np.float32)
    return Spectra(draw(-3), draw(0), level, draw(-5), draw(0)), f0.astype(np.float32)


def blocks_of(parts: Spectra) -> Iterator[Spectra]:
    """Yield spectra as the network makes them, block by block."""
    for start in range(0, len(parts.harmonic), BLOCK):
        yield Spectra(*(part[start : start + BLOCK] for part in parts))


def by_the_package(parts: Spectra, f0: Floats) -> Floats:
    return dsp.synth(*(part.T for part in parts), f0, np.random.default_rng(0))


def sound_of(parts: Spectra, f0: Floats, seed: int) -> Floats:
    return np.concatenate(list(synthesize(blocks_of(parts), f0, np.random.default_rng(seed))))


@pytest.mark.parametrize(
    "frames",
    [1, 3, BLOCK - 1, BLOCK, BLOCK + 1, FIRST, FIRST + 1, FIRST + 3, FIRST + 4, 3 * BLOCK, 300],
)
def test_it_makes_the_sound_of_the_package(frames: int) -> None:
    parts, f0 = spectra(frames, SILENT)
    expected = by_the_package(parts, f0)
    sound = sound_of(parts, f0, 0)
    assert len(sound) == frames * HOP
    np.testing.assert_allclose(sound, expected, atol=1e-4 * np.abs(expected).max())


def test_the_noise_has_the_level_of_that_of_the_package() -> None:
    parts, f0 = spectra(400, -2.0)
    parts.harmonic[:] = parts.residual[:] = SILENT
    levels = [
        np.std(by_the_package(parts, f0)),
        *(np.std(sound_of(parts, f0, n)) for n in range(3)),
    ]
    assert levels == pytest.approx([levels[0]] * 4, rel=0.02)


def test_the_first_block_does_not_wait_for_the_rest() -> None:
    parts, f0 = spectra(3 * BLOCK, -2.0)
    taken = []
    spectra_of_blocks = (taken.append(block) or block for block in blocks_of(parts))
    blocks = synthesize(spectra_of_blocks, f0, np.random.default_rng(0))
    lengths = [(len(block), len(taken)) for block in blocks]
    assert lengths == [((BLOCK - 2) * HOP, 1), (BLOCK * HOP, 2), ((BLOCK + 2) * HOP, 3)]
