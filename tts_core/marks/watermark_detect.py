"""Finds the watermark in a sound: at any place, at any level, somewhat faster or slower.

The log energy of each band is compared with what its neighbors in time and frequency predict, which
removes most of the speech: the optimal detector of a known pattern in colored Gaussian noise (Kay,
"Fundamentals of Statistical Signal Processing II: Detection Theory", chapter 4). What is left is
folded by the period of the pattern and correlated with the public key, at each offset and each
speed. If the pattern had been drawn after the sound, a correlation divided by the root of the sum
of the squares would be normal with variance 1, whatever the sound is: so the best of the tried ones
has a known distribution where there is no mark.
"""

from __future__ import annotations

import functools
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
"""The share of the tried offsets and speeds that behaves as if they were independent: about as many
clean pieces of speech have a confidence as it says (`tests.benchmarks.watermark`)."""
SURE = 7.0
"""Standard deviations from which only speeds nearby are tried any more: of a billion clean sounds,
one reaches them."""

_RATE = 16_000  # Hz
_STEPS = 4  # of a slot
_HOP = round(SLOT * _RATE) // _STEPS
_FRAME = 1024
_SCALE_STEP = 0.004
_COARSE = 4  # steps of the speed
_FINE = 4  # steps of a band
_WIDTH = float(EDGES[1] - EDGES[0])  # Hz
_LOWEST = EDGES[0] - _WIDTH  # Hz; where bands begin that are looked at
_GRID = np.arange(_LOWEST, EDGES[-1] * (1 + MOST_SPEED) + _WIDTH, _WIDTH / _FINE)  # Hz
_GRID = _GRID[: len(_GRID) // _FINE * _FINE]
_FLOOR = 1e-7  # of the loudest cell
_CLIP = 5.0  # dB: what differs more from its neighbors is a consonant's begin, not a mark
_NEIGHBORS = (
    *((slots, 0) for slots in (1, 2, 3)),
    *((0, bands) for bands in (1, 2, 3, 4, 5)),
    *((slots, bands) for slots in (1, 2) for bands in (-1, 1)),
    *((1, bands) for bands in (-2, 2)),
)
"""What a cell is predicted from, in slots and bands away; and the cells opposite of it."""
_REACH = (3 * _STEPS, 5)  # frames and bands

Floats = NDArray[np.float32]
Hypothesis = tuple[float, float]
"""A speed, and a factor of all frequencies."""


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
    """Try all offsets and speeds; `windows`: as how many times as many the result is to count.

    Half of the false alarms are allowed to the speed 1 alone: it is by far the most frequent one.
    The score of another speed is reduced to that which is as rare at the speed 1.
    """
    residual = _residual(_energies(samples))
    correlator = np.conj(np.fft.rfft(key.astype(np.float32), axis=1))[:, :, None]
    step, coarse, fine = _hypotheses(len(samples) / _RATE)
    handicap = 2 * math.log(len(coarse) + len(fine) - 1)
    best, best_speed = 0.0, 1.0
    best_cells = np.zeros((BANDS, PERIOD), np.float32)
    at_scale = functools.cache(functools.partial(_at_scale, residual))
    for speed, scale in (*coarse, *fine):
        nearby = abs(speed - best_speed) < _COARSE * step
        if best > SURE and not nearby and (speed, scale) not in coarse:
            continue
        cells = _folded(at_scale(scale), speed)
        products = (np.fft.rfft(cells, axis=1) * correlator).sum(axis=0)
        scores = np.fft.irfft(products, PERIOD, axis=0) / _deviations(cells)
        slot, place = np.unravel_index(int(scores.argmax()), scores.shape)
        highest = max(float(scores[slot, place]), 0.0)
        if speed != 1:  # since P(x) is about exp(-x^2 / 2)
            highest = math.sqrt(max(highest**2 - handicap, 0.0))
        if highest > best:
            best, best_speed = highest, speed
            best_cells = np.roll(cells[:, :, place], -int(slot), axis=1)
    # The highest of n normal variables is below x with the probability P(x)^n.
    above = 0.5 * math.erfc(best / math.sqrt(2))
    tried = 2 * PERIOD * _STEPS * windows
    confidence = math.exp(tried * INDEPENDENT * math.log1p(-above))
    return Detection(confidence, best, best_speed, _payload(best_cells))


def _hypotheses(seconds: float) -> tuple[float, list[Hypothesis], list[Hypothesis]]:
    """Return the step of speeds; every `_COARSE`-th, with its scales; and the others with theirs.

    A speed that is half a step off shifts the ends of the sound by an eighth of a slot. Time
    stretching leaves the frequencies as they are, resampling scales them as much.
    """
    step = min(SLOT / 2 / seconds, _SCALE_STEP)
    found: tuple[list[Hypothesis], list[Hypothesis]] = ([(1.0, 1.0)], [])
    for number in range(1, round(MOST_SPEED / step) + 1):
        for speed in (1 + number * step, 1 - number * step):
            scale = 1 + round((speed - 1) / _SCALE_STEP) * _SCALE_STEP
            found[number % _COARSE > 0].extend((speed, factor) for factor in {1.0, scale})
    return step, *found


def _energies(samples: Floats) -> Floats:
    """Return the energies of bands that begin at each of `_GRID`, shape (frames, bands)."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP]
    window = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
    powers = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    below_each = np.pad(np.cumsum(powers, axis=1, dtype=np.float64), ((0, 0), (1, 0)))
    places = _GRID * _FRAME / _RATE + 0.5
    below = places.astype(int)
    low, high = (below_each.take(places, axis=1) for places in (below, below + 1))  # contiguous
    edges = low + (high - low) * (places - below)
    bands: Floats = np.maximum(edges[:, _FINE:] - edges[:, :-_FINE], 0).astype(np.float32)
    return bands


def _residual(energies: Floats) -> Floats:
    """Return how much louder each cell is than its neighbors predict, weighted.

    Of shape (frames + 1, bands): the last stands for all that is not there.
    """
    floor = np.float32(_FLOOR * float(energies.max()) + 1e-20)
    residual = np.zeros((len(energies) + 1, energies.shape[1]), np.float32)
    shares = None
    for first in range(_FINE):  # each as far from the next as its width; they fit into the cache
        apart = energies[:, first::_FINE] + floor
        noise = np.percentile(apart[::_STEPS], 10, axis=0).astype(np.float32)
        weights = apart / (apart + 4 * noise)
        levels = 10 * np.log10(apart)
        levels[1:-1] = (levels[:-2] + levels[1:-1] + levels[2:]) / 3
        levels -= (levels * weights).sum(axis=0) / weights.sum(axis=0)
        if shares is None:
            shares = _shares(levels, weights)
        for share, around in zip(shares, _around(levels), strict=True):
            levels -= share * around  # it was copied before
        np.clip(levels, -_CLIP, _CLIP, out=levels)
        residual[:-1, first::_FINE] = levels * weights
    return residual


def _around(levels: Floats) -> Iterator[Floats]:
    """Yield the sum of two opposite neighbors of each cell, for each of `_NEIGHBORS`."""
    (frames, bands), (early, low) = levels.shape, _REACH
    padded = np.pad(levels, ((early, early), (low, low)), mode="edge")
    for slots, over in _NEIGHBORS:
        by = slots * _STEPS
        yield (
            padded[early + by : early + by + frames, low + over : low + over + bands]
            + padded[early - by : early - by + frames, low - over : low - over + bands]
        )


def _shares(levels: Floats, weights: Floats) -> Floats:
    """Return what part of each of `_NEIGHBORS` predicts a cell: by weighted least squares."""
    sparse = np.s_[:: _STEPS // 2]  # frames overlap
    known = np.array([(around * weights)[sparse].ravel() for around in _around(levels)])
    known = known.astype(np.float64)
    squares = known @ known.T
    squares += np.eye(len(squares)) * (1e-3 * np.trace(squares) / len(squares) + 1e-9)
    shares = np.linalg.solve(squares, known @ (levels * weights)[sparse].ravel())
    result: Floats = shares.astype(np.float32)
    return result


def _at_scale(residual: Floats, scale: float) -> Floats:
    """Return the bands of the pattern, of a sound whose frequencies were multiplied."""
    columns = np.rint((EDGES[:-1] * scale - _LOWEST) / (_WIDTH / _FINE)).astype(int)
    scaled: Floats = residual.take(columns, axis=1)
    return scaled


def _folded(residual: Floats, speed: float) -> Floats:
    """Return the sums over all periods, shape (bands, slots, steps of a slot)."""
    steps = PERIOD * _STEPS
    frames = len(residual) - 1
    periods = math.ceil(frames * speed / steps)
    sources = np.rint(np.arange(periods * steps) / speed).astype(int)
    placed = residual.take(np.minimum(sources, frames), axis=0).reshape(periods, steps, BANDS)
    folded: Floats = placed.sum(axis=0).T.reshape(BANDS, PERIOD, _STEPS)
    return folded


def _deviations(cells: Floats) -> NDArray[np.float32]:
    """Return the standard deviation of each correlation, shape (slots, steps).

    The cells that would hold the payload, every fourth slot after the offset, do not count.
    """
    squares = np.einsum("bst,bst->st", cells, cells)
    groups = squares.reshape(-1, PAYLOAD_EVERY, _STEPS).sum(axis=0)
    without = groups.sum(axis=0) - np.roll(groups, -(PAYLOAD_EVERY - 1), axis=0)
    return np.tile(np.sqrt(without) + 1e-6, (PERIOD // PAYLOAD_EVERY, 1))


def _payload(cells: Floats) -> Payload | None:
    """Read the payload of cells that begin with the pattern, shape (bands, slots)."""
    found = cells[:, PAYLOAD_SLOTS]
    likely = [
        int(np.tensordot(CODES, found * (symbol == SYMBOL_OF), 2).argmax())
        for symbol in range(SYMBOLS)
    ]
    return Payload.decode(bytes(likely))
