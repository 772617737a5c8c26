"""Runs the service's blocking streams from the event loop.

Canceling a task stops the engine at once, not when its thread next checks.
"""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread

from tts_core.errors import TTSError
from tts_core.events import Audio, SpeechEvent, SpeechInfo
from tts_core.service import SpeechService
from tts_core.synthesis.stream import SpeechStream
from tts_core.text.reading.reader import has_words
from tts_core.text.reading.reading import Options
from tts_core.types import SpeechRequest

T = TypeVar("T")

KEEP_ALIVE_SECONDS = 0.25
"""How often a generator yields, and so how soon it notices a closed tab."""
MAX_STEP_SECONDS = 2.0
"""Seconds of audio that are read in one call."""
LONGEST_STEP_SECONDS = 10.0
"""The same after a minute of audio: what is left to be read then is a long text."""

SAFE_LEAD_SECONDS = 2.0
"""How long what has been read must last for who plays it, until events are waited for together."""
TOGETHER_SECONDS = 0.1
"""How long events are waited for together."""

THREADS = anyio.CapacityLimiter(256)
"""Each running request occupies one thread, which mostly waits."""


async def in_thread(call: Callable[[], T]) -> T:
    """Run a blocking call in a thread; cancelling the task does not wait for it."""
    return await anyio.to_thread.run_sync(call, abandon_on_cancel=True, limiter=THREADS)


async def open_stream(
    service: SpeechService,
    request: SpeechRequest,
    *,
    save_as: str | None = None,
    early: bool = False,
) -> SpeechStream:
    """Call `SpeechService.stream` in a thread, since splitting a book takes a second.

    Canceling the task also cancels the request. Raises what `SpeechService.stream` raises.
    """
    request_id = uuid.uuid4().hex
    abandoned = threading.Event()

    def call() -> SpeechStream:
        stream = service.stream(request, save_as=save_as, request_id=request_id, early=early)
        if abandoned.is_set():
            stream.close()
        return stream

    try:
        return await in_thread(call)
    except asyncio.CancelledError:
        abandoned.set()
        asyncio.get_running_loop().run_in_executor(None, service.cancel, request_id)
        raise


async def is_silent(service: SpeechService, request: SpeechRequest) -> bool:
    """Return whether nothing of a request's text is spoken; False where the text is too long."""
    if len(request.text) > service.settings.text_limit:
        return False
    options = Options.of(request.reading)
    return not await in_thread(lambda: has_words(request.text, options))


class EventReader:
    """Reads a stream's events, several in a call: a call costs the event loop more than they do."""

    def __init__(self, stream: SpeechStream) -> None:
        self._stream = stream
        self._heard = 0.0  # seconds of audio so far
        self._began = 0.0  # when the first of it was read
        self._error: TTSError | None = None

    def read(self) -> list[SpeechEvent] | None:
        """Wait for an event; return it and those after it that are there; None after the last.

        Up to the first audio, which should not wait for more, they are returned one by one, then
        with up to `MAX_STEP_SECONDS` of audio, later with more. While there is a lead on who plays
        the audio, events are waited for a moment, since a call costs more than most of them.
        Raises what the stream raises, after the events before it, and TimeoutError after
        `KEEP_ALIVE_SECONDS`.
        """
        if self._error is not None:
            error, self._error = self._error, None  # its traceback refers to this reader
            raise error
        event = self._stream.next_event(KEEP_ALIVE_SECONDS)
        if event is None:
            return None
        found: list[SpeechEvent] = []
        now = time.monotonic()
        has_lead = self._heard - (now - self._began) > SAFE_LEAD_SECONDS
        until = now + TOGETHER_SECONDS if has_lead else now
        seconds, most = 0.0, max(MAX_STEP_SECONDS, min(self._heard / 6, LONGEST_STEP_SECONDS))
        while event is not None:
            found.append(event)
            if isinstance(event, Audio):
                seconds += event.chunk.duration
            go_on = self._heard > 0 and seconds < most
            event = self._next_until(until) if go_on else None
        if not self._heard:
            self._began = time.monotonic()
        self._heard += seconds
        return found

    def _next_until(self, deadline: float) -> SpeechEvent | None:
        try:
            return self._stream.next_event(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            return None
        except TTSError as error:
            self._error = error
            return None


async def events(stream: SpeechStream) -> AsyncGenerator[SpeechEvent | None, None]:
    """Yield the stream's events, and None every `KEEP_ALIVE_SECONDS` while there is none.

    Closing the generator early or cancelling the task stops the request.
    """
    async with aclosing(polled(stream, EventReader(stream).read)) as batches:
        async for batch in batches:
            for event in batch or (None,):
                yield event


async def polled(stream: SpeechStream, get: Callable[[], T | None]) -> AsyncGenerator[T | None]:
    """Yield what `get` returns, called in a thread, until that is None.

    Yields None whenever `get` raises TimeoutError. Closing the generator early stops the request.
    """
    try:
        while True:
            try:
                found = await in_thread(get)
            except TimeoutError:
                yield None
                continue
            if found is None:
                return
            yield found
    finally:
        close_in_thread(stream)


def close_in_thread(stream: SpeechStream) -> None:
    """Close a stream without waiting for it: `close` waits for a thread that writes its sound.

    Not awaited, so that generators may call it while they are being closed.
    """
    asyncio.get_running_loop().run_in_executor(None, stream.close)


async def synthesize(
    service: SpeechService, request: SpeechRequest, format: str
) -> tuple[Path, SpeechInfo]:
    """Speak into a file and return its path and the info; cancelling the task stops the request.

    Raises what `SpeechService.synthesize` raises.
    """
    stream = await open_stream(service, request, save_as=format)
    try:
        finished = await in_thread(stream.read_to_end)
    finally:
        close_in_thread(stream)
    assert finished.path is not None  # `save_as` was given
    return finished.path, finished.info
