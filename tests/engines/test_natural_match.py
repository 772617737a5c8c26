"""Voices that are matched from natural voices: hibari's and Kokoro's real weights, real WORLD."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyloudnorm
import pytest
from safetensors import SafetensorError

from tests.support.engines import info_of, new_engine, spoken_by
from tests.support.recognizer import transcribe, word_errors
from tests.support.recordings import spoken
from tts_core.audio import world
from tts_core.audio.level import LEVEL
from tts_core.audio.resample import resample
from tts_core.engines.base import Engine
from tts_core.engines.hibari import engine as hibari
from tts_core.engines.hibari.engine import HibariEngine
from tts_core.engines.kokoro import match as kokoro
from tts_core.engines.kokoro.data import PACKAGED
from tts_core.engines.kokoro.engine import KokoroEngine
from tts_core.engines.match.base import BaseVoice, load_base, save_bases
from tts_core.engines.match.profile import log_tone, profile_of
from tts_core.engines.match.stream import LARGEST, converted
from tts_core.engines.match.voice_map import VoiceMap
from tts_core.engines.registry import ENGINES, Registry
from tts_core.errors import StaleVoiceState
from tts_core.settings import Settings
from tts_core.types import MULTILINGUAL, AudioChunk, Utterance, Voice
from tts_core.voices.catalog import VoiceCatalog

TEXT = "When the weather changes, the old harbor fills with small boats, and nobody is surprised."
SPEAKERS = {"woman": "Annie", "man": "m8"}
"""Variants of eSpeak NG, 60 % above and below each other in F0."""


@pytest.fixture(scope="module", params=[HibariEngine, KokoroEngine])
def engine(request: pytest.FixtureRequest) -> Engine[Any]:
    engine: Engine[Any] = new_engine(request.param)
    engine.load()
    return engine


@pytest.fixture(scope="module")
def states(engine: Engine[Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("states")
    paths = {name: folder / f"{name}.safetensors" for name in SPEAKERS}
    for name, path in paths.items():
        engine.condition([spoken(SPEAKERS[name])]).save(path)
    return paths


def speak(engine: Engine[Any], text: str, state: Path, **fields: Any) -> list[AudioChunk]:
    utterance = Utterance(text, "anybody", "en-us", voice_state=state, **fields)
    return list(spoken_by(engine, utterance, threading.Event()))


def joined(chunks: list[AudioChunk]) -> AudioChunk:
    samples = np.concatenate([chunk.samples for chunk in chunks])
    words = tuple(word for chunk in chunks for word in chunk.words)
    return AudioChunk(samples, chunks[0].sample_rate, words)


def tone(chunk: AudioChunk) -> float:
    """Mean F0 in Hz."""
    samples = world.padded(resample(chunk, world.SAMPLE_RATE).samples)
    return float(np.exp(log_tone([world.track_pitch(samples).f0])[0]))


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", SPEAKERS)
def test_it_speaks_at_the_speakers_pitch_and_is_understood(
    engine: Engine[Any], states: dict[str, Path], name: str
) -> None:
    made = joined(speak(engine, TEXT, states[name]))
    assert tone(made) == pytest.approx(tone(spoken(SPEAKERS[name])), rel=0.08)
    wrong, words = word_errors(TEXT, transcribe(made, "en"))
    assert wrong <= 0.15 * words
    level = pyloudnorm.Meter(made.sample_rate).integrated_loudness(made.samples.astype(float))
    assert level == pytest.approx(LEVEL, abs=2)
    assert np.abs(made.samples).max() < 1


@pytest.mark.thorough
def test_words_and_their_times_are_those_of_the_base_voice(
    engine: Engine[Any], states: dict[str, Path]
) -> None:
    plain = joined(speak(engine, TEXT, states["man"], options={"match": 0}))
    chunks = speak(engine, TEXT, states["man"])
    made = joined(chunks)
    assert len(made.samples) == len(plain.samples)
    assert made.words == plain.words
    assert [word.text for word in made.words] == TEXT.split()
    begin = 0.0
    for chunk in chunks:
        for word in chunk.words:
            assert begin - 1e-4 <= word.start < begin + chunk.duration + 1e-4
        begin += chunk.duration
    # Where it pauses, and speaks, so does the matched voice.
    levels = [
        np.log(np.mean(np.resize(sound.samples, (len(sound.samples) // 480, 480)) ** 2, 1) + 1e-7)
        for sound in (plain, made)
    ]
    assert np.corrcoef(levels)[0, 1] > 0.85


@pytest.mark.sample(1)
def test_it_comes_in_blocks(engine: Engine[Any], states: dict[str, Path]) -> None:
    chunks = speak(engine, TEXT, states["woman"])
    assert len(chunks) > 1
    assert chunks[0].duration <= 1
    assert max(chunk.duration for chunk in chunks) <= LARGEST
    # No click where two blocks meet: the step is not above what there is inside them.
    for before, after in pairwise(chunks):
        inside = np.abs(np.diff(np.concatenate([before.samples, after.samples])))
        assert abs(after.samples[0] - before.samples[-1]) <= inside.max()


@pytest.mark.sample(1)
def test_the_same_again(engine: Engine[Any], states: dict[str, Path]) -> None:
    first, again = (joined(speak(engine, "Once more.", states["man"])) for _ in range(2))
    np.testing.assert_array_equal(first.samples, again.samples)


@pytest.mark.thorough
def test_in_turns_with_others_it_sounds_as_alone(
    engine: Engine[Any], states: dict[str, Path]
) -> None:
    if not engine.suspendable:
        pytest.skip("it is not suspended")
    alone = {name: joined(speak(engine, TEXT, state)) for name, state in states.items()}
    calls = {
        name: spoken_by(engine, Utterance(TEXT, "anybody", "en-us", voice_state=state))
        for name, state in states.items()
    }
    firsts = {name: next(call) for name, call in calls.items()}
    for name, call in calls.items():
        chunk = joined([firsts[name], *call])
        np.testing.assert_array_equal(chunk.samples, alone[name].samples)
        assert chunk.words == alone[name].words


@pytest.mark.sample(1)
def test_it_stops(engine: Engine[Any], states: dict[str, Path]) -> None:
    stop = threading.Event()
    utterance = Utterance(f"{TEXT} " * 3, "x", "en-us", voice_state=states["man"])
    sound = spoken_by(engine, utterance, stop)
    next(sound)
    stop.set()
    assert sum(chunk.duration for chunk in sound) < 3


def test_nothing_to_say(engine: Engine[Any], states: dict[str, Path]) -> None:
    for text in ("\N{SNOWMAN}", "—"):
        assert sum(chunk.duration for chunk in speak(engine, text, states["man"])) < 1


@pytest.mark.sample(1)
def test_states_of_other_engines_are_refused(engine: Engine[Any], tmp_path: Path) -> None:
    other = KokoroEngine if isinstance(engine, HibariEngine) else HibariEngine
    path = tmp_path / "other.safetensors"
    new_engine(other).condition([spoken("m8")]).save(path)
    with pytest.raises(StaleVoiceState, match="made again"):
        speak(engine, TEXT, path)


# Base voices


def test_the_statistics_are_those_of_the_voice() -> None:
    """Of hibari's, on other sentences; what is in the file is rounded to 16 bits."""
    engine = new_engine(HibariEngine)
    engine.load()
    texts = (TEXT, "The birch canoe slid on the smooth planks.", "Four hours of steady work.")
    sounds = [
        joined(list(spoken_by(engine, Utterance(text, hibari.HEART, "en-us")))) for text in texts
    ]
    here, kept = BaseVoice.of(sounds), load_base(hibari.BASES, hibari.HEART)
    assert kept.tone[0] == pytest.approx(here.tone[0], abs=0.1)
    assert float(kept.level) == pytest.approx(float(here.level), abs=1)
    ours, theirs = here.profile(1.0), kept.profile(1.0)
    assert np.abs((ours.mean - theirs.mean) / theirs.deviation).max() < 0.5


