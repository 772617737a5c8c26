"""The gallery has the sounds of the voices in sight made: real Kokoro, a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support.live import running_app
from tests.support.waiting import wait_until
from tts_core.engines.registry import ENGINES
from tts_core.services.previews import MOST
from tts_core.web.app import App

pytestmark = [pytest.mark.browser, pytest.mark.live]

SOUND = "page/voices/sound"
KUMO = {"engine": "kokoro", "voice": "jm_kumo", "language": "ja"}


@pytest.fixture(scope="module")
def page_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Aloud with Kokoro and eSpeak NG, and with a cache of segments."""
    engines = {name: ENGINES[name] for name in ("kokoro", "espeak")}
    with running_app(tmp_path_factory.mktemp("data"), engines, cache_mb=50) as app:
        yield app


def kept(app: App) -> int:
    return len(list(app.service.settings.cache_path.glob("*/*.safetensors")))


def statistics(app: App) -> dict[str, Any]:
    found: dict[str, Any] = app.service.report.statistics()
    return found


def test_the_first_press_finds_its_sound_made(browser_page: Page, page_app: App) -> None:
    page = browser_page
    page.get_by_role("button", name="All voices").click()
    gallery = page.get_by_role("dialog", name="Voices")
    expect(gallery.locator(".voice-row").first).to_be_visible()
    with page.expect_response(
        lambda answer: (
            answer.url.endswith("/page/voices/sounds") and answer.request.post_data_json == [KUMO]
        )
    ) as answer:
        gallery.get_by_role("searchbox").fill("kumo")
    assert answer.value.status == 204
    wait_until(lambda: not page_app.service.previews.waiting, 60)
    wait_until(lambda: kept(page_app))
    assert statistics(page_app)["total_requests"] == 0
    gallery.get_by_role("button", name="Play: Kumo, male, Kokoro").click()
    page.wait_for_function("aloud.firstSoundAt")
    wait_until(lambda: statistics(page_app)["total_requests"] == 1)
    assert statistics(page_app)["cached_chunks"] == 1


def test_only_what_is_in_sight_is_asked_for(browser_page: Page) -> None:
    page = browser_page
    asked: list[list[dict[str, str]]] = []
    page.on(
        "request",
        lambda request: request.url.endswith("/sounds") and asked.append(request.post_data_json),
    )
    page.get_by_role("button", name="All voices").click()
    gallery = page.get_by_role("dialog", name="Voices")
    page.wait_for_function(
        "[...document.querySelectorAll('.gallery h3')].some(h => h.textContent === 'Welsh')"
    )
    wait_until(lambda: page.evaluate("1") and asked)
    assert 3 < len(asked[-1]) <= MOST
    before = len(asked)
    gallery.locator(".voice-row").last.scroll_into_view_if_needed()
    wait_until(lambda: page.evaluate("1") and len(asked) > before)
    assert not [voice for voice in asked[-1] if voice in asked[before - 1]]
    page.keyboard.press("Escape")
    gallery.wait_for(state="hidden")
    before = len(asked)
    page.get_by_role("button", name="All voices").click()  # again, since it may have been long
    wait_until(lambda: page.evaluate("1") and len(asked) > before)


def test_what_is_asked_for_is_checked(page_app: App) -> None:
    with httpx.Client(base_url=page_app.url) as client:
        for voices in ([{**KUMO, "voice": "v" * 10_000}], [{"engine": "kokoro"}], "kumo"):
            assert client.post(f"{SOUND}s", json=voices).status_code in (400, 422)
        foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
        assert client.post(f"{SOUND}s", json=[KUMO], headers=foreign).status_code == 403
        assert client.post(f"{SOUND}s", json=[{**KUMO, "voice": "nobody"}]).status_code == 204
    assert not page_app.service.previews.waiting
