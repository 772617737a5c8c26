"""The speech check: which faults it finds in voices it never heard, and how often it is wrong.

    .venv/bin/python -m tests.benchmarks.speech_check {hibari,espeak} [FOLDER] [--write]

The first argument is the reference engine. `LEARNT` are the voices that its default in
`tts_core/alignment/baselines.json` is made of, by clean clips alone; no speaker is both in it and
in the table. Of Kokoro's voices, those of `TTS_KOKORO_PATH` or else the five of its packages, every
second is learnt and the others are judged; whispering ones are left out. Piper's, the first in
`TTS_PIPER_PATH`, is judged by other texts than it is learnt by. `--write` makes all entries anew.
With eSpeak NG as the reference these engines have no entries: with some, fewer faults were found.
What each voice's own limits find once it has spoken 60 sentences is seen in Piper's.

Wanted: at most 2 % false alarms, and 95 % found of all kinds but the single words. The speakers
are in `speakers.py`, with what to install; the faults in `speech_faults.py`. The engines' clean
speech counts only where Whisper hears the text. For the folder of recordings see `word_times.py`;
all is well in them, so each fault that is found is a false alarm.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from tests.benchmarks import quality_texts
from tests.benchmarks import speech_texts as texts
from tests.benchmarks.speakers import Speaker, english, neural
from tests.benchmarks.speech_faults import CLEAN, KINDS, Case, cases, clean_cases
from tests.benchmarks.word_times import recordings
from tests.support.engines import context, new_engine, reference
from tests.support.recognizer import transcribe, word_errors
from tts_core.alignment.aligner import References, compare
from tts_core.alignment.baselines import baseline_of
from tts_core.alignment.calibrate import default_entry, entry_of, write, write_default
from tts_core.alignment.divergence import Divergence
from tts_core.alignment.limits import ClipMeasures
from tts_core.alignment.quality import Baseline, assess
from tts_core.engines.execution import engine_class
from tts_core.engines.registry import ENGINES, Registry
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
WHISPERING = frozenset({"af_nicole"})
"""Voices whose words cannot be told apart."""
KOKORO_LANGUAGES = {"hibari": ("en-us", "en-gb"), "espeak": ("es", "fr", "it", "pt")}
"""By reference engine, where it is the reference for Kokoro."""
INITIALS = {"en-us": "aj", "en-gb": "b", "es": "ej", "fr": "fj", "it": "ij", "pt": "pj"}
"""Of the names of Kokoro's voices that speak a language here. Japanese ones have an accent."""
LEARNT_TEXTS: Mapping[str, Sequence[str]] = {
    "en": quality_texts.ENGLISH,
    "es": quality_texts.SPANISH,
    "fr": quality_texts.FRENCH,
    "it": quality_texts.ITALIAN,
    "pt": quality_texts.PORTUGUESE,
}
TEXTS: Mapping[str, Sequence[str]] = {
    "en": [text for text in texts.ENGLISH if len(text) < 100][::2],  # Kokoro is slow
    "es": texts.SPANISH,
    "fr": texts.FRENCH,
    "it": texts.ITALIAN,
    "pt": texts.PORTUGUESE,
}
"""What the engines read, by language, to be judged by."""
LEARNT_CLIPS = 60
"""Of an engine, divided among its voices."""
MOST_ERRORS = 0.15
"""What Whisper may hear differently, as a share of the words: it writes some words differently."""


@dataclass(frozen=True)
class Result:
    text: str
    kind: str
    words: Sequence[str]
    numbers: Divergence | None


class Bench:
    """Measures with one reference engine."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.references = References(context())
        self.work = self.sound = 0.0

    def measure(
        self, text: str, chunk: AudioChunk, language: str = "en"
    ) -> tuple[Sequence[str], Divergence | None]:
        began = time.process_time()
        voice = reference(VOICES[self.engine].get(language, language), language, self.engine)
        found, numbers = compare(chunk, self.references.speaker(text, voice))
        self.work += time.process_time() - began
        self.sound += chunk.duration
        return [] if found is None else [w.text for w in found.words], numbers

    def results(self, spoken: Iterable[Case], language: str = "en") -> list[Result]:
        return [Result(c.text, c.kind, *self.measure(c.text, c.chunk, language)) for c in spoken]


VOICES = {"hibari": {"en": "heart"}, "espeak": {"en": "en-us"}}
"""Of each reference engine, where they are not called like the language."""


def kokoro_halves(bench: Bench) -> tuple[list[Speaker], list[Speaker]]:
    """Kokoro's voices to learn by, and those to be judged."""
    voices = voices_of("kokoro") - WHISPERING
    learnt, judged = [], []
    for language in KOKORO_LANGUAGES[bench.engine]:
        names = sorted(name for name in voices if name[0] in INITIALS[language])
        if language != "en-gb":  # the reference is American, and so are the limits
            learnt += [neural("kokoro", name, language) for name in names[::2]]
        judged += [neural("kokoro", name, language) for name in names[1::2]]
    return learnt, judged


def piper() -> list[Speaker]:
    """Piper's first voice."""
    return [neural("piper", min(voices_of("piper")))]


def voices_of(engine: str) -> set[str]:
    return {voice.id for voice in new_engine(engine_class(ENGINES[engine])).describe().voices}


def measures(results: Sequence[Result]) -> list[ClipMeasures]:
    return [(len(r.words), r.numbers.values) for r in results if r.numbers]


