"""Dynamic time warping of references to a sound.

A step from cell to cell is one of three: both go on, the reference alone (the sound leaves
something out), the sound alone (it takes longer, or something is in it that the reference has
not). Silence is nearly free: in the sound next to a word's edge or to silence in the reference, in
the reference anywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tts_core.audio.features import Mask, Matrix

BOTH, REFERENCE, SOUND = 0, 1, 2
_SILENT = np.float32(0.15)
_WEIGHT = np.float32(0.6)
_PENALTY = np.float32(0.35)
_FAR = np.float32(1e9)
_BLOCK_CELLS = 30_000  # so many, and what is worked out of them, stay in a processor's cache


def accumulate(
    distance: Matrix, pausable: Mask, reference_silent: Mask, sound_silent: Mask
) -> tuple[Matrix, NDArray[np.uint8]]:
    """Find the cost of the best path from the first cell to each, and its last step.

    `distance`: shape (n, m), reference by sound. `pausable`, shape (n,): a word's edge is near. Of
    steps that cost the same, the first of BOTH, REFERENCE and SOUND is taken.
    """
    n, m = distance.shape
    cost, steps = np.empty((n, m), np.float32), np.empty((n, m), np.uint8)
    free = pausable | reference_silent
    height = min(n, max(1, _BLOCK_CELLS // m))
    # `along` is what steps of the sound alone cost from the first cell of a row. Less that, a cell
    # costs the least of what it and the cells before it cost when they are come to from the row
    # above: a running minimum, `least`. Column 0 of both is before the first cell, where a path
    # starts. float64 adds up such float32 numbers without rounding, so that what costs the same is
    # found to, in whichever order it was added.
    along = np.zeros((height + 1, m + 1))
    least = np.full((height + 1, m + 1), np.inf)
    least[0, 0] = 0
    for start in range(0, n, height):
        here = distance[start : start + height]
        size = len(here)
        rows = slice(start, start + size)
        up = _WEIGHT * here + _PENALTY
        right = up.copy()
        up[reference_silent[rows]] = _SILENT
        right[np.ix_(free[rows], sound_silent)] = _SILENT
        above, now, found = along[:size], along[1 : size + 1, 1:], least[1 : size + 1, 1:]
        np.add.accumulate(right[:, 1:], axis=1, dtype=np.float64, out=now[:, 1:])
        by_both = above[:, :-1] - now
        by_both += here
        by_reference = above[:, 1:] - now
        by_reference += up
        for before, row, diagonal, vertical in zip(
            least, found, by_both, by_reference, strict=False
        ):
            np.add(diagonal, before[:-1], out=diagonal)
            np.add(vertical, before[1:], out=vertical)
            np.minimum(diagonal, vertical, out=row)
            np.fmin.accumulate(row, out=row)  # as `minimum`, but quicker
        np.add(found, now, out=cost[rows], casting="same_kind")
        not_both = by_both > found
        neither = not_both & (by_reference > found)
        np.add(not_both.view(np.uint8), neither.view(np.uint8), out=steps[rows])
        least[0], along[0] = least[size], along[size]
    return cost, steps


def trace(
    steps: NDArray[np.uint8],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]]:
    """Follow the best path back: its rows, its columns, and the step to each of its cells."""
    n, m = steps.shape
    flat = steps.ravel()
    step_to = flat.data  # items of it are quicker to read than the array's
    back = (m + 1, m, 1)  # for BOTH, REFERENCE and SOUND
    at = n * m - 1
    cells = [at]
    while at:
        at -= back[step_to[at]]
        cells.append(at)
    path = np.array(cells[::-1])
    rows, columns = np.divmod(path, m)
    return rows.astype(np.int32), columns.astype(np.int32), flat[path]


def without_rows(before: Matrix, after: Matrix, first: int, last: int) -> np.float32:
    """Find the cost of the best path with rows `first` to `last` - 1 left out.

    `before` is what `accumulate` gives; `after` the same from each cell to the last one.
    """
    n, m = before.shape
    if first == 0 and last >= n:
        return np.float32(0)
    if first == 0:
        return np.float32(after[last, 0])
    if last >= n:
        return np.float32(before[first - 1, m - 1])
    return np.float32((before[first - 1, :-1] + after[last, 1:]).min(initial=_FAR))


def without_columns(before: Matrix, after: Matrix, first: int, last: int) -> np.float32:
    """Find the cost of the best path with columns `first` to `last` - 1 left out."""
    return without_rows(before.T, after.T, first, last)
