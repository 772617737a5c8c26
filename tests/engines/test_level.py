"""Every voice is as loud as every other: -24 LUFS, by real voices that are drawn by a seed."""

from __future__ import annotations

import json
import random
import threading
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest

from tests.support.engines import new_engine, spoken_by
from tts_core.audio.level import LEVEL, limited, speech_level
from tts_core.engines.espeak import level as espeak_level
from tts_core.engines.espeak import voices as espeak_voices
from tts_core.engines.espeak.engine import EspeakEngine
from tts_core.engines.hibari.engine import HibariEngine
from tts_core.types import AudioChunk, Utterance

DECLARATION: dict[str, str] = json.loads(
    (Path(__file__).parents[1] / "support" / "declaration.json").read_text(encoding="utf-8")
)
"""Articles 12 and 13 of the Universal Declaration of Human Rights, by voice of eSpeak NG."""
DRAW = random.Random(24)
ESPEAK = [
    (voice, DRAW.choice(["", *sorted(espeak_voices.variant_files())]))
    for voice in DRAW.sample(sorted(DECLARATION), 8)
]


@pytest.fixture(scope="module")
def espeak() -> EspeakEngine:
    engine = new_engine(EspeakEngine)
    engine.load()
    return engine


def spoken(engine: EspeakEngine | HibariEngine, utterance: Utterance) -> AudioChunk:
    chunks = list(spoken_by(engine, utterance, threading.Event()))
    return AudioChunk(np.concatenate([c.samples for c in chunks]), chunks[0].sample_rate)


def lufs(chunk: AudioChunk) -> float:
    return float(pyloudnorm.Meter(chunk.sample_rate).integrated_loudness(chunk.samples))


@pytest.mark.sample(3)
@pytest.mark.parametrize(("voice", "variant"), ESPEAK)
def test_voices_of_espeak_are_at_one_level(espeak: EspeakEngine, voice: str, variant: str) -> None:
    text, options = DECLARATION[voice], {"variant": variant}
    chunk = spoken(espeak, Utterance(text, voice, voice.split("-")[0], options=options))
    assert lufs(chunk) == pytest.approx(LEVEL, abs=1)
    assert np.abs(chunk.samples).max() < 1
    # Of eSpeak NG's variants, whispers and robots have some offset.
    assert abs(float(chunk.samples.mean())) < 0.02


@pytest.mark.sample(1)
@pytest.mark.parametrize("pitch", [0.8, 1.0])
def test_hibari_is_at_the_same_level(pitch: float) -> None:
    engine = new_engine(HibariEngine)
    engine.load()
    text = DECLARATION["en-us"][:240]
    assert lufs(spoken(engine, Utterance(text, "heart", "en", pitch=pitch))) == pytest.approx(
        LEVEL, abs=1
    )


@pytest.mark.sample(5)
@pytest.mark.parametrize("voice", ["en-us", "de", "ru"])
@pytest.mark.parametrize(
    ("pitch", "swing"), [(0.6, 50), (1.75, 50), (0.6, 0), (1.75, 100), (1.0, 0)]
)
def test_pitch_and_intonation_keep_the_level(
    espeak: EspeakEngine, voice: str, pitch: float, swing: int
) -> None:
    utterance = Utterance(
        DECLARATION[voice][:250], voice, voice[:2], pitch=pitch, options={"range": swing}
    )
    chunk = spoken(espeak, utterance)
    assert lufs(chunk) == pytest.approx(LEVEL, abs=1)
    assert np.abs(chunk.samples).max() < 1


def test_every_voice_has_a_gain_with_every_variant() -> None:
    table = json.loads(espeak_level.TABLE.read_text(encoding="utf-8"))
    assert set(table["gains"]) == {"", *espeak_voices.variant_files()}
    voices = espeak_voices.voice_files().values()
    assert set(table["voices"]) == {file.identifier for file in voices}
    assert {len(gains) for gains in table["gains"].values()} == {len(table["voices"])}
    # A voice of a later version of eSpeak NG gets the usual gain.
    assert 5 < espeak_level.gain_of("gmw/new+f2") < 25


def test_the_limit_is_soft() -> None:
    samples = np.linspace(-3, 3, 1001, dtype=np.float32)
    bent = limited(samples)
    assert np.abs(bent).max() <= 1
    assert np.array_equal(bent[np.abs(samples) <= 0.8], samples[np.abs(samples) <= 0.8])
    assert (np.diff(bent) >= 0).all()
    assert bent.dtype == np.float32


def test_speech_is_measured_where_there_is_enough(espeak: EspeakEngine) -> None:
    chunk = spoken(espeak, Utterance(DECLARATION["en-us"][:200], "en-us", "en"))
    found = speech_level(chunk)
    assert found is not None
    assert found.loudness == pytest.approx(lufs(chunk), abs=0.05)
    assert found.gain == pytest.approx(LEVEL - lufs(chunk), abs=0.05)
    peak = 20 * np.log10(np.abs(chunk.samples).max())
    assert peak - 0.01 <= found.peak < peak + 1
    rate = chunk.sample_rate
    quiet = np.zeros(10 * rate, np.float32)
    assert speech_level(AudioChunk(quiet, rate)) is None
    some = np.concatenate((chunk.samples[: 2 * rate], quiet))
    assert speech_level(AudioChunk(some, rate)) is None
    assert speech_level(AudioChunk(quiet[:10], rate)) is None


@pytest.mark.parametrize("gain", [-20.0, -9.0, 4.0, 30.0])
def test_the_gain_is_bounded(espeak: EspeakEngine, gain: float) -> None:
    chunk = spoken(espeak, Utterance(DECLARATION["en-us"][:200], "en-us", "en"))
    own = speech_level(chunk)
    assert own is not None
    found = speech_level(AudioChunk(chunk.samples * np.float32(10 ** (gain / 20)), 22_050))
    assert found is not None
    assert found.gain == pytest.approx(np.clip(own.gain - gain, -12, 12), abs=0.1)
    click = chunk.samples.copy()
    click[1000] = 8
    raised = speech_level(AudioChunk(click, 22_050))
    assert raised is not None
    assert raised.peak + raised.gain <= -1
