"""The gallery of voices in a browser: found, heard, blended, chosen; by keyboard; by axe-core."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.choir import CHOIR
from tests.support.live import running_app
from tests.support.node import JAVASCRIPT
from tests.support.pages import speak, state
from tts_core.web.app import App

pytestmark = [pytest.mark.browser, pytest.mark.live]

AXE = JAVASCRIPT / "node_modules" / "axe-core" / "axe.min.js"
CHECK = """async () => {
  const {violations} = await axe.run('.gallery', {resultTypes: ['violations']});
  return violations.filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => [v.id, ...v.nodes.map(node => node.html.slice(0, 200))]);
}"""
SMALL = """() => [...document.querySelectorAll('.gallery :is(button, input, select)')]
  .filter(e => e.checkVisibility({contentVisibilityAuto: true}) && e.type !== 'checkbox')
  .map(e => [e.className, e.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < 43.5 || box.height < 43.5))
  .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""


@pytest.fixture(scope="module")
def page_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Aloud with natural voices that blend, beside eSpeak NG's."""
    with running_app(tmp_path_factory.mktemp("data"), CHOIR) as app:
        yield app


def opened(page: Page) -> Locator:
    """Open the gallery, and wait until all of its rows are drawn."""
    page.get_by_role("button", name="All voices").click()
    gallery = page.get_by_role("dialog", name="Voices")
    expect(gallery.locator("[data-role=count]")).to_have_text(re.compile(r"\d+ voices"))
    page.wait_for_function(
        "[...document.querySelectorAll('.gallery h3')].some(h => h.textContent === 'Welsh')"
    )
    return gallery


def row(gallery: Locator, name: str) -> Locator:
    return gallery.locator(".voice-row", has=gallery.page.get_by_text(name, exact=True))


def names(gallery: Locator) -> list[str]:
    # Not their inner texts: rows out of sight are not laid out, and have none.
    return gallery.locator(".voice-row:visible .name").all_text_contents()


def last(app: App) -> dict[str, Any]:
    record: dict[str, Any] = app.service.report.history(1)["request_history"][0]
    return record


def test_voices_are_found_and_chosen(browser_page: Page, page_app: App) -> None:
    page = browser_page
    page.fill("#text textarea", "Buenos días, ¿cómo está usted hoy?")
    gallery = opened(page)
    titles = gallery.locator("h3").all_text_contents()
    assert titles[0] == "Spanish"  # the text's language
    # Then those with natural voices.
    assert titles[1:5] == ["English", "Japanese", "Portuguese", "Afrikaans"]
    assert names(gallery)[:2] == ["Automatic", "Dora"]

    search = gallery.get_by_role("searchbox")
    for word, found in (
        ("deutsch", ["German", "German"]),
        ("espanol dora", ["Dora"]),
        ("jm_kumo", ["Kumo"]),
        ("choir male", ["Echo", "Fable", "Onyx", "Kumo"]),
    ):
        search.fill(word)
        assert names(gallery) == found, word
    expect(gallery.locator("[data-role=count]")).to_have_text("4 voices")
    search.fill("xyzzy")
    expect(gallery.get_by_text("No voice matches.")).to_be_visible()
    search.fill("")
    gallery.get_by_label("Language", exact=True).select_option("English")
    gallery.get_by_label("Gender").select_option("Female")
    gallery.get_by_label("Engine", exact=True).select_option("Choir")
    assert names(gallery) == ["Alloy", "Bella", "Emma", "Nova"]
    expect(row(gallery, "Emma")).to_contain_text("English (Great Britain) · female · Choir")

    row(gallery, "Emma").locator(".who").click()
    expect(gallery).to_be_hidden()
    expect(page.locator("#speaker input")).to_have_value(re.compile("Emma"))
    expect(page.get_by_role("button", name="All voices")).to_be_focused()
    speak(page, "Good morning.")
    state(page, "finished")
    assert (last(page_app)["engine"], last(page_app)["voice_source"]) == ("choir", "bf_emma")
    gallery = opened(page)
    expect(gallery.locator("[aria-current]")).to_have_text(re.compile("^Emma"))


