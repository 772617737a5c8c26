"""The page in a browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Download,
    Error,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

# A machine that does other work takes seconds where a free one takes milliseconds.
expect.set_options(timeout=15_000)

WINDOW = ViewportSize(width=1440, height=900)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
)
CONTRASTS = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const d = canvas.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255];
  };
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    let layers = [];
    for (; e; e = e.parentElement) {
      const c = rgba(getComputedStyle(e).backgroundColor);
      layers.push(c); if (c[3] === 1) break;
    }
    const blend = (under, c) => under.map((u, i) => c[i] * c[3] + u * (1 - c[3]));
    return layers.reverse().reduce(blend, [255, 255, 255]);
  };
  const texts = 'h1, h2, h3, p, label span, button, .sentence, kbd, select, textarea, .row span';
  return [...document.querySelectorAll(texts)]
    .filter(e => e.offsetParent && e.textContent.trim() && !e.disabled && !e.closest('.toast-wrap'))
    .map(e => {
      const [a, b] = [light(rgba(getComputedStyle(e).color)), light(behind(e))];
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.id || e.className || e.tagName];
    });
}"""
"""A function of JavaScript: the contrast of each text that is shown, and of what element it is."""

TABS = {
    "Speak": "#script",
    "Studio": "#studio-board .studio-new",
    "Clone a voice": "#clone-studio",
    "History": "#status-board [aria-labelledby=history-title]",
    "Engines": ".engine .badge",
}
"""The tabs, and what is to be seen on each."""


def chromium() -> str | None:
    """The path of Debian's Chromium, better the one without windows; None where there is none."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


@contextmanager
def started_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened_page(window: BrowserContext, url: str) -> Iterator[Page]:
    """In a new tab, ready to be used; errors in its scripts fail the test."""
    with loaded_page(window.new_page(), url) as page:
        yield page


@contextmanager
def loaded_page(page: Page, url: str) -> Iterator[Page]:
    """The same in an open tab, which takes half as long."""
    with watched(page):
        page.goto(url)
        ready(page)
        yield page


@contextmanager
def watched(page: Page) -> Iterator[Page]:
    """A page that is there; errors in its scripts fail the test."""
    problems: list[str] = []

    def note(error: Error) -> None:
        problems.append(error.stack or str(error))

    page.on("pageerror", note)
    yield page
    page.remove_listener("pageerror", note)  # What is broken off when one leaves is no fault.
    assert not problems, "\n".join(problems)


def ready(page: Page) -> None:
    """The page is drawn, and has asked the server what can be chosen.

    A list that is open when the answer comes moves under the pointer.
    """
    page.wait_for_selector("#speak-button")
    page.wait_for_function("Boolean(window.aloud?.player) && aloud.settled")
    expect(page.locator("#aloud-skeleton")).to_have_count(0)


def speak(page: Page, text: str) -> None:
    page.fill("#text textarea", text)
    taken_over(page, text)
    page.click("#speak-button")


def taken_over(page: Page, text: str) -> None:
    """Gradio has the text of the field too."""
    count = page.locator("#script-meta [data-role=count]")
    expect(count).to_have_text(re.compile(rf"^\s*{len(text):,} of"))


def state(page: Page, wanted: str, timeout: float = 20_000) -> None:
    page.wait_for_function("s => aloud.state === s", arg=wanted, timeout=timeout)


def open_tab(page: Page, name: str) -> None:
    """Open a tab and wait until nothing moves on it."""
    page.get_by_role("tab", name=name).click()
    expect(page.locator(TABS[name]).first).to_be_visible()
    page.wait_for_function("document.getAnimations().every(a => a.playState !== 'running')")


def stop(page: Page) -> None:
    """Press Stop, once it is not taken for the second half of a double click on Speak any more."""
    page.wait_for_function("performance.now() - aloud.clickedAt > 500")
    page.click("#stop-button")


def download(page: Page, format: str) -> Download:
    """Choose a format in the player's menu."""
    page.click("[data-role=download]")
    with page.expect_download() as waiting:
        page.click(f"[data-role=formats] [data-format={format}]")
    return waiting.value


def choose(page: Page, label: str, option: str) -> None:
    box = page.get_by_label(label, exact=True).first
    found = page.get_by_role("option", name=option).first
    for _ in range(10):  # the choice may not be there yet
        box.click()
        box.fill(option[:-1])
        box.press_sequentially(option[-1])  # the list follows keys only
        with suppress(PlaywrightTimeoutError):
            found.click(timeout=1000)
            break
        box.blur()
    box.blur()  # then it says what is chosen
    expect(box).to_have_value(re.compile(re.escape(option)))
