"""Speaker change detection: finds where the voice of a recording changes to another person or room.

Half-second means of mel-cepstra and pitch before and after each moment are compared by F
statistics, as Hotelling's T² does for all dimensions at once (after the speaker turns of Siegler et
al., "Automatic segmentation, classification and clustering of broadcast news audio", DARPA Speech
Recognition Workshop 1997). In a few seconds the text varies the cepstra more than the speaker does,
so each frame is taken relative to its speech sound: the likeliest of 64, the components of a
Gaussian mixture model of many voices (Reynolds, Quatieri and Dunn, "Speaker verification using
adapted Gaussian mixture models", 2000), in `speech_sounds.json`. `tests.benchmarks.speaker_change`
trains the model and measures how well this works.
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
"""Weight of the pitch, in coefficients."""
LEAST_WINDOWS = 6
"""On either side of a change: 3 s of speech."""
_WINDOW = 50  # frames
_LEAST_VOICED = 15  # frames of a window
_PITCH_VARIANCE = 0.25  # semitones², at least


@dataclass(frozen=True, slots=True)
class SpeakerChange:
    """The moment at which a change is likeliest."""

    score: float
    """The mean F statistic: about 1 in stationary noise, 2 to 4 within one voice."""
    seconds: float
    """From the beginning of the recording."""


def speaker_change(
    samples: Samples, pitches: Array, speech: NDArray[np.bool_]
) -> SpeakerChange | None:
    """Find the likeliest change in mono audio at 16 kHz, shape (n,); None below 6 s of speech.

    `pitches` is the result of `measure.pitch_track`, `speech` that of `measure.speech_frames`.
    """
    if speech.sum() * measure.FRAME_SECONDS < 2 * LEAST_WINDOWS * _WINDOW * features.FRAME_SECONDS:
        return None
    # The frames of speech, in whole windows of half a second.
    sound = features.spectrum(samples)
    count = min(len(sound.energy), len(pitches) + 2)
    mask = speech_mask(count, speech)
    windows = int(mask.sum()) // _WINDOW
    if windows < 2 * LEAST_WINDOWS:
        return None
    kept = np.flatnonzero(mask)[: windows * _WINDOW]
    # Timbre: means of the cepstra relative to the speech sounds. Pitch: semitones.
    cepstra = features.cepstra(sound, COEFFICIENTS)[kept]
    timbre = relative_to_sounds(cepstra).reshape(windows, _WINDOW, -1).mean(axis=1)
    pitch = 12 * np.log2(pitches[np.maximum(kept - 2, 0)]).reshape(windows, _WINDOW)
    # The score of a change after each window.
    scores = [
        (_timbre_score(timbre, n) * COEFFICIENTS + _pitch_score(pitch, n) * PITCH_WEIGHT)
        / (COEFFICIENTS + PITCH_WEIGHT)
        for n in range(LEAST_WINDOWS, windows - LEAST_WINDOWS + 1)
    ]
    # The change is after the last frame of the best window.
    best = int(np.argmax(scores))
    at = kept[(best + LEAST_WINDOWS) * _WINDOW - 1] + 1
    return SpeakerChange(float(scores[best]), float(at * features.FRAME_SECONDS))


def speech_mask(count: int, speech: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which of `count` frames of `features` are speech, from those of `speech_frames`."""
    times = np.arange(count) * features.FRAME_SECONDS
    frames = np.minimum((times / measure.FRAME_SECONDS).astype(int), len(speech) - 1)
    return np.asarray(speech[frames])


def relative_to_sounds(cepstra: Array) -> Array:
    """Subtract from each frame the mean of its speech sound. Both have the shape (n, 19)."""
    sounds = _sounds()
    frames = cepstra.astype(np.float64) - cepstra.mean(axis=0)
    # Log likelihoods of the components of the mixture, with diagonal covariances.
    exponents = (
        frames @ (sounds.means / sounds.variances).T - 0.5 * frames**2 @ (1 / sounds.variances).T
    ) + sounds.constants
    # Their posterior probabilities.
    likely = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    return np.asarray(frames - likely @ sounds.means)


@dataclass(frozen=True, slots=True, eq=False)
class _SpeechSounds:
    """A Gaussian mixture model of speech sounds, with diagonal covariances."""

    means: Array
    """Shape (64, 19), relative to the mean of a recording."""
    variances: Array
    """Shape (64, 19)."""
    constants: Array
    """Shape (64,): terms of the log densities that do not depend on the frame, with the weights."""


@functools.cache
def _sounds() -> _SpeechSounds:
    known = json.loads(SOUNDS.read_text(encoding="utf-8"))
    means, variances = np.array(known["means"]), np.array(known["variances"])
    constants = np.log(known["weights"]) - 0.5 * np.sum(means**2 / variances + np.log(variances), 1)
    return _SpeechSounds(means, variances, constants)


def _timbre_score(windows: Array, n: int) -> float:
    """Return the mean F of the coefficients for a change after window n; `windows`: (m, 19)."""
    return float(np.mean(_f(windows[:n], windows[n:], 1e-6)))


def _pitch_score(windows: Array, n: int) -> float:
    """Return F of the windows' median pitch, 0 where little is voiced; `windows`: (m, 50)."""
    voiced = np.isfinite(windows).sum(axis=1) >= _LEAST_VOICED
    medians = np.full(len(windows), np.nan)
    medians[voiced] = np.nanmedian(windows[voiced], axis=1)
    before, after = (part[np.isfinite(part)] for part in (medians[:n], medians[n:]))
    if min(len(before), len(after)) < 3:
        return 0.0
    return float(_f(before, after, _PITCH_VARIANCE))


def _f(before: Array, after: Array, least: float) -> Array:
    """Return the F statistic of each dimension: variance between the sides over that within.

    `least` is added to the variance within.
    """
    inside = np.var(before, axis=0) * len(before) + np.var(after, axis=0) * len(after)
    variance = inside / (len(before) + len(after) - 2) + least
    between = (before.mean(axis=0) - after.mean(axis=0)) ** 2
    return np.asarray(between / variance / (1 / len(before) + 1 / len(after)))
