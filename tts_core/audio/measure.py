"""Measurements of a recording of speech. A value is None where there is too little to measure.

The first measurement of loudness imports SciPy, which pyloudnorm needs (1 to 2 s).
"""

from __future__ import annotations

import math
import warnings

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tts_core.audio.resample import resample
from tts_core.types import AudioChunk, Samples

Array = NDArray[np.floating]

VAD_RATE = 16_000
FRAME_SECONDS = 0.03
"""Length of a frame of `speech_frames`; the longest that WebRTC's detector accepts."""
_VAD_MODE = 2  # of 0 to 3, the strictest
_VAD_LEVEL = 0.1  # RMS of speech for which the detector was made; -20 dBFS
_VAD_MAX_GAIN = 100.0

_CLIPPED_RUN = 3  # equal samples in a row
_BLOCK_SECONDS = 0.4  # of BS.1770
_LOUDNESS_RATE = 24_000
_K_FILTERS = (
    (
        (1.53512485958697, -2.69169618940638, 1.19839281085285),
        (1.0, -1.69065929318241, 0.73248077421585),
    ),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)

PITCH_RANGE = (60.0, 500.0)
"""Hz."""
_LAG_STEPS = 4  # per sample
_OCTAVE_COST = 0.01
_VOICED = 0.5  # the least correlation of a voiced frame


def speech_frames(chunk: AudioChunk) -> NDArray[np.bool_]:
    """Return whether each frame of `FRAME_SECONDS` is speech; the last one may be shorter.

    By WebRTC's voice activity detector in mode 2. It goes by absolute levels, so faint recordings
    are amplified for it, by at most 40 dB.
    """
    import webrtcvad

    samples = resample(chunk, VAD_RATE).samples
    size = round(FRAME_SECONDS * VAD_RATE)
    if not len(samples):
        return np.zeros(0, np.bool_)
    frames = np.pad(samples, (0, -len(samples) % size)).reshape(-1, size)
    # Amplify loud frames to the level for which the detector was made.
    loud = float(np.percentile(np.sqrt(np.mean(frames.astype(np.float64) ** 2, axis=1)), 90))
    gain = min(_VAD_MAX_GAIN, max(1.0, _VAD_LEVEL / loud)) if loud else 1.0
    ints = (np.clip(frames * gain, -1, 1) * (2**15 - 1)).astype(np.int16)
    detector = webrtcvad.Vad(_VAD_MODE)
    return np.array([detector.is_speech(frame.tobytes(), VAD_RATE) for frame in ints], np.bool_)


def clipped_share(samples: Samples) -> float:
    """Return the share of samples, 0 to 1, in runs of three or more equal ones at the peak.

    That is, within 0.5 % of it. A peak below 0.3 of full scale is not clipping.
    """
    if len(samples) < _CLIPPED_RUN or (peak := float(np.abs(samples).max())) <= 0.3:
        return 0.0
    # A run of three has two equal pairs in a row.
    same = (samples[1:] == samples[:-1]) & (np.abs(samples[1:]) >= 0.995 * peak)
    middle = same[1:] & same[:-1]
    inside = np.zeros(len(samples), np.bool_)
    for shift in range(_CLIPPED_RUN):
        inside[shift : shift + len(middle)] |= middle
    return float(inside.mean())


def loudness(chunk: AudioChunk) -> float | None:
    """Return the integrated loudness in LUFS (ITU-R BS.1770-4); None for silence and below 0.4 s.

    It is measured up to 12 kHz, which changes it by 0.01 LU for speech and halves the memory.
    """
    chunk = resample(chunk, min(chunk.sample_rate, _LOUDNESS_RATE))
    if chunk.duration < _BLOCK_SECONDS:
        return None
    import pyloudnorm

    with warnings.catch_warnings():  # the mean of no blocks, when all are below the gate
        warnings.simplefilter("ignore")
        value = float(pyloudnorm.Meter(chunk.sample_rate).integrated_loudness(chunk.samples))
    return value if math.isfinite(value) else None


def k_weights(frequencies: Array) -> Array:
    """Return the factors on power of BS.1770's K-weighting at frequencies in Hz below 24 kHz.

    They are those of the standard's two filters, which it gives for 48 kHz.
    """
    delay = np.exp(-2j * np.pi * np.asarray(frequencies) / 48_000)
    response = np.ones_like(delay)
    for above, below in _K_FILTERS:
        response *= np.polyval(above[::-1], delay) / np.polyval(below[::-1], delay)
    factors: Array = np.abs(response) ** 2
    return factors


