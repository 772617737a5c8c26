"""Requests that other programs send, with the values that docs/integrations.md has for them."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import av
import httpx
import pytest

from tests.support.documented import examples, values
from tests.support.waiting import wait_until
from tts_core.settings import Settings
from tts_core.web.app import App

pytestmark = pytest.mark.live


def is_mp3(sound: bytes) -> bool:
    with av.open(io.BytesIO(sound)) as file:
        return file.format.name == "mp3" and sum(f.samples for f in file.decode(audio=0)) > 2_000


def test_open_webui(app: App) -> None:
    """Its routers/audio.py, of 2026."""
    (block,) = examples("Open WebUI", app.url)
    given = values(block, "=")
    assert given["AUDIO_TTS_ENGINE"] == "openai"
    base = given["AUDIO_TTS_OPENAI_API_BASE_URL"]
    models = httpx.get(f"{base}/audio/models").json()["models"]
    assert given["AUDIO_TTS_MODEL"] in [model["id"] for model in models]
    voices = {v["id"]: v["name"] for v in httpx.get(f"{base}/audio/voices").json()["voices"]}
    assert given["AUDIO_TTS_VOICE"] in voices
    payload = {"input": "Hello there.", "voice": given["AUDIO_TTS_VOICE"]}
    headers = {
        "Authorization": f"Bearer {given['AUDIO_TTS_OPENAI_API_KEY']}",
        "X-OpenWebUI-User-Name": "Ann",
        "X-OpenWebUI-User-Role": "admin",
    }
    answer = httpx.post(
        f"{base}/audio/speech", json={**payload, "model": given["AUDIO_TTS_MODEL"]}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    assert is_mp3(answer.content)
    refused = httpx.post(f"{base}/audio/speech", json={**payload, "model": "nothing"})
    assert "nothing" in refused.json()["error"]["message"]  # which it shows


def test_sillytavern(app: App) -> None:
    """Its openai-compatible.js, whose request its own server passes on."""
    (block,) = examples("SillyTavern", app.url)
    given = values(block)
    for voice in given["Available Voices"].split(","):
        body = {
            "input": "*waves* Hello there.",
            "response_format": "mp3",
            "voice": voice,
            "speed": 1,
            "model": given["Model"],
        }
        answer = httpx.post(given["Provider Endpoint"], json=body)
        assert answer.status_code == 200, answer.text
        assert is_mp3(answer.content)


def test_home_assistants_openai_tts(app: App) -> None:
    """Its api_validation.py, which asks for a full stop, and voice_listing.py."""
    _, block = examples("Home Assistant", app.url)
    given = values(block)
    headers = {"Authorization": f"Bearer {given['API key']}"}
    body = {"model": given["Model"], "voice": given["Voice"], "response_format": "mp3"}
    for text in (".", "Dinner is ready."):
        answer = httpx.post(
            given["API endpoint"], json={**body, "input": text, "speed": 1.0}, headers=headers
        )
        assert answer.status_code == 200, answer.text
    assert is_mp3(answer.content)
    listed = httpx.get(given["API endpoint"].replace("speech", "voices")).json()
    assert all(voice["id"] and voice["name"] for voice in listed["voices"])


def test_home_assistants_wyoming(monkeypatch: pytest.MonkeyPatch) -> None:
    """How its client speaks is in test_wyoming.py."""
    block, _ = examples("Home Assistant", "")
    for name, value in values(block, "=").items():
        monkeypatch.setenv(name, value)
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    assert (settings.wyoming_host, settings.wyoming_port) == ("0.0.0.0", 10_200)


def test_by_http(app: App, tmp_path: Path) -> None:
    (command,) = examples("Node-RED, n8n and others by HTTP", app.url)
    if shutil.which("curl") is None:
        pytest.skip("needs curl")
    subprocess.run(["sh", "-c", command], cwd=tmp_path, check=True, capture_output=True)
    assert is_mp3((tmp_path / "hello.mp3").read_bytes())
    wait_until(lambda: not app.service.active())
