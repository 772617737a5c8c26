"""Hears what other engines have said, by the embedded engine's own speech of the same text."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np

from tts_core.audio.align import Reference
from tts_core.engines.espeak import EspeakEngine
from tts_core.types import AudioChunk, Utterance

_KEPT = 64


class References:
    """What eSpeak NG makes of texts, with their features; the last ones are remembered."""

    def __init__(self) -> None:
        self._engine = EspeakEngine()
        self._kept: OrderedDict[tuple[str, str, float], Reference] = OrderedDict()

    def speaker(self, text: str, voice: str) -> Callable[[float], Reference]:
        """Speaks the text at a factor of eSpeak NG's pace. Raises UnknownNameError."""
        return lambda pace: self._get(text, voice, pace)

    def _get(self, text: str, voice: str, pace: float) -> Reference:
        key = (text, voice, pace)
        if key not in self._kept:
            self._kept[key] = Reference.of(self._speak(text, voice, pace))
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _speak(self, text: str, voice: str, pace: float) -> AudioChunk:
        chunks = list(self._engine.speak(Utterance(text, voice, voice, pace), threading.Event()))
        samples = np.concatenate([chunk.samples for chunk in chunks])
        words = tuple(word for chunk in chunks for word in chunk.words)
        return AudioChunk(samples, chunks[0].sample_rate, words)
