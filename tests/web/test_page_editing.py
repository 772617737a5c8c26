"""Speaking, stopping and correcting a text, with the pointer and with keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages import choose, opened_page, ready, speak, state, stop
from tts_core.web.app import App

pytestmark = [pytest.mark.browser, pytest.mark.live]

TEXT = "The first sentence is here. A second one follows it. The third."
LONG = "Nobody was listening, or so he thought, while the evening went on and on. " * 40
FIELD = "#text textarea"
CARET = "document.querySelector('#text textarea').selectionStart"


@pytest.fixture(scope="module")
def shared(window: BrowserContext, app_url: str) -> Iterator[Page]:
    """With the engine that is ready first, so that nothing has to be loaded."""
    with opened_page(window, app_url) as page:
        choose(page, "Engine", "eSpeak NG")
        yield page


@pytest.fixture
def page(shared: Page) -> Page:
    """Nothing plays, and the text is ready to be edited."""
    if shared.evaluate("aloud.playing || aloud.isGenerating()"):
        shared.keyboard.press("Escape")
    shared.wait_for_function("!aloud.playing && !aloud.isGenerating()")
    shared.evaluate("aloud.edit()")
    return shared


def spoken(page: Page) -> None:
    """The text has been spoken, and nothing plays."""
    speak(page, TEXT)
    state(page, "finished")
    page.keyboard.press("Escape")
    page.wait_for_function("!aloud.playing && aloud.view === 'read'")


def middle(page: Page, word: str) -> tuple[float, float]:
    """Where a word of the reading view is on the screen."""
    box = page.evaluate(
        """word => {
          const walker = document.createTreeWalker(document.querySelector('#reader .page'), 4);
          for (let node; (node = walker.nextNode());) {
            const at = node.data.indexOf(word);
            if (at < 0) continue;
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + word.length);
            return range.getBoundingClientRect().toJSON();
          }
        }""",
        word,
    )
    return box["x"] + 1, box["y"] + box["height"] / 2


def test_a_double_click_speaks(page: Page) -> None:
    page.fill(FIELD, LONG[:900])
    page.dblclick("#speak-button")
    state(page, "finished")
    assert page.evaluate("aloud.started") > 0
    assert page.evaluate("aloud.playing")
    stop(page)
    page.wait_for_function("!aloud.playing")


def test_escape_stops_at_once_and_then_edits(page: Page) -> None:
    page.fill(FIELD, LONG)
    page.click("#speak-button")
    page.keyboard.press("Escape")  # not a double click: it counts
    state(page, "stopped")
    speak(page, TEXT)
    state(page, "finished")
    page.keyboard.press("Escape")
    page.wait_for_function("!aloud.playing")
    page.keyboard.press("Escape")
    expect(page.locator(FIELD)).to_be_focused()


def test_a_click_on_blank_paper_edits(page: Page) -> None:
    spoken(page)
    box = page.locator("#reader .page").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 40)
    expect(page.locator(FIELD)).to_be_focused()
    assert page.evaluate(CARET) == len(TEXT)
    page.keyboard.type(" More.")
    expect(page.locator(FIELD)).to_have_value(f"{TEXT} More.")


def test_typing_edits_at_the_word_that_was_chosen(page: Page) -> None:
    spoken(page)
    page.mouse.click(*middle(page, "second"))
    page.wait_for_function("aloud.playing")
    page.keyboard.press("Escape")
    page.wait_for_function("!aloud.playing")
    page.keyboard.type("XY")
    expect(page.locator(FIELD)).to_be_focused()
    value = page.input_value(FIELD)
    assert value.replace("XY", "") == TEXT
    assert abs(value.index("XY") - TEXT.index("second")) <= len("A second")


def test_escape_edits_at_the_spoken_word(page: Page) -> None:
    spoken(page)
    page.mouse.click(*middle(page, "third"))
    page.wait_for_function("aloud.playing")
    page.keyboard.press("Escape")
    page.wait_for_function("!aloud.playing")
    page.keyboard.press("Escape")
    expect(page.locator(FIELD)).to_be_focused()
    assert TEXT.index("The third") <= page.evaluate(CARET) <= len(TEXT)


def test_a_double_click_on_a_word_edits_there(page: Page) -> None:
    spoken(page)
    page.mouse.dblclick(*middle(page, "follows"))
    expect(page.locator(FIELD)).to_be_focused()
    page.wait_for_function("!aloud.playing")
    start, end = TEXT.index("follows"), TEXT.index("follows") + len("follows")
    assert start <= page.evaluate(CARET) <= end


def test_what_a_click_on_a_sentence_does_is_shown(page: Page) -> None:
    spoken(page)
    page.hover(".sentence >> nth=1")
    mark = "getComputedStyle(document.querySelectorAll('.sentence')[1], '::before').borderLeftWidth"
    assert page.evaluate(mark) == "11px"


@pytest.mark.thorough
def test_two_tabs_do_not_speak_over_each_other(page: Page, page_app: App) -> None:
    speak(page, TEXT * 5)
    state(page, "finished")
    page.wait_for_function("aloud.playing")
    other = page.context.new_page()
    other.goto(page_app.url)
    ready(other)
    speak(other, TEXT * 5)
    other.wait_for_function("aloud.playing")
    page.wait_for_function("!aloud.playing")
    other.close()


def test_estimates_learn_from_what_was_spoken(page: Page) -> None:
    text = LONG[:600].strip()
    pace = "Number(localStorage['aloud.pace'] ?? 1)"
    known = page.evaluate(pace)
    before = page.evaluate("text => aloud.estimate(text)", text)
    speak(page, text)
    state(page, "finished")
    real = page.evaluate("aloud.info.duration_seconds")
    after = page.evaluate("text => aloud.estimate(text)", text)
    assert abs(after - real) < abs(before - real)
    # Kept for the next visit.
    assert page.evaluate(pace) == pytest.approx(known * after / before, rel=0.01)


def test_the_player_says_the_voice_and_keeps_figures_to_itself(page: Page) -> None:
    spoken(page)
    says = page.locator("[data-role=says]")
    expect(says).to_have_text("English (America) · eSpeak NG")
    expect(says).to_have_attribute("title", re.compile(r"First audio after \d+ ms$"))
