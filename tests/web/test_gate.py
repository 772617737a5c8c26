"""Keys, logins, limits and origins: one gate before every door, Gradio's own included."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AuthenticationError
from playwright.sync_api import Browser
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.support.live import running_app
from tts_core.web.app import App
from tts_core.web.bodies import MAX_BODY_BYTES

KEY = {"Authorization": "Bearer sesame"}
LOCKED = (
    "/status",
    "/status/progress",
    "/status/statistics",
    "/status/history",
    "/info",
    "/v1/status",
    "/metrics",
    "/v1/models",
    "/v1/audio/voices",
    "/download/0f8fad5b-d9cb-469f-a165-70867728950e",
    "/status/history/search",
    "/page/board",
    "/docs",
    "/openapi.json",
    "/config",
    "/gradio_api/info",
    "/gradio_api/app_id",
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/heartbeat/abc",
    "/monitoring",
    "/no/such/thing",
    "/",
)


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    settings = {"api_keys": "sesame, other", "auth": "ann:pw:1", "rate_limit": "1000/minute"}
    with running_app(tmp_path_factory.mktemp("data"), **settings) as app:
        yield app


@pytest.fixture
def http(locked: App) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=locked.url) as client:
        yield client


@pytest.mark.sample(8)
@pytest.mark.parametrize("path", LOCKED)
def test_every_path_wants_a_key(http: httpx.Client, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"X-API-Key": "sesam"}):
        answer = http.get(path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert "X-API-Key" in answer.json()["error"]["message"] == answer.json()["detail"]
    assert http.get(path, params={"api_key": "sesame"}).status_code == 401
    known = not path.startswith("/download") and path not in (
        "/no/such/thing",
        "/gradio_api/file=/etc/passwd",
        "/monitoring",
    )
    if "heartbeat" not in path:  # which never ends
        for headers in (KEY, {"X-API-Key": "other"}):
            answer = http.get(path, headers=headers)
            assert (answer.status_code == 200) == known, answer.text


def test_a_slash_at_the_end_of_a_path(locked: App, http: httpx.Client) -> None:
    """Nothing is redirected, which many clients do not follow, but a browser that wants a page."""
    url = locked.url.replace("http", "ws")
    with connect(f"{url}ws/tts/?api_key=sesame") as socket:
        assert json.loads(socket.recv())["type"] == "connection"
    with pytest.raises(InvalidStatus, match="401"), connect(f"{url}ws/tts/"):
        pass
    body = {"model": "espeak", "voice": "en-gb", "input": "Hello."}
    assert http.post("v1/audio/speech/", json=body, headers=KEY).status_code == 200
    assert http.post("v1/audio/speech/", json=body).status_code == 401
    assert http.get("tts/", params={"text": "Hello.", "api_key": "sesame"}).status_code == 200
    assert http.get("status/", headers=KEY).status_code == 200
    large = {"modelName": "Anna", "audioDataUri": "x" * 2 * MAX_BODY_BYTES}
    assert http.post("api/train-voice/", json=large, headers=KEY).status_code == 400
    page = http.get("docs/", headers={**KEY, "Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.headers["location"]) == (307, f"{locked.url}docs")
    for path in ("no/such/thing/", "gradio_api/no/such/"):
        assert http.get(path, headers=KEY).status_code == 404


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/status/history/clear?confirm=true"),
        ("POST", "/generate"),
        ("POST", "/cleanup/0f8fad5b-d9cb-469f-a165-70867728950e"),
        ("POST", "/api/tts"),
        ("POST", "/api/train-voice"),
        ("POST", "/v1/audio/speech"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/gradio_api/cancel"),
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/call/synthesize"),
        ("POST", "/gradio_api/reset"),
        ("DELETE", "/status"),
    ],
)
def test_nothing_is_done_without_a_key(http: httpx.Client, method: str, path: str) -> None:
    assert http.request(method, path, json={}).status_code == 401


def test_a_login_is_as_good_as_a_key(http: httpx.Client) -> None:
    assert http.get("/status", auth=("ann", "pw:1")).status_code == 200
    assert http.get("/status", auth=("ann", "sesame")).status_code == 200
    for pair in (("ann", "pw"), ("bob", "pw:1"), ("", ""), ("ann", "")):
        assert http.get("/status", auth=pair).status_code == 401
    assert http.get("/status", headers={"Authorization": "Basic ???"}).status_code == 401


def test_guessing_is_slow(locked: App) -> None:
    def log_in(user: str, password: str, address: str = "192.0.2.1") -> int:
        headers = {"X-Forwarded-For": address}  # which is believed of this machine
        form = {"username": user, "password": password}
        statuses = (
            httpx.post(f"{locked.url}login", data=form, headers=headers).status_code,
            httpx.get(f"{locked.url}status", auth=(user, password), headers=headers).status_code,
        )
        assert statuses in ((200, 200), (400, 401))
        return statuses[0]

    def shut_out(users: list[str], known: tuple[str, str]) -> bool:
        for _ in range(2):  # a minute may end meanwhile
            assert [log_in(user, "guess") for user in users] == [400] * 10
            if log_in(*known) == 400:
                return True
        return False

    with httpx.Client(base_url=locked.url, headers={"X-Forwarded-For": "192.0.2.1"}) as before:
        before.post("/login", data={"username": "ann", "password": "pw:1"})
        assert shut_out(["ann"] * 10, ("ann", "pw:1"))
        assert before.get("/status", auth=("ann", "guess")).status_code == 200  # by the cookie
        assert before.get("/health", auth=("ann", "guess")).status_code == 200
    assert log_in("eve", "sesame") == 200
    assert shut_out([f"name {i}" for i in range(10)], ("eve", "sesame"))
    assert log_in("ann", "pw:1", "192.0.2.2") == 200
    key = KEY | {"X-Forwarded-For": "192.0.2.1"}
    assert httpx.get(f"{locked.url}status", headers=key).status_code == 200


def test_what_anybody_may_see(http: httpx.Client) -> None:
    page = http.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "sesame" not in page.text
    assert '"auth_required":true' in page.text.replace(" ", "")


def test_gradio_client(locked: App) -> None:
    for credentials in ({"headers": KEY}, {"auth": ("ann", "pw:1")}, {"auth": ("x", "other")}):
        client = Client(locked.url, verbose=False, **credentials)
        _, info = client.predict("Hello.", api_name="/synthesize")
        assert info["engine"] == "espeak"
    with pytest.raises(AuthenticationError):
        Client(locked.url, verbose=False)
    with pytest.raises(ValueError, match="Could not login"):
        Client(locked.url, verbose=False, auth=("ann", "no"))


def test_the_page_logs_in(locked: App, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(locked.url)
    page.get_by_label("username").fill("ann")
    page.get_by_label("password").fill("pw:1")
    page.get_by_role("button", name="Login").click()
    page.wait_for_selector("#speak-button")
    assert page.evaluate("fetch('status').then(r => r.status)") == 200
    page.close()


def test_the_websocket_wants_a_key(locked: App) -> None:
    url = locked.url.replace("http", "ws") + "ws/tts"
    for wrong in ({}, {"additional_headers": {"X-API-Key": "wrong"}}):
        with pytest.raises(InvalidStatus) as caught:
            connect(url, **wrong)
        assert caught.value.response.status_code == 401
    with connect(url + "?api_key=sesame") as socket:
        assert json.loads(socket.recv())["type"] == "connection"
    with connect(url, additional_headers=KEY) as socket:
        assert json.loads(socket.recv())["type"] == "connection"
    with pytest.raises(InvalidStatus):
        connect(url + "?api_key=sesame", origin="https://evil.example")


def test_keys_are_not_in_the_log(locked: App, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(InvalidStatus) as caught:
        connect(locked.url.replace("http", "ws") + "ws/none?api_key=wrong-one")
    assert caught.value.response.status_code == 401
    httpx.get(locked.url + "status", headers={"X-API-Key": "wrong-two"})
    clients = ("websockets.client", "httpx", "httpcore")
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith(clients)]
    assert "wrong-" not in "".join(ours)


def test_what_is_too_large(http: httpx.Client) -> None:
    whole = b"x" * (MAX_BODY_BYTES + 1)
    pieces = (whole[i : i + 65536] for i in range(0, len(whole), 65536))
    for content in (whole, pieces):
        answer = http.post("/status/history/clear", headers=KEY, content=content)
        assert (answer.status_code, answer.json()["error"]["type"]) in {
            (413, "too_large"),
            (400, "validation_error"),  # nobody read the body, so nobody minds
        }


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Without keys; three requests in an hour."""
    with running_app(tmp_path_factory.mktemp("data"), rate_limit="3/hour") as app:
        yield app


