"""The speech check: which faults it finds in voices it never heard, and how often it is wrong.

    .venv/bin/python -m tests.benchmarks.speech_check [FOLDER_OF_RECORDINGS] [--write]

`LEARNT` are the voices that the default of `tts_core/alignment/baselines.json` is made of
(`--write` makes it anew), by clean clips alone. The table is of the others: no speaker is in both.
They are judged twice: by that default, as an engine is that nobody measured, and by an entry of
their own, made as `python -m tts_core.alignment.calibrate` does of every other clean clip, which
are then left out.
Wanted: at most 2 % false alarms, and 95 % found of all kinds but the substituted word. The speakers
are in `speakers.py`, with what to install; the faults in `speech_faults.py`. For the folder see
`word_times.py`; all is well in its recordings, so each fault that is found is a false alarm.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from tests.benchmarks.speakers import Speaker, english
from tests.benchmarks.speech_faults import CLEAN, KINDS, Case, cases, clean_cases
from tests.benchmarks.speech_texts import ENGLISH
from tests.benchmarks.word_times import recordings
from tests.support.engines import context, reference
from tts_core.alignment.aligner import References, compare
from tts_core.alignment.baselines import DEFAULT, baseline_of
from tts_core.alignment.calibrate import default_entry, entry_of, write
from tts_core.alignment.divergence import Divergence
from tts_core.alignment.quality import Baseline, assess
from tts_core.types import AudioChunk, Quality

LEARNT = ("flite-awb", "flite-rms", "festival-ked", "matched-awb", "matched-ked")
JUDGED = (
    "flite-slt",
    "flite-kal16",
    "festival-kal",
    "festival-slt-hts",
    "matched-slt",
    "matched-kal16",
)
VOICE = "en-us"


@dataclass(frozen=True)
class Result:
    text: str
    kind: str
    words: Sequence[str]
    numbers: Divergence | None


class Bench:
    def __init__(self) -> None:
        self.references = References(context())
        self.work = self.sound = 0.0

    def measure(self, text: str, chunk: AudioChunk) -> tuple[Sequence[str], Divergence | None]:
        began = time.process_time()
        found, numbers = compare(chunk, self.references.speaker(text, reference(VOICE)))
        self.work += time.process_time() - began
        self.sound += chunk.duration
        return [] if found is None else [w.text for w in found.words], numbers

    def results(self, spoken: Iterable[Case]) -> list[Result]:
        return [Result(c.text, c.kind, *self.measure(c.text, c.chunk)) for c in spoken]


def verdict(result: Result, usual: Baseline) -> Quality:
    if result.numbers is None:  # no speech at all would be a fault of its own
        return Quality()
    return assess(result.numbers, result.words, usual)


def learn(bench: Bench, speakers: Sequence[Speaker]) -> None:
    voices = []
    for speaker in speakers:
        clean = bench.results(clean_cases(speaker, ENGLISH))
        voices.append([(len(r.words), r.numbers.values) for r in clean if r.numbers])
    names = ", ".join(s.name for s in speakers)
    made = default_entry(voices, f"tests.benchmarks.speech_check: clean clips of {names}")
    write(DEFAULT, made["entry"], made["slopes"])


def own(results: Sequence[Result]) -> tuple[Baseline, list[Result]]:
    """The voice's own entry, and the results of the texts that it was not made of."""
    texts = list(dict.fromkeys(r.text for r in results))
    taught = set(texts[::2])
    clean = [r for r in results if r.kind == CLEAN and r.text in taught]
    entry = entry_of([(len(r.words), r.numbers.values) for r in clean if r.numbers], "")
    usual = Baseline(baseline_of(DEFAULT).slopes, entry["middles"], entry["allowances"])
    return usual, [r for r in results if r.text not in taught]


def found(qualities: Sequence[Quality], is_found: Callable[[Quality], bool]) -> str:
    return f"{100 * sum(map(is_found, qualities)) / max(1, len(qualities)):.1f} %"


def table(judged: dict[str, list[Result]]) -> None:
    by_default: dict[str, list[Quality]] = defaultdict(list)
    by_own: dict[str, list[Quality]] = defaultdict(list)
    for results in judged.values():
        for result in results:
            by_default[result.kind].append(verdict(result, baseline_of(DEFAULT)))
        usual, rest = own(results)
        for result in rest:
            by_own[result.kind].append(verdict(result, usual))
    print("| fault | segments | found | found for sure | by own limits: segments | found | sure |")
    print("|---|---|---|---|---|---|---|")
    for kind in (CLEAN, *KINDS):
        cells = []
        for qualities in (by_default[kind], by_own[kind]):
            checked = [q for q in qualities if q.checked]
            cells += [str(len(checked)), found(checked, lambda q: bool(q.issues))]
            cells.append(found(checked, lambda q: q.sure))
        name = "none (false alarms)" if kind == CLEAN else kind
        print(f"| {name} | {' | '.join(cells)} |")
    print("\n| voice | clean | false alarms | for sure |\n|---|---|---|---|")
    for name, results in judged.items():
        clean = [verdict(r, baseline_of(DEFAULT)) for r in results if r.kind == CLEAN]
        alarms = [sum(bool(q.issues) for q in clean), sum(q.sure for q in clean)]
        print(f"| {name} | {len(clean)} | {alarms[0]} | {alarms[1]} |")


def people(folder: Path, bench: Bench) -> None:
    print("\n| recording | score | faults (all false) |\n|---|---|---|")
    for name, text, chunk in recordings(folder):
        words, numbers = bench.measure(text, chunk)
        assert numbers is not None
        quality = assess(numbers, words, baseline_of(DEFAULT))
        issues = "; ".join(f"{f.kind}: {' '.join(f.words)}" for f in quality.issues)
        score = "not checked" if quality.score is None else f"{quality.score:.2f}"
        print(f"| {name} | {score} | {issues or 'none'} |")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--write", action="store_true", help="regenerate the default entry")
    options = parser.parse_args()
    bench = Bench()
    with tempfile.TemporaryDirectory() as name, threadpool_limits(1):
        speakers = english(Path(name), ENGLISH)
        if options.write:
            learn(bench, [speakers[n] for n in LEARNT])
        bench.measure(ENGLISH[0], next(iter(speakers.values())).speak(ENGLISH[:1])[0])  # type: ignore[arg-type]
        bench.work = bench.sound = 0.0
        table({n: bench.results(cases(speakers[n], ENGLISH)) for n in JUDGED})
        print(f"\n{bench.work / bench.sound:.4f} s of CPU time for a second of sound")
        if options.folder:
            people(options.folder, bench)


if __name__ == "__main__":
    main()
