"""Statistics of the voices that a voice match begins with.

They are made of what a voice says when it reads `SENTENCES`. Those of networks, which need seconds
for that, are kept in a file beside the engine, which `tests/benchmarks/match_bases.py` writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from tts_core.audio import world
from tts_core.audio.resample import resample
from tts_core.audio.world import Floats
from tts_core.engines.match.profile import (
    LEAST_OF_A_KIND,
    WARP_COEFFICIENTS,
    Profile,
    active,
    log_tone,
    loud,
)
from tts_core.types import AudioChunk

# Together they contain the sounds of English; all but the last two are Harvard sentences (IEEE
# Recommended Practice for Speech Quality Measurements, 1969). Voices of other languages read them
# by the rules of their own spelling, those of other scripts with English pronunciation.
SENTENCES = (
    "The boy was there when the sun rose.",
    "A rod is used to catch pink salmon.",
    "The source of the huge river is the clear spring.",
    "Kick the ball straight and follow through.",
    "Help the woman get back to her feet.",
    "A pot of tea helps to pass the evening.",
    "Smoky fires lack flame and heat.",
    "The soft cushion broke the man's fall.",
    "The salt breeze came across from the sea.",
    "The girl at the booth sold fifty bonds.",
    "Joyce enjoyed the unusual treasure; she measured those thick leather gloves.",
    "Why choose a cheap watch? You should judge how young Hugh behaves.",
)
DETAIL = 60
"""Coefficients of an envelope: more than `world.COEFFICIENTS`, so that it can still be warped."""
FRAMES = 240
"""Frames that are kept of each voice, to find the warp."""


@dataclass(frozen=True, slots=True, eq=False)
class BaseVoice:
    """Statistics of a voice's active frames, coded with `DETAIL` coefficients; `n` is `DETAIL`.

    If there are fewer than 60 voiced or unvoiced frames, all frames are used instead of them.
    """

    mean: Floats
    voiced_mean: Floats
    unvoiced_mean: Floats
    """Shape (n,)."""
    covariance: Floats
    voiced_covariance: Floats
    unvoiced_covariance: Floats
    """Shape (n, n)."""
    counts: Floats
    """The numbers of voiced and unvoiced frames, shape (2,)."""
    tone: Floats
    """Mean and standard deviation of log F0, shape (2,)."""
    level: Floats
    """Log power of its loud frames, shape ()."""
    frames: Floats
    """Up to `FRAMES` of the frames, shape (m, n)."""
    voiced: NDArray[np.bool_]
    """Which of them are, shape (m,)."""

    @classmethod
    def of(cls, sounds: Iterable[AudioChunk]) -> BaseVoice:
        """Analyze a voice by what it makes of `SENTENCES`. Raises ValueError when it is silent."""
        powers, voiced, tones = [], [], []
        for sound in sounds:
            samples = world.padded(resample(sound, world.SAMPLE_RATE).samples)
            pitch = world.track_pitch(samples)
            tones.append(pitch.f0)
            every_other = pitch.every(2)  # as good for statistics, in half the time
            powers.append(world.envelope(samples, every_other))
            voiced.append(every_other.f0 > 0)
        log_power, with_voice = np.concatenate(powers), np.concatenate(voiced)
        level = loud(log_power)
        heard = active(log_power, level)
        rows, with_voice = log_power[heard] @ world.coding(DETAIL)[0], with_voice[heard]
        kinds = [rows[with_voice], rows[~with_voice]]
        spoken = [rows, *(kind if len(kind) >= LEAST_OF_A_KIND else rows for kind in kinds)]
        picked = np.linspace(0, len(rows) - 1, min(len(rows), FRAMES)).astype(int)
        covariances = [np.cov(kind, rowvar=False) for kind in spoken]
        return cls(
            mean=spoken[0].mean(axis=0),
            voiced_mean=spoken[1].mean(axis=0),
            unvoiced_mean=spoken[2].mean(axis=0),
            covariance=covariances[0],
            voiced_covariance=covariances[1],
            unvoiced_covariance=covariances[2],
            counts=np.array([len(kind) for kind in kinds], float),
            tone=log_tone(tones),
            level=np.array(level),
            frames=rows[picked],
            voiced=with_voice[picked],
        )

    def rows(self, warp: float) -> Floats:
        """Return its frames in the coefficients of a `Profile`, with a factor on frequencies."""
        rows: Floats = self.frames @ _warping(warp)
        return rows

    def profile(self, warp: float) -> Profile:
        """Return its statistics in the coefficients of a `Profile`, likewise."""
        matrix = _warping(warp)
        mean, covariance = self.mean @ matrix, matrix.T @ self.covariance @ matrix
        deviation = np.sqrt(np.diag(covariance)) + 1e-6
        scale = matrix / deviation
        return Profile(
            mean,
            deviation,
            (self.voiced_mean - self.mean) @ scale,
            (self.unvoiced_mean - self.mean) @ scale,
            covariance / np.outer(deviation, deviation),
            scale.T @ self.voiced_covariance @ scale,
            scale.T @ self.unvoiced_covariance @ scale,
            self.tone,
            ((self.rows(warp) - mean) / deviation)[:, WARP_COEFFICIENTS],
            self.counts,
            np.zeros(1),
        )


def save_bases(path: Path, voices: Mapping[str, BaseVoice]) -> None:
    """Write the statistics of voices, by id, to a file of 16-bit numbers. Raises OSError."""
    tensors: dict[str, NDArray[Any]] = {}
    for name, voice in voices.items():
        for field in fields(BaseVoice):
            tensors[f"{name}/{field.name}"] = _packed(getattr(voice, field.name))
    safetensors.numpy.save_file(tensors, path)


def load_base(path: Path, name: str) -> BaseVoice:
    """Read the statistics of one voice. Raises OSError, SafetensorError."""
    with safetensors.safe_open(path, framework="numpy") as file:
        found = {f.name: _unpacked(file.get_tensor(f"{name}/{f.name}")) for f in fields(BaseVoice)}
    return BaseVoice(voiced=found.pop("voiced") > 0, **found)


def _packed(array: NDArray[Any]) -> NDArray[np.float16]:
    """Return an array with 16 bits a number; of a covariance the lower triangle."""
    if array.shape == (DETAIL, DETAIL):
        array = array[np.tril_indices(DETAIL)]
    return array.astype(np.float16)


def _unpacked(array: NDArray[Any]) -> Floats:
    if len(rows := np.tril_indices(DETAIL)[0]) != array.size or array.ndim != 1:
        return array.astype(np.float64)
    lower = np.zeros((DETAIL, DETAIL))
    lower[rows, np.tril_indices(DETAIL)[1]] = array
    return lower + np.tril(lower, -1).T


def _warping(warp: float) -> Floats:
    """Return the matrix, (DETAIL, COEFFICIENTS), that turns coefficients into those of a profile.

    `warp`: as in `world.coding_of`.
    """
    matrix: Floats = world.coding(DETAIL)[1] @ world.coding_of(warp)
    return matrix
