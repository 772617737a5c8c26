"""A server and a browser."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.support.live import empty_library, running_app
from tests.support.pages import chromium, loaded_page, started_browser
from tests.support.waiting import wait_until
from tts_core.web.app import App

WINDOW = ViewportSize(width=1440, height=900)


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("data")) as app:
        yield app


@pytest.fixture(scope="module")
def app(shared_app: App) -> App:
    """Aloud as it is by default, doing nothing, without voices of its own.

    Other files of tests have used it before. Those that want other settings have their own.
    """
    wait_until(lambda: not shared_app.service.active())
    empty_library(shared_app)
    return shared_app


@pytest.fixture(scope="module")
def page_app(app: App) -> App:
    """What the page is of, with an engine that is warm."""
    wait_until(lambda: any(engine.state == "idle" for engine in app.service.engines.all()), 20)
    return app


@pytest.fixture(scope="module")
def app_url(page_app: App) -> str:
    return page_app.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if chromium() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing: apt-get install chromium-headless-shell.")
        pytest.skip("needs chromium")
    with started_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[BrowserContext]:
    """One cache for all the module's tabs."""
    context = browser.new_context(viewport=WINDOW, color_scheme="light")
    yield context
    context.close()


@pytest.fixture
def browser_page(window: BrowserContext, app_url: str) -> Iterator[Page]:
    """The page, just loaded, in a tab of its own; errors in its scripts fail the test.

    The tab is the module's: a new one takes as long again as the page.
    """
    page = window.pages[0] if window.pages else window.new_page()
    with loaded_page(page, app_url) as page:
        yield page
    if page.is_closed():
        return
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.goto("about:blank")
    page.set_viewport_size(WINDOW)
    page.emulate_media(color_scheme="light")
