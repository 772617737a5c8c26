"""Measures how far a sound departs from its reference speech.

All measures come from the alignment. The distance of two frames is normalized by the distance of
each from random speech of the other side, so that an unusual voice does not count as wrong words.
`quality.py` decides how much is too much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_core.alignment.align import Alignment
from tts_core.alignment.dtw import accumulate, without_columns, without_rows
from tts_core.alignment.phones import phones
from tts_core.audio.features import FRAME_SECONDS, Mask, Matrix, Spectrum, window

Values = NDArray[np.float64]

_PHONE_SHIFTS = range(-3, 4)  # frames by which two voices may time a phone differently
_LENGTH = 0.25  # power of a word's frames by which the mean over them counts
_END = 5  # frames of silence with which a sound ends that was not cut off
_STEP = 5  # frames between two stretches that are tried for extra speech
_MOSTLY = 0.6  # of a stretch must be speech
_NOISE_WINDOW = 30  # frames
_NOISE_PERCENTILE = 10  # percent of a noisy window may be less noisy
_LOW, _HIGH = 8, 200  # FFT bins: 250 Hz to 6.25 kHz
_LAGS = slice(40, 230)  # samples: 400 down to 70 Hz


@dataclass(frozen=True, slots=True, eq=False)
class Divergence:
    """The measures of a sound: `values`, each one number; `by_word`, each of shape (words,)."""

    values: dict[str, float]
    by_word: dict[str, Values]
    cost: float
    """Cost of the alignment per frame of the reference, which grows with how much is wrong."""
    range_db: float
    """Difference between loud and quiet frames of the sound."""
    voicing: float
    """How periodic the sound's vowels are: 1 for a tone, about 0.5 for a whisper."""


def divergence(alignment: Alignment) -> Divergence:
    """Measure an alignment with at least one word."""
    per_row, per_column, mean = _costs(alignment)
    after = _backward(alignment)
    missing, missing_two = _missing(alignment, after)
    extra_short, extra_long = _extra(alignment, after, 0.25), _extra(alignment, after, 0.6)
    sound_speech, reference_speech = alignment.sound.speech, alignment.reference.speech
    pauses, other_phones, lost = _pauses(alignment), _other_phones(alignment), _lost_end(alignment)
    values = {
        "missing": float(missing.max()),
        "missing_two": float(missing_two.max()),
        "extra_short": float(extra_short.max()),
        "extra_long": float(extra_long.max()),
        "strange_short": _worst(per_column[sound_speech], 0.3),
        "strange_long": _worst(per_column[sound_speech], 0.6),
        "unlike": _worst(per_row[reference_speech], 0.6),
        "mean": mean,
        "phones": float(other_phones.max()),
        "silence": float(pauses.max()),
        "noise": noisiness(alignment.sound),
        "lost_end": float(lost.max()),
    }
    unlike = _by_word(alignment, per_row, reference_speech)
    by_word = {
        "missing": missing,
        "missing_two": missing_two,
        "extra_short": extra_short,
        "extra_long": extra_long,
        "strange_short": unlike,
        "strange_long": unlike,
        "unlike": unlike,
        "mean": unlike,
        "phones": other_phones,
        "silence": pauses,
        "noise": unlike,
        "lost_end": lost,
    }
    loud, quiet = np.percentile(alignment.sound.energy, (97, 5))
    cost = float(alignment.cost[-1, -1]) / len(reference_speech)
    return Divergence(values, by_word, cost, float(loud - quiet), _voicing(alignment.sound))


def _costs(alignment: Alignment) -> tuple[Values, Values, float]:
    """Return the normalized distances along the path.

    By frame of the reference, shape (n,); by frame of the sound, shape (m,); and their mean.
    """
    distance, rows, columns = alignment.distance, alignment.rows, alignment.columns
    # The median distance of each frame from random speech of the other side.
    sound_speech = np.flatnonzero(alignment.sound.speech)
    reference_speech = np.flatnonzero(alignment.reference.speech)
    typical_row = np.median(distance[:, sound_speech[::3]], axis=1)
    typical_column = np.median(distance[reference_speech[::3]], axis=0)
    # Distances along the path relative to the mean of both.
    typical = 0.5 * typical_row[rows] + 0.5 * typical_column[columns] + 1e-3
    cost = (distance[rows, columns] / typical).astype(np.float64)
    n, m = distance.shape
    return _means(cost, rows, n), _means(cost, columns, m), float(cost.mean())


