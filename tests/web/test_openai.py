"""OpenAI's protocol, through OpenAI's own client."""

from __future__ import annotations

import base64
import io
import json
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import av
import httpx
import numpy as np
import openai
import pytest

from tests.support.live import running_app
from tts_core.web.api.openai.names import VOICES
from tts_core.web.app import App

pytestmark = pytest.mark.live

TEXT = "The first sentence is short. The second one goes on for a while longer than the first."
LONG = " ".join(f"This is sentence number {number} of many." for number in range(120))
TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{app.url}v1", api_key="none", max_retries=0) as client:
        yield client


def decoded(data: bytes, format: str) -> tuple[np.ndarray, int]:
    """Samples and their rate."""
    if format == "pcm":
        return np.frombuffer(data, "<i2") / 2**15, 24_000
    with av.open(io.BytesIO(data)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
        (stream,) = container.streams
        rate = stream.codec_context.sample_rate
    sound = np.concatenate([frame[0] if frame.ndim > 1 else frame for frame in frames])
    full = np.iinfo(sound.dtype).max if sound.dtype.kind == "i" else 1
    return sound / full, rate


def last(app: App) -> dict:
    entries: list[dict] = app.service.report.history(1)["request_history"]
    return entries[0]


@pytest.mark.sample(3)
@pytest.mark.parametrize("format", TYPES)
def test_every_format_streams_and_has_the_right_length(
    app: App, client: openai.OpenAI, format: str
) -> None:
    create = client.audio.speech.with_streaming_response.create
    with create(model="tts-1", voice="alloy", input=TEXT, response_format=format) as answer:
        assert answer.headers["content-type"] == TYPES[format]
        assert "content-length" not in answer.headers
        assert "content-encoding" not in answer.headers
        pieces = list(answer.iter_bytes())
        request_id = answer.headers["x-request-id"]
    assert len(pieces) > 2
    sound, rate = decoded(b"".join(pieces), format)
    assert abs(sound).max() > 0.1
    entry = last(app)
    assert entry["request_id"] == request_id
    assert len(sound) / rate == pytest.approx(entry["audio_seconds"], abs=0.05)
    assert entry["door"] == "openai"


def test_a_file(client: openai.OpenAI, tmp_path: Path) -> None:
    path = tmp_path / "speech.mp3"
    client.audio.speech.create(model="gpt-4o-mini-tts", voice="nova", input=TEXT).write_to_file(
        path
    )
    sound, rate = decoded(path.read_bytes(), "mp3")
    assert len(sound) / rate > 3


def test_pcm_is_24_khz_whatever_the_engine_has(client: openai.OpenAI) -> None:
    def seconds(format: str) -> float:
        speech = client.audio.speech.create(
            model="scripted", voice="one", input="x" * 100, response_format=format
        )
        sound, rate = decoded(speech.content, format)
        return len(sound) / rate

    assert seconds("pcm") == pytest.approx(seconds("wav"), abs=0.001)


@contextmanager
def complaints() -> Iterator[list[str]]:
    """What the server logs, from warnings on."""
    found: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.getMessage())

    listener = Listener(logging.WARNING)
    loggers = [logging.getLogger(), logging.getLogger("uvicorn")]
    for logger in loggers:
        logger.addHandler(listener)
    yield found
    for logger in loggers:
        logger.removeHandler(listener)


def until_idle(app: App) -> None:
    """Returns when nothing is being spoken, which is to be soon."""
    end = time.monotonic() + 2
    while app.service.active():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("stream_format", ["audio", "sse"])
def test_sound_comes_while_it_is_made_and_who_leaves_stops_it(
    app: App, client: openai.OpenAI, stream_format: str
) -> None:
    create = client.audio.speech.with_streaming_response.create
    arguments = {"response_format": "wav", "stream_format": stream_format}
    with complaints() as said:
        began = time.monotonic()
        with create(model="slow", voice="default", input=LONG, **arguments) as answer:
            sound = answer.iter_bytes()  # without a name for it, it would close the answer
            next(sound)
            assert time.monotonic() - began < 20  # the whole takes a minute and more
            assert len(app.service.active()) == 1
        until_idle(app)
        assert last(app)["status"] == "cancelled"
        time.sleep(0.1)
    assert said == []


def test_who_does_not_wait_for_the_first_sound_stops_it_too(app: App) -> None:
    body = {"model": "sleepy", "voice": "one", "input": "Hello."}
    app.service.registry.refresh()
    with complaints() as said:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{app.url}v1/audio/speech", json=body, timeout=0.2)
        until_idle(app)
    assert said == []


