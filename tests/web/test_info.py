"""`GET /` for programs and browsers, health, and the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.support.live import running_app
from tests.support.scripted import SCRIPTED
from tts_core import __version__
from tts_core.web.app import App

pytestmark = pytest.mark.live

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url) as client:
        yield client


def test_a_program_hears_what_this_is(client: httpx.Client) -> None:
    for accept in ("*/*", "application/json"):
        answer = client.get("/", headers={"Accept": accept})
        assert answer.headers["content-type"] == "application/json"
        assert "Accept" in answer.headers["vary"]
        said = answer.json()
        assert (said["service"], said["version"]) == ("Aloud", __version__)
        assert said["status"] == "running"
        assert "espeak" in said["engines"]
        assert said["endpoints"]["websocket"] == "/ws/tts"
    assert client.head("/").status_code == 200


def test_a_browser_gets_the_page(client: httpx.Client) -> None:
    answer = client.get("/", headers=BROWSER)
    assert answer.headers["content-type"].startswith("text/html")
    assert "gradio" in answer.text
    assert client.head("/", headers=BROWSER).headers["content-type"].startswith("text/html")


def test_other_methods_are_refused(client: httpx.Client) -> None:
    answer = client.post("/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_health(client: httpx.Client) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "healthy", "service": "Aloud", "version": __version__}
    assert client.head("/health").status_code == 200
    ready = client.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["status"] == "ready"
    assert "espeak" in ready.json()["engines"]
    assert "make absent" in ready.json()["reasons"]["absent"]


def test_not_ready_while_no_engine_can_speak(app: App, client: httpx.Client) -> None:
    registry = app.service.registry
    names = registry.ready()
    for name in names:
        registry.start_cooldown(name, "Its weights are gone.")
    answer = client.get("/health/ready")
    assert client.get("/health").status_code == 200
    assert client.get("/").json()["status"] == "no engine is ready"
    for name in names:
        registry.end_cooldown(name)
    assert answer.status_code == 503
    assert answer.json()["status"] == "not ready"
    assert answer.json()["reasons"]["espeak"] == "Its weights are gone."
    assert client.get("/health/ready").status_code == 200


def test_the_documentation_is_of_our_routes_alone(client: httpx.Client) -> None:
    schema = client.get("/openapi.json").json()
    assert schema["info"]["title"] == "Aloud"
    assert {"/", "/health", "/health/ready", "/status", "/info"} <= schema["paths"].keys()
    assert not [path for path in schema["paths"] if "gradio" in path or path == "/config"]


def test_the_documentation_needs_no_internet(client: httpx.Client) -> None:
    page = client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert not re.findall(r"(?:src|href)=\"?https?:", page.text)
    for address in re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text):
        assert client.get(f"/{address}").status_code == 200, address
    assert client.get("/docs/app.py").status_code == 404


def test_nothing_ready_at_all(tmp_path_factory: pytest.TempPathFactory) -> None:
    engines = {"absent": SCRIPTED["absent"]}
    with running_app(tmp_path_factory.mktemp("data"), engines) as app:
        assert httpx.get(f"{app.url}health/ready").status_code == 503
        assert httpx.get(f"{app.url}health").status_code == 200
