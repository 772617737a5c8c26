"""uvicorn's HTTP protocol with timeouts, which it lacks, and with answers that HTTP/1.0 allows."""

from __future__ import annotations

import asyncio

from starlette.types import Message, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_SECONDS = 20.0
"""A request's head must be complete so long after the connection, or after its first byte."""
BODY_SECONDS = 60.0
"""A body must bring `BODY_BYTES` more, or its end, within so long."""
BODY_BYTES = 6_000
READER_SECONDS = 300.0
"""A client must read something of its response at least so often."""


class PunctualProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, which also closes connections that are late.

    A client of HTTP/1.0 gets no chunked transfer coding (RFC 9112, 6.1), which uvicorn sends it: a
    response of unknown length ends with the connection.
    """

    _late: asyncio.TimerHandle | None = None
    _body_bytes = 0  # since the timer was set
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect a head."""
        super().connection_made(transport)
        self._expect(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all timers."""
        self._expect(None)
        self._await_reader(None)
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Expect a head, on a connection that has had requests before."""
        super().on_message_begin()
        if self._late is None:
            self._expect(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        """Expect a body. Where there is none, `on_message_complete` follows at once."""
        self._body_bytes = 0
        self._expect(BODY_SECONDS)
        super().on_headers_complete()
        if self.scope["http_version"] == "1.0" and self.cycle and self.cycle.scope is self.scope:
            self.cycle.send = _unchunked(self.cycle)  # type: ignore[assignment, method-assign]

    def on_body(self, body: bytes) -> None:
        """Restart the timer once the body has brought enough."""
        self._body_bytes += len(body)
        if self._body_bytes >= BODY_BYTES:
            self._body_bytes = 0
            self._expect(BODY_SECONDS)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Expect nothing until the next request; `timeout_keep_alive` is for that."""
        self._expect(None)
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Expect the client to read what has been written; `close` would wait for that."""
        super().pause_writing()
        self._await_reader(READER_SECONDS)

    def resume_writing(self) -> None:
        """Stop expecting, since the client has caught up."""
        super().resume_writing()
        self._await_reader(None)

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to uvicorn's WebSocket protocol."""
        self._expect(None)
        super().handle_websocket_upgrade()

    def _expect(self, seconds: float | None) -> None:
        if self._late is not None:
            self._late.cancel()
        self._late = None if seconds is None else self.loop.call_later(seconds, self._close)

    def _await_reader(self, seconds: float | None) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        if seconds is not None:
            left = self.transport.get_write_buffer_size()
            self._unread = self.loop.call_later(seconds, self._look_for_reader, left)

    def _look_for_reader(self, before: int) -> None:
        """Abort the connection if none of the `before` bytes in the buffer have been read.

        Nothing more is written meanwhile.
        """
        if self.transport.get_write_buffer_size() < before:
            self._await_reader(READER_SECONDS)
        else:
            self.transport.abort()

    def _close(self) -> None:
        if self.flow.read_paused:  # the client waits for our own work on the request
            self._expect(BODY_SECONDS)
        else:
            self.transport.close()


def _unchunked(cycle: RequestResponseCycle) -> Send:
    """Return a replacement for `cycle.send` that never sends chunks.

    uvicorn compares each part of a body with the length that it still expects.
    """
    send, unsized = cycle.send, False

    async def sending(message: Message) -> None:
        nonlocal unsized
        if message["type"] == "http.response.start":
            unsized = all(name.lower() != b"content-length" for name, _ in message["headers"])
            if unsized:
                cycle.chunked_encoding = False
        elif unsized:
            cycle.expected_content_length = len(message.get("body", b""))
        await send(message)  # type: ignore[arg-type]

    return sending
