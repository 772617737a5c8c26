"""Aloud in a process of its own, and what it holds of the machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from tests.support.live import free_port

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Holdings:
    """`megabytes`: resident, of the app and of its workers."""

    app_megabytes: float
    worker_megabytes: float
    threads: int
    processes: int
    files: int
    connections: int

    def __str__(self) -> str:
        return (
            f"app {self.app_megabytes:.0f} MB, workers {self.worker_megabytes:.0f} MB, "
            f"{self.threads} threads, {self.processes} processes, {self.files} open files, "
            f"{self.connections} connections"
        )


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    process: psutil.Process

    def holdings(self) -> Holdings:
        """Now."""
        children = self.process.children(recursive=True)
        connections = self.process.net_connections("tcp")
        return Holdings(
            self.process.memory_info().rss / 1e6,
            sum(child.memory_info().rss for child in children) / 1e6,
            self.process.num_threads(),
            1 + len(children),
            self.process.num_fds(),
            sum(c.status == psutil.CONN_ESTABLISHED for c in connections),
        )

    def quiet(self) -> bool:
        """Whether nothing is being spoken."""
        return not httpx.get(f"{self.url}status").json()["active_requests"]


class Process:
    """`python app.py` in a process of its own, listening when this returns. Its user ends it."""

    def __init__(self, data_dir: Path, **env: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.popen = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py")],
            cwd=data_dir,  # started from elsewhere
            env=os.environ | {"TTS_PORT": str(self.port), "TTS_DATA_DIR": str(data_dir)} | env,
            stdout=subprocess.PIPE,
            text=True,
            # A shell that runs the tests in the background has Ctrl-C ignored for all of them.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
        assert self.popen.stdout is not None
        self.said = self.popen.stdout.readline()

    def workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.popen.pid).children(recursive=True)
        return [c for c in children if "tts_core.engines.worker" in c.cmdline()]


@contextmanager
def served(app: Path = ROOT, **variables: object) -> Iterator[Served]:
    """`python app.py` with some environment variables, on loopback, with an empty data folder.

    `app`: the folder of that file, to compare with another version.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        own: dict[str, object] = {"TTS_PORT": port, "TTS_DATA_DIR": folder}
        own |= {"TTS_HOST": "127.0.0.1", "TTS_LOG_LEVEL": "WARNING"}
        environment = {name: str(value) for name, value in {**own, **variables}.items()}
        with subprocess.Popen(
            [sys.executable, str(app / "app.py")],
            cwd=folder,
            # Its processes are to import the same version.
            env=os.environ | {"GROQ_API_KEY": "", "PYTHONPATH": str(app)} | environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as popen:
            try:
                assert popen.stdout is not None
                url = popen.stdout.readline().split()[-1]
                time.sleep(3)  # until the engine is warm
                yield Served(url, psutil.Process(popen.pid))
            finally:
                popen.terminate()
                popen.wait(20)
