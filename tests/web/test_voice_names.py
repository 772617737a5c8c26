"""Voices by name at every API: blends, foreign ones, those to be downloaded, others' options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import Page, expect

from tests.support.choir import FOREIGN_CHOIR, WEIGHTS
from tests.support.live import running_app
from tests.support.pages import speak, state
from tests.support.scripted import SCRIPTED
from tests.support.socket_client import socket_client
from tts_core.web.app import App

pytestmark = pytest.mark.live

ENGINES = {**FOREIGN_CHOIR, "absent": SCRIPTED["absent"]}
BLEND, CANONICAL = "jm_kumo(2)+JF_alpha", "jm_kumo(2)+jf_alpha(1)"
SPANISH = "Buenos días, ¿cómo está usted?"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TTS_ENGINE_ORDER", "*")
        with running_app(tmp_path_factory.mktemp("data"), ENGINES) as app:
            yield app


def last(app: App) -> tuple[str, str]:
    """Engine and voice of the last request."""
    entries: list[dict[str, Any]] = app.service.report.history(1)["request_history"]
    return entries[0]["engine"], entries[0]["voice_source"]


def posted(app: App, path: str, **body: object) -> httpx.Response:
    return httpx.post(f"{app.url}{path}", json=body, timeout=30)


def test_through_http(app: App) -> None:
    for voice, expected in ((BLEND, ("choir", CANONICAL)), ("jf_alpha", ("choir", "jf_alpha"))):
        for path, body in (
            ("v1/audio/speech", {"model": "tts-1", "input": "Hello.", "voice": voice}),
            ("generate", {"text": "Hello.", "voice": voice}),
            ("api/tts", {"text": "Hello.", "voiceId": voice}),
        ):
            assert posted(app, path, **body).status_code == 200, path
            assert last(app) == expected
    for path, body, status in (
        ("v1/audio/speech", {"model": "tts-1", "input": "Hi.", "voice": "af_bella+jm_kumo"}, 400),
        ("generate", {"text": "Hello.", "voice": "af_bella"}, 404),
        ("api/tts", {"text": "Hello.", "voiceId": "af_bella"}, 404),
    ):
        answer = posted(app, path, **body)
        assert answer.status_code == status
        assert f"download {WEIGHTS}`" in answer.text
    posted(app, "v1/audio/speech", model="tts-1", input=SPANISH, voice="onyx")
    assert last(app) == ("choir", "jm_kumo")
    posted(app, "v1/audio/speech", model="tts-1", input="Hello.", voice="nova")
    assert last(app) == ("hibari", "heart")


@pytest.mark.thorough
def test_through_gradio(app: App) -> None:
    client = Client(app.url, verbose=False, download_files=False)

    def info(text: str, **arguments: object) -> dict[str, Any]:
        found: dict[str, Any] = client.predict(text, api_name="/synthesize", **arguments)[1]
        return found

    assert info("Hello.", voice=BLEND)["voice"] == CANONICAL
    spanish = info(SPANISH)
    assert (spanish["engine"], spanish["language"]) == ("choir", "es")
    assert spanish["warnings"] == ["Alpha is a Japanese voice; it speaks Spanish with an accent."]
    others = info("Hello.", options='{"range": 10}')
    assert others["engine"] == "hibari"
    assert others["warnings"] == ["hibari has no parameter 'range'; ignored."]
    with pytest.raises(AppError, match="no parameter 'range'"):
        info("Hello.", options='{"range": 10}', engine="hibari")
    with pytest.raises(AppError, match="Did you mean jm_kumo"):
        info("Hello.", voice="jm_kumu")
    listed = client.predict(api_name="/list_voices")
    assert {voice["engine"] for voice in listed} == {"choir", "hibari", "espeak"}
    assert client.predict("absent", api_name="/list_voices") == []
    engines = {engine["name"]: engine for engine in client.predict(api_name="/list_engines")}
    assert "blending" in engines["choir"]["abilities"]
    assert {"real_time_factor", "not_preferred"} <= engines["choir"].keys()


def test_through_the_websocket(app: App) -> None:
    with socket_client(app.url) as client:
        client.send("text_input", text="Hello.", voice=BLEND)
        assert client.until("generation_complete")[-1]["data"]["info"]["voice"] == CANONICAL
        client.speak("Hello.", "default", range=10)
        info = client.until("generation_complete")[-1]["data"]["info"]
        assert "hibari has no parameter 'range'; ignored." in info["warnings"]
        client.speak("Hello.", "af_bella")
        assert f"download {WEIGHTS}`" in str(client.until("error")[-1])
        assert "jm_kumo" in client.greeting["data"]["supported_voices"]


def test_openai_lists_voices_that_can_speak(app: App) -> None:
    voices = httpx.get(f"{app.url}v1/audio/voices").json()["voices"]
    assert {voice["engine"] for voice in voices} == {"", "choir", "hibari", "espeak"}
    assert "af_bella" not in {voice["id"] for voice in voices}


@pytest.mark.browser
def test_the_page_tells_of_an_accent(browser_page: Page) -> None:
    page = browser_page
    speak(page, SPANISH)
    state(page, "finished")
    told = "Alpha is a Japanese voice; it speaks Spanish with an accent."
    expect(page.locator("[data-role=notice]").first).to_have_text(told)
