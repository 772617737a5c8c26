"""Projects at every API, on a real server."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from tests.support.live import running_app
from tests.support.projects import SENTENCES, TEXT
from tests.support.waiting import wait_until
from tts_core.web.api.projects.routes import _EXPORTS
from tts_core.web.api.projects.turns import _THREADS
from tts_core.web.app import App

pytestmark = pytest.mark.live

STATUS = {
    "project_id", "title", "author", "state", "chapters", "segments", "done_segments",
    "doubtful_segments", "progress_percentage", "estimate_seconds", "error",
}  # fmt: skip
SEGMENT = {
    "index", "chapter", "text", "voice", "speaker", "state", "takes", "chosen_take",
    "pause_after_seconds", "locked", "start", "end",
}  # fmt: skip
SLOW = "This takes a moment. " * 3


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app on which each visitor has separate projects."""
    with running_app(tmp_path_factory.mktemp("data"), history_scope="session") as app:
        yield app


@pytest.fixture(scope="module")
def client(app: App) -> Client:
    return Client(app.url, verbose=False)


def visitor(app: App) -> httpx.Client:
    """Return a browser that has opened the page."""
    http = httpx.Client(base_url=app.url, timeout=30)
    http.get("", headers={"Accept": "text/html"}).raise_for_status()
    return http


def narrated(http: httpx.Client, text: str = TEXT, **fields: str) -> str:
    """Make a project and return its id, when it is complete."""
    answer = http.post(
        "api/projects",
        files={"document": ("My book.txt", text.encode())},
        data={"engine": "espeak", **fields},
    )
    assert answer.status_code == 200, answer.text
    project: str = answer.json()["project_id"]
    wait_until(lambda: state(http, project) in ("complete", "failed", "paused"), 30)
    return project


def state(http: httpx.Client, project: str) -> str:
    found: str = http.get(f"api/projects/{project}").json()["state"]
    return found


