"""The neural engines on a GPU against the CPU of the same machine: how fast, and in how much room.

    python -m tests.benchmarks.neural_gpu [--small] [xtts] [pocket]

XTTS-v2 and Pocket TTS at full size (1.8 GB and 0.5 GB are written to the temporary folder) with
random weights in the real file formats: how they sound is not measured. `--small`: tiny models,
to see that it runs. Without a GPU only the CPU is measured.

Each device and precision has a worker process of its own, as the app starts it:

    loading    seconds from starting the process until it is ready; the weights are in the page
               cache
    cold       seconds to the first sound of the first utterance
    first      the same of later ones, the median
    RTF        real-time factor: seconds of work for a second of sound; of a short utterance the
               median, of a long one the first and the second time, which differ where the GPU's
               libraries prepare themselves for every new length
    stopping   seconds from the stop, in the middle of an utterance, until the worker is idle: the
               median and the worst
    RAM, GPU   MB after the long utterance, which take the most: the worker's resident memory, and
               what the driver says the device has less than before
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import psutil
import torch
from TTS.tts.models.xtts import _legacy_safe_globals

from tests.support import tiny_pocket, tiny_xtts
from tts_core.engines.base import EngineContext
from tts_core.engines.process import ProcessRunner
from tts_core.engines.registry import ENGINES
from tts_core.settings import Settings
from tts_core.system import gpu
from tts_core.types import Utterance

RUNS = 3
STOPS = 6
NEVER = -1e4
"""A logit, which 16 bits can hold."""
SENTENCE = "The lighthouse keeper read aloud every evening, though nobody was listening."


@dataclass(frozen=True)
class Subject:
    """An engine, and what it speaks in some 10 s and 25 s with weights that find no end."""

    name: str
    make: Callable[[Path, bool], Mapping[str, str]]
    """Write a model to a folder, a small one if so told; the variables that lead to it."""
    precisions: tuple[str, ...]
    voice: str
    short: str
    long: str


@dataclass(frozen=True)
class Figures:
    """See the module's docstring; seconds and MB."""

    loading: float
    cold: float
    first: float
    short_audio: float
    short_factor: float
    long_audio: float
    long_factor: float
    long_factor_again: float
    stopping: float
    worst_stopping: float
    ram: float
    gpu: float


def make_xtts(folder: Path, small: bool) -> Mapping[str, str]:
    path = tiny_xtts.make_checkpoint(folder, full=not small) / "model.pth"
    with _legacy_safe_globals():
        content = torch.load(path, weights_only=True)
        stop = content["config"].model_args.gpt_stop_audio_token
        # Random weights come upon the end now and then, which would make utterances of any length.
        content["model"]["gpt.mel_head.bias"][stop] = NEVER
        torch.save(content, path)
    return {"TTS_XTTS_PATH": str(folder)}


def make_pocket(folder: Path, small: bool) -> Mapping[str, str]:
    path = tiny_pocket.make_model(folder, "tiny" if small else "english")
    return {"TTS_POCKET_CONFIG": str(path)}


SUBJECTS = (
    Subject(
        "xtts",
        make_xtts,
        ("float32", "bfloat16"),
        tiny_xtts.SPEAKERS[0],
        SENTENCE[:40],  # 2 s, and 1 s for every 5 characters: `XttsModel.most_tokens`
        f"{SENTENCE} {SENTENCE}"[:115],
    ),
    Subject(
        "pocket",
        make_pocket,
        ("float32",),  # TTS_PRECISION is not for this engine
        tiny_pocket.VOICES[0],
        SENTENCE[:26],  # 2 s, and 1 s for every 3 tokens, here some letters each
        SENTENCE,
    ),
)


def spoken(runner: ProcessRunner, utterance: Utterance) -> tuple[float, float, float]:
    """Seconds to the first sound, seconds to the end, seconds of sound."""
    began = time.perf_counter()
    first = audio = 0.0
    for chunk in runner.speak(utterance, threading.Event()):
        first = first or time.perf_counter() - began
        audio += chunk.duration
    return first, time.perf_counter() - began, audio


def stopped(runner: ProcessRunner, utterance: Utterance, delay: float) -> float:
    """Seconds from a stop, `delay` seconds after the first sound, until the worker is idle."""
    stop = threading.Event()
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.perf_counter())
        stop.set()

    pieces = runner.speak(utterance, stop)
    next(pieces)
    timer = threading.Timer(delay, press)
    timer.start()
    for _ in pieces:
        pass
    ended = time.perf_counter()
    timer.join()
    return ended - pressed[0]


