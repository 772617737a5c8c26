"""JavaScript clients, installed by npm (`make test` does it), against the real server."""

from __future__ import annotations

import json
import time

import httpx
import pytest

from tests.support.node import JAVASCRIPT, run_node
from tts_core.web.app import App

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        not (JAVASCRIPT / "node_modules").exists(), reason="`make test` installs it if npm is there"
    ),
]


def test_gradio_client(app: App) -> None:
    done = run_node(JAVASCRIPT / "gradio_client.mjs", app.url, folder=JAVASCRIPT)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {"/synthesize", "/stream", "/clone_voice", "/cancel"} <= set(found["endpoints"])
    assert found["voices"] > 50
    assert found["status"] == "idle"
    assert found["file"] == "RIFF"
    assert found["bytes"] > 20_000
    assert found["streamed"] >= 3
    assert found["cancelled"] == 2
    assert "nobody at all" in found["refused"]
    deadline = time.monotonic() + 20
    while httpx.get(f"{app.url}status").json()["active_requests"]:
        assert time.monotonic() < deadline, "the cancelled request still speaks"
        time.sleep(0.05)
