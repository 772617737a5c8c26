"""Gradio's routes: those that its page and its clients use, and no others."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from gradio_client import Client, handle_file

from tests.support.live import running_app
from tests.support.recordings import encoded, spoken
from tests.support.route_table import routes_of, statuses
from tests.support.scripted import SCRIPTED
from tts_core.web.app import App

pytestmark = pytest.mark.live

GRADIO = "/gradio_api"
IN_USE = {
    ("GET", "/app_id"),
    ("GET", "/app_id/"),
    ("GET", "/heartbeat/{session_hash}"),
    ("GET", "/info"),
    ("GET", "/info/"),
    ("GET", "/mcp/"),
    ("GET", "/mcp/schema"),
    ("GET", "/mcp/sse"),
    ("GET", "/queue/data"),
    ("GET", "/startup-events"),
    ("GET", "/theme.css"),
    ("GET", "/upload_progress"),
    ("POST", "/cancel"),
    ("POST", "/mcp/"),
    ("POST", "/mcp/messages/"),
    ("POST", "/queue/join"),
    ("POST", "/reset"),
    ("POST", "/reset/"),
    ("POST", "/upload"),
}
"""And those that name an endpoint or a file, which have tests of their own."""
OUTSIDE = ("logout", "monitoring", "monitoring/summary", "monitoring/x", "pwa_icon/9", "svelte/x")
NO_RESULTS = (
    "http://{host}/",
    "HTTP://{host}/",
    "https:{host}",
    "//{host}/",
    "\\\\{host}\\x",
    "/\\{host}/",
    "ftp://{host}/",
    "file:///etc/passwd",
    "http%3A%2F%2F{host}%2F",
    "%68ttp://{host}/",
    "%252568ttp%25253A//{host}/",
    " http://{host}/",
    "%09http://{host}/",
    "/etc/passwd",
    "../../etc/passwd",
    "{outputs}/../../../../../etc/passwd",
    "{outputs}/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "{outputs}/%252e%252e/%252e%252e/%252e%252e/etc/passwd",
    "{outputs}x/speech.wav",
    "",
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    engines = {"scripted": SCRIPTED["scripted"]}
    with running_app(tmp_path_factory.mktemp("data"), engines, runner="inline") as app:
        yield app


@pytest.fixture(scope="module")
def http(app: App) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, timeout=20) as client:
        yield client


def test_no_route_of_gradios_answers_that_nobody_uses(app: App, http: httpx.Client) -> None:
    routes = [route for route in routes_of(app) if route.path.startswith(GRADIO)]
    found = statuses(app, routes, {"anybody": {}})
    answering = {
        (route.method, route.path.removeprefix(GRADIO))
        for route, status in found.items()
        if status["anybody"] != 404
    }
    assert answering == IN_USE
    assert len(routes) > 2 * len(IN_USE)  # the table is of all of them
    for path in OUTSIDE:
        assert http.get(path).status_code == 404, path


@pytest.mark.parametrize("path", ["/gradio_api/brand-new", "/brand-new", "/status/brand-new"])
def test_a_route_that_a_new_gradio_brings_does_not_answer(
    app: App, http: httpx.Client, path: str
) -> None:
    app.demo.app.add_api_route(path, lambda: "new", methods=["GET", "POST"])
    for method in ("GET", "POST"):
        assert http.request(method, path).status_code == 404


def test_events_of_the_page_are_not_called_by_name(app: App, http: httpx.Client) -> None:
    names = {str(function.api_name) for function in app.demo.fns.values()}
    public = set(http.get("gradio_api/info").json()["named_endpoints"])
    assert len(names) > len(public) > 5
    for name in names:
        for way in ("call", "call/v2", "run"):
            answer = http.post(f"gradio_api/{way}/{name}", json={"data": [0] * 99})
            if f"/{name}" not in public:
                assert answer.status_code == 404, f"{way}/{name}: {answer.text}"
            elif way != "run":  # not for what goes through the queue
                assert answer.status_code == 400, f"{way}/{name}: {answer.text}"


@pytest.mark.parametrize("form", NO_RESULTS)
def test_file_gives_out_nothing_but_results(app: App, http: httpx.Client, form: str) -> None:
    outputs = app.service.settings.outputs_path
    path = form.format(host="127.0.0.1:9", outputs=outputs)
    for prefix in ("gradio_api/file=", "gradio_api/file/", "gradio_api/proxy=", "file="):
        for method in ("GET", "HEAD"):
            answer = http.request(method, prefix + path)
            assert answer.status_code == 404, answer.text


def test_file_gives_out_results(app: App, http: httpx.Client) -> None:
    client = Client(app.url, verbose=False, download_files=False)
    given, _ = client.predict("Hello.", engine="scripted", api_name="/synthesize")
    url = given["url"]
    assert http.get(url).content[:4] == b"RIFF"
    assert http.head(url).status_code == 200
    assert http.get(url, headers={"Range": "bytes=0-3"}).content == b"RIFF"
    odd = app.service.settings.uploads_path / "a folder" / "50%, ü%41.wav"
    odd.parent.mkdir()
    odd.write_bytes(b"RIFF")
    assert http.get(f"gradio_api/file={quote(str(odd))}").content == b"RIFF"


def test_ffmpeg_is_not_started(
    app: App, http: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "started"
    for name in ("ffmpeg", "ffprobe", "avconv"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {name} >> {mark}\nexit 1\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    recording = tmp_path / "recording.mp4"
    recording.write_bytes(encoded(spoken(), "mp4", "aac"))
    posted = http.post(
        "gradio_api/process_recording",
        files={"video": ("video.mp4", recording.read_bytes(), "video/mp4")},
    )
    assert posted.status_code == 404
    client = Client(app.url, verbose=False)
    made = client.predict(handle_file(recording), "Anna", consent=True, api_name="/clone_voice")
    client.predict(made["id"], api_name="/delete_voice")
    assert not mark.exists(), mark.read_text()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("?page=nosuch", None, 404),
        ("gradio_api/call/v2/nosuch", {}, 404),
        ("gradio_api/call/nosuch", {"data": []}, 404),
        ("gradio_api/run/predict", {"fn_index": 9999, "data": []}, 404),
        ("gradio_api/queue/join", {"fn_index": 9999, "data": [], "session_hash": "a"}, 404),
        ("gradio_api/call/v2/synthesize", {"txt": "Hello."}, 400),
        ("gradio_api/call/v2/synthesize", {}, 400),
        ("gradio_api/call/synthesize", {"data": ["Hello."]}, 400),
        ("gradio_api/call/synthesize", {"data": [""] * 10}, 400),
        ("gradio_api/run/delete_voice", {"data": []}, 400),
    ],
)
def test_a_callers_mistake_is_no_server_error(
    http: httpx.Client, path: str, body: object, status: int
) -> None:
    if body is None:
        answer = http.get(path, headers={"Accept": "text/html"})
    else:
        answer = http.post(path, json=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("endpoint", "data", "status", "kind"),
    [
        ("delete_voice", ["nosuch"], 404, "not_found"),
        ("list_voices", ["x" * 3000], 400, "validation_error"),
        ("history", [10**9], 400, "validation_error"),
    ],
)
def test_an_error_of_a_call_without_queue_has_its_own_status(
    http: httpx.Client, endpoint: str, data: list[object], status: int, kind: str
) -> None:
    answer = http.post(f"gradio_api/run/{endpoint}", json={"data": data})
    assert (answer.status_code, answer.json()["title"]) == (status, kind)
    assert answer.json()["error"]
