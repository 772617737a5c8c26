"""The page without a pointer: where the focus goes, and what screen readers are told."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.pages import choose, opened_page, speak, state, taken_over
from tts_core.web.app import App

pytestmark = [pytest.mark.browser, pytest.mark.live]

TEXT = "The first sentence is here. A second one follows it. The third."
STILL = "It is still heard when the test has seen that it was made"
HEARD = " ".join(f"{STILL}, {n}." for n in range(8))
FOCUS = "document.activeElement.tagName"


@pytest.fixture
def german(browser: Browser, app_url: str) -> Iterator[Page]:
    """The page in a German browser."""
    context = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900})
    with opened_page(context, app_url) as page:
        yield page
    context.close()


@pytest.fixture
def phone(browser: Browser, app_url: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    with opened_page(context, app_url) as page:
        yield page
    context.close()


def test_focus_goes_to_stop_and_back(used_page: Page) -> None:
    page = used_page
    choose(page, "Engine", "eSpeak NG")
    page.fill("#text textarea", HEARD[:-1])
    page.locator("#text textarea").press_sequentially(HEARD[-1])
    taken_over(page, HEARD)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#stop-button")).to_be_focused()
    state(page, "finished")
    expect(page.locator("#stop-button")).to_be_focused()
    late: list[Route] = []

    def keep(route: Route) -> None:
        late.append(route)

    page.route("**/gradio_api/run/predict", keep)
    page.keyboard.press("Enter")
    expect(page.locator("#speak-button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#stop-button")).to_be_focused()
    page.wait_for_function("aloud.playing && aloud.state === 'finished'")
    page.unroute("**/gradio_api/run/predict", keep)
    assert not late, "a Stop that comes late would stop what is spoken next"
    page.evaluate("aloud.player.seek(aloud.player.duration - 0.5)")  # not all of it is heard
    page.wait_for_function("!aloud.playing && aloud.state === 'finished'", timeout=40_000)
    expect(page.locator("#speak-button")).to_be_focused()


@pytest.mark.sample(1)
@pytest.mark.parametrize("box", ["#language input", "#speaker input"])
def test_tab_leaves_a_list_for_the_next_field(used_page: Page, box: str) -> None:
    page = used_page
    field = page.locator(box)
    field.focus()
    page.keyboard.press("Tab")
    page.wait_for_timeout(150)
    assert page.evaluate(FOCUS) != "BODY"
    expect(field).not_to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Shift+Tab")
    page.wait_for_timeout(150)
    expect(field).to_be_focused()


def test_enter_in_a_list_keeps_the_focus_and_closes_it(used_page: Page) -> None:
    page = used_page
    field = page.locator("#language input")
    field.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("French")
    page.keyboard.press("Enter")
    expect(field).to_have_value(re.compile("French"))
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    page.wait_for_timeout(800)  # other choices come from the server
    expect(field).to_be_focused()


def test_languages_are_found_by_all_their_names_and_codes(german: Page) -> None:
    page = german
    field = page.locator("#language input")
    options = page.locator("ul [role=option]")
    field.click()
    first = options.nth(1)  # after "Automatic": the browser's own
    expect(first).to_have_attribute("aria-label", "Deutsch – German (de)")
    spanish = "Spanisch – español, Spanish (es)"
    for typed, found in (
        ("Spanisch – ", spanish),
        ("español, Spanish (es)", spanish),
        ("(uk", "Ukrainisch – українська, Ukrainian (uk)"),
    ):
        field.click()
        page.keyboard.press("Control+a")
        field.press_sequentially(typed)
        expect(options.filter(has_text=found)).to_have_count(1)
    page.keyboard.press("Control+a")
    field.press_sequentially("xyzzy")
    expect(page.get_by_text("Nichts gefunden.")).to_be_visible()
    field.blur()
    expect(page.get_by_text("Nichts gefunden.")).to_have_count(0)


def test_arrow_keys_choose_a_gender(used_page: Page) -> None:
    radios = used_page.locator("#gender input")
    radios.first.focus()
    for number in (1, 2, 0):
        used_page.keyboard.press("ArrowRight")
        expect(radios.nth(number)).to_be_checked()
        expect(radios.nth(number)).to_be_focused()
        used_page.wait_for_timeout(300)  # the page asks which voices there are, and draws them
    assert used_page.get_by_role("tabpanel", name="Speak").is_visible()


def test_voices_are_found_by_gender(used_page: Page, page_app: App) -> None:
    page = used_page
    choose(page, "Engine", "eSpeak NG")
    choose(page, "Language", "German")
    field = page.locator("#speaker input")
    options = page.locator("ul [role=option]")
    field.click()
    page.keyboard.press("Control+a")
    field.press_sequentially("female")
    expect(options.first).to_have_attribute("aria-label", re.compile("Deutsch.*female"))
    field.blur()
    page.locator("#gender").get_by_text("Female", exact=True).click()
    expect(field).to_have_value(re.compile("female"))
    speak(page, "Guten Tag.")
    state(page, "finished")
    record = page_app.service.report.history(1)["request_history"][0]
    assert record["parameters"]["variant"] == "f2"


def test_the_tabs_have_addresses_and_arrow_keys(used_page: Page) -> None:
    page = used_page
    tabs = page.locator("#aloud-tabs").get_by_role("tab")
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    expect(tabs.nth(1)).to_be_focused()
    expect(page).to_have_url(re.compile("#studio$"))
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile("#engines$"))
    expect(page.locator("#engines")).to_be_visible()
    assert tabs.evaluate_all("all => all.map(tab => tab.tabIndex)") == [-1, -1, -1, -1, 0]
    page.reload()
    expect(page.locator("#engines")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile("#studio$"))
    expect(page.locator("#studio-board")).to_be_visible()


@pytest.mark.thorough
def test_history_comes_first_and_engines_have_a_tab_with_ready_ones_first(
    browser_page: Page,
) -> None:
    page = browser_page
    page.get_by_role("tab", name="History").click()
    tops = page.evaluate(
        """['[aria-labelledby=history-title]', '.tiles', '[aria-labelledby=charts-title]']
        .map(s => document.querySelector(s).getBoundingClientRect().top)"""
    )
    assert tops == sorted(tops)
    assert tops[0] < 250
    expect(page.locator("[data-role=running]")).to_be_hidden()
    page.get_by_role("tab", name="Engines").click()
    badges = page.locator(".engine .badge")
    expect(badges.first).to_have_text("Ready")
    ready = [text == "Ready" for text in badges.all_inner_texts()]
    assert ready == sorted(ready, reverse=True)


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", ["used_page", "phone"])
def test_the_api_panel(name: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(name)
    base = f"{page.evaluate('location.origin')}/v1"
    button = page.get_by_role("button", name="API", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Use Aloud from a program")
    expect(panel).to_be_visible()
    expect(panel.locator("[data-role=api-base]")).to_have_text(base)
    expect(panel.locator("pre")).to_have_count(3)
    docs = panel.get_by_role("link", name="All routes").get_attribute("href")
    assert page.request.get(docs or "").ok
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel.get_by_role("button", name="Copy: Terminal").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert base in copied
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    assert page.locator("footer a, footer button").count() == 0  # Gradio's own ways there


def test_the_snippet_for_browsers_runs(used_page: Page) -> None:
    page = used_page
    page.get_by_role("button", name="API", exact=True).click()
    code = page.locator("[data-role=api-javascript]").inner_text()
    before, _, _ = code.partition("new Audio")  # not every build of Chromium plays MP3
    kind = page.evaluate(
        "code => eval(`(async () => { ${code}; return (await answer.blob()).type; })()`)", before
    )
    assert kind == "audio/mpeg"
    page.keyboard.press("Escape")


@pytest.mark.parametrize("kind", ["terminal", "python"])
def test_the_other_snippets_run(used_page: Page, tmp_path: Path, kind: str) -> None:
    program = ["sh", "-c"] if kind == "terminal" else [sys.executable, "-c"]
    if kind == "terminal" and shutil.which("curl") is None:
        pytest.skip("needs curl")
    page = used_page
    page.get_by_role("button", name="API", exact=True).click()
    code = page.locator(f"[data-role=api-{kind}]").inner_text()
    page.keyboard.press("Escape")
    done = subprocess.run(
        [*program, code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with av.open(str(tmp_path / "hello.mp3")) as file:
        assert file.format.name == "mp3"


def test_screen_readers_are_told_four_things_about_a_request(used_page: Page) -> None:
    page = used_page
    choose(page, "Engine", "eSpeak NG")
    page.evaluate(
        """() => {
          window.told = [];
          const regions = '[role=status], [role=alert], [aria-live]';
          for (const region of document.querySelectorAll(regions)) {
            if (region.closest('.toast-wrap, #aloud-skeleton')) continue;
            new MutationObserver(() => window.told.push(region.textContent.trim()))
              .observe(region, {childList: true, characterData: true, subtree: true});
          }
        }"""
    )
    speak(page, "One sentence. " * 100)
    state(page, "finished", 20_000)
    page.keyboard.press("Escape")
    told = [text for text in page.evaluate("told") if text]
    assert told == ["Preparing…", "Speaking.", "Finished."]
    # A hundred buttons would leave them no text to read.
    sentences = page.get_by_role("group", name=re.compile("Spoken text")).get_by_role("button")
    expect(sentences).to_have_count(1)
    sentences.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".sentence").nth(1)).to_be_focused()
    expect(sentences).to_have_count(1)
    expect(sentences).to_be_focused()


def test_focus_is_never_under_the_player(used_page: Page) -> None:
    page = used_page
    page.set_viewport_size({"width": 1024, "height": 600})
    page.get_by_role("tab", name="Clone").click()
    expect(page.locator("#keep-button")).to_be_visible()
    page.get_by_label("Name", exact=True).focus()
    for _ in range(6):
        page.keyboard.press("Tab")
        page.wait_for_function(  # it may have to be scrolled
            """() => {
              const focus = document.activeElement;
              const player = document.querySelector('#aloud-player');
              const [{bottom}, {top}] = [focus, player].map(e => e.getBoundingClientRect());
              return player.contains(focus) || bottom <= top;
            }"""
        )
