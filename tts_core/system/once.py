"""A cache for what takes long and several threads may ask for at the same time."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Hashable
from typing import TypeVar

T = TypeVar("T")


def computed_once(function: Callable[..., T]) -> Callable[..., T]:
    """Return a function that remembers its results, and computes each one once.

    `functools.cache` does not wait for another thread that computes the same.
    """
    remembered = functools.cache(function)
    locks: dict[tuple[Hashable, ...], threading.Lock] = {}

    @functools.wraps(function)
    def asked(*values: Hashable) -> T:
        with locks.setdefault(values, threading.Lock()):
            return remembered(*values)

    return asked
