"""What can be spared goes before anything fails."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from tests.conftest import MakeService
from tts_core.errors import GenerationError
from tts_core.service import SpeechService
from tts_core.system import disk
from tts_core.system.disk import DiskSpace, ReclaimingFile
from tts_core.types import SpeechRequest

TEXT = "One fine day. "


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


def kept(folder: Path, pattern: str) -> dict[Path, int]:
    return {path: path.stat().st_size for path in folder.rglob(pattern)}


@pytest.fixture
def full(make_service: MakeService, tmp_path: Path) -> SpeechService:
    """A service that keeps the speech and the sound of four requests."""
    service = make_service(cache_mb=50, data_dir=tmp_path / "data")
    for number in range(4):
        request = SpeechRequest(text=f"{TEXT}{number}" * 20, engine="scripted")
        with service.stream(request) as stream:
            stream.read_to_end()
    settings = service.settings
    wait_for(lambda: len(kept(settings.recordings_path, "*.flac")) == 4)
    wait_for(lambda: service._cache is not None and service._cache._waiting.empty())
    wait_for(lambda: not kept(settings.cache_path, "*.part"))
    return service


class Nothing:
    """Has nothing to delete."""

    def shrink(self, wanted: int) -> int:
        return 0

    def held(self) -> int:
        return 0


def free(monkeypatch: pytest.MonkeyPatch, service: SpeechService, at_first: int) -> None:
    """So much is free on the disk now, and more when something of the service's is deleted."""
    folder = service.settings.data_path
    used = sum(kept(folder, "*.safetensors").values()) + sum(kept(folder, "*.flac").values())

    def usage(_: str) -> SimpleNamespace:
        now = sum(kept(folder, "*.safetensors").values()) + sum(kept(folder, "*.flac").values())
        return SimpleNamespace(free=at_first + used - now)

    monkeypatch.setattr(psutil, "disk_usage", usage)


def test_not_one_recording_goes_before_the_cache(
    full: SpeechService, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = full.settings
    cached = kept(settings.cache_path, "*.safetensors")
    recordings = kept(settings.recordings_path, "*.flac")
    assert sum(cached.values()) > 10_000
    free(monkeypatch, full, disk.MARGIN_BYTES - sum(cached.values()) // 2)
    assert full._disk_space.reclaim()
    left = kept(settings.cache_path, "*.safetensors")
    assert 0 < len(left) < len(cached)  # no more than it takes
    assert kept(settings.recordings_path, "*.flac") == recordings

    free(monkeypatch, full, disk.MARGIN_BYTES - sum(left.values()) - 1)
    version = full.history.version
    assert full._disk_space.reclaim()
    assert kept(settings.cache_path, "*.safetensors") == {}
    assert len(kept(settings.recordings_path, "*.flac")) == 3  # the oldest went
    assert full.history.version > version

    free(monkeypatch, full, 0)
    assert not full._disk_space.reclaim()
    assert kept(settings.recordings_path, "*.flac") == {}


def test_nothing_is_deleted_for_what_has_no_room_even_so(
    full: SpeechService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request of which only the head arrives may announce as much as it likes."""
    settings = full.settings
    before = kept(settings.cache_path, "*.safetensors"), kept(settings.recordings_path, "*.flac")
    held = sum(before[0].values()) + sum(before[1].values())
    free(monkeypatch, full, disk.MARGIN_BYTES)
    assert not full.reclaim_disk_space(held + 1_000_000)
    after = kept(settings.cache_path, "*.safetensors"), kept(settings.recordings_path, "*.flac")
    assert after == before
    assert full.reclaim_disk_space(held // 2)
    assert sum(kept(settings.cache_path, "*.safetensors").values()) < sum(before[0].values())


def test_nothing_is_kept_for_later_on_a_disk_that_is_nearly_full(
    full: SpeechService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Speech goes on; the request itself makes the room."""
    free(monkeypatch, full, 0)
    with full.stream(SpeechRequest(text="Another.", engine="scripted"), save_as="wav") as stream:
        assert stream.read_to_end().path is not None
    wait_for(lambda: full._cache is not None and full._cache._waiting.empty())
    full.close()
    assert kept(full.settings.cache_path, "*.safetensors") == {}
    assert kept(full.settings.recordings_path, "*.flac") == {}


def test_no_file_fails_while_there_is_something_to_spare(full: SpeechService) -> None:
    """The disk is full though much seems to be free, as with a quota."""
    before = kept(full.settings.cache_path, "*.safetensors")
    outputs = full.settings.outputs_path
    outputs.mkdir(exist_ok=True)
    (outputs / ".full.wav.part").symlink_to("/dev/full")
    request = SpeechRequest(text="Another day. " * 50, engine="scripted")
    with pytest.raises(GenerationError, match="No space left on device"):
        full.stream(request, save_as="wav", request_id="full").read_to_end()
    assert kept(full.settings.recordings_path, "*.flac") == {}
    assert before.keys().isdisjoint(kept(full.settings.cache_path, "*.safetensors"))


def test_a_write_goes_on_once_there_is_room(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.symlink_to("/dev/full")
    disk_space = DiskSpace(tmp_path)
    with (tmp_path / "real").open("wb") as real, ReclaimingFile(path, disk_space) as file:

        class Moving(Nothing):
            def shrink(self, wanted: int) -> int:
                os.dup2(real.fileno(), file.fileno())
                return 1

        disk_space.add_reclaimer(Nothing())
        disk_space.add_reclaimer(Moving())
        assert file.write(b"sound") == 5
    assert (tmp_path / "real").read_bytes() == b"sound"
    with ReclaimingFile(path, None) as file, pytest.raises(OSError, match="No space left"):
        file.write(b"sound")
