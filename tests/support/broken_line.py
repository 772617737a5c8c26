"""A line to a server that can be broken: the browser's end is gone, the server notices nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

BLOCK = 65_536


class Line:
    """Forwards connections from `port` on 127.0.0.1 to the server's."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._near: set[socket.socket] = set()
        self._far: set[socket.socket] = set()
        self._whole = True
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Close what browsers have open, and whatever they open from now on."""
        self._whole = False
        for near in list(self._near):
            _close(near)

    def mend(self) -> None:
        self._whole = True

    def close(self) -> None:
        for end in [self._listener, *self._near, *self._far]:
            _close(end)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if not self._whole:
                    _close(near)
                    continue
                far = socket.create_connection(("127.0.0.1", self._server_port))
                self._near.add(near)
                self._far.add(far)
                threading.Thread(target=self._up, args=(near, far), daemon=True).start()
                threading.Thread(target=self._down, args=(far, near), daemon=True).start()

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(BLOCK):
                far.sendall(data)
        if self._whole:
            _close(far)

    def _down(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while data := far.recv(BLOCK):
                with suppress(OSError):  # The line is cut; the server goes on sending.
                    near.sendall(data)
        _close(near)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def line_to(server_port: int) -> Iterator[Line]:
    line = Line(server_port)
    try:
        yield line
    finally:
        line.close()
