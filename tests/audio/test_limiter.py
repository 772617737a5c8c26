"""True peaks stay below the ceiling, and what needs no limiting is not touched."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.recordings import spoken
from tts_core.audio.limiter import WINDOW_SECONDS, PeakLimiter, peaks
from tts_core.audio.resample import resample
from tts_core.types import AudioChunk, Samples

RATE = 24_000
CEILING = -2.0


def limited(samples: Samples, block: int = RATE, rate: int = RATE) -> Samples:
    limiter = PeakLimiter(rate, CEILING)
    blocks = [limiter.push(samples[i : i + block]) for i in range(0, len(samples), block)]
    return np.concatenate([*blocks, limiter.finish()])


def true_peak(samples: Samples, rate: int) -> float:
    """In dB, by another interpolation than the limiter's."""
    fine = resample(AudioChunk(samples / 4, rate), 8 * rate).samples
    return 20 * float(np.log10(4 * np.abs(fine).max()))


def test_speech_stays_below_the_ceiling() -> None:
    speech = spoken()
    loud = speech.samples * np.float32(2.5 / np.abs(speech.samples).max())
    assert true_peak(loud, speech.sample_rate) > 7
    got = limited(loud, rate=speech.sample_rate)
    assert len(got) == len(loud)
    assert CEILING - 0.5 < true_peak(got, speech.sample_rate) < CEILING + 0.1


def test_what_is_quiet_stays_as_it_is() -> None:
    sound = (0.3 * np.sin(np.arange(5 * RATE) / 20)).astype(np.float32)
    sound[3 * RATE] = 1.5
    got = limited(sound)
    assert abs(got[3 * RATE]) < 0.8
    near = round(2.5 * WINDOW_SECONDS * RATE)
    assert np.array_equal(got[: 3 * RATE - near], sound[: 3 * RATE - near])
    assert np.allclose(got[3 * RATE + near :], sound[3 * RATE + near :], atol=1e-6)


@pytest.mark.parametrize("block", [1, 777, 100_000])
def test_the_size_of_blocks_does_not_matter(block: int) -> None:
    count = 2_000 if block == 1 else 3 * RATE
    sound = np.random.default_rng(1).normal(0, 0.4, count).astype(np.float32)
    assert np.allclose(limited(sound, block), limited(sound), atol=1e-6)


def test_no_sound_and_little_sound() -> None:
    assert len(limited(np.zeros(0, np.float32))) == 0
    assert np.array_equal(limited(np.full(3, 0.1, np.float32)), np.full(3, 0.1, np.float32))


def test_peaks_between_the_samples() -> None:
    """A sine at a quarter of the rate whose samples miss its crests by 45 degrees."""
    sound = np.sin(np.pi / 2 * np.arange(200) + np.pi / 4).astype(np.float32)
    assert np.abs(sound).max() == pytest.approx(0.707, abs=0.001)
    assert peaks(sound)[20:-20].max() == pytest.approx(1, abs=0.02)


def test_peaks_that_matter_are_all_found() -> None:
    sound = np.random.default_rng(3).normal(0, 0.25, 5_000).astype(np.float32)
    sound[:20] = sound[-20:] = 0.9
    every, some = peaks(sound), peaks(sound, 0.8)
    assert (every > 0.8).sum() > 20
    assert np.array_equal(np.maximum(every, 0.8), np.maximum(some, 0.8))
    padded = np.concatenate([np.zeros(50), sound / 4, np.zeros(50)]).astype(np.float32)
    fine = 4 * np.abs(resample(AudioChunk(padded, 8_000), 32_000).samples)
    assert (
        abs(every[1_000:4_000] - fine[200:-200].reshape(-1, 4).max(axis=1)[1_000:4_000]).mean()
        < 0.05
    )