def test_by_keyboard_alone(browser_page: Page) -> None:
    page = browser_page
    button = page.get_by_role("button", name="All voices")
    button.focus()
    page.keyboard.press("Enter")
    gallery = page.get_by_role("dialog", name="Voices")
    search = gallery.get_by_role("searchbox")
    expect(search).to_be_focused()
    expect(row(gallery, "Bella")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(row(gallery, "Automatic").locator(".who")).to_be_focused()
    page.keyboard.press("b")  # a letter searches
    expect(search).to_be_focused()
    page.keyboard.type("ella")
    page.keyboard.press("ArrowDown")
    bella = row(gallery, "Bella")
    expect(bella.locator(".who")).to_be_focused()
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("choir english")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    stop = bella.get_by_role("button", name="Stop: Bella, female, Choir")
    expect(stop).to_be_visible()
    page.keyboard.press("Space")
    expect(stop).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(bella.locator(".blend")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(bella.locator(".play")).to_be_focused()
    page.keyboard.press("Escape")
    expect(gallery).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(search).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(gallery).to_be_hidden()
    expect(page.locator("#speaker input")).to_have_value(re.compile("Alloy"))


def test_a_sound_is_kept_and_stops_the_player(browser_page: Page, page_app: App) -> None:
    page = browser_page
    speak(page, "The first sentence is here. " * 40)
    page.wait_for_function("aloud.playing")
    gallery = opened(page)
    play = row(gallery, "Nova").locator(".play")
    play.click()
    page.wait_for_function("!aloud.playing")
    state(page, "finished", timeout=20_000)  # it goes on being made
    expect(play).not_to_have_attribute("data-playing", "")
    records = page_app.service.report.history(2)["request_history"]
    assert "Hello, this is how I sound." in [record["text_preview"] for record in records]
    assert page.evaluate("aloud.firstSoundAt !== null")
    count = page_app.service.report.statistics()["total_requests"]
    play.click()
    expect(play).to_have_attribute("data-playing", "")
    expect(play).not_to_have_attribute("data-playing", "")
    assert page_app.service.report.statistics()["total_requests"] == count


def test_two_voices_are_blended(browser_page: Page, page_app: App) -> None:
    page = browser_page
    gallery = opened(page)
    panel = gallery.get_by_role("group", name="Blend")
    row(gallery, "Bella").locator(".blend").click()
    expect(panel).to_contain_text("Bella is one half.")
    row(gallery, "Nova").locator(".blend").click()
    slider = panel.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "Bella 70%, Nova 30%")
    panel.get_by_role("button", name="Play: Bella 70% + Nova 30%").click()
    expect(panel.get_by_role("button", name="Play: Bella 70% + Nova 30%")).to_be_visible()
    panel.get_by_label("Name of the blend").fill("Belinova")
    page.keyboard.press("Enter")
    expect(gallery.get_by_role("alert")).to_have_text("Belinova was saved among your voices.")
    expect(row(gallery, "Belinova")).to_contain_text("Choir · yours")
    [saved] = page_app.service.voices.cloned()
    assert saved.blend == "af_bella(7)+af_nova(3)"
    gallery.get_by_role("checkbox", name="Your voices").check()
    assert names(gallery) == ["Belinova"]
    panel.get_by_role("button", name="Use this blend").click()
    expect(page.locator("#speaker input")).to_have_value("Bella 70% + Nova 30%")
    speak(page, "Good morning.")
    state(page, "finished")
    assert last(page_app)["voice_source"] == "af_bella(7)+af_nova(3)"
    gallery = opened(page)
    expect(gallery.get_by_role("slider")).to_have_attribute("aria-valuetext", "Bella 70%, Nova 30%")


@pytest.mark.thorough
def test_trouble_is_told(browser_page: Page) -> None:
    page = browser_page
    gallery = opened(page)
    page.route("**/page/voices/sound*", lambda route: route.abort())
    row(gallery, "Nova").locator(".play").click()
    expect(gallery.get_by_role("alert")).to_have_text("the server is not responding.")
    page.unroute("**/page/voices/sound*")


@pytest.mark.thorough
def test_what_is_missing_stands_at_the_end(window: BrowserContext, shared_app: App) -> None:
    page = window.new_page()
    page.goto(shared_app.url)
    page.wait_for_function("Boolean(window.aloud?.player) && aloud.settled")
    gallery = opened(page)
    gallery.locator("[data-role=missing]").scroll_into_view_if_needed()
    spanish = gallery.locator(".weights-row", has_text="Kokoro · Spanish voices")
    expect(spanish).to_contain_text("about 2 MB · Apache-2.0 · 1 voice")
    expect(spanish.get_by_role("button", name="Download: Kokoro · Spanish voices")).to_be_visible()
    piper = gallery.locator(".weights-row", has_text="Piper · List of voices with their licenses")
    expect(piper).to_contain_text("about 400 kB · MIT")
    gallery.get_by_role("searchbox").fill("spanish")
    expect(piper).to_be_hidden()
    expect(spanish).to_be_visible()
    expect(gallery.locator(".weights-row", has_text="Hindi")).to_be_hidden()
    gallery.get_by_role("button", name="Show all engines").click()
    expect(page.locator("#engines")).to_be_visible()
    page.close()


@pytest.mark.thorough
@pytest.mark.skipif(not AXE.exists(), reason="`make test` installs axe-core if npm is there")
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_serious_is_found(browser_page: Page, width: int) -> None:
    page = browser_page
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(AXE.read_text(encoding="utf-8"))
    gallery = opened(page)
    row(gallery, "Bella").locator(".blend").click()
    row(gallery, "Nova").locator(".blend").click()
    page.wait_for_function("document.getAnimations().every(a => a.playState !== 'running')")
    assert page.evaluate(CHECK) == []
    assert page.evaluate(SMALL) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.body.classList.contains('dark')")
    assert page.evaluate(CHECK) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
