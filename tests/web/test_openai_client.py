"""What OpenAI's client does by itself: it tries again, waits, speaks asynchronously."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openai
import pytest

from tests.support.live import running_app
from tests.support.scripted import SCRIPTED
from tests.support.waiting import wait_until
from tts_core.web.app import App

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{app.url}v1", api_key="none") as client:
        yield client


def test_what_was_cancelled_is_not_sent_again(tmp_path: Path) -> None:
    """The client sends what got 409 again, unless it is told not to."""
    engines = {"sleepy": SCRIPTED["sleepy"]}  # loads for a second, which is time to cancel
    arguments = {"model": "sleepy", "voice": "one", "input": "Hello."}

    def cancel_it(app: App) -> bool:
        return any(app.service.cancel(record.request_id) for record in app.service.active())

    with running_app(tmp_path, engines, runner="inline") as app, ThreadPoolExecutor(1) as threads:
        client = openai.OpenAI(base_url=f"{app.url}v1", api_key="none")
        speaking = threads.submit(client.audio.speech.create, **arguments)
        wait_until(lambda: cancel_it(app))
        with pytest.raises(openai.ConflictError, match="was stopped") as caught:
            speaking.result(20)
        assert (caught.value.code, caught.value.type) == ("cancelled", "invalid_request_error")
        (entry,) = app.service.report.history(5)["request_history"]
        assert entry["status"] == "cancelled"


@pytest.mark.parametrize("voice", [{"name": "alloy"}, {"id": 5}, 5, ["alloy"]], ids=str)
def test_a_voice_that_is_none(client: openai.OpenAI, voice: object) -> None:
    with pytest.raises(openai.BadRequestError, match="name, or an object with the text `id`") as e:
        client.audio.speech.create(model="tts-1", voice=voice, input="Hello.")  # type: ignore[arg-type]
    assert (e.value.param, e.value.type) == ("voice", "invalid_request_error")
    assert "str" not in e.value.message.partition(";")[0]


def test_an_unknown_model_is_told_those_that_can_speak(client: openai.OpenAI) -> None:
    known = [model.id for model in client.models.list()]
    for ask in (
        lambda: client.models.retrieve("tts-9"),
        lambda: client.audio.speech.create(model="tts-9", voice="alloy", input="Hello."),
    ):
        with pytest.raises(openai.NotFoundError, match=f"Choose one of: {', '.join(known)}\\."):
            ask()


def test_too_many_requests(tmp_path: Path) -> None:
    engines = {"scripted": SCRIPTED["scripted"]}
    with running_app(tmp_path, engines, runner="inline", rate_limit="1/minute") as app:
        client = openai.OpenAI(base_url=f"{app.url}v1", api_key="none", max_retries=0)
        arguments = {"model": "scripted", "voice": "one", "input": "Hello."}
        assert client.audio.speech.create(**arguments).content
        with pytest.raises(openai.RateLimitError) as caught:
            client.audio.speech.create(**arguments)
    assert (caught.value.code, caught.value.type) == ("rate_limit_exceeded", "requests")
    assert 0 < int(caught.value.response.headers["retry-after"]) <= 60


def test_asynchronously(app: App, tmp_path: Path) -> None:
    async def speak() -> list[bytes]:
        async with openai.AsyncOpenAI(base_url=f"{app.url}v1", api_key="none") as client:
            arguments = {"model": "espeak", "voice": "en-gb", "input": "One. And two."}
            whole = await client.audio.speech.create(response_format="pcm", **arguments)
            create = client.audio.speech.with_streaming_response.create
            async with create(response_format="pcm", **arguments) as answer:
                pieces = [piece async for piece in answer.iter_bytes()]
            async with create(response_format="mp3", **arguments) as answer:
                await answer.stream_to_file(tmp_path / "speech.mp3")
            return [whole.content, b"".join(pieces)]

    whole, streamed = asyncio.run(speak())
    assert len(whole) == pytest.approx(len(streamed), rel=0.01)
    assert (tmp_path / "speech.mp3").read_bytes().startswith(b"ID3")
