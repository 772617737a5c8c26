"""A worker that freezes costs the agreed time, not forever."""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tests.support.engines import context
from tests.support.frozen import HALFWAY
from tests.support.scripted import RATE, SCRIPTED
from tts_core.engines.process import ProcessRunner
from tts_core.errors import WorkerHung
from tts_core.types import AudioChunk, Utterance

TIMEOUT = 1.0
FOR_EVER = 15.0


@pytest.fixture
def make() -> Iterator[Callable[[str], ProcessRunner]]:
    runners: list[ProcessRunner] = []

    def made(target: str) -> ProcessRunner:
        runners.append(
            ProcessRunner(target, context(), segment_timeout=TIMEOUT, stop_grace=TIMEOUT)
        )
        runners[-1].load()
        return runners[-1]

    yield made
    for runner in runners:
        if runner.pid is not None:
            os.kill(runner.pid, signal.SIGKILL)  # also ends a call that hangs
        runner.unload()


def hung(call: Callable[[], Any]) -> bool:
    """Whether a call ends with WorkerHung; fails when it does not end."""
    outcome: list[BaseException | None] = []

    def run() -> None:
        try:
            call()
        except BaseException as error:
            outcome.append(error)
        else:
            outcome.append(None)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(FOR_EVER)
    assert outcome, "the call hangs"
    return isinstance(outcome[0], WorkerHung)


def spoken(runner: ProcessRunner, text: str, **options: object) -> int:
    utterance = Utterance(text, "one", "en", options=options)
    return sum(len(c.samples) for c in runner.speak(utterance, threading.Event()))


def test_half_a_message_does_not_hang_the_caller(make: Callable[[str], ProcessRunner]) -> None:
    runner = make(HALFWAY)
    assert hung(lambda: spoken(runner, "frozen"))
    assert runner.pid is None
    assert spoken(runner, "well") == 400


def test_a_stop_reaches_no_frozen_worker_and_does_not_hang(
    make: Callable[[str], ProcessRunner],
) -> None:
    runner = make(HALFWAY)
    stop = threading.Event()
    sound = runner.speak(Utterance("frozen", "one", "en"), stop)
    assert runner._pipe is not None
    # What is stopped before the worker has begun it is skipped.
    assert select.select([runner._pipe._socket], [], [], FOR_EVER)[0]
    stop.set()
    assert hung(lambda: list(sound))


def test_a_worker_stopped_in_the_middle_of_its_sound_does_not_hang_the_caller(
    make: Callable[[str], ProcessRunner],
) -> None:
    runner = make(SCRIPTED["scripted"])
    assert runner.pid is not None
    long = Utterance("x" * 20_000, "one", "en", options={"pieces": 2})
    sound = runner.speak(long, threading.Event())
    next(sound)
    # The second piece, of 4 MB, is more than a socket holds: the worker is in the middle of it.
    os.kill(runner.pid, signal.SIGSTOP)
    assert hung(lambda: list(sound))
    assert spoken(runner, "well") == 400


def test_a_worker_that_takes_nothing_does_not_hang_the_caller(
    make: Callable[[str], ProcessRunner],
) -> None:
    runner = make(SCRIPTED["scripted"])
    assert runner.pid is not None
    os.kill(runner.pid, signal.SIGSTOP)
    recording = AudioChunk(np.zeros(2_000_000, np.float32), RATE)
    assert hung(lambda: runner.condition([recording]))
    assert spoken(runner, "well") == 400
