"""The best path through a matrix, against the same worked out cell by cell."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from tts_core.alignment.dtw import (
    BOTH,
    REFERENCE,
    SOUND,
    accumulate,
    trace,
    without_columns,
    without_rows,
)
from tts_core.audio.features import Mask, Matrix

Case = tuple[Matrix, Mask, Mask, Mask]
"""What `accumulate` takes."""
SILENT = float(np.float32(0.15))
FROM = {BOTH: (1, 1), REFERENCE: (1, 0), SOUND: (0, 1)}
SHAPES = [
    (1, 1), (1, 7), (7, 1), (2, 2), (3, 17), (17, 3), (24, 24), (31, 26), (40, 1100), (1100, 40)
]  # fmt: skip


def drawn(n: int, m: int, seed: int) -> Case:
    """Distances that are often the same, so that there are ties, or (odd seeds) never."""
    random = np.random.default_rng((n, m, seed))
    distance = random.integers(0, 9, (n, m)) / 4 if seed % 2 == 0 else random.random((n, m)) * 2
    silence = random.choice((0.0, 0.3, 1.0), 3)
    pausable, quiet, still = (random.random(k) < s for k, s in zip((n, n, m), silence, strict=True))
    return distance.astype(np.float32), pausable, quiet, still


def price(case: Case, i: int, j: int, step: int) -> float:
    """What a step to a cell costs."""
    distance, pausable, reference_silent, sound_silent = case
    if step == BOTH:
        return float(distance[i, j])
    if step == REFERENCE and reference_silent[i]:
        return SILENT
    if step == SOUND and sound_silent[j] and (pausable[i] or reference_silent[i]):
        return SILENT
    return float(np.float32(0.6) * distance[i, j] + np.float32(0.35))


def cell_by_cell(case: Case) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    n, m = case[0].shape
    cost, steps = np.full((n, m), math.inf), np.zeros((n, m), np.uint8)
    cost[0, 0] = case[0][0, 0]
    for i in range(n):
        for j in range(m):
            for step, (up, left) in FROM.items():
                if i >= up and j >= left and (i, j) != (0, 0):
                    way = cost[i - up, j - left] + price(case, i, j, step)
                    if way < cost[i, j]:
                        cost[i, j], steps[i, j] = way, step
    return cost, steps


@pytest.mark.parametrize(("n", "m"), SHAPES)
def test_costs_and_steps_are_those_found_cell_by_cell(n: int, m: int) -> None:
    for seed in range(2 if n * m > 1000 else 12):
        case = drawn(n, m, seed)
        cost, steps = accumulate(*case)
        wanted, wanted_steps = cell_by_cell(case)
        assert cost.dtype == np.float32
        np.testing.assert_allclose(cost, wanted, rtol=1e-6, err_msg=f"seed {seed}")
        np.testing.assert_array_equal(steps, wanted_steps, f"seed {seed}")


@pytest.mark.parametrize(("n", "m"), SHAPES)
def test_the_path_costs_what_its_last_cell_does(n: int, m: int) -> None:
    for seed in range(8):
        case = drawn(n, m, seed)
        cost, steps = accumulate(*case)
        rows, columns, taken = trace(steps)
        cells = list(zip(rows.tolist(), columns.tolist(), taken.tolist(), strict=True))
        assert cells[0] == (0, 0, BOTH)
        assert cells[-1][:2] == (n - 1, m - 1)
        total = float(case[0][0, 0])
        for (i, j, _), (row, column, step) in pairwise(cells):
            assert (row - i, column - j) == FROM[step]
            total += price(case, row, column, step)
        assert total == pytest.approx(cost[-1, -1], rel=1e-6)


def test_of_equal_paths_the_sound_goes_on_first() -> None:
    """Where all is silent and unlike, any way round costs the same but for rounding."""
    n, m = 90, 70
    silent = np.ones(n, np.bool_), np.ones(n, np.bool_), np.ones(m, np.bool_)
    cost, steps = accumulate(np.full((n, m), 2, np.float32), *silent)
    rows, columns, _ = trace(steps)
    assert rows.tolist() == [0] * m + list(range(1, n))
    assert columns.tolist() == list(range(m)) + [m - 1] * (n - 1)
    assert cost[-1, -1] == pytest.approx(2 + SILENT * (n + m - 2))


def test_frames_that_are_alike_go_on_together() -> None:
    loud = np.zeros(50, np.bool_)
    cost, steps = accumulate(np.zeros((50, 50), np.float32), loud, loud, loud)
    rows, columns, taken = trace(steps)
    assert rows.tolist() == columns.tolist() == list(range(50))
    assert set(taken.tolist()) == {BOTH}
    assert cost[-1, -1] == 0


def test_what_is_left_out() -> None:
    """Both halves of the path meet in neighboring cells around what is left out."""
    distance, *flags = drawn(12, 15, 1)
    before, _ = accumulate(distance, *flags)
    after, _ = accumulate(distance[::-1, ::-1], *(flag[::-1] for flag in flags))
    after = after[::-1, ::-1]
    by_row = min(before[3, j] + after[7, j + 1] for j in range(14))
    assert without_rows(before, after, 4, 7) == pytest.approx(by_row)
    by_column = min(before[i, 4] + after[i + 1, 9] for i in range(11))
    assert without_columns(before, after, 5, 9) == pytest.approx(by_column)
    assert without_rows(before, after, 0, 12) == without_columns(before, after, 0, 15) == 0
    assert without_rows(before, after, 0, 5) == after[5, 0]
    assert without_rows(before, after, 5, 12) == before[4, 14]
    assert without_columns(before, after, 0, 5) == after[0, 5]
    assert without_columns(before, after, 5, 15) == before[11, 4]
