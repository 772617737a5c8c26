"""Aligns the speech of other engines with reference speech of the embedded engine.

The aligner runs in a worker process as an engine does, which keeps its memory and its work out of
the app's process; it is not in the registry.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator

import numpy as np

from tts_core.alignment.align import Alignment, Reference, Speaker, align
from tts_core.alignment.baselines import baseline_of
from tts_core.alignment.divergence import Divergence, divergence
from tts_core.alignment.quality import assess
from tts_core.engines.espeak.engine import EspeakEngine
from tts_core.types import (
    AlignmentRequest,
    AlignmentResult,
    AudioChunk,
    Quality,
    Utterance,
    WordTiming,
)

_MAX_REFERENCES = 64
"""Held in memory; each takes 0.4 MB for ten seconds of speech."""


class ReferenceAligner:
    """An `Aligner` (see `engines/base.py`) that compares with reference speech of eSpeak NG."""

    def __init__(self) -> None:
        self._references = References()

    def load(self, economy: int = 0) -> None:
        """Load eSpeak NG. Raises ModelLoadError."""
        self._references.load()

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        """Raise NotImplementedError: this worker only aligns."""
        raise NotImplementedError("The aligner does not speak.")

    def align(self, request: AlignmentRequest) -> AlignmentResult:
        """Return the word timestamps and, if the request asks for it, the quality of a segment.

        Raises UnknownNameError when eSpeak NG has no such voice.
        """
        speak = self._references.speaker(request.text, request.voice)
        alignment, measures = compare(request.chunk, speak, check=request.check)
        words = _words(alignment, speak(1.0), request.chunk.duration)
        if not request.check:
            return AlignmentResult(words)
        if measures is None:
            return AlignmentResult(words, Quality())
        texts = [word.text for word in words]
        return AlignmentResult(words, assess(measures, texts, baseline_of(request.engine)))


def compare(
    chunk: AudioChunk, speak: Speaker, *, check: bool = True
) -> tuple[Alignment | None, Divergence | None]:
    """Align a sound with speech of its text, and measure their divergence for a `check`.

    Both are None when the sound cannot be aligned.
    """
    alignment = align(chunk, speak)
    return alignment, divergence(alignment) if alignment is not None and check else None


def _words(
    alignment: Alignment | None, reference: Reference, duration: float
) -> tuple[WordTiming, ...]:
    """Return the words of an alignment, else the reference's, stretched to the duration."""
    if alignment is not None:
        return tuple(WordTiming(w.text, w.start, min(w.end, duration)) for w in alignment.words)
    end = max((word.end for word in reference.words), default=1.0)
    factor = duration / max(end, 1e-3)
    return tuple(WordTiming(w.text, w.start * factor, w.end * factor) for w in reference.words)


class References:
    """Reference speech of eSpeak NG with its features; caches the most recently used."""

    def __init__(self) -> None:
        self._engine = EspeakEngine()
        self._cache: OrderedDict[tuple[str, str, float], Reference] = OrderedDict()

    def speaker(self, text: str, voice: str) -> Speaker:
        """Return a function that speaks the text at a factor of eSpeak NG's normal rate.

        It raises UnknownNameError when there is no such voice.
        """
        return lambda rate: self._get(text, voice, rate)

    def _get(self, text: str, voice: str, rate: float) -> Reference:
        key = (text, voice, rate)
        if key not in self._cache:
            self._cache[key] = Reference.of(self.speech(text, voice, rate))
            while len(self._cache) > _MAX_REFERENCES:
                self._cache.popitem(last=False)
        self._cache.move_to_end(key)
        return self._cache[key]

    def load(self) -> None:
        """Load eSpeak NG. Raises ModelLoadError."""
        self._engine.load()

    def speech(self, text: str, voice: str, rate: float) -> AudioChunk:
        """Speak a whole text; return it with its words."""
        chunks = list(self._engine.speak(Utterance(text, voice, voice, rate), threading.Event()))
        samples = np.concatenate([chunk.samples for chunk in chunks])
        words = tuple(word for chunk in chunks for word in chunk.words)
        return AudioChunk(samples, chunks[0].sample_rate, words)
