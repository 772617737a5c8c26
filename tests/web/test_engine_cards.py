"""The engine cards in a real browser: licence, download, a broken engine, no restart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.downloading import roomy_disk
from tests.support.hub_server import HubServer, Trickle, hub_server
from tests.support.live import running_app
from tests.support.pages import choose, speak, state
from tests.support.scripted import SCRIPTED
from tests.support.tiny_xtts import kept_checkpoint
from tts_core.engines.registry import ENGINES
from tts_core.engines.xtts.weights import REVISION
from tts_core.web.app import App

pytestmark = [pytest.mark.browser, pytest.mark.live]


@pytest.fixture(scope="module")
def hub() -> Iterator[HubServer]:
    """Empty: what is to be downloaded is put there by the test that does so."""
    with hub_server() as server:
        server.revision = REVISION
        yield server


@pytest.fixture(scope="module")
def page_app(hub: HubServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Aloud without weights, beside a Hub; and an engine that does not load."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        roomy_disk(patch)
        for name in ("TTS_XTTS_PATH", "COQUI_TOS_AGREED", "HF_HUB_CACHE"):
            patch.delenv(name, raising=False)
        patch.chdir(folder)  # where no .env is
        patch.setenv("TTS_DATA_DIR", str(folder))
        patch.setenv("HF_ENDPOINT", hub.url)
        patch.setenv("HF_TOKEN", "")
        patch.setenv("TTS_DEVICE", "cpu")
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        others = {name: SCRIPTED[name] for name in ("unloadable", "absent")}
        with running_app(folder, {**ENGINES, **others}) as app:
            yield app


@pytest.mark.thorough
@pytest.mark.timeout(300)  # a worker that imports XTTS-v2's library takes long on a busy machine
def test_from_a_licence_to_a_voice(browser_page: Page, page_app: App, hub: HubServer) -> None:
    page = browser_page
    folder = kept_checkpoint(endless=False)
    hub.files["coqui/XTTS-v2"] = {path.name: path.read_bytes() for path in folder.iterdir()}
    page.get_by_role("tab", name="Engines").click()
    card = page.locator("article.engine[data-name=xtts]")
    expect(card.locator(".badge")).to_have_text("Needs 1.9 GB")
    button = card.get_by_role("button", name="Download: XTTS-v2")
    expect(button).to_be_disabled()
    license = card.get_by_role("link", name="Coqui Public Model License")
    expect(license).to_have_attribute("href", "https://coqui.ai/cpml")

    hub.faults["model.pth"] = [Trickle(500_000)]
    card.get_by_role("checkbox").check()
    button.click()
    cancel = card.get_by_role("button", name="Cancel: XTTS-v2")
    expect(cancel).to_be_visible(timeout=15_000)
    expect(card.locator(".step")).to_have_text(re.compile(r"^\d.* of .*"), timeout=15_000)
    expect(card.locator(".badge")).to_have_text("Downloading")
    meter = card.get_by_role("progressbar")
    page.wait_for_function(
        "() => Number(document.querySelector('.engine[data-name=xtts] .meter').ariaValueNow) > 0"
    )
    cancel.click()
    expect(card.locator(".step")).to_have_text(
        "Stopped. The next download resumes here.", timeout=15_000
    )

    card.get_by_role("button", name="Try again: XTTS-v2").click()
    expect(card.locator(".badge")).to_have_text("Ready", timeout=30_000)
    expect(meter).to_be_hidden()
    assert hub.fetched("model.pth")[-1].range  # it went on where it was
    assert page_app.service.settings.agreements_path.is_file()

    page.get_by_role("tab", name="Speak").click()
    choose(page, "Engine", "XTTS-v2")
    speak(page, "Hello there.")
    state(page, "finished", timeout=180_000)
    assert page.evaluate("aloud.info.engine") == "xtts"
    expect(page.locator("#player, .player").first).to_contain_text("XTTS-v2")


def test_an_engine_that_is_not_installed_offers_the_command(browser_page: Page) -> None:
    page = browser_page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("tab", name="Engines").click()
    card = page.locator("article.engine[data-name=absent]")
    expect(card.locator(".badge")).to_have_text("Not installed")
    expect(card.locator("code")).to_have_text("make absent")
    copy = card.get_by_role("button", name="Copy: make absent")
    copy.click()
    expect(copy).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "make absent"


def test_an_engine_that_fails_gives_way_and_says_so(browser_page: Page, page_app: App) -> None:
    page = browser_page
    choose(page, "Engine", "Scripted")
    speak(page, "Hello there.")
    state(page, "finished", timeout=60_000)
    fallback = page.evaluate("aloud.info.fallback")
    assert fallback["from"] == "unloadable"
    assert fallback["to"] == page.evaluate("aloud.info.engine") != "unloadable"
    expect(page.get_by_text("weights are missing").first).to_be_visible()
    page.get_by_role("tab", name="Engines").click()
    card = page.locator("article.engine[data-name=unloadable]")
    expect(card.locator(".badge")).to_have_text("Recently failed")
