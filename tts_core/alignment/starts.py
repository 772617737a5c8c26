"""Places the starts of words where natural voices have them, after an alignment with eSpeak NG.

eSpeak NG is no natural voice: where one sound becomes another, it takes other times for it, and it
begins a word at another moment of that than the networks do whose durations tell when a word
begins. How far off a start is can be seen in both sounds around it. A network of 10,000 weights
learned it from speech of Kokoro in five languages (`tests/benchmarks/start_net.py`).
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from safetensors import safe_open

from tts_core.alignment.align import Alignment
from tts_core.audio.features import FRAME_SECONDS, Matrix
from tts_core.types import WordTiming

FILE = Path(__file__).with_suffix(".safetensors")
FURTHEST = 0.04
"""Seconds by which a start is moved at most."""
_IN_SOUND, _IN_REFERENCE = np.arange(-14, 15, 2), np.arange(-8, 9, 2)
"""The frames that the network sees, relative to the start."""
_COLUMNS = [*range(12), 24]
"""Of `features.features`: the coefficients and the energy, without their slopes."""


def placed(alignment: Alignment) -> list[WordTiming]:
    """Return the words of an alignment with eSpeak NG, in order, with better starts.

    The first word begins with the speech, and stays.
    """
    words = alignment.words
    found = _found(alignment)
    moved = words[:1]
    for before, word, time in zip(words, words[1:], found[1:], strict=False):
        start = min(max(float(time), moved[-1].start), word.end)
        # Where a word ends with the start of the next one, it still does.
        end = start if before.end >= word.start else min(before.end, start)
        moved[-1] = WordTiming(before.text, moved[-1].start, max(end, moved[-1].start))
        moved.append(WordTiming(word.text, start, word.end))
    return moved


def inputs(alignment: Alignment, starts: NDArray[np.float64]) -> Matrix:
    """Return what the network gets of each word, shape (words, 312).

    `starts`: seconds at which the words are taken to begin in the sound.
    """
    reference = alignment.reference
    known = np.array([word.start for word in reference.words])
    return np.hstack(
        (
            _around(alignment.features, starts, _IN_SOUND),
            _around(reference.features[1.0], known, _IN_REFERENCE),
        )
    )


def _around(features: Matrix, times: NDArray[np.float64], near: NDArray[np.int64]) -> Matrix:
    """Return the features, (n, 26), at frames around some times, between frames if need be."""
    at = np.clip(times[:, None] / FRAME_SECONDS + near, 0, len(features) - 1)
    before = np.minimum(at.astype(np.int64), len(features) - 2)
    part = (at - before)[..., None].astype(np.float32)
    kept = features[:, _COLUMNS]
    between = kept[before] * (1 - part) + kept[before + 1] * part
    return np.asarray(between.reshape(len(times), -1), np.float32)


def _found(alignment: Alignment) -> NDArray[np.float64]:
    """Return the seconds at which each word begins."""
    starts = np.array([word.start for word in alignment.words])
    weights = _weights()
    hidden = inputs(alignment, starts) @ weights["weight0"] + weights["bias0"]
    later = np.maximum(hidden, 0) @ weights["weight1"] + weights["bias1"]
    return np.asarray(starts + np.clip(later[:, 0] * FRAME_SECONDS, -FURTHEST, FURTHEST))


@functools.cache
def reference_engine() -> str:
    """Return the name of the reference engine from whose alignments the network learned."""
    with safe_open(FILE, framework="numpy") as file:
        return str(file.metadata()["reference"])


@functools.cache
def _weights() -> dict[str, Matrix]:
    """Return the weights and biases of both layers. The network's result is in frames."""
    return safetensors.numpy.load_file(FILE)