def test_a_limit_holds_across_doors(opened: App) -> None:
    client = Client(opened.url, verbose=False)
    for _ in range(3):
        client.predict("Hello.", api_name="/synthesize")
    for endpoint in ("/synthesize", "/stream"):
        with pytest.raises(Exception, match=r"at most 3 per 1 hour. Try again in \d+ s"):
            client.predict("Hello.", api_name=endpoint)
    spoken = httpx.post(opened.url + "generate", json={"text": "Hello."})
    assert (spoken.status_code, "at most 3" in spoken.json()["detail"]) == (429, True)
    assert 1 <= int(spoken.headers["Retry-After"]) <= 3600
    body = {"model": "tts-1", "input": "Hello.", "voice": "alloy"}
    spoken = httpx.post(opened.url + "v1/audio/speech", json=body)
    assert (spoken.status_code, spoken.json()["error"]["type"]) == (429, "requests")
    with connect(opened.url.replace("http", "ws") + "ws/tts") as socket:
        socket.recv()
        socket.send(json.dumps({"type": "text_input", "data": {"text": "Hello."}}))
        assert json.loads(socket.recv())["error_type"] == "rate_limited"
    record = opened.service.report.statistics()
    assert record["total_requests"] == 3


def test_pages_of_other_origins(opened: App) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-a"}
    for origin, allowed in (
        ("http://localhost:9002", True),
        ("http://127.0.0.1:9002", True),
        ("http://localhost:9003", False),
        ("https://evil.example", False),
        ("null", False),
    ):
        told = httpx.options(opened.url + "status", headers={"Origin": origin, **asked})
        answer = httpx.get(opened.url + "status", headers={"Origin": origin})
        for response in (told, answer):
            given = response.headers.get("Access-Control-Allow-Origin")
            assert given == (origin if allowed else None)
        assert answer.status_code == 200
        assert "X-Request-Id" in answer.headers["Access-Control-Expose-Headers"]


