"""Failing engines: memory savings, fallback to another engine, and the warnings for both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.support.scripted import RATE, SAMPLES_PER_CHARACTER, SCRIPTED
from tests.support.waiting import wait_until
from tts_core.audio.join import PAUSE_SECONDS
from tts_core.engines.registry import ENGINES, Registry
from tts_core.errors import (
    GenerationError,
    ModelLoadError,
    OutOfMemory,
    UnknownNameError,
    WorkerDied,
)
from tts_core.events import Audio, Finished, Notice, SegmentFinished
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.synthesis.planner import fallback_route, plan
from tts_core.types import Pause, SpeechRequest, Voice
from tts_core.voices.catalog import VoiceCatalog

Make = Callable[..., SpeechService]
TEXT = "A first sentence here. And then a second one, with more words in it."
FIRST = len("A first sentence here.")


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make services with the named scripted engines only, best first."""
    services: list[SpeechService] = []

    def make_service(*engines: str, **settings: object) -> SpeechService:
        # Unmarked, so that the same sound is the same file.
        values = {"data_dir": tmp_path, "runner": "inline", "mark": "off", **settings}
        registry = Registry({name: SCRIPTED[name] for name in engines})
        services.append(SpeechService(Settings(_env_file=None, **values), registry))  # type: ignore[arg-type]
        return services[-1]

    yield make_service
    for service in services:
        service.close()


def ask(engine: str = "auto", text: str = TEXT, **options: Any) -> SpeechRequest:
    return SpeechRequest(text=text, engine=engine, options=options)


@pytest.mark.parametrize("runner", ["inline", "process"])
def test_an_engine_that_cannot_load_is_replaced(make: Make, runner: str) -> None:
    service = make("unloadable", "scripted", runner=runner)
    calm = service.synthesize(ask("scripted"))[0].read_bytes()
    path, info = service.synthesize(ask())
    assert path.read_bytes() == calm
    assert (info.engine, info.voice) == ("scripted", "one")
    assert info.fallback == {
        "from": "unloadable",
        "to": "scripted",
        "reason": "OSError: weights are missing",
    }
    assert info.as_dict()["fallback"] == info.fallback
    assert any("Scripted speaks instead of" in w for w in info.warnings)
    newest = service.report.history(1)["request_history"][0]
    assert newest["fallback"] == info.fallback
    assert (newest["engine"], newest["status"]) == ("scripted", "completed")


def test_a_failed_engine_cools_down(make: Make) -> None:
    service = make("unloadable", "scripted")
    service.synthesize(ask())
    _, info = service.synthesize(ask())
    assert (info.engine, info.fallback) == ("scripted", None)
    listed = {e.name: e.trouble for e in service.engines.all()}
    assert listed == {"unloadable": "OSError: weights are missing", "scripted": None}
    _, asked = service.synthesize(ask("unloadable"))  # asked for by name, it is tried nevertheless
    assert asked.fallback is not None


def test_no_fallback_when_it_is_switched_off(make: Make) -> None:
    service = make("unloadable", "scripted", fallback=False)
    with pytest.raises(ModelLoadError, match="weights are missing"):
        service.synthesize(ask("unloadable"))


def test_without_another_engine_the_first_error_is_raised(make: Make) -> None:
    service = make("unloadable", "hungry")
    with pytest.raises(ModelLoadError, match="weights are missing"):
        make("unloadable").synthesize(ask())
    with pytest.raises(ModelLoadError, match="weights are missing"):
        make("unloadable", "absent").synthesize(ask())
    _, info = service.synthesize(ask())
    assert info.fallback is not None
    assert info.fallback["to"] == "hungry"


def test_errors_of_the_request_do_not_fall_back(make: Make) -> None:
    with pytest.raises(GenerationError, match="RuntimeError: boom"):
        make("scripted", "narrow").synthesize(ask("scripted", fail="boom"))


@pytest.mark.sample(2)
@pytest.mark.parametrize("runner", ["inline", "process"])
@pytest.mark.parametrize(("needs", "saving"), [(1, "16-bit weights"), (2, "the smaller model")])
def test_out_of_memory_continues_with_less(
    make: Make, runner: str, needs: int, saving: str
) -> None:
    service = make("hungry", "scripted", runner=runner)
    calm = service.synthesize(ask("scripted"))[0].read_bytes()
    path, info = service.synthesize(ask("hungry", needs=needs))
    # What had been given out is not repeated, and nothing is missing.
    assert path.read_bytes() == calm
    assert info.fallback is None
    assert info.engine == "hungry"
    assert len(info.warnings) == needs
    assert f"continues with {saving}" in info.warnings[-1]
    assert "can't allocate memory" in info.warnings[-1]


def test_memory_savings_last_until_the_engine_is_unloaded(make: Make) -> None:
    service = make("hungry", idle_unload_seconds=0.2)
    assert service.synthesize(ask(needs=1))[1].warnings
    # Later requests get the warning too, though nothing fails any more.
    assert "16-bit weights" in service.synthesize(ask(needs=1))[1].warnings[0]
    runner = service._scheduler.runners()["hungry"]
    wait_until(lambda: runner.economy == 0)
    assert not service.synthesize(ask(needs=0))[1].warnings


