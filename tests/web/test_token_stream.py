"""Texts that come in pieces over the WebSocket."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import soundfile

from tests.support.socket_client import Message, SocketClient, socket_client
from tests.support.waiting import wait_until
from tts_core.audio.encode import find_format
from tts_core.audio.join import PAUSE_SECONDS
from tts_core.errors import QueueFullError
from tts_core.types import Pause, SpeechRequest
from tts_core.web.api.websocket.merged_messages import MergedMessages
from tts_core.web.api.websocket.protocol import TextRequest
from tts_core.web.api.websocket.text_stream import LONGEST_PENDING, Passage, TextStream
from tts_core.web.app import App
from tts_core.web.messages import LEFT_OUT

pytestmark = pytest.mark.live

TEXT = (
    "Dr. Smith arrived at 3.30 p.m. on Monday. He said hello! Then he left.\n\nNobody saw him go."
)
PARTS = ["Dr. Smith arrived at 3.30 p.m. on Monday.", "He said hello!", "Then he left."]


@pytest.fixture
def client(app: App) -> Iterator[SocketClient]:
    with socket_client(app.url) as client:
        yield client


def tokens(text: str) -> list[str]:
    return re.findall(r"\s*\S{1,4}|\s+", text)


def dictate(client: SocketClient, text: str, **first: object) -> None:
    for token in tokens(text):
        client.send("text_delta", text=token, **first)
        first = {}


def seconds(chunk: Message) -> float:
    file = io.BytesIO(base64.b64decode(chunk["data"]["audio_data"]))
    return float(soundfile.info(file).duration)


def text_stream(text: str, limit: int = 9000) -> TextStream:
    return TextStream(TextRequest(SpeechRequest(text=text), find_format("wav")), limit)


def test_a_long_sentence_is_several_chunks(client: SocketClient) -> None:
    text = f"{'One after another they came down the hill, ' * 10}and sat. Then all was quiet."
    for piece in (text[:200], text[200:]):
        client.send("text_delta", text=piece, voice="en-gb", parameters={"speed": 0.5})
    client.send("text_end")
    *spoken, complete = client.until("generation_complete", 60)
    data = [m["data"] for m in spoken if m["type"] == "audio_chunk"]
    assert [d["chunk_id"] for d in data] == list(range(1, len(data) + 1))
    assert [d["is_final"] for d in data] == [False] * (len(data) - 1) + [True]
    assert data[-1]["total_chunks"] == complete["data"]["total_chunks_processed"] == len(data) > 3
    assert [w["text"] for d in data for w in d["words"]] == text.split()
    info = complete["data"]["info"]
    assert len(info["segments"]) == info["chunks"] < len(data)


def test_a_last_message_is_not_too_long() -> None:
    merged = MergedMessages()
    word = {"text": "word", "start": 1.0, "end": 1.2}
    info: dict[str, Any] = dict.fromkeys(("fallback", "quality"))
    info |= {"generation_seconds": 1.0, "duration_seconds": 2.0, "request_id": "1", "voice": "v"}
    info |= {"time_to_first_audio_seconds": 0.1, "cached": 0, "warnings": [], "markup": []}
    for count in (10, 30_000):
        info |= {"chunks": 1, "segments": [word], "words": [word] * count}
        data = {"total_chunks_processed": 1, "info": info}
        merged.passage_done({"type": "generation_complete", "data": data}, 0.0, 0, 0)  # type: ignore[typeddict-item]
        last = merged.complete("text", 1.0)["data"]
        short = count == 10
        assert (last["text"], last["info"]["warnings"]) == (
            ("text", []) if short else ("", [LEFT_OUT])
        )
        assert (last["info"]["words"] is None) != short
    assert len(json.dumps(last)) < 2**20


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_passages_do_not_depend_on_the_pieces(size: int) -> None:
    async def passages() -> list[tuple[str, Pause]]:
        stream = text_stream(TEXT[:size])
        found = []
        for start in range(size, len(TEXT), size):
            stream.add(TEXT[start : start + size])
            if (passage := stream.take_finished()) is not None:
                found.append((passage.text, passage.pause))
        stream.end()
        while (passage := await stream.next_passage()) is not None:
            found.append((passage.text, passage.pause))
        return found

    found = asyncio.run(passages())
    assert "".join(text for text, _ in found) == TEXT
    if size < 5:
        assert [text.strip() for text, _ in found] == [*PARTS, "Nobody saw him go."]
        assert [pause for _, pause in found[:-1]] == [
            Pause.SENTENCE,
            Pause.SENTENCE,
            Pause.PARAGRAPH,
        ]


def test_chinese_needs_no_space() -> None:
    stream = text_stream("你好。")
    assert stream.take_finished() is None
    stream.add("世")
    passage = stream.take_finished()
    assert passage is not None
    assert passage.text == "你好。"


def test_what_waits_is_bounded() -> None:
    stream = text_stream("")
    for _ in range(20):
        stream.add("word " * 1000)
    with pytest.raises(QueueFullError, match="Send it again after the next audio_chunk"):
        stream.add("word")
    assert len(stream.text) == LONGEST_PENDING


@pytest.mark.parametrize("limit", [7, 60, 1000])
def test_no_passage_is_longer_than_a_request_may_be(limit: int) -> None:
    async def lengths() -> list[int]:
        stream = text_stream("Some words, and others. " * 50 + "x" * 200, limit)
        stream.end()
        found = []
        while (passage := await stream.next_passage()) is not None:
            found.append(len(passage.text))
        return found

    found = asyncio.run(lengths())
    assert max(found) <= limit
    assert sum(found) == 24 * 50 + 200


def test_a_text_that_is_costly_to_look_at_is_not_looked_at_for_each_piece() -> None:
    """Nobody else would be served meanwhile: of these marks none is ever closed."""

    class Watched(TextStream):
        looks = 0

        def take_finished(self) -> Passage | None:
            self.looks += 1
            return super().take_finished()

    async def looks() -> int:
        request = SpeechRequest(text="![" * 4_000)
        stream = Watched(TextRequest(request, find_format("wav")), 9_000)
        speaking = asyncio.create_task(stream.next_passage())
        for _ in range(50):
            stream.add("![")
            for _ in range(10):
                await asyncio.sleep(0)
        speaking.cancel()
        return stream.looks

    assert asyncio.run(looks()) <= 2


def test_speech_begins_with_the_first_sentence(client: SocketClient) -> None:
    dictate(client, "Here is the first sentence. And the", voice="en-gb")
    started, chunk = client.read(), client.read()
    assert started["type"] == "generation_started"
    assert started["data"]["total_chunks"] is None
    assert started["data"]["voice"] == "en-gb"
    assert chunk["data"]["text_chunk"] == "Here is the first sentence."
    assert (chunk["data"]["chunk_id"], chunk["data"]["total_chunks"]) == (1, None)
    assert chunk["data"]["is_final"] is False
    dictate(client, " second one.")
    client.send("text_end")
    chunk, complete = client.until("generation_complete")
    assert chunk["data"]["text_chunk"] == "And the second one."
    assert (chunk["data"]["chunk_id"], chunk["data"]["total_chunks"]) == (2, 2)
    assert chunk["data"]["is_final"] is True
    data = complete["data"]
    assert data["text"] == "Here is the first sentence. And the second one."
    assert (data["total_chunks_processed"], data["voice_used"]) == (2, "en-gb")
    assert len(data["info"]["request_ids"]) == 2


def test_it_sounds_like_one_text(client: SocketClient) -> None:
    """The same chunks, times and pauses as when it is sent at once.

    eSpeak NG's own sound differs by up to 10 ms with what it has said before.
    """
    client.speak(TEXT, "en-gb")
    *whole, whole_end = client.until("generation_complete")[1:]
    dictate(client, TEXT, voice="en-gb")
    client.send("text_end")
    *parts, parts_end = client.until("generation_complete")[1:]
    assert [m["data"]["text_chunk"] for m in parts] == [m["data"]["text_chunk"] for m in whole]
    assert [m["data"]["chunk_id"] for m in parts] == [1, 2, 3, 4]
    for part, same in zip(parts, whole, strict=True):
        assert part["data"]["start"] == pytest.approx(same["data"]["start"], abs=0.05)
        assert part["data"]["end"] == pytest.approx(same["data"]["end"], abs=0.05)
        assert seconds(part) == pytest.approx(seconds(same), abs=0.02)
    told, same = parts_end["data"]["info"], whole_end["data"]["info"]
    assert told["duration_seconds"] == pytest.approx(same["duration_seconds"], abs=0.05)
    assert [w["text"] for w in told["words"]] == [w["text"] for w in same["words"]]
    assert [s["text"] for s in told["segments"]] == [s["text"] for s in same["segments"]]
    assert told.keys() == {*same, "request_ids"}
    assert PAUSE_SECONDS[Pause.PARAGRAPH] > PAUSE_SECONDS[Pause.SENTENCE]


def test_a_pause_lets_a_whole_sentence_be_spoken(client: SocketClient) -> None:
    began = time.monotonic()
    dictate(client, "This waits for nothing more.", voice="en-gb")
    client.until("audio_chunk")
    assert time.monotonic() - began < 1.5
    client.send("text_end")
    last, complete = client.until("generation_complete")
    assert last["data"]["is_final"] is True
    assert last["data"]["text_chunk"] == ""
    assert 0 < seconds(last) < 0.1
    assert complete["data"]["total_chunks_processed"] == 2


def test_the_voice_stays_that_of_the_first_sentence(client: SocketClient) -> None:
    text = "Dieser Satz ist ganz sicher auf Deutsch. But this sentence is surely in English, is it?"
    dictate(client, text)
    client.send("text_end")
    complete = client.until("generation_complete")[-1]
    assert complete["data"]["voice_used"] == "de"


def test_cancel(app: App, client: SocketClient) -> None:
    dictate(client, "This is endless. And so is this.", parameters={"engine": "endless"})
    assert client.read()["type"] == "generation_started"
    client.send("cancel_generation")
    answer = client.read(timeout=0.5)
    assert (answer["type"], answer["data"]["cancelled"]) == ("generation_cancelled", 1)
    wait_until(lambda: not app.service.active())  # the stream is closed beside the event loop
    dictate(client, "A new one. ", voice="en-gb")
    client.send("text_end")
    assert client.until("generation_complete")[-1]["data"]["text"] == "A new one. "


def test_errors(client: SocketClient) -> None:
    client.send("text_end")
    assert client.read()["error_type"] == "malformed_request"
    for data in ({}, {"text": 5}, {"text": "a", "parameters": {"speed": 9}}):
        client.send("text_delta", **data)
        assert client.read()["type"] == "error"
    dictate(client, "I am nobody. Nobody. ", voice="Nobody")
    assert client.read()["error_type"] == "not_found"
    for _ in range(3):
        client.send("text_delta", text="More. ")
    assert "has failed" in client.read()["message"]
    client.send("text_end")
    client.send("text_delta", text=" ... ")
    client.send("text_end")
    assert "nothing to speak" in client.read()["message"]
    dictate(client, "Still here.", voice="en-gb")
    client.send("text_end")
    assert client.until("generation_complete")[-1]["data"]["text"] == "Still here."


def test_it_waits_its_turn(client: SocketClient) -> None:
    client.speak("The first text.", "en-gb")
    dictate(client, "The second text.", voice="en-gb")
    client.speak("The third text.", "en-gb")
    client.send("text_end")
    texts = [client.until("generation_complete")[-1]["data"]["text"] for _ in range(3)]
    assert texts == ["The first text.", "The second text.", "The third text."]
