"""Web pages of other origins, which any browser on this machine may have open."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.support.live import running_app
from tests.support.scripted import SCRIPTED
from tts_core.web.app import App

pytestmark = pytest.mark.live

FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:9003"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "cross-site"},
)
WRITING = (
    ("POST", "status/history/clear?confirm=true"),
    ("POST", "history/clear?confirm=true"),
    ("POST", "v1/status/history/clear?confirm=true"),
    ("DELETE", "status/history/some-id"),
    ("POST", "gradio_api/upload"),
    ("POST", "gradio_api/queue/join"),
    ("POST", "gradio_api/call/synthesize"),
    ("POST", "gradio_api/run/delete_voice"),
    ("POST", "gradio_api/mcp/"),
    ("POST", "api/tts"),
    ("POST", "api/train-voice"),
    ("POST", "v1/audio/speech"),
    ("POST", "generate"),
)
SPEECH = {"text": "Hello.", "voice": "one"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """As on a fresh start: nobody has to be known."""
    engines = {"scripted": SCRIPTED["scripted"]}
    with running_app(tmp_path_factory.mktemp("data"), engines, runner="inline") as app:
        yield app


@pytest.fixture
def http(app: App) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url) as client:
        yield client


@pytest.mark.sample(2)
@pytest.mark.parametrize("headers", FOREIGN, ids=lambda headers: " ".join(headers.values()))
def test_a_foreign_page_changes_nothing(
    app: App, http: httpx.Client, headers: dict[str, str]
) -> None:
    assert http.post("generate", json=SPEECH).status_code == 200
    kept = app.service.report.statistics()["total_requests"]
    for method, path in WRITING:
        answer = http.request(method, path, headers=headers, files={"files": ("a.wav", b"RIFF")})
        assert answer.status_code == 403, path
        assert answer.json()["error"]["code"] == "forbidden"
        assert "TTS_CORS_ORIGINS" in answer.json()["detail"]
    answer = http.post("generate", headers=headers, json=SPEECH)
    assert answer.status_code == 403
    assert app.service.report.statistics()["total_requests"] == kept
    assert app.service.report.history(50)["request_history"]


@pytest.mark.parametrize("headers", FOREIGN[:4], ids=lambda headers: " ".join(headers.values()))
def test_a_foreign_page_opens_no_websocket(app: App, headers: dict[str, str]) -> None:
    url = app.url.replace("http", "ws") + "ws/tts"
    with pytest.raises(InvalidStatus) as caught:
        connect(url, additional_headers=headers)
    assert caught.value.response.status_code == 403


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost:9002"},
        {"Origin": "http://localhost:9002", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:9002", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://speech.example", "X-Forwarded-Host": "speech.example"},
        # A proxy that tells nothing of the name it has.
        {"Origin": "https://speech.example", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=lambda headers: " ".join(headers.values()) or "a script",
)
def test_whoever_may_call_is_not_shut_out(
    app: App, http: httpx.Client, headers: dict[str, str]
) -> None:
    assert http.post("generate", json=SPEECH, headers=headers).status_code == 200
    with connect(app.url.replace("http", "ws") + "ws/tts", additional_headers=headers) as socket:
        assert "connection" in str(socket.recv())
    own = {"Origin": app.url.rstrip("/")}
    assert http.post("generate", json=SPEECH, headers=own).status_code == 200


def test_a_picture_of_a_foreign_page_gives_no_visitor_another_name(http: httpx.Client) -> None:
    page = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}
    picture = http.get("/", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"})
    assert "Set-Cookie" not in picture.headers
    followed = http.get("/", headers=page | {"Sec-Fetch-Site": "cross-site"})
    assert followed.status_code == 200
    assert "aloud_visitor" in followed.headers["Set-Cookie"]
    again = http.get("/", headers=page | {"Sec-Fetch-Site": "cross-site"})
    assert "Set-Cookie" not in again.headers


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://a[b]", "\xe9", "//", ""])
def test_an_origin_that_is_none_is_foreign_and_no_server_error(
    http: httpx.Client, origin: str
) -> None:
    answer = http.post("generate", json=SPEECH, headers={"Origin": origin.encode("latin-1")})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "proxy",
    [
        {"Host": "localhost", "X-Forwarded-Port": "8080"},
        {"X-Forwarded-Host": "localhost:8080, 127.0.0.1:7860"},
        {"Host": "localhost:8080"},
    ],
    ids=["port apart", "two proxies", "host with port"],
)
def test_the_page_behind_a_proxy_is_our_own(http: httpx.Client, proxy: dict[str, str]) -> None:
    answer = http.post("generate", json=SPEECH, headers={"Origin": "http://localhost:8080"} | proxy)
    assert answer.status_code == 200
