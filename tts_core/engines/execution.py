"""Calls an engine: what the worker process and the in-process runner have in common."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np

from tts_core.engines.base import Aligner, Engine, EngineContext
from tts_core.engines.voice_state import VoiceState
from tts_core.errors import GenerationError
from tts_core.types import AlignmentRequest, AlignmentResult, AudioChunk, Utterance
from tts_core.validation import validate

_STOP_POLL_SECONDS = 0.01

Loaded = Engine[Any] | Aligner


def engine_class(target: str) -> type[Engine[Any]]:
    """Return the class that "package.module:Class" names. Raises whatever its import raises."""
    module, _, name = target.partition(":")
    found: type[Engine[Any]] = getattr(import_module(module), name)
    return found


def load(target: str, context: EngineContext, economy: int) -> Loaded:
    """Return a loaded engine or aligner. Raises whatever it raises."""
    engine = engine_class(target)(context)
    engine.load(economy)
    return engine


def speak(
    engine: Loaded, utterance: Utterance, caller_stop: threading.Event
) -> Generator[AudioChunk, None, None]:
    """Yield the sound of an utterance, checked, as float32 in [-1, 1].

    Raises ValidationError for the utterance's options, GenerationError for NaN, and whatever the
    engine raises.
    """
    if not isinstance(engine, Engine):
        raise GenerationError("This is an aligner; it cannot speak.")
    stop = _CallStop(caller_stop)
    sound = engine.speak(utterance, validate(engine.parameters, utterance.options), stop)
    try:
        for chunk in sound:
            if stop.is_set():
                return
            yield _checked(chunk)
    finally:
        stop.set()  # first: closing a generator may wait for threads that watch the event
        if isinstance(sound, Generator):
            sound.close()


def condition(engine: Loaded, clips: Sequence[AudioChunk]) -> VoiceState:
    """Return the state of a cloned voice. Raises VoiceLoadError, or whatever the engine raises."""
    if not isinstance(engine, Engine):
        raise GenerationError("This is an aligner; it cannot clone voices.")
    return engine.condition(clips)


def align(engine: Loaded, request: AlignmentRequest) -> AlignmentResult:
    """Return the word timings and the quality of an utterance."""
    if not isinstance(engine, Aligner):
        raise GenerationError("This engine speaks; it cannot align words.")
    return engine.align(request)


class _CallStop(threading.Event):
    """An event of one call, which is also set when the caller's event is."""

    def __init__(self, caller: threading.Event) -> None:
        super().__init__()
        self._caller = caller

    def is_set(self) -> bool:
        return super().is_set() or self._caller.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        # `threading.Event` can wait for one event only, so the other is polled.
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self.is_set():
            left = _STOP_POLL_SECONDS if deadline is None else deadline - time.monotonic()
            if left <= 0:
                return False
            super().wait(min(left, _STOP_POLL_SECONDS))
        return True


def _checked(chunk: AudioChunk) -> AudioChunk:
    """Return a chunk as float32 in [-1, 1]. Raises GenerationError for NaN or a wrong shape."""
    samples = np.asarray(chunk.samples)
    if samples.ndim != 1:
        raise GenerationError(
            f"The engine yielded samples of the shape {samples.shape}; mono audio has the "
            "shape (n,)."
        )
    if samples.dtype == np.int16:
        samples = samples / np.float32(2**15)
    if not np.isfinite(samples).all():
        raise GenerationError("The engine produced NaN; check that its weights are complete.")
    clipped = np.clip(samples, -1, 1).astype(np.float32, copy=False)
    return replace(chunk, samples=clipped)
