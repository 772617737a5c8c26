"""Long texts of which the beginning is spoken before the rest has been read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support.jobs import events_of
from tests.support.scripted import SCRIPTED
from tests.support.waiting import wait_until
from tts_core.engines.registry import ENGINES, Registry
from tts_core.engines.runner import RunnerState
from tts_core.errors import ValidationError
from tts_core.events import Audio, Finished, Notice, Planned, SpeechEvent, Started
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.synthesis.inbox import JobEnded, UtteranceDone
from tts_core.synthesis.job import Job
from tts_core.synthesis.planner import plan
from tts_core.synthesis.scheduler import Scheduler
from tts_core.text.reading import reader
from tts_core.types import AudioChunk, SpeechRequest, Utterance
from tts_core.voices.catalog import VoiceCatalog

ROOT = Path(__file__).parents[2]
SHORT = " ".join(f"Sentence {number} cost ${number}." for number in range(1, 200))
LISTED = "\n".join(
    f"{number}. The item no. {number} is for Dr. Smith, v. {number}." for number in range(99)
)
WIDE = (
    "He said it was 5 km away, and that (as she knew) it would take until 3 p.m.! " * 3 + "\n\n"
) * 14
GERMAN = "Am 3. Mai 2024 kam Dr. Meier um 14:30 Uhr an. Er zahlte 5,50 € u. a. für Brot! " * 50
CHINESE = "今天是2024年5月3日，天气很好。我们花了35元买苹果！你觉得怎么样？" * 90
UNBROKEN = "no end in sight here, it goes on " * 200


Make = Callable[..., SpeechService]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make services with the named scripted engines only, unmarked and without a cache."""
    services: list[SpeechService] = []

    def make_service(*engines: str) -> SpeechService:
        registry = Registry({name: SCRIPTED[name] for name in engines})
        settings = Settings(
            _env_file=None, data_dir=tmp_path, runner="inline", mark="off", cache_mb=0
        )  # type: ignore[call-arg]
        services.append(SpeechService(settings, registry))
        return services[-1]

    yield make_service
    for service in services:
        service.close()


def catalog() -> VoiceCatalog:
    return VoiceCatalog(Registry({"espeak": ENGINES["espeak"]}))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (SHORT, "en"),
        (LISTED, "en"),
        (WIDE, "en"),
        (GERMAN, "de"),
        (CHINESE, "zh"),
        (f"{SHORT[:1500]} {UNBROKEN}", "en"),
    ],
)
def test_the_beginning_and_the_rest_are_the_whole(text: str, language: str) -> None:
    request = SpeechRequest(text=text, language=language, seed=1)
    whole, _ = plan(request, catalog(), 20_000)
    early, _ = plan(request, catalog(), 20_000, early=True)
    assert early.rest is not None
    assert 0 < len(early.segments) < len(whole.segments)
    assert early.segments == whole.segments[: len(early.segments)]
    early.rest()
    assert (early.segments, early.utterances) == (whole.segments, whole.utterances)


def test_the_rest_brings_the_warnings_of_all_of_the_text() -> None:
    text = SHORT + " Das ist doch wirklich eine ganz andere Sprache als die von vorher. Nicht wahr?"
    whole, _ = plan(SpeechRequest(text=text), catalog(), 20_000)
    early, _ = plan(SpeechRequest(text=text), catalog(), 20_000, early=True)
    assert early.rest is not None
    assert list(whole.warnings) == [*early.warnings, *early.rest()]
    assert any("German" in warning for warning in whole.warnings)


@pytest.mark.parametrize(
    "text",
    [
        UNBROKEN,
        "A short text. It has two sentences.",
        f"<speak>{SHORT}</speak>",
        f"{SHORT} [pause:1s] {SHORT}",
        "x" * 5000,
    ],
)
def test_other_texts_are_read_as_a_whole(text: str) -> None:
    early, _ = plan(SpeechRequest(text=text), catalog(), 20_000, early=True)
    assert early.rest is None
    whole, _ = plan(SpeechRequest(text=text), catalog(), 20_000)
    assert early.segments == whole.segments


def test_a_long_text_without_words_is_refused_at_once() -> None:
    with pytest.raises(ValidationError, match="nothing to speak"):
        plan(SpeechRequest(text="… " * 3000), catalog(), 20_000, early=True)


