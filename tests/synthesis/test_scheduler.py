"""Fairness, cancelling, backpressure and retries, with a runner that advances step by step."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.support.jobs import audio_length, events_of
from tests.support.waiting import wait_until
from tts_core.audio.join import skip_samples
from tts_core.engines.runner import CallLost, RunnerState
from tts_core.errors import (
    Cancelled,
    EngineUnavailable,
    GenerationError,
    ModelLoadError,
    QueueFullError,
    WorkerDied,
)
from tts_core.synthesis import job as order
from tts_core.synthesis.inbox import Inbox, UtteranceAudio, UtteranceDone
from tts_core.synthesis.scheduler import Scheduler
from tts_core.types import AudioChunk, PhonemeTiming, Utterance, WordTiming

RATE = 1000


class StepRunner:
    """Speaks a second for each segment when `steps` is released, and records the order."""

    def __init__(self) -> None:
        self.state = RunnerState.UNLOADED
        self.pid = None
        self.order: list[str] = []
        self.steps = threading.Semaphore(0)
        self.busy = threading.Event()
        self.deaths = 0
        self.load_error: Exception | None = None
        self.unloads = 0
        self.economy = 0
        self.killed = False
        self.suspendable = False
        self.suspended = False

    def load(self) -> None:
        if self.load_error is not None:
            raise self.load_error
        self.state = RunnerState.IDLE

    def unload(self) -> None:
        self.unloads += 1
        self.state = RunnerState.UNLOADED

    def kill(self) -> None:
        self.killed = True

    def speak(
        self, utterance: Utterance, stop: threading.Event, *, suspend: bool = False
    ) -> Iterator[AudioChunk]:
        self.order.append(utterance.text)
        self.state = RunnerState.SPEAKING
        self.busy.set()
        while not self.steps.acquire(timeout=0.005):
            if stop.is_set():
                self.state = RunnerState.IDLE
                return
        yield AudioChunk(np.full(RATE // 2, 0.25, np.float32), RATE)
        if self.deaths:
            self.deaths -= 1
            raise WorkerDied("The engine's process was ended by SIGKILL.")
        yield AudioChunk(np.full(RATE // 2, 0.75, np.float32), RATE)
        self.state = RunnerState.IDLE


@pytest.fixture
def runner() -> StepRunner:
    return StepRunner()


@pytest.fixture
def make(runner: StepRunner) -> Iterator[Callable[..., Scheduler]]:
    made: list[Scheduler] = []

    def scheduler(**options: float) -> Scheduler:
        made.append(Scheduler(lambda _: runner, **({"queue_limit": 100} | options)))
        return made[-1]

    yield scheduler
    runner.steps.release(10_000)
    for one in made:
        one.close()


def utterances(name: str, count: int) -> list[Utterance]:
    return [Utterance(f"{name}{i}", "v", "en") for i in range(count)]


def test_one_job_in_order(make: Callable[..., Scheduler], runner: StepRunner) -> None:
    runner.steps.release(3)
    events = list(events_of(make().submit("e", utterances("a", 3))))
    done = [e.index for e in events if isinstance(e, UtteranceDone)]
    assert done == [0, 1, 2]
    assert runner.order == ["a0", "a1", "a2"]
    assert [e.index for e in events if isinstance(e, UtteranceAudio)] == [0, 0, 1, 1, 2, 2]


def test_the_pace_of_an_engine_is_reported_once_it_has_spoken(
    make: Callable[..., Scheduler], runner: StepRunner
) -> None:
    found: list[tuple[str, float]] = []
    scheduler = make(measured=lambda engine, _, sound: found.append((engine, sound)))
    runner.steps.release(100)
    list(events_of(scheduler.submit("e", utterances("a", 3))))
    assert found == [("e", 1.0)] * 2  # the first after loading does not count
    runner.deaths = 1
    list(events_of(scheduler.submit("e", utterances("b", 2))))
    assert found == [("e", 1.0)] * 3  # nor does one that was spoken again


def test_a_newcomer_waits_for_one_segment_only(
    make: Callable[..., Scheduler], runner: StepRunner
) -> None:
    scheduler = make()
    books = [scheduler.submit("e", utterances(f"book{n}-", 5)) for n in range(3)]
    runner.busy.wait(5)
    runner.steps.release(5)
    wait_until(lambda: len(runner.order) == 6)
    short = scheduler.submit("e", utterances("short", 1))
    runner.steps.release(100)
    assert audio_length(short) == RATE
    assert runner.order.index("short0") == 6
    assert [audio_length(b) for b in books] == [5 * RATE] * 3


def test_background_gives_way_to_every_job(
    make: Callable[..., Scheduler], runner: StepRunner
) -> None:
    scheduler = make(queue_limit=2)
    background = [
        scheduler.submit("e", utterances(f"project{n}-", 3), inbox=Inbox(60, background=True))
        for n in range(3)  # more than there are places in the queue
    ]
    runner.busy.wait(5)
    book = scheduler.submit("e", utterances("book", 3))
    short = scheduler.submit("e", utterances("short", 1))
    assert short.position == 1  # after the book's first segment
    runner.steps.release(100)
    assert audio_length(short) == RATE
    assert [audio_length(job) for job in (book, *background)] == [3 * RATE] * 4
    order = [name.rstrip("0123456789-") for name in runner.order]
    assert order[:5] == ["project", "book", "short", "book", "book"]
    assert runner.order[5:7] == ["project0-1", "project0-2"]


def test_books_take_turns(make: Callable[..., Scheduler], runner: StepRunner) -> None:
    scheduler = make()
    jobs = [scheduler.submit("e", utterances(name, 20)) for name in "abc"]
    for _ in range(30):  # at a steady pace, so that engine time is fairly even
        runner.steps.release()
        time.sleep(0.005)
    wait_until(lambda: len(runner.order) > 29)
    counts = {name: sum(o.startswith(name) for o in runner.order[:30]) for name in "abc"}
    assert all(5 <= c <= 15 for c in counts.values()), counts
    runner.steps.release(100)
    assert [audio_length(job) for job in jobs] == [20 * RATE] * 3


def test_a_flood_of_newcomers_does_not_stop_a_book(
    make: Callable[..., Scheduler], runner: StepRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "MARGIN_SECONDS", 10.0)  # more than the book has
    scheduler = make()
    book = scheduler.submit("e", utterances("book", 5))
    runner.busy.wait(5)
    shorts = [scheduler.submit("e", utterances(f"s{i}-", 1)) for i in range(20)]
    runner.steps.release(100)
    assert audio_length(book) == 5 * RATE
    assert [audio_length(s) for s in shorts] == [RATE] * 20
    gap = order.NEWCOMERS_IN_A_ROW + 1
    assert runner.order.index("book1") <= gap
    assert runner.order.index("book4") <= 4 * gap


def test_a_book_that_is_far_ahead_of_its_listener_waits_for_newcomers(
    make: Callable[..., Scheduler], runner: StepRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "MARGIN_SECONDS", -60.0)
    scheduler = make()
    book = scheduler.submit("e", utterances("book", 3))
    runner.busy.wait(5)
    shorts = [scheduler.submit("e", utterances(f"s{i}-", 1)) for i in range(20)]
    runner.steps.release(100)
    assert audio_length(book) == 3 * RATE
    assert [audio_length(s) for s in shorts] == [RATE] * 20
    assert runner.order == ["book0", *(f"s{i}-0" for i in range(20)), "book1", "book2"]


def test_cancel_ends_reader_and_engine(make: Callable[..., Scheduler], runner: StepRunner) -> None:
    scheduler = make()
    job = scheduler.submit("e", utterances("a", 3))
    runner.busy.wait(5)
    threading.Timer(0.05, job.inbox.close).start()
    with pytest.raises(Cancelled):
        list(events_of(job))
    wait_until(lambda: runner.state is RunnerState.IDLE)
    runner.steps.release(1)
    assert audio_length(scheduler.submit("e", utterances("b", 1))) == RATE
    assert runner.order == ["a0", "b0"]


def test_cancel_before_all_is_read_raises(
    make: Callable[..., Scheduler], runner: StepRunner
) -> None:
    """Even when the engine has finished: unread sound is dropped, so the end must be an error."""
    runner.steps.release(2)
    job = make().submit("e", utterances("a", 2))
    job.inbox.get()
    wait_until(lambda: len(runner.order) == 2 and runner.state is RunnerState.IDLE)
    job.inbox.close()
    with pytest.raises(Cancelled):
        job.inbox.get()


def test_a_slow_reader_is_not_served_ahead(
    make: Callable[..., Scheduler], runner: StepRunner
) -> None:
    scheduler = make(buffer_seconds=2.0)
    runner.steps.release(1000)
    slow = scheduler.submit("e", utterances("slow", 10))
    wait_until(lambda: len(runner.order) == 2)
    time.sleep(0.05)
    assert len(runner.order) == 2  # two seconds wait for the reader
    assert audio_length(scheduler.submit("e", utterances("other", 3))) == 3 * RATE
    assert audio_length(slow) == 10 * RATE


def test_waiting_for_a_slow_reader_earns_no_credit(
    make: Callable[..., Scheduler], runner: StepRunner
) -> None:
    """A job that had to wait for its reader does not catch up at the cost of others."""
    scheduler = make(buffer_seconds=1.0)
    slow = scheduler.submit("e", utterances("slow", 3))
    runner.steps.release()
    wait_until(lambda: slow.inbox.full)
    book = scheduler.submit("e", utterances("book", 11))
    for _ in range(10):  # the book is served alone, 5 ms and more for each segment
        time.sleep(0.005)
        runner.steps.release()
        while not isinstance(book.inbox.get(), UtteranceDone):
            pass
    assert slow.served < 0.5 * book.served
    while not isinstance(slow.inbox.get(), UtteranceDone):
        pass
    runner.steps.release(2)  # the rest of the book, and one more of the slow one
    wait_until(lambda: "slow1" in runner.order and runner.state is RunnerState.IDLE)
    assert slow.served > 0.5 * book.served


def test_a_failed_warm_up_does_not_end_the_lane(
    make: Callable[..., Scheduler], runner: StepRunner
) -> None:
    scheduler = make()
    runner.load_error = OSError("no more processes")
    scheduler.warm_up("e")
    time.sleep(0.05)
    runner.load_error = None
    runner.steps.release(1)
    assert audio_length(scheduler.submit("e", utterances("a", 1))) == RATE


def test_a_closed_scheduler_accepts_no_jobs(make: Callable[..., Scheduler]) -> None:
    scheduler = make()
    scheduler.close()
    with pytest.raises(EngineUnavailable, match="shutting down"):
        scheduler.submit("e", utterances("a", 1))


def test_a_full_queue_raises_at_once(make: Callable[..., Scheduler], runner: StepRunner) -> None:
    scheduler = make(queue_limit=2)
    jobs = [scheduler.submit("e", utterances("a", 1)) for _ in range(2)]
    with pytest.raises(QueueFullError, match="queue is full: 2"):
        scheduler.submit("e", utterances("b", 1))
    runner.steps.release(2)
    assert [audio_length(j) for j in jobs] == [RATE, RATE]
    runner.steps.release(1)
    assert audio_length(scheduler.submit("e", utterances("c", 1))) == RATE


def test_position_counts_earlier_jobs(make: Callable[..., Scheduler], runner: StepRunner) -> None:
    scheduler = make()
    first = scheduler.submit("e", utterances("a", 2))
    runner.busy.wait(5)
    second = scheduler.submit("e", utterances("b", 1))
    third = scheduler.submit("e", utterances("c", 1))
    assert (first.position, second.position, third.position) == (0, 0, 1)


def test_a_segment_is_retried_after_a_death(
    make: Callable[..., Scheduler], runner: StepRunner
) -> None:
    runner.steps.release(100)
    runner.deaths = 1
    events = list(events_of(make().submit("e", utterances("a", 2))))
    sound = np.concatenate([e.chunk.samples for e in events if isinstance(e, UtteranceAudio)])
    assert np.array_equal(sound, np.tile(np.repeat([0.25, 0.75], RATE // 2), 2).astype("f4"))
    assert [e.retries for e in events if isinstance(e, UtteranceDone)] == [1, 0]


def test_two_deaths_fail_the_job_but_not_the_others(
    make: Callable[..., Scheduler], runner: StepRunner
) -> None:
    scheduler = make()
    doomed = scheduler.submit("e", utterances("doomed", 3))
    runner.busy.wait(5)
    other = scheduler.submit("e", utterances("other", 2))
    runner.deaths = 2
    runner.steps.release(100)
    with pytest.raises(WorkerDied, match="SIGKILL"):
        audio_length(doomed)
    assert audio_length(other) == 2 * RATE


def test_load_errors_reach_the_reader(make: Callable[..., Scheduler], runner: StepRunner) -> None:
    runner.load_error = ModelLoadError("no weights")
    with pytest.raises(ModelLoadError, match="no weights"):
        list(events_of(make().submit("e", utterances("a", 1))))


def test_foreign_errors_do_not_end_the_lane(
    make: Callable[..., Scheduler], runner: StepRunner
) -> None:
    scheduler = make()
    runner.load_error = ZeroDivisionError("oops")
    with pytest.raises(GenerationError, match="ZeroDivisionError: oops"):
        list(events_of(scheduler.submit("e", utterances("a", 1))))
    runner.load_error = None
    runner.steps.release(1)
    assert audio_length(scheduler.submit("e", utterances("b", 1))) == RATE


def test_idle_engine_is_unloaded_and_comes_back(
    make: Callable[..., Scheduler], runner: StepRunner
) -> None:
    scheduler = make(idle_unload_seconds=0.05)
    runner.steps.release(2)
    assert audio_length(scheduler.submit("e", utterances("a", 1))) == RATE
    wait_until(lambda: runner.unloads == 1)
    assert audio_length(scheduler.submit("e", utterances("b", 1))) == RATE


def test_a_busy_engine_is_not_unloaded(make: Callable[..., Scheduler], runner: StepRunner) -> None:
    scheduler = make(idle_unload_seconds=0.02)
    job = scheduler.submit("e", utterances("a", 1))
    runner.busy.wait(5)
    time.sleep(0.1)
    assert runner.unloads == 0
    runner.steps.release(1)
    assert audio_length(job) == RATE


def test_warm_up_loads_without_a_job(make: Callable[..., Scheduler], runner: StepRunner) -> None:
    make().warm_up("e")
    wait_until(lambda: runner.state is RunnerState.IDLE)


def test_close_cancels_what_runs(make: Callable[..., Scheduler], runner: StepRunner) -> None:
    scheduler = make()
    job = scheduler.submit("e", utterances("a", 1))
    runner.busy.wait(5)
    scheduler.close()
    with pytest.raises(Cancelled, match="shutting down"):
        list(events_of(job))
    assert runner.killed
    assert runner.state is RunnerState.UNLOADED


def test_reading_times_out(make: Callable[..., Scheduler]) -> None:
    job = make().submit("e", utterances("a", 1))
    with pytest.raises(TimeoutError):
        job.inbox.get(timeout=0.01)


@pytest.mark.parametrize("cut", [0, 1, 50, 99, 100, 101, 150, 200])
def test_skip_samples(cut: int) -> None:
    whole = np.arange(200, dtype=np.float32)
    chunks = [
        AudioChunk(
            whole[:100],
            100,
            (WordTiming("a", 0.0, 0.5), WordTiming("b", 0.7, 1.0)),
            (PhonemeTiming("a", 0.0), PhonemeTiming("b", 0.7)),
        ),
        AudioChunk(
            whole[100:],
            100,
            (WordTiming("c", 1.5, 2.0),),
            (PhonemeTiming("c", 1.5), PhonemeTiming("", 1.99)),
        ),
    ]
    left = list(skip_samples(iter(chunks), cut))
    rest = np.concatenate([whole[:0], *(c.samples for c in left)])
    assert np.array_equal(rest, whole[cut:])
    expected = [w.text for c in chunks for w in c.words if w.start * 100 >= cut]
    assert [w.text for c in left for w in c.words] == expected
    assert [p.symbol for c in left for p in c.phonemes if p.symbol] == expected


class ChunkRunner(StepRunner):
    """Notes each chunk as it is asked for ("a0.0", "a0.1"), each of which takes a step."""

    def __init__(self) -> None:
        super().__init__()
        self.suspendable = True
        self.workers = 1
        self.died = ""  # what the worker was speaking when its number changed
        self.sent: list[str] = []
        self.suspends: list[str] = []
        self.ended: list[str] = []

    def speak(
        self, utterance: Utterance, stop: threading.Event, *, suspend: bool = False
    ) -> Iterator[AudioChunk]:
        self.sent.append(utterance.text)
        if suspend:
            self.suspends.append(utterance.text)
        return self._chunks(utterance, stop, self.workers, suspend=suspend)

    def _chunks(
        self, utterance: Utterance, stop: threading.Event, worker: int, *, suspend: bool
    ) -> Iterator[AudioChunk]:
        try:
            for number in range(2):
                self.order.append(f"{utterance.text}.{number}")
                self.busy.set()
                while not self.steps.acquire(timeout=0.005):
                    if stop.is_set():
                        return
                if self.workers > worker and utterance.text == self.died:
                    self.died = ""
                    raise WorkerDied("The engine's process was ended by SIGKILL.")
                if self.workers > worker:
                    raise CallLost("The engine's process was ended while an utterance waited.")
                if self.deaths and number == 1:
                    self.deaths -= 1
                    self.workers += 1
                    raise WorkerDied("The engine's process was ended by SIGKILL.")
                self.suspended = suspend and number == 0
                yield AudioChunk(np.full(RATE // 2, 0.25 + number / 2, np.float32), RATE)
        finally:
            self.ended.append(utterance.text)


@pytest.fixture
def chunks() -> ChunkRunner:
    return ChunkRunner()


@pytest.fixture
def suspending(chunks: ChunkRunner, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scheduler]:
    """Return a scheduler whose engine can be suspended, with all jobs ahead of their playback."""
    monkeypatch.setattr(order, "SUSPENDED_SECONDS", -60.0)
    scheduler = Scheduler(lambda _: chunks, queue_limit=100)
    yield scheduler
    chunks.steps.release(10_000)
    scheduler.close()


def test_every_newcomer_is_heard_before_any_is_finished(
    suspending: Scheduler, chunks: ChunkRunner
) -> None:
    jobs = [suspending.submit("e", utterances("a", 2))]
    chunks.busy.wait(5)
    jobs += [suspending.submit("e", utterances(name, 2)) for name in "bcde"]
    chunks.steps.release(100)
    assert [audio_length(job) for job in jobs] == [2 * RATE] * 5
    firsts = [f"{name}0.0" for name in "abcde"]
    rests = ["e0.1", *(f"{name}0.1" for name in "abcd")]
    assert chunks.order[:10] == firsts + rests
    assert sorted(chunks.order[10:]) == sorted(f"{n}1.{i}" for n in "abcde" for i in range(2))
    assert chunks.suspends == [f"{name}0" for name in "abcde"]


def test_the_sound_of_a_suspended_utterance_is_complete_and_in_order(
    suspending: Scheduler, chunks: ChunkRunner
) -> None:
    first = suspending.submit("e", utterances("a", 2))
    chunks.busy.wait(5)
    suspending.submit("e", utterances("b", 1))
    chunks.steps.release(100)
    events = list(events_of(first))
    sound = np.concatenate([e.chunk.samples for e in events if isinstance(e, UtteranceAudio)])
    assert np.array_equal(sound, np.tile(np.repeat([0.25, 0.75], RATE // 2), 2).astype("f4"))
    assert [e.index for e in events if isinstance(e, UtteranceDone)] == [0, 1]


def test_a_request_that_nobody_waits_behind_is_not_left(
    suspending: Scheduler, chunks: ChunkRunner
) -> None:
    background = Inbox(60, background=True)
    book = suspending.submit("e", utterances("book", 2))
    chunks.busy.wait(5)
    project = suspending.submit("e", utterances("project", 1), inbox=background)
    chunks.steps.release(100)
    assert (audio_length(book), audio_length(project)) == (2 * RATE, RATE)
    assert chunks.order[:4] == ["book0.0", "book0.1", "book1.0", "book1.1"]


def test_a_suspended_utterance_goes_on_before_its_sound_runs_out(
    suspending: Scheduler, chunks: ChunkRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "SUSPENDED_SECONDS", 10.0)  # more than a chunk has
    first = suspending.submit("e", utterances("a", 1))
    chunks.busy.wait(5)
    others = [suspending.submit("e", utterances(name, 1)) for name in "bcd"]
    chunks.steps.release(100)
    assert [audio_length(job) for job in (first, *others)] == [RATE] * 4
    # c was sent to the engine before b was suspended.
    assert chunks.order == ["a0.0", "a0.1", "b0.0", "c0.0", "b0.1", "c0.1", "d0.0", "d0.1"]


def test_the_rest_of_an_utterance_in_the_background_waits_until_no_other_job_is_ready(
    suspending: Scheduler, chunks: ChunkRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "SUSPENDED_SECONDS", 10.0)  # more than a chunk has
    project = suspending.submit("e", utterances("project", 1), inbox=Inbox(60, background=True))
    chunks.busy.wait(5)
    request = suspending.submit("e", utterances("a", 2))
    chunks.steps.release(100)
    assert (audio_length(request), audio_length(project)) == (2 * RATE, RATE)
    assert chunks.order == ["project0.0", "a0.0", "a0.1", "a1.0", "a1.1", "project0.1"]


def test_only_so_many_are_suspended_at_once(
    suspending: Scheduler, chunks: ChunkRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "MOST_SUSPENDED", 2)
    jobs = [suspending.submit("e", utterances("a", 1))]
    chunks.busy.wait(5)
    jobs += [suspending.submit("e", utterances(name, 1)) for name in "bcd"]
    chunks.steps.release(100)
    assert [audio_length(job) for job in jobs] == [RATE] * 4
    assert chunks.order == ["a0.0", "b0.0", "a0.1", "c0.0", "b0.1", "d0.0", "d0.1", "c0.1"]


def test_time_that_an_utterance_is_suspended_does_not_count(
    suspending: Scheduler, chunks: ChunkRunner
) -> None:
    began = time.monotonic()
    first = suspending.submit("e", utterances("a", 1))
    chunks.busy.wait(5)
    second = suspending.submit("e", utterances("b", 1))
    chunks.steps.release()
    wait_until(lambda: chunks.order == ["a0.0", "b0.0"])
    left = time.monotonic()
    time.sleep(0.1)
    suspended = time.monotonic() - left
    chunks.steps.release(100)
    assert (audio_length(first), audio_length(second)) == (RATE, RATE)
    assert first.served <= time.monotonic() - began - suspended
    assert second.served >= suspended


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_suspended_job_that_is_cancelled_is_stopped(
    suspending: Scheduler, chunks: ChunkRunner, name: str
) -> None:
    jobs = {"a": suspending.submit("e", utterances("a", 2))}
    chunks.busy.wait(5)
    jobs |= {other: suspending.submit("e", utterances(other, 2)) for other in "bc"}
    chunks.steps.release(2)
    wait_until(lambda: chunks.order == ["a0.0", "b0.0", "c0.0"])
    jobs.pop(name).inbox.close()
    chunks.steps.release(2)  # all of c's
    wait_until(lambda: chunks.ended == ["c0", f"{name}0"])
    chunks.steps.release(100)
    assert [audio_length(job) for job in jobs.values()] == [2 * RATE] * 2
    assert f"{name}1.0" not in chunks.order


def test_a_worker_that_dies_is_a_failure_of_the_utterance_it_was_speaking(
    suspending: Scheduler, chunks: ChunkRunner
) -> None:
    first = suspending.submit("e", utterances("a", 1))
    chunks.busy.wait(5)
    others = [suspending.submit("e", utterances(name, 1)) for name in "bc"]
    chunks.deaths = 2  # in the second half of c, while a and b are suspended, and again there
    chunks.steps.release(100)
    for job in (first, *others[:1]):
        events = list(events_of(job))
        sound = np.concatenate([e.chunk.samples for e in events if isinstance(e, UtteranceAudio)])
        assert np.array_equal(sound, np.repeat([0.25, 0.75], RATE // 2).astype("f4"))
        assert [e.retries for e in events if isinstance(e, UtteranceDone)] == [0]
    with pytest.raises(WorkerDied, match="SIGKILL"):
        audio_length(others[1])
    assert chunks.suspends == ["a0", "b0", "c0"]


def test_the_next_newcomer_is_sent_to_the_engine_ahead(
    suspending: Scheduler, chunks: ChunkRunner
) -> None:
    jobs = [suspending.submit("e", utterances("a", 2))]
    chunks.busy.wait(5)
    jobs += [suspending.submit("e", utterances(name, 2)) for name in "bcd"]
    chunks.steps.release()
    wait_until(lambda: chunks.order == ["a0.0", "b0.0"])
    assert chunks.sent == ["a0", "b0", "c0"]
    assert [job.position for job in jobs] == [0, 0, 0, 0]
    chunks.steps.release()
    wait_until(lambda: chunks.order == ["a0.0", "b0.0", "c0.0"])
    assert chunks.sent == ["a0", "b0", "c0", "d0"]
    chunks.steps.release(100)
    assert [audio_length(job) for job in jobs] == [2 * RATE] * 4
    assert sorted(chunks.sent) == sorted(f"{name}{number}" for name in "abcd" for number in (0, 1))


def test_one_that_was_sent_ahead_and_cancelled_is_stopped(
    suspending: Scheduler, chunks: ChunkRunner
) -> None:
    jobs = {"a": suspending.submit("e", utterances("a", 1))}
    chunks.busy.wait(5)
    jobs |= {name: suspending.submit("e", utterances(name, 2)) for name in "bcd"}
    chunks.steps.release()
    wait_until(lambda: "c0" in chunks.sent)
    jobs.pop("c").inbox.close()
    chunks.steps.release()  # of b's
    wait_until(lambda: chunks.ended == ["c0"])
    chunks.steps.release(100)
    assert [audio_length(job) for job in jobs.values()] == [RATE, 2 * RATE, 2 * RATE]
    assert "c1" not in chunks.sent


def test_one_that_was_sent_ahead_to_a_worker_that_dies_is_sent_again(
    suspending: Scheduler, chunks: ChunkRunner
) -> None:
    first = suspending.submit("e", utterances("a", 1))
    chunks.busy.wait(5)
    chunks.steps.release()
    wait_until(lambda: chunks.order == ["a0.0", "a0.1"])  # no others wait for their first sound
    second = suspending.submit("e", utterances("b", 1))
    third = suspending.submit("e", utterances("c", 1))
    chunks.steps.release()
    wait_until(lambda: chunks.order[2:] == ["b0.0"])
    assert chunks.sent == ["a0", "b0", "c0"]
    chunks.workers += 1
    chunks.died = "b0"
    chunks.steps.release(100)
    for job, retries in ((first, 0), (second, 1), (third, 0)):
        events = list(events_of(job))
        sound = np.concatenate([e.chunk.samples for e in events if isinstance(e, UtteranceAudio)])
        assert np.array_equal(sound, np.repeat([0.25, 0.75], RATE // 2).astype("f4"))
        assert [e.retries for e in events if isinstance(e, UtteranceDone)] == [retries]
    assert chunks.sent == ["a0", "b0", "c0", "b0", "c0"]


def test_close_ends_suspended_utterances(suspending: Scheduler, chunks: ChunkRunner) -> None:
    jobs = [suspending.submit("e", utterances("a", 1))]
    chunks.busy.wait(5)
    jobs.append(suspending.submit("e", utterances("b", 1)))
    chunks.steps.release()
    wait_until(lambda: chunks.order == ["a0.0", "b0.0"])
    suspending.close()
    for job in jobs:
        with pytest.raises(Cancelled, match="shutting down"):
            list(events_of(job))
    wait_until(lambda: sorted(chunks.ended) == ["a0", "b0"])
