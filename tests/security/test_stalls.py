"""The event loop does not wait for what a request does, and what a request held is let go of."""

from __future__ import annotations

import asyncio
import base64
import gc
import io
import os
import sys
import threading
import weakref
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import ExitStack, aclosing
from types import SimpleNamespace
from typing import Any

import gradio.utils
import numpy as np
import psutil
import pytest

import tts_core.web.gradio_patches  # noqa: F401 - patches Gradio
from tests.support.engines import context
from tests.support.scripted import SCRIPTED
from tts_core.audio.encode import FORMATS, Encoder, StreamSink, open_encoder
from tts_core.engines.process import ProcessRunner
from tts_core.engines.worker import NICENESS
from tts_core.errors import ValidationError
from tts_core.service import SpeechService
from tts_core.synthesis.stream import SpeechStream
from tts_core.system.cpu_slots import PLANNING_SLOTS, SLOTS
from tts_core.system.memory import trim_memory
from tts_core.types import SpeechRequest
from tts_core.web import app as web_app
from tts_core.web import audio_stream, streaming
from tts_core.web.api.voiceforge import decode_data_uri

RATE = 24_000
TEXT = "The first sentence of a text. And the second one."
REQUEST = SpeechRequest(text=TEXT, engine="scripted")


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Leave only what the last reference to an object does."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.thorough
@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("format", FORMATS)
def test_an_encoder_left_early_lets_go_of_its_codec(format: str) -> None:
    sink = StreamSink()
    encoder = open_encoder(format, RATE, sink)
    encoder.write(np.zeros(RATE, np.float32))
    left = weakref.ref(sink)
    del encoder, sink
    assert left() is None


