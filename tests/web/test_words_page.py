"""Words on the page, of an engine that does not tell their times, and sentences made again."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.live import running_app
from tests.support.pages import download, speak, state
from tests.support.parrot import BAD_SEED, PARROT
from tests.support.waiting import wait_until
from tts_core.web.app import App

pytestmark = [pytest.mark.browser, pytest.mark.live]

PARROT_FIRST = {"parrot": PARROT["parrot"], **PARROT}
FIRST = "The birch canoe slid on the smooth planks."
TEXT = f"{FIRST} Most of the passengers had already gone home by bus."


@pytest.fixture(scope="module")
def page_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("data"), PARROT_FIRST, cache_mb=64) as app:
        app.service._alignment.prepare(app.service.registry.info("parrot"))
        wait_until(lambda: any(e.state == "idle" for e in app.service.engines.all()), 20)
        yield app


def test_words_light_up_and_play_from_a_click(browser_page: Page) -> None:
    page = browser_page
    speak(page, TEXT)
    state(page, "finished", 20_000)
    assert page.evaluate("aloud.info.engine") == "parrot"
    page.wait_for_function("aloud.player.position > 0.5 && aloud.playing")
    lit = """() => {
      const [range] = CSS.highlights.get('aloud-word');
      return [range.toString(), aloud.player.position];
    }"""
    word, at = page.evaluate(lit)
    words = page.evaluate("aloud.info.words")
    assert any(w["start"] - 0.1 <= at <= w["end"] + 1.5 for w in words if w["text"] == word)
    page.click("[data-role=play]")
    page.wait_for_function("!aloud.playing")
    box = page.evaluate("""() => {
      const node = document.querySelectorAll('.sentence')[1].firstChild;
      const range = new Range();
      const from = node.data.indexOf('passengers');
      range.setStart(node, from + 4);
      range.setEnd(node, from + 5);
      return range.getBoundingClientRect().toJSON();
    }""")
    page.mouse.click(box["x"] + 1, box["y"] + box["height"] / 2)
    [start] = [w["start"] for w in words if w["text"] == "passengers"]
    page.wait_for_function("aloud.playing")
    assert page.evaluate("aloud.player.live.from") == pytest.approx(start, abs=0.002)
    assert page.locator(".doubtful, .again").count() == 0


@pytest.mark.thorough
def test_subtitles_by_word(browser_page: Page) -> None:
    page = browser_page
    speak(page, FIRST)
    state(page, "finished", 20_000)
    for kind in ("srt", "vtt"):
        file = download(page, f"{kind}-words")
        assert file.suggested_filename.endswith(f"-words.{kind}")
        text = Path(file.path()).read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if re.match(r"[A-Za-z]+\.?$", line)]
        assert [line for line in lines if line != "WEBVTT"] == FIRST.split()


def test_a_doubtful_sentence_is_made_again(
    browser_page: Page, page_app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda below: BAD_SEED)
    page = browser_page
    before = len(list(page_app.settings.cache_path.rglob("*.*")))
    speak(page, TEXT)
    state(page, "finished", 20_000)
    buttons = page.locator("#reader .again")
    expect(buttons).to_have_count(2)
    assert "there may be" in (page.get_attribute(".sentence.doubtful >> nth=0", "title") or "")
    first = page.evaluate("aloud.info.segments")
    assert page.locator(".sentence").all_inner_texts()[0].strip() == FIRST
    kept = page_app.settings.cache_path
    wait_until(lambda: sum(p.suffix != ".part" for p in kept.rglob("*.*")) >= before + 2, 10)
    buttons.nth(1).click()
    state(page, "speaking")
    state(page, "finished", 20_000)
    expect(buttons).to_have_count(1)
    second = page.evaluate("aloud.info.segments")
    assert second[0] == first[0]
    length = [s[1]["end"] - s[1]["start"] for s in (first, second)]
    assert length[1] < length[0] - 2
    assert page.evaluate("aloud.info.cached") == 1
    page.wait_for_function("s => aloud.player.position >= s", arg=second[1]["start"] - 0.5)
    kinds = [q["faults"] for q in page.evaluate("aloud.info.quality")]
    assert kinds[0]
    assert kinds[1] == []
    record = page_app.service.report.history(1)["request_history"][0]
    assert record["status"] == "completed"