def test_events(client: openai.OpenAI) -> None:
    create = client.audio.speech.with_streaming_response.create
    with create(
        model="tts-1", voice="alloy", input=TEXT, response_format="flac", stream_format="sse"
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = [json.loads(line[6:]) for line in answer.iter_lines() if line]
    *deltas, done = events
    assert {event["type"] for event in deltas} == {"speech.audio.delta"}
    sound, rate = decoded(b"".join(base64.b64decode(e["audio"]) for e in deltas), "flac")
    assert done["type"] == "speech.audio.done"
    usage = done["usage"]
    assert usage["input_tokens"] == -(-len(TEXT) // 4)
    assert usage["output_tokens"] == pytest.approx(len(sound) / rate * 1250 / 60, abs=1)
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]


def test_a_failure_in_the_middle_is_seen(app: App, client: openai.OpenAI) -> None:
    create = client.audio.speech.with_streaming_response.create
    cancel = app.service.cancel
    arguments = {"model": "slow", "voice": "default", "input": LONG, "response_format": "pcm"}
    with create(**arguments) as answer:
        pieces = answer.iter_bytes()
        next(pieces)
        assert cancel(answer.headers["x-request-id"])
        with pytest.raises(Exception, match=r"incomplete|without sending complete"):
            list(pieces)
    with create(stream_format="sse", **arguments) as answer:
        lines = answer.iter_lines()
        next(lines)
        cancel(answer.headers["x-request-id"])
        *_, end = [line for line in lines if line]
    assert json.loads(end[6:])["type"] == "error"


def test_their_voices_keep_their_sex(app: App, client: openai.OpenAI) -> None:
    variants = {}
    for voice in VOICES:
        client.audio.speech.create(model="espeak", voice=voice, input="Hello.")
        entry = last(app)
        variants[voice] = entry["parameters"]["variant"]
        assert entry["fallback"]["from"] == voice
    assert variants["alloy"] == "f2"
    assert variants["ash"] == ""
    assert len(set(variants.values())) > 8
    assert all(v.startswith("f") == (VOICES[n].gender == "female") for n, v in variants.items())
    found = client.audio.speech.create(model="tts-1", voice={"id": "en-gb"}, input="Hello.")
    assert found.content
    assert last(app)["voice_source"] == "en-gb"


def test_speed_and_the_engine(app: App, client: openai.OpenAI) -> None:
    for speed in (0.25, 4.0):
        client.audio.speech.create(
            model="scripted", voice="two", input="Hello.", speed=speed, instructions="Whisper."
        )
        assert last(app)["parameters"]["speed"] == speed
        assert last(app)["engine"] == "scripted"


def test_models(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert names[:3] == ["gpt-4o-mini-tts", "tts-1", "tts-1-hd"]
    assert {"espeak", "scripted"} <= set(names)
    assert "absent" not in names
    assert client.models.retrieve("espeak").owned_by == "aloud"
    assert client.models.retrieve("gpt-4o-mini-tts-2025-12-15").owned_by == "openai"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("whisper-1")
    assert caught.value.code == "model_not_found"


def test_voices(app: App) -> None:
    voices = httpx.get(f"{app.url}v1/audio/voices").json()["voices"]
    ids = [voice["id"] for voice in voices]
    assert ids[: len(VOICES)] == list(VOICES)
    assert "en-gb" in ids
    assert all(voice["name"] for voice in voices)


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    ("change", "kind", "param", "code"),
    [
        ({"input": " "}, openai.BadRequestError, "input", "validation_error"),
        ({"input": "x" * 10_001}, openai.APIStatusError, "input", "string_above_max_length"),
        ({"model": "tts-9"}, openai.NotFoundError, "model", "model_not_found"),
        ({"voice": "bob"}, openai.BadRequestError, "voice", "not_found"),
        ({"voice": 5}, openai.BadRequestError, "voice", "malformed_request"),
        ({"voice": {"id": "bob"}}, openai.BadRequestError, "voice", "not_found"),
        ({"speed": 0.2}, openai.BadRequestError, "speed", "validation_error"),
        ({"speed": 4.1}, openai.BadRequestError, "speed", "validation_error"),
        ({"response_format": "ogg"}, openai.BadRequestError, "response_format", "validation_error"),
        ({"stream_format": "x"}, openai.BadRequestError, "stream_format", "validation_error"),
        ({"model": "absent"}, openai.InternalServerError, None, "engine_unavailable"),
        ({"model": "unloadable", "voice": "one"}, openai.InternalServerError, None, None),
    ],
    ids=str,
)
def test_errors(
    app: App,
    client: openai.OpenAI,
    monkeypatch: pytest.MonkeyPatch,
    change: dict,
    kind: type[openai.APIStatusError],
    param: str | None,
    code: str | None,
) -> None:
    monkeypatch.setattr(app.service._fallback, "_enabled", False)
    arguments = {"model": "tts-1", "voice": "alloy", "input": "Hello."} | change
    with pytest.raises(kind) as caught:
        client.audio.speech.create(**arguments)
    assert caught.value.param == param
    assert code in (None, caught.value.code)
    assert caught.value.body.keys() == {"message", "type", "param", "code"}
    if kind is openai.InternalServerError:
        assert caught.value.status_code == 503


@pytest.mark.parametrize("text", [".", "…", " — ", "?!", "😀", "```\nx = 1\n```", "<!-- no -->"])
def test_a_text_without_anything_to_say_is_a_moment_of_silence(
    app: App, client: openai.OpenAI, text: str
) -> None:
    before = last(app)
    for format in TYPES:
        speech = client.audio.speech.create(
            model="tts-1", voice="alloy", input=text, response_format=format
        )
        sound, rate = decoded(speech.content, format)
        assert 0.05 < len(sound) / rate < 0.2
        assert abs(sound).max() < 0.01
    assert last(app) == before
    create = client.audio.speech.with_streaming_response.create
    with create(model="tts-1", voice="alloy", input=text, stream_format="sse") as answer:
        kinds = [json.loads(line[6:])["type"] for line in answer.iter_lines() if line]
    assert kinds == ["speech.audio.delta", "speech.audio.done"]


def test_emoji_are_spoken_on_request(app: App) -> None:
    body = {"model": "tts-1", "voice": "alloy", "input": "😀", "response_format": "wav"}
    silence = httpx.post(f"{app.url}v1/audio/speech", json=body)
    spoken = httpx.post(f"{app.url}v1/audio/speech", json=body | {"emoji": "say"})
    assert (silence.status_code, spoken.status_code) == (200, 200)
    assert len(spoken.content) > 3 * len(silence.content)


def test_null_is_left_out_and_numbers_may_be_text(app: App) -> None:
    body = {"model": "tts-1", "voice": "alloy", "input": "Hello.", "speed": "1.0"}
    nulls = dict.fromkeys(("response_format", "stream_format", "instructions"))
    answer = httpx.post(f"{app.url}v1/audio/speech", json=body | nulls)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/mpeg")
    answer = httpx.post(f"{app.url}v1/audio/speech", json=body | {"speed": None})
    assert answer.status_code == 200
    wrong = httpx.post(f"{app.url}v1/audio/speech", json=body | {"speed": "fast"})
    assert (wrong.status_code, wrong.json()["error"]["param"]) == (400, "speed")


def test_a_body_that_is_not_said_to_be_json(app: App) -> None:
    body = '{"model": "tts-1", "voice": "alloy", "input": "Hello."}'
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = httpx.post(f"{app.url}v1/audio/speech", content=body, headers=headers)
    assert answer.status_code == 400
    assert "Content-Type: application/json" in answer.json()["error"]["message"]


def test_errors_have_an_id(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.audio.speech.create(model="tts-9", voice="alloy", input="Hello.")
    assert caught.value.request_id


@pytest.mark.parametrize("format", ["wav", "pcm"])
def test_http_1_0_gets_no_chunks(app: App, format: str) -> None:
    body = json.dumps(
        {"model": "tts-1", "voice": "alloy", "input": TEXT, "response_format": format}
    ).encode()
    head = (
        f"POST /v1/audio/speech HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/json\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", urlsplit(app.url).port)) as connection:
        connection.sendall(head + body)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    headers, _, sound = answer.partition(b"\r\n\r\n")
    assert b" 200 " in headers.splitlines()[0]
    assert b"transfer-encoding" not in headers.lower()
    assert b"connection: close" in headers.lower()
    samples, rate = decoded(sound, format)
    assert len(samples) / rate == pytest.approx(last(app)["audio_seconds"], abs=0.05)


def test_http_1_0_gets_other_answers_too(app: App) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(app.url).port)) as connection:
        connection.sendall(b"GET /v1/models HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    headers, _, content = answer.partition(b"\r\n\r\n")
    assert f"content-length: {len(content)}".encode() in headers.lower()
    assert json.loads(content)["object"] == "list"


def test_what_is_not_there(app: App) -> None:
    for method, path, status in (
        ("GET", "v1/", 404),
        ("GET", "v1/x", 404),
        ("PUT", "v1/models", 405),
    ):
        answer = httpx.request(method, f"{app.url}{path}")
        assert answer.status_code == status
        assert answer.json()["error"]["message"] == f"Invalid URL ({method} /{path})."
    assert httpx.get(f"{app.url}nothing").json() == {"detail": "Not Found"}


def test_words_have_their_times_in_events(app: App, client: openai.OpenAI) -> None:
    create = client.audio.speech.with_streaming_response.create
    extra = {"timestamp_granularities": ["word"]}
    with create(
        model="espeak", voice="en-gb", input=TEXT, stream_format="sse", extra_body=extra
    ) as answer:
        events = [json.loads(line[6:]) for line in answer.iter_lines() if line]
    words = [w for e in events if e["type"] == "speech.audio.words" for w in e["words"]]
    assert [word["word"] for word in words] == TEXT.split()
    assert all(a["start"] < b["start"] for a, b in pairwise(words))
    assert words[-1]["end"] <= last(app)["audio_seconds"] + 0.01
    assert events[-1]["type"] == "speech.audio.done"


@pytest.mark.parametrize("stream", [True, False])
def test_captioned_speech(app: App, stream: bool) -> None:
    body = {"model": "espeak", "input": TEXT, "voice": "en-gb", "stream": stream}
    answer = httpx.post(f"{app.url}dev/captioned_speech", json=body, timeout=60)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert len(lines) == 1 or stream
    words = [w for line in lines for w in line["timestamps"]]
    assert [word["word"] for word in words] == TEXT.split()
    assert all(0 <= w["start_time"] <= w["end_time"] for w in words)
    assert lines[0]["audio_format"] == "audio/mpeg"
    sound, rate = decoded(b"".join(base64.b64decode(line["audio"]) for line in lines), "mp3")
    assert len(sound) / rate == pytest.approx(last(app)["audio_seconds"], abs=0.06)


def test_telephone_and_other_rates(app: App, client: openai.OpenAI) -> None:
    def speech(format: str, **more: int) -> bytes:
        create = client.audio.speech.create
        extra = {"response_format": format, **more}
        return create(model="espeak", voice="en-gb", input=TEXT, extra_body=extra).content

    seconds = len(speech("pcm")) / 48_000
    assert len(speech("ulaw")) / 8_000 == pytest.approx(seconds, abs=0.01)
    assert len(speech("alaw")) / 8_000 == pytest.approx(seconds, abs=0.01)
    assert len(speech("pcm", sample_rate=16_000)) / 32_000 == pytest.approx(seconds, abs=0.01)
    with pytest.raises(openai.BadRequestError, match="8000, 12000"):
        speech("opus", sample_rate=44_100)


def test_voices_and_models_of_older_clients(app: App) -> None:
    models = httpx.get(f"{app.url}v1/models").json()
    again = httpx.get(f"{app.url}v1/audio/models").json()
    assert again == {**models, "models": models["data"]}
    assert httpx.get(f"{app.url}v1/models/").json() == models
    for path in ("v1/audio/voices?model=espeak", "v1/audio/voices/espeak"):
        voices = httpx.get(f"{app.url}{path}").json()["voices"]
        assert {voice["engine"] for voice in voices} == {"espeak"}
    assert httpx.get(f"{app.url}v1/audio/voices?model=nope").status_code == 404


def test_azures_addresses_and_its_header(tmp_path: Path) -> None:
    """With a client that sends `api-key`, and the model both in the address and in the body."""
    with running_app(tmp_path, api_keys="sesame") as locked:
        options = {"azure_endpoint": locked.url, "api_version": "2025-04-01-preview"}
        with openai.AzureOpenAI(api_key="sesame", **options) as azure:
            create = azure.audio.speech.create
            found = create(model="tts-hd", voice="alloy", input="Hello.", response_format="wav")
            assert found.content.startswith(b"RIFF")
            assert last(locked)["door"] == "openai"
            with pytest.raises(openai.NotFoundError, match="deployed-by-me"):
                create(model="deployed-by-me", voice="alloy", input="Hello.")
        wrong = openai.AzureOpenAI(api_key="wrong", max_retries=0, **options)
        with wrong, pytest.raises(openai.AuthenticationError):
            wrong.audio.speech.create(model="tts", voice="alloy", input="Hello.")
        address = f"{locked.url}openai/deployments/espeak/audio/speech"
        body = {"voice": "en-gb", "input": "Hello."}
        answer = httpx.post(address, json=body, headers={"api-key": "sesame"})
        assert answer.is_success
        assert last(locked)["engine"] == "espeak"
