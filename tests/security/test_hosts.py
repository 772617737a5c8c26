"""DNS rebinding: a web page whose name has been given this machine's address."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.support.live import running_app
from tests.support.scripted import SCRIPTED
from tts_core.settings import Settings
from tts_core.system.running_server import CannotStart
from tts_core.web.app import App
from tts_core.web.origins import Origins

TOOLS = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    settings = {"runner": "inline", "allowed_hosts": "Speech.example, other.example:8080"}
    engines = {"scripted": SCRIPTED["scripted"]}
    with running_app(tmp_path_factory.mktemp("data"), engines, **settings) as app:
        yield app


@pytest.mark.live
@pytest.mark.parametrize(
    "name", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"]
)
def test_a_rebound_name_reaches_nothing(app: App, name: str) -> None:
    host = app.url.removeprefix("http://").rstrip("/").replace("127.0.0.1", name)
    headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=app.url, headers=headers) as http:
        for method, path in (
            ("GET", "/"),
            ("GET", "status/history"),
            ("GET", "config"),
            ("GET", "gradio_api/info"),
            ("POST", "gradio_api/mcp/"),
            ("POST", "api/train-voice"),
            ("POST", "generate"),
            ("DELETE", "status/history/some-id"),
        ):
            answer = http.request(method, path, json=None if method == "GET" else TOOLS)
            assert answer.status_code == 403, path
            assert "TTS_ALLOWED_HOSTS" in answer.json()["error"]["message"]
    for origin in (f"http://{host}", None):
        sock = socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2])))
        with pytest.raises(InvalidStatus) as caught:
            connect(f"ws://{host}/ws/tts", sock=sock, origin=origin)
        assert caught.value.response.status_code == 403


@pytest.mark.live
@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost:{port}", "LocalHost.:{port}", "[::1]:{port}", "192.0.2.7:80"),
        *("speech.example", "SPEECH.example:443", "other.example"),
    ],
)
def test_a_name_of_its_own_is_not_shut_out(app: App, host: str) -> None:
    port = app.url.rstrip("/").rpartition(":")[2]
    headers = {"Host": host.format(port=port), "Accept": "application/json, text/event-stream"}
    assert httpx.get(f"{app.url}status", headers=headers).status_code == 200
    tools = httpx.post(f"{app.url}gradio_api/mcp/", headers=headers, json=TOOLS)
    assert "synthesize" in tools.text


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({}, {"localhost", "127.0.0.1"}),
        ({"host": "localhost"}, {"localhost"}),
        ({"host": "[::1]"}, {"localhost", "::1"}),
        ({"allowed_hosts": "*"}, None),
        # Pages have no key, and other machines call by names that nobody here knows.
        ({"api_keys": "sesame"}, None),
        ({"auth": "ann:pw"}, None),
        ({"host": "0.0.0.0"}, None),
        ({"host": "0.0.0.0", "allowed_hosts": "a.example"}, {"localhost", "0.0.0.0", "a.example"}),
    ],
)
def test_the_names_by_which_it_may_be_called(
    values: dict[str, str], names: set[str] | None
) -> None:
    assert Settings(_env_file=None, **values).host_names == names  # type: ignore[arg-type]


@pytest.mark.parametrize("hosts", ["https://a.example", "a.example, b.example/aloud"])
def test_an_address_in_place_of_a_name_is_not_silently_wrong(hosts: str) -> None:
    with pytest.raises(CannotStart, match=r"TTS_ALLOWED_HOSTS: .* without https://"):
        Origins(Settings(_env_file=None, allowed_hosts=hosts))


def test_a_space_may_be_called_by_any_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "somebody/aloud")
    assert Settings(_env_file=None).host_names is None
