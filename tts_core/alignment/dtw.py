"""Dynamic time warping of reference speech to a sound.

A step from cell to cell advances both, or the reference alone (the sound leaves something out), or
the sound alone (it takes longer, or has something that the reference lacks). Silence costs next to
nothing: in the sound near a word boundary or near silence in the reference, in the reference
anywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tts_core.audio.features import Mask, Matrix

BOTH, REFERENCE, SOUND = 0, 1, 2
_SILENT = np.float32(0.15)  # cost of a step over silence
_WEIGHT = np.float32(0.6)  # of the distance, in a step of one side alone
_PENALTY = np.float32(0.35)  # for a step of one side alone
_FAR = np.float32(1e9)
_BLOCK_CELLS = 30_000  # which, with the intermediate results, fit into a processor's cache


def accumulate(
    distance: Matrix, pausable: Mask, reference_silent: Mask, sound_silent: Mask
) -> tuple[Matrix, NDArray[np.uint8]]:
    """Return the cost of the best path from the first cell to each, and the last step of each path.

    `distance`: shape (n, m), reference by sound. `pausable`, shape (n,): a word boundary is near.
    `reference_silent`: shape (n,). `sound_silent`: shape (m,). Among steps of equal cost the first
    of BOTH, REFERENCE and SOUND wins. Both results have the shape (n, m).
    """
    n, m = distance.shape
    cost, steps = np.empty((n, m), np.float32), np.empty((n, m), np.uint8)
    free = pausable | reference_silent
    height = min(n, max(1, _BLOCK_CELLS // m))
    # Vectorized over the columns of a row. `along` is the cost of steps of the sound alone from the
    # first cell of the row. The cost of a cell less `along` is the running minimum, `least`, of the
    # costs at which this cell and those before it are entered from the row above. Column 0 of both
    # is before the first cell, where a path starts. float64 adds these float32 numbers without
    # rounding, so equal costs compare as equal in whatever order they were added.
    along = np.zeros((height + 1, m + 1))
    least = np.full((height + 1, m + 1), np.inf)
    least[0, 0] = 0
    for start in range(0, n, height):
        here = distance[start : start + height]
        size = len(here)
        rows = slice(start, start + size)
        # Costs of steps of the reference alone and of the sound alone.
        up = _WEIGHT * here + _PENALTY
        right = up.copy()
        up[reference_silent[rows]] = _SILENT
        right[np.ix_(free[rows], sound_silent)] = _SILENT
        # Cost along each row; views of the rows above, of these rows, and of the minima.
        above, now, found = along[:size], along[1 : size + 1, 1:], least[1 : size + 1, 1:]
        np.add.accumulate(right[:, 1:], axis=1, dtype=np.float64, out=now[:, 1:])
        # Costs of entering each cell from the row above, relative to `along`.
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
            np.fmin.accumulate(row, out=row)  # the same as `minimum`, but faster
        # Absolute costs, and which step was the cheapest.
        np.add(found, now, out=cost[rows], casting="same_kind")
        not_both = by_both > found
        neither = not_both & (by_reference > found)
        np.add(not_both.view(np.uint8), neither.view(np.uint8), out=steps[rows])
        # The last row of this block is above the next one.
        least[0], along[0] = least[size], along[size]
    return cost, steps


def trace(
    steps: NDArray[np.uint8],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]]:
    """Trace the best path back; return its rows, its columns and the step to each cell."""
    n, m = steps.shape
    flat = steps.ravel()
    step_to = flat.data  # items of a buffer are faster to read than those of an array
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
    """Return the cost of the best path with rows `first` to `last` - 1 left out.

    `before` is the cost of `accumulate`, `after` the cost from each cell to the last one.
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
    """Return the cost of the best path with columns `first` to `last` - 1 left out."""
    return without_rows(before.T, after.T, first, last)
