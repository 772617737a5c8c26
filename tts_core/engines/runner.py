"""Where an engine runs. The scheduler sees only this; one thread calls one runner."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

from tts_core.engines.base import Engine
from tts_core.engines.worker import describe, engine_class
from tts_core.errors import GenerationError, ModelLoadError, TTSError
from tts_core.types import AudioChunk, Utterance


class RunnerState(StrEnum):
    """What the engine is doing."""

    UNLOADED = "unloaded"
    LOADING = "loading"
    IDLE = "idle"
    SPEAKING = "speaking"


class Runner(Protocol):
    """Holds one engine. Errors it raises are from `tts_core.errors` only."""

    state: RunnerState

    @property
    def pid(self) -> int | None:
        """The process that holds the model; None while there is none."""

    def load(self) -> None:
        """Make the engine ready; nothing when it is. Raises ModelLoadError."""

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        """Yield the utterance's sound as it is made; end soon after `stop` is set.

        Loads first when needed. Raises GenerationError, WorkerDied or WorkerHung.
        """

    def unload(self) -> None:
        """Give the memory back."""


class InlineRunner:
    """Runs the engine in the calling thread: for tests, and for ZeroGPU, which forks by itself."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._engine: Engine | None = None
        self.state = RunnerState.UNLOADED
        self.pid: int | None = None

    def load(self) -> None:
        """See `Runner`."""
        if self._engine is not None:
            return
        self.state = RunnerState.LOADING
        try:
            engine = engine_class(self._target)()
            engine.load()
        except Exception as error:
            self.state = RunnerState.UNLOADED
            raise ModelLoadError(describe(error)) from error
        self._engine = engine
        self.state = RunnerState.IDLE

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        """See `Runner`."""
        self.load()
        assert self._engine is not None
        self.state = RunnerState.SPEAKING
        try:
            for chunk in self._engine.speak(utterance, stop):
                if stop.is_set():
                    break
                yield chunk
        except TTSError:
            raise
        except Exception as error:
            raise GenerationError(describe(error)) from error
        finally:
            self.state = RunnerState.IDLE

    def unload(self) -> None:
        """See `Runner`."""
        self._engine = None
        self.state = RunnerState.UNLOADED
