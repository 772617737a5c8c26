"""Voice match against its peer, plain espeak: nearer to the speaker, and still understood?

    python -m tests.benchmarks.voice_match [FOLDER_OF_RECORDINGS]

Each file of the folder is a speaker, or several are when their names agree up to a "-". Without
one, other variants of espeak's are the speakers. Wants resemblyzer, a speaker encoder (d-vectors;
cosine of two halves of one recording about 0.9), and pocketsphinx, a recogniser, both with their
models in the package:

    pip install --no-deps resemblyzer==0.1.4 webrtcvad-wheels==2.0.14.post1 pocketsphinx==5.1.1

Wanted: the cosine to the speaker on average 0.08 above plain espeak's, every voice nearest to its
own speaker, a real-time factor of at most 0.15 on one thread, no sentence of another length or
with other words. Word errors: of ten words for each place, which one the recogniser hears.
It hears some speakers badly: of the variant
Annie it gets no word, and so few of what is matched to it.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import threading
import time
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from tests.benchmarks.speech_texts import ENGLISH
from tests.support.engines import new_engine, spoken_by
from tts_core.audio.resample import resample
from tts_core.engines.espeak.engine import EspeakEngine
from tts_core.engines.espeak.library import EspeakLibrary
from tts_core.types import AudioChunk, Samples, Utterance

RATE = 22_050
# Harvard sentences (IEEE, 1969), ten of them those of the other benchmarks; the engine's own
# statistics are from others.
SENTENCES = (
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
ALTERNATIVES = 10

Embedding = NDArray[np.float32]


@dataclass
class Spoken:
    """What one voice made of the sentences."""

    sounds: list[Samples] = field(default_factory=list)
    seconds: float = 0.0
    faults: int = 0

    @property
    def factor(self) -> float:
        return self.seconds / (sum(map(len, self.sounds)) / RATE)


class Listener:
    """A speaker encoder and a recogniser."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pocketsphinx
            import resemblyzer

        self._prepare = resemblyzer.preprocess_wav
        self._encoder = resemblyzer.VoiceEncoder("cpu", verbose=False)
        self._decoder = pocketsphinx.Decoder(lm=None, loglevel="FATAL")
        self._words = [re.sub(r"[^a-z' ]", "", text.lower()).split() for text in SENTENCES]
        known = sorted({word for words in self._words for word in words})
        for number, words in enumerate(self._words):
            dice = random.Random(number)
            places = (
                [word, *dice.sample([k for k in known if k != word], ALTERNATIVES - 1)]
                for word in words
            )
            rule = " ".join(f"({'|'.join(place)})" for place in places)
            self._decoder.add_jsgf_string(
                f"s{number}", f"#JSGF V1.0; grammar s; public <s> = {rule};"
            )

    def embedding(self, samples: Samples) -> Embedding:
        found: Embedding = self._encoder.embed_utterance(self._prepare(samples, source_sr=RATE))
        return found

    def word_errors(self, sounds: list[Samples]) -> float:
        """The share of words that the recogniser takes for others."""
        wrong = sum(self._wrong(number, sound) for number, sound in enumerate(sounds))
        return wrong / sum(map(len, self._words))

    def _wrong(self, number: int, sound: Samples) -> int:
        heard = np.pad(resample(AudioChunk(sound, RATE), 16_000).samples, 3_200)
        self._decoder.activate_search(f"s{number}")
        self._decoder.start_utt()
        self._decoder.process_raw((heard * 32_767).astype(np.int16).tobytes(), full_utt=True)
        self._decoder.end_utt()
        best = self._decoder.hyp()
        words = [re.sub(r"\(\d+\)", "", w) for w in best.hypstr.split()] if best else []
        said = self._words[number]
        if len(words) != len(said):
            return len(said)
        return sum(a != b for a, b in zip(words, said, strict=True))


def recordings(folder: Path) -> dict[str, list[AudioChunk]]:
    """The clips of each speaker."""
    found = defaultdict(list)
    for path in sorted(folder.iterdir()):
        if path.suffix in (".wav", ".flac", ".mp3", ".ogg"):
            samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
            mono = np.ascontiguousarray(samples.mean(axis=1))
            found[path.stem.split("-")[0]].append(AudioChunk(mono, rate))
    return dict(found)


