from __future__ import annotations

import io
import time

import numpy as np
import pytest
from PIL import Image

from tests.support.recordings import joined, padded, spoken, tone
from tts_core.audio.plots import spectrogram_png, waveform
from tts_core.types import AudioChunk


def alpha(png: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(png)).convert("RGBA")
    return np.asarray(image)[:, :, 3].astype(int)


def test_waveform_holds_every_extreme() -> None:
    clip = spoken()
    columns = waveform(clip, 300)
    assert len(columns) == 300
    assert min(low for low, _ in columns) == pytest.approx(clip.samples.min(), abs=1e-4)
    assert max(high for _, high in columns) == pytest.approx(clip.samples.max(), abs=1e-4)
    ramp = AudioChunk(np.linspace(-1, 1, 1000, dtype=np.float32), 24_000)
    for index, (low, high) in enumerate(waveform(ramp, 10)):
        assert low == pytest.approx(-1 + 0.2 * index, abs=0.01)
        assert high == pytest.approx(-0.8 + 0.2 * index, abs=0.01)


@pytest.mark.parametrize("count", [0, 1, 7])
def test_waveform_of_almost_nothing(count: int) -> None:
    columns = waveform(AudioChunk(np.full(count, 0.5, np.float32), 24_000), 20)
    assert columns == [(0.5, 0.5) if count else (0, 0)] * 20


@pytest.mark.parametrize("frequency", [200, 1000, 4000, 9000])
def test_a_tone_is_a_line_at_its_height(frequency: float) -> None:
    picture = alpha(spectrogram_png(tone(2, 48_000, frequency), 100, 256))
    assert picture.shape == (256, 100)

    def mel(hertz: float) -> float:
        return 2595 * np.log10(1 + hertz / 700)

    height = (mel(frequency) - mel(50)) / (mel(12_000) - mel(50))
    rows = picture[:, 50]
    assert rows.argmax() == pytest.approx(255 * (1 - height), abs=6)
    assert rows.max() > 230
    assert np.median(rows) < 10


def test_silence_is_transparent_and_speech_is_not() -> None:
    picture = alpha(spectrogram_png(padded(spoken(), 4, 0), 600, 100))
    assert not picture[:, :180].any()
    assert picture[:, 220:500].max() > 230
    assert picture[:, 220:500].mean() > 40


def test_it_has_one_hue() -> None:
    image = Image.open(io.BytesIO(spectrogram_png(spoken(), 60, 40))).convert("RGBA")
    assert len(np.unique(np.asarray(image)[:, :, :3].reshape(-1, 3), axis=0)) == 1


@pytest.mark.parametrize("count", [0, 1, 500, 24_000])
def test_silence_of_any_length(count: int) -> None:
    picture = alpha(spectrogram_png(AudioChunk(np.zeros(count, np.float32), 8000), 50, 30))
    assert picture.shape == (30, 50)
    assert not picture.any()


def test_ten_seconds_are_quickly_drawn() -> None:
    clip = joined([tone(10, 48_000)])
    spectrogram_png(clip, 800, 200)
    start = time.process_time()
    waveform(clip)
    spectrogram_png(clip, 800, 200)
    assert time.process_time() - start < 0.2  # 0.05 on two idle cores
