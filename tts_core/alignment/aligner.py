"""Aligns the speech of other engines with speech of the same text by a reference engine.

The aligner runs in a worker process as an engine does, which keeps its memory and its work out of
the app's process; it is not in the registry.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from tts_core.alignment.align import Alignment, Reference, Speaker, align
from tts_core.alignment.baselines import baseline_of
from tts_core.alignment.divergence import Divergence, divergence
from tts_core.alignment.expected import quality_by_phonemes
from tts_core.alignment.measured import MeasuredBaselines, key_of
from tts_core.alignment.quality import assess
from tts_core.alignment.second_opinion import SecondOpinion
from tts_core.alignment.starts import placed, reference_engine
from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.execution import engine_class
from tts_core.engines.execution import speak as speak_with
from tts_core.types import (
    AlignmentRequest,
    AlignmentResult,
    AudioChunk,
    Quality,
    ReferenceVoice,
    Utterance,
    WordTiming,
)

_MAX_REFERENCES = 64
"""Held in memory; each takes 0.4 MB for ten seconds of speech."""


class ReferenceAligner:
    """An `Aligner` (see `engines/base.py`) that compares with the speech of reference engines."""

    def __init__(self, context: EngineContext) -> None:
        self._references = References(context)
        self._context = context
        self._second_opinion = SecondOpinion(context)

    @cached_property
    def _measured(self) -> MeasuredBaselines:
        # Reading the settings takes as long as starting the worker, and not every engine needs it.
        return MeasuredBaselines(self._context.settings.speech_check_path)

    def load(self, economy: int = 0) -> None:
        """Do nothing: a reference engine is loaded when it is first used, in half a second."""

    def align(self, request: AlignmentRequest) -> AlignmentResult:
        """Return the word timestamps and, if the request asks for it, the quality of a segment.

        Raises UnknownNameError when the reference engine has no such voice.
        """
        if request.check and request.chunk.phonemes:
            quality = self._second_opinion.reconsider(request, quality_by_phonemes(request))
            return AlignmentResult(request.chunk.words, quality)
        speak = self._references.speaker(request.text, request.voice)
        alignment, measures = compare(request.chunk, speak, check=request.check)
        if alignment is not None:
            words = _within(words_of(alignment, request.voice), request.chunk.duration)
        else:
            words = _stretched(speak(1.0), request.chunk.duration)
        if not request.check:
            return AlignmentResult(words)
        if measures is None:
            return AlignmentResult(words, Quality())
        quality = self._quality(request, measures, [w.text for w in words])
        return AlignmentResult(words, self._second_opinion.reconsider(request, quality))

    def _quality(
        self, request: AlignmentRequest, measures: Divergence, words: Sequence[str]
    ) -> Quality:
        """Assess speech by the closest baseline there is.

        That is the voice's, measured here; the engine's in `baselines.json`; the engine's, measured
        here; the default.
        """
        reference = request.voice.engine
        default = baseline_of(reference)
        if default is None:
            return Quality()
        versions = (reference, self._references.weights(request.voice.target))
        engine = key_of(*versions, request.engine, request.weights)
        voice = key_of(*versions, request.engine, request.weights, request.speaker)
        baseline = (
            self._measured.baseline(voice, default)
            or baseline_of(reference, request.engine, request.weights)
            or self._measured.baseline(engine, default)
            or default
        )
        quality = assess(measures, words, baseline)
        if quality.checked:
            for key in (voice, engine):
                self._measured.add(key, len(words), measures.values)
        return quality


def compare(
    chunk: AudioChunk, speak: Speaker, *, check: bool = True
) -> tuple[Alignment | None, Divergence | None]:
    """Align a sound with speech of its text, and measure their divergence for a `check`.

    Both are None when the sound cannot be aligned.
    """
    alignment = align(chunk, speak)
    return alignment, divergence(alignment) if alignment is not None and check else None


def words_of(alignment: Alignment, voice: ReferenceVoice) -> list[WordTiming]:
    """Return the words of an alignment with a reference voice, which begin as in natural speech."""
    return placed(alignment) if voice.engine == reference_engine() else alignment.words


def _within(words: Sequence[WordTiming], duration: float) -> tuple[WordTiming, ...]:
    """Return words that end with the sound at the latest."""
    return tuple(WordTiming(w.text, w.start, min(w.end, duration)) for w in words)


def _stretched(reference: Reference, duration: float) -> tuple[WordTiming, ...]:
    """Return the words of a reference that cannot be aligned, stretched to a duration."""
    end = max((word.end for word in reference.words), default=1.0)
    factor = duration / max(end, 1e-3)
    return tuple(WordTiming(w.text, w.start * factor, w.end * factor) for w in reference.words)


class References:
    """Speech of reference engines with its features; caches the most recently used."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context
        self._engines: dict[str, Engine[Any]] = {}
        self._weights: dict[str, str] = {}
        """Their versions, by target as the engines."""
        self._cache: OrderedDict[tuple[str, ReferenceVoice, float], Reference] = OrderedDict()

    def speaker(self, text: str, voice: ReferenceVoice) -> Speaker:
        """Return a function that speaks the text at a factor of the voice's normal rate.

        It raises UnknownNameError when there is no such voice, or ModelLoadError.
        """
        return lambda rate: self._get(text, voice, rate)

    def _get(self, text: str, voice: ReferenceVoice, rate: float) -> Reference:
        key = (text, voice, rate)
        if key not in self._cache:
            self._cache[key] = Reference.of(self.speech(text, voice, rate))
            while len(self._cache) > _MAX_REFERENCES:
                self._cache.popitem(last=False)
        self._cache.move_to_end(key)
        return self._cache[key]

    def speech(self, text: str, voice: ReferenceVoice, rate: float) -> AudioChunk:
        """Speak a whole text; return it with its words."""
        utterance = Utterance(text, voice.id, voice.language, rate)
        chunks = list(speak_with(self._engine(voice.target), utterance, threading.Event()))
        samples = np.concatenate([chunk.samples for chunk in chunks])
        words = tuple(word for chunk in chunks for word in chunk.words)
        return AudioChunk(samples, chunks[0].sample_rate, words)

    def weights(self, target: str) -> str:
        """Return the version of a reference engine's weights."""
        if target not in self._weights:
            self._weights[target] = self._engine(target).describe().weights
        return self._weights[target]

    def _engine(self, target: str) -> Engine[Any]:
        """Return a reference engine, loaded. Raises ModelLoadError."""
        if target not in self._engines:
            engine = engine_class(target)(self._context)
            engine.load()
            self._engines[target] = engine
        return self._engines[target]
