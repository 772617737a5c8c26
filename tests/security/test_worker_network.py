"""An engine's process cannot call anybody, unless the engine lives off the network."""

from __future__ import annotations

import platform
import select
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.calling import CALLING, LOCALHOST, WAYS
from tts_core.engines.offline import go_offline
from tts_core.engines.registry import ENGINES, Registry
from tts_core.engines.runner import Runner
from tts_core.errors import GenerationError
from tts_core.settings import Settings
from tts_core.types import Utterance

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason="the network can be taken from a process on Linux only",
)


@pytest.fixture(scope="module")
def runners() -> Iterator[dict[str, Runner]]:
    registry = Registry({**ENGINES, **CALLING})
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    runners = {name: registry.runner(name, settings) for name in (*CALLING, "espeak")}
    yield runners
    for runner in runners.values():
        runner.unload()


def _speak(runner: Runner, port: int, way: str = "tcp") -> int:
    utterance = Utterance("Hello.", "one", "en", options={"port": port, "way": way})
    return sum(len(chunk.samples) for chunk in runner.speak(utterance, threading.Event()))


@pytest.mark.parametrize("way", WAYS)
def test_no_engine_calls_out(runners: dict[str, Runner], way: str) -> None:
    kind = socket.SOCK_DGRAM if way == "udp" else socket.SOCK_STREAM
    with closing(socket.socket(type=kind)) as other:
        other.bind((LOCALHOST, 0))
        if way != "udp":
            other.listen()
        with pytest.raises(GenerationError, match=r"not supported by protocol|CalledProcessError"):
            _speak(runners["calling"], other.getsockname()[1], way)
        assert not select.select([other], [], [], 0)[0]


def test_an_engine_that_lives_off_the_network_does(runners: dict[str, Runner]) -> None:
    with socket.create_server((LOCALHOST, 0)) as server:
        assert _speak(runners["calling-cloud"], server.getsockname()[1]) > 0
        assert select.select([server], [], [], 5)[0]


def test_a_real_engine_speaks_without_network(runners: dict[str, Runner]) -> None:
    runner = runners["espeak"]
    utterance = Utterance("Hello.", "en-us", "en")
    assert sum(len(chunk.samples) for chunk in runner.speak(utterance, threading.Event())) > 0
    status = Path(f"/proc/{runner.pid}/status").read_text()
    assert "Seccomp:\t2\n" in status
    assert "NoNewPrivs:\t1\n" in status


def test_elsewhere_it_goes_on_with_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "pdp11")
    assert not go_offline()
    socket.socket().close()
