"""Recordings as files, an empty library, and services that clone."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.mimic import MIMIC, VARIABLE, Script
from tests.support.recordings import amplified, encoded, excerpt, spoken
from tests.support.scripted import SCRIPTED
from tts_core.engines.registry import ENGINES, Registry
from tts_core.service import SpeechService
from tts_core.services.voices import LibraryVoice
from tts_core.settings import Settings
from tts_core.voices.library import VoiceLibrary

Recording = Callable[[int], Path]
Make = Callable[..., SpeechService]


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Any number of files of some speech, no two the same."""
    folder = tmp_path_factory.mktemp("recordings")

    def make(number: int) -> Path:
        path = folder / f"{number}.wav"
        if not path.exists():
            clip = excerpt(spoken(), 0, 3.5 + number / 100)
            path.write_bytes(encoded(amplified(clip, -number / 100), "wav", "pcm_s16le"))
        return path

    return make


@pytest.fixture
def clip(recording: Recording) -> Path:
    return recording(0)


@pytest.fixture
def short_clip(tmp_path: Path) -> Path:
    path = tmp_path / "short.wav"
    path.write_bytes(encoded(excerpt(spoken(), 0, 1), "wav", "pcm_s16le"))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of the library."""
    return tmp_path / "data" / "voices"


@pytest.fixture
def library(folder: Path) -> VoiceLibrary:
    return VoiceLibrary(folder)


@pytest.fixture
def other(tmp_path: Path) -> VoiceLibrary:
    """Where packages are imported."""
    return VoiceLibrary(tmp_path / "other" / "voices")


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """No file can become larger than `room` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "mimic"))
    return Script(tmp_path / "mimic")


@pytest.fixture
def make(tmp_path: Path, script: Script) -> Iterator[Make]:
    """Services on one data folder: an engine that clones, one that does not, espeak."""
    services: list[SpeechService] = []

    def make_service(**settings: object) -> SpeechService:
        values = {"data_dir": tmp_path / "data", "runner": "inline", **settings}
        engines = {**MIMIC, "scripted": SCRIPTED["scripted"], "espeak": ENGINES["espeak"]}
        services.append(SpeechService(Settings(_env_file=None, **values), Registry(engines)))  # type: ignore[arg-type]
        return services[-1]

    yield make_service
    for service in services:
        service.close()


@pytest.fixture
def service(make: Make) -> SpeechService:
    return make()


@pytest.fixture
def anna(service: SpeechService, clip: Path) -> LibraryVoice:
    return service.voices.clone([clip], "Anna Maria", consent=True)
