"""How fast the gallery of voices opens, filters and plays.

    python -m tests.benchmarks.gallery [VOICES]

Chromium against Aloud on this machine, with as many voices of Kokoro beside those of the other
engines (400 unless told). Milliseconds, median and worst: from the click on the button until the
rows are drawn, in a page just loaded and again; from a key in the search until what is left is
drawn; from the click on a voice until its sound begins, the first time ever, again in another
browser, and again in the same one. Of Kokoro the first time is measured twice: the women's while
nothing is made ahead, as when one presses at once, and the men's when those in sight were made.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.live import running_app
from tests.support.many_voices import many_voices
from tests.support.pages import ready, started_browser
from tests.support.waiting import wait_until
from tts_core.engines.registry import ENGINES
from tts_core.web.app import App

LOADS = 7
PLAYS = 9
AHEAD = "**/page/voices/sounds"
"""Where the page tells which voices are in sight."""
WORDS = ("m", "be", "english", "kokoro f", "bella", "deutsch", "xyzzy", "")
OPEN = """() => new Promise((done) => {
  const list = () => document.querySelectorAll('.gallery[open] .voice-row').length;
  const drawn = (then) => requestAnimationFrame(() => setTimeout(then));
  const start = performance.now();
  document.querySelector('[data-role=gallery]').click();
  const look = () => (list() ? drawn(() => done(performance.now() - start)) : setTimeout(look, 1));
  look();
})"""
FILTER = """(word) => new Promise((done) => {
  const box = document.querySelector('.gallery [data-role=search]');
  const start = performance.now();
  box.value = word;
  box.dispatchEvent(new Event('input', {bubbles: true}));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})"""
PLAY = """(row) => new Promise((done, failed) => {
  aloud.firstSoundAt = null;
  const start = performance.now();
  row.querySelector('.play').click();
  const look = () => {
    const trouble = document.querySelector('.gallery [data-role=trouble]');
    if (aloud.firstSoundAt !== null) done(aloud.firstSoundAt - start);
    else if (!trouble.hidden) failed(new Error(trouble.textContent));
    else setTimeout(look, 1);
  };
  look();
})"""


def told(what: str, times: Sequence[float]) -> None:
    print(f"{what:52} {statistics.median(times):7.0f} {max(times):7.0f}")


def loaded(window: BrowserContext, url: str) -> Page:
    page = window.new_page()
    page.goto(url)
    ready(page)
    return page


class Work:
    """What the page's own thread works, however busy the machine is."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before = self._milliseconds()

    def since(self) -> float:
        """Milliseconds of processor time since the last call."""
        before, self._before = self._before, self._milliseconds()
        return self._before - before

    def _milliseconds(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))


def openings(browser: Browser, url: str) -> None:
    times: dict[str, list[float]] = {}
    for _ in range(LOADS):
        window = browser.new_context(viewport={"width": 1440, "height": 900})
        window.route(AHEAD, lambda route: route.abort())  # what is played first is not made here
        page = loaded(window, url)
        page.wait_for_timeout(2000)  # it has more to do at first
        work = Work(page)

        def timed(what: str, script: str, word: str = "") -> None:
            work.since()  # noqa: B023 - called in this round only
            times.setdefault(what, []).append(float(page.evaluate(script, word)))  # noqa: B023
            times.setdefault(f"{what}: work of the page", []).append(work.since())  # noqa: B023

        timed("opens, in a page just loaded", OPEN)
        page.wait_for_timeout(1000)
        rows = page.locator(".voice-row").count()
        for word in WORDS:
            timed("filters", FILTER, word)
        page.keyboard.press("Escape")
        timed("opens again", OPEN)
        window.close()
    print(f"{rows} rows; milliseconds: median, worst")
    for what, found in times.items():
        told(what, found)


def plays(app: App, page: Page, words: str, *, ahead: bool) -> list[float]:
    """Play several of the voices that a search finds, one after the other.

    `ahead`: whether their sounds may be made before, for which this waits.
    """
    if not ahead:
        page.route(AHEAD, lambda route: route.abort())
    page.evaluate("document.querySelector('.gallery')?.close()")
    page.evaluate(OPEN)
    page.wait_for_timeout(3000)  # until all rows are drawn
    page.evaluate(FILTER, words)
    if ahead:
        page.wait_for_timeout(1000)  # until the server knows what is in sight
        wait_until(lambda: not app.service.previews.waiting, 300)
    times = []
    for row in page.locator(".voice-row:visible").element_handles()[:PLAYS]:
        times.append(float(page.evaluate(PLAY, row)))
        page.wait_for_function("!document.querySelector('.play[data-playing]')", timeout=120_000)
    return times


def sounds(app: App, browser: Browser) -> None:
    for words, ahead in (
        ("hibari", True),
        ("kokoro female", False),
        ("kokoro male", True),
        ("espeak", True),
    ):
        for times in ("the first time", "again, in another browser"):
            window = browser.new_context(viewport={"width": 1440, "height": 900})
            page = loaded(window, app.url)
            told(f"{words}: click to sound, {times}", plays(app, page, words, ahead=ahead))
            if times != "the first time":
                told(f"{words}: click to sound, again", plays(app, page, words, ahead=ahead))
            window.close()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    with tempfile.TemporaryDirectory() as folder:
        voices = Path(folder) / "voices"
        many_voices(voices, count)
        with (
            patch.dict(os.environ, {"TTS_KOKORO_PATH": str(voices)}),
            running_app(Path(folder) / "data", ENGINES, cache_mb=512) as app,
            started_browser() as browser,
        ):
            openings(browser, app.url)
            sounds(app, browser)


if __name__ == "__main__":
    main()
