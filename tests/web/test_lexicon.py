"""The pronunciation dictionary at every API, on a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from tests.support.live import running_app
from tests.support.socket_client import socket_client
from tts_core.web.app import App

pytestmark = pytest.mark.live

TEXT = "I use SQL, v2."
SEQUEL = {"written": "SQL", "spoken": "sequel"}


@pytest.fixture
def own_app(app: App) -> Iterator[App]:
    """The shared app, whose dictionary is empty again afterwards."""
    yield app
    with httpx.Client(base_url=app.url) as http:
        for entry in http.get("lexicon").json():
            http.delete(f"lexicon/{entry['id']}")


@pytest.fixture(scope="module")
def visited_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app on which each visitor has a separate history."""
    with running_app(tmp_path_factory.mktemp("data"), history_scope="session") as app:
        yield app


def visitor(app: App) -> httpx.Client:
    """Return a browser that has opened the page."""
    http = httpx.Client(base_url=app.url, timeout=20)
    http.get("", headers={"Accept": "text/html"}).raise_for_status()
    assert http.cookies
    return http


def spoken(http: httpx.Client, text: str) -> str:
    """Return what is said, by the Gradio endpoint."""
    asked = http.post(
        "gradio_api/call/preview", json={"data": [text, "en-us", "espeak", "auto", "{}"]}
    ).json()
    lines = http.get(f"gradio_api/call/preview/{asked['event_id']}", timeout=20).text.split("\n")
    data: Any = json.loads(next(line for line in lines if line.startswith("data: "))[6:])
    return " ".join(segment["spoken"] for segment in data[0]["segments"])


def test_gradio_endpoints(own_app: App, tmp_path: Path) -> None:
    client = Client(own_app.url, verbose=False, download_files=str(tmp_path))
    saved = client.predict("SQL", "sequel", api_name="/lexicon_save")
    assert saved == {
        "id": saved["id"],
        "written": "SQL",
        "spoken": "sequel",
        "phonemes": "",
        "language": "",
        "voice": "",
        "match_case": False,
    }
    client.predict("Rhine", "", "raɪn", "de", api_name="/lexicon_save")
    assert [e["written"] for e in client.predict(api_name="/lexicon")] == ["Rhine", "SQL"]
    assert client.predict("en-us", api_name="/lexicon") == [saved]
    preview = client.predict(TEXT, "en-us", "espeak", api_name="/preview")
    assert [s["spoken"] for s in preview["segments"]] == ["I use sequel, version two."]
    assert {"text": "SQL", "spoken": "sequel", "offset": 6, "length": 3} in preview["words"]
    _, info = client.predict(TEXT, "en-us", "espeak", api_name="/synthesize")
    assert [w["text"] for w in info["words"]][:3] == ["I", "use", "SQL,"]
    changed = client.predict(
        "SQL", "squeal", "", "", "", False, saved["id"], api_name="/lexicon_save"
    )
    assert changed == saved | {"spoken": "squeal"}
    for format in ("pls", "csv"):
        file = client.predict(format, api_name="/lexicon_export")
        assert file.endswith(f".{format}")
        report = client.predict(handle_file(file), api_name="/lexicon_import")
        assert report == {"added": 0, "replaced": 2, "skipped": []}
    assert client.predict(saved["id"], api_name="/lexicon_delete") == {"deleted": saved["id"]}
    assert [e["written"] for e in client.predict(api_name="/lexicon")] == ["Rhine"]


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("endpoint", "values", "message"),
    [
        ("/lexicon_save", ["SQL"], "spoken and phonemes are both empty"),
        ("/lexicon_save", ["SQL", "", "/s/"], "leave the slashes out"),
        ("/lexicon_save", ["SQL", "a", "", "", "", False, "no-such-id"], "There is no entry"),
        ("/lexicon_delete", ["no-such-id"], "There is no entry"),
        ("/lexicon_export", ["xml"], "pls"),
        ("/lexicon", ["!"], "language must be a code"),
    ],
)
def test_gradio_errors(own_app: App, endpoint: str, values: list[Any], message: str) -> None:
    with pytest.raises(AppError, match=message):
        Client(own_app.url, verbose=False).predict(*values, api_name=endpoint)


