"""Aloud behind nginx, at the root of a site and below a prefix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import gradio_client
import httpx
import numpy as np
import openai
import pytest
from playwright.sync_api import Browser, expect
from websockets.sync.client import connect

from tests.support.live import running_app
from tests.support.nginx import behind_nginx, nginx
from tests.support.pages import chromium, opened_page, speak, started_browser, state
from tests.support.recordings import encoded, spoken
from tests.support.socket_client import SocketClient, address
from tests.support.waiting import wait_until
from tts_core.web.app import App

pytestmark = pytest.mark.skipif(nginx() is None, reason="needs nginx")

LONG = " ".join(f"This is sentence number {number} of many." for number in range(120))


@pytest.fixture(scope="module", params=["", "/tts"], ids=["root", "prefix"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_ROOT_PATH", request.param)
        with running_app(tmp_path_factory.mktemp("data")) as app:
            yield app


@pytest.fixture(scope="module")
def site(app: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    prefix = bool(app.demo.root_path)
    assert app.settings.port is not None
    with behind_nginx(tmp_path_factory.mktemp("nginx"), app.settings.port, prefix=prefix) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if chromium() is None:
        pytest.skip("needs chromium")
    with started_browser() as browser:
        yield browser


def test_the_page_speaks(browser: Browser, site: str) -> None:
    refused: list[str] = []
    with browser.new_context() as window:
        window.on(
            "response",
            lambda answer: refused.append(answer.url) if answer.status >= 400 else None,
        )
        with opened_page(window, site) as page:
            speak(page, "Hello from behind a proxy.")
            state(page, "finished", timeout=30_000)
    assert refused == []


def test_the_docs_call(browser: Browser, site: str) -> None:
    with browser.new_context() as window:
        page = window.new_page()
        page.goto(f"{site}docs")
        operation = page.locator(".opblock", has_text="/v1/models").first
        operation.locator(".opblock-summary-control").click()
        operation.locator(".try-out__btn").click()
        operation.locator(".execute").click()
        answer = operation.locator(".live-responses-table tbody .response-col_status")
        expect(answer.first).to_contain_text("200")
        expect(operation.locator(".request-url")).to_contain_text(f"{site}v1/models")


def test_openais_client_streams_and_leaves(app: App, site: str) -> None:
    with openai.OpenAI(base_url=f"{site}v1", api_key="none", max_retries=0) as client:
        create = client.audio.speech.with_streaming_response.create
        arguments = {"model": "slow", "voice": "alloy", "input": LONG, "response_format": "wav"}
        with create(**arguments) as answer:
            sound = answer.iter_bytes(1_000)  # without a name for it, it would close the answer
            assert next(sound).startswith(b"RIFF")
            assert app.service.active(), "nginx kept it until it was complete"
        wait_until(lambda: not app.service.active())
    assert app.service.report.history(1)["request_history"][0]["status"] == "cancelled"


def test_the_websocket(site: str) -> None:
    """Also from a page of the site."""
    origin = urljoin(site, "/").rstrip("/")
    with connect(address(site), origin=origin, max_size=None) as connection:
        client = SocketClient(connection)
        client.speak("First this. Then that.")
        kinds = [message["type"] for message in client.until("generation_complete")]
    assert kinds.count("audio_chunk") == 2


def test_gradios_client_up_and_down(site: str) -> None:
    client = gradio_client.Client(site, verbose=False)
    path, info = client.predict("Hello.", api_name="/synthesize")
    assert Path(path).stat().st_size > 10_000
    assert info["engine"]


def test_a_recording_of_more_than_nginx_takes_by_default(site: str, tmp_path: Path) -> None:
    clip = spoken("f2")
    long = replace(clip, samples=np.tile(clip.samples, 4))
    recording = tmp_path / "long.wav"
    recording.write_bytes(encoded(long, "wav", "pcm_s16le"))
    assert recording.stat().st_size > 2**20
    client = gradio_client.Client(site, verbose=False)
    voice = client.predict(
        gradio_client.handle_file(recording), "Anna", consent=True, api_name="/clone_voice"
    )
    assert voice["name"] == "Anna"
    assert client.predict("Anna", api_name="/delete_voice")["deleted"] == voice["id"]


def test_addresses_in_answers_have_the_prefix(site: str) -> None:
    body = {"text": "Hello.", "voice": "default"}
    made = httpx.post(f"{site}generate", json=body, timeout=30).json()
    assert httpx.get(urljoin(site, made["download_url"].lstrip("/"))).is_success
