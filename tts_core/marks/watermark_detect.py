"""Finds the watermark in a sound: at any place, at any level, somewhat faster or slower.

The log energy of each band is compared with its neighbors in time and frequency, which removes most
of the speech, and what is left is folded by the period of the pattern and correlated with the
public key, at each offset and each speed. If the pattern had been drawn after the sound, a
correlation divided by the root of the sum of the squares would be normal with variance 1, whatever
the sound is: so the best of the tried ones has a known distribution where there is no mark.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_core.audio.resample import resample
from tts_core.marks.watermark import (
    BANDS,
    CODES,
    EDGES,
    PAYLOAD_EVERY,
    PAYLOAD_SLOTS,
    PERIOD,
    SLOT,
    SYMBOL_OF,
    SYMBOLS,
    SYNC,
    Payload,
    Signs,
)
from tts_core.types import AudioChunk

WINDOW = 20.0
"""Seconds that are searched at once: enough after any of the measured attacks. In longer ones a
sentence that was cut out of a marked sound and joined to others would count for less."""
MOST_WINDOWS = 6
"""Of a longer sound, spread over it."""
SHORTEST = 1.0
"""Seconds."""
MOST_SPEED = 0.06
"""How much faster or slower a sound is looked at."""
FOUND = 0.999
"""The confidence from which a sound counts as marked: one clean sound in 1000 is taken for one."""
INDEPENDENT = 0.6
"""The share of the tried offsets and speeds that behaves as if they were independent: fitted to
the median of clean speech with keys that no one uses (`tests.benchmarks.watermark`). In the tail it
is rather too high, so that a sound is surer than it says."""

_RATE = 16_000  # Hz
_STEPS = 4  # of a slot
_HOP = round(SLOT * _RATE) // _STEPS
_FRAME = 1024
_SCALE_STEP = 0.004
_FLOOR = 1e-7  # of the loudest cell
_CLIP = 6.0  # dB: what differs more from its neighbors is a consonant's begin, not a mark

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Detection:
    """Whether a sound is marked."""

    confidence: float
    """The share of clean sounds that look less marked, 0 to 1."""
    score: float
    """The highest correlation, in standard deviations."""
    speed: float = 1.0
    """How much faster it was played since it was marked."""
    payload: Payload | None = None
    """What the mark says, if it can be read."""

    @property
    def marked(self) -> bool:
        """Return whether it is."""
        return self.confidence >= FOUND


def detect(sound: AudioChunk) -> Detection:
    """Look for the watermark. Of stereo, give one channel or the mean."""
    samples = resample(sound, _RATE).samples
    best = Detection(0.0, 0.0)
    size = round(WINDOW * _RATE)
    windows = min(max(math.ceil(len(samples) / size), 1), MOST_WINDOWS)
    for start in np.linspace(0, max(len(samples) - size, 0), windows).astype(int):
        part = samples[start : start + size]
        if len(part) < SHORTEST * _RATE or not part.any():
            continue
        found = _search(part, SYNC, windows)
        if found.score > best.score:
            best = found
        if best.payload is not None and best.marked:
            break
    return best


def score(sound: AudioChunk, key: Signs) -> Detection:
    """Look for another key, shape (bands, slots), in a sound of up to `WINDOW`: for calibration."""
    return _search(resample(sound, _RATE).samples, key, 1)


def _search(samples: Floats, key: Signs, windows: int) -> Detection:
    """Try all offsets and speeds; `windows`: as how many times as many the result is to count."""
    powers = _powers(samples)
    correlator = np.conj(np.fft.rfft(key.astype(np.float32), axis=1))[:, :, None]
    best, best_speed, tried = 0.0, 1.0, 0
    best_cells = np.zeros((BANDS, PERIOD), np.float32)
    for scale, speeds in _hypotheses(len(samples) / _RATE):
        residual = _residual(powers, scale)
        for speed in speeds:
            cells = _folded(residual, speed)
            products = (np.fft.rfft(cells, axis=1) * correlator).sum(axis=0)
            scores = np.fft.irfft(products, PERIOD, axis=0) / _deviations(cells)
            tried += scores.size
            slot, step = np.unravel_index(int(scores.argmax()), scores.shape)
            if scores[slot, step] > best:
                best, best_speed = float(scores[slot, step]), speed
                best_cells = np.roll(cells[:, :, step], -int(slot), axis=1)
    # The highest of n normal variables is below x with the probability P(x)^n.
    above = 0.5 * math.erfc(best / math.sqrt(2))
    confidence = math.exp(windows * tried * INDEPENDENT * math.log1p(-above))
    return Detection(confidence, best, best_speed, _payload(best_cells))


def _hypotheses(seconds: float) -> Iterator[tuple[float, list[float]]]:
    """Yield factors of all frequencies, and the speeds that are tried with each.

    A speed that is half a step off shifts the ends of the sound by an eighth of a slot. Time
    stretching leaves the frequencies as they are, resampling scales them as much.
    """
    step = min(SLOT / 2 / seconds, _SCALE_STEP)
    speeds = 1 + step * np.arange(-round(MOST_SPEED / step), round(MOST_SPEED / step) + 1)
    scales = np.round((speeds - 1) / _SCALE_STEP).astype(int)
    for scale in np.unique(scales):
        yield (
            1 + float(scale) * _SCALE_STEP,
            (speeds if scale == 0 else speeds[scales == scale]).tolist(),
        )


def _powers(samples: Floats) -> NDArray[np.float64]:
    """Return the power up to each frequency, cumulated, shape (frames, frequencies + 1)."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP]
    window = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
    powers = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    return np.pad(np.cumsum(powers, axis=1, dtype=np.float64), ((0, 0), (1, 0)))


