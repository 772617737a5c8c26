"""Lets some requests of one kind go on at a time, without threads in which the others wait."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import anyio
import anyio.to_thread

from tts_core.synthesis.fair_share import UNLIMITED_CLIENTS
from tts_core.types import Caller

T = TypeVar("T")

_THREADS = anyio.CapacityLimiter(4)
"""Threads that read documents and write books, for minutes: none of those that speak, or that
answer short requests, may be taken by them."""


@dataclass(slots=True)
class _Places:
    free: anyio.Semaphore
    users: int = 0
    """Those that have a place, or wait for one."""


class Turns:
    """Semaphores by name, which exist only while they are in use. For one event loop."""

    def __init__(self, places: int = 1) -> None:
        """`places`: how many there are of each name."""
        self._count = places
        self._places: dict[str, _Places] = {}

    @asynccontextmanager
    async def of(self, name: str) -> AsyncIterator[None]:
        """Wait for a place of this name, and have it until the block ends."""
        places = self._places.setdefault(name, _Places(anyio.Semaphore(self._count)))
        places.users += 1
        try:
            async with places.free:
                yield
        finally:
            places.users -= 1
            if not places.users:
                del self._places[name]


_OF_CLIENTS = Turns(2)
"""By client: a document made for it is read for two minutes, and others wait."""


async def long_work(caller: Caller, work: Callable[[], T]) -> T:
    """Return what `work` returns, called in one of a few threads, of which a client has two."""
    if caller.client in UNLIMITED_CLIENTS:
        return await anyio.to_thread.run_sync(work, limiter=_THREADS)
    async with _OF_CLIENTS.of(caller.client):
        return await anyio.to_thread.run_sync(work, limiter=_THREADS)
