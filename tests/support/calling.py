"""Engines that call somebody while they speak: what one of a stranger might do."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from tests.support.scripted import ScriptedEngine, ScriptedParameters
from tts_core.types import AudioChunk, Capabilities, EngineInfo, Utterance

LOCALHOST = "127.0.0.1"


def _tcp(port: int) -> None:
    socket.create_connection((LOCALHOST, port), timeout=5).close()


def _udp(port: int) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender:
        sender.sendto(b"hello", (LOCALHOST, port))


def _ipv6(port: int) -> None:
    with socket.socket(socket.AF_INET6) as caller:
        caller.connect((f"::ffff:{LOCALHOST}", port))


def _thread(port: int) -> None:
    with ThreadPoolExecutor(1) as threads:
        threads.submit(_tcp, port).result()


def _child(port: int) -> None:
    script = f"import socket; socket.create_connection(({LOCALHOST!r}, {port}))"
    subprocess.run([sys.executable, "-c", script], check=True, stderr=subprocess.DEVNULL)


WAYS: dict[str, Callable[[int], None]] = {
    "tcp": _tcp,
    "udp": _udp,
    "ipv6": _ipv6,
    "thread": _thread,
    "child": _child,
}


class CallingParameters(ScriptedParameters):
    port: int
    way: str = "tcp"


class CallingEngine(ScriptedEngine):
    name = "calling"
    parameters = CallingParameters

    def speak(
        self, utterance: Utterance, options: ScriptedParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        assert isinstance(options, CallingParameters)
        WAYS[options.way](options.port)
        yield from super().speak(utterance, options, stop)


class CallingCloudEngine(CallingEngine):
    """Says that it has to."""

    name = "calling-cloud"

    def describe(self) -> EngineInfo:
        return replace(super().describe(), capabilities=Capabilities(cloud=True))


CALLING = {
    "calling": "tests.support.calling:CallingEngine",
    "calling-cloud": "tests.support.calling:CallingCloudEngine",
}