def test_gradio_endpoints(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "My book.txt"
    path.write_text(TEXT)
    project = client.predict(
        handle_file(str(path)), voice="en-us", title="Title", api_name="/narrate"
    )
    assert project.keys() >= STATUS
    name = project["project_id"]
    assert (project["title"], project["segments"]) == ("Title", len(SENTENCES))

    def status() -> Any:
        return client.predict(name, api_name="/project_status")

    wait_until(lambda: status()["state"] == "complete", 30)
    assert [p["project_id"] for p in client.predict(api_name="/projects")] == [name]
    segments = client.predict(name, api_name="/project_segments")
    assert segments[0].keys() >= SEGMENT
    assert [s["text"] for s in segments] == list(SENTENCES)
    assert client.predict(name, 1, 2, api_name="/project_segments") == segments[1:3]
    changed = client.predict(
        name, 1, text="Other words.", voice="en-gb", pause_after_seconds=2, locked="true",
        api_name="/project_edit",
    )  # fmt: skip
    assert (changed["text"], changed["voice"], changed["locked"]) == ("Other words.", "en-gb", True)
    assert changed["pause_after_seconds"] == 2
    wait_until(lambda: status()["state"] == "complete", 30)
    client.predict(name, 1, again=True, api_name="/project_edit")
    wait_until(lambda: status()["state"] == "complete", 30)
    [segment] = client.predict(name, 1, 1, api_name="/project_segments")
    assert (segment["takes"], segment["chosen_take"]) == (2, 1)
    again = client.predict(name, 1, take=0, api_name="/project_edit")
    assert (again["chosen_take"], again["takes"]) == (0, 2)
    again = client.predict(name, 1, voice="default", locked="false", api_name="/project_edit")
    assert (again["voice"], again["locked"]) == ("en-us", False)
    wait_until(lambda: status()["state"] == "complete", 30)
    subtitles = client.predict(name, "srt", api_name="/export_project")
    assert "Other words." in Path(subtitles).read_text()
    assert client.predict(name, "delete", api_name="/project_control")["project_id"] == name
    with pytest.raises(AppError, match="There is no project"):
        status()


def test_gradio_errors(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text(TEXT)
    document = handle_file(str(path))
    for fields, said in (
        ({"voice": "nobody"}, "nobody"),
        ({"cast": "[]"}, "cast must be a JSON object"),
        ({"options": '{"zzz": 1}', "engine": "espeak"}, "zzz"),
    ):
        with pytest.raises(AppError, match=said):
            client.predict(document, **fields, api_name="/narrate")
    with pytest.raises(AppError, match="document must be an uploaded file"):
        client.predict({"path": "/etc/passwd"}, api_name="/narrate")
    for endpoint in ("project_status", "project_control", "project_segments", "export_project"):
        with pytest.raises(AppError, match="There is no project"):
            client.predict("1", api_name=f"/{endpoint}")


def test_rest(app: App) -> None:
    http = visitor(app)
    project = narrated(http, title="The title", cast='{"Ann": "en-gb"}')
    address = f"api/projects/{project}"
    status = http.get(address).json()
    assert status.keys() >= STATUS
    assert (status["title"], status["document"]) == ("The title", "My book.txt")
    assert [p["project_id"] for p in http.get("api/projects").json()] == [project]
    assert len(http.get(f"{address}/segments?start=1&limit=2").json()) == 2
    assert http.patch(f"{address}/segments/0", json={"speaker": "Ann"}).json()["voice"] == "en-gb"
    two = http.post(f"{address}/segments/1/split", json={"offset": 7}).json()
    assert [s["text"] for s in two] == ["This is", "the second."]
    one = http.post(f"{address}/segments/1/merge", json={}).json()
    assert one["text"] == SENTENCES[1]
    assert http.post(f"{address}/replace", json={"find": "END", "by": "start"}).json() == {
        "changed": [3]
    }
    assert http.post(f"{address}/again", json={"indices": [0, 2]}).json() == {"changed": [0, 2]}
    assert http.get(f"{address}/doubtful").json() == []
    wait_until(lambda: state(http, project) == "complete", 30)
    assert [t["number"] for t in http.get(f"{address}/segments/2/takes").json()] == [0, 1]
    sound = http.get(f"{address}/segments/2/audio?take=0")
    assert (sound.headers["content-type"], sound.content[:4]) == ("audio/flac", b"fLaC")
    changed = http.patch(address, json={"title": "New", "voice": "en-gb"}).json()
    assert (changed["title"], changed["voice"]) == ("New", "en-gb")
    assert http.post(f"{address}/control", json={"action": "pause"}).status_code == 200
    book = http.get(f"{address}/export?format=m4b")
    if book.status_code == 409:  # paused before all was made in the new voice
        assert "not complete" in book.text
        http.post(f"{address}/control", json={"action": "resume"})
        wait_until(lambda: state(http, project) == "complete", 30)
        book = http.get(f"{address}/export?format=m4b")
    with av.open(io.BytesIO(book.content)) as container:
        assert container.metadata["title"] == "New"
        assert container.duration / av.time_base > 3
    package = http.get(f"{address}/export?format=project").content
    imported = http.post("api/projects/import", content=package).json()
    assert (imported["title"], imported["state"]) == ("New", "complete")
    assert http.delete(address).json()["project_id"] == project
    assert http.get(address).status_code == 404


def test_statuses(app: App) -> None:
    http = visitor(app)
    project = narrated(http)
    address = f"api/projects/{project}"
    for answer, status in (
        (http.post("api/projects", json={}), 422),
        (http.post("api/projects", files={"other": b"x"}), 422),
        (http.post("api/projects", files={"document": ("x.exe", b"\0\1\2")}), 400),
        (http.post("api/projects", files={"document": ("x.txt", b"...")}), 400),
        (http.post("api/projects/import", content=b"no archive"), 400),
        (http.get("api/projects/unknown"), 404),
        (http.get(f"{address}/segments?limit=0"), 400),
        (http.get(f"{address}/segments/99/audio"), 404),
        (http.patch(f"{address}/segments/0", json={"text": "..."}), 400),
        (http.patch(f"{address}/segments/0", json={"pause_after_seconds": 99}), 400),
        (http.patch(f"{address}/segments/0", json={"take": 5}), 404),
        (http.patch(f"{address}/segments/99", json={"text": "x"}), 404),
        (http.post(f"{address}/control", json={"action": "explode"}), 400),
        (http.get(f"{address}/export?format=zzz"), 400),
        (http.patch(address, json={"voice": "nobody"}), 404),
    ):
        assert answer.status_code == status, (answer.request.url, answer.text)
        assert answer.json()["error"]["message"]


def test_export_of_what_is_not_complete(app: App) -> None:
    http = visitor(app)
    answer = http.post(
        "api/projects",
        files={"document": ("x.txt", SLOW.encode())},
        data={"engine": "endless", "options": json.dumps({"pieces": 100})},
    )
    address = f"api/projects/{answer.json()['project_id']}"
    refused = http.get(f"{address}/export")
    assert refused.status_code == 409
    assert "3 of 3 segments have no sound yet" in refused.json()["error"]["message"]
    wait_until(lambda: http.get(address).json()["state"] == "working")
    shown = http.get("status").json()["projects"]
    assert [p["project_id"] for p in shown] == [address.rpartition("/")[2]]
    assert visitor(app).get("status").json()["projects"] == []
    http.delete(address)


def test_visitors_are_apart(app: App) -> None:
    ann, bob = visitor(app), visitor(app)
    project = narrated(ann)
    assert bob.get("api/projects").json() == []
    for method, path, body in (
        ("GET", "", None),
        ("DELETE", "", None),
        ("GET", "/segments", None),
        ("GET", "/segments/0/audio", None),
        ("GET", "/export?format=srt", None),
        ("PATCH", "", {"title": "Mine"}),
        ("PATCH", "/segments/0", {"text": "Mine."}),
        ("POST", "/control", {"action": "pause"}),
        ("POST", "/replace", {"find": "a", "by": "b"}),
    ):
        answer = bob.request(method, f"api/projects/{project}{path}", json=body)
        assert answer.status_code == 404, (method, path)
    assert ann.get(f"api/projects/{project}").json()["title"] == "My book"
    foreign = ann.delete(f"api/projects/{project}", headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403


@pytest.mark.sample(1)
@pytest.mark.parametrize("index", [2**31, 2**63, 10**30])
def test_indices_that_no_database_has(app: App, index: int) -> None:
    http = visitor(app)
    project = f"api/projects/{narrated(http)}"
    for method, path, body in (
        ("GET", f"segments/{index}/takes", None),
        ("GET", f"segments/{index}/audio", None),
        ("PATCH", f"segments/{index}", {"pause_after_seconds": 1.0}),
        ("POST", f"segments/{index}/merge", {"count": 2}),
        ("POST", f"segments/{index}/split", {"offset": 2}),
        ("POST", "again", {"indices": [index]}),
    ):
        answer = http.request(method, f"{project}/{path}", json=body)
        assert answer.status_code == 404, answer.text
        assert "the project has no segment" in answer.json()["error"]["message"]


@pytest.mark.thorough
def test_exports_keep_no_other_request_waiting(app: App) -> None:
    """Nor do they leave files: there can be gigabytes in each."""
    http = visitor(app)
    project = narrated(http)
    exported = http.get(f"api/projects/{project}/export?format=wav")
    assert exported.content[:4] == b"RIFF"
    outputs = app.service.settings.outputs_path
    wait_until(lambda: not list(outputs.rglob("*.wav")), 10)
    other = narrated(http)
    lock = app.service.projects._locks[project]
    with lock, ThreadPoolExecutor(60) as pool:
        url = f"api/projects/{project}/export?format=srt"
        waiting = [pool.submit(visitor_of(http).get, url) for _ in range(60)]
        wait_until(lambda: _EXPORTS._places[project].users >= 50, 20)
        assert _THREADS.borrowed_tokens == 1
        assert http.get("api/projects").status_code == 200
        assert http.get(f"api/projects/{other}/export?format=srt").status_code == 200
        lock.release()
        try:
            assert {future.result().status_code for future in waiting} == {200}
        finally:
            lock.acquire()
    assert not _EXPORTS._places


def visitor_of(http: httpx.Client) -> httpx.Client:
    """Return another connection of the same visitor."""
    return httpx.Client(base_url=http.base_url, cookies=http.cookies, timeout=60)


def test_uploads_are_not_kept_in_memory_nor_fill_the_disk(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    http = visitor(app)
    uploads = app.service.settings.uploads_path
    before = set(uploads.rglob("*"))
    seen: list[int] = []
    narrate = app.service.projects.narrate

    def noted(caller: Any, path: Path, *more: Any, **options: Any) -> Any:
        seen.append(path.stat().st_size)
        return narrate(caller, path, *more, **options)

    monkeypatch.setattr(app.service.projects, "narrate", noted)
    files = {"document": ("x.bin", bytes(3 << 20))}
    assert http.post("api/projects", files=files).status_code == 400
    assert seen == [3 << 20]

    def body() -> Iterator[bytes]:  # without a Content-Length
        for _ in range(40):
            yield bytes(1 << 20)

    left = [32 << 20]

    def has_room(wanted: int) -> bool:
        left[0] -= wanted
        return left[0] >= 0

    monkeypatch.setattr(app.service, "reclaim_disk_space", has_room)
    answer = http.post("api/projects/import", content=body())
    assert (answer.status_code, answer.json()["error"]["type"]) == (507, "disk_full")
    wait_until(lambda: set(uploads.rglob("*")) <= before, 10)
