"""Uploads: none stays forever, none in use is deleted, and there is no more than fits."""

from __future__ import annotations

import base64
import errno
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from gradio.route_utils import GradioUploadFile

from tests.support.live import running_app
from tests.support.recordings import encoded, spoken
from tests.support.scripted import SCRIPTED
from tts_core.engines.registry import Registry
from tts_core.settings import Settings
from tts_core.web.app import App, create_app

ENGINES = {"scripted": SCRIPTED["scripted"]}
YEAR = 365 * 24 * 3600.0
HEAD = (
    "POST /gradio_api/upload HTTP/1.1\r\nHost: {host}\r\nContent-Length: 30000000\r\n"
    "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    '--b\r\nContent-Disposition: form-data; name="files"; filename="clip.wav"\r\n\r\n'
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("data")
    with running_app(folder, ENGINES, runner="inline", uploads_mb=40) as app:
        yield app


@pytest.fixture(autouse=True)
def empty(app: App) -> None:
    """No uploads, and a fresh look at how many there are."""
    for path in files(app):
        path.unlink()
    app._uploads._measured = float("-inf")


def files(app: App) -> list[Path]:
    return [path for path in app.settings.uploads_path.rglob("*") if path.is_file()]


def upload(app: App, data: bytes, name: str = "clip.wav") -> httpx.Response:
    return httpx.post(f"{app.url}gradio_api/upload", files={"files": (name, data)})


def age(path: Path) -> None:
    then = time.time() - YEAR
    os.utime(path, (then, then))


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


# What stays.


@pytest.mark.live
def test_nothing_stays_of_an_upload_that_breaks_off(app: App) -> None:
    address = urlsplit(app.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(HEAD.format(host=address.netloc).encode() + bytes(2_000_000))
        wait_for(lambda: files(app))
    wait_for(lambda: not files(app))


@pytest.mark.live
@pytest.mark.parametrize("name", ["..", "/.."])
def test_nothing_stays_of_a_refused_name(app: App, name: str) -> None:
    assert upload(app, b"x" * 1000, name).status_code == 400
    assert files(app) == []


@pytest.mark.live
def test_nothing_stays_of_an_upload_that_fills_the_disk(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def write(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(GradioUploadFile, "write", write)
    answer = upload(app, b"x" * 1000)
    assert (answer.status_code, answer.json()["detail"]) == (
        507,
        "The upload was not kept: the disk is full.",
    )
    assert files(app) == []


def made(folder: Path, **settings: object) -> App:
    """One that does not serve."""
    values = {"data_dir": folder, "runner": "inline", **settings}
    return create_app(Settings(_env_file=None, **values), Registry(ENGINES))  # type: ignore[arg-type]


def test_no_upload_of_a_dead_process_outlives_its_time(tmp_path: Path) -> None:
    uploads = tmp_path / "gradio"
    for name in ("old", "young", "empty"):
        (uploads / name).mkdir(parents=True)
    old, young, half = uploads / "old" / "clip.wav", uploads / "young" / "a.wav", uploads / "tmpx"
    for path in (old, young, half):
        path.write_bytes(b"sound")
    for path in (old, half, uploads / "empty"):
        age(path)
    with made(tmp_path) as app:
        assert files(app) == [young]
        assert not (uploads / "empty").exists()
        age(young)
        app.service._upkeep.run_all()
        assert files(app) == []


def test_the_shortest_time_is_not_for_ever(tmp_path: Path) -> None:
    (tmp_path / "gradio").mkdir()
    (tmp_path / "gradio" / "tmpx").touch()
    time.sleep(0.02)
    with made(tmp_path, keep_outputs_hours=1e-6) as app:
        assert files(app) == []
        assert app.demo.delete_cache == (600, 1)  # 0 would be never


@pytest.mark.live
def test_nothing_goes_that_is_wanted(app: App) -> None:
    (path,) = map(Path, upload(app, b"sound").json())
    age(path)  # as a copy of an old file is; Gradio knows how long it has been here
    coming = app.settings.uploads_path / "tmpcoming"
    coming.write_bytes(b"half")
    app._uploads.sweep()
    assert sorted(files(app)) == sorted([path, coming])


# How many.


@pytest.mark.live
def test_no_upload_beyond_the_room_for_them(app: App) -> None:
    assert upload(app, bytes(25_000_000)).status_code == 200
    answer = upload(app, bytes(25_000_000))
    assert answer.status_code == 507
    assert "the 40 MB allowed" in answer.json()["detail"]
    assert "TTS_UPLOADS_MB" in answer.json()["error"]["message"]
    assert len(files(app)) == 1
    assert upload(app, bytes(5_000_000)).status_code == 200


@pytest.mark.live
def test_copies_of_results_are_no_uploads(app: App) -> None:
    copy = app.settings.uploads_path / "copy.wav"
    copy.write_bytes(bytes(50_000_000))
    assert upload(app, b"sound").status_code == 507
    app.demo.temp_file_sets[-1].add(str(copy))
    app._uploads._measured = float("-inf")
    assert upload(app, b"sound").status_code == 200
    app.demo.temp_file_sets[-1].discard(str(copy))


@pytest.mark.live
def test_no_upload_fills_the_disk(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "disk_usage", lambda _: SimpleNamespace(free=256 * 2**20 + 100_000))
    clip = encoded(spoken(), "wav", "pcm_s16le")
    uri = "data:audio/wav;base64," + base64.b64encode(clip).decode()
    tools = {"name": "clone_voice", "arguments": {"audio": uri, "name": "Ann", "consent": True}}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": tools}
    for answer in (
        upload(app, clip),
        httpx.post(f"{app.url}api/train-voice", json={"modelName": "Ann", "audioDataUri": uri}),
        httpx.post(f"{app.url}gradio_api/mcp/", json=call),
    ):
        assert answer.status_code == 507
        assert "less than 256 MB would stay free" in answer.json()["detail"]
    assert files(app) == []
    assert app.service.voices.library.all() == []
    assert upload(app, b"little").status_code == 200
    spoken_still = httpx.post(f"{app.url}generate", json={"text": "Hello.", "voice": "one"})
    assert spoken_still.status_code == 200