class Counted:
    """Counts the code points of the text that have been read by `reader.read_parts`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.characters = 0
        read = reader._read_part

        def counted(text: str, *rest: object) -> None:
            self.characters += len(text)
            read(text, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(reader, "_read_part", counted)


def sound_of(events: list[SpeechEvent]) -> np.ndarray:
    return np.concatenate([event.chunk.samples for event in events if isinstance(event, Audio)])


def test_the_first_sentence_is_spoken_before_the_rest_is_read(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = make("scripted")
    request = SpeechRequest(text=SHORT, engine="scripted", seed=1)
    with service.stream(request) as stream:
        stream.read_to_end()
    service._levels.settle()  # the voice has been measured: from now on its gain is the same
    with service.stream(request) as stream:
        expected = list(stream)
    read = Counted(monkeypatch)
    with service.stream(request, early=True) as stream:
        events: list[SpeechEvent] = []
        while not events or not isinstance(events[-1], Audio):
            events.append(stream.next_event())  # type: ignore[arg-type]
        assert 0 < read.characters < len(SHORT) / 2  # while the first sound is there already
        assert stream.record.chunks == len(stream.plan.segments)
        events += stream
    assert read.characters >= len(SHORT)
    kinds = [type(event) for event in events]
    assert kinds.count(Planned) == 1
    assert kinds.index(Started) < kinds.index(Audio) < kinds.index(Planned) < kinds.index(Finished)
    [planned] = [event for event in events if isinstance(event, Planned)]
    started, finished, before = events[0], events[-1], expected[-1]
    assert isinstance(started, Started)
    assert list(planned.segments[: len(started.segments)]) == list(started.segments)
    assert len(started.segments) < len(planned.segments) == 199
    np.testing.assert_array_equal(sound_of(events), sound_of(expected))
    assert isinstance(finished, Finished)
    assert isinstance(before, Finished)
    assert finished.info.segments == before.info.segments
    assert finished.info.words == before.info.words
    entry = service.report.history(1)["request_history"][0]
    assert (entry["chunks"], entry["status"]) == (199, "completed")


def test_the_pause_after_a_short_beginning_stays(make: Make) -> None:
    service = make("scripted")
    text = f"Hello there. N{UNBROKEN[1:]}"
    request = SpeechRequest(text=text, engine="scripted", seed=1)
    with service.stream(request) as stream:
        expected = list(stream)
    with service.stream(request, early=True) as stream:
        assert len(stream.plan.segments) == 1
        job, runner = stream.record.job, service._scheduler.runners()["scripted"]
        assert isinstance(job, Job)
        # All of the beginning is there before anything is read.
        wait_until(lambda: job.next_index == 1 and runner.state is RunnerState.IDLE)
        events = list(stream)
    assert len(sound_of(events)) == len(sound_of(expected))
    finished, before = events[-1], expected[-1]
    assert isinstance(finished, Finished)
    assert isinstance(before, Finished)
    assert finished.info.segments == before.info.segments


def test_a_text_without_sound_comes_to_its_end(make: Make) -> None:
    service = make("scripted")
    request = SpeechRequest(text=SHORT, engine="scripted", options={"silent": True})
    with service.stream(request, early=True) as stream:
        event = stream.next_event()
        while not isinstance(event, Finished):
            event = stream.next_event(10.0)
    assert len(event.info.segments) == 199
    assert any("no sound" in warning for warning in event.info.warnings)


def test_the_estimate_is_of_all_of_the_text(make: Make) -> None:
    service = make("scripted")
    request = SpeechRequest(text=SHORT, engine="scripted", options={"step_seconds": 0.01})
    with service.stream(request, early=True) as stream:
        while not isinstance(stream.next_event(10.0), Planned):
            pass
        record, now = stream.record, time.time()
        pace, left = (
            record.eta.seconds_per_character,
            record.segment_lengths[record.segments_done :],
        )
        assert pace is not None
        assert len(left) > 150
        assert (record.eta.completion(now) or 0.0) - now > 0.5 * pace * sum(left)


def test_an_engine_that_fails_before_the_rest_is_read_is_replaced(
    make: Make,
) -> None:
    service = make("unloadable", "scripted")
    with service.stream(SpeechRequest(text=SHORT, seed=1), early=True) as stream:
        events = list(stream)
    assert isinstance(events[-1], Finished)
    assert len(events[-1].info.segments) == 199
    assert any(isinstance(event, Notice) for event in events)


def test_a_stream_closed_before_the_rest_is_read_ends(make: Make) -> None:
    service: SpeechService = make("scripted")
    stream = service.stream(SpeechRequest(text=SHORT, engine="scripted"), early=True)
    stream.next_event()
    stream.close()
    assert not service.active()
    with service.stream(SpeechRequest(text="Next.", engine="scripted")) as other:
        other.read_to_end()


class Echo:
    """A runner that notes what it speaks."""

    pid, economy, suspendable, suspended = None, 0, False, False
    state = RunnerState.IDLE

    def __init__(self) -> None:
        self.spoken: list[str] = []

    def load(self) -> None: ...
    def unload(self) -> None: ...
    def kill(self) -> None: ...

    def speak(self, utterance: Utterance, *_: object, **__: object) -> Iterator[AudioChunk]:
        self.spoken.append(utterance.text)
        yield AudioChunk(np.ones(10, np.float32), 1000)


def test_a_job_waits_for_the_rest_of_its_plan_and_nobody_waits_for_it() -> None:
    runner = Echo()
    scheduler = Scheduler(lambda _: runner, queue_limit=9)  # type: ignore[arg-type, return-value]
    try:
        said: Callable[[str], Utterance] = lambda text: Utterance(text, "v", "en")  # noqa: E731
        growing = [said("one")]
        job = scheduler.submit("e", growing, planned=False)
        wait_until(lambda: runner.spoken == ["one"])
        list(events_of(scheduler.submit("e", [said("other")])))
        assert runner.spoken == ["one", "other"]
        growing += [said("two"), said("three")]
        list(events_of(scheduler.submit("e", [said("last")])))
        # Or all could be spoken before `complete`, and the job would never end.
        assert runner.spoken == ["one", "other", "last"]
        job.complete()
        messages = list(events_of(job))
        assert runner.spoken == ["one", "other", "last", "two", "three"]
        assert [m.index for m in messages if isinstance(m, UtteranceDone)] == [0, 1, 2]
        assert [isinstance(m, JobEnded) for m in messages].count(True) <= 1
    finally:
        scheduler.close()
