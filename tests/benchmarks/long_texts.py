"""How long a long text takes on the page, in a real browser: to its first sound, and in all.

    python -m tests.benchmarks.long_texts [--beside FOLDER] [--texts 3] [--engine espeak]

10,000 characters of ordinary sentences, and 500 short ones, each text without a sentence of the
texts before it. With `--beside`, a checkout of another version is measured in turns with this one,
and the ratio of the medians is printed.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page

from tests.benchmarks.quality_texts import ENGLISH
from tests.support.pages import WINDOW, started_browser
from tests.support.served import ROOT, served

CHARACTERS, SENTENCES = 9_990, 500
NOUNS = [
    "cat",
    "dog",
    "man",
    "sea",
    "boat",
    "tree",
    "rain",
    "wind",
    "road",
    "house",
    "bird",
    "fish",
    "lamp",
    "book",
    "song",
]
SPEAK = """() => new Promise((resolve, reject) => {
  const clicked = performance.now();
  document.querySelector('#speak-button').click();
  const timer = setInterval(() => {
    if (aloud.state === 'waiting' || aloud.state === 'speaking') return;
    clearInterval(timer);
    if (aloud.state !== 'finished') return reject(new Error(aloud.state));
    resolve([aloud.firstSoundAt - clicked, performance.now() - clicked].map(ms => ms / 1000));
  }, 10);
})"""


class Times(NamedTuple):
    """Seconds from the click."""

    first_sound: float
    all_there: float


def ordinary(number: int) -> str:
    """Return some 10,000 characters that no other number's text shares a sentence with."""
    text = ""
    for i in count(1_000 * number):
        text += ENGLISH[i % len(ENGLISH)].replace("The", f"Take {i}: the", 1) + f" Number {i}. "
        if len(text) >= CHARACTERS:
            return text[:CHARACTERS]
    raise AssertionError


def short(number: int) -> str:
    """Return 500 sentences of four words."""
    first = SENTENCES * number
    numbers = range(first, first + SENTENCES)
    return " ".join(f"A {NOUNS[(7 * i) % len(NOUNS)]} has {i}." for i in numbers)


TEXTS = {f"{CHARACTERS:,} characters": ordinary, f"{SENTENCES} short sentences": short}


def speak(page: Page, text: str) -> Times:
    page.evaluate("aloud.edit()")
    page.fill("#script textarea", text)
    page.wait_for_timeout(1_000)
    times = Times(*page.evaluate(SPEAK))
    page.keyboard.press("Escape")
    page.wait_for_timeout(1_000)
    return times


@contextmanager
def opened(browser: Browser, folder: Path, engine: str) -> Iterator[Page]:
    """The page of a version, which has spoken a little."""
    with served(folder, TTS_ENGINE_ORDER=engine) as server:
        page = browser.new_context(viewport=WINDOW).new_page()
        page.goto(server.url)
        page.wait_for_selector("#speak-button")
        page.wait_for_timeout(5_000)
        speak(page, "Hello there.")
        yield page
        page.context.close()


def measure(folders: Sequence[Path], texts: int, engine: str) -> dict[Path, dict[str, list[Times]]]:
    found: dict[Path, dict[str, list[Times]]] = {
        folder: {name: [] for name in TEXTS} for folder in folders
    }
    with started_browser() as browser:
        for number in range(1, texts + 1):
            for folder in folders:
                with opened(browser, folder, engine) as page:
                    for name, text in TEXTS.items():
                        found[folder][name].append(speak(page, text(number)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--texts", type=int, default=3)
    parser.add_argument("--engine", default="espeak")
    options = parser.parse_args()
    folders = [ROOT, *([options.beside.resolve()] if options.beside else [])]
    found = measure(folders, options.texts, options.engine)
    for name in TEXTS:
        for field in Times._fields:
            medians = []
            for folder in folders:
                values = sorted(getattr(times, field) for times in found[folder][name])
                medians.append(statistics.median(values))
                seconds = " ".join(f"{value:.2f}" for value in values)
                print(f"{name}, {field.replace('_', ' ')}: {seconds} s   {folder.name}")
            if len(medians) > 1:
                print(f"    {medians[0] / medians[1]:.2f} times the other's")


if __name__ == "__main__":
    main()
