"""When each word of a text sounds, in speech of any voice, from a reference speech of the same
text whose word times are known.

Both become features, and dynamic time warping finds which moment of the one is which of the
other (as Malfrère & Dutoit, "High-quality speech synthesis for phonetic speech segmentation",
Eurospeech 1997, did it). The reference is spoken at the sound's pace, its vocal tract is stretched
to the best of five lengths, then a linear map moves its features towards the speaker's, learnt from
the first alignment. Words' edges move to a pause next to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tts_core.alignment.dtw import BOTH, accumulate, trace
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

_WARPS = (0.84, 0.92, 1.0, 1.08, 1.17)
_PACES = (0.5, 2.5)
_PACE_STEP = 0.03  # finer does not help, and a coarse grid finds more in the cache
_TRUSTED = 70  # percent: the best matching frames, which teach the map
_FEWEST_FRAMES = 40  # to learn it from
_INERTIA = 300.0  # ridge towards no change, in frames
_PAUSE_FRAMES = 5  # the shortest pause that an edge moves to
_LONG_PAUSE_FRAMES, _BREATH_FRAMES = 12, 5
_NEAR = 2  # frames of the reference around a word's edge
_MOST_CELLS = 30_000_000  # 150 MB; 55 s against 55 s


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A speech whose word times are known, at one pace."""

    words: Sequence[WordTiming]
    speech: Mask
    """Shape (n,): frames that are not silence."""
    features: Mapping[float, Matrix]
    """By warp, each of shape (n, 26)."""

    @classmethod
    def of(cls, chunk: AudioChunk) -> Reference:
        """A whole speech, with all its words."""
        sound = spectrum(resample(chunk, RATE).samples)
        return cls(chunk.words, sound.speech, {w: features(sound, w) for w in _WARPS})


Speaker = Callable[[float], Reference]
"""Speaks the text at a factor of its normal pace. It may remember what it made."""


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """Which frame of a reference is which of a sound. n, m: their numbers of frames."""

    words: list[WordTiming]
    """In the sound."""
    reference: Reference
    sound: Spectrum
    pace: float
    """Of the reference."""
    distance: Matrix
    """Shape (n, m): of the reference's frames, moved to the speaker, to the sound's."""
    cost: Matrix
    """Shape (n, m): see `warping.accumulate`."""
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    steps: NDArray[np.uint8]
    """The path, and the step to each of its cells."""
    pausable: Mask
    """Shape (n,)."""


def align(chunk: AudioChunk, speak: Speaker) -> Alignment | None:
    """None when there is nothing to align: no speech in one of them, or far too much."""
    sound = spectrum(resample(chunk, RATE).samples)
    pace = 1.0
    reference = speak(pace)
    if not (sound.speech.any() and reference.speech.any() and reference.words):
        return None
    wanted = float(np.clip(reference.speech.sum() / sound.speech.sum(), *_PACES))
    pace = round(wanted / _PACE_STEP) * _PACE_STEP
    reference = speak(pace)
    if min(len(sound.speech), len(reference.speech)) < 3 or _too_large(reference, sound):
        return None
    found = _find(reference, sound, pace)
    return replace(found, words=_words(found))


def _too_large(reference: Reference, sound: Spectrum) -> bool:
    return len(reference.speech) * len(sound.speech) > _MOST_CELLS


def _find(reference: Reference, sound: Spectrum, pace: float) -> Alignment:
    heard = features(sound)
    pausable = _pausable(reference)
    tries = (
        _path(reference, sound, pace, pausable, spoken, heard)
        for spoken in reference.features.values()
    )
    spoken, found = min(
        zip(reference.features.values(), tries, strict=True), key=lambda t: t[1].cost[-1, -1]
    )
    moved = _moved(spoken, heard, found)
    if moved is None:
        return found
    return _path(reference, sound, pace, pausable, moved, heard)


def _path(
    reference: Reference,
    sound: Spectrum,
    pace: float,
    pausable: Mask,
    spoken: Matrix,
    heard: Matrix,
) -> Alignment:
    distance = distances(spoken, heard)
    cost, steps = accumulate(distance, pausable, ~reference.speech, ~sound.speech)
    return Alignment([], reference, sound, pace, distance, cost, *trace(steps), pausable)


def distances(a: Matrix, b: Matrix) -> Matrix:
    """Euclidean, for a dimension; shapes (n, d) and (m, d) give (n, m)."""
    apart: Matrix = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)
    apart -= 2 * a @ b.T
    np.maximum(apart, 0, out=apart)
    apart /= a.shape[1]
    np.sqrt(apart, out=apart)
    return apart


