"""The page's document, styles and scripts on the wire."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import httpx
import pytest

from tests.support.waiting import wait_until
from tts_core.web.app import App

pytestmark = pytest.mark.live

BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip, br"}


@pytest.fixture(scope="module")
def site(app: App) -> httpx.Client:
    return httpx.Client(base_url=app.url, headers=BROWSER)


class Metas(HTMLParser):
    """Collects the names and contents of a document's meta elements."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = values.get("property") or values.get("name")
        if tag == "meta" and name and "media" not in values:
            self.found.append((name, values.get("content") or ""))


def wire_bytes(client: httpx.Client, path: str) -> int:
    with client.stream("GET", path) as answer:
        return sum(len(part) for part in answer.iter_raw())


def test_the_document_is_small_on_the_wire(site: httpx.Client) -> None:
    answer = site.get("/")
    assert answer.headers["content-encoding"] == "br"
    assert wire_bytes(site, "/") < 60_000
    zipped = site.get("/", headers={"Accept-Encoding": "gzip"})
    assert (zipped.headers["content-encoding"], zipped.text) == ("gzip", answer.text)
    assert answer.text.rstrip().endswith("</html>")
    assert len(answer.text) < 430_000
    assert "mountPlayer = " not in answer.text  # scripts are files
    plain = site.get("/", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert "aloud-skeleton" in plain.text


def test_the_document_does_not_describe_the_endpoints(site: httpx.Client) -> None:
    """It is half as long; programs ask for the descriptions elsewhere."""
    page = site.get("/").text
    found = re.search(r"window\.gradio_config = (\{.*?\});</script>", page)
    assert found
    config = json.loads(found[1])
    whole = site.get("/config", headers={"Accept": "application/json"}).json()
    programs = {item["id"] for item in whole["components"] if item["type"] == "api"}
    assert programs
    shown = [item["id"] for item in config["components"]]
    assert shown == [i["id"] for i in whole["components"] if i["id"] not in programs]
    assert len(config["layout"]["children"]) == len(whole["layout"]["children"]) - len(programs)
    events = {event["id"] for event in config["dependencies"]}
    public = {e["id"] for e in whole["dependencies"] if e["api_visibility"] == "public"}
    assert events == {e["id"] for e in whole["dependencies"]} - public
    assert "code_snippets" not in page
    assert "/synthesize" in site.get("/gradio_api/info").json()["named_endpoints"]


def test_the_document_becomes_smaller_and_stays_the_same(site: httpx.Client) -> None:
    """Compressing it as far as possible takes too long for its first visitor."""
    headers = BROWSER | {"X-Forwarded-Host": "smaller.example"}
    first = site.get("/", headers=headers)

    def size() -> int:
        with site.stream("GET", "/", headers=headers) as answer:
            return sum(len(part) for part in answer.iter_raw())

    wait_until(lambda: size() < 0.95 * int(first.headers["content-length"]))
    again = site.get("/", headers=headers)
    assert (again.text, again.headers["etag"]) == (first.text, first.headers["etag"])


def test_the_document_is_sent_once(site: httpx.Client) -> None:
    tag = site.get("/").headers["etag"]
    again = site.get("/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_scripts_and_styles_are_kept_by_browsers(site: httpx.Client) -> None:
    page = site.get("/").text
    paths = re.findall(
        r"(?:src|href)=\"(page/assets/(?:aloud|tabs|narrow|texts-en)-[0-9a-f]{12}\.(?:js|(?:gradio\.)?css))\"",
        page,
    )
    assert {path.rpartition(".")[2] for path in paths} == {"js", "css"}
    assert any("texts-en" in path for path in paths)
    for path in paths:
        answer = site.get(f"/{path}")
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "br"
        assert wire_bytes(site, f"/{path}") < len(answer.content) / 2
        zipped = site.get(f"/{path}", headers={"Accept-Encoding": "gzip"})
        assert (zipped.headers["content-encoding"], zipped.text) == ("gzip", answer.text)
    [script] = {path for path in paths if re.search(r"aloud-\w+\.js", path)}
    assert not re.search(r"^ *(//|/\*\*)", site.get(f"/{script}").text, re.MULTILINE)
    assert site.get("/page/assets/aloud-000000000000.js").status_code == 404
    assert site.get("/page/assets/texts-de-000000000000.js").status_code == 404
    assert site.get("/page/assets/texts-..-000000000000.js").status_code == 404
    assert site.get("/page/assets/..%2f__init__.py").status_code == 404


def test_the_document_is_in_the_language_asked_for_or_chosen(site: httpx.Client) -> None:
    for headers, language, title in (
        ({"Accept-Language": "de-CH,de;q=0.9"}, "de", "Text wird Sprache"),
        ({"Accept-Language": "de", "Cookie": "aloud-language=ja"}, "ja", "テキスト読み上げ"),
        ({"Accept-Language": "tlh"}, "en", "text to speech"),
    ):
        answer = site.get("/", headers=headers)
        assert f'lang="{language}"' in answer.text
        assert f'<meta property="og:title" content="Aloud – {title}">' in answer.text
        assert f"page/assets/texts-{language}-" in answer.text
        assert (f"page/assets/said-{language}-" in answer.text) == (language != "en")
        gradios = rf'rel="modulepreload" crossorigin href="./assets/{language}-[\w-]{{8}}\.js"'
        assert bool(re.search(gradios, answer.text)) == (language != "en")
        assert {"Accept-Language", "Cookie"} <= set(answer.headers["vary"].split(", "))


def test_link_previews_have_title_description_and_picture(site: httpx.Client) -> None:
    parser = Metas()
    parser.feed(site.get("/").text)
    found = dict(parser.found)
    assert len(found) == len(parser.found)  # Gradio's are gone
    assert found["og:title"].startswith("Aloud")
    assert "speech" in found["og:description"]
    assert "speech" in found["description"]
    picture = httpx.get(found["og:image"])
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    proxied = {"X-Forwarded-Host": "speech.example", "X-Forwarded-Proto": "https"}
    parser = Metas()
    parser.feed(site.get("/", headers=proxied).text)
    assert dict(parser.found)["og:url"] == "https://speech.example/"


def test_programs_get_json_and_streams_are_left_alone(site: httpx.Client) -> None:
    answer = site.get("/", headers={"Accept": "application/json"})
    assert answer.json()["service"] == "Aloud"
    body = {"model": "tts-1", "voice": "alloy", "input": "Hello.", "response_format": "wav"}
    with site.stream("POST", "/v1/audio/speech", json=body, timeout=60) as speech:
        assert "content-encoding" not in speech.headers
        assert next(speech.iter_raw())[:4] == b"RIFF"
