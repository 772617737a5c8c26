"""Markup that directs the speech, at the doors: in a whole text and in one that comes in pieces."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.support.socket_client import socket_client
from tts_core.audio.encode import find_format
from tts_core.types import Samples
from tts_core.validation import speech_request
from tts_core.web.api.websocket.protocol import TextRequest
from tts_core.web.api.websocket.text_stream import Passage, TextStream
from tts_core.web.app import App

TEXT = "Hello there [pause:1.5s] my [tomato](/təˈmɑːtəʊ/). [voice:nobody]Bye.[/voice]"
WHOLE = (
    "One is [lang:de]Eins. Und zwei.[/lang] Then more. And more.",
    "Wait. [pause:700ms] Go on now. Then stop.",
    "Say [voice:af one]this one. And that.[/voice] Then stop. It ends.",
    "<speak><s>One. Two.</s> <p>Three. Four.</p></speak> And after. It ends.",
    "Eat a [tomato. Really](/təˈmɑːtəʊ/) now. Then stop.",
)


@pytest.fixture(scope="module")
def client(app: App) -> Client:
    return Client(app.url, verbose=False)


def silences(samples: Samples, rate: int) -> list[float]:
    loud = np.flatnonzero(np.abs(samples) > 10 ** (-70 / 20))
    return [float(gap) for gap in np.diff(loud) / rate if gap > 0.5]


@pytest.mark.live
def test_synthesize_tells_what_became_of_markup(client: Client) -> None:
    path, info = client.predict(TEXT, engine="espeak", language="en", api_name="/synthesize")
    samples, rate = soundfile.read(path, dtype="float32")
    assert silences(samples, rate) == [pytest.approx(1.5, abs=0.01)]
    assert [(m["element"], m["offset"], m["honoured"]) for m in info["markup"]] == [
        ("pause", 12, True),
        ("phoneme", 28, True),
        ("voice", 51, False),
    ]
    assert "no voice 'nobody'" in info["markup"][2]["note"]
    words = [word["text"] for word in info["words"]]
    assert words == ["Hello", "there", "my", "tomato.", "Bye."]
    preview = client.predict(TEXT, engine="espeak", language="en", api_name="/preview")
    assert preview["markup"] == info["markup"]
    assert preview["segments"][0]["pause_after_seconds"] == 1.5


@pytest.mark.live
def test_bad_ssml_is_an_error_that_names_the_place(client: Client, app: App) -> None:
    options = json.dumps({"markup": "ssml"})
    with pytest.raises(AppError, match="line 1, column 14"):
        client.predict("<speak>a<b></speak>", options=options, api_name="/synthesize")
    common = {"model": "tts-1", "voice": "alloy"}
    address = f"{app.url}v1/audio/speech"
    bad = common | {"input": "<speak>a<b></speak>", "markup": "ssml"}
    answer = httpx.post(address, json=bad)
    assert answer.status_code == 400
    assert "line 1, column 14" in answer.text
    long = httpx.post(address, json=common | {"input": "Hello [pause:90s] you."})
    assert long.status_code == 400
    assert "90 s" in long.text
    assert "60 s" in long.text


def passages(text: str, size: int, **options: Any) -> list[Passage]:
    """Return the passages of a text that comes in tokens of at most `size` characters."""

    async def collect() -> list[Passage]:
        request = speech_request(text="", **options)
        stream = TextStream(TextRequest(request, find_format("wav")), 9000)
        found = []
        for token in re.findall(rf"\s*\S{{1,{size}}}|\s+", text):
            stream.add(token)
            while (passage := stream.take_finished()) is not None:
                found.append(passage)
        stream.end()
        while (passage := await stream.next_passage()) is not None:
            found.append(passage)
        return found

    return asyncio.run(collect())


@pytest.mark.parametrize("size", [1, 4, 100])
@pytest.mark.parametrize("text", WHOLE)
def test_no_element_is_cut_in_two(text: str, size: int) -> None:
    found = passages(text, size)
    assert "".join(passage.text for passage in found) == text
    assert len(found) > 1
    for start, end in (("[lang", "[/lang]"), ("[voice", "[/voice]"), ("<speak", "</speak>")):
        for passage in found:
            assert (start in passage.text) == (end in passage.text)
    assert not any(passage.reopened for passage in found)
    assert all(text.startswith(passage.text, passage.start) for passage in found)


def test_pause_stays_with_the_sentence_before_it() -> None:
    first, *_ = passages(WHOLE[1], 3)
    assert first.text == "Wait. [pause:700ms] "
    assert first.ends_with_silence


def test_rate_goes_on_in_the_next_passage() -> None:
    found = passages("[rate:1.5]One is fast. Two is too. [/rate]Three is not. Four is four.", 4)
    assert [passage.reopened for passage in found] == ["", "[rate:1.5]", "[rate:1.5]", ""]


def test_off_waits_for_nothing() -> None:
    found = passages("One [lang:de]is. Two is. Three is.", 4, markup="off")
    assert len(found) == 3


@pytest.mark.live
def test_markup_over_the_websocket(app: App) -> None:
    text = "Hello there. [pause:1s] My friend. [rate:1.5]It is fast. It stays so. Bye now."
    with socket_client(app.url) as client:
        for token in re.findall(r"\s*\S{1,4}|\s+", text):
            client.send("text_delta", text=token, parameters={"engine": "espeak"})
        client.send("text_end")
        messages = client.until("generation_complete")
    files = [
        io.BytesIO(base64.b64decode(m["data"]["audio_data"]))
        for m in messages
        if m["type"] == "audio_chunk"
    ]
    pieces = [soundfile.read(file, dtype="float32") for file in files]
    rate = pieces[0][1]
    found = silences(np.concatenate([samples for samples, _ in pieces]), rate)
    assert found == [pytest.approx(1.0, abs=0.01)]
    info = messages[-1]["data"]["info"]
    assert [(m["element"], m["offset"], m["honoured"]) for m in info["markup"]] == [
        ("pause", text.index("[pause"), True),
        ("rate", text.index("[rate"), True),
    ]
    words = " ".join(word["text"] for word in info["words"])
    assert words == "Hello there. My friend. It is fast. It stays so. Bye now."
    by_text = {segment["text"]: segment["end"] - segment["start"] for segment in info["segments"]}
    with socket_client(app.url) as client:
        client.speak("It stays so.", engine="espeak")
        plain = client.until("generation_complete")[-1]["data"]["info"]["segments"][0]
    assert (plain["end"] - plain["start"]) / by_text["It stays so."] == pytest.approx(1.5, rel=0.15)


def test_elements_without_an_end_leave_room_for_what_follows() -> None:
    names = (f"{number:02}{'x' * 190}" for number in range(48))
    text = "".join(f"[voice:{name}]Hi there. " for name in names)
    found = passages(text, 9000)
    assert "".join(passage.text for passage in found) == text
    assert all(len(passage.reopened) <= 4500 for passage in found)
