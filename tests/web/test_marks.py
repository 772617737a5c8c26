"""What the sound of each API carries, in each format: what is told of it, and what is found in it.

A further kind of mark is a further column: a field of `Carried`, and how it is read.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile
from gradio_client import Client

from tests.support.socket_client import socket_client
from tts_core.audio.encode import FORMATS
from tts_core.web.app import App

pytestmark = pytest.mark.live

TEXT = (
    "A sentence that is marked and goes on for some ten seconds, since on a telephone line half of "
    "the bands are missing and a watermark needs that long to be found by those who look for it."
)
RAW = {"pcm": ("PCM_16", 24_000), "ulaw": ("ULAW", 8_000), "alaw": ("ALAW", 8_000)}
"""How the samples of formats without a header are written, and their rate in Hz."""
ENGINE_RATE = 22_050
"""Of eSpeak, in Hz."""
SPEECH = {"input": TEXT, "voice": "en-gb", "model": "espeak"}
Json = dict[str, Any]
Answer = tuple[bytes, Json | None]
"""The sound, and `marks` where the API tells them."""


@dataclass(frozen=True)
class Carried:
    """The marks of a sound."""

    c2pa: bool
    watermark: bool = True


def found_in(app: App, sound: bytes, format: str, *, whole: bool) -> Carried:
    """Read a sound's marks. `whole`: it is a file, which has the engine's rate."""
    if format in RAW:
        sound = in_wav(sound, format, whole=whole)
    found = app.service.marks.verify(io.BytesIO(sound), None)
    signed = found["c2pa"] is not None and found["c2pa"]["valid"]
    return Carried(c2pa=signed, watermark=found["watermark"]["found"])


def in_wav(samples: bytes, format: str, *, whole: bool) -> bytes:
    """Return raw samples of one of the API's formats as a file."""
    file = io.BytesIO()
    subtype, rate = RAW[format]
    if whole and format == "pcm":
        rate = ENGINE_RATE
    data, _ = soundfile.read(
        io.BytesIO(samples), dtype="float32", format="RAW", subtype=subtype, samplerate=rate,
        channels=1, endian="LITTLE",
    )  # fmt: skip
    soundfile.write(file, data, rate, format="WAV")
    return file.getvalue()


def told_by(marks: Json) -> Carried:
    """Return what `marks` of an answer says."""
    return Carried(c2pa=marks["c2pa"], watermark=marks["watermark"])


def openai(app: App, format: str) -> Answer:
    body = SPEECH | {"response_format": format}
    return httpx.post(f"{app.url}v1/audio/speech", json=body, timeout=60).content, None


def openai_file(app: App, format: str) -> Answer:
    body = SPEECH | {"response_format": format, "stream_format": "file"}
    answer = httpx.post(f"{app.url}v1/audio/speech", json=body, timeout=60).raise_for_status()
    assert app.service.history.find(answer.headers["X-Request-Id"], None) is not None
    return answer.content, None


def openai_events(app: App, format: str) -> Answer:
    body = SPEECH | {"response_format": format, "stream_format": "sse"}
    answer = httpx.post(f"{app.url}v1/audio/speech", json=body, timeout=60).text
    events = [json.loads(line[6:]) for line in answer.splitlines() if line]
    return b"".join(base64.b64decode(e["audio"]) for e in events if "audio" in e), None


def address(app: App, format: str) -> Answer:
    query = {"text": TEXT, "voice": "en-gb", "format": format}
    return httpx.get(f"{app.url}tts", params=query, timeout=60).content, None


def elevenlabs(app: App, format: str) -> Answer:
    url = f"{app.url}v1/text-to-speech/en-gb?output_format={format}_44100_128"
    return httpx.post(url, json={"text": TEXT}, timeout=60).raise_for_status().content, None


def captioned(app: App, format: str) -> Answer:
    body = SPEECH | {"response_format": format, "stream": False}
    answer = httpx.post(f"{app.url}dev/captioned_speech", json=body, timeout=60).json()
    return base64.b64decode(answer["audio"]), None


def generate(app: App, _format: str) -> Answer:
    made = httpx.post(f"{app.url}generate", json={"text": TEXT, "voice": "en-gb"}, timeout=60)
    return httpx.get(f"{app.url}{made.json()['download_url'][1:]}").content, None


def voiceforge(app: App, _format: str) -> Answer:
    body = {"text": TEXT, "voiceId": "en-gb"}
    answer = httpx.post(f"{app.url}api/tts", json=body, timeout=60).json()
    return base64.b64decode(answer["audioDataUri"].partition(",")[2]), None


def gradio(app: App, format: str) -> Answer:
    client = Client(app.url, verbose=False)
    path, info = client.predict(TEXT, voice="en-gb", format=format, api_name="/synthesize")
    return Path(path).read_bytes(), info["marks"]


def gradio_stream(app: App, format: str) -> Answer:
    client = Client(app.url, verbose=False)
    job = client.submit(TEXT, voice="en-gb", format=format, api_name="/stream")
    job.result(timeout=60)
    return _of_messages(job.outputs())


def websocket(app: App, _format: str) -> Answer:
    with socket_client(app.url) as client:
        client.speak(TEXT, "en-gb")
        return _of_messages(client.until("generation_complete"))


def _of_messages(messages: list[Any]) -> Answer:
    sounds = [m["data"]["audio_data"] for m in messages if m["type"] == "audio_chunk"]
    [marks] = [m["data"]["info"]["marks"] for m in messages if m["type"] == "generation_complete"]
    return base64.b64decode(sounds[0]), marks


def history(app: App, _format: str) -> Answer:
    _, info = Client(app.url, verbose=False).predict(TEXT, voice="en-gb", api_name="/synthesize")
    url = f"{app.url}status/history/{info['request_id']}/audio"
    for _ in range(100):  # it is encoded after the answer
        if (answer := httpx.get(url)).is_success:
            break
    return answer.raise_for_status().content, None


FILE, STREAM = Carried(c2pa=True), Carried(c2pa=False)
SIGNED = ("wav", "mp3", "flac")
TABLE: list[tuple[Callable[[App, str], Answer], str, Carried]] = [
    *((openai, format, STREAM) for format in FORMATS),
    *((openai_file, format, FILE if format in SIGNED else STREAM) for format in FORMATS),
    *((gradio, format, FILE if format in SIGNED else STREAM) for format in FORMATS),
    *((address, format, STREAM) for format in ("mp3", "wav")),
    (openai_events, "mp3", STREAM),
    (elevenlabs, "mp3", STREAM),
    (captioned, "mp3", STREAM),
    (gradio_stream, "wav", STREAM),
    (websocket, "wav", STREAM),
    (generate, "wav", FILE),
    (voiceforge, "wav", FILE),
    (history, "flac", FILE),
]


@pytest.mark.sample(10)
@pytest.mark.parametrize(
    ("api", "format", "carried"),
    TABLE,
    ids=[f"{api.__name__}-{format}" for api, format, _ in TABLE],
)
def test_what_it_carries(
    app: App, api: Callable[[App, str], Answer], format: str, carried: Carried
) -> None:
    sound, marks = api(app, format)
    assert len(sound) > 1_000
    assert found_in(app, sound, format, whole=api in (openai_file, gradio)) == carried
    if marks is not None:
        assert told_by(marks) == carried
        assert bool(marks["why_not"]) or (marks["c2pa"] and marks["watermark"])