def test_statistics_are_kept_in_a_file(tmp_path: Path) -> None:
    voice = BaseVoice.of([spoken("m8")])
    save_bases(tmp_path / "bases", {"a": voice, "b": BaseVoice.of([spoken("Annie")])})
    kept = load_base(tmp_path / "bases", "a")
    np.testing.assert_allclose(kept.covariance, voice.covariance, atol=0.01, rtol=0.01)
    assert np.array_equal(kept.voiced, voice.voiced)
    ours, theirs = voice.profile(0.92), kept.profile(0.92)
    np.testing.assert_allclose(ours.covariance, theirs.covariance, atol=0.02)
    with pytest.raises(SafetensorError):
        load_base(tmp_path / "bases", "c")


@pytest.mark.thorough
def test_a_voice_is_matched_to_itself_by_nothing() -> None:
    """The map of a voice to its own statistics leaves it nearly as it is."""
    recording = spoken("m8")
    base = BaseVoice.of([recording])
    sound = list(converted([recording], VoiceMap(base, base.profile(1.0)), 1, 1, threading.Event()))
    made = joined(sound)
    assert len(made.samples) == len(recording.samples)
    assert tone(made) == pytest.approx(tone(recording), rel=0.02)


@pytest.mark.parametrize("warp", [0.78, 0.96, 1.1])
def test_the_length_of_the_vocal_tract_is_found(warp: float) -> None:
    """Of a man's, too, who is matched from a woman."""
    base = load_base(hibari.BASES, "heart")
    assert VoiceMap(base, base.profile(warp))._warp == pytest.approx(warp, abs=0.021)


