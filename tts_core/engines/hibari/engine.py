"""hibari: natural English on a CPU, a hundred times faster than real time, without a download.

The package `hibari-tts` (Apache-2.0) brings the voice "heart", distilled from Kokoro's af_heart.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import threading
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.hibari.data import FILES
from tts_core.engines.hibari.phonemes import Phonemes, parts_of, phonemes_of
from tts_core.errors import ModelLoadError
from tts_core.system.packages import Extra, is_known_data
from tts_core.types import (
    AudioChunk,
    Capabilities,
    EngineInfo,
    Language,
    NoParameters,
    Utterance,
    Voice,
    WordTiming,
)

if TYPE_CHECKING:
    from hibari.g2p import G2P

    from tts_core.engines.hibari.model import HibariModel

SAMPLE_RATE = 24_000
"""Hz."""
GAIN = 1.27
"""Brings the voice from -26.1 to -24 LUFS (median of 35 sentences), with peaks up to 0.76."""
LEAD_SECONDS = 0.05
"""How much later a phoneme is heard than the model's durations say; see tests/benchmarks."""
CHUNK_SECONDS = 0.5


class HibariEngine(Engine[NoParameters]):
    """The voice "heart" of hibari."""

    extra = Extra("hibari", {"hibari": "hibari-tts", "onnxruntime": "onnxruntime"})

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._model: HibariModel | None = None
        self._g2p: G2P | None = None

    def describe(self) -> EngineInfo:
        """Describe the engine; the same whether or not the package is installed."""
        return _info()

    def load(self, economy: int = 0) -> None:
        """Load the network and the dictionaries. Raises ModelLoadError for unknown files."""
        from hibari.g2p import G2P

        from tts_core.engines.hibari.model import HibariModel

        folder = _assets()
        for name, digest in FILES.items():
            if not is_known_data(folder / name, digest):
                raise ModelLoadError(
                    f"hibari's file {name} is not that of hibari-tts 0.2.1; install that version: "
                    "pip install --force-reinstall hibari-tts==0.2.1"
                )
        vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        self._model = HibariModel((folder / "hibari.onnx").read_bytes(), vocabulary)
        self._g2p = G2P()
        self._model.speak(phonemes_of("Hello.", self._g2p).text, 1, 1, 0)

    def speak(
        self, utterance: Utterance, options: NoParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        """Speak an utterance in chunks of half a second, with its word timings."""
        assert self._model is not None, "load() comes first"
        assert self._g2p is not None, "load() comes first"
        position = 0
        for part in parts_of(phonemes_of(utterance.text, self._g2p)):
            if stop.is_set():
                return
            spoken = self._model.speak(part.text, utterance.speed, utterance.pitch, utterance.seed)
            samples = spoken.samples * np.float32(GAIN)
            words = _timings(part, spoken.onsets / SAMPLE_RATE, len(samples) / SAMPLE_RATE)
            offset = position / SAMPLE_RATE
            for start in range(0, len(samples), _CHUNK):
                until = min(start + _CHUNK, len(samples))
                here = [w for w in words if start <= round(w.start * SAMPLE_RATE) < until]
                moved = [WordTiming(w.text, w.start + offset, w.end + offset) for w in here]
                yield AudioChunk(samples[start:until], SAMPLE_RATE, tuple(moved))
            position += len(samples)


_CHUNK = round(CHUNK_SECONDS * SAMPLE_RATE)


def _timings(part: Phonemes, onsets: np.ndarray, duration: float) -> Sequence[WordTiming]:
    """Return when each word sounds. `onsets`: seconds, of each phoneme and the end."""
    last = max(0.0, duration - 1 / SAMPLE_RATE)

    def at(phoneme: int) -> float:
        return min(float(onsets[phoneme]) + LEAD_SECONDS, last)

    return [WordTiming(word.text, at(word.start), at(word.end)) for word in part.words]


def _assets() -> Path:
    """Return the folder of the package's data. The package is installed."""
    spec = importlib.util.find_spec("hibari")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("assets")


@functools.cache
def _info() -> EngineInfo:
    here = importlib.util.find_spec("hibari") is not None
    return EngineInfo(
        name="hibari",
        label="hibari",
        license="Apache-2.0",
        sample_rate=SAMPLE_RATE,
        languages=[Language("en-us", "English (United States)")],
        voices=[
            Voice("heart", "Heart", "hibari", "en-us", "female", tags=("default",)),
        ],
        capabilities=Capabilities(word_times=True, pitch=True),
        naturalness=1,
        max_characters=300,  # some 330 phonemes
        speed_range=(0.5, 2.0),
        pitch_range=(0.5, 2.0),
        weights=version("hibari-tts") if here else "",
    )
