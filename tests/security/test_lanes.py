"""Whatever breaks in a lane, no request waits forever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.support.engines import context
from tests.support.jobs import audio_length
from tests.support.scripted import SAMPLES_PER_CHARACTER, SCRIPTED
from tts_core.engines.runner import InlineRunner, RunnerState
from tts_core.errors import GenerationError, TTSError
from tts_core.synthesis.job import Job
from tts_core.synthesis.scheduler import Scheduler
from tts_core.types import AudioChunk, Utterance

FOR_EVER = 10.0
Make = Callable[..., Scheduler]


class FragileRunner(InlineRunner):
    """Raises what it is given, where no exception is expected."""

    def __init__(self) -> None:
        self.broken: BaseException | None = None
        self.unloads: list[BaseException] = []
        super().__init__(SCRIPTED["scripted"], context())

    @property
    def state(self) -> RunnerState:
        if self.broken is not None:
            error, self.broken = self.broken, None
            raise error
        return self._state

    @state.setter
    def state(self, state: RunnerState) -> None:
        self._state = state

    def unload(self) -> None:
        if self.unloads:
            raise self.unloads.pop()
        super().unload()

    def speak(
        self, utterance: Utterance, stop: threading.Event, *, suspend: bool = False
    ) -> Iterator[AudioChunk]:
        if utterance.text == "exit":
            raise SystemExit(3)
        yield from super().speak(utterance, stop, suspend=suspend)


@pytest.fixture
def runner() -> FragileRunner:
    return FragileRunner()


@pytest.fixture
def make(runner: FragileRunner) -> Iterator[Make]:
    schedulers: list[Scheduler] = []

    def made(**options: float) -> Scheduler:
        schedulers.append(Scheduler(lambda _: runner, queue_limit=9, **options))  # type: ignore[arg-type]
        return schedulers[-1]

    yield made
    for scheduler in schedulers:
        scheduler.close()


def submit(scheduler: Scheduler, *texts: str) -> Job:
    return scheduler.submit("scripted", [Utterance(text, "one", "en") for text in texts])


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + FOR_EVER
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.002)


def served(scheduler: Scheduler) -> bool:
    return audio_length(submit(scheduler, "Hello.")) == 6 * SAMPLES_PER_CHARACTER


def test_a_timeout_beyond_what_timers_take_does_not_hang_requests(make: Make) -> None:
    scheduler = make(idle_unload_seconds=1e11)
    assert served(scheduler)
    assert served(scheduler)


def test_an_engine_that_cannot_be_unloaded_does_not_hang_requests(
    make: Make, runner: FragileRunner
) -> None:
    runner.unloads = [OverflowError("timestamp out of range"), OSError("no")]
    scheduler = make(idle_unload_seconds=0.02)
    assert served(scheduler)
    wait_for(lambda: not runner.unloads)
    assert served(scheduler)


def test_requests_in_a_lane_that_breaks_down_are_told_and_do_not_wait(
    make: Make, runner: FragileRunner
) -> None:
    scheduler = make(idle_unload_seconds=60, buffer_seconds=0.01)
    slow = submit(scheduler, "One.", "Two.")
    wait_for(lambda: slow.inbox.full)  # the lane waits for its reader
    runner.broken = MemoryError("no room")
    slow._lane.wake()
    wait_for(lambda: runner.broken is None)
    with pytest.raises(
        GenerationError, match=r"scripted failed unexpectedly .*no room.* try again"
    ):
        audio_length(slow)
    assert served(scheduler)


def test_an_engine_that_exits_fails_its_own_request_only(make: Make) -> None:
    scheduler = make()
    doomed, other = submit(scheduler, "exit"), submit(scheduler, "Hello.", "Again.")
    with pytest.raises(TTSError, match="SystemExit"):
        audio_length(doomed)
    assert audio_length(other) == 12 * SAMPLES_PER_CHARACTER
