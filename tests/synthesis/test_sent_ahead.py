"""The scheduler with a worker process that is sent utterances ahead: deaths and cancelling."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support.engines import context
from tests.support.jobs import events_of
from tests.support.scripted import RATE, SAMPLES_PER_CHARACTER, SCRIPTED
from tts_core.engines.process import ProcessRunner
from tts_core.engines.runner import SUSPENDED_AFTER_SECONDS
from tts_core.errors import Cancelled, WorkerDied
from tts_core.synthesis.inbox import MemorySaved, UtteranceAudio, UtteranceDone
from tts_core.synthesis.job import Job
from tts_core.synthesis.scheduler import Scheduler
from tts_core.types import Utterance

LONG = round(2 * SUSPENDED_AFTER_SECONDS * RATE / SAMPLES_PER_CHARACTER)
"""Characters of which a quarter is said in each of four pieces, so it is suspended after two."""


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    made = Scheduler(
        lambda name: ProcessRunner(SCRIPTED[name], context(), suspendable=True), queue_limit=100
    )
    yield made
    made.close()


def submit(scheduler: Scheduler, count: int, faults: dict[int, dict[str, object]]) -> list[Job]:
    """Submit jobs of two utterances; `faults`: the options of the first utterance of some."""
    return [
        scheduler.submit(
            "scripted",
            [
                Utterance("x" * (LONG + number), "one", "en", options=faults.get(number, {})),
                Utterance("y" * (20 + number), "one", "en"),
            ],
        )
        for number in range(count)
    ]


def heard(job: Job) -> tuple[int, list[int]]:
    """Return how many samples a job has in all, and the retries of its utterances."""
    events = list(events_of(job))
    length = sum(len(e.chunk.samples) for e in events if isinstance(e, UtteranceAudio))
    return length, [e.retries for e in events if isinstance(e, UtteranceDone)]


def expected(number: int) -> int:
    return (LONG + number + 20 + number) * SAMPLES_PER_CHARACTER


def test_a_death_among_many_is_a_retry_of_one(scheduler: Scheduler, tmp_path: Path) -> None:
    dying = {5: {"die_once": str(tmp_path / "died")}}
    found = [heard(job) for job in submit(scheduler, 8, dying)]
    assert [length for length, _ in found] == [expected(number) for number in range(8)]
    assert [retries for _, retries in found] == [[int(n == 5), 0] for n in range(8)]


def test_what_always_kills_the_worker_fails_alone(scheduler: Scheduler) -> None:
    jobs = submit(scheduler, 6, {0: {"die": True}, 3: {"die": True}})
    for number, job in enumerate(jobs):
        if number in (0, 3):
            with pytest.raises(WorkerDied, match="SIGKILL"):
                heard(job)
        else:
            assert heard(job) == (expected(number), [0, 0])


def test_all_are_told_that_the_engine_saves_memory() -> None:
    scheduler = Scheduler(
        lambda name: ProcessRunner(SCRIPTED[name], context(), suspendable=True),
        queue_limit=100,
        memory_savings=lambda name: ("16-bit weights",),
    )
    try:
        said = "x" * LONG
        jobs = [scheduler.submit("hungry", [Utterance(said, "one", "en")]) for _ in range(4)]
        told = [[m for m in events_of(job) if isinstance(m, MemorySaved)] for job in jobs]
        assert [[saved.measure for saved in some] for some in told] == [["16-bit weights"]] * 4
    finally:
        scheduler.close()


def test_an_error_of_one_leaves_the_others_alone(scheduler: Scheduler) -> None:
    jobs = submit(scheduler, 4, {1: {"fail": "out of ideas"}})
    assert heard(jobs[0]) == (expected(0), [0, 0])
    with pytest.raises(Exception, match="out of ideas"):
        heard(jobs[1])
    assert [heard(job) for job in jobs[2:]] == [(expected(n), [0, 0]) for n in (2, 3)]


def test_cancelled_ones_leave_the_others_alone(scheduler: Scheduler) -> None:
    jobs = submit(scheduler, 24, {n: {"step_seconds": 0.01} for n in range(24)})
    cancelled = set(np.random.default_rng(18).choice(24, 12, replace=False).tolist())
    for number, job in enumerate(jobs):  # at different times: while they wait, are sent, suspended
        if number in cancelled:
            job.inbox.close()
            with pytest.raises(Cancelled):
                heard(job)
        else:
            assert heard(job) == (expected(number), [0, 0])
