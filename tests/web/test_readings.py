"""The page's view of how a text is read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages import taken_over
from tts_core.synthesis.preview import Preview, PreviewWord, SkippedText
from tts_core.web.ui.readings import readings_html
from tts_core.web.ui.texts import Texts

TEXTS = Texts("en")
TEXT = "Dr. Brown paid $5 😀 for [the book](https://example.com/a)."


def preview(text: str, words: dict[str, str], skipped: dict[str, str]) -> Preview:
    """Return a preview of words and of what is skipped, which are in the text in this order."""
    found, position = [], 0
    for word, spoken in words.items():
        position = text.index(word, position)
        found.append(PreviewWord(word, spoken, position, len(word)))
    left_out = [SkippedText(s, text.index(s), len(s), why) for s, why in skipped.items()]
    return Preview([], found, left_out, [], [])


def test_readings_are_above_words_and_what_is_skipped_is_crossed_out() -> None:
    shown = readings_html(
        preview("a $5 b 😀", {"$5": "five dollars"}, {"😀": "emoji"}), "a $5 b 😀", TEXTS
    )
    assert "a <ruby data-word='$5' role='button' tabindex='0' " in shown
    assert ">$5<rt>five dollars</rt></ruby> b " in shown
    assert "<del title='Not spoken: an emoji'>😀</del>" in shown


def test_a_word_is_not_marked_for_markup_in_it() -> None:
    text = "see docs](x) now"
    shown = readings_html(preview(text, {"docs](x)": "docs"}, {"](x)": "link target"}), text, TEXTS)
    assert "see docs<del" in shown
    assert "<ruby" not in shown


def test_everything_as_written_says_so() -> None:
    shown = readings_html(preview("Hello.", {"Hello.": "Hello."}, {}), "Hello.", TEXTS)
    assert "Everything is read as it is written." in shown


def test_markup_of_the_text_is_shown_and_not_executed() -> None:
    text = "<img src=x onerror=alert(1)> 5"
    words = {"<img": "<b>", "5": "five<script>"}
    shown = readings_html(preview(text, words, {}), text, TEXTS)
    assert "<img" not in shown
    assert "<script" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;" not in shown  # the word itself is in a ruby
    assert "&lt;img" in shown


@pytest.mark.browser
@pytest.mark.live
def test_the_page_shows_how_the_text_is_read(browser_page: Page) -> None:
    page = browser_page
    button, view = page.locator("#readings-button"), page.locator("#readings")
    expect(button).to_have_attribute("aria-expanded", "false")
    page.fill("#text textarea", TEXT)
    taken_over(page, TEXT)
    button.click()
    expect(view.locator("ruby", has_text="$5").locator("rt")).to_have_text("five dollars")
    expect(view.locator("ruby", has_text="Dr.").locator("rt")).to_have_text("Doctor")
    expect(view.locator("del", has_text="😀")).to_have_count(1)
    expect(view).to_contain_text("the book")
    expect(button).to_have_attribute("aria-expanded", "true")
    page.fill("#text textarea", "Another text.")
    expect(view).to_be_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")
    taken_over(page, "Another text.")
    button.press("Enter")
    expect(view).to_contain_text("Everything is read as it is written.")
    button.press("Enter")
    expect(view).to_be_hidden()
