"""Gradio's scripts and styles on the wire."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import brotli
import httpx
import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.page_files import loaded_files
from tests.support.waiting import wait_until
from tts_core.web.app import App
from tts_core.web.gradio_assets import (
    FOLDER,
    changed_assets,
    contained,
    content,
    entrance,
    first_scripts,
    is_left_out,
    known_assets,
    page_files,
)

pytestmark = pytest.mark.live

EVENTS = next(name for name in page_files() if name.startswith("Blocks-"))
SCRIPT = next(name for name in page_files() if name.startswith("core-"))


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


def test_what_the_page_never_calls_is_left_out_from_the_first_time_on(site: httpx.Client) -> None:
    gone = [name for name in known_assets() if is_left_out(name)]
    assert sorted(name.partition("-")[0] for name in gone) == ["HistoryStorageControl", "hls"]

    def exports(script: str) -> set[str]:
        return set(re.findall(r" as (\w+)", script.rpartition("export")[2]))

    for name in gone:
        answer = site.get(f"/assets/{name}")
        assert len(answer.content) < 200
        assert answer.headers["content-type"].startswith("text/javascript")
        assert exports(answer.text) == exports((FOLDER / name).read_text(encoding="utf-8"))


def test_a_list_that_shrinks_while_it_is_open_breaks_nothing(site: httpx.Client) -> None:
    names = [name for name in changed_assets() if name.startswith("Index-")]
    lists = [name for name in names if b".choices[" in (FOLDER / name).read_bytes()]
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
    scripts = {name for name in page_files() if name.endswith(".js")}
    assert set(loaded) == scripts - set(contained())


def test_the_first_tab_needs_few_and_small_files(site: httpx.Client) -> None:
    """For 6 s on a line of 400 kbit/s and 400 ms; there were 42 files of 290 kB."""
    page = site.get("/", headers={"Accept": "text/html"}).text
    tags = re.findall(r"<(?:link|script)[^>]*>", page)
    needed = {
        found[1].removeprefix("./")
        for tag in tags
        if not re.search(r'disabled|rel="(?:contained|icon|manifest)|="low"|media="', tag)
        and (found := re.search(r'(?:src|href)="((?:\./assets|page/assets|theme)[^"]+)"', tag))
    }
    assert 'fetchpriority="low"' in page  # the scripts of the other tabs
    assert 15 < len(needed) <= 20

    def size(path: str) -> int:
        def compressed() -> bool:
            return "immutable" in site.get(f"/{path}").headers.get("cache-control", "")

        wait_until(compressed)
        with site.stream("GET", f"/{path}") as answer:
            return sum(len(part) for part in answer.iter_raw())

    assert sum(size(path) for path in needed) < 175_000


def test_the_document_contains_the_smallest_scripts(site: httpx.Client) -> None:
    page = site.get("/", headers={"Accept": "text/html"}).text
    found = re.search(r'<script type="importmap">(.*?)</script>', page)
    assert found
    assert page.index(found[0]) < page.index("modulepreload")
    imports = json.loads(found[1])["imports"]
    assert imports["gradio/"] == "./assets/"
    for name in contained():
        assert imports[f"./assets/{name}"] == imports[f"gradio/{name}"]
        kind, _, script = imports[f"./assets/{name}"].partition(",")
        assert kind == "data:text/javascript;charset=utf-8"
        assert unquote(script).replace('"gradio/', '"./') == content(name).decode()


def test_handlebars_is_left_out(site: httpx.Client) -> None:
    """If this fails, Gradio has changed: look how its HTML components fill templates now."""
    [name] = [name for name in changed_assets() if name.startswith("HTML-")]
    script = site.get(f"/assets/{name}").text
    assert len(script) < 10_000
    assert ".default.compile(" in script
    assert "andlebars" not in script


def test_nothing_lies_over_the_first_tab_while_those_of_others_are_loaded(
    app: App, browser: Browser
) -> None:
    page = browser.new_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    for name in page_files():
        if name.startswith("Index-") and name.endswith(".js") and name not in first_scripts():
            page.route(f"**/assets/{name}", hold)
    page.goto(app.url)
    page.wait_for_function("window.aloud?.player")
    page.locator("p.loading").wait_for(state="attached")
    assert held
    expect(page.locator("p.loading")).to_be_hidden()
    for route in held:
        route.abort()
    page.close()


def test_the_parser_of_messages_is_left_out(site: httpx.Client) -> None:
    """If this fails, Gradio has changed: look how it fills values into its texts now."""
    [name] = [name for name in changed_assets() if name.startswith("runtime-")]
    script = site.get(f"/assets/{name}").text
    assert len(script) < 10_000
    assert "class{constructor(text)" in script
    assert "EXPECT_ARGUMENT_CLOSING_BRACE" not in script


def test_values_are_filled_into_texts(app: App, browser: Browser) -> None:
    """Gradio's own functions, in the page."""
    [name] = [name for name in changed_assets() if name.startswith("runtime-")]
    page = browser.new_page()
    page.goto(app.url)
    page.wait_for_function("window.aloud?.player")
    filled = page.evaluate(
        """async (script) => {
          const runtime = await import(script);
          runtime.r('en', { filled: '{n} of {total} and {other}', plain: 'As it {is}' });
          let format;
          runtime.t.subscribe((now) => { format = now; })();
          return [format('filled', { values: { n: 0, total: 'ten' } }), format('plain')];
        }""",
        f"{app.url}assets/{name}",
    )
    page.close()
    assert filled == ["0 of ten and {other}", "As it {is}"]


def test_texts_are_not_cloned_one_by_one(app: App, browser: Browser) -> None:
    """The page's lists have hundreds, and each event copied them; see `_CLONE`."""
    assert entrance() in changed_assets()
    page = browser.new_page()
    page.add_init_script(
        "window.cloned = []; const clone = structuredClone;"
        "window.structuredClone = (value) => { cloned.push(typeof value); return clone(value); };"
    )
    page.goto(app.url)
    page.wait_for_function("window.aloud?.player && aloud.settled")
    assert "string" not in page.evaluate("cloned")
    page.close()


def test_sound_is_not_written_as_json_to_be_compared(app: App, browser: Browser) -> None:
    """If this fails, Gradio has changed: look at `_COMPARISON`."""
    page = browser.new_page()
    page.add_init_script(
        "window.written = []; const stringify = JSON.stringify;"
        "JSON.stringify = (...of) => { const text = stringify(...of);"
        " written.push(text?.length ?? 0); return text; };"
    )
    page.goto(app.url)
    page.wait_for_function("window.aloud?.player && aloud.settled")
    page.fill("#script textarea", "One sentence is spoken. Another one follows it.")
    page.evaluate("written.length = 0")
    page.click("#speak-button")
    page.wait_for_function("aloud.state === 'finished'")
    lengths = page.evaluate("written")
    page.close()
    assert lengths  # by which it is seen that something was counted
    assert max(lengths) < 20_000  # half a second of sound has 29,000 letters


def test_components_are_not_told_of_each_message_of_a_stream(site: httpx.Client) -> None:
    """If this fails, Gradio has changed: look at `_GENERATING`."""
    script = site.get(f"/assets/{EVENTS}").text
    assert ".show_progress===`hidden`||this.update_loading_stati_state()" in script


def test_the_theme_is_kept_by_browsers(site: httpx.Client) -> None:
    page = site.get("/", headers={"Accept": "text/html"}).text
    theme = re.search(r'href="(theme\.css\?v=\w+)"', page)
    assert theme
    assert "immutable" in site.get(f"/{theme[1]}").headers["cache-control"]
