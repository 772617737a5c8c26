"""Bridges the service's blocking streams to the event loop, so that a cancelled task stops the
engine at once instead of when its thread next looks up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread

from tts_core.events import SpeechEvent, SpeechInfo
from tts_core.service import SpeechService
from tts_core.stream import SpeechStream
from tts_core.types import SpeechRequest

T = TypeVar("T")

KEEP_ALIVE_SECONDS = 0.25
"""A generator that yields this often notices a closed tab this soon."""

THREADS = anyio.CapacityLimiter(256)
"""Each running request holds one thread, which mostly waits."""


async def in_thread(call: Callable[[], T]) -> T:
    """Run a blocking call in a thread; a cancelled caller does not wait for it."""
    return await anyio.to_thread.run_sync(call, abandon_on_cancel=True, limiter=THREADS)


async def events(stream: SpeechStream) -> AsyncIterator[SpeechEvent | None]:
    """The stream's events; None every `KEEP_ALIVE_SECONDS` while there is none.

    Leaving early, by `aclose()` or by cancellation, stops the request.
    """
    try:
        while True:
            try:
                event = await in_thread(partial(stream.next_event, KEEP_ALIVE_SECONDS))
            except TimeoutError:
                yield None
                continue
            if event is None:
                return
            yield event
    finally:
        stream.close()


async def synthesize(
    service: SpeechService, request: SpeechRequest, format: str, request_id: str
) -> tuple[Path, SpeechInfo]:
    """`SpeechService.synthesize` in a thread; cancelling the task stops the request."""
    try:
        return await in_thread(partial(service.synthesize, request, format, request_id=request_id))
    finally:
        service.cancel(request_id)
