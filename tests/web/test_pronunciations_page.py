"""The panel of pronunciations: add, correct, hear, delete, import and export, also by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.node import JAVASCRIPT
from tests.support.pages import state, taken_over

pytestmark = [pytest.mark.browser, pytest.mark.live]

TEXT = "Dr. Brown paid $5 for some SQL."
SELECT = """word => {
  const field = document.querySelector('#text textarea');
  const at = field.value.indexOf(word);
  field.focus();
  field.setSelectionRange(at, at + word.length);
}"""
AXE = JAVASCRIPT / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def panel(browser_page: Page, app_url: str) -> Iterator[Page]:
    """The page with a text, and a dictionary that is empty before and afterwards."""
    page = browser_page
    page.fill("#text textarea", TEXT)
    taken_over(page, TEXT)
    yield page
    with httpx.Client(base_url=app_url) as http:
        for entry in http.get("lexicon").json():
            http.delete(f"lexicon/{entry['id']}")


def field(page: Page, role: str) -> Locator:
    return page.locator(f"#pronunciations [data-role={role}]")


def entries(app_url: str) -> list[tuple[str, str, str]]:
    found = httpx.get(f"{app_url}lexicon").json()
    return [(e["written"], e["spoken"], e["phonemes"]) for e in found]


def add(page: Page, written: str, spoken: str) -> None:
    page.fill("#pronunciations [data-role=written]", written)
    page.fill("#pronunciations [data-role=spoken]", spoken)
    page.press("#pronunciations [data-role=spoken]", "Enter")
    expect(page.locator("#pronunciations [data-role=said]")).to_contain_text(f"“{written}”")


def test_a_selected_word_is_respelled(panel: Page, app_url: str) -> None:
    page = panel
    button, view = page.locator("#pronunciations-button"), page.locator("#pronunciations")
    expect(view).to_be_hidden()
    page.evaluate(SELECT, "SQL")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(view.locator("[data-role=spoken]")).to_be_focused()
    expect(field(page, "written")).to_have_value("SQL")
    expect(view.locator("[data-role=nothing]")).to_be_visible()
    page.keyboard.type("sequel")
    page.keyboard.press("Enter")
    row = view.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("sequel")
    expect(view.locator("[data-role=nothing]")).to_be_hidden()
    assert entries(app_url) == [("SQL", "sequel", "")]
    page.keyboard.press("Escape")
    expect(view).to_be_hidden()
    expect(button).to_be_focused()


def test_a_reading_is_corrected_with_one_press(panel: Page, app_url: str) -> None:
    page = panel
    readings = page.locator("#readings")
    page.click("#readings-button")
    readings.locator("ruby", has_text="$5").click()
    expect(field(page, "written")).to_have_value("$5")
    page.keyboard.press("Escape")
    mark = readings.locator("ruby", has_text="Dr.")
    mark.press("Enter")
    expect(page.locator("#pronunciations [data-role=spoken]")).to_be_focused()
    expect(field(page, "written")).to_have_value("Dr.")
    page.keyboard.type("Professor")
    page.keyboard.press("Enter")
    expect(readings.locator("ruby", has_text="Dr.").locator("rt")).to_have_text("Professor")
    assert entries(app_url) == [("Dr.", "Professor", "")]
    readings.locator("ruby", has_text="Dr.").click()  # which has an entry now
    expect(page.locator("#pronunciations [data-role=cancel]")).to_be_visible()
    expect(field(page, "spoken")).to_have_value("Professor")


def test_errors_are_beside_the_fields(panel: Page) -> None:
    page = panel
    page.click("#pronunciations-button")
    view = page.locator("#pronunciations")
    problem = view.locator("[data-role=problem]")
    view.locator("[data-role=save]").click()
    expect(problem).to_contain_text("Write the word")
    expect(view.locator("[data-role=written]")).to_be_focused()
    page.keyboard.type("SQL")
    view.locator("[data-role=save]").click()
    expect(problem).to_contain_text("Say how it is spoken")
    page.fill("#pronunciations [data-role=phonemes]", "/s/")
    view.locator("[data-role=save]").click()
    expect(problem).to_contain_text("leave the slashes out")
    expect(view.locator("[data-role=phonemes]")).to_have_attribute("aria-invalid", "true")
    expect(field(page, "written")).to_have_value("SQL")


def test_entries_are_changed_heard_and_deleted(panel: Page, app_url: str) -> None:
    page = panel
    page.click("#pronunciations-button")
    add(page, "SQL", "sequel")
    add(page, "Nikon", "Nick-on")
    view = page.locator("#pronunciations")
    page.get_by_role("button", name="Edit: SQL").click()
    expect(field(page, "written")).to_have_value("SQL")
    expect(field(page, "spoken")).to_have_value("sequel")
    page.fill("#pronunciations [data-role=spoken]", "squeal")
    view.locator("[data-role=save]").click()
    expect(view.locator("tbody")).to_contain_text("squeal")
    assert entries(app_url) == [("Nikon", "Nick-on", ""), ("SQL", "squeal", "")]
    page.get_by_role("button", name="Hear: Nikon").click()
    state(page, "finished", 20_000)
    page.evaluate("aloud.player.stop()")
    remove = page.get_by_role("button", name="Delete: Nikon")
    remove.click()
    expect(remove).to_have_text("Delete?")
    remove.click()
    expect(view.locator("tbody tr")).to_have_count(1)
    assert entries(app_url) == [("SQL", "squeal", "")]


def test_files_go_out_and_in(panel: Page, app_url: str, tmp_path: Path) -> None:
    page = panel
    page.click("#pronunciations-button")
    add(page, "SQL", "sequel")
    view = page.locator("#pronunciations")
    with page.expect_download() as waiting:
        view.locator("[data-role=csv]").click()
    assert waiting.value.suggested_filename == "aloud-pronunciations.csv"
    path = tmp_path / "words.csv"
    path.write_text(waiting.value.path().read_text() + "Nikon,Nick-on\n,nothing\n")
    view.locator("[data-role=file]").set_input_files(path)
    expect(view.locator("[data-role=said]")).to_contain_text("Added 1, replaced 1.")
    expect(view.locator("[data-role=said]")).to_contain_text("4: written is empty")
    assert [written for written, _, _ in entries(app_url)] == ["Nikon", "SQL"]
    href = view.locator("[data-role=pls]").get_attribute("href") or ""
    assert re.search(r"/lexicon/export\?format=pls$", href)


@pytest.mark.thorough
@pytest.mark.parametrize("width", [1440, 900, 390, 320])
def test_the_panel_fits(panel: Page, width: int) -> None:
    page = panel
    page.click("#pronunciations-button")
    add(page, "Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 3, "a long word " * 20)
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [
        page.locator(f"#{name}").bounding_box()
        for name in ("script-meta", "readings-button", "pronunciations-button", "speak-button")
    ]
    for index, a in enumerate(boxes):
        for b in boxes[index + 1 :]:
            assert a is not None
            assert b is not None
            beside = a["x"] + a["width"] <= b["x"] + 1 or b["x"] + b["width"] <= a["x"] + 1
            above = a["y"] + a["height"] <= b["y"] + 1 or b["y"] + b["height"] <= a["y"] + 1
            assert beside or above


@pytest.mark.thorough
@pytest.mark.skipif(not AXE.exists(), reason="`make test` installs axe-core if npm is there")
def test_nothing_serious_is_found(panel: Page) -> None:
    page = panel
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.click("#pronunciations-button")
    add(page, "SQL", "sequel")
    page.click("#readings-button")
    expect(page.locator("#readings ruby").first).to_be_visible()
    check = """async () => (await axe.run(document.querySelector('#script')))
      .violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id)"""
    assert page.evaluate(check) == []
