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
    # Gradio gives the fields their first values again when it has laid out its tabs; then it tells
    # which of them is open.
    with page.expect_request(lambda request: '"value":"Speak"' in (request.post_data or "")):
        page.goto(url)
    page.wait_for_selector("#speak-button")
    page.wait_for_function("Boolean(window.aloud?.player)")
    yield page
    assert not problems
