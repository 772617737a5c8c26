"""`python app.py` in a process of its own, as a shell or a service manager starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support.live import free_port

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Started:
    url: str
    process: psutil.Popen
    log: Path
    """What it writes to standard error."""


@contextmanager
def started(folder: Path, **variables: str) -> Iterator[Started]:
    """Aloud on loopback. `folder` holds its data, its home and its temporary folder; it is killed
    in the end if it still runs."""
    for name in ("home", "temporary"):
        (folder / name).mkdir()
    own = {
        "TTS_DATA_DIR": str(folder / "data"),
        "TTS_PORT": str(free_port()),
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "temporary"),
    }
    log = folder / "log"
    with log.open("w") as stderr:
        process = psutil.Popen(
            [sys.executable, str(ROOT / "app.py")],
            cwd=folder,
            env=os.environ | own | variables,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            preexec_fn=_as_from_a_shell,
        )
    try:
        said = process.stdout.readline()
        assert said.startswith("Aloud is listening on "), log.read_text()
        yield Started(said.split()[-1], process, log)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _as_from_a_shell() -> None:
    os.umask(0o022)
    # A shell that runs the tests in the background has Ctrl-C ignored for all of them.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
