"""Retakes: segments that fail the quality check are spoken again, before any sound is given out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from tts_core.alignment.client import AlignmentClient
from tts_core.audio.join import joined
from tts_core.engines.registry import Registry
from tts_core.errors import TTSError
from tts_core.synthesis.inbox import UtteranceAudio, UtteranceDone
from tts_core.synthesis.job import Job
from tts_core.types import AlignmentRequest, AlignmentResult, AudioChunk, Utterance

log = logging.getLogger(__name__)

OnChunk = Callable[[AudioChunk], None]
"""Receives an utterance's sound, piece by piece as the engine makes it."""
SpeakOnce = Callable[[Utterance, OnChunk], UtteranceDone]
"""Speaks an utterance once."""


@dataclass(frozen=True, slots=True)
class _Take:
    chunks: list[AudioChunk]
    alignment: AlignmentResult

    @property
    def rank(self) -> tuple[bool, float]:
        """Return a sort key; the lowest is the best take."""
        quality = self.alignment.quality
        return (False, 0.0) if quality is None else (quality.sure, quality.cost)


class Retaker:
    """The retake policy of a service. Thread-safe."""

    def __init__(self, registry: Registry, alignment: AlignmentClient, most: int) -> None:
        """Allow at most `most` retakes of a segment; 0 turns retakes off."""
        self._registry = registry
        self._alignment = alignment
        self._most = most

    def applies_to(self, engine: str) -> bool:
        """Return whether an engine's segments can be retaken: it samples and gets aligned."""
        info = self._registry.info(engine)
        return bool(self._most and info.capabilities.sampling and self._alignment.serves(info))

    def speak(self, engine: str, job: Job, index: int, speak_once: SpeakOnce) -> UtteranceDone:
        """Speak utterance `index` until it passes the check, and give out the best take.

        Each take has its own seed. Raises what `speak_once` raises for the first take; a retake
        that fails ends the retakes only.
        """
        utterance = job.utterances[index]
        takes: list[_Take] = []
        seconds, retries, cached = 0.0, 0, True
        while not job.stop.is_set():
            chunks: list[AudioChunk] = []
            try:
                done = speak_once(utterance.take(len(takes)), chunks.append)
            except TTSError:
                if not takes:
                    raise
                log.warning("retake failed, using an earlier take", exc_info=True)
                break
            seconds, retries = seconds + done.seconds, retries + done.retries
            cached = cached and done.cached
            takes.append(_Take(chunks, self._align(engine, utterance, chunks, job, index)))
            quality = takes[-1].alignment.quality
            if quality is None or not quality.sure or len(takes) > self._most:
                break
        if not takes:
            return UtteranceDone(index, seconds, retries)
        best = min(takes, key=lambda take: take.rank)
        for chunk in best.chunks:
            job.inbox.put(UtteranceAudio(index, chunk))
        alignment = replace(best.alignment, retries=len(takes) - 1)
        return UtteranceDone(index, seconds, retries, cached, alignment)

    def _align(
        self, engine: str, utterance: Utterance, chunks: list[AudioChunk], job: Job, index: int
    ) -> AlignmentResult:
        """Align a take. Only while something is heard is there time for a second opinion."""
        voice = self._alignment.reference_voice(utterance.language, engine)
        if voice is None or not chunks:
            return AlignmentResult(None)
        weights = self._registry.info(engine).weights
        request = AlignmentRequest(
            joined(chunks),
            utterance.text,
            voice,
            engine,
            weights,
            speaker=utterance.speaker,
            second_opinion=index > 0,
        )
        return self._alignment.align(request, job.stop)
