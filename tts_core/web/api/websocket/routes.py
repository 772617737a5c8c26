"""The WebSocket `/ws/tts`: each connection has a reader of its messages and a queue of texts."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from tts_core.errors import MalformedError, as_tts_error
from tts_core.service import SpeechService
from tts_core.synthesis.fair_share import find_unused, most_places
from tts_core.web.api.websocket.protocol import (
    BusyMessage,
    Greeting,
    ServerMessage,
    busy,
    encoded,
    next_text,
    pong,
    read,
    text_request,
    unknown_type,
)
from tts_core.web.api.websocket.queue import SpeechQueue
from tts_core.web.api.websocket.text_stream import TextStream
from tts_core.web.callers import caller_of
from tts_core.web.messages import Json, error_message
from tts_core.web.streaming import in_thread

log = logging.getLogger(__name__)

PATH = "/ws/tts"
IDLE_SECONDS = 3600.0
"""A connection is closed when nothing is spoken and nothing arrives on it for so long."""
SILENT_SECONDS = 60.0
"""A connection without speech for so long may be closed to make room for another client."""
READER_SECONDS = 300.0
"""A client that does not receive a message within so long counts as gone."""
TRY_AGAIN_LATER = 1013
GOING_AWAY = 1001

Handler = Callable[[Json], Awaitable[None]]

routes = APIRouter()


@routes.websocket(PATH)
async def speak(websocket: WebSocket) -> None:
    """Serve a client until it leaves, unless there are too many."""
    connections: Connections = websocket.app.state.connections
    await websocket.accept()
    with suppress(WebSocketDisconnect):
        connection = Connection(websocket, connections)
        if (refusal := connections.make_room(connection.client)) is not None:
            await websocket.send_text(encoded(refusal))
            await websocket.close(TRY_AGAIN_LATER, "server_busy")
            return
        connections.open.add(connection)
        try:
            await connection.serve()
        finally:
            connections.open.discard(connection)


class Connections:
    """The open connections of an app."""

    def __init__(self, service: SpeechService) -> None:
        self.service = service
        self.limit = service.settings.max_concurrent_connections
        self.open: set[Connection] = set()

    def make_room(self, client: str) -> BusyMessage | None:
        """Make room for one more connection of a client; return why there is none.

        `client`: see `Caller.client`.
        """
        own = {connection for connection in self.open if connection.client == client}
        most = most_places(client, self.limit)
        full = len(self.open) >= self.limit
        if not full and len(own) < most:
            return None
        unused = find_unused(self.open if full else own, self.limit, SILENT_SECONDS)
        if unused is None:
            return busy(self.limit, self.limit if full else most)
        self.open.discard(unused)
        unused.give_way()
        return None


class Connection:
    """A client's connection, from the greeting to its end."""

    def __init__(self, websocket: WebSocket, connections: Connections) -> None:
        self._websocket = websocket
        self._service = connections.service
        self._connections = connections
        self._caller = caller_of(websocket)
        self.client = self._caller.client
        """See `Caller.client`."""
        self._queue = SpeechQueue(self._service, self._deliver)
        self._used = time.monotonic()
        self._delivering = False  # whether the client has yet to receive a message of a text
        self._lifetime = asyncio.timeout(None)
        self._stream: TextStream | None = None  # to which `text_delta` adds
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
        """How long nothing has been spoken, or what was spoken has not been received."""
        if self._queue.generating and not self._delivering:
            return 0.0
        return time.monotonic() - self._used

    def give_way(self) -> None:
        """End the connection, to make room for another or because nobody reads."""
        with suppress(RuntimeError):  # it is ending already
            self._lifetime.reschedule(asyncio.get_running_loop().time())

    async def serve(self) -> None:
        """Serve the connection; when it ends, cancel its speech."""
        try:
            async with self._lifetime:
                await self._send(await in_thread(self._greeting))
                while (frame := await self._receive()) is not None:
                    await self._handle(frame)
        except TimeoutError:
            await self._queue.close()
            await self._websocket.close(TRY_AGAIN_LATER, "server_busy")
        finally:
            await self._queue.close()

    async def _receive(self) -> Mapping[str, object] | None:
        """Return the next frame; None when the client has left, or was idle for too long."""
        while True:
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    frame = await self._websocket.receive()
            except TimeoutError:
                if self._queue.speaking:
                    continue
                await self._websocket.close(GOING_AWAY, "idle")
                return None
            return None if frame["type"] == "websocket.disconnect" else frame

    async def _handle(self, frame: Mapping[str, object]) -> None:
        """Answer a frame. An error is sent as a message, and the connection stays open."""
        try:
            text = frame.get("text")
            kind, data = read(text if isinstance(text, str) else None)
            handler = self._handlers.get(kind)
            if handler is None:
                raise unknown_type(kind, self._handlers)
            await handler(data)
        except WebSocketDisconnect:
            raise
        except Exception as error:
            known = as_tts_error(error)
            if known is not error:
                log.exception("a WebSocket message could not be handled")
            await self._send(error_message(known))

    async def _send(self, message: ServerMessage) -> None:
        """Send a message once the client has room for it.

        Raises WebSocketDisconnect when the client has left, or reads nothing for `READER_SECONDS`.
        """
        try:
            async with asyncio.timeout(READER_SECONDS):
                await self._websocket.send_text(encoded(message))
        except TimeoutError:
            log.warning("a client of the WebSocket read nothing for %.0f s", READER_SECONDS)
            self.give_way()
            raise WebSocketDisconnect(GOING_AWAY) from None
        except RuntimeError as error:  # it is closed on our side
            raise WebSocketDisconnect(GOING_AWAY) from error

    async def _deliver(self, message: ServerMessage) -> None:
        """Send a message of a text. Raises WebSocketDisconnect."""
        self._used, self._delivering = time.monotonic(), True
        try:
            await self._send(message)
        finally:
            self._used, self._delivering = time.monotonic(), False

    async def _text_input(self, data: Json) -> None:
        limit = self._service.settings.websocket_text_limit
        self._used = time.monotonic()
        self._queue.add(text_request(data, limit=limit, caller=self._caller))

    async def _text_delta(self, data: Json) -> None:
        limit = self._service.settings.websocket_text_limit
        self._used = time.monotonic()
        if self._stream is not None and not self._stream.closed:
            self._stream.add(next_text(data))
        elif self._stream is not None and self._stream.failed:
            if not self._stream.failure_told:
                self._stream.failure_told = True
                raise MalformedError(
                    "This text has failed, and the rest of it is not spoken. Send text_end, or "
                    "cancel_generation, before the next one."
                )
        else:
            first = text_request(data, limit=limit, caller=self._caller)
            stream = TextStream(first, limit)
            self._queue.add(stream)
            self._stream = stream

    async def _text_end(self, data: Json) -> None:
        if self._stream is None:
            raise MalformedError("text_end ends a text_delta, and there was none.", "type")
        self._stream.end()
        self._stream = None

    async def _ping(self, data: Json) -> None:
        await self._send(pong(data))

    async def _get_status(self, data: Json) -> None:
        ready = await in_thread(self._service.engines.ready)
        await self._send(
            {
                "type": "status",
                "data": {
                    "active_connections": len(self._connections.open),
                    "max_connections": self._connections.limit,
                    "model_loaded": bool(ready),
                    "default_voice": self._service.settings.groq_voice,
                    "speaking": self._queue.speaking,
                    "waiting": self._queue.waiting,
                },
            }
        )

    async def _cancel_generation(self, data: Json) -> None:
        self._stream = None
        await self._send(await self._queue.stop())

    def _greeting(self) -> Greeting:
        settings = self._service.settings
        ready = self._service.engines.ready()
        retired = [v for info in self._service.engines.infos.values() for v in info.retired_voices]
        able = [v.id for v in self._service.voices.all() if not set(ready).isdisjoint(v.engines)]
        return {
            "type": "connection",
            "data": {
                "message": "Connected to Aloud",
                "status": "ready" if ready else "no engine is ready",
                "supported_voices": [*retired, *able],
                "max_concurrent": settings.max_concurrent_connections,
                "default_voice": settings.groq_voice,
                "max_text_length": settings.websocket_text_limit,
            },
        }