def test_behind_a_proxy_its_host_is_ours(opened: App) -> None:
    url = opened.url.replace("http", "ws") + "ws/tts"
    behind = {"X-Forwarded-Host": "speech.example"}
    with connect(url, origin="https://speech.example", additional_headers=behind) as socket:
        assert json.loads(socket.recv())["type"] == "connection"
    with pytest.raises(InvalidStatus):
        connect(url, origin="https://evil.example", additional_headers=behind)


def test_another_site_does_not_use_its_visitors_login(locked: App) -> None:
    with httpx.Client(base_url=locked.url) as http:
        http.post("/login", data={"username": "ann", "password": "pw:1"})
        http.cookies = httpx.Cookies(dict(http.cookies))  # from one host, whatever the scheme
        assert http.get("/status").status_code == 200
        assert http.get("/status", headers={"Origin": "https://evil.example"}).status_code == 401


def test_a_browser_is_known_again(opened: App) -> None:
    with httpx.Client(base_url=opened.url) as http:
        first = http.get("/", headers={"Accept": "text/html"})
        assert "HttpOnly" in first.headers["Set-Cookie"]
        assert "Set-Cookie" not in http.get("/", headers={"Accept": "text/html"}).headers
        secure = httpx.get(opened.url, headers={"X-Forwarded-Proto": "https"})
        assert "SameSite=Lax; Secure" in secure.headers["Set-Cookie"]
        spoiled = {"Cookie": "aloud_visitor=../../x"}
        assert "Set-Cookie" in httpx.get(opened.url, headers=spoiled).headers


def test_errors_are_one_json_object(http: httpx.Client) -> None:
    assert set(json.loads(http.get("/status").text)) == {"error", "detail"}
