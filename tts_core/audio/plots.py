"""Draws audio: the outline of its waveform, and its spectrogram."""

from __future__ import annotations

import io

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tts_core.audio.resample import resample
from tts_core.types import AudioChunk

_RATE = 24_000
_WINDOW = 1024  # samples, 43 ms: resolves the harmonics of most voices
_BANDS = 64  # more would be narrower than the lowest bins of the spectrum
_LOWEST = 50.0  # Hz
_RANGE = 70.0  # dB shown below the loudest
_HUE = (0x23, 0x97, 0x7A)
"""Green of middle lightness: contrast 3.6 on white, 5 on the dark page."""


def waveform(clip: AudioChunk, columns: int = 800) -> list[tuple[float, float]]:
    """Return the least and the greatest sample of each of `columns` equal parts of the clip."""
    count = len(clip.samples)
    if not count:
        return [(0.0, 0.0)] * columns
    edges = np.arange(columns) * count // columns
    low = np.minimum.reduceat(clip.samples, edges)
    high = np.maximum.reduceat(clip.samples, edges)
    return [(round(a, 4), round(b, 4)) for a, b in zip(low.tolist(), high.tolist(), strict=True)]


def spectrogram_png(clip: AudioChunk, width: int, height: int) -> bytes:
    """Draw a PNG of `width` by `height` pixels: time to the right, 50 Hz to 12 kHz (or half the
    sample rate) upwards on the mel scale.

    It has one hue, opaque at the loudest and transparent 70 dB below, which suits light and dark
    pages. For a long clip each column shows one window of 43 ms.
    """
    from PIL import Image

    shades = np.round(255 * _shades(clip, width)).astype(np.uint8)
    image = Image.fromarray(shades, "L").resize((width, height), Image.Resampling.BICUBIC)
    image = Image.frombytes("P", image.size, image.tobytes())
    image.putpalette(bytes(_HUE) * 256)
    sink = io.BytesIO()
    image.save(sink, "PNG", transparency=bytes(range(256)), compress_level=3)
    return sink.getvalue()


def _shades(clip: AudioChunk, columns: int) -> NDArray[np.float64]:
    """Return the opacity of each pixel, 0 to 1, shape (bands, columns), the highest band first."""
    highest = min(clip.sample_rate, _RATE) / 2
    # One window for each column, centered on its moment.
    samples = np.pad(resample(clip, _RATE).samples, _WINDOW // 2)
    frames = sliding_window_view(samples, _WINDOW)
    frames = frames[np.linspace(0, len(frames) - 1, columns).astype(int)]
    # The power in each mel band.
    spectra = np.fft.rfft(frames * np.hanning(_WINDOW).astype(np.float32), axis=1)
    power = (spectra.real**2 + spectra.imag**2) @ _mel_bands(highest).T
    loudest = float(power.max())
    if loudest < 1e-9:
        return np.zeros((_BANDS, columns))
    # Decibels below the loudest, mapped to 0 to 1.
    decibels = 10 * np.log10(np.maximum(power / loudest, 1e-12))
    shades: NDArray[np.float64] = np.clip(1 + decibels / _RANGE, 0, 1)
    return shades.T[::-1]


def _mel_bands(highest: float) -> NDArray[np.float32]:
    """Return triangles equally wide on the mel scale, shape (bands, bins), each with the sum 1.

    mel = 2595 log10(1 + f / 700): O'Shaughnessy, "Speech Communication", 1987.
    """
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (_LOWEST, highest))
    mels = np.linspace(low, high, _BANDS + 2)
    hertz = 700 * (10 ** (mels / 2595) - 1)
    bins = np.fft.rfftfreq(_WINDOW, 1 / _RATE)
    rising = (bins - hertz[:-2, None]) / (hertz[1:-1] - hertz[:-2])[:, None]
    falling = (hertz[2:, None] - bins) / (hertz[2:] - hertz[1:-1])[:, None]
    bands = np.maximum(0, np.minimum(rising, falling))
    bands /= np.maximum(bands.sum(axis=1, keepdims=True), 1e-9)
    return bands.astype(np.float32)
