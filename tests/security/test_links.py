"""A symbolic link in the data folder gives nothing away that is outside of it."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support.journal import JOURNAL
from tests.support.projects import ME, begun, ended
from tests.support.scripted import SCRIPTED
from tests.support.waiting import wait_until
from tts_core.engines.registry import ENGINES, Registry
from tts_core.projects.folder import ProjectFolder
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.stats.outputs import OutputFolder
from tts_core.stats.recordings import Recordings
from tts_core.synthesis.segment_cache import SegmentCache
from tts_core.system.own_files import is_own_file, leaves
from tts_core.types import AudioChunk
from tts_core.web.api.files import Files
from tts_core.web.gradio_routes import OpenRoutes

SECRET = "root:x:0:0"
Link = Callable[[Path], Path]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    path = tmp_path / "outside" / "secret"
    path.parent.mkdir()
    path.write_text(SECRET)
    return path


@pytest.fixture
def service(tmp_path: Path) -> Iterator[SpeechService]:
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", runner="inline")  # type: ignore[call-arg]
    service = SpeechService(settings, Registry({**ENGINES, **SCRIPTED, **JOURNAL}))
    yield service
    service.close()


def test_only_plain_files_that_are_reached_without_links_are_own(
    tmp_path: Path, outside: Path
) -> None:
    folder = tmp_path / "elsewhere"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "file").write_text("mine")
    (folder / "link").symlink_to(outside)
    (folder / "hall").symlink_to(outside.parent)
    os.mkfifo(folder / "pipe")  # whoever opens it would wait for ever
    data = tmp_path / "on another disk"
    data.symlink_to(folder)
    assert is_own_file(data / "deep" / "file", data)
    for name in ("link", "hall/secret", "hall/../hall/secret", "pipe", "deep", "none"):
        assert not is_own_file(data / name, data), name
    assert leaves(data / "hall" / "none", data)
    assert not leaves(data / "none", data)


def test_recordings(tmp_path: Path, outside: Path) -> None:
    recordings = Recordings(tmp_path, 1_000_000)
    (tmp_path / "abc.flac").symlink_to(outside)
    outside.write_text('{"segments": [], "words": null}')
    (tmp_path / "abc.timings.json").symlink_to(outside)
    assert recordings.find("abc") is None
    assert recordings.timings("abc") is None
    recordings.discard(["abc"])
    assert outside.exists()


def test_outputs(tmp_path: Path, outside: Path) -> None:
    data = tmp_path / "outputs"
    (data / "files").mkdir(parents=True)
    (data / "abc.wav").symlink_to(outside)
    file_id = "00000000-0000-0000-0000-000000000007"
    (data / "files" / f"{file_id}.wav").symlink_to(outside)
    (data / "hall").symlink_to(outside.parent)
    assert OutputFolder(data, 1.0).find("abc") is None
    assert Files(data / "files").find(file_id) is None
    routes = OpenRoutes([], {}, [data])

    def served(path: Path) -> bool:
        scope = {"type": "http", "method": "GET", "path": f"/gradio_api/file={path}"}
        return routes.include(scope)

    (data / "mine.wav").touch()
    assert served(data / "mine.wav")
    assert not served(data / "abc.wav")
    assert not served(data / "hall" / "secret")
    assert not served(data / ("n" * 300))


def test_projects(service: SpeechService, tmp_path: Path, outside: Path) -> None:
    project = begun(service, tmp_path)
    assert ended(service, project).state == "complete"
    folder = service.settings.projects_path / project
    take = service.projects.sound(ME, project, 0)
    size = take.stat().st_size
    for path in (take, folder / "source", folder / "cover"):
        path.unlink(missing_ok=True)
        path.symlink_to(outside)
    outside.write_text(SECRET.ljust(size))
    package = service.projects.export(ME, project, "project")
    with zipfile.ZipFile(package) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert len(contents) > 1
    assert [name for name, data in contents.items() if SECRET.encode() in data] == []
    assert service.projects._folder.cover(project) is None
    with pytest.raises(Exception, match="made again"):
        service.projects.export(ME, project, "wav")
    wait_until(lambda: not take.is_symlink())
    assert ended(service, project).state == "complete"
    assert outside.read_text().startswith(SECRET)  # what is made again replaces the link


def test_nothing_is_deleted_beyond_a_link(tmp_path: Path, outside: Path) -> None:
    """Of folders, as a start tidies them up."""
    for name in ("cache", "projects"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "abc").symlink_to(outside.parent)
    cache = SegmentCache(tmp_path / "cache", 1_000_000, lambda _: pytest.fail("not asked"))
    cache.close()  # waits for the tidying
    ProjectFolder(tmp_path / "projects").tidy("abc", [])
    assert outside.exists()


def test_cached_segments(tmp_path: Path, outside: Path) -> None:
    cache = SegmentCache(tmp_path / "cache", 1_000_000, lambda _: pytest.fail("not asked"))
    key = f"{'0' * 16}/segment"
    cache.put(key, [AudioChunk(np.zeros(100, np.float32), 24_000)])
    wait_until(lambda: cache.get(key))
    path = next((tmp_path / "cache").glob("*/*.safetensors"))
    path.replace(outside)
    path.symlink_to(outside)
    assert cache.get(key) is None
    assert outside.exists()
    cache.close()
