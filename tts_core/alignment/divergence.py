"""Numbers that tell whether a sound says what its reference says.

All come from the alignment. The distance of two frames is divided by what each of them is from
random speech of the other side, so that a strange voice is not taken for strange words. What is
too much is not decided here, but by `quality.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_core.alignment.align import Alignment
from tts_core.alignment.dtw import accumulate, without_columns, without_rows
from tts_core.audio.features import FRAME_SECONDS, Mask, Matrix, Spectrum

Values = NDArray[np.float64]

_STEP = 5  # frames between two places where something extra is looked for
_MOSTLY = 0.6  # of a place must be speech
_NOISE_WINDOW = 30
_NEARLY_ALL = 10  # percent may be less so
_LOW, _HIGH = 8, 200  # FFT bins: 250 Hz to 6.25 kHz
_LAGS = slice(40, 230)  # samples: 400 down to 70 Hz


@dataclass(frozen=True, slots=True, eq=False)
class Divergence:
    """`values`: one number of each kind; `by_word`: the same where it was found, shape (words,)."""

    values: dict[str, float]
    by_word: dict[str, Values]
    cost: float
    """Of the alignment, for each frame of the reference: it grows with how much is wrong."""
    range_db: float
    """Between loud and quiet frames of the sound."""


def divergence(found: Alignment) -> Divergence:
    """Of an alignment with at least one word."""
    per_row, per_column, mean = _costs(found)
    after = _backward(found)
    missing, missing_two = _missing(found, after)
    extra_short, extra_long = _extra(found, after, 0.25), _extra(found, after, 0.6)
    heard, said = found.sound.speech, found.reference.speech
    pauses = _pauses(found)
    values = {
        "missing": float(missing.max()),
        "missing_two": float(missing_two.max()),
        "extra_short": float(extra_short.max()),
        "extra_long": float(extra_long.max()),
        "strange_short": _worst(per_column[heard], 0.3),
        "strange_long": _worst(per_column[heard], 0.6),
        "unlike": _worst(per_row[said], 0.6),
        "mean": mean,
        "silence": float(pauses.max()),
        "noise": _noise(found.sound),
    }
    unlike = _by_word(found, per_row, said)
    by_word = {
        "missing": missing,
        "missing_two": missing_two,
        "extra_short": extra_short,
        "extra_long": extra_long,
        "strange_short": unlike,
        "strange_long": unlike,
        "unlike": unlike,
        "mean": unlike,
        "silence": pauses,
        "noise": unlike,
    }
    loud, quiet = np.percentile(found.sound.energy, (97, 5))
    cost = float(found.cost[-1, -1]) / len(said)
    return Divergence(values, by_word, cost, float(loud - quiet))


def _costs(found: Alignment) -> tuple[Values, Values, float]:
    """Normalised: by frame of the reference, by frame of the sound, and of the whole path."""
    distance, rows, columns = found.distance, found.rows, found.columns
    heard, said = np.flatnonzero(found.sound.speech), np.flatnonzero(found.reference.speech)
    usual_row = np.median(distance[:, heard[::3]], axis=1)
    usual_column = np.median(distance[said[::3]], axis=0)
    usual = 0.5 * usual_row[rows] + 0.5 * usual_column[columns] + 1e-3
    cost = (distance[rows, columns] / usual).astype(np.float64)
    n, m = distance.shape
    return _means(cost, rows, n), _means(cost, columns, m), float(cost.mean())


def _means(values: Values, at: NDArray[np.int32], size: int) -> Values:
    total = np.bincount(at, values, size)
    return total / np.maximum(np.bincount(at, minlength=size), 1)


def _worst(values: Values, seconds: float) -> float:
    """The highest mean over a stretch."""
    if not len(values):
        return 0.0
    width = min(len(values), round(seconds / FRAME_SECONDS))
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return float((sums[width:] - sums[:-width]).max() / width)


def _spans(found: Alignment) -> list[tuple[int, int]]:
    """The reference's rows of each word."""
    n = len(found.reference.speech)
    spans = []
    for word in found.reference.words:
        first = min(n - 1, round(word.start / FRAME_SECONDS))
        spans.append((first, min(n, max(first + 2, round(word.end / FRAME_SECONDS)))))
    return spans


