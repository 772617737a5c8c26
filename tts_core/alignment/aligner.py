"""Hears when other engines have said which word, by the embedded engine's own speech of the same
text. It lives in a worker process as an engine does, so that its memory and its work stay out of
the app's process; the registry does not know it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator

import numpy as np

from tts_core.alignment.align import Alignment, Reference, Speaker, align
from tts_core.alignment.baselines import baseline_of
from tts_core.alignment.divergence import Divergence, divergence
from tts_core.alignment.quality import judge
from tts_core.engines.espeak.engine import EspeakEngine
from tts_core.types import (
    AlignmentRequest,
    AlignmentResult,
    AudioChunk,
    Quality,
    Utterance,
    WordTiming,
)

_KEPT = 64
"""References, of 0.4 MB for ten seconds."""


class ReferenceAligner:
    """A `Aligner` (see base.py)."""

    def __init__(self) -> None:
        self._references = References()

    def load(self, economy: int = 0) -> None:
        """Load eSpeak NG. Raises ModelLoadError."""
        self._references.load()

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        """It cannot."""
        raise NotImplementedError("The ear only listens.")

    def align(self, said: AlignmentRequest) -> AlignmentResult:
        """See `Aligner`. Raises UnknownNameError when eSpeak NG has no such voice."""
        speak = self._references.speaker(said.text, said.voice)
        found, numbers = compare(said.chunk, speak, check=said.check)
        words = _words(found, speak(1.0), said.chunk.duration)
        if not said.check:
            return AlignmentResult(words)
        if numbers is None:
            return AlignmentResult(words, Quality())
        quality = judge(numbers, [word.text for word in words], baseline_of(said.engine))
        return AlignmentResult(words, quality)


def compare(
    chunk: AudioChunk, speak: Speaker, *, check: bool = True
) -> tuple[Alignment | None, Divergence | None]:
    """A sound beside a speech of its text; the numbers only for a `check`."""
    found = align(chunk, speak)
    return found, divergence(found) if found is not None and check else None


def _words(
    found: Alignment | None, reference: Reference, duration: float
) -> tuple[WordTiming, ...]:
    """Those that were found, else the reference's at an even pace."""
    if found is not None:
        return tuple(WordTiming(w.text, w.start, min(w.end, duration)) for w in found.words)
    end = max((word.end for word in reference.words), default=1.0)
    pace = duration / max(end, 1e-3)
    return tuple(WordTiming(w.text, w.start * pace, w.end * pace) for w in reference.words)


class References:
    """What eSpeak NG makes of texts, with their features; the last ones are remembered."""

    def __init__(self) -> None:
        self._engine = EspeakEngine()
        self._kept: OrderedDict[tuple[str, str, float], Reference] = OrderedDict()

    def speaker(self, text: str, voice: str) -> Speaker:
        """Speaks the text at a factor of eSpeak NG's pace. Raises UnknownNameError."""
        return lambda pace: self._get(text, voice, pace)

    def _get(self, text: str, voice: str, pace: float) -> Reference:
        key = (text, voice, pace)
        if key not in self._kept:
            self._kept[key] = Reference.of(self.speech(text, voice, pace))
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def load(self) -> None:
        """Raises ModelLoadError."""
        self._engine.load()

    def speech(self, text: str, voice: str, pace: float) -> AudioChunk:
        """All of it, with its words."""
        chunks = list(self._engine.speak(Utterance(text, voice, voice, pace), threading.Event()))
        samples = np.concatenate([chunk.samples for chunk in chunks])
        words = tuple(word for chunk in chunks for word in chunk.words)
        return AudioChunk(samples, chunks[0].sample_rate, words)
