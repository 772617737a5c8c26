"""Voice match on each of its bases: how near to the speaker, how well understood, how natural?

    python -m tests.benchmarks.voice_match [--folder RECORDINGS] [--engines espeak,hibari,kokoro]
                                           [--sentences 5] [--kept FILE]

Each file of the folder is a speaker, or several are when their names agree up to a "-". Without
one, variants of espeak's are the speakers. Kokoro's voices are those that are here: with
`TTS_KOKORO_PATH` also those that do not come with packages. Wants resemblyzer, a speaker encoder
with its model in the package, which has no part in the match:

    pip install --no-deps resemblyzer==0.1.4 webrtcvad-wheels==2.0.14.post1

Of each engine and speaker are printed:

- cosine: of the embeddings of plain speech and the recording, of matched speech and the recording,
  and of the two halves of the recording
- whether the right speaker is the nearest to the matched speech
- WER: the words that Whisper base hears otherwise; P.808: the mean opinion score by DNSMOS
- real-time factor on one thread, and the time from the recording to the first sound: the state
  and everything else that is made once, in an engine that is loaded

With `--kept` each speaker's row is added to a file as JSON, and those that are in it are not
measured again: an interrupted run goes on where it was.

Words and lengths are compared with those of plain speech; a difference is a fault. espeak makes
some twenty samples more or less each time, so its lengths are compared to within a tenth of a
second.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray
from speechmos import dnsmos
from threadpoolctl import threadpool_limits

from tests.benchmarks.speech_texts import ENGLISH
from tests.support.engines import new_engine, spoken_by
from tests.support.recognizer import transcribe, word_errors
from tts_core.audio.resample import resample
from tts_core.engines.base import Engine
from tts_core.engines.execution import engine_class
from tts_core.engines.registry import ENGINES
from tts_core.types import AudioChunk, Utterance

# Three longer ones, then Harvard sentences (IEEE, 1969), ten of them those of the other benchmarks;
# the statistics of the base voices are from others.
SENTENCES = (
    "When the weather changes, the old harbour fills with small boats.",
    "Please read the instructions carefully before you connect the machine.",
    "Nobody expected the storm to turn back toward the coast during the night.",
    *ENGLISH[:10],
    "The hogs were fed chopped corn and garbage.",
    "Oak is strong and also gives shade.",
    "Cats and dogs each hate the other.",
    "The pipe began to rust while new.",
    "Open the crate but don't break the glass.",
    "Add the sum to the product of these three.",
    "The ripe taste of cheese improves with age.",
    "Act on these orders with great speed.",
    "The hog crawled under the high fence.",
    "Move the vat over the hot fire.",
)
VARIANTS = ("Annie", "f5", "m8", "belinda", "Storm")
VOICES = {"espeak": "en-us", "hibari": "heart", "kokoro": "jm_kumo"}
RATE = 16_000
"""Hz, what the encoder and DNSMOS take."""

Embedding = NDArray[np.float32]
Clips = Mapping[str, Sequence[AudioChunk]]


@dataclass
class Spoken:
    """What one voice made of the sentences."""

    sounds: list[AudioChunk] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def factor(self) -> float:
        return self.seconds / sum(sound.duration for sound in self.sounds)


@dataclass
class Row:
    """What was measured of a speaker: the numbers in the order in which `_row` prints them."""

    numbers: list[float]
    nearest: str
    faults: int


class Listener:
    """A speaker encoder."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import resemblyzer

        self._prepare = resemblyzer.preprocess_wav
        self._encoder = resemblyzer.VoiceEncoder("cpu", verbose=False)

    def embedding(self, sounds: Sequence[AudioChunk]) -> Embedding:
        samples = np.concatenate([resample(sound, RATE).samples for sound in sounds])
        found: Embedding = self._encoder.embed_utterance(self._prepare(samples, source_sr=RATE))
        return found


def recordings(folder: Path) -> dict[str, list[AudioChunk]]:
    """The clips of each speaker."""
    found = defaultdict(list)
    for path in sorted(folder.iterdir()):
        if path.suffix in (".wav", ".flac", ".mp3", ".ogg"):
            samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
            mono = np.ascontiguousarray(samples.mean(axis=1))
            found[path.stem.split("-")[0]].append(AudioChunk(mono, rate))
    return dict(found)


def espeak_speakers() -> dict[str, list[AudioChunk]]:
    engine = loaded("espeak")
    text = "The rainbow is a division of white light into many beautiful colours."
    return {name: speak(engine, [text] * 2, "en-us", variant=name).sounds for name in VARIANTS}


def loaded(name: str) -> Engine[Any]:
    engine = new_engine(engine_class(ENGINES[name]))
    engine.load()
    return engine


def speak(
    engine: Engine[Any],
    texts: Sequence[str],
    voice: str,
    state: Path | None = None,
    **options: Any,
) -> Spoken:
    """Every text, with the time it took."""
    spoken = Spoken()
    for text in texts:
        utterance = Utterance(text, voice, "en-us", options=options, voice_state=state)
        began = time.perf_counter()
        chunks = list(spoken_by(engine, utterance, threading.Event()))
        spoken.seconds += time.perf_counter() - began
        samples = np.concatenate([chunk.samples for chunk in chunks])
        words = tuple(word for chunk in chunks for word in chunk.words)
        spoken.sounds.append(AudioChunk(samples, chunks[0].sample_rate, words))
    return spoken


