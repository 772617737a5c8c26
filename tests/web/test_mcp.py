"""Aloud as an agent's tools, over MCP's streamable HTTP, with the reference client."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest
import soundfile
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

from tests.support.live import running_app
from tests.support.recordings import encoded, spoken
from tests.support.waiting import wait_until
from tts_core.web.app import App

KEY = {"Authorization": "Bearer sesame"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """With a key, as a server for agents would have."""
    with running_app(tmp_path_factory.mktemp("data"), api_keys="sesame") as app:
        yield app


@asynccontextmanager
async def agent(app: App, headers: dict[str, str]) -> AsyncIterator[ClientSession]:
    url = app.url + "gradio_api/mcp/"
    async with (
        streamablehttp_client(url, headers=headers) as (reading, writing, _),
        ClientSession(reading, writing) as session,
    ):
        await session.initialize()
        yield session


def ask(app: App, work: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with agent(app, KEY) as session:
            return await work(session)

    return anyio.run(run)


def call(app: App, tool: str, **arguments: object) -> list[Any]:
    """The tool's answer: URLs and JSON."""

    answer = ask(app, lambda session: session.call_tool(tool, arguments))
    texts = [content.text for content in answer.content if content.type == "text"]
    if answer.isError:
        raise RuntimeError(texts[0])
    return [t if t.startswith("http") else json.loads(t) for t in texts]


def test_tools_say_what_they_do(app: App) -> None:
    listed = ask(app, lambda session: session.list_tools()).tools
    tools = {tool.name: tool for tool in listed}
    for name in ("synthesize", "clone_voice", "list_voices", "list_engines", "status", "cancel"):
        assert tools[name].description
    given = tools["synthesize"].inputSchema["properties"]
    assert given["voice"]["default"] == "default"
    assert "list_voices" in given["voice"]["description"]
    assert "caller" not in given
    assert tools["synthesize"].inputSchema["required"] == ["text"]


def test_tools_for_every_agent(app: App) -> None:
    tools = {tool.name: tool for tool in ask(app, lambda session: session.list_tools()).tools}
    assert "stream" not in tools  # its audio would get lost on the way
    # Gemini refuses "required" and "format" of a string.
    assert tools["clone_voice"].inputSchema["properties"]["audio"].keys() == {"type", "description"}
    assert tools["list_voices"].annotations.readOnlyHint is True
    assert tools["subtitles"].annotations.readOnlyHint is True
    assert tools["delete_voice"].annotations.destructiveHint is True
    assert tools["synthesize"].annotations.destructiveHint is False


def test_audio_comes_beside_its_address(app: App) -> None:
    answer = ask(app, lambda session: session.call_tool("synthesize", {"text": "Hello."}))
    address, sound, _ = answer.content
    assert sound.mimeType == "audio/wav"
    assert base64.b64decode(sound.data) == httpx.get(address.text, headers=KEY).content


def test_an_agent_speaks(app: App) -> None:
    url, info = call(app, "synthesize", text="Hello there. How are you?", voice="en-gb")
    assert (info["engine"], info["chunks"]) == ("espeak", 2)
    sound = httpx.get(url, headers=KEY)
    assert soundfile.info(io.BytesIO(sound.content)).duration == pytest.approx(
        info["duration_seconds"], abs=0.001
    )
    assert httpx.get(url).status_code == 401
    record = app.service.report.history(1)["request_history"][0]
    assert record["request_id"] == info["request_id"]


def test_null_is_the_default(app: App) -> None:
    url, info = call(
        app, "synthesize", text="Hello.", voice=None, speed=None, seed=None, options=None
    )
    assert url.startswith("http")
    assert info["voice"] == "en-us"
    with pytest.raises(RuntimeError, match="'text' is a required property"):
        call(app, "synthesize", text=None)


def test_an_agent_reads_subtitles(app: App) -> None:
    _, info = call(app, "synthesize", text="Hello there.", voice="en-gb")
    asked = {"request_id": info["request_id"], "format": "vtt"}
    answer = ask(app, lambda session: session.call_tool("subtitles", asked))
    address, content = (found.text for found in answer.content)
    assert content.startswith("WEBVTT\n\n00:00:0")
    assert "Hello there." in content
    assert httpx.get(address, headers=KEY).text == content


