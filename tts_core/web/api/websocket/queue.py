"""The texts of one WebSocket connection, spoken one after another while its messages are read."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from functools import partial

from fastapi import WebSocketDisconnect

from tts_core.audio.join import pauses_of
from tts_core.errors import Cancelled, QueueFullError, TTSError, ValidationError, as_tts_error
from tts_core.service import SpeechService
from tts_core.types import SpeechRequest
from tts_core.web.api.websocket import protocol
from tts_core.web.api.websocket.default_voice import with_voice
from tts_core.web.api.websocket.protocol import ServerMessage, TextRequest, cancelled
from tts_core.web.api.websocket.text_stream import Passage, TextStream
from tts_core.web.messages import SpeechMessage, error_message, messages
from tts_core.web.streaming import in_thread, open_stream

log = logging.getLogger(__name__)

MAX_WAITING = 8
"""Texts that may wait on a connection behind the one being spoken."""
FAREWELL_SECONDS = 2.0
"""How long a request may take to finish when its client leaves after the last chunk, so that it is
recorded as completed."""

Send = Callable[[ServerMessage], Awaitable[None]]


class SpeechQueue:
    """Speaks the texts of one connection in order."""

    def __init__(self, service: SpeechService, send: Send) -> None:
        """`send` raises WebSocketDisconnect when the client has disconnected."""
        self._service = service
        self._send = send
        self._waiting: deque[TextRequest | TextStream] = deque()
        self._task: asyncio.Task[None] | None = None
        self._request_id: str | None = None
        self._final_sent = False  # the final chunk of the present text
        self._awaits_text = False  # of a text stream, all that has arrived has been spoken

    @property
    def speaking(self) -> bool:
        """Whether a text has been started and not finished."""
        return self._task is not None and not self._task.done()

    @property
    def generating(self) -> bool:
        """Whether it is speaking, and not waiting for more of a text."""
        return self.speaking and not self._awaits_text

    @property
    def waiting(self) -> int:
        """How many texts have not been started."""
        return len(self._waiting)

    def add(self, text: TextRequest | TextStream) -> None:
        """Speak a text after those before it. Raises QueueFullError above `MAX_WAITING`."""
        if self.waiting >= MAX_WAITING:
            raise QueueFullError(
                f"{MAX_WAITING} texts are already waiting on this connection: wait for a "
                "generation_complete, or send cancel_generation, before the next one."
            )
        self._waiting.append(text)
        if not self.speaking:
            self._task = asyncio.create_task(self._speak_all())

    async def stop(self) -> protocol.Cancelled:
        """Cancel the present text and those that wait, and return the message about it."""
        running = self.speaking
        count = running + self.waiting
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        return cancelled(self._request_id if running else None, count)

    async def close(self) -> None:
        """Stop, since the client has disconnected."""
        if self._task is not None and self._final_sent and not self._waiting:
            await asyncio.wait({self._task}, timeout=FAREWELL_SECONDS)
        await self.stop()

    async def _speak_all(self) -> None:
        """Speak what waits. Returns when nothing does, or the client has disconnected."""
        with suppress(WebSocketDisconnect):
            while self._waiting:
                text = self._waiting.popleft()
                self._request_id, self._final_sent = None, False
                try:
                    if isinstance(text, TextStream):
                        await self._speak_stream(text)
                    else:
                        await self._speak_text(text)
                except WebSocketDisconnect:
                    raise
                except Cancelled:  # through another API, or Aloud is shutting down
                    await self._send(cancelled(self._request_id, 1))
                except Exception as error:
                    log.exception("a text of a WebSocket failed")
                    await self._send(error_message(as_tts_error(error)))

    async def _speak_text(self, text: TextRequest) -> None:
        request = await in_thread(partial(with_voice, text.request, self._service))
        async with aclosing(self._messages(request, text)) as found:
            async for message in found:
                await self._send(message)
                if message["type"] == "audio_chunk":
                    self._final_sent |= message["data"]["is_final"]

    async def _speak_stream(self, stream: TextStream) -> None:
        start = time.monotonic()
        try:
            while (passage := await self._next_passage(stream)) is not None:
                if not await self._speak_passage(stream, passage):
                    stream.failed = True
                    return
        except BaseException:
            stream.failed = True
            raise
        stream.end()
        merged = stream.merged
        if not merged.infos:
            error = ValidationError("There was nothing to speak: no letters or digits.", "text")
            await self._send(error_message(error))
            return
        if not self._final_sent:
            await self._send(await in_thread(partial(merged.final_silence, stream.format)))
            self._final_sent = True
        await self._send(merged.complete(stream.text, time.monotonic() - start))

    async def _next_passage(self, stream: TextStream) -> Passage | None:
        self._awaits_text = True
        try:
            return await stream.next_passage()
        finally:
            self._awaits_text = False

    async def _speak_passage(self, stream: TextStream, passage: Passage) -> bool:
        """Return False when the passage failed, of which the client has been told."""
        merged = stream.merged
        first = not merged.infos
        request = stream.request_for(passage)
        if first:
            request = await in_thread(partial(with_voice, request, self._service))
        text = TextRequest(request, stream.format)
        done = False
        async with aclosing(self._messages(request, text, merged.lead)) as found:
            async for message in found:
                if message["type"] == "generation_started":
                    if first:
                        stream.keep_voice(request, message["data"])
                        await self._send(merged.started(message, stream.text))
                elif message["type"] == "audio_chunk":
                    final = message["data"]["is_final"] and stream.exhausted
                    await self._send(merged.chunk(message, final))
                    self._final_sent = final
                elif message["type"] == "generation_complete":
                    pauses = pauses_of(request.reading, request.speed)
                    pause = 0.0 if passage.ends_with_silence else pauses[passage.pause]
                    begun = len(passage.reopened)
                    merged.passage_done(message, pause, begun, passage.start)
                    done = True
                else:
                    await self._send(merged.error(message))
        return done

    async def _messages(
        self, request: SpeechRequest, text: TextRequest, lead: float = 0.0
    ) -> AsyncGenerator[SpeechMessage, None]:
        """Yield a request's messages, of which the last is an `error` when it fails.

        Raises Cancelled.
        """
        try:
            opened = await open_stream(self._service, request)
        except TTSError as error:
            yield error_message(error)
            return
        self._request_id = self._request_id or opened.request_id
        try:
            async with aclosing(messages(opened, text.format, lead)) as found:
                async for message in found:
                    if message is not None:
                        yield message
        except Cancelled:
            raise
        except TTSError as error:  # of which the client has been told
            log.info("request %s failed: %s", opened.request_id, error)
