"""Engines that do not keep up with real time: declared, measured and remembered."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import MakeService
from tests.support.engines import info_of
from tests.support.scripted import ScriptedEngine, ScriptedParameters
from tts_core.engines import pace
from tts_core.engines.pace import PACES, STRETCH_SECONDS, STRETCHES, Paces
from tts_core.engines.registry import ENGINES, Registry
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import AudioChunk, Capabilities, EngineInfo, SpeechRequest, Utterance
from tts_core.voices.catalog import VoiceCatalog

INFO = replace(info_of(ScriptedEngine), weights="1")
SLOW_GUESS = replace(INFO, real_time=False)


def spoken(paces: Paces, *factors: float, info: EngineInfo = INFO) -> Paces:
    """Speak a stretch of so many sentences with each real-time factor."""
    for factor in factors:
        for _ in range(4):
            paces.learn(info, factor * STRETCH_SECONDS / 4, STRETCH_SECONDS / 4)
    return paces


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else runs on this machine."""
    monkeypatch.setattr(pace, "OVERLOAD", 1e9)


def test_what_is_declared_counts_before_anything_is_measured() -> None:
    assert Paces().keeps_up(INFO)
    assert not Paces().keeps_up(SLOW_GUESS)
    assert Paces(lambda: True).keeps_up(SLOW_GUESS)  # with a graphics card
    assert Paces().factor(INFO) is None
    assert Paces().why_slow(INFO) is None
    assert "without a graphics card" in str(Paces().why_slow(SLOW_GUESS))
    spoken(begun := Paces(), 2.0, 2.0)
    begun.learn(INFO, 30.0, STRETCH_SECONDS * 0.9)
    assert begun.keeps_up(INFO)


@pytest.mark.parametrize(
    ("declared", "factors", "keeps_up"),
    [
        (INFO, [1.5] * STRETCHES, False),
        (INFO, [0.95] * STRETCHES, False),
        (INFO, [0.85] * STRETCHES, True),  # in between: as it was
        (INFO, [0.3, 5.0, 5.0], True),  # busy moments
        (INFO, [0.3, 5.0, 5.0, 5.0], False),
        (INFO, [*[1.5] * STRETCHES, 0.85, 0.85], False),
        (INFO, [*[1.5] * STRETCHES, 0.7], True),
        (INFO, [*[1.5] * STRETCHES, 0.7, 1.5, 1.5], True),
        (SLOW_GUESS, [0.85], False),
        (SLOW_GUESS, [0.5], True),
        (SLOW_GUESS, [5.0, 0.5, 5.0], True),
    ],
)
def test_a_verdict_takes_three_stretches_and_is_kept_in_between(
    declared: EngineInfo, factors: list[float], keeps_up: bool
) -> None:
    assert spoken(Paces(), *factors, info=declared).keeps_up(declared) is keeps_up


def test_a_busy_machine_proves_nothing_against_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "OVERLOAD", -1.0)
    busy = spoken(Paces(), *[5.0] * STRETCHES)
    assert busy.keeps_up(INFO)
    assert busy.factor(INFO) is None
    assert spoken(busy, 0.5).factor(INFO) == pytest.approx(0.5)


def test_it_is_remembered_for_the_same_weights(tmp_path: Path) -> None:
    path = tmp_path / "data" / PACES
    first = Paces()
    first.keep_in(path)
    spoken(first, 1.5, 2.0, 1.8)
    second = Paces()
    second.keep_in(path)
    assert not second.keeps_up(INFO)
    assert second.factor(INFO) == pytest.approx(1.8)
    assert "needs 1.8 s for a second of speech" in str(second.why_slow(INFO))
    others = replace(INFO, weights="2")
    assert second.keeps_up(others)
    assert second.factor(others) is None
    gpu = Paces(lambda: True)
    gpu.keep_in(path)
    assert gpu.keeps_up(INFO)
    spoken(second, 0.1, info=others)
    assert second.factor(others) == pytest.approx(0.1)
    assert list(path.parent.iterdir()) == [path]


def test_after_a_day_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    paces = spoken(Paces(), *[1.5] * STRETCHES)
    guess = spoken(Paces(), *[1.5] * STRETCHES, info=SLOW_GUESS)
    monkeypatch.setattr(pace, "RETRY_SECONDS", 0.0)
    assert paces.keeps_up(INFO)
    assert not guess.keeps_up(SLOW_GUESS)
    monkeypatch.undo()
    spoken(paces, 1.5)  # one stretch is then enough
    assert not paces.keeps_up(INFO)


