"""What the Studio's page asks of the server, beside the public API of the projects."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.choir import CHOIR
from tests.support.live import running_app
from tests.support.waiting import wait_until
from tts_core.web.app import App

pytestmark = pytest.mark.live

SCRIPT = (
    "speaker,text\nAnna,Good morning.\nBen,Where is the tea?\nAnna,Here it is.\n,They sat down.\n"
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("data"), CHOIR) as app:
        yield app


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, timeout=30) as client:
        client.get("/", headers={"Accept": "text/html"})  # the page's cookie says who it is
        yield client


class Studio:
    """One project, as the page sees it."""

    def __init__(self, client: httpx.Client, project_id: str) -> None:
        self.client, self.id = client, project_id

    def get(self, path: str = "", **query: str) -> Any:
        return self._answer(self.client.get(f"page/projects/{self.id}{path}", params=query))

    def post(self, path: str, **body: object) -> Any:
        return self._answer(self.client.post(f"page/projects/{self.id}{path}", json=body))

    def open(self, method: str, path: str, **body: object) -> Any:
        route = f"api/projects/{self.id}{path}"
        return self._answer(self.client.request(method, route, json=body or None))

    def texts(self) -> list[str]:
        count = self.get()["project"]["segments"]
        return [s["text"] for s in self.post("/segments", indices=list(range(count)))]

    @staticmethod
    def _answer(answer: httpx.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def studio(client: httpx.Client) -> Studio:
    files = {"document": ("tea.csv", SCRIPT.encode())}
    made = client.post("api/projects", files=files, data={"voice": "af_bella"})
    assert made.status_code == 200, made.text
    studio = Studio(client, made.json()["project_id"])
    wait_until(lambda: studio.get()["project"]["state"] == "complete", 20)
    return studio


def test_changes_are_undone_and_redone_in_their_order(studio: Studio) -> None:
    before = studio.texts()
    studio.open("PATCH", "/segments/0", text="Good evening.")
    studio.open("POST", "/segments/2/merge", count=2)
    studio.open("POST", "/segments/1/split", offset=6)
    after = studio.texts()
    assert after == ["Good evening.", "Where", "is the tea?", "Here it is. They sat down."]
    assert studio.get()["undo"] == 3
    for _ in range(3):
        studio.open("POST", "/undo")
    assert studio.texts() == before
    assert (studio.get()["undo"], studio.get()["redo"]) == (0, 3)
    answer = studio.client.post(f"api/projects/{studio.id}/undo")
    assert (answer.status_code, answer.json()["error"]["message"]) == (
        409,
        "There is nothing to undo.",
    )
    for _ in range(3):
        studio.open("POST", "/redo")
    assert studio.texts() == after
    studio.open("POST", "/undo")
    studio.open("PATCH", "/segments/0", text="Good night.")
    assert studio.get()["redo"] == 0  # another way was taken


def test_a_take_that_is_made_after_a_change_does_not_hinder_its_undoing(studio: Studio) -> None:
    studio.open("POST", "/again", indices=[0])
    wait_until(lambda: studio.get()["project"]["state"] == "complete", 20)
    assert studio.post("/segments", indices=[0])[0]["chosen_take"] == 1
    studio.open("POST", "/undo")
    assert studio.post("/segments", indices=[0])[0]["chosen_take"] == 0
    assert studio.get()["project"]["state"] == "complete"  # nothing was made again


def test_many_segments_are_changed_in_one_step(studio: Studio) -> None:
    studio.open("POST", "/edit", indices=[3], locked=True)
    changed = studio.open(
        "POST", "/edit", indices=[0, 1, 3], voice="am_echo", pause_after_seconds=1.5
    )
    assert changed == {"changed": [0, 1]}  # the locked one stays
    listed = studio.post("/segments", indices=[3, 1, 0, 99])
    assert [(s["index"], s["voice"], s["locked"]) for s in listed] == [
        (0, "am_echo", False), (1, "am_echo", False), (3, "af_bella", True),
    ]  # fmt: skip
    assert [s["pause_after_seconds"] for s in listed[:2]] == [1.5, 1.5]
    studio.open("POST", "/undo")
    assert studio.post("/segments", indices=[0])[0]["voice"] == "af_bella"
    wrong = studio.client.post(
        f"api/projects/{studio.id}/edit", json={"indices": [0], "voice": "nobody"}
    )
    assert wrong.status_code == 404
    assert "nobody" in wrong.json()["error"]["message"]


def test_segments_are_found(studio: Studio) -> None:
    assert studio.get("/found", find="IT IS") == {"indices": [2]}
    assert studio.get("/found", find=".*") == {"indices": []}
    studio.open("POST", "/edit", indices=[1, 2], locked=True)
    assert studio.get("/found", kind="locked") == {"indices": [1, 2]}
    assert studio.get("/found", kind="locked", find="tea") == {"indices": [1]}
    answer = studio.client.get(f"page/projects/{studio.id}/found", params={"kind": "odd"})
    assert answer.status_code == 400
    assert "doubtful" in answer.json()["error"]["message"]


def test_the_cast_is_what_the_text_names(studio: Studio) -> None:
    cast = studio.open("GET", "/cast")
    assert [(s["name"], s["segments"]) for s in cast["speakers"]] == [("Anna", 2), ("Ben", 1)]
    assert cast["narrator"]["voice"] == "af_bella"
    studio.open("PATCH", "", cast={"Ben": {"voice": "am_echo"}})
    assert studio.open("GET", "/cast")["speakers"][1]["voice"] == "am_echo"
    assert studio.post("/segments", indices=[1])[0]["voice"] == "am_echo"


def test_a_project_goes_out_and_comes_in_as_a_file(studio: Studio) -> None:
    job = studio.post("/export", format="project")["job"]
    wait_until(lambda: studio.client.get(f"page/exports/{job}").json()["ready"], 20)
    file = studio.client.get(f"page/exports/{job}/file")
    assert file.headers["content-disposition"].startswith("attachment")
    added = studio.client.post("api/projects/import", content=file.content)
    assert added.status_code == 200, added.text
    assert Studio(studio.client, added.json()["project_id"]).texts() == studio.texts()


def test_a_file_is_cancelled(studio: Studio, app: App) -> None:
    with app.service.projects._locks.setdefault(studio.id, threading.Lock()):
        first, second = (studio.post("/export", format="wav")["job"] for _ in range(2))
        stopped = studio.client.post(f"page/exports/{first}/cancel")
        assert stopped.json() == {"job": first, "ready": False, "done": 0, "chapters": 0}
    wait_until(lambda: studio.client.get(f"page/exports/{second}").json()["ready"], 20)
    done = studio.client.get(f"page/exports/{second}").json()
    assert (done["done"], done["chapters"]) == (1, 1)
    # The lock may have let the other one go first.
    wait_until(lambda: "was cancelled" in studio.client.get(f"page/exports/{first}").text, 20)
    file = studio.client.get(f"page/exports/{first}/file")
    assert file.status_code == 409


def test_files_of_one_project_keep_no_other_project_waiting(studio: Studio, app: App) -> None:
    files = {"document": ("other.txt", b"Something else.")}
    made = studio.client.post("api/projects", files=files, data={"voice": "af_bella"}).json()
    other = Studio(studio.client, made["project_id"])
    wait_until(lambda: other.get()["project"]["state"] == "complete", 20)
    with app.service.projects._locks.setdefault(studio.id, threading.Lock()):
        jobs = [studio.post("/export", format="srt")["job"] for _ in range(3)]
        dropped = jobs.pop()
        studio.client.post(f"page/exports/{dropped}/cancel")
        quick = other.post("/export", format="srt")["job"]
        wait_until(lambda: studio.client.get(f"page/exports/{quick}").json()["ready"], 20)
        assert not any(studio.client.get(f"page/exports/{job}").json()["ready"] for job in jobs)
        assert "was cancelled" in studio.client.get(f"page/exports/{dropped}").text
    for job in jobs:
        wait_until(lambda: studio.client.get(f"page/exports/{job}").json()["ready"], 20)  # noqa: B023 - called at once


def test_what_goes_wrong_with_a_file_is_told(studio: Studio) -> None:
    job = studio.post("/export", format="tape")["job"]
    wait_until(lambda: studio.client.get(f"page/exports/{job}").status_code == 400, 20)
    assert "tape" in studio.client.get(f"page/exports/{job}").json()["error"]["message"]
    assert studio.client.get("page/exports/unknown").status_code == 404
    assert studio.client.get("page/projects/unknown").status_code == 404