def test_out_of_memory_with_everything_saved_falls_back(make: Make) -> None:
    service = make("hungry", "narrow")
    with service.stream(ask("hungry", needs=9), save_as="wav") as stream:
        events = list(stream)
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.path is not None
    info = finished.info
    assert info.fallback is not None
    assert (info.fallback["from"], info.fallback["to"]) == ("hungry", "narrow")
    assert "not enough memory" in info.fallback["reason"]
    assert (info.engine, info.voice, info.words) == ("narrow", "low", None)
    notices = [e for e in events if isinstance(e, Notice)]
    assert len(notices) == 3  # two memory savings, then the fallback
    assert notices[-1].engine == "narrow"
    # At the announced sample rate, and every segment finishes once.
    samples, rate = soundfile.read(finished.path, dtype="float32")
    assert rate == info.sample_rate == RATE
    assert [e.segment for e in events if isinstance(e, SegmentFinished)] == [0, 1]
    streamed = sum(len(e.chunk.samples) for e in events if isinstance(e, Audio))
    assert streamed == len(samples) == round(info.duration_seconds * RATE)
    # The first piece of the first segment by one engine, then all of it by the other; its
    # second segment in pieces of at most 20 characters.
    pieces = -(-(len(TEXT) - FIRST) // 20)
    heard = SAMPLES_PER_CHARACTER * (FIRST / 4 + (len(TEXT) - pieces) / 2) / RATE
    assert info.duration_seconds == pytest.approx(heard + 2.0, abs=2.0)
    assert np.abs(samples).max() > 0.3


def test_falling_back_in_the_middle_keeps_what_was_heard(make: Make, tmp_path: Path) -> None:
    """The worker dies twice in a sentence: its sound stays, the fallback speaks the whole again."""
    service = make("scripted", "narrow", runner="process")
    with service.stream(ask("scripted", die=True), save_as="wav") as stream:
        events = list(stream)
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.info.fallback is not None
    assert "SIGKILL" in finished.info.fallback["reason"]
    assert finished.info.segments[0].start >= 0
    starts = [s.start for s in finished.info.segments]
    ends = [s.end for s in finished.info.segments]
    assert starts == sorted(starts)
    assert all(a < b for a, b in zip(starts, ends, strict=True))
    # The half that was heard, a pause, then the whole sentence.
    half = FIRST * SAMPLES_PER_CHARACTER / RATE / 2
    assert starts[0] == pytest.approx(half + PAUSE_SECONDS[Pause.SENTENCE], abs=0.05)


def test_two_deaths_without_fallback_are_an_error(make: Make) -> None:
    service = make("scripted", "narrow", runner="process", fallback=False)
    with pytest.raises(WorkerDied, match="SIGKILL"):
        service.synthesize(ask("scripted", die=True))


def test_only_engines_that_speak_the_language_are_fallbacks(make_service: Make) -> None:
    catalog = make_service()._catalog
    voice = Voice("one", "One", "scripted", "en")
    choice = catalog.replacement_for("espeak", "de", voice)
    assert (choice.engine.name, choice.language) == ("espeak", "de")
    with pytest.raises(UnknownNameError, match="'de'"):
        catalog.replacement_for("scripted", "de", voice)


def test_stopping_during_a_fallback(make: Make) -> None:
    service = make("unloadable", "endless")
    with service.stream(ask()) as stream:
        next(e for e in stream if isinstance(e, Audio))
    assert service.report.history(1)["request_history"][0]["status"] == "cancelled"
    assert service.active() == []


def test_out_of_memory_is_an_error_type_of_its_own(make: Make) -> None:
    service = make("hungry", fallback=False)
    with pytest.raises(OutOfMemory, match="Close other programs"):
        service.synthesize(ask(needs=3))
    assert service.report.history(1)["request_history"][0]["error"]["type"] == "out_of_memory"


def test_a_failed_warm_up_warms_the_next_one(make: Make) -> None:
    service = make("unloadable", "scripted")
    service.warm_up()
    state: Callable[[], object] = lambda: service.engines.states().get("scripted")  # noqa: E731
    wait_until(lambda: state() == "idle")
    assert {e.name: (e.state, e.trouble) for e in service.engines.all()} == {
        "unloadable": ("unloaded", "OSError: weights are missing"),
        "scripted": ("idle", None),
    }
    assert service.synthesize(ask())[1].fallback is None


def test_the_cooldown_doubles_and_is_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("tts_core.engines.registry.time.monotonic", lambda: now)
    registry = Registry({name: SCRIPTED[name] for name in ("scripted", "narrow")})
    for wait in (60, 120, 240):
        registry.start_cooldown("scripted", "oh")
        assert registry.ready() == ["narrow", "scripted"]
        now += wait - 1
        assert registry.cooldown_reason("scripted") == "oh"
        now += 2
        assert registry.ready() == ["scripted", "narrow"]
    registry.end_cooldown("scripted")
    registry.start_cooldown("scripted", "again")
    now += 61
    assert registry.cooldown_reason("scripted") is None


def test_kanji_become_kana_for_an_engine_that_cannot_read_them(tmp_path: Path) -> None:
    registry = Registry({"espeak": ENGINES["espeak"]}, Settings(data_dir=tmp_path))
    catalog = VoiceCatalog(registry)
    planned, _ = plan(SpeechRequest(text="東京", language="ja"), catalog, 100)
    (segment,) = planned.segments
    by_another = replace(planned, segments=[replace(segment, spoken="東京に三回行った。")])
    choice = catalog.choose("espeak", "default", "ja", "")
    (utterance,) = fallback_route(by_another, 0, choice).utterances
    assert utterance.text == "とうきょうにさんかいいった。"