@pytest.mark.parametrize("content", ["", "[]", '{"scripted": {"factors": "many"}}', '{"a": 1}'])
def test_a_damaged_file_is_ignored_and_written_anew(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / PACES
    path.write_text(content)
    paces = Paces()
    with caplog.at_level(logging.WARNING):
        paces.keep_in(path)
    assert "measured anew" in caplog.text
    spoken(paces, 0.2)
    assert set(json.loads(path.read_text())) == {"scripted"}


def test_a_folder_that_cannot_be_written_does_no_harm(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    paces = Paces()
    paces.keep_in(tmp_path / "file" / PACES)
    assert spoken(paces, *[1.5] * STRETCHES).keeps_up(INFO) is False
    assert "cannot be written" in caplog.text


# In the order of preference


class Natural(ScriptedEngine):
    """Needs more time than its speech lasts."""

    name = "first"

    def describe(self) -> EngineInfo:
        return replace(super().describe(), label=self.name.title(), naturalness=1)

    def speak(
        self, utterance: Utterance, options: ScriptedParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        seconds = len(utterance.text) * 0.02
        slow = options.model_copy(update={"step_seconds": seconds / options.pieces})
        yield from super().speak(utterance, slow, stop)


class Second(ScriptedEngine):
    """As natural, and fast."""

    name = "second"

    def describe(self) -> EngineInfo:
        return replace(super().describe(), label="Second", naturalness=1)


TWO = {
    "first": f"{__name__}:Natural",
    "second": f"{__name__}:Second",
    "espeak": ENGINES["espeak"],
}


def two(order: str = "*") -> Registry:
    return Registry(TWO, Settings(engine_order=order, device="cpu"))


def engine_of(registry: Registry, engine: str = "auto") -> str:
    return VoiceCatalog(registry).choose(engine, "default", "en", "Hello").engine.name


def test_a_slow_engine_comes_after_those_that_keep_up_and_before_robotic_ones() -> None:
    engines = two()
    assert engines.ready() == ["first", "second", "espeak"]
    spoken(engines.paces, 2.0, 2.0, 2.0, info=engines.info("first"))
    assert engines.ready() == ["second", "first", "espeak"]
    assert engine_of(engines) == "second"
    assert engine_of(engines, "first") == "first"  # who names it gets it
    engines.start_cooldown("second", "It failed.")
    assert engine_of(engines) == "first"


def test_the_setting_wins() -> None:
    engines = two("first,*")
    spoken(engines.paces, 2.0, 2.0, 2.0, info=engines.info("first"))
    assert engine_of(engines) == "first"


class Cloud(Second):
    name = "cloud"

    def describe(self) -> EngineInfo:
        info = super().describe()
        return replace(info, name=self.name, capabilities=Capabilities(cloud=True))


def test_texts_are_not_sent_away_because_an_engine_here_is_slow() -> None:
    cloud = {"cloud": f"{__name__}:Cloud"}
    engines = Registry({"first": TWO["first"], **cloud}, Settings(engine_order="*", device="cpu"))
    spoken(engines.paces, 2.0, 2.0, 2.0, info=engines.info("first"))
    assert engines.ready() == ["first", "cloud"]
    engines = Registry({**TWO, **cloud}, Settings(engine_order="*", device="cpu"))
    spoken(engines.paces, 2.0, 2.0, 2.0, info=engines.info("first"))
    assert engines.ready() == ["second", "first", "cloud", "espeak"]


def test_it_is_measured_while_it_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_service: MakeService
) -> None:
    monkeypatch.setattr(pace, "STRETCH_SECONDS", 0.1)
    settings = make_service().settings

    def service() -> SpeechService:
        return SpeechService(settings.model_copy(update={"engine_order": "*"}), two())

    text = "Ten chars.\n\n" * STRETCHES
    first = service()
    try:
        # The first segment after loading is slower, and does not count.
        for said, engine, expected in (
            (text[:10], "auto", "first"),
            (text, "auto", "first"),
            (text, "auto", "second"),
            (text[:10], "first", "first"),
        ):
            request = SpeechRequest(text=said, engine=engine, language="en")
            assert first.synthesize(request)[1].engine == expected
        listed = {engine.name: engine for engine in first.engines.all()}
        assert list(listed) == ["second", "first", "espeak"]
        factor = listed["first"].real_time_factor
        assert factor is not None
        assert factor > 0.9
        assert "First needs" in str(listed["first"].not_preferred)
        assert listed["first"].ready
        assert listed["second"].not_preferred is None
    finally:
        first.close()
    again = service()
    try:
        assert again.engines.ready() == ["second", "first", "espeak"]
    finally:
        again.close()
