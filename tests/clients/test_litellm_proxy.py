"""LiteLLM's proxy between OpenAI's client and a real server."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest

from tests.support.live import free_port
from tests.support.waiting import wait_until
from tts_core.web.app import App

pytestmark = pytest.mark.timeout(300)  # its imports alone take half a minute

KEY = f"sk-{secrets.token_hex(32)}"
"""It starts with no other."""
ENVIRONMENT = Path(__file__).parents[2] / ".venv-clients/bin"
TEXT = "The first sentence is short. The second one goes on for a while longer than the first."
LONG = " ".join(f"This is sentence number {number} of many." for number in range(120))
# docs/integrations.md has the same, in YAML, which is a superset of JSON.
CONFIG = {
    "model_list": [
        {
            "model_name": "speech",
            "litellm_params": {"model": "openai/slow", "api_base": "", "api_key": "none"},
        }
    ]
}


@pytest.fixture(scope="module")
def proxy(app: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[openai.OpenAI]:
    folder = tmp_path_factory.mktemp("proxy")
    CONFIG["model_list"][0]["litellm_params"]["api_base"] = f"{app.url}v1"
    (folder / "config.yaml").write_text(json.dumps(CONFIG), encoding="utf-8")
    port = free_port()
    options = ["--config", "config.yaml", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("w") as log:
        popen = subprocess.Popen(
            [str(ENVIRONMENT / "litellm"), *options],
            cwd=folder,
            env=os.environ
            | {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MASTER_KEY": KEY, "PYTHONPATH": ""},
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"

    def up() -> bool:
        assert popen.poll() is None, (folder / "log").read_text()[-3_000:]
        try:
            return httpx.get(f"{address}/health/liveliness").is_success
        except httpx.TransportError:
            time.sleep(0.5)  # a new client each time would keep it from starting
            return False

    try:
        wait_until(up, 150)
        with openai.OpenAI(base_url=address, api_key=KEY, max_retries=0) as client:
            yield client
    finally:
        popen.terminate()
        popen.wait(20)


def test_it_speaks_and_streams(app: App, proxy: openai.OpenAI, rows: list[dict[str, str]]) -> None:
    create = proxy.audio.speech.with_streaming_response.create
    arguments = {"model": "speech", "voice": "alloy", "input": TEXT, "response_format": "wav"}
    with create(**arguments) as answer:
        pieces = answer.iter_bytes(1_000)
        first = next(pieces)
        streams = bool(app.service.active())
        sound = first + b"".join(pieces)
    assert sound.startswith(b"RIFF")
    seconds = app.service.report.history(1)["request_history"][0]["audio_seconds"]
    assert len(sound) / 44_100 == pytest.approx(seconds, abs=0.1)
    with create(**arguments | {"input": LONG}) as answer:
        next(answer.iter_bytes(1_000))
    wait_until(lambda: not app.service.active())
    assert app.service.report.history(1)["request_history"][0]["status"] == "cancelled"
    version = next(ENVIRONMENT.parent.glob("lib/*/site-packages/litellm-*.dist-info"))
    rows.append(
        {
            "client": "litellm (proxy)",
            "version": version.stem.partition("-")[2],
            "streams": "streams" if streams else "whole",
            "cancels": "cancels",
        }
    )


def test_a_wrong_voice_is_the_clients_mistake(proxy: openai.OpenAI) -> None:
    """After a 404 it would refuse requests to the same server for five seconds."""
    create = proxy.audio.speech.create
    with pytest.raises(openai.BadRequestError, match="nobody"):
        create(model="speech", voice="nobody", input="Hello.")
    assert create(model="speech", voice="alloy", input="Hello.").content
