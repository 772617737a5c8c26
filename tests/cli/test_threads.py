"""Commands compute with one thread of OpenBLAS; engines' processes are left to themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TASKS = Path("/proc/self/task")
PROGRAM = """
import os
from tts_core.cli.main import main
main(["download"])
print("\\n", len(os.listdir("/proc/self/task")), os.environ.get("OPENBLAS_NUM_THREADS"))
"""


def printed(**asked: str) -> str:
    others = {name: value for name, value in os.environ.items() if "_NUM_THREADS" not in name}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(
        command, env={**others, **asked}, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1].strip()


@pytest.mark.skipif(not TASKS.exists(), reason="threads are counted in /proc")
def test_only_this_process_has_one_thread() -> None:
    assert printed() == "1 None"
    assert printed(OPENBLAS_NUM_THREADS="2").endswith(" 2")
