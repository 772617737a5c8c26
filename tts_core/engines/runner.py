"""Where an engine runs. The scheduler sees only this; one thread calls one runner."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Protocol

from tts_core.engines.base import Engine
from tts_core.engines.voice_state import VoiceState
from tts_core.engines.worker import align, condition, engine_class, while_loading, while_working
from tts_core.types import AlignmentRequest, AlignmentResult, AudioChunk, Utterance


class RunnerState(StrEnum):
    """What the engine is doing."""

    UNLOADED = "unloaded"
    LOADING = "loading"
    IDLE = "idle"
    SPEAKING = "speaking"


class Runner(Protocol):
    """Holds one engine. Errors it raises are from `tts_core.errors` only."""

    state: RunnerState
    economy: int
    """How many of the engine's economies the next `load` makes."""

    @property
    def pid(self) -> int | None:
        """The process that holds the model; None while there is none."""

    def load(self) -> None:
        """Make the engine ready; nothing when it is. Raises ModelLoadError, OutOfMemory.

        WorkerDied, WorkerHung too, where there is a worker.
        """

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        """Yield the utterance's sound as it is made; end soon after `stop` is set.

        Loads first when needed. Raises what the engine raises, WorkerDied or WorkerHung.
        """

    def condition(
        self, clips: Sequence[AudioChunk], stop: threading.Event | None = None
    ) -> VoiceState | None:
        """See `CloningEngine`. Loads first when needed; None when it was stopped.

        Raises as `speak` does.
        """

    def align(self, said: AlignmentRequest) -> AlignmentResult:
        """See `Aligner`. Loads first when needed. Raises as `speak` does."""

    def unload(self) -> None:
        """Give the memory back."""

    def kill(self) -> None:
        """End at once what can be ended, even a load, and for good; from any thread."""


class InlineRunner:
    """Runs the engine in the calling thread: for tests, and for ZeroGPU, which forks by itself."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._engine: Engine | None = None
        self.state = RunnerState.UNLOADED
        self.economy = 0
        self.pid: int | None = None

    def load(self) -> None:
        """See `Runner`."""
        if self._engine is not None:
            return
        self.state = RunnerState.LOADING
        try:
            engine = engine_class(self._target)()
            engine.load(self.economy)
        except Exception as error:
            self.state = RunnerState.UNLOADED
            raise while_loading(error) from error
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
        except Exception as error:
            raise while_working(error) from error
        finally:
            self.state = RunnerState.IDLE

    def condition(
        self, clips: Sequence[AudioChunk], stop: threading.Event | None = None
    ) -> VoiceState | None:
        """See `Runner`; here it cannot be stopped."""
        self.load()
        assert self._engine is not None
        self.state = RunnerState.SPEAKING
        try:
            return condition(self._engine, clips)
        except Exception as error:
            raise while_working(error) from error
        finally:
            self.state = RunnerState.IDLE

    def align(self, said: AlignmentRequest) -> AlignmentResult:
        """See `Runner`."""
        self.load()
        assert self._engine is not None
        try:
            return align(self._engine, said)
        except Exception as error:
            raise while_working(error) from error

    def unload(self) -> None:
        """See `Runner`."""
        self._engine = None
        self.state = RunnerState.UNLOADED

    def kill(self) -> None:
        """See `Runner`; a thread cannot be ended."""
