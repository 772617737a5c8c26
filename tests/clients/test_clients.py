"""Clients of other projects, in an environment of their own, against a real server."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import av
import pytest

from tests.support.node import JAVASCRIPT, run_node
from tts_core.web.app import App

pytestmark = pytest.mark.timeout(300)  # the imports alone take long on a busy machine

PROGRAMS = Path(__file__).parent / "programs"
PYTHON = Path(__file__).parents[2] / ".venv-clients/bin/python"
"""Made by `make test-clients`."""
PCM_RATE = 24_000
"""Hz: OpenAI's, of raw samples."""


def last(app: App, count: int) -> list[dict[str, Any]]:
    """The last requests, the newest first."""
    found: list[dict[str, Any]] = app.service.report.history(count)["request_history"]
    return found


def seconds(path: Path) -> float:
    if path.suffix == ".pcm":
        return path.stat().st_size / 2 / PCM_RATE
    with av.open(path) as container:
        frames = list(container.decode(audio=0))
    return sum(frame.samples for frame in frames) / frames[0].sample_rate


def run(app: App, program: str, folder: Path, *arguments: str) -> dict[str, str]:
    """What a program has printed."""
    if program.endswith(".mjs"):
        done = run_node(JAVASCRIPT / program, app.url, folder, folder=JAVASCRIPT)
    else:
        done = subprocess.run(
            [str(PYTHON), str(PROGRAMS / program), app.url, str(folder), *arguments],
            env=os.environ | {"PYTHONPATH": "", "DO_NOT_TRACK": "1"},
            capture_output=True,
            text=True,
            timeout=250,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-4_000:]
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(
    ("program", "streams", "cancels"),
    [
        ("livekit_tts.py", 1, 1),
        ("pipecat_tts.py", 1, 1),
        ("litellm_speech.py", 0, 1),
        ("openai_node.mjs", 1, 1),
        ("mcp_agent.py http", 0, 2),
        ("mcp_agent.py sse", 0, 2),
    ],
)
def test_it_speaks_streams_and_cancels(
    app: App,
    tmp_path: Path,
    rows: list[dict[str, str]],
    program: str,
    streams: int,
    cancels: int,
) -> None:
    name, *arguments = program.split()
    found = run(app, name, tmp_path, *arguments)
    history = last(app, cancels + 1)
    assert [entry["status"] for entry in history] == ["cancelled"] * cancels + ["completed"]
    files = sorted(path.stem for path in tmp_path.iterdir())
    assert files == ["speak", "stream"][: 1 + streams]
    for path in tmp_path.iterdir():
        assert seconds(path) == pytest.approx(history[-1]["audio_seconds"], abs=0.15)
    rows.append({**found, "streams": ("whole", "streams")[streams], "cancels": "cancels"})