def _backward(found: Alignment) -> Matrix:
    """The cost of the best path from each cell to the last one."""
    flipped = np.ascontiguousarray(found.distance[::-1, ::-1])
    flags = (found.pausable, ~found.reference.speech, ~found.sound.speech)
    cost, _ = accumulate(flipped, *(np.ascontiguousarray(flag[::-1]) for flag in flags))
    return np.ascontiguousarray(cost[::-1, ::-1])


def _missing(found: Alignment, after: Matrix) -> tuple[Values, Values]:
    """By word, how much cheaper the path is without it, and without it and the next."""
    spans = _spans(found)
    whole = found.cost[-1, -1]
    one, two = np.zeros(len(spans)), np.zeros(len(spans))
    for index, (first, last) in enumerate(spans):
        gain = whole - without_rows(found.cost, after, first, last)
        one[index] = gain / np.sqrt(last - first)
        two[index] = gain / (last - first)
        if index + 1 < len(spans):
            until = max(last, spans[index + 1][1])
            gain = whole - without_rows(found.cost, after, first, until)
            two[index] = gain / (until - first)
    return one, two


def _extra(found: Alignment, after: Matrix, seconds: float) -> Values:
    """By word, how much cheaper the path is, for a frame, without a stretch of the sound in it."""
    whole, m = found.cost[-1, -1], len(found.sound.speech)
    width = round(seconds / FRAME_SECONDS)
    best = np.full(len(found.words), -1.0)
    middles = np.array([(w.start + w.end) / 2 for w in found.words])
    for first in range(0, max(1, m - width + 1), _STEP):
        last = min(m, first + width)
        if found.sound.speech[first:last].mean() < _MOSTLY:
            continue
        gain = (whole - without_columns(found.cost, after, first, last)) / width
        word = int(np.abs(middles - (first + last) / 2 * FRAME_SECONDS).argmin())
        best[word] = max(best[word], gain)
    return best


def _by_word(found: Alignment, per_row: Values, said: Mask) -> Values:
    """The mean of a cost over each word's speech."""
    means = []
    for first, last in _spans(found):
        inside = per_row[first:last][said[first:last]]
        means.append(float(inside.mean()) if len(inside) else 0.0)
    return np.array(means)


def _pauses(found: Alignment) -> Values:
    """By word, the longest silence in it or after it, in seconds beyond the reference's longest."""
    longest = max((b - a for a, b in _silences(found.reference.speech)), default=0)
    excess = np.full(len(found.words), -1.0)
    starts = np.array([w.start for w in found.words])
    for first, last in _silences(found.sound.speech):
        word = max(0, int(np.searchsorted(starts, (first + 1) * FRAME_SECONDS)) - 1)
        excess[word] = max(excess[word], (last - first - longest) * FRAME_SECONDS)
    return excess


def _silences(speech: Mask) -> list[tuple[int, int]]:
    """Between speech and speech: from, to."""
    edges = np.flatnonzero(np.diff(np.pad(speech, 1).astype(np.int8)))[1:-1]
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _noise(sound: Spectrum) -> float:
    """How flat and how toneless nearly all of the most noise-like third of a second is."""
    band = sound.power[:, _LOW:_HIGH] + 1e-9
    flatness = np.log(np.exp(np.log(band).mean(axis=1)) / band.mean(axis=1) + 1e-6)
    tone = np.fft.irfft(sound.power, axis=1)
    voiced = (tone[:, _LAGS] / (tone[:, :1] + 1e-9)).max(axis=1)
    flat = np.where(sound.speech, flatness, -3.0)
    toneless = np.where(sound.speech, 1 - voiced, 0.0)
    window = min(_NOISE_WINDOW, len(flat))
    windows = np.lib.stride_tricks.sliding_window_view(flat + 2 * toneless, window)
    return float(np.percentile(windows, _NEARLY_ALL, axis=1).max())
