"""The command line as its user's shell would run it, in this process or in one of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Start = Callable[..., subprocess.Popen[bytes]]
ROOT = Path(__file__).parents[2]
KEYS = ("TTS_API_KEYS", "TTS_AUTH", "HF_TOKEN", "GROQ_API_KEY", "TTS_DATABASE_URL")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where the data folder is, or would be."""
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: Path) -> None:
    """Nothing set, in a folder of its own."""
    for name in KEYS:
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("TTS_DATA_DIR", str(data))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def start() -> Start:
    """Starts `python -m tts_core ARGUMENTS` with the present environment."""

    def start(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "tts_core", *arguments],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE} | options,
            stderr=subprocess.PIPE,
            # A shell that runs the tests in the background has Ctrl-C ignored for all of them.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )

    return start
