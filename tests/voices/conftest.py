"""Recordings as files, and an empty library."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.recordings import amplified, encoded, excerpt, spoken
from tts_core.voices.library import VoiceLibrary

Recording = Callable[[int], Path]


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Any number of files of some speech, no two the same."""
    folder = tmp_path_factory.mktemp("recordings")

    def make(number: int) -> Path:
        path = folder / f"{number}.wav"
        if not path.exists():
            clip = excerpt(spoken(), 0, 7 + number / 100)
            path.write_bytes(encoded(amplified(clip, -number / 10), "wav", "pcm_s16le"))
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
