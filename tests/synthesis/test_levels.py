"""Voices of engines that are not at level themselves: measured once, then brought to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyloudnorm
import pytest
import soundfile

from tests.support.loud import CLONED, GAINS, LOUD
from tests.support.recordings import spoken as recorded
from tests.support.waiting import wait_until
from tts_core.audio.level import LEVEL
from tts_core.engines.registry import ENGINES, Registry
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.synthesis import levels as levels_module
from tts_core.synthesis.levels import VoiceKey, VoiceLevels
from tts_core.types import AudioChunk, SpeechRequest

TEXT = (
    "The birch canoe slid on the smooth planks. A large size in stockings is hard to sell. "
    "The boy was there when the sun rose."
)
Make = Callable[..., SpeechService]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    services: list[SpeechService] = []

    def make_service(**settings: object) -> SpeechService:
        values = {"data_dir": tmp_path, "runner": "inline", "mark": "off", **settings}
        registry = Registry({**LOUD, "espeak": ENGINES["espeak"]})
        services.append(SpeechService(Settings(_env_file=None, **values), registry))  # type: ignore[arg-type]
        return services[-1]

    yield make_service
    for service in services:
        service.close()


def rows(folder: Path) -> list[dict[str, Any]]:
    path = folder / "levels.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def voices(folder: Path) -> list[str]:
    return [row["voice"]["voice"] for row in rows(folder)]


def speak(service: SpeechService, voice: str = "near", text: str = TEXT, **fields: Any) -> float:
    """Return the loudness in LUFS."""
    request = SpeechRequest(text=text, voice=voice, engine=fields.pop("engine", "loud"), **fields)
    path, _ = service.synthesize(request)
    samples, rate = soundfile.read(path, dtype="float32")
    assert np.abs(samples).max() < 1
    return float(pyloudnorm.Meter(rate).integrated_loudness(samples))


def measured(folder: Path, count: int) -> None:
    wait_until(lambda: len(rows(folder)) == count, seconds=30)


def test_a_voice_is_measured_once_and_then_at_level(make: Make, tmp_path: Path) -> None:
    service = make()
    own = speak(service)
    assert own == pytest.approx(LEVEL + GAINS["near"], abs=1)
    measured(tmp_path, 1)
    before = rows(tmp_path)
    assert speak(service) == pytest.approx(LEVEL, abs=0.3)
    assert speak(service, text="Hello there, how are you today?") == pytest.approx(LEVEL, abs=1.5)
    service.close()
    again = make()
    assert speak(again) == pytest.approx(LEVEL, abs=0.3)
    assert rows(tmp_path) == before


def test_a_new_voice_starts_as_its_engine_usually_does(make: Make, tmp_path: Path) -> None:
    service = make()
    speak(service, "near")
    measured(tmp_path, 1)
    difference = GAINS["close"] - GAINS["near"]
    assert speak(service, "close") == pytest.approx(LEVEL + difference, abs=0.5)
    measured(tmp_path, 2)
    assert speak(service, "close") == pytest.approx(LEVEL, abs=0.5)


def test_the_gain_is_one_for_the_whole_request(make: Make, tmp_path: Path) -> None:
    """Also for the first, in the middle of which the voice is measured."""
    request = SpeechRequest(text=" ".join([TEXT] * 3), voice="far", engine="loud")
    service = make(cache_mb=50)
    sounds, levels = [], []
    for _ in range(3):
        path, info = service.synthesize(request)
        sounds.append(path.read_bytes())
        samples, rate = soundfile.read(path, dtype="float32")
        parts = [samples[round(s.start * rate) : round(s.end * rate)] for s in info.segments]
        levels.append([pyloudnorm.Meter(rate).integrated_loudness(part) for part in parts])
        measured(tmp_path, 1)
    assert len(levels[0]) == 9
    np.testing.assert_allclose(np.subtract(levels[1], levels[0]), -GAINS["far"], atol=1)
    assert np.ptp(np.subtract(levels[1], levels[0])) < 0.2
    assert sounds[1] == sounds[2]  # and the cache has the engine's own sound


def test_little_speech_is_not_measured(make: Make, tmp_path: Path) -> None:
    service = make()
    speak(service, text="Hello there.")
    service.close()
    assert not rows(tmp_path)


def test_engines_at_level_are_not_measured(make: Make, tmp_path: Path) -> None:
    service = make()
    assert speak(service, "en-us", engine="espeak") == pytest.approx(LEVEL, abs=1)
    service.close()
    assert not (tmp_path / "levels.json").exists()


def test_a_fallback_has_its_own_gain(make: Make, tmp_path: Path) -> None:
    service = make()
    speak(service)
    measured(tmp_path, 1)
    service.close()
    service = make()
    request = SpeechRequest(text=TEXT, voice="near", engine="loud", options={"memory": False})
    path, info = service.synthesize(request)
    assert info.engine == "espeak"
    samples, rate = soundfile.read(path, dtype="float32")
    meter = pyloudnorm.Meter(rate)
    for segment in info.segments:
        part = samples[round(segment.start * rate) : round(segment.end * rate)]
        assert meter.integrated_loudness(part) == pytest.approx(LEVEL, abs=2)


def test_a_deleted_voice_is_forgotten(make: Make, tmp_path: Path) -> None:
    service = make()
    recording = tmp_path / "me.wav"
    clip = recorded()
    soundfile.write(recording, clip.samples, clip.sample_rate)
    voice = service.voices.clone([recording], "Anna", consent=True)
    assert speak(service, "Anna") == pytest.approx(LEVEL + CLONED, abs=1)
    measured(tmp_path, 1)
    assert voices(tmp_path) == [voice.id]
    assert speak(service, "Anna") == pytest.approx(LEVEL, abs=0.5)
    service.voices.delete(voice.id)
    assert not rows(tmp_path)


def test_a_damaged_file_is_no_obstacle(make: Make, tmp_path: Path) -> None:
    (tmp_path / "levels.json").write_text('[{"voice": "far"', encoding="utf-8")
    service = make()
    speak(service)
    wait_until(lambda: (tmp_path / "levels.json").read_bytes().startswith(b"[\n"), seconds=30)
    assert voices(tmp_path) == ["near"]


def test_the_file_is_bounded_and_follows_the_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(levels_module, "MOST_VOICES", 2)
    levels = VoiceLevels(tmp_path / "levels.json")
    rate = 16_000
    sound = 0.2 * np.sin(np.arange(5 * rate) * 0.3).astype(np.float32)
    chunk = AudioChunk(sound, rate)
    for name, weights in (("a", "1"), ("b", "1"), ("a", "2"), ("c", "1")):
        levels.measure(VoiceKey("loud", name, weights), chunk)
        wait_until(lambda: name in voices(tmp_path), seconds=30)  # noqa: B023
    levels.close()
    found = [(row["voice"]["voice"], row["voice"]["weights"]) for row in rows(tmp_path)]
    assert found == [("a", "2"), ("c", "1")]
    assert [path.name for path in tmp_path.iterdir()] == ["levels.json"]
    levels.measure(VoiceKey("loud", "d", "1"), chunk)  # too late, and no error
