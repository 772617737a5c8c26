"""Dynamic time warping of a reference to a sound, compiled.

numba compiles these at their first call (some seconds, then kept in `NUMBA_CACHE_DIR`). A step
from cell to cell is one of three: both go on, the reference alone (the sound leaves something
out), the sound alone (it takes longer, or something is in it that the reference has not). Silence
is nearly free: in the sound next to a word's edge or to silence in the reference, in the reference
anywhere.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from tts_core.audio.features import Mask, Matrix

BOTH, REFERENCE, SOUND = 0, 1, 2
_SILENT = np.float32(0.15)
_WEIGHT = np.float32(0.6)
_PENALTY = np.float32(0.35)
_FAR = np.float32(1e9)


@numba.njit(cache=True, fastmath=True)
def accumulate(
    distance: Matrix, pausable: Mask, reference_silent: Mask, sound_silent: Mask
) -> tuple[Matrix, NDArray[np.uint8]]:
    """The cost of the best path from the first cell to each, and its last step.

    `distance`: shape (n, m), reference by sound. `pausable`, shape (n,): a word's edge is near.
    """
    n, m = distance.shape
    cost = np.empty((n, m), np.float32)
    steps = np.zeros((n, m), np.uint8)
    for i in range(n):
        free = pausable[i] or reference_silent[i]
        for j in range(m):
            here = distance[i, j]
            if i == 0 and j == 0:
                cost[0, 0] = here
                continue
            best, step = _FAR, BOTH
            if i > 0 and j > 0:
                best = cost[i - 1, j - 1] + here
            if i > 0:
                way = _SILENT if reference_silent[i] else _WEIGHT * here + _PENALTY
                if cost[i - 1, j] + way < best:
                    best, step = cost[i - 1, j] + way, REFERENCE
            if j > 0:
                way = _SILENT if sound_silent[j] and free else _WEIGHT * here + _PENALTY
                if cost[i, j - 1] + way < best:
                    best, step = cost[i, j - 1] + way, SOUND
            cost[i, j] = best
            steps[i, j] = step
    return cost, steps


@numba.njit(cache=True)
def trace(
    steps: NDArray[np.uint8],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]]:
    """The best path: its rows, its columns, and the step to each of its cells."""
    n, m = steps.shape
    rows = np.empty(n + m, np.int32)
    columns = np.empty(n + m, np.int32)
    taken = np.empty(n + m, np.uint8)
    i, j, k = n - 1, m - 1, n + m
    while True:
        k -= 1
        step = steps[i, j]
        if i == 0 and j > 0:
            step = np.uint8(SOUND)
        elif j == 0 and i > 0:
            step = np.uint8(REFERENCE)
        rows[k], columns[k], taken[k] = i, j, step
        if i == 0 and j == 0:
            break
        if step != SOUND:
            i -= 1
        if step != REFERENCE:
            j -= 1
    return rows[k:].copy(), columns[k:].copy(), taken[k:].copy()


@numba.njit(cache=True)
def without_rows(before: Matrix, after: Matrix, first: int, last: int) -> np.float32:
    """The cost of the best path with rows `first` to `last` - 1 left out.

    `before` is what `accumulate` gives; `after` the same from each cell to the last one.
    """
    n, m = before.shape
    if first == 0 and last >= n:
        return np.float32(0)
    if first == 0:
        return np.float32(after[last, 0])
    if last >= n:
        return np.float32(before[first - 1, m - 1])
    best = _FAR
    for j in range(m - 1):
        best = min(best, before[first - 1, j] + after[last, j + 1])
    return best


@numba.njit(cache=True)
def without_columns(before: Matrix, after: Matrix, first: int, last: int) -> np.float32:
    """The cost of the best path with columns `first` to `last` - 1 left out."""
    n, m = before.shape
    if first == 0 and last >= m:
        return np.float32(0)
    if first == 0:
        return np.float32(after[0, last])
    if last >= m:
        return np.float32(before[n - 1, first - 1])
    best = _FAR
    for i in range(n - 1):
        best = min(best, before[i, first - 1] + after[i + 1, last])
    return best