@pytest.mark.thorough
def test_there_is_no_rumble_where_the_recording_has_nothing() -> None:
    def below(sound: AudioChunk, frequency: float) -> float:
        power = np.abs(np.fft.rfft(sound.samples)) ** 2
        edge = round(frequency * len(sound.samples) / sound.sample_rate)
        return float(power[:edge].sum() / power.sum())

    recording = spoken("Annie")
    low = np.arange(len(recording.samples)) * (2 * np.pi * 40 / recording.sample_rate)
    hum = replace(recording, samples=recording.samples + 0.005 * np.sin(low).astype(np.float32))
    clean, humming = profile_of([recording]), profile_of([hum])
    assert 50 < float(clean.floor[0]) < 0.8 * clean.f0
    assert 30 < float(humming.floor[0]) < 42
    base = load_base(hibari.BASES, "heart")
    source = spoken("m8")
    made = [
        joined(list(converted([source], VoiceMap(base, target), 1, 1, threading.Event())))
        for target in (clean, replace(clean, floor=np.zeros(1)))
    ]
    filtered, whole = (below(sound, 0.7 * float(clean.floor[0])) for sound in made)
    assert filtered < 0.1 * whole


def test_kokoro_begins_with_a_voice_that_speaks_the_language() -> None:
    low, high = (load_base(kokoro.BASES, name).profile(1.0) for name in ("jm_kumo", "jf_tebukuro"))
    here = (*PACKAGED, "am_eric", "af_sarah", "my_own")
    assert kokoro.nearest(low, here, "en-us") == "am_eric"
    assert kokoro.nearest(high, here, "en") == "af_sarah"
    better = (*here, "af_heart", "am_fenrir", "am_michael")
    assert kokoro.nearest(low, better, "en-us") == "am_michael"  # as good as fenrir, and lower
    assert kokoro.nearest(high, better, "en") == "af_heart"
    assert kokoro.nearest(low, (*PACKAGED, "ef_dora", "em_alex"), "es") == "em_alex"
    assert all(kokoro.nearest(p, PACKAGED, "es") in PACKAGED for p in (low, high))
    assert kokoro.nearest(low, here, "ja") == "jm_kumo"
    assert kokoro.nearest(high, here, "ja") != "jm_kumo"
    assert not kokoro.is_possible(["my_own"])
    assert info_of(KokoroEngine).capabilities.voice_match


# Which engine speaks


def test_auto_takes_the_most_natural_base(tmp_path: Path) -> None:
    names = ("hibari", "kokoro", "espeak")
    engines = {name: ENGINES[name] for name in names}
    catalog = VoiceCatalog(Registry(engines, Settings(engine_order="*")))
    anna = Voice("anna-1", "Anna", "library", MULTILINGUAL, folder=tmp_path)

    def engine_for(language: str, text: str = "") -> tuple[str, str]:
        choice = catalog._cloned(catalog.usable("auto"), anna, language, text)
        return choice.engine.name, choice.language

    assert engine_for("en") == ("hibari", "en")
    assert engine_for("en-us") == ("hibari", "en-us")
    assert engine_for("en-gb") == ("kokoro", "en-gb")
    assert engine_for("es") == ("kokoro", "es")
    assert engine_for("de") == ("espeak", "de")
    assert engine_for("auto", "Der Fluss trägt die Schiffe zum Meer.") == ("espeak", "de")
    assert [i.name for i in catalog.cloning_engines("en")] == list(names)
