"""Kokoro: natural speech in nine languages on a CPU.

The model (82 million weights, Apache-2.0) in 8 bits and five Japanese voices come with packages,
natives of the other languages, in one style each, with Aloud; the other voices can be downloaded.
Recorded voices are matched from the nearest one that is here.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tts_core.audio.level import limited
from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.kokoro import files, match
from tts_core.engines.kokoro.voices import (
    CARRIERS,
    LANGUAGES,
    described,
    gain_of,
    pace_of,
    pack_of,
)
from tts_core.engines.kokoro.weights import WEIGHTS
from tts_core.engines.match.matcher import Matcher
from tts_core.engines.match.parameters import MatchParameters
from tts_core.engines.voice_state import VoiceState
from tts_core.errors import ModelLoadError
from tts_core.types import AudioChunk, Capabilities, EngineInfo, Utterance

if TYPE_CHECKING:
    from tts_core.engines.kokoro.model import KokoroModel
    from tts_core.engines.phonemes.base import Phonemes

SAMPLE_RATE = 24_000
"""Hz."""
MOST_THREADS = 4
"""Of one operator."""
VOICES_KEPT = 8
"""In memory, half a megabyte each."""
_NEEDS = {
    "onnx": "onnx",
    "onnxruntime": "onnxruntime",
    "hibari": "hibari-tts",
    "espeakng_loader": "espeakng-loader",
    "pyopenjtalk": "pyopenjtalk-plus",
    "pypinyin": "pypinyin",
}
"""By module, the package that brings it, besides the model and the voices."""


class KokoroEngine(Engine[MatchParameters]):
    """All voices of Kokoro, blends of them, and voices that are matched to recordings."""

    parameters = MatchParameters
    weights = tuple(WEIGHTS.values())

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._model: KokoroModel | None = None
        self._version = ""
        """Of the files that were read; see `EngineInfo.weights`."""
        self._pack = functools.lru_cache(VOICES_KEPT)(self._read_pack)
        self._matcher = Matcher("kokoro", match.base_voice)

    def describe(self) -> EngineInfo:
        """Describe the engine with the voices that are here."""
        voices = files.available_voices(self.context)
        return EngineInfo(
            name="kokoro",
            label="Kokoro",
            license="Apache-2.0",
            sample_rate=SAMPLE_RATE,
            languages=LANGUAGES,
            voices=described(voices),
            downloadable_voices=files.downloadable_voices(self.context),
            parameters=MatchParameters,
            capabilities=Capabilities(
                word_times=True,
                blending=True,
                phonemes=True,
                voice_match=match.is_possible(voices),
            ),
            naturalness=1,
            leveled=True,
            can_garble=True,
            foreign_voices=True,
            max_characters=300,
            language_limits={"cmn": 80, "ja": 120},
            speed_range=(0.5, 2.0),
            pitch_range=(1.0, 1.0),
            weights=files.model_version(self.context),
        )

    def unavailable(self) -> str | None:
        """Check that there is a model, a voice and what reads texts; `load` checks the content."""
        missing = [name for module, name in _NEEDS.items() if not importlib.util.find_spec(module)]
        if missing:
            return f"Not installed; run `pip install {' '.join(missing)}`."
        return files.unavailable(self.context)

    def load(self, economy: int = 0) -> None:
        """Load the model, and forget the voices. Raises ModelLoadError."""
        from tts_core.engines.kokoro.model import KokoroModel

        self._model = None  # its memory is needed
        self._pack.cache_clear()
        self._version = files.model_version(self.context)
        try:
            self._model = KokoroModel(files.read_model(self.context), min(MOST_THREADS, _cores()))
        except ValueError as error:
            raise ModelLoadError(f"Kokoro's model cannot be used: {error}") from error

    def condition(self, clips: Sequence[AudioChunk]) -> VoiceState:
        """Profile a speaker from the first 10 s of the clips. Raises VoiceLoadError."""
        return self._matcher.condition(clips)

    def speak(
        self, utterance: Utterance, options: MatchParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        """Speak an utterance piece by piece, with its word timings.

        Loads the model again first when files were downloaded or changed. Raises VoiceLoadError for
        a matched voice.
        """
        state = utterance.voice_state
        if state is None:
            yield from self._speak(utterance, stop)
            return
        profile = self._matcher.profile(state)
        base = match.nearest(profile, files.available_voices(self.context), utterance.language)
        plain = self._speak(replace(utterance, voice=base), stop)
        if not options.match:
            yield from plain
            return
        for chunk in self._matcher.speak(plain, state, base, options.match / 100, 1.0, stop):
            yield replace(chunk, samples=limited(chunk.samples))

    def _speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        from tts_core.engines.kokoro.reading import readings
        from tts_core.engines.kokoro.speech import speak
        from tts_core.engines.phonemes.front_end import phonemes_of

        if self._model is None or files.model_version(self.context) != self._version:
            self.load()
        assert self._model is not None
        phonemes = phonemes_of(utterance.text, utterance.language, utterance.phonemes)
        if not phonemes.words:  # nothing can be read
            yield AudioChunk(np.zeros(SAMPLE_RATE // 10, np.float32), SAMPLE_RATE)
            return
        pack, gain = self._pack(utterance.voice), np.float32(gain_of(utterance.voice))
        carrier = _carrier(utterance.language)
        speed = utterance.speed * pace_of(utterance.voice, utterance.language)
        read = readings(self._model, phonemes, carrier, pack, speed)
        for sound in speak(self._model, read, stop):
            yield AudioChunk(sound.samples * gain, SAMPLE_RATE, sound.words)

    def _read_pack(self, voice: str) -> NDArray[np.float32]:
        return pack_of(voice, lambda name: files.read_voice(name, self.context))


@functools.cache
def _carrier(language: str) -> Phonemes:
    from tts_core.engines.phonemes.front_end import phonemes_of

    return phonemes_of(CARRIERS[language.partition("-")[0]], language)


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
