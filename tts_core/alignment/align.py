"""Forced alignment: word timestamps of speech in any voice, from reference speech of the same text
whose timestamps are known.

Dynamic time warping aligns the features of both (as Malfrère & Dutoit, "High-quality speech
synthesis for phonetic speech segmentation", Eurospeech 1997). The reference is spoken at the rate
of the sound, with the best of five factors of vocal tract length normalization; then a linear map,
learned from the first alignment, adapts its features to the speaker. Word boundaries snap to
adjacent pauses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tts_core.alignment.dtw import BOTH, accumulate, trace
from tts_core.alignment.phones import phones
from tts_core.audio.features import (
    FRAME_SECONDS,
    RATE,
    Mask,
    Matrix,
    Spectrum,
    features,
    spectrum,
)
from tts_core.audio.resample import resample
from tts_core.types import AudioChunk, WordTiming

_WARP_FACTORS = (0.84, 0.92, 1.0, 1.08, 1.17)
_RATES = (0.5, 2.5)  # of the reference; 1 is its normal rate
_RATE_STEP = 0.03  # a finer grid does not help, and a coarse one hits the cache more often
_SAME_RATE = 0.08  # saves a quarter of the work, and word times are as exact
_TRUSTED = 70  # percent of the frames, those that match best, train the map
_FEWEST_FRAMES = 40  # to train the map
_RIDGE = 300.0  # regularization of the map towards the identity, in frames
_PAUSE_FRAMES = 5  # the shortest pause to which a word boundary snaps
_LONG_PAUSE_FRAMES, _BREATH_FRAMES = 12, 5
_NEAR = 2  # frames of the reference around a word boundary
_AROUND = 12  # frames on either side of a word's start that are compared to place it
_FURTHEST = 4  # frames by which that may move it
_STAY = 0.01  # distance by which a place one frame further away has to be better
_MOST_CELLS = 30_000_000  # 150 MB: 55 s of reference and 55 s of sound


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """Speech with known word timestamps, at one speaking rate; n frames."""

    words: Sequence[WordTiming]
    speech: Mask
    """Shape (n,): frames that are not silence."""
    features: Mapping[float, Matrix]
    """By warp factor, each of shape (n, 26)."""
    phones: Matrix
    """As `phones.phones` returns them: n frames."""

    @classmethod
    def of(cls, chunk: AudioChunk) -> Reference:
        """Compute the features of a whole speech, which has all its words."""
        sound = spectrum(resample(chunk, RATE).samples)
        warped = {warp: features(sound, warp) for warp in _WARP_FACTORS}
        return cls(chunk.words, sound.speech, warped, phones(sound))


Speaker = Callable[[float], Reference]
"""Returns the reference for a text, spoken at a factor of its normal rate."""


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """A path through the frames of a reference (n) and of a sound (m)."""

    words: list[WordTiming]
    """With their times in the sound."""
    reference: Reference
    sound: Spectrum
    features: Matrix
    """Of the sound, shape (m, 26)."""
    rate: float
    """Speaking rate of the reference."""
    distance: Matrix
    """Shape (n, m): of the reference's adapted frames from those of the sound."""
    cost: Matrix
    """Shape (n, m): see `dtw.accumulate`."""
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    steps: NDArray[np.uint8]
    """With rows and columns, shape (k,): the cells of the path and the step to each."""
    pausable: Mask
    """Shape (n,): frames of the reference at which the speaker may pause."""


def align(chunk: AudioChunk, speak: Speaker) -> Alignment | None:
    """Align mono audio with reference speech of its text.

    Returns None when there is no speech in one of them, or too much to align.
    """
    sound = spectrum(resample(chunk, RATE).samples)
    rate = 1.0
    reference = speak(rate)
    if not (sound.speech.any() and reference.speech.any() and reference.words):
        return None
    # Speak the reference again at the rate of the sound, where that differs.
    wanted = float(np.clip(reference.speech.sum() / sound.speech.sum(), *_RATES))
    if abs(wanted - rate) > _SAME_RATE:
        rate = round(wanted / _RATE_STEP) * _RATE_STEP
        reference = speak(rate)
    if min(len(sound.speech), len(reference.speech)) < 3 or _too_large(reference, sound):
        return None
    alignment = _best_alignment(reference, sound, rate)
    return replace(alignment, words=_words(alignment))