def espeak_speakers(engine: EspeakEngine) -> dict[str, list[AudioChunk]]:
    text = "The rainbow is a division of white light into many beautiful colours."
    return {
        name: [AudioChunk(sound, RATE) for sound in speak(engine, [text] * 2, variant=name).sounds]
        for name in VARIANTS
    }


def speak(engine: EspeakEngine, texts: Any, state: Path | None = None, **options: Any) -> Spoken:
    """Every text, with the time it took; a fault is a text whose length or words changed."""
    spoken = Spoken()
    for text in texts:
        utterance = Utterance(text, "en-us", "en", options=options, voice_state=state)
        lengths: list[int] = []
        synthesize = EspeakLibrary.synthesize

        def listen(*args: Any, lengths: list[int] = lengths, real: Any = synthesize) -> Any:
            result = real(*args)
            lengths.append(len(result[0]))
            return result

        EspeakLibrary.synthesize = listen  # type: ignore[method-assign]
        try:
            began = time.perf_counter()
            chunks = list(spoken_by(engine, utterance, threading.Event()))
            spoken.seconds += time.perf_counter() - began
        finally:
            EspeakLibrary.synthesize = synthesize  # type: ignore[method-assign]
        spoken.sounds.append(np.concatenate([chunk.samples for chunk in chunks]))
        words = [word.text for chunk in chunks for word in chunk.words]
        spoken.faults += words != text.split() or len(spoken.sounds[-1]) != lengths[-1]
    return spoken


def measure(engine: EspeakEngine, listener: Listener, speakers: dict[str, Any]) -> None:
    """Prints a row for each speaker, then the means."""
    references, voices, rows = {}, {}, []
    faults = 0
    for name, clips in speakers.items():
        with tempfile.TemporaryDirectory() as folder:
            state = Path(folder) / "voice.safetensors"
            engine.condition(clips).save(state)
            speak(engine, ["First."], state)  # what is made once for a voice
            matched = speak(engine, SENTENCES, state)
            plain = speak(engine, SENTENCES, state, match=0)
        real = np.concatenate([resample(clip, RATE).samples for clip in clips])
        halves = [listener.embedding(part) for part in np.array_split(real, 2)]
        references[name] = listener.embedding(real)
        voices[name] = listener.embedding(np.concatenate(matched.sounds))
        rows.append(
            (
                float(listener.embedding(np.concatenate(plain.sounds)) @ references[name]),
                float(voices[name] @ references[name]),
                float(halves[0] @ halves[1]),
                listener.word_errors(plain.sounds),
                listener.word_errors(matched.sounds),
                plain.factor,
                matched.factor,
            )
        )
        faults += matched.faults
        print(_row(name, rows[-1]))
    means = tuple(float(mean) for mean in np.mean(rows, axis=0))
    print(_row("mean", means))
    found = sum(
        max(references, key=lambda other: float(voices[name] @ references[other])) == name
        for name in voices
    )
    print(f"cosine {means[1] - means[0]:+.3f} over plain espeak, ratio {means[1] / means[0]:.2f}")
    print(f"the right speaker is the nearest for {found} of {len(voices)}")
    print(f"time {means[6] / means[5]:.0f} times that of plain espeak")
    print(f"sentences of another length or with other words: {faults}")


def _row(name: str, row: tuple[float, ...]) -> str:
    plain, matched, halves, errors, matched_errors, factor, matched_factor = row
    return (
        f"{name:<10} cosine: plain {plain:.3f} matched {matched:.3f} halves {halves:.3f}   "
        f"word errors: plain {errors:.1%} matched {matched_errors:.1%}   "
        f"real-time factor: plain {factor:.4f} matched {matched_factor:.3f}"
    )


def main(folder: str = "") -> None:
    engine = new_engine(EspeakEngine)
    engine.load()
    with threadpool_limits(1):
        began = time.perf_counter()
        speakers = recordings(Path(folder)) if folder else espeak_speakers(engine)
        measure(engine, Listener(), speakers)
        print(f"({time.perf_counter() - began:.0f} s)")


if __name__ == "__main__":
    main(*sys.argv[1:2])
