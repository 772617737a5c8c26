from __future__ import annotations

import numpy as np
import pytest
import soxr

from tests.support.recordings import amplified, excerpt, overdriven, padded, spoken, tone
from tts_core.audio.measure import loudness
from tts_core.audio.prepare import MARGIN_SECONDS, SAMPLE_RATE, TARGET_LOUDNESS, prepare
from tts_core.audio.resample import resample
from tts_core.types import AudioChunk


def true_peak(chunk: AudioChunk) -> float:
    fine = soxr.resample(chunk.samples, chunk.sample_rate, 4 * chunk.sample_rate)
    return 20 * np.log10(np.abs(fine).max())


@pytest.mark.parametrize("variant", ["", "f2", "m3"])
@pytest.mark.parametrize("level", [-25, -9, 3, 7])
def test_every_voice_gets_the_same_loudness(variant: str, level: float) -> None:
    result = prepare(amplified(spoken(variant), level))
    assert result.chunk.sample_rate == SAMPLE_RATE
    assert result.chunk.samples.dtype == np.float32
    assert loudness(result.chunk) == pytest.approx(TARGET_LOUDNESS, abs=1.0)
    assert true_peak(result.chunk) < -0.99


def test_peaks_limit_the_gain() -> None:
    pointed = prepare(spoken("klatt"))
    assert -1.1 < true_peak(pointed.chunk) < -0.99
    assert loudness(pointed.chunk) < TARGET_LOUDNESS - 2
    clip = amplified(spoken(), -10)
    samples = clip.samples.copy()
    samples[len(samples) // 2] = 0.9
    result = prepare(AudioChunk(samples, clip.sample_rate))
    assert -1.1 < true_peak(result.chunk) < -0.99
    assert loudness(result.chunk) < -25


def test_too_loud_becomes_softer() -> None:
    result = prepare(overdriven(spoken(), 12))
    assert result.gain_db == pytest.approx(-11.5, abs=1)
    assert loudness(result.chunk) == pytest.approx(TARGET_LOUDNESS, abs=0.05)


def test_gain_has_an_end() -> None:
    result = prepare(amplified(spoken(), -45), trim=False)
    assert result.gain_db == 30
    factor = np.float32(10 ** (30 / 20))
    plain = resample(amplified(spoken(), -45), SAMPLE_RATE).samples
    np.testing.assert_allclose(result.chunk.samples, (plain - plain.mean()) * factor, atol=1e-6)


def test_silence_is_cut_from_both_ends() -> None:
    speech = spoken()
    loud = np.flatnonzero(np.abs(speech.samples) > 0.01) / speech.sample_rate
    result = prepare(padded(speech, 2, 3))
    assert result.start == pytest.approx(2 + loud[0] - MARGIN_SECONDS, abs=0.1)
    assert 0.1 < result.end - (2 + loud[-1]) < 0.6  # the detector goes on for a moment
    assert result.chunk.duration == pytest.approx(result.end - result.start, abs=1e-3)
    again = prepare(AudioChunk(result.chunk.samples, SAMPLE_RATE))
    assert again.chunk.duration == pytest.approx(result.chunk.duration, abs=0.1)
    assert again.gain_db == pytest.approx(0, abs=0.1)


def test_what_is_kept_is_the_original() -> None:
    clip = resample(padded(spoken(), 1, 1), SAMPLE_RATE)
    result = prepare(clip, gain=False)
    start, end = round(result.start * SAMPLE_RATE), round(result.end * SAMPLE_RATE)
    np.testing.assert_array_equal(result.chunk.samples, clip.samples[start:end])
    assert result.gain_db == 0
    assert 0 < start < end < len(clip.samples)


def test_the_click_that_ends_the_recording_goes() -> None:
    clip = padded(spoken(), 1, 3)
    samples = clip.samples.copy()
    at = len(samples) - clip.sample_rate // 2
    samples[at : at + 60] += 0.5 * np.sin(np.arange(60))
    result = prepare(AudioChunk(samples, clip.sample_rate))
    assert result.end < clip.duration - 2


def test_pauses_inside_stay() -> None:
    speech = spoken()
    parts = [excerpt(speech, 0, 4), tone(2, speech.sample_rate, level=0), excerpt(speech, 4, 8)]
    samples = np.concatenate([part.samples for part in parts])
    result = prepare(AudioChunk(samples, speech.sample_rate))
    assert result.chunk.duration > 9


def test_with_both_switches_off_it_is_only_resampled() -> None:
    clip = AudioChunk(padded(spoken(), 1, 1).samples + np.float32(0.1), 22_050)
    result = prepare(clip, trim=False, gain=False)
    np.testing.assert_array_equal(result.chunk.samples, resample(clip, SAMPLE_RATE).samples)
    assert (result.start, result.end, result.gain_db) == (0, clip.duration, 0)


def test_a_constant_offset_goes() -> None:
    clip = AudioChunk(spoken().samples * 0.5 + np.float32(0.2), 22_050)
    result = prepare(clip)
    assert abs(result.chunk.samples.mean()) < 1e-4
    assert loudness(result.chunk) == pytest.approx(TARGET_LOUDNESS, abs=0.1)


@pytest.mark.parametrize("count", [0, 1, 2400, 60_000])
def test_silence_stays_silence(count: int) -> None:
    result = prepare(AudioChunk(np.zeros(count, np.float32), SAMPLE_RATE))
    assert len(result.chunk.samples) == count
    assert not result.chunk.samples.any()
    assert (result.start, result.gain_db) == (0, 0)
    assert result.end == pytest.approx(count / SAMPLE_RATE)


def test_an_instant_of_sound() -> None:
    clip = tone(0.1, level=0.2)
    result = prepare(clip)
    assert result.gain_db == 0
    assert result.chunk.duration == pytest.approx(0.1)
