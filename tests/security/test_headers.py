"""What browsers are told about pages and logins, and how logins end."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.support.live import running_app
from tests.support.scripted import SCRIPTED
from tts_core.settings import Settings
from tts_core.web.app import App
from tts_core.web.credentials import Credentials
from tts_core.web.gate import gate_options
from tts_core.web.gradio_routes import OpenRoutes
from tts_core.web.logins import Logins


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    settings = {"auth": "ann:pw,bob:pw2", "api_keys": "sesame", "runner": "inline"}
    engines = {"scripted": SCRIPTED["scripted"]}
    with running_app(tmp_path_factory.mktemp("data"), engines, **settings) as app:
        yield app


def sign_in(app: App, user: str = "ann", password: str = "pw", **headers: str) -> httpx.Client:
    """A browser that is signed in."""
    form = {"username": user, "password": password}
    answer = httpx.post(f"{app.url}login", data=form, headers=headers)
    assert answer.json() == {"success": True}
    # Of one host, whatever the scheme.
    return httpx.Client(base_url=app.url, cookies=dict(answer.cookies))


def is_signed_in(http: httpx.Client) -> bool:
    return http.get("status").status_code == 200


@pytest.mark.sample(3)
@pytest.mark.live
@pytest.mark.parametrize("path", ["", "status", "health", "no/such/thing", "login", "theme.css"])
def test_no_answer_may_be_framed_sniffed_or_referred_to(app: App, path: str) -> None:
    for headers in ({"Accept": "text/html"}, {"X-API-Key": "sesame"}, {"X-API-Key": "wrong"}):
        answer = httpx.get(app.url + path, headers=headers)
        assert answer.headers["Content-Security-Policy"] == (
            "frame-ancestors 'self' http://localhost:9002 http://127.0.0.1:9002"
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.live
def test_cookies_do_not_go_with_requests_of_other_sites(app: App) -> None:
    for headers in ({}, {"X-Forwarded-Proto": "https"}):
        form = {"username": "ann", "password": "pw"}
        signed_in = httpx.post(f"{app.url}login", data=form, headers=headers)
        page = httpx.get(app.url, headers=headers | {"Accept": "text/html"})
        cookies = [*signed_in.headers.get_list("Set-Cookie"), *page.headers.get_list("Set-Cookie")]
        assert len(cookies) == 3
        for cookie in cookies:
            assert "samesite=lax" in cookie.lower()
            assert "httponly" in cookie.lower()
    assert "; Secure" in page.headers["Set-Cookie"]


@pytest.mark.live
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
        # Over plain http browsers send no Sec-Fetch-Site.
        {"Accept": "text/html,*/*;q=0.8", "Referer": "http://evil.example/"},
        {"Accept": "text/html,*/*;q=0.8"},
    ],
)
def test_a_foreign_page_signs_nobody_out(app: App, headers: dict[str, str]) -> None:
    with sign_in(app) as http:
        for method in ("GET", "HEAD", "POST"):
            answer = http.request(method, "logout", headers=headers)
            assert is_signed_in(http)
            assert answer.status_code == 403


@pytest.mark.live
def test_a_foreign_page_signs_nobody_in(app: App) -> None:
    form = {"username": "bob", "password": "pw2"}
    answer = httpx.post(f"{app.url}login", data=form, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


@pytest.mark.live
def test_signing_out_ends_what_it_says(app: App) -> None:
    browsers = [sign_in(app), sign_in(app), sign_in(app), sign_in(app, "bob", "pw2")]
    here, there = browsers[:2]
    answer = here.get("logout", params={"all_session": "false"})
    assert answer.is_redirect
    assert httpx.URL(app.url).join(answer.headers["Location"]) == app.url
    assert [is_signed_in(http) for http in browsers] == [False, True, True, True]
    there.post("logout", headers={"Sec-Fetch-Site": "same-origin"})
    assert [is_signed_in(http) for http in browsers] == [False, False, False, True]
    for http in browsers:
        http.close()


@pytest.mark.live
def test_the_page_signs_out_over_plain_http(app: App) -> None:
    with sign_in(app) as http:
        page = {"Accept": "text/html,*/*;q=0.8", "Referer": app.url}
        assert http.get("logout", headers=page).is_redirect
        assert not is_signed_in(http)


@pytest.mark.live
def test_who_shares_a_key_is_not_signed_out_by_another(app: App) -> None:
    with sign_in(app, "eve", "sesame") as eve, sign_in(app, "dan", "sesame") as dan:
        eve.get("logout")
        assert (is_signed_in(eve), is_signed_in(dan)) == (False, True)


@pytest.mark.live
def test_scripts_of_the_page_are_not_told_the_login(app: App) -> None:
    with sign_in(app) as http:
        token = next(iter(dict(http.cookies).values()))
        for path in ("gradio_api/token", "gradio_api/token/", "config", "gradio_api/info"):
            assert token not in http.get(path).text


@pytest.mark.live
def test_a_login_does_not_last_for_ever(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    with sign_in(app) as http:
        assert is_signed_in(http)
    monkeypatch.setattr("tts_core.web.logins.LOGIN_SECONDS", 0.0)
    tokens = len(app.demo.app.tokens)
    with sign_in(app) as http:
        assert not is_signed_in(http)
    assert len(app.demo.app.tokens) <= tokens


@pytest.mark.live
def test_a_followed_link_finds_the_login(app: App) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    with sign_in(app) as http:
        assert http.get("status", headers=followed).status_code == 200
        picture = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
        assert http.get("status", headers=picture).status_code == 401


def test_on_a_space_only_hugging_face_may_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "somebody/aloud")
    settings = Settings(_env_file=None, api_keys="sesame")  # type: ignore[arg-type]
    credentials = Credentials(settings, "own")
    logins = Logins(credentials, framed=settings.on_space)

    def page(request: Request) -> PlainTextResponse:
        return PlainTextResponse("page")

    routes = [Route("/", page), *logins.routes()]
    middleware = gate_options(settings, credentials, logins, OpenRoutes(routes, {}, ()))
    space = Starlette(routes=routes, middleware=middleware["middleware"])
    # What the gate knows of Gradio's application.
    space.tokens, space.cookie_id = {}, "id"  # type: ignore[attr-defined]
    with TestClient(space, base_url="https://somebody-aloud.hf.space") as http:
        first = http.get("/", headers={"Accept": "text/html"})
        others = "http://localhost:9002 http://127.0.0.1:9002"  # of TTS_CORS_ORIGINS
        ancestors = f"frame-ancestors 'self' https://huggingface.co {others}"
        assert first.headers["Content-Security-Policy"] == ancestors
        assert "SameSite=None; Secure; Partitioned" in first.headers["Set-Cookie"]
        own = {"Origin": "https://somebody-aloud.hf.space"}
        form = {"username": "eve", "password": "sesame"}
        cookie = http.post("/login", data=form, headers=own).headers.get_list("Set-Cookie")[0]
        assert "SameSite=none; Secure; Partitioned" in cookie
        framed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        http.cookies.set("access-token-id", cookie.partition("=")[2].partition(";")[0])
        assert http.get("/", headers=framed).status_code == 200
