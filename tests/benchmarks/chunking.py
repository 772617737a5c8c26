"""Speed and accuracy of the chunker beside pysbd, in one run.

    .venv/bin/python -m tests.benchmarks.chunking

Prints characters per second for prose and for hostile texts, then how many of the texts of
`tests/support/sentence_cases.py` each splits as a reader would.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pysbd

from tests.support.sentence_cases import CASES
from tts_core.text.chunker import chunk
from tts_core.text.normalize import normalize

PYSBD_SECONDS = 10.0
"""The next larger text is left out when the last one took longer than a quarter of this."""

PROSE = "".join(
    " ".join(case.sentences) + ("\n\n" if number % 5 == 4 else " ")
    for number, case in enumerate(case for case in CASES if case.language == "en")
)
HOSTILE = ("a", ".", ". ", "a.", '"', " ", "a. ", "A! ", "。", "我", ", ", "\n", "\n ", "1.\n", "—")
HOSTILE_MARKUP = ("<", "**", "<a ", "<b>", "<!--", "**a ", "` ", "# ", "*_", "ا\u200c")


def repeated(text: str, length: int) -> str:
    return (text * (length // len(text) + 1))[:length]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def rate(length: int, taken: float) -> str:
    return f"{taken:8.3f} s {length / taken / 1e6:8.3f} M/s"


def speed() -> None:
    print("prose: chunk(200, 20), normalize, pysbd")
    segmenter = pysbd.Segmenter(language="en", clean=False)
    last = 0.0
    for length in (1_000, 5_000, 10_000, 20_000, 40_000, 100_000, 1_000_000):
        text = repeated(PROSE, length)
        line = rate(length, seconds(lambda text=text: chunk(text, 200, 20)))
        line += " |" + rate(length, seconds(lambda text=text: normalize(text)))
        if last < PYSBD_SECONDS / 4:
            last = seconds(lambda text=text: segmenter.segment(text))
            line += " |" + rate(length, last)
        print(f"{length:>9}: {line}")


def hostile() -> None:
    print("\nhostile, 1 MB beside 100 kB: the ratio is 10 when the time is linear")
    for name, patterns, work in (
        ("chunk", HOSTILE, lambda text: chunk(text, 200, 20)),
        ("normalize", HOSTILE_MARKUP, normalize),
    ):
        for pattern in patterns:
            small, large = (
                seconds(lambda n=n, p=pattern, w=work: w(repeated(p, n))) for n in (10**5, 10**6)
            )
            print(f"{name:>9} {pattern!r:>9}: {rate(10**6, large)}  ratio {large / small:5.1f}")


def accuracy() -> None:
    segmenters: dict[str, pysbd.Segmenter] = {}
    totals = {"aloud": 0, "pysbd": 0, "pysbd can": 0}
    print("\nsentence ends")
    for case in CASES:
        text = " ".join(case.sentences)
        ours = [c.text.strip() for c in chunk(text, 10_000)] == list(case.sentences)
        totals["aloud"] += ours
        theirs = None
        try:
            language = case.language
            segmenter = segmenters.setdefault(language, pysbd.Segmenter(language=language))
            theirs = [s.strip() for s in segmenter.segment(text)] == list(case.sentences)
            totals["pysbd"] += theirs
            totals["pysbd can"] += 1
        except ValueError:
            pass  # a language it does not know
        mark = {True: "right", False: "wrong", None: "-"}
        print(f"  {case.language} {mark[ours]:6} {mark[theirs]:6} {' | '.join(case.sentences)}")
    print(
        f"aloud {totals['aloud']} of {len(CASES)}; pysbd {totals['pysbd']} of "
        f"{totals['pysbd can']} in the languages it knows"
    )


if __name__ == "__main__":
    speed()
    hostile()
    accuracy()
