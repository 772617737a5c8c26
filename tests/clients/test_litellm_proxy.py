"""LiteLLM's proxy between OpenAI's client and a real server."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest

from tests.support.documented import examples
from tests.support.live import free_port
from tests.support.waiting import wait_until
from tts_core.web.app import App

pytestmark = pytest.mark.timeout(600)  # it takes half a minute to start, on busy machines minutes

KEY = f"sk-{secrets.token_hex(32)}"
"""It starts with no other."""
ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # no prices from the internet
    "LITELLM_MASTER_KEY": KEY,
    "PYTHONPATH": "",
}
PROGRAMS = Path(__file__).parents[2] / ".venv-clients/bin"
TEXT = "The first sentence is short. The second one goes on for a while longer than the first."


@pytest.fixture(scope="module")
def proxy(app: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[openai.OpenAI]:
    folder = tmp_path_factory.mktemp("proxy")
    config = examples("LiteLLM", app.url)[0].replace("openai/tts-1", "openai/slow")
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    port = free_port()
    options = ["--config", "config.yaml", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("w") as log:
        popen = subprocess.Popen(
            [str(PROGRAMS / "litellm"), *options],
            cwd=folder,
            env=os.environ | ENVIRONMENT,
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
        wait_until(up, 400)
        with openai.OpenAI(base_url=address, api_key=KEY, max_retries=0) as client:
            yield client
    finally:
        popen.terminate()
        popen.wait(20)


def test_it_speaks(app: App, proxy: openai.OpenAI, rows: list[dict[str, str]]) -> None:
    """In one piece: it takes the whole speech before it answers, also for who has left."""
    spoken = proxy.audio.speech.create(
        model="speech", voice="alloy", input=TEXT, response_format="wav"
    )
    assert spoken.content.startswith(b"RIFF")
    entry = app.service.report.history(1)["request_history"][0]
    assert len(spoken.content) / 44_100 == pytest.approx(entry["audio_seconds"], abs=0.1)
    installed = next(PROGRAMS.parent.glob("lib/*/site-packages/litellm-*.dist-info"))
    name, _, version = installed.stem.partition("-")
    rows.append({"client": f"{name} (proxy)", "version": version, "streams": "whole"})


def test_a_wrong_voice_is_the_clients_mistake(proxy: openai.OpenAI) -> None:
    """After a 404 it would refuse requests to the same server for five seconds."""
    create = proxy.audio.speech.create
    with pytest.raises(openai.BadRequestError, match="nobody"):
        create(model="speech", voice="nobody", input="Hello.")
    assert create(model="speech", voice="alloy", input="Hello.").content