def learn(bench: Bench, speakers: Sequence[Speaker]) -> None:
    voices = [measures(bench.results(clean_cases(s, texts.ENGLISH))) for s in speakers]
    names = ", ".join(s.name for s in speakers)
    made = default_entry(voices, f"tests.benchmarks.speech_check: clean clips of {names}")
    write_default(Registry().info(bench.engine), made["entry"], made["slopes"])


def learn_engine(bench: Bench, engine: str, speakers: Sequence[Speaker]) -> None:
    default = baseline_of(bench.engine)
    assert default is not None
    clips: list[ClipMeasures] = []
    for number in range(LEARNT_CLIPS):
        speaker = speakers[number % len(speakers)]
        sentences = LEARNT_TEXTS[speaker.language]
        spoken = clean_cases(speaker, [sentences[number % len(sentences)]])
        heard = (case for case in spoken if is_heard(case, speaker.language))
        clips += measures(bench.results(heard, speaker.language))
    names = ", ".join(s.name for s in speakers)
    how = f"tests.benchmarks.speech_check: clean clips of {names}"
    # A folder of voices adds a word to the version of Kokoro's model.
    version = " ".join(Registry().info(engine).weights.split()[:2])
    write(Registry().info(bench.engine), engine, entry_of(clips, default, how, version))


def judged_results(bench: Bench, speakers: Sequence[Speaker]) -> dict[str, list[Result]]:
    return {
        speaker.name: bench.results(
            (
                case
                for case in cases(speaker, TEXTS[speaker.language])
                if case.kind != CLEAN or is_heard(case, speaker.language)
            ),
            speaker.language,
        )
        for speaker in speakers
    }


def is_heard(case: Case, language: str) -> bool:
    """Whether Whisper hears the text of a case without a fault."""
    wrong, words = word_errors(case.text, transcribe(case.chunk, language))
    return wrong <= MOST_ERRORS * words


def verdict(result: Result, baseline: Baseline) -> Quality:
    if result.numbers is None:  # no speech at all would be a fault of its own
        return Quality()
    return assess(result.numbers, result.words, baseline)


def found(qualities: Sequence[Quality], is_found: Callable[[Quality], bool]) -> str:
    return f"{100 * sum(map(is_found, qualities)) / max(1, len(qualities)):.1f} %"


def table(title: str, judged: Mapping[str, Sequence[Result]], baseline: Baseline) -> None:
    by_kind: dict[str, list[Quality]] = defaultdict(list)
    for results in judged.values():
        for result in results:
            by_kind[result.kind].append(verdict(result, baseline))
    print(f"\n{title}\n\n| fault | segments | found | found for sure |\n|---|---|---|---|")
    for kind in (CLEAN, *KINDS):
        checked = [q for q in by_kind[kind] if q.checked]
        cells = [str(len(checked)), found(checked, lambda q: bool(q.issues))]
        cells.append(found(checked, lambda q: q.sure))
        name = "none (false alarms)" if kind == CLEAN else kind
        print(f"| {name} | {' | '.join(cells)} |")
    print("\n| voice | clean | not checked | false alarms | for sure |\n|---|---|---|---|---|")
    for name, results in judged.items():
        clean = [verdict(r, baseline) for r in results if r.kind == CLEAN]
        counts = [sum(not q.checked for q in clean), sum(bool(q.issues) for q in clean)]
        counts.append(sum(q.sure for q in clean))
        print(f"| {name} | {len(clean)} | {' | '.join(map(str, counts))} |")


def people(folder: Path, bench: Bench, baseline: Baseline) -> None:
    print("\n| recording | score | faults (all false) |\n|---|---|---|")
    for name, text, chunk in recordings(folder):
        words, numbers = bench.measure(text, chunk)
        assert numbers is not None
        quality = assess(numbers, words, baseline)
        issues = "; ".join(f"{f.kind}: {' '.join(f.words)}" for f in quality.issues)
        score = "not checked" if quality.score is None else f"{quality.score:.2f}"
        print(f"| {name} | {score} | {issues or 'none'} |")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=sorted(VOICES), help="the reference")
    parser.add_argument("folder", type=Path, nargs="?", help="of recordings")
    parser.add_argument("--write", action="store_true", help="make the baselines anew")
    options = parser.parse_args()
    bench = Bench(options.engine)
    with tempfile.TemporaryDirectory() as name, threadpool_limits(1):
        speakers = english(Path(name), texts.ENGLISH)
        learnt, judged = kokoro_halves(bench)
        if options.write:
            learn(bench, [speakers[n] for n in LEARNT])
        if options.write and bench.engine == "hibari":
            learn_engine(bench, "kokoro", learnt)
            learn_engine(bench, "piper", piper())
        default = baseline_of(bench.engine)
        assert default is not None
        bench.work = bench.sound = 0.0
        results = {n: bench.results(cases(speakers[n], texts.ENGLISH)) for n in JUDGED}
        table("Voices of other kinds, by the default", results, default)
        engines = {"kokoro": judged}
        if bench.engine == "hibari":
            engines["piper"] = piper()
        for engine, voices in engines.items():
            results = judged_results(bench, voices)
            table(f"{engine}, by the default", results, default)
            own = baseline_of(bench.engine, engine, Registry().info(engine).weights)
            if own is not None:
                table(f"{engine}, by its own entry", results, own)
        print(f"\n{bench.work / bench.sound:.4f} s of CPU time for a second of sound")
        if options.folder:
            people(options.folder, bench, default)


if __name__ == "__main__":
    main()
