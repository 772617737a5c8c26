"""What a dictionary of 5,000 entries adds to the reading of a text of 1,000 characters.

    python -m tests.benchmarks.lexicon

Prints medians of processor time in milliseconds, and the ratio of reading with the entries to
reading without, where the text has none, a few and nearly all of the words.
"""

from __future__ import annotations

import random
import re
import statistics
import time
from collections.abc import Callable, Iterator

from tests.benchmarks.speech_texts import ENGLISH
from tts_core.lexicon.entry import LexiconEntry
from tts_core.lexicon.matcher import Matcher
from tts_core.text.reading.assembly import Source
from tts_core.text.reading.reader import read
from tts_core.text.reading.reading import Options

ENTRIES = 5_000
CHARACTERS = 1_000
TEXTS = 300
"""Different ones, so that nothing is remembered of a text that was read before."""
FACTS = ("It cost $5.20 on May 3, 2024.", "Dr. Brown ran 5 km in 24 min.", "See www.example.com.")


def texts() -> Iterator[str]:
    """Yield prose with some numbers in it."""
    chance = random.Random(5)
    for _ in range(TEXTS):
        sentences = [*chance.sample(ENGLISH, 14), *FACTS]
        chance.shuffle(sentences)
        yield " ".join(sentences * 2)[:CHARACTERS]


def dictionary(words: list[str]) -> Matcher:
    """Return 5,000 entries, the words first: single words, and phrases that begin alike."""
    chance = random.Random(7)
    made = (
        "the " * (number % 3 == 0) + "".join(chance.choices("aeiourstlnmd", k=7))
        for number in range(ENTRIES)
    )
    written = [*words, *made][:ENTRIES]
    return Matcher(LexiconEntry(written=word, spoken="as told") for word in written)


def median(work: Callable[[Source], object], sources: list[Source]) -> float:
    """Return the median processor time in milliseconds."""
    times = []
    for source in sources:
        began = time.thread_time()
        work(source)
        times.append(time.thread_time() - began)
    return statistics.median(times) * 1000


def main() -> None:
    """Measure and print."""
    sources = [Source(text, Options()) for text in texts()]
    everything = sorted({word for s in sources for word in re.findall(r"[a-z]+", s.text.lower())})
    cases = {"none": [], "a few": everything[::20], "nearly all": everything}
    read(sources[0], "en-us")
    for name, words in cases.items():
        matcher = dictionary(words)

        def with_entries(source: Source, matcher: Matcher = matcher) -> None:
            span = (0, len(source.text))
            read(source, "en-us", None, span, matcher.overrides(source, span, "en-us", ("af",)))

        found = matcher.overrides(sources[0], (0, len(sources[0].text)), "en-us", ("af",))
        plain = median(lambda source: read(source, "en-us"), sources)
        full = median(with_entries, sources)
        print(
            f"{name:>10} of the words: {plain:.2f} ms without, {full:.2f} ms with {ENTRIES:,} "
            f"entries, {len(found)} of them found: +{full - plain:.2f} ms, ratio {full / plain:.2f}"
        )


if __name__ == "__main__":
    main()
