"""Killed at any moment, or used by many at once, the library has each voice whole or not at all."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.conftest import Amount
from tests.support.voice_kills import change_something, check, prepare
from tts_core.errors import UnknownNameError, ValidationError
from tts_core.voices.library import VoiceLibrary


def test_voices_survive_kills(amount: Amount) -> None:
    """In a process without threads, which can fork."""
    kills = amount(8, 60)
    code = f"from tests.support.voice_kills import run; print(run({kills}))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    caught = re.search(r"(\d+) caught it half-way", done.stdout)
    assert caught is not None
    assert int(caught[1]) >= kills // 10  # else the kills come at the wrong moments


def test_many_at_once(tmp_path: Path) -> None:
    """What one thread does to a voice that another deletes, renames or adds to."""
    prepare(tmp_path)
    library = VoiceLibrary(tmp_path / "voices")
    end = time.monotonic() + 1

    def work(seed: int) -> int:
        chance, done = random.Random(seed), 0
        folder = tmp_path / str(seed)
        folder.mkdir()
        for path in (*tmp_path.glob("?.zip"), tmp_path / "more.wav"):
            (folder / path.name).symlink_to(path)
        while time.monotonic() < end:
            try:
                change_something(library, folder, chance)
                done += 1
            except (ValidationError, UnknownNameError):
                pass  # the recording is there already, or the voice no longer
        return done

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(work, range(4)))
    assert min(done) > 3
    before = library.all()
    check(tmp_path / "voices")
    assert VoiceLibrary(tmp_path / "voices").all() == before
