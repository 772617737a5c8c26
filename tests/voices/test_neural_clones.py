"""Library voices in the neural engines, on random weights: what they say is noise of its own.

The engines run in this process, as other files of the same xdist worker do: each library is
imported once. `test_conditioning.py` has a restart.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.support.checkpoints import TINY_ENGINES, checkpoints
from tests.voices.conftest import Recording
from tts_core.engines.registry import Registry
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import SpeechRequest
from tts_core.voices.library import VoiceLibrary

pytestmark = pytest.mark.live

ENGINES = ("xtts", "pocket", "chatterbox")
TEXT = "The quick brown fox jumps over the lazy dog."


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, recording: Recording) -> Iterator[Path]:
    """A data folder with a cloned voice, while the weights are there."""
    folder = tmp_path_factory.mktemp("clones")
    with checkpoints(folder / "hub"):
        service = make(folder / "data")
        voice = service.voices.clone([recording(400)], "Anna", consent=True, language="en")
        service.close()
        assert {*ENGINES, "espeak"} <= set(voice.engines)
        yield folder / "data"


def make(data: Path) -> SpeechService:
    values: dict[str, Any] = {"data_dir": data, "fallback": False, "runner": "inline"}
    return SpeechService(Settings(_env_file=None, **values), Registry(TINY_ENGINES))


def spoken(service: SpeechService, engine: str) -> np.ndarray[Any, Any]:
    request = SpeechRequest(text=TEXT, voice="anna", engine=engine, seed=5)
    path, info = service.synthesize(request)
    assert (info.engine, info.fallback) == (engine, None)
    samples, rate = soundfile.read(path, dtype="float32")
    assert rate == info.sample_rate == 24_000
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() > 1e-3
    return samples


@pytest.mark.sample(1)
@pytest.mark.parametrize("engine", ENGINES)
def test_cloned_once(data: Path, engine: str, caplog: pytest.LogCaptureFixture) -> None:
    (voice,) = VoiceLibrary(data / "voices").all()
    folder = data / "voices" / voice.id / "states"
    assert list(folder.glob(f"{engine}-*")) == []

    def made() -> list[str]:
        return [r.getMessage() for r in caplog.records if "made its state" in r.getMessage()]

    caplog.set_level(logging.INFO, "tts_core.voices.conditioning")
    service = make(data)
    first = spoken(service, engine)
    assert len(made()) == 1
    print(made()[0])
    (path,) = folder.glob(f"{engine}-*")
    written = path.stat().st_mtime_ns
    second = spoken(service, engine)
    service.close()
    again = make(data)  # as after a restart
    third = spoken(again, engine)
    again.close()
    assert len(made()) == 1
    assert list(folder.glob(f"{engine}-*")) == [path]
    assert path.stat().st_mtime_ns == written
    for other in (second, third):  # the same voice, the same seed: the same sound
        assert len(other) == len(first)
        assert np.abs(other - first).max() < 1e-3
