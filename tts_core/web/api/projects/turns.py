"""Lets requests for one thing come one after another, without a thread in which they wait."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio


class Turns:
    """Locks by name, each of which is there while it is used. For one event loop."""

    def __init__(self) -> None:
        self._locks: dict[str, anyio.Lock] = {}

    @asynccontextmanager
    async def of(self, name: str) -> AsyncIterator[None]:
        """Wait until nobody else has the turn of this name, and have it until the block ends."""
        lock = self._locks.setdefault(name, anyio.Lock())
        try:
            async with lock:
                yield
        finally:
            if not lock.locked():  # nobody waits: the lock would have been handed on
                self._locks.pop(name, None)
