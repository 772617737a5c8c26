"""Bridges the service's blocking streams to the event loop, so that a cancelled task stops the
engine at once instead of when its thread next looks up."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncGenerator, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread

from tts_core.events import SpeechEvent, SpeechInfo
from tts_core.service import SpeechService
from tts_core.synthesis.stream import SpeechStream
from tts_core.types import SpeechRequest

T = TypeVar("T")

KEEP_ALIVE_SECONDS = 0.25
"""A generator that yields this often notices a closed tab this soon."""

THREADS = anyio.CapacityLimiter(256)
"""Each running request holds one thread, which mostly waits."""


async def in_thread(call: Callable[[], T]) -> T:
    """Run a blocking call in a thread; a cancelled caller does not wait for it."""
    return await anyio.to_thread.run_sync(call, abandon_on_cancel=True, limiter=THREADS)


async def open_stream(
    service: SpeechService, request: SpeechRequest, *, save_as: str | None = None
) -> SpeechStream:
    """`SpeechService.stream` in a thread, since cutting up a book takes a second.

    A task that is cancelled meanwhile leaves no request behind.
    """
    request_id = uuid.uuid4().hex
    abandoned = threading.Event()

    def call() -> SpeechStream:
        stream = service.stream(request, save_as=save_as, request_id=request_id)
        if abandoned.is_set():
            stream.close()
        return stream

    try:
        return await in_thread(call)
    except asyncio.CancelledError:
        abandoned.set()
        service.cancel(request_id)
        raise


def events(stream: SpeechStream) -> AsyncGenerator[SpeechEvent | None, None]:
    """The stream's events; None every `KEEP_ALIVE_SECONDS` while there is none.

    Leaving early, by `aclose()` or by cancellation, stops the request.
    """
    return taken(stream, partial(stream.next_event, KEEP_ALIVE_SECONDS))


async def taken(stream: SpeechStream, take: Callable[[], T | None]) -> AsyncGenerator[T | None]:
    """What `take` gets from the stream, in a thread, until that is None; and None whenever it
    raises TimeoutError. Leaving early stops the request."""
    try:
        while True:
            try:
                found = await in_thread(take)
            except TimeoutError:
                yield None
                continue
            if found is None:
                return
            yield found
    finally:
        stream.close()


async def synthesize(
    service: SpeechService, request: SpeechRequest, format: str
) -> tuple[Path, SpeechInfo]:
    """`SpeechService.synthesize`; cancelling the task stops the request."""
    with await open_stream(service, request, save_as=format) as stream:
        finished = await in_thread(stream.read_to_end)
    assert finished.path is not None  # `save_as` was given
    return finished.path, finished.info