def _residual(powers: NDArray[np.float64], scale: float) -> Floats:
    """Return how much louder each cell is than its neighbors, weighted.

    Of shape (frames + 1, bands): the last stands for all that is not there.
    ."""
    places = np.clip(EDGES * scale * _FRAME / _RATE + 0.5, 0, powers.shape[1] - 1.001)
    below = places.astype(int)
    share = places - below
    low, high = (powers.take(places, axis=1) for places in (below, below + 1))  # contiguous
    edges = low + (high - low) * share
    energies = np.maximum(np.diff(edges, axis=1), 0).astype(np.float32)
    energies += _FLOOR * float(energies.max()) + 1e-20
    noise = np.percentile(energies[::_STEPS], 10, axis=0)
    levels = 10 * np.log10(energies)
    levels[1:-1] = (levels[:-2] + levels[1:-1] + levels[2:]) / 3
    mean = levels.mean(axis=0)
    around = np.pad(levels, ((_STEPS, _STEPS), (0, 0)), mode="edge")
    levels -= 0.25 * (around[: -2 * _STEPS] + around[2 * _STEPS :]) + 0.5 * mean
    around = np.pad(levels, ((0, 0), (1, 1)), mode="edge")
    levels -= 0.5 * (around[:, :-2] + around[:, 2:])
    np.clip(levels, -_CLIP, _CLIP, out=levels)
    residual: Floats = levels * (energies / (energies + 4 * noise.astype(np.float32)))
    return np.pad(residual, ((0, 1), (0, 0)))


def _folded(residual: Floats, speed: float) -> Floats:
    """Return the sums over all periods, shape (bands, slots, steps of a slot)."""
    steps = PERIOD * _STEPS
    frames = len(residual) - 1
    periods = math.ceil(frames * speed / steps)
    sources = np.rint(np.arange(periods * steps) / speed).astype(int)
    placed = residual.take(np.minimum(sources, frames), axis=0).reshape(periods, steps, BANDS)
    folded: Floats = placed.sum(axis=0).T.reshape(BANDS, PERIOD, _STEPS)
    return folded


def _deviations(cells: Floats) -> NDArray[np.float64]:
    """Return the standard deviation of each correlation, shape (slots, steps).

    The cells that would hold the payload, every fourth slot after the offset, do not count.
    """
    squares = (cells.astype(np.float64) ** 2).sum(axis=0)
    groups = squares.reshape(-1, PAYLOAD_EVERY, _STEPS).sum(axis=0)
    without = groups.sum(axis=0) - np.roll(groups, -(PAYLOAD_EVERY - 1), axis=0)
    return np.tile(np.sqrt(without) + 1e-9, (PERIOD // PAYLOAD_EVERY, 1))


def _payload(cells: Floats) -> Payload | None:
    """Read the payload of cells that begin with the pattern, shape (bands, slots)."""
    found = cells[:, PAYLOAD_SLOTS]
    likely = [
        int(np.tensordot(CODES, found * (symbol == SYMBOL_OF), 2).argmax())
        for symbol in range(SYMBOLS)
    ]
    return Payload.decode(bytes(likely))
