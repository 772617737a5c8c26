"""Has a segment spoken anew that surely went wrong, before any of its sound is given out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tts_core.alignment.client import AlignmentClient
from tts_core.engines.registry import Registry
from tts_core.errors import TTSError
from tts_core.synthesis.job import Job, SegmentAudio, SegmentDone
from tts_core.types import AlignmentRequest, AlignmentResult, AudioChunk, Utterance

log = logging.getLogger(__name__)

Give = Callable[[AudioChunk], None]
SpeakOnce = Callable[[Utterance, Give], SegmentDone]
"""Speaks an utterance, giving its sound out as it is made."""


@dataclass(frozen=True, slots=True)
class _Take:
    chunks: list[AudioChunk]
    heard: AlignmentResult

    @property
    def rank(self) -> tuple[bool, float]:
        """The lowest is the best."""
        quality = self.heard.quality
        return (False, 0.0) if quality is None else (quality.sure, quality.cost)


class Retaker:
    """The rule for one service. `most`: how often a segment is made anew; 0 turns it off."""

    def __init__(self, registry: Registry, alignment: AlignmentClient, most: int) -> None:
        self._registry = registry
        self._alignment = alignment
        self._most = most

    def concern(self, engine: str) -> bool:
        """Whether an engine's segments may be made anew: of those that sample."""
        info = self._registry.info(engine)
        return bool(self._most and "sampling" in info.abilities and self._alignment.concerns(info))

    def speak(self, engine: str, job: Job, index: int, speak: SpeakOnce) -> SegmentDone:
        """Speak segment `index` until nothing is surely wrong with it; give out the best take.

        Raises what `speak` raises of the first take.
        """
        utterance = job.utterances[index]
        takes: list[_Take] = []
        seconds, retries, cached = 0.0, 0, True
        while not job.stop.is_set():
            chunks: list[AudioChunk] = []
            try:
                done = speak(utterance.take(len(takes)), chunks.append)
            except TTSError:
                if not takes:
                    raise
                log.warning("a segment could not be spoken anew", exc_info=True)
                break
            seconds, retries = seconds + done.seconds, retries + done.retries
            cached = cached and done.cached
            takes.append(_Take(chunks, self._heard(engine, utterance, chunks, job)))
            quality = takes[-1].heard.quality
            if quality is None or not quality.sure or len(takes) > self._most:
                break
        if not takes:
            return SegmentDone(index, seconds, retries)
        best = min(takes, key=lambda take: take.rank)
        for chunk in best.chunks:
            job.put(SegmentAudio(index, chunk))
        heard = replace(best.heard, retries=len(takes) - 1)
        return SegmentDone(index, seconds, retries, cached, heard)

    def _heard(
        self, engine: str, utterance: Utterance, chunks: list[AudioChunk], job: Job
    ) -> AlignmentResult:
        voice = self._alignment.voice(utterance.language)
        if voice is None or not chunks:
            return AlignmentResult(None)
        samples = np.concatenate([chunk.samples for chunk in chunks])
        sound = AudioChunk(samples, chunks[0].sample_rate)
        request = AlignmentRequest(sound, utterance.text, voice, engine)
        return self._alignment.align(request, job.stop)
