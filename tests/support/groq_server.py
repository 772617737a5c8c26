"""A server that speaks Groq's speech endpoint, with its faults on command.

The text says what happens: "status 503", "status 429 retry-after 7", "twice 500" (then it works),
"hang", "stall" (after half a second of sound), "cut", "cut at once", "slow", "stereo", "rate
48000", "plain" (the 44-byte header), "not a wav", "float", "silent". Anything else is spoken.
"""

from __future__ import annotations

import json
import re
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

KEY = "gsk_correct-horse-battery-staple"
RATE = 24_000
SAMPLES_PER_CHARACTER = 600
PATH = "/openai/v1/audio/speech"


def sound(text: str, rate: int = RATE) -> np.ndarray[Any, np.dtype[np.int16]]:
    """What is spoken for a text: int16, shape (n,)."""
    n = len(text) * SAMPLES_PER_CHARACTER * rate // RATE
    tone = np.sin(np.arange(n) * 2 * np.pi * 440 / rate + 0.5)
    return np.round(tone * 12_000).astype("<i2")


class GroqServer(ThreadingHTTPServer):
    """`requests`: the bodies, in order. `sent`: bytes of the last answer that went out."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[dict[str, Any]] = []
        self.sent = 0
        self.gone = threading.Event()
        """The client hung up before the end."""
        self.finished = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: GroqServer

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        key = self.headers["authorization"].removeprefix("Bearer ")
        self.server.requests.append(body)
        text = body["input"]
        if self.path != PATH:
            self.fail(404, "Unknown request URL.")
        elif key != KEY:
            self.fail(401, f"Invalid API Key: {key}")
        elif len(text) > 200:
            self.fail(400, "`input` must be at most 200 characters.")
        elif said := re.search(r"(twice|status) (\d+)(?: retry-after (\S+))?", text):
            if said[1] == "twice" and len(self.server.requests) > 2:
                self.speak(text)
            else:
                why = "requires terms acceptance" if "terms" in text else "No."
                self.fail(int(said[2]), f"{why} (your key is {KEY})", said[3])
        elif "forbidden" in text:  # a word, since numbers reach Groq as words
            self.fail(403, f"requires terms acceptance (your key is {KEY})")
        elif "hang" in text:
            self.wait_until_gone()
        else:
            self.speak(text)

    def fail(self, status: int, message: str, retry_after: str | None = None) -> None:
        answer = json.dumps({"error": {"message": message, "type": "some_error"}}).encode()
        self.send_response(status)
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def speak(self, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if text.startswith("cut at once") and len(self.server.requests) == 1:
            self.close_connection = True
            return
        try:
            self.send(wav(text), 0.05 if "slow" in text else 0.0, text)
        except OSError:
            self.server.gone.set()

    def send(self, data: bytes, pause: float, text: str) -> None:
        # Odd sizes: a sample may lie across two pieces.
        for at in range(0, len(data), 4801):
            piece = data[at : at + 4801]
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.server.sent += len(piece)
            time.sleep(pause)
            if self.server.sent > RATE and text.startswith("cut"):
                self.close_connection = True
                return
            if self.server.sent > RATE and "stall" in text:
                self.wait_until_gone()
                return
        self.wfile.write(b"0\r\n\r\n")
        self.server.finished.set()

    def wait_until_gone(self) -> None:
        self.close_connection = True
        try:
            data = self.connection.recv(1)
        except OSError:
            data = b""
        if not data:
            self.server.gone.set()


def wav(text: str) -> bytes:
    """The answer for a text, its header as odd as streaming servers make them."""
    if "not a wav" in text:
        return b'{"sorry": "no sound today"}'
    if "float" in text:
        return _file(struct.pack("<HHIIHH", 3, 1, RATE, RATE * 4, 4, 32), b"", b"\0" * 400)
    rate = int(said[1]) if (said := re.search(r"rate (\d+)", text)) else RATE
    samples = sound(text, rate)
    channels = 1
    if "stereo" in text:
        channels = 2
        samples = np.stack([samples, np.zeros_like(samples)], axis=1)
    data = b"" if "silent" in text else samples.tobytes()
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * 2 * channels, 2 * channels, 16)
    if "plain" in text:
        return _file(form, b"", data, len(data)) + b"LIST\x04\0\0\0INFO"
    return _file(form + b"\0\0", b"INFOISFT\x05\0\0\0Lavf\0", data)


def _file(form: bytes, extra: bytes, data: bytes, size: int = 0xFFFFFFFF) -> bytes:
    padded = extra + b"\0" * (len(extra) % 2)
    listed = b"LIST" + struct.pack("<I", len(extra)) + padded if extra else b""
    return (
        b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + b"WAVE"
        + b"fmt " + struct.pack("<I", len(form)) + form
        + listed
        + b"data" + struct.pack("<I", size) + data
    )  # fmt: skip


@contextmanager
def groq_server() -> Iterator[GroqServer]:
    with GroqServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
