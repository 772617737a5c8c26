"""What a WebSocket's client wants spoken, one after another, beside the reader of its messages."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from functools import partial

from fastapi import WebSocketDisconnect

from tts_core.errors import Cancelled, QueueFullError, TTSError, ValidationError, as_tts_error
from tts_core.service import SpeechService
from tts_core.types import SpeechRequest
from tts_core.web.api.websocket.default_voice import with_voice
from tts_core.web.api.websocket.protocol import Wish, cancelled
from tts_core.web.api.websocket.text_stream import Passage, TextStream
from tts_core.web.messages import Message, error_message, messages
from tts_core.web.streaming import in_thread, open_stream

log = logging.getLogger(__name__)

LONGEST_QUEUE = 8
"""Texts that may wait on a connection behind the one being spoken."""
FAREWELL_SECONDS = 2.0
"""A client that leaves with its last chunk lets the request be recorded as completed."""

Send = Callable[[Message], Awaitable[None]]


class SpeechQueue:
    """Speaks the texts of one connection in their order."""

    def __init__(self, service: SpeechService, send: Send) -> None:
        """`send` raises WebSocketDisconnect when the client has left."""
        self._service = service
        self._send = send
        self._waiting: deque[Wish | TextStream] = deque()
        self._task: asyncio.Task[None] | None = None
        self._request_id: str | None = None
        self._last_chunk_sent = False
        self._wants_text = False  # what there is of a text has been spoken

    @property
    def speaking(self) -> bool:
        """Whether there is something that it has not finished."""
        return self._task is not None and not self._task.done()

    @property
    def at_work(self) -> bool:
        """Whether it is speaking, and not waiting for more of a text."""
        return self.speaking and not self._wants_text

    @property
    def waiting(self) -> int:
        """How many texts have not been begun."""
        return len(self._waiting)

    def add(self, wanted: Wish | TextStream) -> None:
        """Speak it when its turn comes. Raises QueueFullError."""
        if self.waiting >= LONGEST_QUEUE:
            raise QueueFullError(
                f"{LONGEST_QUEUE} texts are already waiting on this connection: wait for a "
                "generation_complete, or send cancel_generation, before the next one."
            )
        self._waiting.append(wanted)
        if not self.speaking:
            self._task = asyncio.create_task(self._speak_all())

    async def stop(self) -> Message:
        """Forget what waits, and stop the engine. What the client is told of it."""
        running = self.speaking
        count = running + self.waiting
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        return cancelled(self._request_id if running else None, count)

    async def leave(self) -> None:
        """The client has left."""
        if self._task is not None and self._last_chunk_sent and not self._waiting:
            await asyncio.wait({self._task}, timeout=FAREWELL_SECONDS)
        await self.stop()

    async def _speak_all(self) -> None:
        """Speak what waits. Ends when nothing does, or the client has left."""
        with suppress(WebSocketDisconnect):
            while self._waiting:
                wanted = self._waiting.popleft()
                self._request_id, self._last_chunk_sent = None, False
                try:
                    if isinstance(wanted, TextStream):
                        await self._speak_dictation(wanted)
                    else:
                        await self._speak_text(wanted)
                except WebSocketDisconnect:
                    raise
                except Cancelled:  # at another door, or Aloud is shutting down
                    await self._send(cancelled(self._request_id, 1))
                except Exception as fault:
                    log.exception("a text at the WebSocket failed")
                    await self._send(error_message(as_tts_error(fault)))

    async def _speak_text(self, wanted: Wish) -> None:
        request = await in_thread(partial(with_voice, wanted.request, self._service))
        async with aclosing(self._messages(request, wanted)) as found:
            async for message in found:
                await self._send(message)
                self._last_chunk_sent |= message.get("data", {}).get("is_final", False)

    async def _speak_dictation(self, dictation: TextStream) -> None:
        began = time.monotonic()
        try:
            while (passage := await self._next_passage(dictation)) is not None:
                if not await self._speak_passage(dictation, passage):
                    dictation.failed = True
                    return
        except BaseException:
            dictation.failed = True
            raise
        dictation.end()
        account = dictation.account
        if not account.infos:
            error = ValidationError("There was nothing to speak: no letters or digits.", "text")
            await self._send(error_message(error))
            return
        if not self._last_chunk_sent:
            await self._send(account.farewell(dictation.format))
            self._last_chunk_sent = True
        await self._send(account.complete(dictation.text, time.monotonic() - began))

    async def _next_passage(self, dictation: TextStream) -> Passage | None:
        self._wants_text = True
        try:
            return await dictation.passage()
        finally:
            self._wants_text = False

    async def _speak_passage(self, dictation: TextStream, passage: Passage) -> bool:
        """False when it failed, and the client has been told."""
        account = dictation.account
        first = not account.infos
        request = dictation.of(passage)
        if first:
            request = await in_thread(partial(with_voice, request, self._service))
        wanted = Wish(request, dictation.format)
        done = False
        async with aclosing(self._messages(request, wanted, account.lead)) as found:
            async for message in found:
                match message["type"]:
                    case "generation_started" if first:
                        dictation.pin(request, message["data"])
                        await self._send(account.started(message, dictation.text))
                    case "audio_chunk":
                        final = message["data"]["is_final"] and dictation.over
                        await self._send(account.chunk(message, final))
                        self._last_chunk_sent = final
                    case "generation_complete":
                        account.passage_done(message, passage.pause, request.speed)
                        done = True
                    case "error":
                        await self._send(account.error(message))
        return done

    async def _messages(
        self, request: SpeechRequest, wanted: Wish, lead: float = 0.0
    ) -> AsyncGenerator[Message, None]:
        """Those of a request; the last is an `error` when it failed. Raises Cancelled."""
        try:
            opened = await open_stream(self._service, request)
        except TTSError as error:
            yield error_message(error)
            return
        self._request_id = self._request_id or opened.request_id
        try:
            async with aclosing(messages(opened, wanted.format, lead)) as found:
                async for message in found:
                    if message is not None:
                        yield message
        except Cancelled:
            raise
        except TTSError as error:  # the client has been told
            log.info("request %s failed: %s", opened.request_id, error)
