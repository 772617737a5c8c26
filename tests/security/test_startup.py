"""A server that cannot or should not start says so in a sentence; none joins another's folder."""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from gradio import http_server
from gradio.routes import App

from tests.support.live import free_port
from tts_core.cli.main import main
from tts_core.system import running_server as running
from tts_core.system.running_server import CannotStart, claimed
from tts_core.system.unknown_variables import unknown_variables
from tts_core.web import ports

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from tts_core.system.running_server import claimed
with claimed(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
Hold = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TTS_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def hold(folder: Path) -> Iterator[Hold]:
    """Has another process hold the folder, until its input is closed."""
    with ExitStack() as stack:

        def hold() -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-c", HOLD, str(folder)],
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            return process

        yield hold


@pytest.fixture
def run_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """`aloud run` in this process, whose ways it changes."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", "")
    mask, handler = os.umask(0o022), signal.getsignal(signal.SIGTERM)
    yield lambda: main(["run"])
    os.umask(mask)
    signal.signal(signal.SIGTERM, handler)
    gc.enable()


def test_no_second_server_on_a_folder(
    folder: Path,
    hold: Hold,
    run_here: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(running, "PATIENCE_SECONDS", 0.2)
    other = hold()
    before = {path.name for path in folder.iterdir()}
    assert run_here() == 2
    err = capsys.readouterr().err
    assert err == (
        f"aloud: Another Aloud (process {other.pid}) is using the data folder {folder}; end it, "
        "or set TTS_DATA_DIR to a folder that no other one uses.\n"
    )
    assert {path.name for path in folder.iterdir()} == before


def test_a_predecessor_that_is_ending_is_waited_for(folder: Path, hold: Hold) -> None:
    other = hold()
    assert other.stdin is not None
    threading.Timer(0.3, other.stdin.close).start()
    with claimed(folder):
        assert other.wait(timeout=10) == 0
        assert (folder / ".lock").read_text() == str(os.getpid())


def test_a_killed_server_holds_nothing(folder: Path, hold: Hold) -> None:
    other = hold()
    other.kill()
    with claimed(folder):
        assert (folder / ".lock").read_text() == str(os.getpid())


def test_a_folder_that_cannot_be_made(
    folder: Path, run_here: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    folder.write_text("a file")
    assert run_here() == 2
    err = capsys.readouterr().err
    assert err.startswith(f"aloud: TTS_DATA_DIR: {folder} cannot be written (")
    assert err.count("\n") == 1


def test_a_port_in_use_is_named_without_a_traceback(folder: Path) -> None:
    """In a process of its own, where Gradio and uvicorn would write to standard error too."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, str(ROOT / "app.py")],
            env=os.environ | {"TTS_PORT": str(port), "TTS_LOG_LEVEL": "WARNING"},
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        f"aloud: TTS_PORT: port {port} is in use; end what is listening there or set another "
        "port.\n"
    )


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("not a host", "TTS_HOST: 'not a host' is not a name or an address"),
        ("x" * 70, "TTS_HOST: 'xxx"),
        ("192.0.2.1", "TTS_HOST: 192.0.2.1 cannot be listened on (Cannot assign"),
    ],
)
def test_a_host_that_is_not_here_is_named(host: str, said: str) -> None:
    with pytest.raises(CannotStart) as caught:
        ports.free_port(host, 0)
    assert str(caught.value).startswith(said)


def test_a_free_port_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    first = free_port()
    assert ports.free_port("127.0.0.1", first) == first
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr(ports, "PORTS", (taken, first))
        assert ports.free_port("127.0.0.1", None) == first
        monkeypatch.setattr(ports, "PORTS", (taken, taken))
        with pytest.raises(CannotStart, match=f"TTS_PORT: ports {taken} to {taken} are in use"):
            ports.free_port("127.0.0.1", None)
    assert ports.free_port("127.0.0.1", 0) > 0


def test_what_gradio_says_of_a_port_is_not_passed_on() -> None:
    with pytest.raises(CannotStart) as caught, ports.starting_on(7860):
        raise OSError("Cannot find empty port in range: 7860-7860. Set GRADIO_SERVER_PORT …")
    assert "GRADIO" not in str(caught.value)
    with pytest.raises(OSError, match="disk"), ports.starting_on(7860):
        raise OSError("The disk is full.")


# uvicorn ends its thread with SystemExit when it cannot listen.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_slow_start_is_not_taken_for_a_port_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["type"] == "lifespan.startup"
        await asyncio.sleep(0.2)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    def start(port: int) -> http_server.Server:
        with ports.starting_on(port):
            return http_server.start_server(cast(App, app), "127.0.0.1", port)[-1]

    hurried = SimpleNamespace(time=itertools.count(0, 10).__next__, sleep=time.sleep)
    monkeypatch.setattr(http_server, "time", hurried)  # so that Gradio gives up at once
    start(free_port()).close()
    with socket.create_server(("127.0.0.2", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(CannotStart, match="in use"), ports.starting_on(taken):
            http_server.start_server(cast(App, app), "127.0.0.2", taken)


def test_a_slip_in_a_variables_name_is_not_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(".env").write_text("TTS_RATELIMIT=1/day\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("TTS_API_KEY", "secret")
    monkeypatch.setenv("tts_port", "1")
    monkeypatch.setenv("TTS_HOME", "/srv")  # coqui-tts's
    monkeypatch.setenv("TTS_QQQQQQQQ", "")
    assert unknown_variables() == {
        "TTS_API_KEY": "TTS_API_KEYS",
        "TTS_RATELIMIT": "TTS_RATE_LIMIT",
        "TTS_QQQQQQQQ": None,
    }
