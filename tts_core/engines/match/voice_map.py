"""Voice match: moves a voice's timbre and pitch towards a recording. It is not voice cloning.

Analysis and resynthesis with WORLD (`audio/world.py`). Two things change: the spectral envelope,
by a factor on its frequency axis and a Gaussian optimal-transport map of its coefficients,
separately for voiced and unvoiced sounds, and F0, by its mean and spread. Timing and aperiodicity
remain those of the base voice, and so does the energy of each frame, except for what the map
changes: it sounds like the base voice with another vocal tract.

The map between two Gaussians, A = S^-1 (S Cy S)^1/2 S^-1 with S = Cx^1/2, is the one of Dowson
and Landau, "The Fréchet distance between multivariate normal distributions", Journal of
Multivariate Analysis 12 (1982).
"""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from tts_core.audio import world
from tts_core.audio.measure import k_weights
from tts_core.audio.world import Floats
from tts_core.engines.match.base import DETAIL, BaseVoice
from tts_core.engines.match.profile import WARP_COEFFICIENTS, Profile, active, loudness
from tts_core.types import Samples

WARPS = tuple(round(0.76 + 0.02 * step, 2) for step in range(21))
"""The factors that are tried: vocal tracts from a third longer to a seventh shorter. Two men who
are matched from hibari's woman need 0.78 and 0.80; with 0.84, one was as near to the other."""

_SHRINKAGE = 0.4
"""Shrinkage of covariances towards their diagonals, since they are estimated from few seconds.

The less, the closer to the speaker and the less intelligible: of the words of 20 sentences for 5
speakers a recognizer missed 3.8 % with 0.6, 4.8 % with 0.4, 7.2 % with 0.2, 19 % with 0, and 3.3 %
with the base voice (`tests/benchmarks/voice_match.py`, before levels were changed too).
"""
_LEVELS = 3.0
"""The most, in log power, by which a frame may become louder or softer: 13 dB."""
_SPREADS = (0.6, 1.8)
"""The range of the factor on the spread of the base voice's pitch."""
_FLOOR_ORDER = 4
"""Of the high-pass filter, whose gain is that of Butterworth's: 24 dB an octave."""
_BELOW_TONE = 0.8
"""The floor is at most this part of the mean F0, so that no voice loses its fundamental."""
_SILENCE = 10 ** (-60 / 20)


class VoiceMap:
    """A conversion of the sound of one voice to one speaker."""

    def __init__(self, base: BaseVoice, target: Profile) -> None:
        """Find the frequency warp and the maps, in 0.1 s."""
        self._level = float(base.level)
        self._warp = min(WARPS, key=lambda factor: distance(base, target, factor))
        own = base.profile(self._warp)
        # For pauses, voiced and unvoiced sounds: the matrix and the offset of each row's map. A
        # kind that one of the two has too little of is mapped as speech is on the whole.
        self._maps = [_in_coefficients(own, target, None)] + [
            _in_coefficients(own, target, kind if own.has(kind) and target.has(kind) else "")
            for kind in ("voiced", "unvoiced")
        ]
        level = loudness(base.frames @ world.coding(DETAIL)[1])
        moved = self._mapped(base.rows(self._warp), np.where(base.voiced, 1, 2))
        self._usual = float(np.median(loudness(moved @ world.coding()[1]) - level))
        spread = float(np.clip(target.tone[1] / own.tone[1], *_SPREADS))
        self._tone = spread, float(target.tone[0] - spread * own.tone[0])
        self._floor = min(float(target.floor[0]), _BELOW_TONE * target.f0)

    def convert(
        self,
        samples: Samples,
        strength: float,
        pitch: float,
        stop: threading.Event,
        core: slice = slice(None),
    ) -> Samples | None:
        """Return the converted samples, float32 of the same shape (n,), or None when stopped.

        They are as loud as `samples`, since the map is not, by several dB that depend on the
        sounds. `samples`: at `world.SAMPLE_RATE`. `strength`: 0 to 1, how far to go towards the
        speaker. `pitch`: a factor on F0. `core`: the samples whose loudness counts, since there may
        be clicks where a sound is cut off.
        """
        if np.abs(samples).max(initial=0) <= _SILENCE:
            return samples
        sound = world.padded(samples)
        track = world.track_pitch(sound)
        if stop.is_set():
            return None
        log_power = world.envelope(sound, track)
        if stop.is_set():
            return None
        noise = world.aperiodicity(sound, track)
        if stop.is_set():
            return None
        converted = self._moved(log_power, track.f0 > 0, strength)
        made = world.synthesize(self._converted_pitch(track.f0, strength, pitch), converted, noise)
        result = np.zeros(len(samples), np.float32)
        result[: len(made)] = made[: len(samples)]
        result = self._above_floor(result, strength)
        power = _heard_power(samples[core]) / _heard_power(result[core])
        return result * np.float32(np.sqrt(power))

    def _above_floor(self, samples: Samples, strength: float) -> Samples:
        """Take away the rumble that WORLD leaves below F0, where the recording has nothing.

        With it a speaker encoder finds speech less similar to the recording: the mean cosine of
        five people, from one Kokoro voice each, was .830 instead of .841.
        """
        size = len(samples) + world.SAMPLE_RATE // 10  # so that the end does not ring at the start
        frequencies = np.fft.rfftfreq(size, 1 / world.SAMPLE_RATE)
        ratio = self._floor / np.maximum(frequencies, 1.0)
        gain = (1 + ratio ** (2 * _FLOOR_ORDER)) ** (-strength / 2)
        filtered = np.fft.irfft(np.fft.rfft(samples, size) * gain, size)
        return filtered[: len(samples)].astype(np.float32)

    def _moved(self, log_power: Floats, voiced: NDArray[np.bool_], strength: float) -> Floats:
        """Return envelopes that are moved towards the target's."""
        rows = _coded(log_power, self._warp)
        heard = active(log_power, self._level)
        mapped = self._mapped(rows, np.where(heard, np.where(voiced, 1, 2), 0))
        part = _coded(log_power, round(1 + strength * (self._warp - 1), 3))
        decode = world.coding()[1]
        found: Floats = (part + strength * (mapped - rows)) @ decode
        level = loudness(log_power)
        change = loudness(mapped @ decode) - level - self._usual
        change = np.where(heard, np.clip(change, -_LEVELS, _LEVELS), 0)
        return found + (level + strength * change - loudness(found))[:, None]

    def _mapped(self, rows: Floats, kind: NDArray[np.int_]) -> Floats:
        """Map each row of coefficients by its kind: 0 for pauses, 1 voiced, 2 unvoiced."""
        mapped = np.empty_like(rows)
        for index, (matrix, offset) in enumerate(self._maps):
            mapped[kind == index] = rows[kind == index] @ matrix + offset
        return mapped

    def _converted_pitch(self, f0: Floats, strength: float, pitch: float) -> Floats:
        """Return the converted F0 in Hz, 0 where unvoiced."""
        factor, offset = self._tone
        tones = np.log(np.where(f0 > 0, f0, 1.0))
        tones += strength * (tones * factor + offset - tones)
        return np.where(f0 > 0, np.exp(tones) * pitch, 0.0)