def _means(values: Values, at: NDArray[np.int32], size: int) -> Values:
    """Return the mean of the values at each index, shape (size,); 0 where there are none."""
    total = np.bincount(at, values, size)
    return total / np.maximum(np.bincount(at, minlength=size), 1)


def _worst(values: Values, seconds: float) -> float:
    """Return the highest mean of a window of so many seconds."""
    if not len(values):
        return 0.0
    width = min(len(values), round(seconds / FRAME_SECONDS))
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return float((sums[width:] - sums[:-width]).max() / width)


def _spans(alignment: Alignment) -> list[tuple[int, int]]:
    """Return the rows of each word in the reference: first, one past the last."""
    n = len(alignment.reference.speech)
    spans = []
    for word in alignment.reference.words:
        first = min(n - 1, round(word.start / FRAME_SECONDS))
        spans.append((first, min(n, max(first + 2, round(word.end / FRAME_SECONDS)))))
    return spans


def _backward(alignment: Alignment) -> Matrix:
    """Return the cost of the best path from each cell to the last one, shape (n, m)."""
    # That is the forward pass over both sequences reversed.
    flipped = np.ascontiguousarray(alignment.distance[::-1, ::-1])
    flags = (alignment.pausable, ~alignment.reference.speech, ~alignment.sound.speech)
    cost, _ = accumulate(flipped, *(np.ascontiguousarray(flag[::-1]) for flag in flags))
    return np.ascontiguousarray(cost[::-1, ::-1])


def _missing(alignment: Alignment, after: Matrix) -> tuple[Values, Values]:
    """Return how much cheaper the path is without each word, and without it and the next.

    Both have the shape (words,).
    """
    spans = _spans(alignment)
    whole = alignment.cost[-1, -1]
    one, two = np.zeros(len(spans)), np.zeros(len(spans))
    for index, (first, last) in enumerate(spans):
        gain = whole - without_rows(alignment.cost, after, first, last)
        one[index] = gain / np.sqrt(last - first)
        two[index] = gain / (last - first)
        if index + 1 < len(spans):
            until = max(last, spans[index + 1][1])
            gain = whole - without_rows(alignment.cost, after, first, until)
            two[index] = gain / (until - first)
    return one, two


def _extra(alignment: Alignment, after: Matrix, seconds: float) -> Values:
    """Return how much cheaper a frame is without a stretch of the sound, by word, shape (words,).

    `after` is the result of `_backward`, `seconds` the length of the stretch.
    """
    whole, m = alignment.cost[-1, -1], len(alignment.sound.speech)
    width = round(seconds / FRAME_SECONDS)
    best = np.full(len(alignment.words), -1.0)
    middles = np.array([(w.start + w.end) / 2 for w in alignment.words])
    for first in range(0, max(1, m - width + 1), _STEP):
        last = min(m, first + width)
        if alignment.sound.speech[first:last].mean() < _MOSTLY:
            continue
        # The gain counts for the word whose middle is nearest.
        gain = (whole - without_columns(alignment.cost, after, first, last)) / width
        word = int(np.abs(middles - (first + last) / 2 * FRAME_SECONDS).argmin())
        best[word] = max(best[word], gain)
    return best


def _by_word(alignment: Alignment, per_row: Values, speech: Mask) -> Values:
    """Return the mean cost over the speech of each word, shape (words,)."""
    means = []
    for first, last in _spans(alignment):
        inside = per_row[first:last][speech[first:last]]
        means.append(float(inside.mean()) if len(inside) else 0.0)
    return np.array(means)


