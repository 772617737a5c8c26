"""Gradio's scripts and styles on the wire."""

from __future__ import annotations

import re

import brotli
import httpx
import pytest
from playwright.sync_api import Browser

from tests.support.page_files import loaded_files
from tests.support.waiting import wait_until
from tts_core.web.app import App
from tts_core.web.gradio_assets import FOLDER, changed_assets, is_hls, known_assets, page_files

pytestmark = pytest.mark.live

SCRIPT = next(name for name in page_files() if name.startswith("Blocks-"))


@pytest.fixture(scope="module")
def site(app: App) -> httpx.Client:
    return httpx.Client(base_url=app.url, headers={"Accept-Encoding": "gzip, br"})


def wire_bytes(site: httpx.Client, name: str) -> int:
    with site.stream("GET", f"/assets/{name}") as answer:
        assert answer.status_code == 200
        return sum(len(part) for part in answer.iter_raw())


def test_a_file_is_compressed_as_far_as_possible_from_the_second_time_on(
    site: httpx.Client,
) -> None:
    by_gradio = len(brotli.compress((FOLDER / SCRIPT).read_bytes(), quality=4))
    wait_until(lambda: wire_bytes(site, SCRIPT) < 0.95 * by_gradio)
    answer = site.get(f"/assets/{SCRIPT}")
    assert answer.content == (FOLDER / SCRIPT).read_bytes()
    assert answer.headers["content-encoding"] == "br"
    assert "immutable" in answer.headers["cache-control"]
    plain = site.get(f"/assets/{SCRIPT}", headers={"Accept-Encoding": "identity"})
    assert plain.content == answer.content
    assert "content-encoding" not in plain.headers


def test_the_player_of_hls_is_left_out_from_the_first_time_on(site: httpx.Client) -> None:
    [hls] = [name for name in known_assets() if is_hls(name)]
    answer = site.get(f"/assets/{hls}")
    assert len(answer.content) < 200
    assert answer.headers["content-type"].startswith("text/javascript")

    def exports(script: str) -> set[str]:
        return set(re.findall(r" as (\w+)", script.rpartition("export")[2]))

    assert exports(answer.text) == exports((FOLDER / hls).read_text(encoding="utf-8"))


def test_a_list_that_shrinks_while_it_is_open_breaks_nothing(site: httpx.Client) -> None:
    lists = [name for name in changed_assets() if not is_hls(name)]
    assert lists  # else Gradio has changed: look whether it is still necessary
    for name in lists:
        script = site.get(f"/assets/{name}").text
        assert "?.[0]" in script
        original = (FOLDER / name).read_text(encoding="utf-8")
        assert script.replace("?.[0]", "[0]") == original.replace("?.[0]", "[0]")


def test_other_files_are_not_there(site: httpx.Client) -> None:
    assert site.get("/assets/none-there.js").status_code == 404


def test_the_page_loads_no_other_files_than_its_document_names(app: App, browser: Browser) -> None:
    """If this fails, Gradio has changed: run `python -m tests.support.page_files`."""
    loaded = loaded_files(browser, app.url)
    assert set(loaded) == {name for name in page_files() if name.endswith(".js")}


def test_the_theme_is_kept_by_browsers(site: httpx.Client) -> None:
    page = site.get("/", headers={"Accept": "text/html"}).text
    theme = re.search(r'href="(theme\.css\?v=\w+)"', page)
    assert theme
    assert "immutable" in site.get(f"/{theme[1]}").headers["cache-control"]