def _too_large(reference: Reference, sound: Spectrum) -> bool:
    return len(reference.speech) * len(sound.speech) > _MOST_CELLS


def _best_alignment(reference: Reference, sound: Spectrum, rate: float) -> Alignment:
    """Align with the best warp factor, then once more with adapted features. No words yet."""
    target = features(sound)
    pausable = _pausable(reference)
    # Vocal tract length normalization: the warp factor with the lowest cost, in a quarter of the
    # time by every other frame.
    flags = (pausable[::2], ~reference.speech[::2], ~sound.speech[::2])
    source = min(
        reference.features.values(),
        key=lambda s: accumulate(distances(s[::2], target[::2]), *flags)[0][-1, -1],
    )
    alignment = _path(reference, sound, rate, pausable, source, target)
    # Speaker adaptation, where there are enough matching frames.
    adapted = _adapted(source, target, alignment)
    if adapted is None:
        return alignment
    return _path(reference, sound, rate, pausable, adapted, target)


def _path(
    reference: Reference,
    sound: Spectrum,
    rate: float,
    pausable: Mask,
    source: Matrix,
    target: Matrix,
) -> Alignment:
    """Find the best path. `source`: features of the reference; `target`: of the sound."""
    distance = distances(source, target)
    cost, steps = accumulate(distance, pausable, ~reference.speech, ~sound.speech)
    return Alignment([], reference, sound, target, rate, distance, cost, *trace(steps), pausable)


def distances(a: Matrix, b: Matrix) -> Matrix:
    """Return the root mean square differences, (n, m), of frames of shapes (n, d) and (m, d)."""
    # |a - b|² = |a|² + |b|² - 2ab needs no array of shape (n, m, d).
    apart: Matrix = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)
    apart -= 2 * a @ b.T
    np.maximum(apart, 0, out=apart)
    apart /= a.shape[1]
    np.sqrt(apart, out=apart)
    return apart


def _pausable(reference: Reference) -> Mask:
    """Return the frames at which the speaker may pause: around words, and at both ends."""
    near = np.zeros(len(reference.speech), np.bool_)
    for word in reference.words:
        for edge in (word.start, word.end):
            at = round(edge / FRAME_SECONDS)
            near[max(0, at - 1) : at + 2] = True
    near[:2] = near[-2:] = True
    return near


def _adapted(source: Matrix, target: Matrix, alignment: Alignment) -> Matrix | None:
    """Map the reference's features, (n, 26), towards the speaker's, (m, 26).

    The affine map is learned by ridge regression from the frames of speech that match best.
    Returns None when there are too few.
    """
    # Pairs of frames of speech on diagonal steps of the path.
    rows, columns = alignment.rows, alignment.columns
    pairs = alignment.steps == BOTH
    pairs &= alignment.reference.speech[rows] & alignment.sound.speech[columns]
    if pairs.sum() < _FEWEST_FRAMES:
        return None
    rows, columns = rows[pairs], columns[pairs]
    # Of these, the ones that match best.
    apart = alignment.distance[rows, columns]
    trusted = apart <= np.percentile(apart, _TRUSTED)
    x, y = _with_one(source[rows[trusted]]), target[columns[trusted]]
    # Normal equations of the regression, regularized towards the identity.
    size = source.shape[1]
    identity = np.vstack((np.eye(size), np.zeros((1, size))))
    gram = x.T @ x + _RIDGE * np.eye(size + 1)
    matrix = np.linalg.solve(gram, x.T @ y + _RIDGE * identity)
    return np.asarray(_with_one(source) @ matrix, np.float32)


def _with_one(values: Matrix) -> Matrix:
    """Append a column of ones, for the constant term of an affine map."""
    return np.hstack((values, np.ones((len(values), 1), np.float32)))