def _other_phones(alignment: Alignment) -> Values:
    """Return how far the phones of each word are from the reference's, shape (words,).

    That is one less the Bhattacharyya coefficient of their probabilities, averaged over the frames
    of speech, and raised with the number of frames: in a short word it varies more by chance.
    """
    rows, columns = alignment.rows, alignment.columns
    both = alignment.reference.speech[rows] & alignment.sound.speech[columns]
    rows, columns = rows[both], columns[both]
    said, wanted = phones(alignment.sound), alignment.reference.phones[rows]
    furthest = len(said) - 1
    alike = np.zeros(len(rows))
    for shift in _PHONE_SHIFTS:
        near = said[np.clip(columns + shift, 0, furthest)]
        np.maximum(alike, (wanted * near).sum(axis=1), out=alike)
    apart = []
    for first, last in _spans(alignment):
        inside = 1 - alike[(rows >= first) & (rows < last)]
        apart.append(float(inside.mean()) * len(inside) ** _LENGTH if len(inside) else 0.0)
    return np.array(apart)


def _pauses(alignment: Alignment) -> Values:
    """Return the longest silence in or after each word, shape (words,).

    In seconds beyond the longest silence of the reference.
    """
    longest = max((b - a for a, b in silences(alignment.reference.speech)), default=0)
    excess = np.full(len(alignment.words), -1.0)
    starts = np.array([w.start for w in alignment.words])
    for first, last in silences(alignment.sound.speech):
        word = max(0, int(np.searchsorted(starts, (first + 1) * FRAME_SECONDS)) - 1)
        excess[word] = max(excess[word], (last - first - longest) * FRAME_SECONDS)
    return excess


def _lost_end(alignment: Alignment) -> Values:
    """Return how much of the last word is not heard if the sound ends within speech.

    Shape (words,): a share of the word's length in the reference; 0 for the other words.
    """
    lost = np.zeros(len(alignment.words))
    said, meant = alignment.sound.speech, alignment.reference.speech
    if said[-_END:].any():
        first, last = _spans(alignment)[-1]
        inside = (alignment.rows >= first) & (alignment.rows < last) & meant[alignment.rows]
        heard = said[np.unique(alignment.columns[inside])].sum()
        lost[-1] = 1 - heard / max(1, meant[first:last].sum())
    return lost


def silences(speech: Mask) -> list[tuple[int, int]]:
    """Return the silences between frames of speech: first, one past the last."""
    edges = np.flatnonzero(np.diff(np.pad(speech, 1).astype(np.int8)))[1:-1]
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _voicing(sound: Spectrum) -> float:
    """Return the normalized autocorrelation at the lag of pitch that a quarter of speech exceeds.

    It is corrected for the window, whose own autocorrelation falls with the lag.
    """
    correlation = np.fft.irfft(sound.power[sound.speech], axis=1)
    of_window = np.fft.irfft(np.abs(np.fft.rfft(window())) ** 2)
    expected = correlation[:, :1] * of_window[_LAGS] / of_window[0] + 1e-9
    return float(np.percentile((correlation[:, _LAGS] / expected).max(axis=1), 75))


def noisiness(sound: Spectrum) -> float:
    """Return how noise-like the most noise-like third of a second is.

    That is the sum of spectral flatness and lack of voicing, exceeded by 90 % of its frames.
    """
    # Spectral flatness between 250 Hz and 6.25 kHz, logarithmic.
    band = sound.power[:, _LOW:_HIGH] + 1e-9
    flatness = np.log(np.exp(np.log(band).mean(axis=1)) / band.mean(axis=1) + 1e-6)
    # Voicing: the highest normalized autocorrelation at lags of pitch.
    tone = np.fft.irfft(sound.power, axis=1)
    voiced = (tone[:, _LAGS] / (tone[:, :1] + 1e-9)).max(axis=1)
    # Silence is not noise.
    flat = np.where(sound.speech, flatness, -3.0)
    toneless = np.where(sound.speech, 1 - voiced, 0.0)
    window = min(_NOISE_WINDOW, len(flat))
    windows = np.lib.stride_tricks.sliding_window_view(flat + 2 * toneless, window)
    return float(np.percentile(windows, _NOISE_PERCENTILE, axis=1).max())
