"""ElevenLabs' API, with the requests of its client."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from itertools import pairwise

import av
import httpx
import pytest
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError

from tests.support.live import running_app
from tests.support.waiting import wait_until
from tts_core.types import WordTiming
from tts_core.web.api.elevenlabs import CharacterTimes
from tts_core.web.app import App

pytestmark = pytest.mark.live

TEXT = "The first sentence is short. The second one goes on for a while longer than the first."


@pytest.fixture(scope="module")
def http(app: App) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, timeout=60) as client:
        yield client


def seconds(data: bytes, rate: int) -> float:
    with av.open(io.BytesIO(data)) as container:
        frames = list(container.decode(audio=0))
    assert {frame.sample_rate for frame in frames} == {rate}
    return sum(frame.samples for frame in frames) / rate


def last(app: App) -> dict:
    entries: list[dict] = app.service.report.history(1)["request_history"]
    return entries[0]


@pytest.mark.parametrize("way", ["", "/stream"])
def test_it_speaks(app: App, http: httpx.Client, way: str) -> None:
    body = {"text": TEXT, "model_id": "eleven_flash_v2_5", "voice_settings": {"stability": 0.5}}
    answer = http.post(f"v1/text-to-speech/en-gb{way}", json=body | {"similarity_boost": 1})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/mpeg")
    assert seconds(answer.content, 44_100) == pytest.approx(last(app)["audio_seconds"], abs=0.06)
    assert last(app)["door"] == "elevenlabs"


@pytest.mark.parametrize(
    ("format", "rate", "bytes_per_second"),
    [("pcm_16000", 16_000, 32_000), ("ulaw_8000", 8_000, 8_000), ("pcm_44100", 44_100, 88_200)],
)
def test_raw_formats(
    app: App, http: httpx.Client, format: str, rate: int, bytes_per_second: int
) -> None:
    answer = http.post(
        "v1/text-to-speech/en-gb", params={"output_format": format}, json={"text": TEXT}
    )
    length = len(answer.content) / bytes_per_second
    assert length == pytest.approx(last(app)["audio_seconds"], abs=0.01)


@pytest.mark.parametrize("way", ["", "/stream"])
def test_every_character_has_its_time(app: App, http: httpx.Client, way: str) -> None:
    url = f"v1/text-to-speech/en-gb{way}/with-timestamps"
    answer = http.post(url, json={"text": TEXT, "model_id": "espeak"})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert len(lines) == 1 or way
    audio = b"".join(base64.b64decode(line["audio_base64"]) for line in lines)
    length = last(app)["audio_seconds"]
    assert seconds(audio, 44_100) == pytest.approx(length, abs=0.06)
    found = [line["alignment"] for line in lines if line["alignment"]]
    assert "".join(c for part in found for c in part["characters"]) == TEXT
    starts = [t for part in found for t in part["character_start_times_seconds"]]
    ends = [t for part in found for t in part["character_end_times_seconds"]]
    assert all(a <= b for a, b in pairwise(starts))
    assert all(a <= b for a, b in zip(starts, ends, strict=True))
    assert length / 2 < ends[-1] <= length + 0.01


def test_words_after_a_long_address_have_their_times() -> None:
    text = f"See [this]({'x' * 900}) and then go on."
    times = CharacterTimes(text)
    words = ["See", "this", "and", "then", "go", "on."]
    times.add(tuple(WordTiming(word, n, n + 1) for n, word in enumerate(words)))
    times.finish()
    found = times.take()
    assert found is not None
    assert "".join(found.characters) == text
    assert found.character_start_times_seconds[text.index("on.")] == words.index("on.")


def test_its_own_client(app: App) -> None:
    client = ElevenLabs(base_url=app.url.rstrip("/"), api_key="none")
    speech = client.text_to_speech
    sound = b"".join(speech.convert(voice_id="JBFqnCBsd6RMkjVDRZzb", text=TEXT))
    assert seconds(sound, 44_100) == pytest.approx(last(app)["audio_seconds"], abs=0.06)
    assert len(b"".join(speech.stream(voice_id="en-gb", text=TEXT))) > 10_000
    whole = speech.convert_with_timestamps(voice_id="en-gb", text=TEXT, model_id="espeak")
    assert whole.alignment is not None
    assert "".join(whole.alignment.characters) == TEXT
    pieces = list(speech.stream_with_timestamps(voice_id="en-gb", text=TEXT, model_id="espeak"))
    assert "".join(c for p in pieces if p.alignment for c in p.alignment.characters) == TEXT
    assert client.voices.get("en-gb").voice_id == "en-gb"
    assert client.voices.search(search="Great Britain").voices
    with pytest.raises(ApiError) as caught:
        b"".join(speech.convert(voice_id="nobody", text=TEXT))
    assert caught.value.status_code == 404


def test_its_own_client_leaves(app: App) -> None:
    client = ElevenLabs(base_url=app.url.rstrip("/"), api_key="none")
    text = " ".join(f"This is sentence number {number} of many." for number in range(120))
    sound = client.text_to_speech.stream(voice_id="default", text=text, model_id="slow")
    assert next(sound)
    assert app.service.active()
    sound.close()
    wait_until(lambda: not app.service.active())
    assert last(app)["status"] == "cancelled"


def test_voices(http: httpx.Client) -> None:
    voices = http.get("v1/voices").json()["voices"]
    british = next(voice for voice in voices if voice["voice_id"] == "en-gb")
    assert british["category"] == "premade"
    assert british["labels"]["language"] == "en-gb"
    assert http.get("v1/voices/en-gb").json() == british
    assert http.get("v1/voices/nobody").status_code == 404
    page = http.get("v2/voices", params={"search": "Great Britain"}).json()
    assert british in page["voices"]
    assert page["total_count"] == len(page["voices"]) < len(voices)


def test_their_voices_have_stand_ins(app: App, http: httpx.Client) -> None:
    answer = http.post("v1/text-to-speech/21m00Tcm4TlvDq8ikWAM", json={"text": "Hello."})
    assert answer.status_code == 200
    assert "21m00Tcm4TlvDq8ikWAM" in last(app)["fallback"]["reason"]


@pytest.mark.parametrize(
    ("voice", "query", "body", "status"),
    [
        ("en-gb", "", {"text": ""}, 400),
        ("en-gb", "", {}, 422),
        ("nobody", "", {"text": "Hello."}, 404),
        ("en-gb", "output_format=mp3_9000_1", {"text": "Hello."}, 400),
        ("en-gb", "output_format=vorbis", {"text": "Hello."}, 400),
        ("en-gb", "", {"text": "Hello.", "voice_settings": {"stability": 2}}, 400),
    ],
)
def test_mistakes(http: httpx.Client, voice: str, query: str, body: dict, status: int) -> None:
    answer = http.post(f"v1/text-to-speech/{voice}?{query}", json=body)
    assert answer.status_code == status
    assert set(answer.json()["detail"]) == {"status", "message"}


def test_its_key(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_app(tmp_path_factory.mktemp("data"), api_keys="sesame") as app:
        for key, status in (("wrong", 401), ("sesame", 200)):
            for header in ("xi-api-key", "api-key"):
                answer = httpx.get(f"{app.url}v1/voices", headers={header: key})
                assert answer.status_code == status
