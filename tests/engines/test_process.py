"""The worker process: its life, its deaths, its stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.engines import context
from tests.support.scripted import RATE, SAMPLES_PER_CHARACTER, SCRIPTED
from tts_core.engines.process import ProcessRunner
from tts_core.engines.runner import (
    SUSPENDED_AFTER_SECONDS,
    CallLost,
    InlineRunner,
    Runner,
    RunnerState,
)
from tts_core.errors import GenerationError, ModelLoadError, WorkerDied, WorkerHung
from tts_core.types import Utterance

Make = Callable[..., ProcessRunner]
FOR_EVER = 1000.0


@pytest.fixture
def make() -> Iterator[Make]:
    runners: list[ProcessRunner] = []

    def make_runner(name: str = "scripted", **options: float) -> ProcessRunner:
        runners.append(ProcessRunner(SCRIPTED[name], context(), **options))
        return runners[-1]

    yield make_runner
    for runner in runners:
        runner.unload()


def utterance(text: str = "ten chars.", **options: object) -> Utterance:
    return Utterance(text, "one", "en", options=options)


def speak(runner: Runner, text: str = "ten chars.", **options: object) -> int:
    chunks = runner.speak(utterance(text, **options), threading.Event())
    return sum(len(chunk.samples) for chunk in chunks)


def test_exact_samples_come_through(make: Make) -> None:
    runner = make()
    assert speak(runner, "x" * 57, pieces=7) == 57 * SAMPLES_PER_CHARACTER
    assert runner.state is RunnerState.IDLE


def test_inline_runner_does_the_same() -> None:
    runner = InlineRunner(SCRIPTED["scripted"], context())
    assert speak(runner, "x" * 57, pieces=7) == 57 * SAMPLES_PER_CHARACTER
    with pytest.raises(GenerationError, match="RuntimeError: oh"):
        speak(runner, fail="oh")
    runner.unload()
    assert runner.state is RunnerState.UNLOADED
    with pytest.raises(ModelLoadError, match="weights are missing"):
        InlineRunner(SCRIPTED["unloadable"], context()).load()


def test_killed_in_mid_sentence_then_works_again(make: Make) -> None:
    runner = make()
    with pytest.raises(WorkerDied, match="SIGKILL"):
        speak(runner, die=True)
    assert runner.state is RunnerState.UNLOADED
    assert speak(runner) == 10 * SAMPLES_PER_CHARACTER


def test_killed_from_outside_while_idle(make: Make) -> None:
    runner = make()
    runner.load()
    assert runner.pid is not None
    os.kill(runner.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(runner.pid)], timeout=5)
    assert speak(runner) == 10 * SAMPLES_PER_CHARACTER


def test_an_engine_error_leaves_the_worker_alive(make: Make) -> None:
    runner = make()
    runner.load()
    pid = runner.pid
    with pytest.raises(GenerationError, match="RuntimeError: out of ideas"):
        speak(runner, fail="out of ideas")
    assert speak(runner) > 0
    assert runner.pid == pid


def test_load_errors_carry_the_reason(make: Make) -> None:
    runner = make("unloadable")
    with pytest.raises(ModelLoadError, match="weights are missing"):
        runner.load()
    assert runner.pid is None


def test_load_timeout(make: Make) -> None:
    with pytest.raises(WorkerHung, match="stopped answering"):
        make("sleepy", load_timeout=0.3).load()


def test_a_worker_that_computes_for_long_is_not_hung(make: Make) -> None:
    runner = make(segment_timeout=2.0)
    assert speak(runner, compute_seconds=4.0) == 10 * SAMPLES_PER_CHARACTER


def test_nor_does_it_compute_for_ever(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tts_core.engines.process.LONGEST_COMPUTATION", 1.5)
    runner = make(segment_timeout=1.0)
    with pytest.raises(WorkerHung):
        speak(runner, compute_seconds=FOR_EVER)


def test_a_busy_worker_that_does_not_stop_is_ended(make: Make) -> None:
    runner = make(stop_grace=1.0)
    stop = threading.Event()
    sound = runner.speak(utterance(compute_seconds=FOR_EVER), stop)
    threading.Timer(0.5, stop.set).start()
    with pytest.raises(WorkerHung):
        list(sound)


def test_hung_worker_is_ended(make: Make, tmp_path: Path) -> None:
    runner = make(segment_timeout=0.5)
    with pytest.raises(WorkerHung):
        speak(runner, hang_once=str(tmp_path / "hung"))
    assert speak(runner, hang_once=str(tmp_path / "hung")) == 10 * SAMPLES_PER_CHARACTER


def test_stop_returns_soon_and_keeps_the_worker(make: Make) -> None:
    runner = make()
    runner.load()
    pid = runner.pid
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    started = time.monotonic()
    list(runner.speak(utterance(pieces=1000, step_seconds=0.05), stop))
    assert time.monotonic() - started < 2  # of 50 s
    assert runner.state is RunnerState.IDLE
    assert speak(runner) == 10 * SAMPLES_PER_CHARACTER
    assert runner.pid == pid


def test_deaf_engine_is_ended_after_the_grace(make: Make) -> None:
    runner = make(stop_grace=0.3)
    runner.load()
    stop = threading.Event()
    sound = runner.speak(utterance(pieces=3, ignore_stop=True, hang=True), stop)
    next(sound)
    stop.set()
    with pytest.raises(WorkerHung):
        list(sound)
    assert runner.state is RunnerState.UNLOADED


def test_leaving_the_generator_brings_the_worker_to_rest(make: Make) -> None:
    runner = make()
    sound = runner.speak(utterance(pieces=1000, step_seconds=0.01), threading.Event())
    next(sound)
    sound.close()  # type: ignore[attr-defined]
    assert runner.state is RunnerState.IDLE
    assert speak(runner) == 10 * SAMPLES_PER_CHARACTER


def begin(runner: Runner, text: str, stop: threading.Event) -> Iterator[int]:
    """Yield the lengths of the two chunks of an utterance, which is suspended after the first."""
    for chunk in runner.speak(utterance(text, pieces=2), stop, suspend=True):
        yield len(chunk.samples)


LONG = round(2 * SUSPENDED_AFTER_SECONDS * RATE / SAMPLES_PER_CHARACTER)
"""Characters of which half are said before the utterance is suspended."""


def test_utterances_are_spoken_while_others_are_suspended(make: Make) -> None:
    runner = make(suspendable=True)
    texts = ["x" * (LONG + more) for more in (0, 4, 12)]
    calls = [begin(runner, text, threading.Event()) for text in texts]
    for text, call in zip(texts, calls, strict=True):
        assert next(call) == len(text) * SAMPLES_PER_CHARACTER // 2
        assert runner.suspended
    assert speak(runner, "x" * 57) == 57 * SAMPLES_PER_CHARACTER
    assert not runner.suspended
    for text, call in reversed(list(zip(texts, calls, strict=True))):
        assert list(call) == [len(text) * SAMPLES_PER_CHARACTER // 2]
    assert runner.state is RunnerState.IDLE


def test_nothing_is_made_while_an_utterance_is_suspended(make: Make) -> None:
    runner = make(suspendable=True)
    doomed = utterance("x" * LONG, pieces=2, die=True)
    sound = runner.speak(doomed, threading.Event(), suspend=True)
    next(sound)
    pid = runner.pid
    assert speak(runner) == 10 * SAMPLES_PER_CHARACTER
    assert runner.pid == pid
    with pytest.raises(WorkerDied, match="SIGKILL"):
        next(sound)
    assert runner.state is RunnerState.UNLOADED


@pytest.mark.parametrize(("suspendable", "text"), [(False, "x" * LONG), (True, "ten chars.")])
def test_an_engine_that_cannot_be_suspended_is_not_nor_is_a_short_utterance(
    make: Make, suspendable: bool, text: str
) -> None:
    runner = make(suspendable=suspendable)
    for chunk in runner.speak(utterance(text, pieces=2), threading.Event(), suspend=True):
        assert len(chunk.samples) == len(text) * SAMPLES_PER_CHARACTER // 2
        assert not runner.suspended


@pytest.mark.parametrize("how", ["close", "stop", "stop before"])
def test_a_suspended_utterance_can_be_ended(make: Make, how: str) -> None:
    runner = make(suspendable=True, stop_grace=60.0)
    stop = threading.Event()
    ended = begin(runner, "x" * LONG, stop)
    other = begin(runner, "x" * LONG, threading.Event())
    if how == "stop before":
        stop.set()
    else:
        next(ended)
    next(other)
    pid = runner.pid
    if how == "close":
        ended.close()  # type: ignore[attr-defined]
    else:
        stop.set()
        assert list(ended) == []
    assert runner.state is RunnerState.IDLE
    assert list(other) == [LONG * SAMPLES_PER_CHARACTER // 2]
    assert speak(runner) == 10 * SAMPLES_PER_CHARACTER
    assert runner.pid == pid


def test_utterances_sent_ahead_are_spoken_one_after_the_other(make: Make) -> None:
    runner = make(suspendable=True)
    texts = ["x" * (LONG + more) for more in (0, 4, 12)]
    stop = threading.Event()
    calls = [runner.speak(utterance(text, pieces=2), stop, suspend=True) for text in texts]
    for text, call in reversed(list(zip(texts, calls, strict=True))):  # in any order
        assert len(next(call).samples) == len(text) * SAMPLES_PER_CHARACTER // 2
        assert runner.suspended
    assert speak(runner, "x" * 57) == 57 * SAMPLES_PER_CHARACTER
    for text, call in zip(texts, calls, strict=True):
        assert [len(chunk.samples) for chunk in call] == [len(text) * SAMPLES_PER_CHARACTER // 2]
    assert runner.state is RunnerState.IDLE


@pytest.mark.parametrize("cancelled", ["first", "second"])
def test_an_utterance_sent_ahead_can_be_cancelled(make: Make, cancelled: str) -> None:
    runner = make(suspendable=True, stop_grace=60.0)
    stops = {"first": threading.Event(), "second": threading.Event()}
    calls = {
        "first": runner.speak(utterance(pieces=100, step_seconds=0.01), stops["first"]),
        # If it were begun it would end the worker.
        "second": runner.speak(utterance(die=True, pieces=1), stops["second"]),
    }
    third = runner.speak(utterance(), threading.Event())
    next(calls["first"])
    pid = runner.pid
    stops[cancelled].set()
    left = sum(len(chunk.samples) for chunk in calls["first"])
    if cancelled == "second":
        assert left == 99 * 10 * SAMPLES_PER_CHARACTER // 100
        assert list(calls["second"]) == []
        assert sum(len(chunk.samples) for chunk in third) == 10 * SAMPLES_PER_CHARACTER
        assert runner.pid == pid
        return
    assert left < 99 * 10 * SAMPLES_PER_CHARACTER // 100
    with pytest.raises(WorkerDied, match="SIGKILL"):
        list(calls["second"])
    with pytest.raises(CallLost):
        list(third)


def test_a_death_is_that_of_the_utterance_being_spoken(make: Make) -> None:
    runner = make(suspendable=True)
    suspended = begin(runner, "x" * LONG, threading.Event())
    next(suspended)
    spoken = runner.speak(utterance(die=True), threading.Event())
    next(spoken)  # with the two that come before its death
    next(spoken)
    assert runner.pid is not None
    psutil.wait_procs([psutil.Process(runner.pid)], timeout=5)
    ahead = runner.speak(utterance(), threading.Event())
    with pytest.raises(WorkerDied) as died:
        next(spoken)
    assert not isinstance(died.value, CallLost)
    for call in (ahead, suspended):
        with pytest.raises(CallLost):
            next(call)
    assert speak(runner) == 10 * SAMPLES_PER_CHARACTER


def test_who_was_suspended_when_the_idle_worker_died_has_lost_it(make: Make) -> None:
    runner = make(suspendable=True)
    suspended = begin(runner, "x" * LONG, threading.Event())
    next(suspended)
    assert runner.pid is not None
    os.kill(runner.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(runner.pid)], timeout=5)
    with pytest.raises(CallLost):
        next(suspended)
    assert runner.state is RunnerState.UNLOADED
    assert speak(runner) == 10 * SAMPLES_PER_CHARACTER


@pytest.mark.parametrize("how", ["next", "close"])
def test_an_utterance_whose_worker_died_leaves_the_next_one_alone(make: Make, how: str) -> None:
    runner = make(suspendable=True)
    lost = begin(runner, "x" * LONG, threading.Event())
    next(lost)
    with pytest.raises(WorkerDied):
        speak(runner, die=True)
    other = begin(runner, "x" * LONG, threading.Event())
    next(other)
    pid = runner.pid
    if how == "close":
        lost.close()  # type: ignore[attr-defined]
    else:
        with pytest.raises(CallLost):
            next(lost)
    assert list(other) == [LONG * SAMPLES_PER_CHARACTER // 2]
    assert runner.pid == pid


def test_unload_ends_the_process(make: Make) -> None:
    runner = make()
    runner.load()
    pid = runner.pid
    assert pid is not None
    assert psutil.pid_exists(pid)
    runner.unload()
    assert not psutil.pid_exists(pid)


def test_killed_while_it_loads(make: Make) -> None:
    runner = make("sleepy")
    errors: list[Exception] = []

    def load() -> None:
        try:
            runner.load()
        except WorkerDied as error:
            errors.append(error)

    thread = threading.Thread(target=load)
    thread.start()
    while (pid := runner.pid) is None:
        time.sleep(0.005)
    runner.kill()
    thread.join(timeout=10)
    assert errors
    assert not psutil.pid_exists(pid)
    with pytest.raises(WorkerDied, match="shutting down"):
        runner.load()
    assert runner.state is RunnerState.UNLOADED


def test_worker_ends_when_the_app_is_killed() -> None:
    script = (
        "import sys, time\n"
        "from tests.support.scripted import SCRIPTED\n"
        "from tests.support.engines import context\n"
        "from tts_core.engines.process import ProcessRunner\n"
        "r = ProcessRunner(SCRIPTED['scripted'], context()); r.load(); print(r.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    app = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert app.stdout is not None
    worker = psutil.Process(int(app.stdout.readline()))
    app.kill()
    app.wait()
    worker.wait(timeout=5)
