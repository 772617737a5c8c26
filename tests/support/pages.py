"""The page in a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
)


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
    page = window.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    # Gradio gives the fields their first values again when it has laid out its tabs; then it tells
    # which of them is open.
    with page.expect_request(lambda request: '"value":"Speak"' in (request.post_data or "")):
        page.goto(url)
    page.wait_for_selector("#speak-button")
    page.wait_for_function("Boolean(window.aloud?.player)")
    yield page
    assert not problems
