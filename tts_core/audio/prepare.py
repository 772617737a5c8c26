"""Prepares a recording as a reference clip: trims it, normalizes its loudness and resamples it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_core.audio import measure
from tts_core.audio.resample import StreamResampler, resample
from tts_core.types import AudioChunk, Samples

SAMPLE_RATE = 24_000
"""Hz; the output rate of XTTS-v2, Pocket TTS and Chatterbox, and the most that any of them uses."""
MARGIN_SECONDS = 0.2
"""Kept on either side of the speech: soft onsets, the decay, some reverberation."""
SHORTEST_SOUND_SECONDS = 0.15
"""Shorter sounds at the ends (the click that stops the recorder) do not count as speech."""
TARGET_LOUDNESS = -20.0
"""LUFS. LJSpeech, on which many engines were trained, lies between -19 and -22. Speech peaks 15 to
18 dB higher, so that hardly any clip has to stay softer because of its peaks."""
HIGHEST_PEAK = 10 ** (-1 / 20)
"""-1 dBTP, the limit of EBU R 128."""
MOST_GAIN = 30.0
"""dB; recordings that would need more are mostly noise."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedClip:
    """A recording as `prepare` returns it."""

    chunk: AudioChunk
    """At `SAMPLE_RATE`."""
    start: float
    """Seconds into the original at which it begins."""
    end: float
    """Seconds into the original at which it ends."""
    gain_db: float
    """The amplification in dB."""


def prepare(clip: AudioChunk, *, trim: bool = True, gain: bool = True) -> PreparedClip:
    """Trim a recording, normalize its loudness and resample it to `SAMPLE_RATE`.

    With `trim`, what comes before and after the speech is cut; a clip without speech stays whole.
    With `gain`, DC is removed and the loudness brought to `TARGET_LOUDNESS` as far as
    `HIGHEST_PEAK` and `MOST_GAIN` allow; a clip that is silent or shorter than 0.4 s stays as loud
    as it is.
    """
    start, end = _speech_span(clip) if trim else (0, len(clip.samples))
    cut = AudioChunk(clip.samples[start:end], clip.sample_rate)
    chunk = resample(cut, SAMPLE_RATE)
    decibels = 0.0
    if gain and len(chunk.samples):
        chunk = AudioChunk(chunk.samples - chunk.samples.mean(), SAMPLE_RATE)
        decibels = _gain(chunk)
        samples = chunk.samples * np.float32(10 ** (decibels / 20))
        chunk = AudioChunk(np.clip(samples, -1, 1), SAMPLE_RATE)
    return PreparedClip(chunk, start / clip.sample_rate, end / clip.sample_rate, decibels)


def _speech_span(clip: AudioChunk) -> tuple[int, int]:
    """Return the first sample to keep and one past the last."""
    runs = _runs(measure.speech_frames(clip))
    lengths = (runs[:, 1] - runs[:, 0]) * measure.FRAME_SECONDS
    long = runs[lengths > SHORTEST_SOUND_SECONDS - 1e-9]
    if not len(long):
        return 0, len(clip.samples)
    start = long[0, 0] * measure.FRAME_SECONDS - MARGIN_SECONDS
    end = long[-1, 1] * measure.FRAME_SECONDS + MARGIN_SECONDS
    rate = clip.sample_rate
    return max(0, round(start * rate)), min(len(clip.samples), round(end * rate))


def _runs(flags: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return where runs of True begin and end (one past), shape (n, 2)."""
    edges = np.diff(np.concatenate(([False], flags, [False])).astype(np.int8))
    return np.stack((np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)), axis=1)


def _gain(chunk: AudioChunk) -> float:
    """Return the gain in dB, rounded down to 0.01."""
    lufs = measure.loudness(chunk)
    if lufs is None:
        return 0.0
    headroom = 20 * np.log10(HIGHEST_PEAK / _true_peak(chunk.samples))
    # Rounded down, so that the peak stays below.
    return float(np.floor(100 * min(TARGET_LOUDNESS - lufs, headroom, MOST_GAIN)) / 100)


def _true_peak(samples: Samples) -> float:
    """Return the true peak: the highest sample at 4 times the rate (BS.1770-4, annex 2)."""
    stream = StreamResampler(SAMPLE_RATE, 4 * SAMPLE_RATE)
    starts = range(0, len(samples), 10 * SAMPLE_RATE)
    blocks = (stream.push(samples[at : at + 10 * SAMPLE_RATE]) for at in starts)
    peaks = [float(np.abs(block).max(initial=0)) for block in (samples, *blocks, stream.finish())]
    return max(peaks)
