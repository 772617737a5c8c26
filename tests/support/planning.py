"""A planner that waits, so that a test can look at a project whose document is half cut."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tts_core.service import SpeechService

LONGEST_WAIT = 120.0
"""Seconds after which a planner goes on whatever happens."""


@contextmanager
def half_planned(service: SpeechService) -> Iterator[None]:
    """Have the planner wait after each part that it has stored, until the block ends."""
    planner, ended = service.projects._planner, threading.Event()
    told = planner._changed

    def changed(project_id: str) -> None:
        told(project_id)
        ended.wait(LONGEST_WAIT)

    planner._changed = changed
    try:
        yield
    finally:
        planner._changed = told
        ended.set()
