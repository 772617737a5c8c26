"""Small windows: 400 % zoom, phones in both positions, their keyboards, forced colors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.pages import TABS, open_tab, opened_page, speak, state

pytestmark = [pytest.mark.browser, pytest.mark.live]

TEXT = "The first sentence is here. A second one follows it."
OUTSIDE = """width => [...document.querySelectorAll('button, a[href], input, select, textarea')]
  .filter(e => e.checkVisibility() && !e.closest('.visually-hidden, .unseen'))
  .map(e => [e.id || e.dataset.role || e.className, e.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.left < -1 || box.right > width + 1))
  .map(([name]) => name)"""


@contextmanager
def window(browser: Browser, url: str, width: int, height: int, **options: Any) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    try:
        with opened_page(context, url) as page:
            yield page
    finally:
        context.close()


@pytest.fixture(scope="module")
def spoken(browser: Browser, app_url: str) -> Iterator[Page]:
    """The page with something to play; its window may be given any size."""
    with window(browser, app_url, 1440, 900) as page:
        speak(page, TEXT)
        state(page, "finished", 20_000)
        page.evaluate("aloud.player.stop()")
        yield page


@pytest.fixture(scope="module")
def phone(browser: Browser, app_url: str) -> Iterator[Page]:
    with window(browser, app_url, 390, 844, has_touch=True, is_mobile=True) as page:
        yield page


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("width", "height"), [(320, 256), (320, 640), (360, 640), (640, 400), (844, 390)]
)
def test_everything_can_be_reached(spoken: Page, width: int, height: int) -> None:
    page = spoken
    page.set_viewport_size({"width": width, "height": height})
    open_tab(page, "Speak")
    options = page.locator("[data-role=options]")
    if options.is_visible():
        options.click()
    page.click("[data-role=download]")
    expect(page.locator("[data-role=formats]")).to_be_visible()
    box = page.locator("[data-role=formats]").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.keyboard.press("Escape")
    for tab in TABS:
        open_tab(page, tab)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, tab
        assert page.evaluate(OUTSIDE, width) == [], tab


def test_the_player_leaves_room_for_the_text(browser: Browser, app_url: str) -> None:
    """While there is nothing to play, it covers at most that many pixels of the window."""
    with window(browser, app_url, 390, 844) as page:
        for width, height, most in ((320, 256, 0), (844, 390, 0), (640, 450, 56), (390, 844, 56)):
            page.set_viewport_size({"width": width, "height": height})
            covered = page.evaluate(
                """() => {
                  const player = document.querySelector('#aloud-player');
                  return getComputedStyle(player).position === 'fixed' ? player.offsetHeight : 0;
                }"""
            )
            assert covered <= most + 1, (width, height)  # and its border


def test_the_player_makes_way_for_the_keyboard_of_a_phone(phone: Page) -> None:
    player = phone.locator("#aloud-player")
    expect(player).to_be_visible()
    phone.focus("#text textarea")
    expect(player).to_be_hidden()
    phone.evaluate("document.activeElement.blur()")
    expect(player).to_be_visible()


def test_numbers_are_whole(phone: Page) -> None:
    open_tab(phone, "Speak")
    for field in phone.locator("#prosody input[type=number]").all():
        assert field.evaluate("e => e.offsetHeight <= e.parentElement.clientHeight + 2")


def test_touch_targets(phone: Page) -> None:
    speak(phone, TEXT)
    state(phone, "finished", 20_000)
    small = """() => [...document.querySelectorAll('button, select, summary, a.tool,'
        + 'input:not([type=checkbox], [type=radio], [type=file]),'
        + 'label:has(> input[type=checkbox]), label:has(> input[type=radio])')]
      .filter(e => e.checkVisibility() && !e.closest('.visually-hidden, #clip-audio'))
      .map(e => [e.id || e.dataset.role || e.ariaLabel || e.className, e])
      .map(([name, e]) => [name, e.closest('.wrap:has(.wrap-inner)') ?? e])
      .map(([name, e]) => [name, e.getBoundingClientRect()])
      .filter(([, box]) => box.height > 0 && box.height < 43.5).map(([name]) => name)"""
    for tab in TABS:
        open_tab(phone, tab)
        assert phone.evaluate(small) == [], tab
    phone.evaluate("aloud.player.stop(); aloud.edit()")
    open_tab(phone, "Speak")


@pytest.mark.thorough
def test_forced_colors_show_what_is_chosen(browser: Browser, app_url: str) -> None:
    with window(browser, app_url, 1440, 900, forced_colors="active") as page:
        style = "e => getComputedStyle(e)"
        chosen = page.locator("#aloud-tabs [role=tab][aria-selected=true]").last
        assert chosen.evaluate(f"{style}.borderBottomStyle") == "solid"
        speak(page, TEXT)
        page.wait_for_selector(".sentence.spoken")
        assert page.locator(".sentence.spoken").evaluate(f"{style}.outlineStyle") == "solid"
        page.get_by_role("tab", name="History").click()
        pressed = page.locator("[data-window][aria-pressed=true]")
        free = page.locator("[data-window][aria-pressed=false]").first
        colors = [e.evaluate(f"{style}.backgroundColor") for e in (pressed, free)]
        assert colors[0] != colors[1]
        page.get_by_role("tab", name="Speak").click()
        any_gender = page.locator(".segmented label:has(input:checked)").first
        female = page.locator(".segmented label:not(:has(input:checked))").first
        colors = [e.evaluate(f"{style}.backgroundColor") for e in (any_gender, female)]
        assert colors[0] != colors[1]
        page.get_by_role("tab", name="Clone a voice").click()
        tick = page.get_by_label("Trim silence at both ends and normalize loudness")
        assert tick.is_checked()
        assert tick.evaluate(f"{style}.appearance") == "auto"  # else it looks empty