def _heard_power(samples: Samples) -> float:
    """Return the power, weighted as for loudness."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    return float(power @ k_weights(np.fft.rfftfreq(len(samples), 1 / world.SAMPLE_RATE))) + 1e-12


def _coded(log_power: NDArray[np.floating], warp: float) -> Floats:
    rows: Floats = log_power @ world.coding_of(warp)
    return rows


def distance(base: BaseVoice, target: Profile, warp: float) -> float:
    """Return the mean distance between each frame of one speaker and the other's nearest one.

    The sum for both directions. `warp`: a factor on the base voice's frequency axis.
    """
    rows = base.rows(warp)[:, WARP_COEFFICIENTS]
    weight = target.deviation[WARP_COEFFICIENTS]
    ours = (rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-6) * weight
    theirs = target.frames * weight
    squares = (ours**2).sum(axis=1)[:, None] + (theirs**2).sum(axis=1) - 2 * ours @ theirs.T
    between = np.sqrt(np.maximum(squares, 0))
    return float(between.min(axis=0).mean() + between.min(axis=1).mean())


def _shrunk(covariance: Floats) -> Floats:
    diagonal = np.diag(np.diag(covariance))
    shrunk: Floats = (1 - _SHRINKAGE) * covariance + _SHRINKAGE * diagonal
    return shrunk + 1e-3 * np.eye(len(covariance))


def _root(matrix: Floats) -> Floats:
    """Return the square root of a symmetric, positive matrix."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    root: Floats = (vectors * np.sqrt(np.maximum(values, 1e-9))) @ vectors.T
    return root


def _transport(source: Floats, target: Floats) -> Floats:
    """Return the symmetric matrix that turns one covariance into another."""
    root = _root(_shrunk(source))
    inverse = np.linalg.inv(root)
    matrix: Floats = inverse @ _root(root @ _shrunk(target) @ root) @ inverse
    return matrix


def _in_coefficients(own: Profile, target: Profile, kind: str | None) -> tuple[Floats, Floats]:
    """Return the matrix and the offset that map one speaker's coefficients to another's.

    `kind`: which frames, "voiced", "unvoiced" or "" for all; None maps mean and deviation only.
    """
    nothing = np.zeros_like(own.mean), np.eye(len(own.mean))
    (mean, covariance), (mean_there, covariance_there) = (
        nothing if kind is None else side.gaussian(kind) for side in (own, target)
    )
    matrix = nothing[1] if kind is None else _transport(covariance, covariance_there)
    scaled = (matrix / own.deviation[:, None]) * target.deviation
    offset = mean_there * target.deviation + target.mean
    return scaled, offset - (own.mean + mean * own.deviation) @ scaled
