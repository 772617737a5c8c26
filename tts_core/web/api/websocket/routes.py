"""`/ws/tts`: the WebSocket door. One reader for each connection, and beside it a speaker."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from tts_core.engines.groq.voices import FORMER_VOICES
from tts_core.errors import MalformedError, as_tts_error
from tts_core.service import SpeechService
from tts_core.synthesis.fair_share import find_unused, most_places
from tts_core.web.api.websocket.protocol import busy, piece, pong, read, unknown_type, wish, written
from tts_core.web.api.websocket.queue import SpeechQueue
from tts_core.web.api.websocket.text_stream import TextStream
from tts_core.web.callers import caller_of
from tts_core.web.messages import Message, error_message
from tts_core.web.streaming import in_thread

log = logging.getLogger(__name__)

PATH = "/ws/tts"
IDLE_SECONDS = 3600.0
"""A connection on which nothing is spoken and nothing arrives for so long is closed."""
SILENT_SECONDS = 60.0
"""After which one on which nothing is spoken may have to give way to another client."""
READER_SECONDS = 300.0
"""A client takes a message within so long, or is taken for gone."""
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
            connection = Connection(websocket, service, connections)
            if (refusal := _refusal(connections, connection.client, limit)) is not None:
                await websocket.send_text(written(refusal))
                await websocket.close(TRY_AGAIN_LATER, "server_busy")
                return
            connections.add(connection)
            try:
                await connection.serve()
            finally:
                connections.discard(connection)

    return routes


def _refusal(connections: set[Connection], client: str, limit: int) -> Message | None:
    """Why a client has to be sent away; None when there is room for it, or has been made."""
    own = {connection for connection in connections if connection.client == client}
    most = most_places(client, limit)
    full = len(connections) >= limit
    if not full and len(own) < most:
        return None
    unused = find_unused(connections if full else own, limit, SILENT_SECONDS)
    if unused is None:
        return busy(limit, limit if full else most)
    connections.discard(unused)
    unused.give_way()
    return None


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
        self.client = self._caller.client
        """Whose it is; see `Caller.client`."""
        self._speaker = SpeechQueue(service, self._deliver)
        self._used = time.monotonic()
        self._delivering = False  # something of a text, which its reader has not taken
        self._stay = asyncio.timeout(None)
        self._dictation: TextStream | None = None  # to which pieces of text are added
        self._handlers: dict[str, Handler] = {
            "text_input": self._text_input,
            "text_delta": self._text_delta,
            "text_end": self._text_end,
            "ping": self._ping,
            "get_status": self._get_status,
            "cancel_generation": self._cancel_generation,
        }

    @property
    def unused_seconds(self) -> float:
        """How long nothing has been spoken here, or what was spoken has not been read."""
        if self._speaker.at_work and not self._delivering:
            return 0.0
        return time.monotonic() - self._used

    def give_way(self) -> None:
        """End the connection, since another needs its place or nobody is there."""
        with suppress(RuntimeError):  # it is ending already
            self._stay.reschedule(asyncio.get_running_loop().time())

    async def serve(self) -> None:
        """Greet the client and do as it says until it leaves; then nothing of it is spoken on."""
        try:
            async with self._stay:
                await self._send(await in_thread(self._greeting))
                while (frame := await self._receive()) is not None:
                    await self._handle(frame)
        except TimeoutError:
            await self._speaker.leave()
            await self._websocket.close(TRY_AGAIN_LATER, "server_busy")
        finally:
            await self._speaker.leave()

    async def _receive(self) -> Mapping[str, Any] | None:
        """The next frame; None when the client has left, or was idle for too long."""
        while True:
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    frame = await self._websocket.receive()
            except TimeoutError:
                if self._speaker.speaking:
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
            async with asyncio.timeout(READER_SECONDS):
                await self._websocket.send_text(written(message))
        except TimeoutError:
            log.warning("a client of the WebSocket read nothing for %.0f s", READER_SECONDS)
            self.give_way()
            raise WebSocketDisconnect(GOING_AWAY) from None
        except RuntimeError as error:  # it is closed on our side
            raise WebSocketDisconnect(GOING_AWAY) from error

    async def _deliver(self, message: Message) -> None:
        """Send something of a text. Raises WebSocketDisconnect."""
        self._used, self._delivering = time.monotonic(), True
        try:
            await self._send(message)
        finally:
            self._used, self._delivering = time.monotonic(), False

    async def _text_input(self, data: Mapping[str, Any]) -> None:
        limit = self._service.settings.websocket_text_limit
        self._used = time.monotonic()
        self._speaker.add(wish(data, limit=limit, caller=self._caller))

    async def _text_delta(self, data: Mapping[str, Any]) -> None:
        limit = self._service.settings.websocket_text_limit
        self._used = time.monotonic()
        if self._dictation is not None and not self._dictation.closed:
            self._dictation.add(piece(data))
        elif self._dictation is not None and self._dictation.failed:
            if not self._dictation.told:
                self._dictation.told = True
                raise MalformedError(
                    "This text has failed: what still comes of it is not spoken. Send text_end, "
                    "or cancel_generation, before the next one."
                )
        else:
            dictation = TextStream(wish(data, limit=limit, caller=self._caller), limit)
            self._speaker.add(dictation)
            self._dictation = dictation

    async def _text_end(self, data: Mapping[str, Any]) -> None:
        if self._dictation is None:
            raise MalformedError("text_end ends a text_delta, and there was none.", "type")
        self._dictation.end()
        self._dictation = None

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
            "speaking": self._speaker.speaking,
            "waiting": self._speaker.waiting,
        }
        await self._send({"type": "status", "data": status})

    async def _cancel_generation(self, data: Mapping[str, Any]) -> None:
        self._dictation = None
        await self._send(await self._speaker.stop())

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
