"""Killed at any moment, the library has each voice whole or not at all."""

from __future__ import annotations

import re
import subprocess
import sys


def test_voices_survive_kills() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.voice_kills", "40"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    caught = re.search(r"(\d+) caught it half-way", done.stdout)
    assert caught is not None
    assert int(caught[1]) >= 3  # else the kills come at the wrong moments
