"""Parameters of which a few are tried as a rule, and all with --thorough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest


def sampled(values: Sequence[object], count: int) -> list[Any]:
    """Return all values; all but `count`, evenly spaced, are marked as thorough."""
    usual = {round(i * (len(values) - 1) / max(count - 1, 1)) for i in range(count)}
    return [
        value if place in usual else pytest.param(value, marks=pytest.mark.thorough)
        for place, value in enumerate(values)
    ]
