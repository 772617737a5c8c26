"""Puts the columns of a page one below the other."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

_MIDDLE = (0.3, 0.7)
"""Where the gap between two columns may be, as shares of the width."""
_WIDEST = 400
"""Characters of a line that are looked at."""
_LEAST_ROWS = 10
_LEAST_DIVIDED = 0.6
"""Share of lines with text on both sides of the gap."""
_MOST_CROSSING = 0.2
"""Share of lines that cross it, such as titles. Of lines of prose, five in six do anywhere."""


def in_reading_order(rows: Sequence[str]) -> list[str]:
    """Return the lines of a page, laid out by spaces, with two columns one below the other.

    A page of one column stays. Lines that cross the gap stay above what is below them.
    """
    gap = _gap([row for row in rows if row.strip()])
    if not gap:
        return list(rows)
    found: list[str] = []
    left: list[str] = []
    right: list[str] = []
    for row in rows:
        if row[gap - 1 : gap + 1].strip():
            found += [*left, *_dedented(right), row]
            left, right = [], []
        else:
            left.append(row[:gap].rstrip())
            right.append(row[gap:].rstrip())
    return [*found, *left, *_dedented(right)]


def _gap(rows: Sequence[str]) -> int:
    """Return the column between two columns of text, 0 if there is none."""
    width = min(_WIDEST, max(map(len, rows), default=0))
    best, fewest = 0, len(rows) * _MOST_CROSSING
    for column in range(int(width * _MIDDLE[0]), int(width * _MIDDLE[1])):
        crossing = sum(bool(row[column - 1 : column + 1].strip()) for row in rows)
        divided = sum(bool(row[:column].strip() and row[column:].strip()) for row in rows)
        is_gap = divided - crossing >= max(_LEAST_ROWS, len(rows) * _LEAST_DIVIDED)
        if is_gap and crossing <= fewest:
            best, fewest = column, crossing
    return best


def _dedented(rows: Sequence[str]) -> list[str]:
    """Return lines without the spaces that most of them begin with."""
    indents = [len(row) - len(row.lstrip()) for row in rows if row.strip()]
    usual = statistics.mode(indents) if indents else 0
    return [row[min(usual, len(row) - len(row.lstrip())) :] for row in rows]
