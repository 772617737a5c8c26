"""A web server whose every answer is said beforehand, at an address that is not 127.0.0.1.

It is at 127.0.0.2, which Linux has too, so that a test can call this one address public and see
the rest of the machine stay out of reach.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tts_core.voices.public_network import is_public

ADDRESS = "127.0.0.2"


def public_here(address: str) -> bool:
    """The real rule, and the server."""
    return address == ADDRESS or is_public(address)


@dataclass
class Answer:
    """To a GET. `headers`: beyond Content-Length, which `length` sets (None: none is sent)."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = -1
    pause: float = 0
    """Seconds after each byte; also those of the header."""


@dataclass
class Asked:
    """A request as it came in."""

    path: str
    headers: dict[str, str]


class FileServer(ThreadingHTTPServer):
    """`answers["/clip.wav"]`: an Answer, or a function of the request's number that gives one."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((ADDRESS, 0), _Handler)
        self.answers: dict[str, Answer | Callable[[int], Answer]] = {}
        self.asked: list[Asked] = []

    def url(self, path: str, host: str = ADDRESS) -> str:
        return f"http://{host}:{self.server_port}{path}"

    def handle_error(self, *_: object) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    server: FileServer

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append(Asked(self.path, dict(self.headers.items())))
        answer = self.server.answers.get(self.path.partition("?")[0], Answer(status=404))
        if callable(answer):
            answer = answer(len(self.server.asked))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.length is not None:
            length = len(answer.body) if answer.length < 0 else answer.length
            self.send_header("Content-Length", str(length))
        if answer.pause:
            self._trickle(answer)
            return
        self.end_headers()
        self.wfile.write(answer.body)

    def _trickle(self, answer: Answer) -> None:
        for byte in b"".join([*self._headers_buffer, b"\r\n", answer.body]):  # type: ignore[attr-defined]
            self.wfile.write(bytes([byte]))
            time.sleep(answer.pause)


@contextmanager
def file_server(certificate: Path | None = None) -> Iterator[FileServer]:
    """`certificate`: with its key, as PEM; it then speaks TLS."""
    with FileServer() as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
