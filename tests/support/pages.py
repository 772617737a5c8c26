"""The page in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Page


@contextmanager
def opened_page(window: BrowserContext, url: str) -> Iterator[Page]:
    """In a new tab, ready to be used; errors in its scripts fail the test."""
    page = window.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(url)
    page.wait_for_selector("#speak-button")
    page.wait_for_function("Boolean(window.aloud?.player)")
    yield page
    assert not problems
