"""Whether the voice of a recording becomes another one: two people, or two rooms.

Half-second means of mel-cepstra and pitch before and after each moment are compared by F
statistics, as Hotelling's T² does of all dimensions at once (after the speaker turns of Siegler et
al., "Automatic segmentation, classification and clustering of broadcast news audio", DARPA Speech
Recognition Workshop 1997). What is said would drown who says it in a few seconds, so each frame is
taken relative to the sound of speech that it is most like: one of 64, the components of a Gaussian
mixture of many voices (Reynolds, Quatieri and Dunn, "Speaker verification using adapted Gaussian
mixture models", 2000), in `speech_sounds.json`. `tests.benchmarks.speaker_change` makes them and
tells how well this works.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tts_core.audio import features, measure
from tts_core.types import Samples

Array = NDArray[np.floating]

SOUNDS = Path(__file__).with_name("speech_sounds.json")
COEFFICIENTS = 19
PITCH_WEIGHT = 4
"""Pitch counts as so many coefficients."""
LEAST_WINDOWS = 6
"""On either side: 3 s of speech."""
_WINDOW = 50  # frames
_LEAST_VOICED = 15  # of them
_PITCH_VARIANCE = 0.25  # semitones², at least


@dataclass(frozen=True, slots=True)
class SpeakerChange:
    """The likeliest moment."""

    score: float
    """The mean F: about 1 in noise that stays the same, 2 to 4 as one voice varies."""
    seconds: float
    """From the beginning of the recording."""


def speaker_change(
    samples: Samples, pitches: Array, speech: NDArray[np.bool_]
) -> SpeakerChange | None:
    """Of mono sound at 16 kHz, shape (n,). None below 6 s of speech.

    `pitches`: of `measure.pitch_track`. `speech`: of `measure.speech_frames`.
    """
    if speech.sum() * measure.FRAME_SECONDS < 2 * LEAST_WINDOWS * _WINDOW * features.FRAME_SECONDS:
        return None
    sound = features.spectrum(samples)
    count = min(len(sound.energy), len(pitches) + 2)
    there = spoken_in(count, speech)
    windows = int(there.sum()) // _WINDOW
    if windows < 2 * LEAST_WINDOWS:
        return None
    kept = np.flatnonzero(there)[: windows * _WINDOW]
    cepstra = features.cepstra(sound, COEFFICIENTS)[kept]
    timbre = beside_the_sound(cepstra).reshape(windows, _WINDOW, -1).mean(axis=1)
    pitch = 12 * np.log2(pitches[np.maximum(kept - 2, 0)]).reshape(windows, _WINDOW)
    scores = [
        (_timbre_score(timbre, n) * COEFFICIENTS + _pitch_score(pitch, n) * PITCH_WEIGHT)
        / (COEFFICIENTS + PITCH_WEIGHT)
        for n in range(LEAST_WINDOWS, windows - LEAST_WINDOWS + 1)
    ]
    best = int(np.argmax(scores))
    at = kept[(best + LEAST_WINDOWS) * _WINDOW - 1] + 1
    return SpeakerChange(float(scores[best]), float(at * features.FRAME_SECONDS))


def spoken_in(count: int, speech: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether there is speech in each of so many frames of `features`: of `speech_frames`."""
    times = np.arange(count) * features.FRAME_SECONDS
    frames = np.minimum((times / measure.FRAME_SECONDS).astype(int), len(speech) - 1)
    return np.asarray(speech[frames])


def beside_the_sound(cepstra: Array) -> Array:
    """What is left of each frame without the sound that is spoken in it. Both of shape (n, 19)."""
    sounds = _sounds()
    frames = cepstra.astype(np.float64) - cepstra.mean(axis=0)
    exponents = (
        frames @ (sounds.means / sounds.variances).T - 0.5 * frames**2 @ (1 / sounds.variances).T
    ) + sounds.constants
    likely = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    return np.asarray(frames - likely @ sounds.means)


@dataclass(frozen=True, slots=True, eq=False)
class _Sounds:
    means: Array
    """Shape (64, 19), relative to the mean of a recording."""
    variances: Array
    """Of the same shape."""
    constants: Array
    """Shape (64,): of the logarithms of their densities, with their weights."""


@functools.cache
def _sounds() -> _Sounds:
    known = json.loads(SOUNDS.read_text(encoding="utf-8"))
    means, variances = np.array(known["means"]), np.array(known["variances"])
    constants = np.log(known["weights"]) - 0.5 * np.sum(means**2 / variances + np.log(variances), 1)
    return _Sounds(means, variances, constants)


def _timbre_score(windows: Array, n: int) -> float:
    """The coefficients' mean F, for a change after window n. `windows`: shape (m, 19)."""
    return float(np.mean(_f(windows[:n], windows[n:], 1e-6)))


def _pitch_score(windows: Array, n: int) -> float:
    """F of the windows' medians; 0 where hardly anything is voiced. `windows`: shape (m, 50)."""
    voiced = np.isfinite(windows).sum(axis=1) >= _LEAST_VOICED
    medians = np.full(len(windows), np.nan)
    medians[voiced] = np.nanmedian(windows[voiced], axis=1)
    before, after = (part[np.isfinite(part)] for part in (medians[:n], medians[n:]))
    if min(len(before), len(after)) < 3:
        return 0.0
    return float(_f(before, after, _PITCH_VARIANCE))


def _f(before: Array, after: Array, least: float) -> Array:
    """By dimension: the squared difference of means over what chance would make of it."""
    inside = np.var(before, axis=0) * len(before) + np.var(after, axis=0) * len(after)
    variance = inside / (len(before) + len(after) - 2) + least
    between = (before.mean(axis=0) - after.mean(axis=0)) ** 2
    return np.asarray(between / variance / (1 / len(before) + 1 / len(after)))
