"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(met: Callable[[], object], seconds: float = 20.0) -> float:
    """Return when `met` is true, with the seconds that took; fail after `seconds`.

    What takes longer is asked for less often: to ask takes time of what is waited for.
    """
    began = time.monotonic()
    while not met():
        waited = time.monotonic() - began
        assert waited < seconds, "waited too long"
        time.sleep(min(max(0.005, waited / 10), 0.05))
    return time.monotonic() - began
