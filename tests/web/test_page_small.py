"""Small windows: 400 % zoom, phones in both positions, their keyboards, forced colors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.pages import opened_page, speak, state

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


@pytest.mark.parametrize(
    ("width", "height"), [(320, 256), (320, 640), (360, 640), (640, 400), (844, 390)]
)
def test_everything_can_be_reached(browser: Browser, app_url: str, width: int, height: int) -> None:
    with window(browser, app_url, width, height) as page:
        speak(page, TEXT)
        state(page, "finished", 20_000)
        page.evaluate("aloud.player.stop()")
        if page.locator("[data-role=options]").is_visible():
            page.click("[data-role=options]")
        page.click("[data-role=download]")
        expect(page.locator("[data-role=formats]")).to_be_visible()
        box = page.locator("[data-role=formats]").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        page.keyboard.press("Escape")
        for tab in ("Speak", "Clone a voice", "History", "Engines"):
            page.get_by_role("tab", name=tab).click()
            page.wait_for_timeout(300)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, tab
            assert page.evaluate(OUTSIDE, width) == [], tab


@pytest.mark.parametrize(
    ("width", "height", "most"), [(320, 256, 0), (844, 390, 0), (640, 450, 56), (390, 844, 56)]
)
def test_the_player_leaves_room_for_the_text(
    browser: Browser, app_url: str, width: int, height: int, most: int
) -> None:
    """`most`: how much of the window the player may cover while there is nothing to play."""
    with window(browser, app_url, width, height) as page:
        covered = page.evaluate(
            """() => {
              const player = document.querySelector('#aloud-player');
              return getComputedStyle(player).position === 'fixed' ? player.offsetHeight : 0;
            }"""
        )
        assert covered <= most + 1  # and its border


def test_the_player_makes_way_for_the_keyboard_of_a_phone(browser: Browser, app_url: str) -> None:
    with window(browser, app_url, 390, 844, has_touch=True, is_mobile=True) as page:
        player = page.locator("#aloud-player")
        expect(player).to_be_visible()
        page.focus("#text textarea")
        expect(player).to_be_hidden()
        page.evaluate("document.activeElement.blur()")
        expect(player).to_be_visible()


def test_touch_targets(browser: Browser, app_url: str) -> None:
    with window(browser, app_url, 390, 844, has_touch=True, is_mobile=True) as page:
        speak(page, TEXT)
        state(page, "finished", 20_000)
        small = """() => [...document.querySelectorAll('button, select, summary, a.tool,'
            + 'input:not([type=checkbox], [type=radio], [type=file]),'
            + 'label:has(> input[type=checkbox]), label:has(> input[type=radio])')]
          .filter(e => e.checkVisibility() && !e.closest('.visually-hidden, #clip-audio'))
          .map(e => [e.id || e.dataset.role || e.ariaLabel || e.className, e])
          .map(([name, e]) => [name, e.closest('.wrap:has(.wrap-inner)') ?? e])
          .map(([name, e]) => [name, e.getBoundingClientRect()])
          .filter(([, box]) => box.height > 0 && box.height < 43.5).map(([name]) => name)"""
        for tab in ("Speak", "Clone a voice", "History", "Engines"):
            page.get_by_role("tab", name=tab).click()
            page.wait_for_timeout(300)
            assert page.evaluate(small) == [], tab


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
