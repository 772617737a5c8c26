"""A client of the WebSocket, for tests and measurements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

Message = dict[str, Any]


def address(url: str) -> str:
    """Of the WebSocket of an app at `url`."""
    return "ws" + url.removeprefix("http").rstrip("/") + "/ws/tts"


class SocketClient:
    """`greeting`: the first message."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.greeting = self.read()

    def send(self, kind: str, **data: Any) -> None:
        self.connection.send(json.dumps({"type": kind, "data": data} if data else {"type": kind}))

    def speak(self, text: str, voice: str | None = None, **parameters: object) -> None:
        self.send("text_input", text=text, voice=voice, parameters=parameters)

    def read(self, timeout: float = 20) -> Message:
        message = json.loads(self.connection.recv(timeout))
        assert isinstance(message, dict)
        return message

    def until(self, kind: str, timeout: float = 20) -> list[Message]:
        """The messages up to one of that type, which is the last."""
        messages = [self.read(timeout)]
        while messages[-1]["type"] != kind:
            messages.append(self.read(timeout))
        return messages


@contextmanager
def socket_client(url: str) -> Iterator[SocketClient]:
    """A greeted client of the app at `url`, which takes messages up to 1 MiB, the default."""
    with connect(address(url), compression=None) as connection:
        yield SocketClient(connection)
