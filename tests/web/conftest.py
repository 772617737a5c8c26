"""A server and a browser."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.live import empty_library, running_app
from tests.support.pages import TABS, WINDOW, chromium, loaded_page, started_browser, watched
from tests.support.waiting import wait_until
from tts_core.web.app import App


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


class _Kept:
    """A browser with a window, which files of tests that come one after another have in turn.

    To start one, and to fill the caches of a window, takes as long as a test.
    """

    def __init__(self) -> None:
        self._open = ExitStack()
        self._browser: Browser | None = None
        self._window: BrowserContext | None = None

    def browser(self) -> Browser:
        if self._browser is None:
            self._browser = self._open.enter_context(started_browser())
        return self._browser

    def window(self) -> BrowserContext:
        if self._window is None:
            self._window = self.browser().new_context(viewport=WINDOW, color_scheme="light")
        return self._window

    def close(self) -> None:
        self._open.close()
        self._browser = self._window = None


_kept = _Kept()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Close the browser before the first file without one.

    Until then Playwright's event loop runs, and no test can start another one in this thread.
    """
    if nextitem is None or (nextitem.path != item.path and "browser" not in nextitem.keywords):
        _kept.close()


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture(scope="module")
def browser() -> Browser:
    if chromium() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing: apt-get install chromium-headless-shell.")
        pytest.skip("needs chromium")
    return _kept.browser()


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[BrowserContext]:
    """One cache for all tabs; without cookies, and with one tab at most."""
    window = _kept.window()
    yield window
    first, *others = window.pages or [window.new_page()]
    for page in others:
        page.close()
    _leave(first)
    window.clear_cookies()


@pytest.fixture
def browser_page(window: BrowserContext, app_url: str) -> Iterator[Page]:
    """The page, just loaded, in a tab of its own; errors in its scripts fail the test.

    The tab is the module's: a new one takes as long again as the page.
    """
    page = window.pages[0] if window.pages else window.new_page()
    _leave(page)  # a test with `used_page` may have been the last
    with loaded_page(page, app_url) as page:
        yield page
    if not page.is_closed():
        _leave(page)
        _unfold(page)


@pytest.fixture
def used_page(
    window: BrowserContext, app_url: str, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """The page as the last test with this fixture has left it, for tests that do not mind: to load
    it takes as much as most of them. After one that failed it is loaded.

    Nothing plays, and the Speak tab shows the text. What was written and chosen stays so.
    """
    page = window.pages[0] if window.pages else window.new_page()
    used, unharmed = page.url.startswith(app_url), False
    request.node.stash[_FAILED] = False
    try:
        with watched(page) if used else loaded_page(page, app_url) as page:
            if used:
                page.evaluate("aloud.openTab('speak')")
                expect(page.locator(TABS["Speak"])).to_be_visible()
                if page.evaluate("aloud.playing || aloud.isGenerating()"):
                    page.keyboard.press("Escape")
                page.wait_for_function("!aloud.playing && !aloud.isGenerating()")
                page.evaluate("aloud.edit()")
            yield page
        unharmed = not request.node.stash[_FAILED]
    finally:
        if not unharmed:
            _leave(page)
        _unfold(page)


def _unfold(page: Page) -> None:
    page.set_viewport_size(WINDOW)
    page.emulate_media(color_scheme="light")


def _leave(page: Page) -> None:
    """Go to an empty page; what the one before has stored is forgotten."""
    if page.url.startswith("http"):
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
    if page.url != "about:blank":
        page.goto("about:blank")
