"""The page's panel that checks a file, and its consents: shown and withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from unittest.mock import patch

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages import open_tab, state
from tests.support.recordings import encoded, excerpt, spoken
from tests.support.waiting import wait_until
from tts_core.services.voices import LibraryVoice
from tts_core.types import SpeechRequest
from tts_core.web.app import App

pytestmark = [pytest.mark.browser, pytest.mark.live]

EARLY = """(content) => {
  const panel = document.createElement('div');
  panel.id = 'early';
  panel.append(document.querySelector('.file-check').cloneNode(true));
  document.body.append(panel);
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(content)], 'early.mp3'));
  panel.querySelector('input[type=file]').files = files.files;
  aloud.mountCheck(panel);
}"""
DROP = """async ([name, bytes]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], name));
  const dropped = {dataTransfer: transfer, bubbles: true, cancelable: true};
  document.querySelector('.file-check .drop').dispatchEvent(new DragEvent('drop', dropped));
}"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recordings") / "human.wav"
    path.write_bytes(encoded(excerpt(spoken(), 0, 4), "wav", "pcm_s16le"))
    return path


@pytest.fixture
def anna(page_app: App, recording: Path) -> Iterator[LibraryVoice]:
    voice = page_app.service.voices.clone([recording], "Anna <b>", consent=True)
    yield voice
    if page_app.service.voices.find(voice.id):
        page_app.service.voices.delete(voice.id)


@pytest.fixture
def speech(page_app: App, anna: LibraryVoice) -> tuple[Path, str]:
    path, info = page_app.service.synthesize(
        SpeechRequest(text="Said with this voice.", voice=anna.id), "mp3"
    )
    return path, info.request_id


def test_a_file_made_here(browser_page: Page, speech: tuple[Path, str]) -> None:
    page, panel = browser_page, browser_page.locator(".file-check")
    open_tab(page, "Clone a voice")
    with page.expect_file_chooser() as chooser:
        page.locator(".file-check input").press("Enter")
    chooser.value.set_files(speech[0])
    expect(panel.locator("h3")).to_have_text("Made here")
    facts = panel.locator(".traits")
    for said in ("100%", "Said with this voice.", "Aloud 0", "espeak", "Aloud (own certificate)"):
        expect(facts).to_contain_text(said)
    expect(panel.locator(".means")).to_contain_text("no authority vouches for the signer")


@pytest.mark.thorough
def test_a_file_chosen_before_the_script_came(browser_page: Page, speech: tuple[Path, str]) -> None:
    open_tab(browser_page, "Clone a voice")
    expect(browser_page.locator(".file-check")).to_be_visible()
    browser_page.evaluate(EARLY, list(speech[0].read_bytes()))
    expect(browser_page.locator("#early h3")).to_have_text("Made here")


@pytest.mark.thorough
def test_other_files(browser_page: Page, speech: tuple[Path, str], recording: Path) -> None:
    page, panel = browser_page, browser_page.locator(".file-check")
    open_tab(page, "Clone a voice")
    changed = bytearray(speech[0].read_bytes())
    changed[-500] ^= 1
    for name, content, verdict, told in (
        ("changed.mp3", bytes(changed), "Marked as generated, and changed since", "was changed"),
        ("human.wav", recording.read_bytes(), "No mark of a generator", "does not prove"),
    ):
        page.evaluate(DROP, [name, list(content)])
        expect(panel.locator("h3")).to_have_text(verdict)
        expect(panel.locator(".name")).to_have_text(name)
        expect(panel.locator(".means")).to_contain_text(told)
    page.evaluate(DROP, ["text.txt", list(b"no sound")])
    expect(panel.get_by_role("alert")).to_contain_text("no audio file of a known format")
    expect(panel.locator("h3")).to_be_hidden()


def test_a_consent_is_shown_and_withdrawn(
    page_app: App, browser_page: Page, anna: LibraryVoice, speech: tuple[Path, str]
) -> None:
    page = browser_page
    open_tab(page, "Clone a voice")
    card = page.locator("article.voice")
    card.locator("summary").press("Enter")
    expect(card.locator(".consent")).to_contain_text("Consent given on")
    expect(card.locator(".statement")).to_contain_text("I am the person in this recording")
    dialog = page.get_by_role("dialog", name="Withdraw the consent for Anna <b>?")
    card.locator("[data-action=withdraw]").click()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page_app.service.voices.find(anna.id)
    card.locator("[data-action=withdraw]").click()
    dialog.get_by_role("button", name="Withdraw consent").click()
    expect(card).to_have_count(0)
    row = page.locator(".withdrawn li").filter(has_text="Anna <b>: consent given").first
    expect(row).to_be_visible()
    [withdrawal] = [w for w in page_app.service.voices.withdrawals() if w.voice == anna.id]
    assert withdrawal.door == "page"
    assert withdrawal.by.startswith("address:127.0.0.1")
    row.get_by_role("button").click()
    expect(page.locator(".history .row:not(.head)")).to_have_count(1)
    expect(page.locator(".history .preview").last).to_have_text("Said with this voice.")
    expect(page.locator(".history .who").last).to_contain_text("Anna <b>")


@pytest.mark.thorough
def test_a_voice_is_withdrawn_while_its_similarity_is_measured(
    page_app: App, browser_page: Page, recording: Path
) -> None:
    page, measured = browser_page, Event()

    def measure(*_: object) -> str:
        assert measured.wait(30)
        return ""

    open_tab(page, "Clone a voice")
    page.set_input_files("#clip-audio input[type=file]", recording)
    expect(page.locator(".checks li")).to_have_count(7, timeout=30_000)
    name = page.locator("#keep input[type=text], #keep textarea").first
    name.fill("Hurried")
    page.check("#consent input")
    with patch("tts_core.web.ui.clone._similarity", measure):
        page.click("#keep-button")
        card = page.locator("article.voice").filter(has_text="Hurried")
        expect(card).to_have_count(1, timeout=20_000)
        state(page, "finished", timeout=30_000)
        expect(name).to_have_value("")
        name.fill("The next one")
        card.locator("summary").click()
        card.locator("[data-action=withdraw]").click()
        page.get_by_role("button", name="Withdraw consent", exact=True).click()
        row = page.locator(".withdrawn li").filter(has_text="Hurried")
        expect(row).to_be_visible()
        measured.set()
        expect(page.locator("#keep-button")).to_be_enabled()
    wait_until(lambda: not page_app.service.active())
    page.wait_for_timeout(300)  # what the generator sends at its end has arrived
    expect(card).to_have_count(0)
    expect(row).to_be_visible()
    expect(name).to_have_value("The next one")


def test_what_was_made_with_a_voice(
    page_app: App, browser_page: Page, anna: LibraryVoice, speech: tuple[Path, str]
) -> None:
    page_app.service.synthesize(SpeechRequest(text="Another voice."))
    open_tab(browser_page, "Clone a voice")
    browser_page.locator("article.voice [data-action=made]").click()
    rows = browser_page.locator(".history .row:not(.head)")
    expect(rows).to_have_count(1)
    voice = browser_page.locator("#status-board").get_by_role("combobox", name="Voice")
    expect(voice).to_have_value(anna.id)
    export = browser_page.locator("#status-board [data-role=csv]").get_attribute("href")
    assert f"voice={anna.id}" in str(export)
    voice.select_option("")
    expect(rows.nth(1)).to_be_visible()