def _words(alignment: Alignment) -> list[WordTiming]:
    """Return the words with their times in the sound: in order, each at least a frame long."""
    reference, speech = alignment.reference, alignment.sound.speech
    first, last = _columns(alignment)
    count = len(first)
    words: list[WordTiming] = []
    for index, word in enumerate(reference.words):
        # The word's rows in the reference, without the reference's own pause after it.
        start_row = min(count - 1, round(word.start / FRAME_SECONDS))
        end_row = min(count - 1, max(start_row + 1, round(word.end / FRAME_SECONDS) - 1))
        while end_row > start_row + 1 and not reference.speech[end_row]:
            end_row -= 1
        # The columns where the path enters and leaves those rows.
        start = _entry(first, last, start_row)
        end = int((first if last[end_row] - first[end_row] > 2 else last)[end_row]) + 1
        # Snap to pauses between this word and its neighbors.
        if index > 0 and (pause := _pause(first, last, start_row, speech)):
            start = pause[1]
        if index < len(reference.words) - 1 and (pause := _pause(first, last, end_row, speech)):
            end = pause[0]
        # Trim silence at both ends.
        furthest = last[min(count - 1, start_row + _NEAR)]
        while start < furthest and not speech[start]:
            start += 1
        while end > start + 2 and not speech[min(end - 1, len(speech) - 1)]:
            end -= 1
        # Never before the word before it, nor overlapping it.
        begin = _refined(alignment, word.start, start)
        begin = max(begin, words[-1].start if words else 0.0)
        if words and words[-1].end > begin:
            words[-1] = replace(words[-1], end=begin)
        words.append(WordTiming(word.text, begin, max(begin, end * FRAME_SECONDS)))
    return words


def _refined(alignment: Alignment, time: float, column: int) -> float:
    """Return the seconds at which a word begins in the sound.

    `time`: seconds at which it begins in the reference. `column`: the frame of the sound at which
    the path puts it. A path is free to stretch the transition between two sounds, and so to be some
    50 ms off. Therefore the quarter of a second around the start is moved over the sound as it is,
    not stretched; a parabola through the three lowest distances tells fractions of a frame.
    """
    n, m = alignment.distance.shape
    row = round(time / FRAME_SECONDS)
    shifts, around = np.arange(-_FURTHEST, _FURTHEST + 1), np.arange(-_AROUND, _AROUND)
    rows, columns = np.broadcast_arrays(row + around, column + shifts[:, None] + around)
    inside = (rows >= 0) & (rows < n) & (columns >= 0) & (columns < m)
    apart = alignment.distance[np.clip(rows, 0, n - 1), np.clip(columns, 0, m - 1)]
    mean = np.where(inside, apart, 0).sum(axis=1) / np.maximum(inside.sum(axis=1), 1)
    mean += _STAY * np.abs(shifts)
    best = int(mean.argmin())
    shift = float(shifts[best])
    if 0 < best < len(mean) - 1:
        before, here, after = mean[best - 1 : best + 2]
        shift += float(0.5 * (before - after) / max(before - 2 * here + after, 1e-6))
    found = float(column - row + shift) * FRAME_SECONDS + time
    return float(min(max(0.0, found), m * FRAME_SECONDS))


def _columns(alignment: Alignment) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last frame of the sound for each frame of the reference."""
    n = len(alignment.reference.speech)
    first, last = np.full(n, len(alignment.sound.speech)), np.zeros(n, np.int64)
    np.minimum.at(first, alignment.rows, alignment.columns)
    np.maximum.at(last, alignment.rows, alignment.columns)
    return first, last


def _entry(first: NDArray[np.int64], last: NDArray[np.int64], row: int) -> int:
    """Return the column at which a word begins that begins in a row.

    If the path stays in the row for several columns, they belong to what comes before the word.
    """
    return int(last[row] if last[row] - first[row] > 2 else first[row])


def _pause(
    first: NDArray[np.int64], last: NDArray[np.int64], row: int, speech: Mask
) -> tuple[int, int] | None:
    """Return the longest pause of the sound near a row of the reference: start, end."""
    begin, end = first[max(0, row - _NEAR)], last[min(len(last) - 1, row + _NEAR)] + 1
    # Runs of silence begin and end where the mask changes.
    edges = np.flatnonzero(np.diff(np.concatenate(([True], speech[begin:end], [True]))))
    pauses = [
        (int(begin + a), int(begin + b)) for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]
    longest = max(pauses, key=lambda p: p[1] - p[0], default=None)
    if longest and longest[1] - longest[0] >= _PAUSE_FRAMES:
        return longest
    return _just_before(int(begin), speech)


def _just_before(frame: int, speech: Mask) -> tuple[int, int] | None:
    """Return a long pause that ends a few frames before: a breath counted as the word's end."""
    end = frame
    while end > 0 and speech[end - 1] and frame - end < _BREATH_FRAMES:
        end -= 1
    start = end
    while start > 0 and not speech[start - 1]:
        start -= 1
    return (start, end) if end - start >= _LONG_PAUSE_FRAMES else None
