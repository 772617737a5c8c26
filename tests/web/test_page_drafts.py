"""Nothing that was written or chosen on the page is lost, whatever reloads it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.live import free_port, running_app
from tests.support.pages import choose, opened_page, ready, speak, state, taken_over
from tts_core.web.app import App

pytestmark = [pytest.mark.browser, pytest.mark.live]

TEXT = "A text that nobody wants to write a second time."


@pytest.fixture
def fresh(window: BrowserContext, request: pytest.FixtureRequest) -> Page:
    """The page for a visitor who has never been there; the browser has its files already."""
    window.clear_cookies()
    page: Page = request.getfixturevalue("browser_page")
    return page


def set_number(page: Page, field: str, value: str) -> None:
    box = page.locator(f"{field} input[type=number]")
    box.fill(value)
    box.press("Tab")


def restored(page: Page, text: str) -> None:
    expect(page.locator("#text textarea")).to_have_value(text)
    expect(page.locator("[data-role=restored]")).to_be_visible()


def test_text_and_settings_survive_a_reload(fresh: Page, page_app: App) -> None:
    page = fresh
    page.fill("#text textarea", TEXT)
    choose(page, "Engine", "eSpeak NG")
    choose(page, "Language", "French")
    choose(page, "Voice", "French")
    set_number(page, "#speed", "1.5")
    set_number(page, "#pitch", "0.8")
    page.click("#more-button")
    page.get_by_label("number input for Intonation").locator("visible=true").fill("20")
    page.keyboard.press("Tab")
    page.get_by_label("Say emoji").check()
    page.get_by_text("Announce", exact=True).click()
    page.get_by_label("Pause between sentences").fill("1,5")
    page.keyboard.press("Tab")
    page.wait_for_function("JSON.parse(localStorage['aloud.draft'])['espeak.range'] === 20")
    page.wait_for_function("JSON.parse(localStorage['aloud.draft'])['reading.pause_sentence']")
    page.reload()
    ready(page)
    restored(page, TEXT)
    expect(page.get_by_label("Engine", exact=True)).to_have_value("eSpeak NG")
    expect(page.locator("#language input")).to_have_value(re.compile("French"))
    expect(page.locator("#speaker input")).to_have_value(re.compile("French"))
    expect(page.locator("#speed input[type=number]")).to_have_value("1.5")
    expect(page.locator("#pitch input[type=number]")).to_have_value("0.8")
    page.click("#speak-button")
    state(page, "finished")
    record = page_app.service.report.history(1)["request_history"][0]
    assert (record["engine"], page.evaluate("aloud.info.language")[:2]) == ("espeak", "fr")
    chosen = record["parameters"]
    assert (chosen["speed"], chosen["pitch"], chosen["range"]) == (1.5, 0.8, 20)
    assert (chosen["emoji"], chosen["code"], chosen["pause_sentence"]) == ("say", "announce", 1.5)
    assert not chosen.keys() & {"markup", "foreign", "pause_paragraph"}  # as by default
    page.click("#more-button")
    page.get_by_label("Between paragraphs").fill("soon")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    expect(page.locator("body")).to_contain_text("Pauses must be numbers of seconds")


@pytest.mark.thorough
def test_a_reload_in_mid_speech_keeps_the_text_and_the_sound(fresh: Page) -> None:
    page = fresh
    speak(page, TEXT)
    state(page, "finished")
    page.reload()
    ready(page)
    restored(page, TEXT)
    take = page.locator(".take", has_text=TEXT).first
    take.get_by_role("button", name=re.compile("^Play")).click()
    page.wait_for_function("aloud.playing && aloud.player.position > 0.2")
    assert page.evaluate("aloud.player.duration") > 1


def test_clear_empties_the_text_for_good(fresh: Page) -> None:
    page = fresh
    page.fill("#text textarea", TEXT)
    page.reload()
    ready(page)
    restored(page, TEXT)
    page.click("[data-role=clear-text]")
    expect(page.locator("#text textarea")).to_have_value("")
    expect(page.locator("#text textarea")).to_be_focused()
    expect(page.locator("[data-role=restored]")).to_be_hidden()
    page.reload()
    ready(page)
    expect(page.locator("#text textarea")).to_have_value("")
    expect(page.locator("[data-role=restored]")).to_be_hidden()


@pytest.mark.thorough
def test_another_browser_knows_nothing_of_it(fresh: Page, browser: Browser, app_url: str) -> None:
    fresh.fill("#text textarea", TEXT)
    taken_over(fresh, TEXT)
    other = browser.new_context()
    with opened_page(other, app_url) as page:
        expect(page.locator("#text textarea")).to_have_value("")
    other.close()


@pytest.mark.thorough
def test_the_text_survives_a_restart_of_the_server(browser: Browser, tmp_path: Path) -> None:
    """Gradio reloads the page when a request has failed and the server is back."""
    port = free_port()
    context: BrowserContext = browser.new_context()
    page = context.new_page()
    with running_app(tmp_path, port=port) as app:
        page.goto(app.url)
        ready(page)
        page.fill("#text textarea", TEXT)
        set_number(page, "#speed", "1.25")
        taken_over(page, TEXT)
    page.click("#speak-button")
    expect(page.get_by_text("No connection to the server.")).to_be_visible()
    expect(page.locator("#text textarea")).to_have_value(TEXT)
    expect(page.locator(".toast-body.error")).to_be_hidden()
    with running_app(tmp_path, port=port):
        page.wait_for_function(
            "window.aloud?.online && Boolean(window.aloud.player)", timeout=20_000
        )
        page.reload()
        ready(page)
        expect(page.locator("#text textarea")).to_have_value(TEXT)
        expect(page.locator("#speed input[type=number]")).to_have_value("1.25")
    context.close()


def test_what_is_written_before_the_page_is_drawn_is_kept(browser: Browser, app_url: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.route("**/assets/index-*.js", lambda route: None)  # Gradio's script does not come yet
    page.goto(app_url, wait_until="commit")
    field = page.locator("#aloud-skeleton textarea")
    field.fill(TEXT)
    page.unroute("**/assets/index-*.js")
    page.reload()
    ready(page)
    expect(page.locator("#aloud-skeleton")).to_have_count(0)
    expect(page.locator("#text textarea")).to_have_value(TEXT)
    context.close()
