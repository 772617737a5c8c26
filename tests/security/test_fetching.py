"""What is fetched for callers who give an address where a file could stand: nothing, unless the
operator allows voices by URL, and then as these are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import gradio.processing_utils
import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from tests.support.file_server import Answer, FileServer, file_server, public_here
from tests.support.live import running_app
from tests.support.recordings import encoded, spoken
from tests.support.scripted import SCRIPTED
from tts_core.voices.fetch import Fetcher
from tts_core.web.app import App

pytestmark = pytest.mark.live

NOT_PUBLIC = (
    "127.0.0.1",
    "localhost",
    "10.0.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "192.0.0.192",
    "192.168.1.1",
    "[::1]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:1::]",
    "[fd00:ec2::254]",
    "0x7f.1",
    "2130706433",
)
ENGINES = {"scripted": SCRIPTED["scripted"]}
Ask = Callable[[App, str], str]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("data"), ENGINES, runner="inline") as app:
        yield app


@pytest.fixture(scope="module")
def allowing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """With voices by URL, and the file server's address taken for a public one."""
    settings = {"runner": "inline", "allow_voice_urls": True}
    with running_app(tmp_path_factory.mktemp("data"), ENGINES, **settings) as app:
        app.service._url_voices._fetcher = Fetcher(is_public=public_here)
        yield app


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """Which the library that Gradio fetches with may reach."""
    library = vars(gradio.processing_utils)["sh"]
    monkeypatch.setattr(library, "is_public_ip", lambda _: True)
    with file_server() as running:
        running.answers["/clip.wav"] = Answer(encoded(spoken(), "wav", "pcm_s16le"))
        yield running


def file_data(address: str) -> dict[str, Any]:
    return {"path": address, "url": address, "meta": {"_type": "gradio.FileData"}}


def by_call(app: App, address: str) -> str:
    base = f"{app.url}gradio_api/call/clone_voice"
    posted = httpx.post(base, json={"data": [file_data(address), "Anna", "auto", True]})
    return httpx.get(f"{base}/{posted.json()['event_id']}", timeout=30).text


def by_any_endpoint(app: App, address: str) -> str:
    deep = {"data": [{"any": [file_data(address)]}]}
    return httpx.post(f"{app.url}gradio_api/run/delete_voice", json=deep, timeout=30).text


def by_the_page(app: App, address: str) -> str:
    """As its recorder sends what it has recorded."""
    number, check = next((i, f) for i, f in app.demo.fns.items() if f.api_name == "check")
    assert len(check.inputs) == 2
    body = {"fn_index": number, "session_hash": "page", "data": [file_data(address), True]}
    httpx.post(f"{app.url}gradio_api/queue/join", json=body)
    return httpx.get(
        f"{app.url}gradio_api/queue/data", params={"session_hash": "page"}, timeout=30
    ).text


def by_mcp(app: App, address: str) -> str:
    async def ask() -> str:
        async with (
            streamable_http_client(f"{app.url}gradio_api/mcp/") as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            arguments = {"audio": address, "name": "Anna", "consent": True}
            answer = await session.call_tool("clone_voice", arguments)
            return " ".join(getattr(content, "text", "") for content in answer.content)

    return anyio.run(ask)


WAYS = [by_call, by_any_endpoint, by_the_page, by_mcp]


@pytest.mark.sample(2)
@pytest.mark.parametrize("ask", WAYS)
def test_no_address_is_fetched(app: App, server: FileServer, ask: Ask) -> None:
    told = ask(app, server.url("/clip.wav"))
    assert server.asked == []
    assert "TTS_ALLOW_VOICE_URLS" in told
    assert app.service.voices.library.all() == []


def test_file_is_no_proxy(app: App, server: FileServer) -> None:
    for way in ("file=", "file/", "proxy="):
        address = f"{app.url}gradio_api/{way}{server.url('/clip.wav')}"
        for method in ("GET", "HEAD"):
            assert httpx.request(method, address).status_code == 404
    assert server.asked == []


@pytest.mark.sample(5)
@pytest.mark.parametrize("host", NOT_PUBLIC)
def test_no_private_address_is_fetched_where_voices_by_url_are_allowed(
    allowing: App, host: str
) -> None:
    told = by_any_endpoint(allowing, f"http://{host}:8000/clip.wav")
    assert "not found on the public internet" in told
    address = f"{allowing.url}gradio_api/file=http://{host}:8000/clip.wav"
    assert httpx.get(address).status_code == 404


def files_of(app: App) -> set[Path]:
    return {path for path in app.service.settings.uploads_path.rglob("*") if path.is_file()}


def test_a_recording_is_fetched_where_that_is_allowed(allowing: App, server: FileServer) -> None:
    client = Client(allowing.url, verbose=False)
    audio = handle_file(server.url("/clip.wav"))
    voice = client.predict(audio, "Anna", consent=True, api_name="/clone_voice")
    assert [asked.path for asked in server.asked] == ["/clip.wav"]
    assert server.asked[0].headers["Accept-Encoding"] == "identity"
    client.predict(voice["id"], api_name="/delete_voice")
    assert files_of(allowing) == set()


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(length=30_000_000), "more than 20 MB"),
        (Answer(bytes(20_500_000), length=None), "more than 20 MB"),
        (Answer(b"<html>", headers={"Content-Type": "text/html"}), "web page"),
        (Answer(status=302, headers={"Location": "http://127.0.0.1:8000/"}), "public internet"),
    ],
)
def test_what_is_fetched_has_limits(
    allowing: App, server: FileServer, answer: Answer, says: str
) -> None:
    server.answers["/clip.wav"] = answer
    client = Client(allowing.url, verbose=False)
    with pytest.raises(AppError, match=says):
        client.predict(
            handle_file(server.url("/clip.wav")), "Anna", consent=True, api_name="/clone_voice"
        )
    assert files_of(allowing) == set()
    assert json.loads(httpx.get(f"{allowing.url}health").text)["status"]
