"""`/ws/tts`: the WebSocket door. One reader for each connection, and beside it at most one task
that speaks the texts it was sent, in their order."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from functools import partial
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from tts_core.engines.groq_voices import FORMER_VOICES
from tts_core.errors import Cancelled, QueueFullError, TTSError, as_tts_error
from tts_core.service import SpeechService
from tts_core.web.api.default_voice import with_voice
from tts_core.web.api.socket_messages import Wish, busy, pong, read, unknown_type, wish, written
from tts_core.web.callers import caller_of
from tts_core.web.messages import Message, error_message, messages
from tts_core.web.streaming import in_thread, open_stream

log = logging.getLogger(__name__)

PATH = "/ws/tts"
LONGEST_QUEUE = 8
"""Texts that may wait on a connection behind the one being spoken."""
IDLE_SECONDS = 3600.0
"""A connection on which nothing is spoken and nothing arrives for so long is closed."""
FAREWELL_SECONDS = 2.0
"""A client that leaves with its last chunk lets the request be recorded as completed."""
TRY_AGAIN_LATER = 1013
GOING_AWAY = 1001

Handler = Callable[[Mapping[str, Any]], Awaitable[None]]


def websocket_routes(service: SpeechService) -> APIRouter:
    """`/ws/tts`."""
    routes = APIRouter()
    connections: set[Connection] = set()
    limit = service.settings.max_concurrent_connections

    @routes.websocket(PATH)
    async def speak(websocket: WebSocket) -> None:
        await websocket.accept()
        with suppress(WebSocketDisconnect):
            if len(connections) >= limit:
                await websocket.send_text(written(busy(limit)))
                await websocket.close(TRY_AGAIN_LATER, "server_busy")
                return
            connection = Connection(websocket, service, connections)
            connections.add(connection)
            try:
                await connection.serve()
            finally:
                connections.discard(connection)

    return routes


class Connection:
    """A client, from its greeting to its leaving."""

    def __init__(
        self, websocket: WebSocket, service: SpeechService, connections: set[Connection]
    ) -> None:
        """`connections`: all there are, for their number."""
        self._websocket = websocket
        self._service = service
        self._connections = connections
        self._caller = caller_of(websocket)
        self._waiting: deque[Wish] = deque()
        self._speaker: asyncio.Task[None] | None = None
        self._request_id: str | None = None
        self._last_chunk_sent = False
        self._handlers: dict[str, Handler] = {
            "text_input": self._text_input,
            "ping": self._ping,
            "get_status": self._get_status,
            "cancel_generation": self._cancel_generation,
        }

    async def serve(self) -> None:
        """Greet the client and do as it says until it leaves; then nothing of it is spoken on."""
        try:
            await self._send(await in_thread(self._greeting))
            while (frame := await self._receive()) is not None:
                await self._handle(frame)
        finally:
            await self._leave()

    async def _receive(self) -> Mapping[str, Any] | None:
        """The next frame; None when the client has left, or was idle for too long."""
        while True:
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    frame = await self._websocket.receive()
            except TimeoutError:
                if self._speaking:
                    continue
                await self._websocket.close(GOING_AWAY, "idle")
                return None
            return None if frame["type"] == "websocket.disconnect" else frame

    async def _handle(self, frame: Mapping[str, Any]) -> None:
        """Answer a frame; whatever is wrong with it, the connection stays."""
        try:
            kind, data = read(frame.get("text"))
            handler = self._handlers.get(kind)
            if handler is None:
                raise unknown_type(kind, self._handlers)
            await handler(data)
        except WebSocketDisconnect:
            raise
        except Exception as fault:
            error = as_tts_error(fault)
            if error is not fault:
                log.exception("a WebSocket message could not be handled")
            await self._send(error_message(error))

    async def _send(self, message: Message) -> None:
        """Wait until the client has room for it. Raises WebSocketDisconnect when it has left."""
        try:
            await self._websocket.send_text(written(message))
        except RuntimeError as error:  # it is closed on our side
            raise WebSocketDisconnect(GOING_AWAY) from error

    @property
    def _speaking(self) -> bool:
        return self._speaker is not None and not self._speaker.done()

    async def _text_input(self, data: Mapping[str, Any]) -> None:
        wanted = wish(
            data,
            limit=self._service.settings.websocket_text_limit,
            caller=self._caller,
        )
        if len(self._waiting) >= LONGEST_QUEUE:
            raise QueueFullError(
                f"{LONGEST_QUEUE} texts are already waiting on this connection: wait for a "
                "generation_complete, or send cancel_generation, before the next one."
            )
        self._waiting.append(wanted)
        if not self._speaking:
            self._speaker = asyncio.create_task(self._speak_all())

    async def _ping(self, data: Mapping[str, Any]) -> None:
        await self._send(pong(data))

    async def _get_status(self, data: Mapping[str, Any]) -> None:
        ready = await in_thread(self._service.registry.ready)
        settings = self._service.settings
        status = {
            "active_connections": len(self._connections),
            "max_connections": settings.max_concurrent_connections,
            "model_loaded": bool(ready),
            "default_voice": settings.groq_voice,
            "speaking": self._speaking,
            "waiting": len(self._waiting),
        }
        await self._send({"type": "status", "data": status})

    async def _cancel_generation(self, data: Mapping[str, Any]) -> None:
        running, request_id = int(self._speaking), self._request_id
        cancelled = running + len(self._waiting)
        await self._stop()
        await self._send(_cancelled(request_id if running else None, cancelled))

    async def _stop(self) -> None:
        """Forget what waits, and stop the engine."""
        self._waiting.clear()
        if self._speaker is not None:
            self._speaker.cancel()
            await asyncio.wait({self._speaker})

    async def _leave(self) -> None:
        if self._speaker is not None and self._last_chunk_sent and not self._waiting:
            await asyncio.wait({self._speaker}, timeout=FAREWELL_SECONDS)
        await self._stop()

    async def _speak_all(self) -> None:
        """Speak what waits. Ends when nothing does, or the client has left."""
        with suppress(WebSocketDisconnect):
            while self._waiting:
                try:
                    await self._speak(self._waiting.popleft())
                except WebSocketDisconnect:
                    raise
                except Exception as fault:
                    log.exception("a request at the WebSocket failed")
                    await self._send(error_message(as_tts_error(fault)))

    async def _speak(self, wanted: Wish) -> None:
        self._request_id, self._last_chunk_sent = None, False
        try:
            request = await in_thread(partial(with_voice, wanted.request, self._service))
            opened = await open_stream(self._service, request)
        except TTSError as error:
            await self._send(error_message(error))
            return
        self._request_id = opened.request_id
        try:
            async with aclosing(messages(opened, wanted.format)) as found:
                async for message in found:
                    if message is not None:
                        await self._send(message)
                        data = message.get("data", {})
                        self._last_chunk_sent = data.get("is_final", self._last_chunk_sent)
        except Cancelled:  # at another door, or Aloud is shutting down
            await self._send(_cancelled(opened.request_id, 1))
        except TTSError as error:  # the client has been told
            log.info("request %s failed: %s", opened.request_id, error)

    def _greeting(self) -> Message:
        settings = self._service.settings
        ready = self._service.registry.ready()
        able = [v["id"] for v in self._service.voices() if not set(ready).isdisjoint(v["engines"])]
        return {
            "type": "connection",
            "data": {
                "message": "Connected to Aloud",
                "status": "ready" if ready else "no engine is ready",
                "supported_voices": [*FORMER_VOICES, *able],
                "max_concurrent": settings.max_concurrent_connections,
                "default_voice": settings.groq_voice,
                "max_text_length": settings.websocket_text_limit,
            },
        }


def _cancelled(request_id: str | None, cancelled: int) -> Message:
    """`cancelled`: how many texts will not be spoken to their end."""
    return {
        "type": "generation_cancelled",
        "data": {
            "message": "The generation was stopped." if cancelled else "Nothing was being spoken.",
            "request_id": request_id,
            "cancelled": cancelled,
        },
    }
