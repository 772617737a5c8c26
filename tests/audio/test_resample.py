from __future__ import annotations

import numpy as np
import pytest

from tts_core.audio.resample import StreamResampler, resample
from tts_core.types import AudioChunk, Samples, WordTiming

RATES = [16_000, 22_050, 24_000, 44_100, 48_000]


def sine(rate: int, count: int) -> Samples:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(count) / rate)).astype(np.float32)


def test_the_same_rate_gives_the_same_chunk() -> None:
    chunk = AudioChunk(sine(24_000, 100), 24_000)
    assert resample(chunk, 24_000) is chunk


@pytest.mark.parametrize("source", RATES)
@pytest.mark.parametrize("target", RATES)
def test_the_sound_stays_and_the_length_is_exact(source: int, target: int) -> None:
    words = (WordTiming("hello", 0.1, 0.4),)
    count = source + 7
    out = resample(AudioChunk(sine(source, count), source, words), target)
    assert out.sample_rate == target
    assert out.words == words
    assert out.samples.dtype == np.float32
    assert len(out.samples) == round(count * target / source)
    inner = slice(target // 10, -target // 10)
    expected = sine(target, len(out.samples))
    np.testing.assert_allclose(out.samples[inner], expected[inner], atol=2e-4)


@pytest.mark.parametrize("count", [0, 1, 2, 7, 575, 1153, 30_011])
@pytest.mark.parametrize(("source", "target"), [(22_050, 48_000), (48_000, 22_050)])
def test_a_stream_has_no_seams(count: int, source: int, target: int) -> None:
    samples = sine(source, count)
    stream = StreamResampler(source, target)
    pieces = [stream.push(samples[i : i + 333]) for i in range(0, count, 333)]
    streamed = np.concatenate([*pieces, stream.finish()])
    assert len(streamed) == round(count * target / source)
    whole = resample(AudioChunk(samples, source), target).samples
    np.testing.assert_allclose(streamed, whole, atol=1e-6)


def test_a_stream_holds_back_little() -> None:
    stream = StreamResampler(22_050, 48_000)
    given = sum(len(stream.push(sine(22_050, 441))) for _ in range(50))
    assert 1 - given / 48_000 < 0.045


def test_overshoot_is_clipped() -> None:
    square = np.sign(sine(24_000, 24_000)).astype(np.float32)
    assert np.abs(resample(AudioChunk(square, 24_000), 48_000).samples).max() <= 1
