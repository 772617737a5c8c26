"""A two-way pipe of messages between the app and a worker.

Both ends can time out when the other one freezes in the middle of a message;
`multiprocessing.connection.Connection` would wait for it without a limit.
"""

from __future__ import annotations

import pickle
import select
import socket
import struct
import time
from typing import Any

_LENGTH = struct.Struct("!Q")
"""The header of each message: its length in bytes."""


class Pipe:
    """One end of the pipe. One thread may send while another receives."""

    def __init__(self, end: socket.socket) -> None:
        """Take over `end`, a connected, blocking stream socket."""
        self._socket = end
        self._frame = bytearray(_LENGTH.size)
        self._filled = 0
        self._length_known = False

    def send(self, message: object, timeout: float | None = None) -> None:
        """Send a message. Raises OSError when the other end is closed.

        Raises TimeoutError, an OSError, when the other end has not received all of it within
        `timeout` seconds (None: no limit); after that nothing can be sent any more.
        """
        deadline = _deadline(timeout)
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        rest = memoryview(_LENGTH.pack(len(data)) + data)
        while rest:
            self._wait(select.POLLOUT, deadline)
            try:
                rest = rest[self._socket.send(rest, socket.MSG_DONTWAIT) :]
            except BlockingIOError:  # the buffer had less space than it seemed
                continue

    def receive(self, timeout: float | None = None) -> Any:  # noqa: ANN401 - what was sent
        """Return the next message. Raises EOFError or OSError when the other end is closed.

        Raises TimeoutError, an OSError, when it is not complete within `timeout` seconds (None: no
        limit). The part that has arrived is kept for the next call.
        """
        deadline = _deadline(timeout)
        while True:
            self._fill(deadline)
            frame, self._filled = self._frame, 0
            if self._length_known:
                self._frame, self._length_known = bytearray(_LENGTH.size), False
                return pickle.loads(frame)
            self._frame, self._length_known = bytearray(_LENGTH.unpack(frame)[0]), True

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _fill(self, deadline: float | None) -> None:
        """Receive the rest of the current frame."""
        while self._filled < len(self._frame):
            self._wait(select.POLLIN, deadline)
            with memoryview(self._frame) as frame:
                count = self._socket.recv_into(frame[self._filled :])
            if not count:
                raise EOFError
            self._filled += count

    def _wait(self, event: int, deadline: float | None) -> None:
        """Wait until the socket is ready. Raises TimeoutError."""
        poll = select.poll()
        poll.register(self._socket, event)
        left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
        if not poll.poll(left):
            raise TimeoutError


def _deadline(timeout: float | None) -> float | None:
    return None if timeout is None else time.monotonic() + timeout
