"""What Aloud costs on top of Pocket TTS: full size, random weights, the same text and seed.

    python -m tests.benchmarks.pocket [runs]

The library in this process against `SpeechService.stream` with the engine in its own. Both are
warm; runs take turns, so that what else the machine does hits both.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.tiny_pocket import make_model
from tts_core.events import Audio
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.validation import speech_request

TEXT = "The lighthouse keeper read aloud every evening, though nobody was listening."
RUNS = 10
RATE = 24_000

Measured = tuple[float, float]
"""Seconds to the first sound; seconds of work for a second of sound."""


def measure(pieces: Iterator[int]) -> Measured:
    """`pieces`: how many samples each has. Counted from now."""
    started = time.perf_counter()
    first, samples = 0.0, 0
    for count in pieces:
        first = first or time.perf_counter() - started
        samples += count
    return first, (time.perf_counter() - started) / (samples / RATE)


def library(path: Path) -> Iterator[Measured]:
    import torch
    from pocket_tts import TTSModel

    model = TTSModel.load_model(config=path)
    state = model.get_state_for_audio_prompt(path.parent / "voices" / "alba.safetensors")

    while True:
        torch.manual_seed(1)
        yield measure(len(piece) for piece in model.generate_audio_stream(state, TEXT))


def aloud(service: SpeechService) -> Iterator[Measured]:
    def pieces() -> Iterator[int]:
        with service.stream(speech_request(text=TEXT, engine="pocket", seed=1)) as stream:
            for event in stream:
                if isinstance(event, Audio):
                    yield len(event.chunk.samples)

    while True:
        yield measure(pieces())


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = make_model(Path(folder) / "model", "english")
        os.environ["TTS_POCKET_CONFIG"] = str(path)
        os.environ["TTS_DEVICE"] = "cpu"
        service = SpeechService(Settings(_env_file=None, data_dir=Path(folder) / "data"))  # type: ignore[call-arg]
        sides = {"library": library(path), "Aloud": aloud(service)}
        found: dict[str, list[Measured]] = {name: [] for name in sides}
        for run in range(-1, runs):  # the first warms up
            for name, side in sides.items():
                measured = next(side)
                if run >= 0:
                    found[name].append(measured)
        service.close()
    for index, what in enumerate(("first sound, s", "real-time factor")):
        values = {name: statistics.median(m[index] for m in found[name]) for name in sides}
        ratio = values["Aloud"] / values["library"]
        shown = "   ".join(f"{name} {value:.3f}" for name, value in values.items())
        print(f"{what:<17} {shown}   ratio {ratio:.2f}   (medians of {runs})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
