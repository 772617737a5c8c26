"""Names of voices and models that the operator gives a meaning, through every API that has them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pydantic
import pytest
from gradio_client import Client
from wyoming.audio import AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.tts import Synthesize, SynthesizeVoice

from tests.support.live import free_port, running_app
from tts_core.settings import Settings
from tts_core.system.running_server import CannotStart
from tts_core.validation import speech_request
from tts_core.web.app import App, create_app

pytestmark = pytest.mark.live

VOICES = "Jarvis = en-gb+m3, en-US-AriaNeural=en-us, alloy=two, af_bella=gone"
MODELS = "kokoro=espeak,tts-1-hd=scripted"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    own = {"voice_aliases": VOICES, "model_aliases": MODELS, "wyoming_port": free_port()}
    with running_app(tmp_path_factory.mktemp("data"), **own) as app:
        yield app


@pytest.fixture(scope="module")
def http(app: App) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, timeout=30) as client:
        yield client


def last(app: App) -> dict[str, Any]:
    entry: dict[str, Any] = app.service.report.history(1)["request_history"][0]
    return entry


@pytest.mark.sample(2)
@pytest.mark.parametrize("model", ["tts-1", "kokoro", "Kokoro", "openai/tts-1", "eleven_turbo_v2"])
def test_openai(app: App, http: httpx.Client, model: str) -> None:
    body = {"model": model, "input": "Hello.", "voice": "jarvis"}
    for path in ("v1/audio/speech", "dev/captioned_speech"):
        answer = http.post(path, json=body)
        assert answer.is_success, answer.text
        entry = last(app)
        assert (entry["voice_source"], entry["engine"]) == ("en-gb", "espeak")
        assert entry["parameters"]["variant"] == "m3"
        assert entry["fallback"] is None


def test_an_alias_comes_before_openais_own_names(app: App, http: httpx.Client) -> None:
    body = {"model": "tts-1-hd", "input": "Hello.", "voice": "alloy"}
    assert http.post("v1/audio/speech", json=body).is_success
    assert (last(app)["voice_source"], last(app)["engine"]) == ("two", "scripted")
    assert last(app)["fallback"] is None


def test_markup_and_casts_know_aliases(app: App) -> None:
    text = "[voice:Jarvis]Hello.[/voice]\nMe: Hello."
    cast = {"Me": "en-US-AriaNeural"}
    preview = app.service.preview(speech_request(text=text, engine="espeak", cast=cast))
    assert [segment.voice for segment in preview.segments] == ["en-gb", "en-us"]
    assert [element.honoured for element in preview.markup] == [True, True]


def test_models_are_listed(http: httpx.Client) -> None:
    names = [model["id"] for model in http.get("v1/models").json()["data"]]
    assert {"kokoro", "tts-1-hd", "tts-1"} <= set(names)
    assert len(names) == len(set(names))
    assert http.get("v1/models/kokoro").json()["id"] == "kokoro"


def test_elevenlabs(app: App, http: httpx.Client) -> None:
    body = {"text": "Hello.", "model_id": "tts-1-hd"}
    assert http.post("v1/text-to-speech/alloy", json=body).is_success
    assert (last(app)["voice_source"], last(app)["engine"]) == ("two", "scripted")


def test_address(app: App, http: httpx.Client) -> None:
    query = {"text": "Hello.", "voice": "en-US-AriaNeural", "engine": "kokoro"}
    assert http.get("tts", params=query).is_success
    assert (last(app)["voice_source"], last(app)["engine"]) == ("en-us", "espeak")


def test_wyoming(app: App) -> None:
    async def speak() -> None:
        assert app.settings.wyoming_port is not None
        async with (
            asyncio.timeout(30),
            AsyncTcpClient("127.0.0.1", app.settings.wyoming_port) as client,
        ):
            voice = SynthesizeVoice(name="en-US-AriaNeural")
            await client.write_event(Synthesize("Hello.", voice=voice).event())
            while (event := await client.read_event()) is not None:
                if AudioStop.is_type(event.type):
                    return

    asyncio.run(speak())
    assert last(app)["voice_source"] == "en-us"


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("voice", "text", "language", "variant"),
    [
        ("de-DE-KatjaNeural", "Guten Tag.", "de", "f2"),
        ("de-DE-FlorianMultilingualNeural", "Guten Tag.", "de", ""),
        ("en-GB-RyanNeural", "Hello.", "en-gb", ""),
    ],
)
def test_azures_voices_are_of_their_language_and_gender(
    app: App, http: httpx.Client, voice: str, text: str, language: str, variant: str
) -> None:
    query = {"text": text, "voice": voice, "engine": "espeak"}
    body = {"input": text, "voice": voice, "model": "espeak"}
    for answer in (http.get("tts", params=query), http.post("v1/audio/speech", json=body)):
        assert answer.is_success
        assert (last(app)["voice_source"], last(app)["language"]) == (language, language)
        assert last(app)["parameters"]["variant"] == variant
        assert last(app)["fallback"]["from"] == voice


def test_gradio(app: App) -> None:
    _, info = Client(app.url, verbose=False).predict(
        "Hello.", voice="JARVIS", api_name="/synthesize"
    )
    assert info["voice"] == "en-gb"


def test_an_error_names_the_setting(http: httpx.Client) -> None:
    body = {"model": "tts-1", "input": "Hello.", "voice": "af_bella"}
    answer = http.post("v1/audio/speech", json=body)
    assert answer.status_code == 400
    said = answer.json()["error"]["message"]
    assert "'gone'" in said
    assert "TTS_VOICE_ALIASES has it in place of 'af_bella'" in said
    other = http.post("v1/audio/speech", json=body | {"voice": "nobody"}).json()["error"]["message"]
    assert "ALIASES" not in other


@pytest.mark.parametrize("value", ["alloy", "alloy=", "=heart", "a=b,c", "a=b,A=c"])
@pytest.mark.parametrize("name", ["voice_aliases", "model_aliases"])
def test_what_is_no_table_is_refused(name: str, value: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=r"name=ours|twice"):
        Settings(_env_file=None, **{name: value})  # type: ignore[call-arg,arg-type]


def test_an_engine_that_does_not_exist_is_refused_at_the_start(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, model_aliases="kokoro=espaek")  # type: ignore[call-arg]
    with pytest.raises(CannotStart, match="TTS_MODEL_ALIASES: there is no engine 'espaek'"):
        create_app(settings)