def test_an_agent_looks_round(app: App) -> None:
    engines = call(app, "list_engines")[0]
    assert {"espeak", "xtts", "pocket"} <= {engine["name"] for engine in engines}
    assert call(app, "status")[0]["status"] == "idle"
    assert any(voice["id"] == "en-gb" for voice in call(app, "list_voices", engine="espeak")[0])


def test_an_agent_clones_a_voice(app: App) -> None:
    recording = base64.b64encode(encoded(spoken("f2"), "wav", "pcm_s16le")).decode()
    url = f"data:audio/wav;base64,{recording}"
    with pytest.raises(RuntimeError, match="consent"):
        call(app, "clone_voice", audio=url, name="Anna")
    voice = call(app, "clone_voice", audio=url, name="Anna", consent=True)[0]
    assert call(app, "synthesize", text="Hello.", voice=voice["id"])[1]["voice"] == voice["id"]
    assert call(app, "delete_voice", voice_id="Anna") == [{"deleted": voice["id"]}]


def test_an_agent_corrects_pronunciations(app: App) -> None:
    [entry] = call(app, "lexicon_save", written="SQL", spoken="sequel")
    assert call(app, "lexicon") == [[entry]]
    asked = {"format": "csv"}
    answer = ask(app, lambda session: session.call_tool("lexicon_export", asked))
    address, content = (found.text for found in answer.content)
    assert content.splitlines()[1] == "SQL,sequel,,,,false"
    assert httpx.get(address, headers=KEY).text.splitlines() == content.splitlines()
    file = "data:text/csv;base64," + base64.b64encode(b"written,spoken\nsql,squeal\n").decode()
    report = {"added": 0, "replaced": 1, "skipped": []}
    assert call(app, "lexicon_import", file=file) == [report]
    [segment] = call(app, "preview", text="SQL.", voice="en-us")[0]["segments"]
    assert segment["spoken"] == "Squeal."
    assert call(app, "lexicon_delete", entry_id=entry["id"]) == [{"deleted": entry["id"]}]
    tools = {tool.name: tool for tool in ask(app, lambda session: session.list_tools()).tools}
    assert tools["lexicon"].annotations.readOnlyHint is True
    assert tools["lexicon_delete"].annotations.destructiveHint is True


@pytest.mark.parametrize("audio", ["/etc/passwd", "file:///etc/passwd", "http://127.0.0.1/x.wav"])
def test_an_agent_reads_no_files_of_ours(app: App, audio: str) -> None:
    with pytest.raises(RuntimeError):
        call(app, "clone_voice", audio=audio, name="Anna", consent=True)
    assert app.service.voices.library.all() == []


def test_mistakes_are_explained(app: App) -> None:
    with pytest.raises(RuntimeError, match="There is no voice 'en-gbb'"):
        call(app, "synthesize", text="Hello.", voice="en-gbb")
    with pytest.raises(RuntimeError, match="limit must be a whole number from 1 to 50"):
        call(app, "history", limit=51)


def test_an_agent_that_leaves_stops_the_engine(app: App) -> None:
    """A cancelled call closes its connection; each call has one of its own."""
    text = " ".join(f"This is sentence number {number} of many." for number in range(120))
    arguments = {"text": text, "engine": "slow"}
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "synthesize", "arguments": arguments},
    }
    headers = {**KEY, "Accept": "application/json, text/event-stream"}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{app.url}gradio_api/mcp/", json=call, headers=headers, timeout=2)
    wait_until(lambda: not app.service.active())
    assert app.service.report.history(1)["request_history"][0]["status"] == "cancelled"


@pytest.mark.parametrize("path", ["mcp/", "mcp/sse", "mcp/http"])
def test_a_key_is_wanted(app: App, path: str) -> None:
    assert httpx.get(f"{app.url}gradio_api/{path}").status_code == 401
    assert httpx.post(f"{app.url}gradio_api/{path}", json={}).status_code == 401
