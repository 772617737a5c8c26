"""Kokoro: natural speech in nine languages on a CPU.

The model (82 million weights, Apache-2.0) in 8 bits and five Japanese voices come with packages;
further voices can be downloaded.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tts_core.engines.base import Engine
from tts_core.engines.kokoro import files
from tts_core.engines.kokoro.voices import LANGUAGES, described, gain_of, pack_of
from tts_core.engines.phonemes.base import parts_of
from tts_core.engines.phonemes.front_end import phonemes_of
from tts_core.types import (
    AudioChunk,
    Capabilities,
    EngineInfo,
    NoParameters,
    Utterance,
    WordTiming,
)

if TYPE_CHECKING:
    from tts_core.engines.kokoro.model import KokoroModel

SAMPLE_RATE = 24_000
"""Hz."""
MOST_PHONEMES = 510
MOST_THREADS = 4
ONSET_SECONDS = -0.075


class KokoroEngine(Engine[NoParameters]):
    """All voices of Kokoro, and blends of them."""

    _model: KokoroModel | None = None

    def describe(self) -> EngineInfo:
        """Describe the engine with the voices that are here."""
        return EngineInfo(
            name="kokoro",
            label="Kokoro",
            license="Apache-2.0",
            sample_rate=SAMPLE_RATE,
            languages=LANGUAGES,
            voices=[described(name) for name in files.available_voices(self.context)],
            capabilities=Capabilities(word_times=True, blending=True),
            naturalness=1,
            foreign_voices=True,
            max_characters=300,
            speed_range=(0.5, 2.0),
            pitch_range=(1.0, 1.0),
            weights=files.model_version(self.context),
        )

    def unavailable(self) -> str | None:
        """Check that the packages are installed; `load` checks their files."""
        if importlib.util.find_spec("onnxruntime") is None:
            return "Not installed; run `pip install onnxruntime`."
        return None

    def load(self, economy: int = 0) -> None:
        """Load the model."""
        from tts_core.engines.kokoro.model import KokoroModel

        threads = min(MOST_THREADS, os.cpu_count() or 1)
        self._model = KokoroModel(files.read_model(self.context), threads)
        self._voice = functools.lru_cache(8)(self._read_voice)

    def speak(
        self, utterance: Utterance, options: NoParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        """Speak an utterance part by part, with its word timings."""
        assert self._model is not None, "load() comes first"
        pack = self._voice(utterance.voice)
        gain = np.float32(gain_of(utterance.voice))
        position = 0
        for part in parts_of(phonemes_of(utterance.text, utterance.language), MOST_PHONEMES):
            if stop.is_set():
                return
            spoken = self._model.speak(part.text, pack, utterance.speed)
            times = position + spoken.onsets / SAMPLE_RATE + ONSET_SECONDS
            words = [
                WordTiming(w.text, float(times[w.start]), float(times[w.end])) for w in part.words
            ]
            yield AudioChunk(spoken.samples * gain, SAMPLE_RATE, tuple(words))
            position += len(spoken.samples)

    def _read_voice(self, name: str) -> NDArray[np.float32]:
        return pack_of(name, lambda one: files.read_voice(one, self.context))
