"""Connections on which nothing comes, which uvicorn would keep for as long as the client likes."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 20.0
"""A request's head is whole after so long, from the connection or its own first byte on."""
BODY_SECONDS = 60.0
"""A body brings at least `BODY_BYTES` more within so long, or its end."""
BODY_BYTES = 6_000
READER_SECONDS = 300.0
"""Somebody who is sent an answer takes something of it at least so often."""


class PunctualProtocol(HttpToolsProtocol):
    """uvicorn's, which closes connections that are late."""

    _late: asyncio.TimerHandle | None = None
    _body_bytes = 0  # since the timer was set
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect a head."""
        super().connection_made(transport)
        self._expect(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing."""
        self._expect(None)
        self._await_reader(None)
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Expect a head, on a connection that has had requests."""
        super().on_message_begin()
        if self._late is None:
            self._expect(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        """Expect a body. Where there is none, `on_message_complete` follows at once."""
        self._body_bytes = 0
        self._expect(BODY_SECONDS)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Expect more of it once it has brought enough."""
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
        """Expect that what has been written is read; `close` would wait for that."""
        super().pause_writing()
        self._await_reader(READER_SECONDS)

    def resume_writing(self) -> None:
        """Expect nothing of the reader, who has caught up."""
        super().resume_writing()
        self._await_reader(None)

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to the WebSocket's protocol."""
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
        """Close the connection, unless something of the `before` bytes left to read was read.

        Nothing more is written meanwhile.
        """
        if self.transport.get_write_buffer_size() < before:
            self._await_reader(READER_SECONDS)
        else:
            self.transport.abort()

    def _close(self) -> None:
        if self.flow.read_paused:  # it is our own work on the request that takes long
            self._expect(BODY_SECONDS)
        else:
            self.transport.close()