def first_sound(name: str, clips: Sequence[AudioChunk], state: Path) -> float:
    """Seconds from the recording to the first chunk of speech. `state`: the file to write."""
    engine = loaded(name)
    speak(engine, ["Ready."], VOICES[name])
    began = time.perf_counter()
    engine.condition(clips).save(state)
    utterance = Utterance(" ".join(SENTENCES[:2]), "x", "en-us", voice_state=state)
    stop = threading.Event()
    next(iter(spoken_by(engine, utterance, stop)))
    seconds = time.perf_counter() - began
    stop.set()
    return seconds


class Kept:
    """Rows that are measured once: what was measured of an engine and a speaker, by both names."""

    def __init__(self, path: Path | None, sentences: int) -> None:
        self._path, self._sentences = path, sentences
        self._rows: dict[str, Any] = {}
        if path is not None and path.exists():
            self._rows = json.loads(path.read_text(encoding="utf-8"))

    def get(self, name: str, who: str, measured: Callable[[], Row]) -> Row:
        key = f"{name} {who} {self._sentences}"
        if key not in self._rows:
            self._rows[key] = asdict(measured())
            if self._path is not None:
                self._path.write_text(json.dumps(self._rows, indent=1), encoding="utf-8")
        return Row(**self._rows[key])


def measure(
    name: str, texts: Sequence[str], listener: Listener, speakers: Clips, kept: Kept
) -> None:
    """Prints a row for each speaker, then the means."""
    engine = loaded(name)
    real = {who: listener.embedding(clips) for who, clips in speakers.items()}
    rows = {}
    for who in speakers:
        rows[who] = kept.get(
            name, who, partial(measured, name, engine, texts, listener, who, speakers[who], real)
        )
        nearest = rows[who].nearest
        print(_row(name, who, rows[who].numbers), "" if nearest == who else f"nearest is {nearest}")
    print(_row(name, "mean", [float(m) for m in np.mean([r.numbers for r in rows.values()], 0)]))
    firsts = sum(row.nearest == who for who, row in rows.items())
    faults = sum(row.faults for row in rows.values())
    print(f"{name}: the right speaker is the nearest for {firsts} of {len(real)}; faults: {faults}")


def measured(
    name: str,
    engine: Engine[Any],
    texts: Sequence[str],
    listener: Listener,
    who: str,
    clips: Sequence[AudioChunk],
    real: Mapping[str, Embedding],
) -> Row:
    """Match one speaker and compare."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "voice.safetensors"
        latency = first_sound(name, clips, state)
        speak(engine, texts[:1], "x", state)  # what is made once for a voice
        matched = speak(engine, texts, "x", state)
        plain = speak(engine, texts, "x", state, match=0)
    mine = listener.embedding(matched.sounds)
    halves = np.array_split(np.concatenate([resample(c, RATE).samples for c in clips]), 2)
    first, second = (listener.embedding([AudioChunk(half, RATE)]) for half in halves)
    numbers = [
        float(listener.embedding(plain.sounds) @ real[who]),
        float(mine @ real[who]),
        float(first @ second),
        wrong_words(texts, plain.sounds),
        wrong_words(texts, matched.sounds),
        opinion(matched.sounds),
        matched.factor,
        latency,
    ]
    faults = sum(map(differ, plain.sounds, matched.sounds))
    return Row(numbers, max(real, key=lambda other: float(mine @ real[other])), faults)


def differ(plain: AudioChunk, matched: AudioChunk) -> bool:
    """Whether the words or their times, or the length, are not those of plain speech."""
    a, b = plain.words, matched.words
    return (
        abs(plain.duration - matched.duration) > 0.1
        or [word.text for word in a] != [word.text for word in b]
        or any(abs(x.start - y.start) > 0.1 for x, y in zip(a, b, strict=True))
    )


def wrong_words(texts: Sequence[str], sounds: Sequence[AudioChunk]) -> float:
    """The share of words that Whisper hears otherwise."""
    counts = [
        word_errors(t, transcribe(padded(s), "en")) for t, s in zip(texts, sounds, strict=True)
    ]
    return sum(wrong for wrong, _ in counts) / sum(words for _, words in counts)


def padded(sound: AudioChunk) -> AudioChunk:
    """With half a second of silence around it, as Whisper knows speech."""
    return AudioChunk(np.pad(sound.samples, sound.sample_rate // 2), sound.sample_rate)


def opinion(sounds: Sequence[AudioChunk]) -> float:
    """The mean P.808 score."""
    slow = [np.clip(resample(sound, RATE).samples, -1, 1) for sound in sounds]
    return float(np.mean([dnsmos.run(samples, RATE)["p808_mos"] for samples in slow]))


def _row(name: str, who: str, row: Sequence[float]) -> str:
    plain, matched, halves, errors, matched_errors, mos, factor, latency = row
    return (
        f"{name:<8}{who:<8} cosine: plain {plain:.3f} matched {matched:.3f} halves {halves:.3f}   "
        f"WER: plain {errors:.1%} matched {matched_errors:.1%}   P.808 {mos:.2f}   "
        f"real-time factor {factor:.3f}   first sound {latency:.2f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--engines", default="espeak,hibari,kokoro")
    parser.add_argument("--sentences", type=int, default=5)
    parser.add_argument("--kept", type=Path)
    options = parser.parse_args()
    began = time.perf_counter()
    with threadpool_limits(1):
        speakers = recordings(options.folder) if options.folder else espeak_speakers()
        listener = Listener()
        kept = Kept(options.kept, options.sentences)
        for name in options.engines.split(","):
            measure(name, SENTENCES[: options.sentences], listener, speakers, kept)
    print(f"({time.perf_counter() - began:.0f} s)")


if __name__ == "__main__":
    main()
