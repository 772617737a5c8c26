"""Kills the app at random moments while it makes a project, and checks what is left.

Each child process goes on with the same project until a SIGKILL. Afterwards the project must be
complete, with the samples of a project that nobody has killed; no more segments than there were
kills may have been made twice.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import hibari.g2p  # noqa: F401 - so that no child has to; the same of others
import numpy as np
import onnxruntime  # noqa: F401
import sqlalchemy  # noqa: F401

from tests.support.journal import JOURNAL, noted
from tests.support.projects import ME, begun, ended
from tests.support.waiting import wait_until
from tts_core.audio.decode import decode
from tts_core.engines.hibari import model  # noqa: F401
from tts_core.engines.registry import Registry
from tts_core.projects import edits, report  # noqa: F401
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.stats import store  # noqa: F401
from tts_core.types import Samples

SECONDS = 0.02
"""How long a segment takes at least."""
SENTENCES = [
    f"Sentence number {number} is here, and it has a few words more than that."
    for number in range(120)
]


def _service(folder: Path) -> SpeechService:
    settings = Settings(_env_file=None, data_dir=folder, runner="inline")  # type: ignore[call-arg]
    return SpeechService(settings, Registry(JOURNAL))


def _begin(folder: Path, sentences: list[str]) -> str:
    """Make a project, of which nothing is spoken yet, and return its id."""
    service = _service(folder / "data")
    options = {"journal": str(folder / "journal"), "seconds": SECONDS}
    # Paused before a segment is complete, so that each of them is made by a child.
    project = begun(service, folder, " ".join(sentences), engine="natural", options=options)
    service.projects.control(ME, project, "pause")
    service.close()
    (folder / "journal").unlink(missing_ok=True)
    return project


def _in_a_child(work: Callable[[], str]) -> str:
    """Return the result of work that starts threads, which a process that forks must not have."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, work().encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as result:
        found = result.read()
    os.waitpid(child, 0)
    return found


def _work(folder: Path, project: str, pipe: int) -> NoReturn:
    service = _service(folder / "data")
    service.projects.control(ME, project, "resume")
    os.write(pipe, b"!")
    time.sleep(60)
    os._exit(1)


def _one_round(folder: Path, project: str, segments: int, seconds: float) -> None:
    """Let a child go on with the project, and kill it `seconds` after some segments are spoken."""
    journal = folder / "journal"
    before = len(noted(journal))
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _work(folder, project, writer)
    os.close(writer)
    assert os.read(reader, 1) == b"!"
    os.close(reader)
    wait_until(lambda: len(noted(journal)) >= before + segments, 60)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _finish(folder: Path, project: str) -> list[Samples]:
    """Complete the project in this process; return the samples of each segment."""
    service = _service(folder / "data")
    service.projects.control(ME, project, "resume")
    assert ended(service, project, seconds=60).state == "complete"
    count = service.projects.status(ME, project).segments
    found = [decode(service.projects.sound(ME, project, n)).samples for n in range(count)]
    service.close()
    return found


def run(kills: int) -> str:
    """Kill so many processes one after the other, check the project and return figures.

    Must be called in a process without threads, which can fork. Raises AssertionError.
    """
    chance = random.Random(kills)
    sentences = SENTENCES[: 5 * kills + 5]
    with tempfile.TemporaryDirectory() as name:
        killed, whole = Path(name, "killed"), Path(name, "whole")
        for folder in (killed, whole):
            folder.mkdir()
        project = _in_a_child(lambda: _begin(killed, sentences))
        made: list[int] = []
        for _ in range(kills):
            _one_round(killed, project, chance.randrange(1, 4), chance.uniform(0, 0.1))
            made.append(len(set(noted(killed / "journal"))))
        samples = _finish(killed, project)
        spoken = noted(killed / "journal")
        twice = len(spoken) - len(set(spoken))
        assert twice <= kills, f"{twice} segments were made twice"
        assert 0 < made[-1] < len(sentences), made
        untouched = _finish(whole, _begin(whole, sentences))
        assert len(samples) == len(untouched) == len(sentences)
        for a, b in zip(samples, untouched, strict=True):
            assert np.array_equal(a, b)
    return f"{kills} kills; complete after them, in all: {made}; made twice: {twice}"
