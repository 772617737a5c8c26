"""How an engine ends its own computing, whether it was told to or has had enough."""

from __future__ import annotations

import threading


class StopEvent(threading.Event):
    """Set when it is set itself, or when the caller's event is."""

    def __init__(self, caller: threading.Event) -> None:
        super().__init__()
        self._caller = caller

    def is_set(self) -> bool:
        return super().is_set() or self._caller.is_set()
