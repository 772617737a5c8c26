"""What is common to all engines: their context, validated options, checked sound, declarations."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.engines import context, new_engine, spoken_by
from tests.support.scripted import SCRIPTED, ScriptedEngine, ScriptedParameters
from tts_core.engines.base import EngineContext
from tts_core.engines.process import ProcessRunner
from tts_core.engines.registry import ENGINES, Registry
from tts_core.engines.runner import InlineRunner
from tts_core.engines.voice_state import VoiceStateCache
from tts_core.errors import GenerationError, StaleVoiceState, ValidationError, VoiceLoadError
from tts_core.settings import Settings
from tts_core.types import AudioChunk, Capabilities, EngineInfo, Utterance
from tts_core.voices.catalog import VoiceCatalog

HELLO = Utterance("Hello.", "one", "en")


class RoughEngine(ScriptedEngine):
    """Yields `sound`, and waits for the end of the call."""

    sound: NDArray[Any] = np.zeros(0)
    ended: threading.Event

    def speak(
        self, utterance: Utterance, options: ScriptedParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        self.options, self.stop = options, stop
        yield AudioChunk(self.sound, self.rate)
        yield AudioChunk(self.sound, self.rate)


class ForeignEngine(ScriptedEngine):
    """Its voices speak its other languages too."""

    name = "foreign"

    def describe(self) -> EngineInfo:
        languages = [*super().describe().languages, *new_engine(_German).describe().languages]
        return replace(super().describe(), languages=languages, foreign_voices=True)


class _German(ScriptedEngine):
    def describe(self) -> EngineInfo:
        info = super().describe()
        return replace(info, languages=[replace(info.languages[0], code="de", name="German")])


def made(sound: NDArray[Any]) -> AudioChunk:
    engine = new_engine(RoughEngine)
    engine.sound = sound
    return next(iter(spoken_by(engine, HELLO)))


@pytest.mark.parametrize(
    ("sound", "expected"),
    [
        (np.array([0.5, -2.0, 3.0]), [0.5, -1.0, 1.0]),
        (np.array([0.25, -1.5], np.float16), [0.25, -1.0]),
        (np.array([2**14, -(2**15)], np.int16), [0.5, -1.0]),
        (np.zeros(0), []),
    ],
)
def test_sound_becomes_float32_within_bounds(sound: NDArray[Any], expected: list[float]) -> None:
    chunk = made(sound)
    assert chunk.samples.dtype == np.float32
    assert chunk.samples.tolist() == expected


@pytest.mark.parametrize("sound", [np.array([0.0, np.nan]), np.array([np.inf])])
def test_nan_is_an_error(sound: NDArray[Any]) -> None:
    with pytest.raises(GenerationError, match="NaN"):
        made(sound)


def test_sound_has_one_channel() -> None:
    with pytest.raises(GenerationError, match=r"\(1, 5\)"):
        made(np.zeros((1, 5)))


def test_options_arrive_as_a_validated_object() -> None:
    engine = new_engine(RoughEngine)
    list(spoken_by(engine, replace(HELLO, options={"pieces": "7"})))
    assert engine.options == ScriptedParameters(pieces=7)
    for options in ({"pieces": 0}, {"pitches": 1}):
        with pytest.raises(ValidationError):
            list(spoken_by(engine, replace(HELLO, options=options)))


def test_the_engines_stop_is_set_when_the_call_ends_and_the_callers_is_not() -> None:
    engine, stop = new_engine(RoughEngine), threading.Event()
    speech = spoken_by(engine, HELLO, stop)
    next(speech)
    assert not engine.stop.is_set()
    speech.close()  # type: ignore[attr-defined]
    assert engine.stop.is_set()
    assert not stop.is_set()


def test_the_engines_stop_follows_the_callers() -> None:
    engine, stop = new_engine(RoughEngine), threading.Event()
    speech = spoken_by(engine, HELLO, stop)
    next(speech)
    threading.Timer(0.05, stop.set).start()
    assert engine.stop.wait(10)
    assert list(speech) == []


def test_an_engine_that_does_not_clone_says_so() -> None:
    with pytest.raises(VoiceLoadError, match="choose one that can clone"):
        InlineRunner(SCRIPTED["scripted"], context()).condition([])


def test_settings_reach_the_engine_without_the_environment(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, xtts_path=tmp_path / "nowhere")  # type: ignore[call-arg]
    assert str(tmp_path / "nowhere") in str(Registry(ENGINES, settings).unavailable("xtts"))
    sent = pickle.loads(pickle.dumps(EngineContext(settings)))
    assert sent.settings == settings
    assert sent.weights_dir == tmp_path / "models"


def test_settings_reach_the_worker(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, use_groq=False)  # type: ignore[call-arg]
    runner = ProcessRunner(ENGINES["groq"], EngineContext(settings))
    with pytest.raises(Exception, match="switched off"):
        runner.load()


def test_names_of_capabilities_are_those_of_the_api() -> None:
    every = Capabilities(True, True, True, True, True, True)
    assert every.names == ["cloning", "cloud", "pitch", "sampling", "voice_match", "word_times"]
    assert Capabilities().names == []


def test_voices_may_speak_other_languages_where_the_engine_says_so() -> None:
    engines = {"foreign": f"{__name__}:ForeignEngine", "scripted": SCRIPTED["scripted"]}
    catalog = VoiceCatalog(Registry(engines))
    choice = catalog.choose("foreign", "one", "de", "Hallo")
    assert (choice.voice.id, choice.language) == ("one", "de")
    with pytest.raises(ValidationError, match="speaks 'en', not 'de'"):
        catalog.choose("scripted", "one", "de", "Hallo")


def test_the_most_natural_engine_is_preferred() -> None:
    registry = Registry({"espeak": ENGINES["espeak"], "groq": ENGINES["groq"], **SCRIPTED})
    assert list(registry.infos) == ["groq", "espeak", *SCRIPTED]


def test_a_cache_of_voices(tmp_path: Path) -> None:
    cache: VoiceStateCache[str] = VoiceStateCache(2)
    paths = [tmp_path / name for name in "abc"]
    read: list[str] = []

    def voice(path: Path, *key: str) -> str:
        return cache.get(path, lambda: read.append(path.name) or path.read_text(), *key)  # type: ignore[func-returns-value]

    for path in paths:
        path.write_text(path.name)
    assert [voice(paths[0]), voice(paths[1]), voice(paths[0])] == ["a", "b", "a"]
    voice(paths[2])  # "b" is the one that was used longest ago
    voice(paths[0])
    assert read == ["a", "b", "c"]
    voice(paths[1])
    voice(paths[1], "another model")
    assert read == ["a", "b", "c", "b", "b"]
    paths[0].unlink()
    with pytest.raises(StaleVoiceState, match="is gone"):
        voice(paths[0])
    with pytest.raises(StaleVoiceState, match="damaged"):
        cache.get(paths[1], lambda: {}["missing"], "broken")