@pytest.mark.usefixtures("no_collector")
def test_an_encoder_left_early_says_nothing_of_a_closed_sink(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sink = io.BytesIO()
    encoder = open_encoder("mp3", RATE, sink)
    encoder.write(np.zeros(RATE, np.float32))
    sink.close()
    del encoder
    assert capsys.readouterr().err == ""  # where Python says what a finalizer raises


def _read(stream: SpeechStream) -> None:
    assert list(stream)


def _leave_at_once(stream: SpeechStream) -> None:
    stream.close()


def _leave_in_the_middle(stream: SpeechStream) -> None:
    stream.next_event()
    stream.next_event()
    stream.close()


@pytest.mark.sample(1)
@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("use", [_read, _leave_at_once, _leave_in_the_middle])
def test_an_ended_stream_is_not_kept(
    service: SpeechService, use: Callable[[SpeechStream], None]
) -> None:
    stream = service.stream(REQUEST)
    record = stream.record  # which the history and the page may keep
    use(stream)
    left = weakref.ref(stream)
    del stream
    assert not record.active
    assert left() is None


def _encode(encoder: Encoder) -> None:
    encoder.write(np.zeros(RATE, np.float32))


def test_only_so_many_threads_compute(service: SpeechService) -> None:
    encoder = open_encoder("mp3", RATE, StreamSink())
    streams: list[SpeechStream] = []
    tasks = (
        lambda: _encode(encoder),
        encoder.close,
        lambda: streams.append(service.stream(REQUEST)),
    )
    for task, semaphore in zip(tasks, (SLOTS, SLOTS, PLANNING_SLOTS), strict=True):
        thread = threading.Thread(target=task)
        with ExitStack() as slots:
            while semaphore.acquire(blocking=False):
                slots.callback(semaphore.release)
            thread.start()
            thread.join(0.3)
            assert thread.is_alive()
        thread.join(20)
        assert not thread.is_alive()
    for stream in streams:
        stream.close()
    assert streams


def test_the_loop_does_not_wait_for_the_end_of_a_stream(service: SpeechService) -> None:
    stream = service.stream(REQUEST)
    held, release = threading.Event(), threading.Event()

    def write() -> None:
        with stream._lock:
            held.set()
            release.wait(10)

    async def leave() -> bool:
        async with aclosing(streaming.events(stream)) as events:
            await anext(events)
            writer.start()
            held.wait(10)
        return stream.record.active

    writer = threading.Thread(target=write)
    asyncio.run(_and_then(leave(), release))
    writer.join(10)
    assert not stream.record.active


async def _and_then(leaving: Any, release: threading.Event) -> None:
    assert await leaving  # it has left, and the stream has not been closed
    release.set()


def test_encoders_are_opened_beside_the_loop(
    service: SpeechService, monkeypatch: pytest.MonkeyPatch
) -> None:
    openers: list[int] = []

    def opening(*arguments: Any, **named: Any) -> Encoder:
        openers.append(threading.get_ident())
        return open_encoder(*arguments, **named)

    monkeypatch.setattr(audio_stream, "open_encoder", opening)

    async def read() -> int:
        stream = service.stream(REQUEST)
        async with aclosing(audio_stream.encoded_audio(stream, FORMATS["mp3"])) as pieces:
            return sum([len(piece) async for piece in pieces if isinstance(piece, bytes)])

    assert asyncio.run(read())
    assert openers
    assert threading.get_ident() not in openers


async def _bytes(pieces: AsyncGenerator[audio_stream.Piece, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, bytes):
                yield piece


def test_a_response_left_early_closes_what_it_sends(service: SpeechService) -> None:
    async def leave() -> None:
        stream = service.stream(REQUEST)
        pieces = audio_stream.encoded_audio(stream, FORMATS["mp3"])
        response = audio_stream.AudioResponse(_bytes(pieces), stream, "audio/mpeg")
        sent = []

        async def send(message: Any) -> None:
            sent.append(message)
            if len(sent) > 1:
                raise OSError("the client has left")

        with pytest.raises(OSError, match="left"):
            await response.stream_response(send)
        assert pieces.ag_frame is None  # with which the encoder goes

    asyncio.run(leave())


def test_base64_is_decoded_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    decode = base64.b64decode

    def decoding(data: str, **options: bool) -> bytes:
        lengths.append(len(data))
        return decode(data, **options)

    monkeypatch.setattr(base64, "b64decode", decoding)
    for size in (0, 1, 2, 3, 3_000_000, 3_000_001):
        sound = os.urandom(size)
        uri = f"data:audio/wav;base64,{base64.b64encode(sound).decode()}"
        assert decode_data_uri(uri) == sound
    assert max(lengths) <= 1 << 20


@pytest.mark.parametrize("middle", ["=", "==", "A=", "é", "A"])
def test_base64_of_several_pieces_is_still_checked(middle: str) -> None:
    half = "AAAA" * (1 << 18)
    with pytest.raises(ValidationError, match="not valid base64"):
        decode_data_uri(f"data:audio/wav;base64,{half}{middle}{half}")
    with pytest.raises(ValidationError, match="not valid base64"):
        decode_data_uri(f"data:audio/wav;base64,{half[: -len(middle)]}{middle}{half}A")


def test_a_worker_steps_behind_the_app() -> None:
    runner = ProcessRunner(SCRIPTED["scripted"], context())
    try:
        runner.load()
        assert psutil.Process(runner.pid).nice() == min(19, os.nice(0) + NICENESS)
    finally:
        runner.unload()


def test_a_call_does_not_import_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    for name in [n for n in sys.modules if n.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    with gradio.utils.MatplotlibBackendMananger():
        assert "matplotlib" not in sys.modules


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
def test_freed_memory_goes_back() -> None:
    process = psutil.Process()
    # Too small for mappings of their own.
    blocks = [b"x" * 100_000 + bytes([n % 256]) for n in range(2000)]
    blocks = blocks[::100]  # so that what is free lies between what is not
    before = process.memory_info().rss
    trim_memory()
    assert before - process.memory_info().rss > 100e6
    assert len(blocks) == 20


def test_memory_is_returned_once_it_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    trimmed = threading.Event()
    speaking = [True, False, True]  # a moment without a request is not enough
    asked: list[bool] = []

    def active() -> bool:
        asked.append(trimmed.is_set())
        return bool(speaking and speaking.pop())

    monkeypatch.setattr(web_app, "TRIM_SECONDS", 0.9)  # two polls without a request
    monkeypatch.setattr(web_app, "trim_memory", trimmed.set)
    server = threading.Thread(target=trimmed.wait, args=(20,))
    server.start()
    waiting: Any = SimpleNamespace(
        demo=SimpleNamespace(server=SimpleNamespace(thread=server)),
        service=SimpleNamespace(active=active),
    )
    web_app.App._watch(waiting)
    assert trimmed.is_set()
    assert asked[:4] == [False, False, False, False]
