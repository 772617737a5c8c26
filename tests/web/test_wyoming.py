"""Wyoming, with its own client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeVoice,
)

from tests.support.live import free_port, running_app
from tts_core.web.app import App

pytestmark = pytest.mark.live

TEXT = "The first sentence is short. The second one goes on for a while longer."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("data"), wyoming_port=free_port()) as app:
        yield app


@asynccontextmanager
async def connected(app: App) -> AsyncIterator[AsyncTcpClient]:
    assert app.settings.wyoming_port is not None
    async with AsyncTcpClient("127.0.0.1", app.settings.wyoming_port) as client:
        yield client


def talk(app: App, work: Callable[[AsyncTcpClient], Awaitable[list[Event]]]) -> list[Event]:
    async def run() -> list[Event]:
        async with asyncio.timeout(60), connected(app) as client:
            return await work(client)

    return asyncio.run(run())


async def until(client: AsyncTcpClient, *kinds: str) -> list[Event]:
    """All events until one of some types, or the end."""
    found = []
    while (event := await client.read_event()) is not None:
        found.append(event)
        if event.type in kinds:
            break
    return found


def sound(events: list[Event]) -> tuple[np.ndarray, int]:
    chunks = [AudioChunk.from_event(e) for e in events if AudioChunk.is_type(e.type)]
    assert {(c.rate, c.width, c.channels) for c in chunks} == {(24_000, 2, 1)}
    return np.frombuffer(b"".join(c.audio for c in chunks), "<i2"), 24_000


def last(app: App) -> dict:
    entries: list[dict] = app.service.report.history(1)["request_history"]
    return entries[0]


def test_it_says_what_it_is(home: App) -> None:
    async def work(client: AsyncTcpClient) -> list[Event]:
        await client.write_event(Describe().event())
        found = [await client.read_event()]
        await client.write_event(Ping(text="x").event())
        return [e for e in (*found, await client.read_event()) if e]

    described, pong = talk(home, work)
    (program,) = Info.from_event(described).tts
    assert program.supports_synthesize_streaming
    voices = {voice.name: voice for voice in program.voices}
    assert voices["en-gb"].languages == ["en-gb"]
    assert all(voice.languages and "mul" not in voice.languages for voice in program.voices)
    assert Pong.from_event(pong).text == "x"


def test_it_speaks(home: App) -> None:
    async def work(client: AsyncTcpClient) -> list[Event]:
        await client.write_event(Synthesize(TEXT, SynthesizeVoice(name="en-gb")).event())
        return await until(client, "audio-stop")

    events = talk(home, work)
    assert AudioStart.is_type(events[0].type)
    assert AudioStop.is_type(events[-1].type)
    samples, rate = sound(events)
    assert len(samples) / rate == pytest.approx(last(home)["audio_seconds"], abs=0.01)
    assert np.abs(samples).max() > 3000
    assert last(home)["door"] == "wyoming"


def test_it_speaks_while_the_text_arrives(home: App) -> None:
    async def work(client: AsyncTcpClient) -> list[Event]:
        await client.write_event(SynthesizeStart(SynthesizeVoice(language="en")).event())
        for word in TEXT.split():
            await client.write_event(SynthesizeChunk(f"{word} ").event())
        # The first sentence is spoken before the text has ended.
        found = await until(client, "audio-chunk")
        await client.write_event(Synthesize(TEXT).event())  # for servers that do not stream
        await client.write_event(SynthesizeStop().event())
        return found + await until(client, "synthesize-stopped")

    events = talk(home, work)
    kinds = [event.type for event in events if event.type != "audio-chunk"]
    assert kinds == ["audio-start", "audio-stop", "synthesize-stopped"]
    assert SynthesizeStopped.is_type(events[-1].type)
    samples, rate = sound(events)
    assert 3 < len(samples) / rate < 8


def test_one_after_another_on_one_connection(home: App) -> None:
    async def work(client: AsyncTcpClient) -> list[Event]:
        found = []
        for text in ("One.", "…", "Two."):
            await client.write_event(Synthesize(text).event())
            found += await until(client, "audio-stop")
        return found

    assert [e.type for e in talk(home, work)].count("audio-stop") == 3


@pytest.mark.parametrize(
    ("event", "word"),
    [
        (Synthesize("Hello.", SynthesizeVoice(name="nobody")).event(), "nobody"),
        (Synthesize("x" * 20_000).event(), "10,000"),
        (Event("synthesize", {"voice": {}}), "not complete"),
        (Event("synthesize", {"text": 5}), "text"),
    ],
)
def test_mistakes_are_told_and_the_connection_stays(home: App, event: Event, word: str) -> None:
    async def work(client: AsyncTcpClient) -> list[Event]:
        await client.write_event(event)
        found = await until(client, "error")
        await client.write_event(Synthesize("Hello.").event())
        await until(client, "audio-stop")
        return found

    assert word in Error.from_event(talk(home, work)[-1]).text


@pytest.mark.parametrize(
    "data",
    [
        b"x" * 200_000,
        b"not json\n",
        b"[]\n",
        b'{"type": "synthesize", "data_length": 9000000000}\n',
        b'{"type": "synthesize", "payload_length": -5}\n',
        b'{"type": "synthesize", "data_length": "x"}\n',
        b"[" * 60_000 + b"\n",
        json.dumps({"type": "synthesize", "data_length": 4}).encode() + b"\n\xff\xff\xff\xff",
    ],
    ids=lambda data: data[:30].decode("latin-1"),
)
def test_hostile_bytes_end_the_connection(home: App, data: bytes) -> None:
    async def run() -> bytes:
        assert home.settings.wyoming_port is not None
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection("127.0.0.1", home.settings.wyoming_port)
            try:
                writer.write(data)
                await writer.drain()
                return await reader.read()
            except ConnectionError:
                return b""
            finally:
                writer.close()

    assert len(asyncio.run(run())) < 1000
    test_it_says_what_it_is(home)


def test_leaving_stops_the_engine(home: App) -> None:
    async def run() -> None:
        async with connected(home) as client:
            await client.write_event(Synthesize("On and on it goes. " * 400).event())
            await until(client, "audio-chunk")

    asyncio.run(run())
    for _ in range(200):
        if not home.service.active():
            break
        asyncio.run(asyncio.sleep(0.05))
    assert last(home)["status"] == "cancelled"


@pytest.mark.thorough
@pytest.mark.parametrize(("keys", "host", "open"), [("k", None, False), ("k", "127.0.0.1", True)])
def test_it_is_closed_beside_keys(tmp_path: Path, keys: str, host: str | None, open: bool) -> None:
    port = free_port()
    with running_app(tmp_path, api_keys=keys, wyoming_port=port, wyoming_host=host) as app:
        if open:
            test_it_says_what_it_is(app)
        else:
            with pytest.raises(OSError, match=str(port)):
                asyncio.run(asyncio.open_connection("127.0.0.1", port))  # type: ignore[arg-type]
