"""What Aloud writes is in its data folder, and nobody else's to read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.started import Started, started
from tts_core.system.running_server import claimed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the data folder of an earlier version, which everybody can read."""
    folder = tmp_path_factory.mktemp("private")
    (folder / "data").mkdir()
    (folder / "data").chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def aloud(folder: Path) -> Iterator[Started]:
    with started(folder, TTS_API_KEY="key-of-a-slip") as aloud:
        wanted = {"text": "My secret.", "engine": "espeak"}
        httpx.post(f"{aloud.url}generate", json=wanted, timeout=30).raise_for_status()
        files = {"files": ("voice.wav", b"RIFF" * 1000)}
        httpx.post(f"{aloud.url}gradio_api/upload", files=files).raise_for_status()
        yield aloud


@pytest.mark.thorough
@pytest.mark.live
def test_no_other_user_can_read_what_is_written(aloud: Started, folder: Path) -> None:
    data = folder / "data"
    written = [data, *data.rglob("*")]
    assert {"history.sqlite3", "outputs", "gradio"} <= {path.name for path in written}
    assert [str(p) for p in written if stat.S_IMODE(p.stat().st_mode) & 0o077] == []


@pytest.mark.live
def test_nothing_is_written_elsewhere(aloud: Started, folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {"data", "home", "log", "temporary"}
    assert list((folder / "temporary").iterdir()) == []
    assert list((folder / "home").iterdir()) == []


@pytest.mark.live
def test_a_slip_is_warned_of_and_not_shown(aloud: Started) -> None:
    said = aloud.log.read_text()
    assert "TTS_API_KEY is set, but there is no such setting; did you mean TTS_API_KEYS?" in said
    assert "key-of-a-slip" not in said


def test_a_folder_that_is_meant_for_all_stays_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    with claimed(tmp_path):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777
        assert stat.S_IMODE((tmp_path / ".lock").stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_anothers_folder_is_left_as_it_is(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    tmp_path.chmod(0o777)
    with claimed(tmp_path):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o777


def test_what_the_owner_opens_later_stays_open(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with claimed(tmp_path):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    tmp_path.chmod(0o750)  # to a group that makes backups, say
    with claimed(tmp_path):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750


def test_a_folder_with_other_things_in_it_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    tmp_path.chmod(0o755)
    with claimed(tmp_path):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
