"""XTTS-v2 on random weights, for several files of tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.engines import new_engine
from tests.support.tiny_xtts import kept_checkpoint
from tts_core.engines.xtts.engine import XttsEngine

Alter = Callable[..., Path]


@pytest.fixture(scope="session")
def xtts_folder() -> Path:
    return kept_checkpoint()


@pytest.fixture(scope="session")
def xtts(xtts_folder: Path) -> XttsEngine:
    """Loaded, in this process."""
    import torch

    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TTS_XTTS_PATH", str(xtts_folder))
        patch.setenv("TTS_DEVICE", "cpu")
        engine = new_engine(XttsEngine)
        engine.load()
    return engine


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard ends "Hi." after 17 tokens: 0.2 s + 3 / 5 s."""
    monkeypatch.setattr("tts_core.engines.xtts.model.SLACK_SECONDS", 0.2)


@pytest.fixture
def altered(xtts_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Alter:
    """A copy of the folder with one file replaced, which TTS_XTTS_PATH then names."""

    def alter(name: str = "", content: bytes | None = b"") -> Path:
        copy = tmp_path / "copy"
        copy.mkdir()
        for file in xtts_folder.iterdir():
            if file.name != name:
                (copy / file.name).symlink_to(file)
            elif content is not None:
                (copy / name).write_bytes(content)
        monkeypatch.setenv("TTS_XTTS_PATH", str(copy))
        return copy

    return alter
