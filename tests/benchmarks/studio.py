"""How fast the Studio shows and scrolls a long book.

    python -m tests.benchmarks.studio [SENTENCES]

Chromium against Aloud on this machine, with a book of 10,000 sentences unless told. First paint:
milliseconds from the click on the project until its first sentences are drawn, median and worst.
Scrolling: frames a second for five seconds, 150 pixels a frame, and the share of frames in which a
row was still without its text.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.support.choir import CHOIR
from tests.support.live import running_app
from tests.support.pages import open_tab, ready, started_browser
from tts_core.projects.asked import narration_of
from tts_core.types import Caller
from tts_core.web.app import App

LOADS = 5
IN_CHAPTER = 250
OPEN = """async () => {
  const start = performance.now();
  document.querySelector('.studio-open').click();
  while (!document.querySelector('.studio-row:not(.empty)')) {
    await new Promise(requestAnimationFrame);
  }
  await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""
SCROLL = """async () => {
  const grid = document.querySelector('.studio-grid');
  const start = performance.now();
  let [frames, empty] = [0, 0];
  while (performance.now() < start + 5000) {
    grid.scrollTop += 150;
    await new Promise(requestAnimationFrame);
    frames += 1;
    if (document.querySelector('.studio-row.empty')) empty += 1;
  }
  return [1000 * frames / (performance.now() - start), empty / frames];
}"""


def main() -> None:
    """Measure, and print what was found."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder), CHOIR) as app,
        started_browser() as browser,
    ):
        add_book(app, count)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(app.url)
        ready(page)
        open_tab(page, "Studio")
        paints = [opened(page) for _ in range(LOADS)]
        print(f"first paint: p50 {statistics.median(paints):.0f} ms, worst {max(paints):.0f} ms")
        opened(page, back=False)
        page.wait_for_timeout(1000)
        rate, empty = page.evaluate(SCROLL)
        print(f"scrolling: {rate:.0f} frames a second, {empty:.0%} with an empty row")


def add_book(app: App, count: int) -> None:
    """Make a project of a book, and pause it."""
    path = app.service.settings.uploads_path / "book.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for n in range(count):
        if n % IN_CHAPTER == 0:
            lines.append(f"# Chapter {n // IN_CHAPTER + 1}")
        lines.append(f"This is sentence {n} of a long book, which goes on for a while, and a bit.")
    path.write_text("\n\n".join(lines), encoding="utf-8")
    owner = Caller(operator=True)
    made = app.service.projects.narrate(owner, path, "book.md", narration_of(voice="af_bella"))
    app.service.projects.control(owner, made.project_id, "pause")


def opened(page: Page, *, back: bool = True) -> float:
    """Open the project and return how long that took; `back`: leave it again."""
    page.wait_for_selector(".studio-open")
    took: float = page.evaluate(OPEN)
    if back:
        page.wait_for_timeout(500)
        page.click(".studio [data-role=back]")
    return took


if __name__ == "__main__":
    main()
