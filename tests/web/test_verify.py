"""Whether a file was generated, by all the APIs that tell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from starlette.datastructures import Headers, UploadFile

from tts_core.web.api.forms import OnDisk
from tts_core.web.app import App

pytestmark = pytest.mark.live

Json = dict[str, Any]


@pytest.fixture(scope="module")
def client(app: App) -> Client:
    return Client(app.url, verbose=False)


@pytest.fixture(scope="module")
def spoken(client: Client) -> tuple[Path, Json]:
    path, info = client.predict("A sentence.", format="flac", api_name="/synthesize")
    return Path(path), info


def test_an_answer_says_what_its_file_carries(spoken: tuple[Path, Json]) -> None:
    _, info = spoken
    assert info["marks"]["c2pa"] is True
    assert info["marks"]["watermark"] is True


def test_gradio(client: Client, spoken: tuple[Path, Json]) -> None:
    path, info = spoken
    found = client.predict(handle_file(path), api_name="/verify")
    assert list(found) == ["marked", "confidence", "c2pa", "watermark", "request", "notes"]
    assert (found["marked"], found["confidence"]) == (True, 1)
    assert set(found["c2pa"]) == {"valid", "signer", "generator", "created", "assertions"}
    assert found["c2pa"]["valid"] is True
    assert found["request"]["request_id"] == info["request_id"]


def test_gradio_without_the_file(app: App, client: Client) -> None:
    gone = {"path": str(app.settings.uploads_path / "gone.wav")}
    with pytest.raises(AppError, match="audio cannot be read: No such file"):
        client.predict(gone, api_name="/verify")


def test_rest(app: App, spoken: tuple[Path, Json], tmp_path: Path) -> None:
    path, info = spoken
    url = f"{app.url}api/verify"
    found = httpx.post(url, files={"audio": path.read_bytes()}).json()
    assert found["marked"]
    assert found["request"]["request_id"] == info["request_id"]
    changed = path.read_bytes()[:-100] + bytes(100)
    found = httpx.post(url, files={"audio": changed}).json()
    assert (found["marked"], found["confidence"], found["c2pa"]["valid"]) == (True, 0.5, False)


def test_a_large_file_is_on_disk_while_it_is_read(tmp_path: Path) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="audio"; filename="a"\r\n\r\n'
        for _ in range(3):
            yield bytes(1 << 20)
        yield b"\r\n--x--\r\n"

    async def parsed() -> str:
        headers = Headers({"Content-Type": "multipart/form-data; boundary=x"})
        parser = OnDisk(headers, body())  # type: ignore[arg-type]
        parser.folder = tmp_path
        file = (await parser.parse())["audio"]
        assert isinstance(file, UploadFile)
        assert file.size == 3 << 20
        where = Path(f"/proc/self/fd/{file.file.fileno()}").readlink()
        await file.close()
        return str(where)

    assert asyncio.run(parsed()).startswith(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        ({"files": {"audio": b"no sound"}}, 415, "audio: this is no audio file"),
        ({"files": {"file": b"RIFF"}}, 422, "audio is missing"),
        ({"data": {"audio": "RIFF"}}, 422, "multipart/form-data"),
        ({"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}}, 422, "form"),
        ({}, 422, "multipart/form-data"),
    ],
)
def test_what_is_refused(app: App, sent: Json, status: int, says: str) -> None:
    answer = httpx.post(f"{app.url}api/verify", **sent)
    assert answer.status_code == status
    message = answer.json()["error"]["message"]
    assert says in message
    assert not message.startswith("(")
    assert ".." not in message
