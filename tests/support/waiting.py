"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(met: Callable[[], object], seconds: float = 20.0) -> float:
    """Return when `met` is true, with the seconds that took; fail after `seconds`."""
    began = time.monotonic()
    while not met():
        assert time.monotonic() - began < seconds, "waited too long"
        time.sleep(0.005)
    return time.monotonic() - began