def _pausable(reference: Reference) -> Mask:
    """Where the speaker may pause: around words, and at both ends."""
    near = np.zeros(len(reference.speech), np.bool_)
    for word in reference.words:
        for edge in (word.start, word.end):
            at = round(edge / FRAME_SECONDS)
            near[max(0, at - 1) : at + 2] = True
    near[:2] = near[-2:] = True
    return near


def _moved(spoken: Matrix, heard: Matrix, found: Alignment) -> Matrix | None:
    """The reference's features mapped to the speaker's; None where too little is known of them."""
    rows, columns = found.rows, found.columns
    pairs = (found.steps == BOTH) & found.reference.speech[rows] & found.sound.speech[columns]
    if pairs.sum() < _FEWEST_FRAMES:
        return None
    rows, columns = rows[pairs], columns[pairs]
    apart = found.distance[rows, columns]
    trusted = apart <= np.percentile(apart, _TRUSTED)
    source, target = _with_one(spoken[rows[trusted]]), heard[columns[trusted]]
    size = spoken.shape[1]
    still = np.vstack((np.eye(size), np.zeros((1, size))))
    square = source.T @ source + _INERTIA * np.eye(size + 1)
    matrix = np.linalg.solve(square, source.T @ target + _INERTIA * still)
    return np.asarray(_with_one(spoken) @ matrix, np.float32)


def _with_one(values: Matrix) -> Matrix:
    return np.hstack((values, np.ones((len(values), 1), np.float32)))


def _words(found: Alignment) -> list[WordTiming]:
    """The reference's words where they are in the sound: ordered, each at least a frame long."""
    reference, speech = found.reference, found.sound.speech
    first, last = _columns(found)
    count = len(first)
    words: list[WordTiming] = []
    for index, word in enumerate(reference.words):
        start_row = min(count - 1, round(word.start / FRAME_SECONDS))
        end_row = min(count - 1, max(start_row + 1, round(word.end / FRAME_SECONDS) - 1))
        while end_row > start_row + 1 and not reference.speech[end_row]:
            end_row -= 1  # the reference's own pause after the word
        start = _entry(first, last, start_row)
        end = int((first if last[end_row] - first[end_row] > 2 else last)[end_row]) + 1
        if index > 0 and (pause := _pause(first, last, start_row, speech)):
            start = pause[1]
        if index < len(reference.words) - 1 and (pause := _pause(first, last, end_row, speech)):
            end = pause[0]
        furthest = last[min(count - 1, start_row + _NEAR)]
        while start < furthest and not speech[start]:
            start += 1
        while end > start + 2 and not speech[min(end - 1, len(speech) - 1)]:
            end -= 1
        begin = max(start * FRAME_SECONDS, words[-1].start if words else 0.0)
        if words and words[-1].end > begin:
            words[-1] = replace(words[-1], end=begin)
        words.append(WordTiming(word.text, begin, max(begin, end * FRAME_SECONDS)))
    return words


def _columns(found: Alignment) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first and the last frame of the sound for each of the reference."""
    n = len(found.reference.speech)
    first, last = np.full(n, len(found.sound.speech)), np.zeros(n, np.int64)
    np.minimum.at(first, found.rows, found.columns)
    np.maximum.at(last, found.rows, found.columns)
    return first, last


def _entry(first: NDArray[np.int64], last: NDArray[np.int64], row: int) -> int:
    """Where a word begins that begins in a row: after what the row lingers on."""
    return int(last[row] if last[row] - first[row] > 2 else first[row])


def _pause(
    first: NDArray[np.int64], last: NDArray[np.int64], row: int, speech: Mask
) -> tuple[int, int] | None:
    """The longest pause in the sound near a row of the reference: from, to."""
    begin, end = first[max(0, row - _NEAR)], last[min(len(last) - 1, row + _NEAR)] + 1
    edges = np.flatnonzero(np.diff(np.concatenate(([True], speech[begin:end], [True]))))
    pauses = [
        (int(begin + a), int(begin + b)) for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]
    longest = max(pauses, key=lambda p: p[1] - p[0], default=None)
    if longest and longest[1] - longest[0] >= _PAUSE_FRAMES:
        return longest
    return _just_before(int(begin), speech)


def _just_before(frame: int, speech: Mask) -> tuple[int, int] | None:
    """A long pause that ends a few frames before: a breath was taken for the word's end."""
    end = frame
    while end > 0 and speech[end - 1] and frame - end < _BREATH_FRAMES:
        end -= 1
    start = end
    while start > 0 and not speech[start - 1]:
        start -= 1
    return (start, end) if end - start >= _LONG_PAUSE_FRAMES else None