def test_null_is_the_default(own_app: App) -> None:
    client = Client(own_app.url, verbose=False)
    values = ["SQL", "sequel", None, None, None, None, None]
    assert client.predict(*values, api_name="/lexicon_save")["match_case"] is False
    assert len(client.predict(None, api_name="/lexicon")) == 1
    assert client.predict(None, api_name="/lexicon_export").endswith(".pls")


def test_only_uploads_are_imported(own_app: App) -> None:
    file = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
    base = f"{own_app.url}gradio_api/call/lexicon_import"
    asked = httpx.post(base, json={"data": [file]}).json()
    answer = httpx.get(f"{base}/{asked['event_id']}", timeout=20).text
    assert "event: error" in answer
    assert httpx.get(f"{own_app.url}lexicon").json() == []


def test_routes(own_app: App) -> None:
    with httpx.Client(base_url=own_app.url) as http:
        saved = http.post("lexicon", json=SEQUEL).json()
        assert saved["written"] == "SQL"
        assert http.get("lexicon", params={"language": "en"}).json() == [saved]
        answer = http.get("lexicon/export", params={"format": "csv"})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert "aloud-pronunciations.csv" in answer.headers["content-disposition"]
        report = http.post("lexicon/import", content=answer.text + "a,b\n,c\n").json()
        assert (report["added"], report["replaced"]) == (1, 1)
        assert report["skipped"] == [
            {"line": 4, "why": "written is empty: give the word or phrase as it is written."}
        ]
        assert http.delete(f"lexicon/{saved['id']}").json() == {"deleted": saved["id"]}
        assert http.delete(f"lexicon/{saved['id']}").status_code == 404
        assert http.post("lexicon", json={"written": "a"}).status_code == 400
        assert http.post("lexicon", json={"written": "a" * 201, "spoken": "b"}).status_code == 400
        assert http.get("lexicon/export", params={"format": "xml"}).status_code == 400
        assert http.post("lexicon/import", content=b"<!DOCTYPE a><a/>").status_code == 400
        assert http.post("lexicon/import", content=b" " * (11 << 20)).status_code == 413


def test_every_api_uses_it(own_app: App) -> None:
    with httpx.Client(base_url=own_app.url, timeout=30) as http:
        http.post("lexicon", json={"written": "SQL", "spoken": "sequel " * 20}).raise_for_status()
        plain = {"text": "QSL.", "voice": "en-us"}
        long = {"text": "SQL.", "voice": "en-us"}
        bodies = [
            len(http.get("tts", params=values | {"engine": "espeak"}).content)
            for values in (plain, long)
        ]
        assert bodies[1] > 4 * bodies[0]
        speech = {"model": "espeak", "voice": "en-us", "response_format": "wav"}
        bodies = [
            len(http.post("v1/audio/speech", json=speech | {"input": v["text"]}).content)
            for v in (plain, long)
        ]
        assert bodies[1] > 4 * bodies[0]
    seconds = []
    with socket_client(own_app.url) as socket:
        for values in (plain, long):
            socket.speak(**values)
            seconds.append(
                socket.until("generation_complete")[-1]["data"]["info"]["duration_seconds"]
            )
    assert seconds[1] > 4 * seconds[0]


def test_visitors_have_dictionaries_of_their_own(visited_app: App) -> None:
    anna, ben = visitor(visited_app), visitor(visited_app)
    with closing(anna), closing(ben):
        entry = anna.post("lexicon", json=SEQUEL).json()
        assert spoken(anna, TEXT) == "I use sequel, version two."
        assert spoken(ben, TEXT) == "I use SQL, version two."
        assert ben.get("lexicon").json() == []
        assert ben.delete(f"lexicon/{entry['id']}").status_code == 404
        stolen = ben.post("lexicon", json=SEQUEL | {"entry_id": entry["id"]})
        assert stolen.status_code == 404
        assert anna.get("lexicon").json() == [entry]
    nobody = httpx.post(f"{visited_app.url}lexicon", json=SEQUEL)
    assert nobody.status_code == 401
    assert "API key" in nobody.json()["error"]["message"]
    assert httpx.get(f"{visited_app.url}lexicon").json() == []


def test_other_origins_cannot_change_it(own_app: App) -> None:
    headers = {"Origin": "https://evil.example"}
    for path in ("lexicon", "lexicon/import"):
        answer = httpx.post(own_app.url + path, content=b"a,b", headers=headers)
        assert answer.status_code == 403
