"""XTTS-v2's vocoder: the library's way of streaming against ours.

    python -m tests.benchmarks.xtts_vocoder [FOLDER]

FOLDER: an XTTS-v2 checkpoint; without it a full-size one with random weights is made (1.8 GB).
Wanted: our cost per second of audio does not grow with the length of the utterance.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from TTS.tts.configs.xtts_config import XttsConfig

from tests.support.tiny_xtts import make_checkpoint
from tts_core.engines.xtts.engine import FIRST_PIECE, PIECE, SAMPLE_RATE
from tts_core.engines.xtts.files import speaker_names
from tts_core.engines.xtts.model import XttsModel, _SafeXtts
from tts_core.engines.xtts.vocoder import IncrementalVocoder

TOKENS_PER_SECOND = 22_050 / 1024
ROUNDS = 3


def library_seconds(model: Any, latents: Tensor, speaker: Tensor) -> float:
    """The vocoder calls of `Xtts.inference_stream` with its default pieces of 20 tokens."""
    began = time.perf_counter()
    previous = overlap = None
    with torch.inference_mode():
        for n in [*range(20, len(latents), 20), len(latents)]:
            sound = model.hifigan_decoder(latents[None, :n], g=speaker).squeeze()
            _, previous, overlap = model.handle_chunks(sound, previous, overlap, 1024)
    return time.perf_counter() - began


def our_seconds(model: XttsModel, latents: Tensor, speaker: Tensor) -> tuple[float, float]:
    """Seconds of computing and of audio, in the engine's pieces."""
    began = time.perf_counter()
    vocoder = IncrementalVocoder(model.decoder, speaker, 1.0, threading.Event())
    samples = 0
    for count, latent in enumerate(latents):
        vocoder.push(latent[None])
        if count >= FIRST_PIECE and (count - FIRST_PIECE) % PIECE == 0:
            samples += len(vocoder.decode())
    samples += len(vocoder.decode(final=True))
    return time.perf_counter() - began, samples / SAMPLE_RATE


@contextmanager
def counted_frames(decoder: Any) -> Iterator[list[int]]:
    """How many frames each call of the vocoder decodes: its cost on any machine."""
    counts: list[int] = []

    def count(_: object, given: tuple[Tensor, ...]) -> None:
        counts.append(given[0].shape[-1])

    hook = decoder.waveform_decoder.register_forward_pre_hook(count)
    yield counts
    hook.remove()


def token_milliseconds(model: XttsModel, speaker: str) -> float:
    """Time for one latent, after the prompt."""
    options = {"temperature": 0.75, "top_k": 50, "top_p": 0.85, "repetition_penalty": 5.0}
    loop = model.latents(
        "The quick brown fox jumps over it.", "en", model.speaker(speaker), options
    )
    next(loop)
    began = time.perf_counter()
    count = sum(1 for _, _ in zip(range(40), loop, strict=False))
    return (time.perf_counter() - began) / count * 1e3


def measure(folder: Path) -> None:
    """Print all figures."""
    began = time.perf_counter()
    ours = XttsModel(folder, "cpu")
    print(f"loading {time.perf_counter() - began:.1f} s, {torch.get_num_threads()} threads")
    config = XttsConfig()
    config.load_json(str(folder / "config.json"))
    library = _SafeXtts(config)
    library.load_checkpoint(config, checkpoint_dir=folder)
    torch.manual_seed(0)
    speaker = torch.nn.functional.normalize(torch.randn(1, 512, 1), dim=1)
    latents = torch.randn(round(25 * TOKENS_PER_SECOND), config.model_args.decoder_input_dim)
    our_seconds(ours, latents[:40], speaker)
    twelve = latents[: round(12 * TOKENS_PER_SECOND)]
    mine, audio = our_seconds(ours, twelve, speaker)
    theirs = library_seconds(library, twelve, speaker)
    print(
        f"{audio:.1f} s of audio: library {theirs:.1f} s, ours {mine:.1f} s ({theirs / mine:.1f}x)"
    )
    lengths = (5, 10, 15, 20, 25)
    costs: dict[int, list[float]] = {seconds: [] for seconds in lengths}
    frames: dict[int, float] = {}
    for _ in range(ROUNDS):
        for seconds in lengths:
            some = latents[: round(seconds * TOKENS_PER_SECOND)]
            with counted_frames(ours.decoder) as count:
                cost, audio = our_seconds(ours, some, speaker)
            costs[seconds].append(cost / audio)
            frames[seconds] = sum(count) / audio
    for seconds in lengths:
        print(
            f"  {seconds:2} s of audio: {min(costs[seconds]):.3f} s for each second (the best of "
            f"{ROUNDS}), {frames[seconds]:.1f} frames decoded for each second"
        )
    print(f"one token (46 ms): {token_milliseconds(ours, speaker_names(folder)[0]):.0f} ms")


def main() -> None:
    """Measure, on a checkpoint made for it unless one is given."""
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(make_checkpoint(Path(folder), full=True))


if __name__ == "__main__":
    main()
