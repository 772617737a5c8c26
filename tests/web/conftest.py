"""A server and a browser."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.live import free_port
from tests.support.pages import chromium, opened_page, started_browser
from tts_core.engines.registry import ENGINES, Registry
from tts_core.settings import Settings
from tts_core.web.app import App, create_app


@pytest.fixture(scope="module")
def page_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Aloud with eSpeak NG and the slow engine."""
    settings = Settings(
        _env_file=None,
        host="127.0.0.1",
        port=free_port(),
        data_dir=tmp_path_factory.mktemp("data"),
        max_text_length=10_000,
        cache_mb=0,  # what is spoken twice takes its time twice
    )
    registry = Registry({**ENGINES, "slow": "tests.web.slow_engine:SlowEngine"})
    with create_app(settings, registry) as app:
        app.start()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if any(engine["state"] == "idle" for engine in app.service.engines()):
                break
            time.sleep(0.05)
        yield app


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
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    yield context
    context.close()


@pytest.fixture
def browser_page(window: BrowserContext, app_url: str) -> Iterator[Page]:
    """The page in a new tab, open and ready; errors in its scripts fail the test."""
    with opened_page(window, app_url) as page:
        yield page
        if not page.is_closed():
            page.evaluate("localStorage.clear()")
            page.close()
