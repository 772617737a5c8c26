"""The level of all speech: -24 LUFS, reached by a constant gain for each voice.

-24 is the loudest at which natural voices need no limiter: at -20 some would peak at 1.5. The gain
never follows the sound, so that a voice's own dynamics stay, and no sentence is pumped up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tts_core.audio.measure import loudness
from tts_core.audio.resample import resample
from tts_core.types import AudioChunk, Samples

LEVEL = -24.0
"""LUFS, integrated (ITU-R BS.1770-4)."""
MOST_GAIN = 12.0
"""dB, up or down, for voices whose level was measured here. More would be a measuring error, or
raise noise."""
HIGHEST_PEAK = -1.0
"""dBTP. Gains that would raise the measured peak above it are reduced."""
LEAST_SPEECH = 3.0
"""Seconds of speech without pauses that a measurement needs."""
_KNEE = 0.8
_FRAME_SECONDS = 0.1
_QUIETEST = 10 ** (-60 / 20)
_PAUSE = 10 ** (-30 / 20)  # relative to loud frames


@dataclass(frozen=True, slots=True)
class SpeechLevel:
    """How loud speech is before any gain."""

    loudness: float
    """LUFS."""
    peak: float
    """dBTP."""

    @property
    def gain(self) -> float:
        """The gain in dB that brings the voice to `LEVEL`, within the limits above."""
        wanted = min(max(LEVEL - self.loudness, -MOST_GAIN), MOST_GAIN)
        return min(wanted, HIGHEST_PEAK - self.peak)


def speech_level(chunk: AudioChunk) -> SpeechLevel | None:
    """Measure speech; None when there is less than `LEAST_SPEECH` seconds of it."""
    size = round(_FRAME_SECONDS * chunk.sample_rate)
    frames = chunk.samples[: len(chunk.samples) // size * size].reshape(-1, size)
    powers = np.sqrt(np.mean(frames.astype(np.float64) ** 2, axis=1))
    if not len(powers):
        return None
    spoken = powers > max(_QUIETEST, _PAUSE * float(np.percentile(powers, 95)))
    if spoken.sum() * _FRAME_SECONDS < LEAST_SPEECH or (level := loudness(chunk)) is None:
        return None
    fine = resample(chunk, 4 * chunk.sample_rate).samples  # peaks between the samples
    return SpeechLevel(level, 20 * float(np.log10(np.abs(fine).max())))


def factor(decibels: float) -> np.float32:
    """Return the factor on samples of a gain in dB."""
    return np.float32(10 ** (decibels / 20))


def limited(samples: Samples) -> Samples:
    """Limit samples: magnitudes above 0.8 are compressed to stay below 1."""
    size = np.abs(samples)
    if size.max(initial=0) <= _KNEE:
        return samples
    bent = _KNEE + (1 - _KNEE) * np.tanh((size - _KNEE) / (1 - _KNEE))
    return np.clip(np.where(size > _KNEE, np.sign(samples) * bent, samples), -1, 1)
