"""The speech check of hibari by the phonemes that it meant to say: what it finds, what it costs.

    python -m tests.benchmarks.own_phonemes [--write]

`--write` makes hibari's limits in `tts_core/alignment/baselines.json` anew, from clean sentences
alone. They are judged by others, which the phone network has never heard either: it was trained on
single words of hibari. The faults are those of `speech_faults.py`, and three that leave the rest of
the sentence where it is: another word squeezed into the time of the right one, a word muted, and
half a second of silence. Sentences are from `quality_texts.py`, `speech_texts.py` and the help of
Python, which is another in each of its versions.
"""

from __future__ import annotations

import argparse
import functools
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pydoc_data import topics

import numpy as np
from threadpoolctl import threadpool_limits

from tests.benchmarks import quality_texts, speech_texts
from tests.benchmarks.speakers import Speaker
from tests.benchmarks.speech_faults import CLEAN, KINDS, Case, cases, is_content
from tests.support.engines import new_engine, spoken_by
from tts_core.alignment import calibrate
from tts_core.alignment.baselines import baseline_of
from tts_core.alignment.expected import DURATIONS, departure
from tts_core.alignment.limits import ClipMeasures
from tts_core.alignment.quality import assess
from tts_core.audio.join import joined
from tts_core.engines.hibari.engine import HEART, HibariEngine
from tts_core.types import AudioChunk, Quality, Utterance

IN_PLACE = ("a word in place of another", "a word muted", "0.5 s muted")
FLOORS = {"phones": 0.1, "missing": 0.035, "extra_long": 0.06}
"""The measures, and how far each may be from its median at least."""
MANNERS = (
    *((speed, 1.0) for speed in (0.7, 0.8, 1.15, 1.3)),
    *((1.0, pitch) for pitch in (0.6, 0.8, 1.25, 2.0)),
)
"""Speeds and pitches."""
HELP = 120
"""Sentences of the help in each half."""


def sentences() -> tuple[list[str], list[str]]:
    """What limits are learned by, and what they are judged by."""
    plain = set()
    for topic in topics.topics.values():
        for paragraph in topic.split("\n\n"):
            for sentence in re.split(r"(?<=\.) ", " ".join(paragraph.split())):
                if re.fullmatch(r"[A-Z][a-z]+[a-z ,']+\.", sentence) and 35 <= len(sentence) <= 140:
                    plain.add(sentence)
    drawn = random.Random(1).sample(sorted(s for s in plain if len(s.split()) > 5), 2 * HELP)
    return (
        [*quality_texts.ENGLISH, *drawn[:HELP]],
        [*(t for t in speech_texts.ENGLISH if len(t.split()) > 3), *drawn[HELP:]],
    )


@functools.cache
def engine() -> HibariEngine:
    made = new_engine(HibariEngine)
    made.load()
    return made


@functools.lru_cache(maxsize=400)
def spoken(text: str, speed: float = 1.0, pitch: float = 1.0) -> AudioChunk:
    return joined(list(spoken_by(engine(), Utterance(text, HEART, "en-us", speed, pitch))))


def measured(sound: AudioChunk, text: str) -> ClipMeasures:
    """The measures of a sound, by what hibari means to say of a text."""
    wanted = spoken(text)
    found = departure(replace(sound, words=wanted.words, phonemes=wanted.phonemes))
    assert found is not None
    return len(wanted.words), found.values


def quality(sound: AudioChunk, text: str) -> Quality:
    baseline, wanted = baseline_of(DURATIONS, "hibari", weights()), spoken(text)
    found = departure(replace(sound, words=wanted.words, phonemes=wanted.phonemes))
    assert baseline is not None
    assert found is not None
    return assess(found, [word.text for word in wanted.words], baseline)


def weights() -> str:
    return engine().describe().weights


def write(texts: Sequence[str]) -> None:
    clips = [measured(spoken(text), text) for text in texts]
    how = "tests.benchmarks.own_phonemes: clean clips of hibari-heart"
    entry, slopes = calibrate.own_entry(clips, FLOORS, how, weights())
    calibrate.write_own("hibari", entry, slopes)


def faults(texts: Sequence[str]) -> Iterator[Case]:
    """Each text clean, and every third with each kind of fault."""
    yield from (Case(text, CLEAN, spoken(text)) for text in texts)
    texts = texts[::3]
    speaker = Speaker("hibari", "hibari", "en", lambda some: [spoken(text) for text in some])
    yield from (case for case in cases(speaker, texts) if case.kind != CLEAN)
    for text in texts:
        yield from _in_place(text, texts)


def _in_place(text: str, texts: Sequence[str]) -> Iterator[Case]:
    sound, dice = spoken(text), random.Random(text)
    content = [w for w in sound.words[1:] if is_content(w.text) and w.end > w.start]
    if not content:
        return
    rate, word = sound.sample_rate, dice.choice(content)
    first, last = round(word.start * rate), round(word.end * rate)
    source = spoken(dice.choice([t for t in texts if t != text]))
    other = dice.choice([w for w in source.words if is_content(w.text)] or source.words)
    said = source.samples[round(other.start * rate) : round(other.end * rate)]
    squeezed = np.interp(np.linspace(0, len(said) - 1, last - first), np.arange(len(said)), said)
    yield Case(text, IN_PLACE[0], _with(sound, first, squeezed))
    yield Case(text, IN_PLACE[1], _with(sound, first, np.zeros(last - first)))
    begin = round(dice.uniform(sound.words[0].start, sound.words[-1].start) * rate)
    length = min(rate // 2, len(sound.samples) - begin)
    yield Case(text, IN_PLACE[2], _with(sound, begin, np.zeros(length)))


def _with(sound: AudioChunk, first: int, part: np.ndarray) -> AudioChunk:
    samples = sound.samples.copy()
    samples[first : first + len(part)] = part
    return replace(sound, samples=samples)


def table(judged: Sequence[str]) -> None:
    found: dict[str, list[Quality]] = defaultdict(list)
    for case in faults(judged):
        found[case.kind].append(quality(case.chunk, case.text))
    for speed, pitch in MANNERS:
        for text in judged[::6]:
            sound = spoken(text, speed, pitch)
            baseline, measures = baseline_of(DURATIONS, "hibari", weights()), departure(sound)
            assert baseline is not None
            assert measures is not None
            words = [word.text for word in sound.words]
            found[f"clean, speed {speed}, pitch {pitch}"].append(assess(measures, words, baseline))
    print("| fault | sentences | found | found for sure | kinds |\n|---|---|---|---|---|")
    for kind in sorted(found, key=[CLEAN, *KINDS, *IN_PLACE, *found].index):
        checked = [q for q in found[kind] if q.checked]
        flagged, sure = sum(bool(q.issues) for q in checked), sum(q.sure for q in checked)
        named = sorted({issue.kind for q in checked for issue in q.issues})
        print(f"| {kind} | {len(checked)} | {flagged} | {sure} | {', '.join(named)} |")


def cost(texts: Sequence[str]) -> None:
    sounds = [spoken(text) for text in texts]
    began = time.process_time()
    for sound in sounds:
        departure(sound)
    work = time.process_time() - began
    print(f"{work / sum(s.duration for s in sounds):.4f} s of CPU time for a second of sound")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--write", action="store_true", help="measure hibari's limits again and save them"
    )
    options = parser.parse_args()
    learned, judged = sentences()
    with threadpool_limits(1):
        if options.write:
            write(learned)
        table(judged)
        cost(judged[:40])


if __name__ == "__main__":
    main()