def signal_to_noise(chunk: AudioChunk) -> float | None:
    """Return the signal-to-noise ratio in dB, at most 60, from the power of 20 ms frames.

    The signal is the mean of the louder half, the noise the 5th percentile. Digital silence is left
    out. None below 2 s, in which there may be no pause.
    """
    size = round(0.02 * chunk.sample_rate)
    count = len(chunk.samples) // size
    frames = chunk.samples[: count * size].reshape(count, size)
    frames = frames - np.mean(frames) if count else frames
    frames = frames[np.ptp(frames, axis=1) > 0] if count else frames
    if len(frames) < 100:
        return None
    power = np.sort(np.mean(frames.astype(np.float64) ** 2, axis=1))
    signal = float(power[len(power) // 2 :].mean())
    noise = float(np.percentile(power, 5))
    return min(60.0, 10 * math.log10(signal / noise))


def bandwidth(chunk: AudioChunk) -> float | None:
    """Return the highest frequency, in Hz, at most 60 dB below the peak of the spectrum.

    The spectrum is the 95th percentile of at most 1,000 short-time spectra, evenly spread.
    """
    size = 2 ** round(math.log2(0.04 * chunk.sample_rate))
    frames = _frames(chunk.samples, size, size // 2)
    if not len(frames):
        return None
    frames = frames[np.linspace(0, len(frames) - 1, min(1000, len(frames))).astype(int)]
    window = np.hanning(size).astype(np.float32)
    spectra = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    typical = np.percentile(spectra, 95, axis=0)
    frequencies = np.fft.rfftfreq(size, 1 / chunk.sample_rate)
    typical[frequencies < 80] = 0  # hum and rumble
    if not typical.max() > 1e-8:
        return None
    return float(frequencies[np.flatnonzero(typical > typical.max() * 1e-6)[-1]])


def pitch_spread(pitches: Array, speech: NDArray[np.bool_]) -> float | None:
    """Return the spread of the median F0 of 1.5 s windows, in semitones.

    That is the distance from their 10th to their 90th percentile; None where fewer than two windows
    have half a second of voiced speech. `pitches` is the result of `pitch_track`, `speech` that of
    `speech_frames`.
    """
    middles = (np.arange(len(pitches)) + 2) * 0.01
    # Pitches whose middle lies in speech.
    pitches = pitches[speech[(middles / FRAME_SECONDS).astype(int)]]
    medians = []
    for start in range(0, max(1, len(pitches) - 100), 50):
        window = pitches[start : start + 150]
        voiced = window[np.isfinite(window)]
        if len(voiced) >= 50:
            medians.append(12 * math.log2(float(np.median(voiced))))
    if len(medians) < 2:
        return None
    low, high = np.percentile(medians, (10, 90))
    return float(high - low)


def pitch_track(samples: Samples, sample_rate: int) -> Array:
    """Return F0 in Hz every 10 ms, each from 40 ms of audio; NaN where it is unvoiced.

    By normalized autocorrelation with an octave cost, after Boersma, "Accurate short-term analysis
    of the fundamental frequency", Proc. Inst. Phonetic Sciences 17, 1993; without his path search,
    since only medians are used. Those of 1.5 s windows differ by 2 % (median) from librosa.pyin's.
    """
    size = round(0.04 * sample_rate)
    frames = _frames(samples, size, round(0.01 * sample_rate))
    parts = [
        _pitches(frames[start : start + 500], sample_rate) for start in range(0, len(frames), 500)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def _pitches(frames: Samples, sample_rate: int) -> Array:
    """Return F0 of each frame in Hz, shape (n,); NaN where it is unvoiced."""
    size = frames.shape[1]
    # Lags in fractions of a sample; in whole samples, high voices would seem an octave lower.
    fine = _LAG_STEPS * sample_rate
    lags = np.arange(int(fine / PITCH_RANGE[1]), int(fine / PITCH_RANGE[0]) + 1)
    width = 2 ** math.ceil(math.log2(size + lags[-1] / _LAG_STEPS))

    def correlation(of: Array) -> Array:
        # Zero padding of the spectrum interpolates the autocorrelation.
        power = np.abs(np.fft.rfft(of, width)) ** 2
        return np.fft.irfft(power, _LAG_STEPS * width)[..., : lags[-1] + 1]

    # Dividing by the window's own autocorrelation undoes its taper.
    window = np.hanning(size).astype(np.float32)
    own = correlation(window)
    got = correlation((frames - frames.mean(axis=1, keepdims=True)) * window)
    ratio = (got[:, lags] / own[lags]) / np.maximum(got[:, :1] / own[0], 1e-12)
    # The octave cost prefers the shortest of the lags that are nearly as good.
    best = np.argmax(ratio - _OCTAVE_COST * np.log2(lags), axis=1)
    voiced = ratio[np.arange(len(best)), best] > _VOICED
    return np.where(voiced, fine / lags[best], np.nan)


def _frames(samples: Samples, size: int, hop: int) -> Samples:
    """Return the frames of a sound, shape (n, size); n is 0 if it is too short for one."""
    if len(samples) < size:
        return np.zeros((0, size), np.float32)
    return sliding_window_view(samples, size)[::hop]