def used_megabytes() -> float:
    """Of all devices; 0 where there is none."""
    return gpu.gpu_megabytes().get("gpu_memory_allocated_mb", 0.0)


def measure(
    subject: Subject, environment: Mapping[str, str], device: str, precision: str
) -> Figures:
    """Start a worker, let it speak, end it."""
    before = used_megabytes()
    variables = {**environment, "TTS_DEVICE": device, "TTS_PRECISION": precision}
    with patch.dict(os.environ, variables):
        surroundings = EngineContext(Settings())
    runner = ProcessRunner(
        ENGINES[subject.name],
        surroundings,
        segment_timeout=600,
        stop_grace=60,
        environment=variables,
    )
    try:
        began = time.perf_counter()
        runner.load()
        loading = time.perf_counter() - began
        short, long = (Utterance(t, subject.voice, "en") for t in (subject.short, subject.long))
        cold, _, _ = spoken(runner, short)
        shorts = [spoken(runner, short) for _ in range(RUNS)]
        (_, long_work, long_audio), (_, again_work, again_audio) = (
            spoken(runner, long) for _ in range(2)
        )
        taken = used_megabytes() - before
        ram = psutil.Process(runner.pid).memory_info().rss / 1e6
        stops = [stopped(runner, long, 0.02 + 0.07 * n) for n in range(STOPS)]
    finally:
        runner.kill()
        runner.unload()
    return Figures(
        loading=loading,
        cold=cold,
        first=statistics.median(first for first, _, _ in shorts),
        short_audio=statistics.median(audio for _, _, audio in shorts),
        short_factor=statistics.median(work / audio for _, work, audio in shorts),
        long_audio=long_audio,
        long_factor=long_work / long_audio,
        long_factor_again=again_work / again_audio,
        stopping=statistics.median(stops),
        worst_stopping=max(stops),
        ram=ram,
        gpu=taken,
    )


def line(name: str, figures: Figures) -> str:
    """A row under `HEAD`."""
    f = figures
    return (
        f"{name:<22}{f.loading:7.1f} s{f.cold:7.2f} s{f.first:7.2f} s"
        f"{f.short_factor:7.3f} ({f.short_audio:4.1f} s)"
        f"{f.long_factor:7.3f}, {f.long_factor_again:.3f} ({f.long_audio:4.1f} s)"
        f"{f.stopping:7.2f} / {f.worst_stopping:.2f} s{f.ram:8.0f}{f.gpu:8.0f}"
    )


HEAD = (
    f"{'':<22}{'loading':>9}{'cold':>9}{'first':>9}{'RTF, short':>16}{'RTF, long':>23}"
    f"{'stopping':>16}{'RAM':>8}{'GPU':>8}"
)


def compared(figures: Figures, base: Figures) -> str:
    """How many times as long as on the CPU it takes."""
    f = figures
    return (
        f"    GPU/CPU: loading {f.loading / base.loading:.2f}, "
        f"first sound {f.first / base.first:.2f}, "
        f"real-time factor {f.short_factor / base.short_factor:.2f}, "
        f"{f.long_factor / base.long_factor:.2f}, "
        f"{f.long_factor_again / base.long_factor_again:.2f}"
    )


def rows(subject: Subject, small: bool, devices: tuple[str, ...]) -> Iterator[str]:
    """The figures of each precision on every device, as they come, and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        environment = subject.make(Path(folder) / "model", small)
        for precision in subject.precisions:
            found: dict[str, Figures] = {}
            for device in devices:
                found[device] = measure(subject, environment, device, precision)
                yield line(f"{subject.name} {device} {precision}", found[device])
            if "cuda" in found:
                yield compared(found["cuda"], found["cpu"])


def main() -> None:
    """Measure what the command line names, or all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("engines", nargs="*", help="xtts, pocket; without any, both")
    parser.add_argument("--small", action="store_true", help="tiny models, to see that it runs")
    chosen = parser.parse_args()
    gpu.KEEP_SECONDS = 0.0  # every reading a new one
    print(f"PyTorch {torch.__version__}; CPU: {torch.get_num_threads()} threads", end="; ")
    if torch.cuda.is_available():
        print(f"GPU: {torch.cuda.get_device_name()}")
        devices: tuple[str, ...] = ("cuda", "cpu")
    else:
        print("no GPU that PyTorch can use: the CPU alone is measured")
        devices = ("cpu",)
    print(HEAD, flush=True)
    for subject in SUBJECTS:
        if not chosen.engines or subject.name in chosen.engines:
            for row in rows(subject, chosen.small, devices):
                print(row, flush=True)


if __name__ == "__main__":
    main()
