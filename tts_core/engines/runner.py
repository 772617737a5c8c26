"""Where an engine runs: the interface that the scheduler sees, and a runner without a process."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Protocol

from tts_core.engines import execution
from tts_core.engines.base import EngineContext
from tts_core.engines.error_translation import as_load_error, as_speech_error
from tts_core.engines.execution import Loaded
from tts_core.engines.voice_state import VoiceState
from tts_core.errors import WorkerDied
from tts_core.types import AlignmentRequest, AlignmentResult, AudioChunk, Utterance

SUSPENDED_AFTER_SECONDS = 0.9
"""A call is suspended after the chunk with which its sound reaches this length. The first 0.3 s of
it may be silence, which is trimmed, and what is left has to last until the call goes on."""


class RunnerState(StrEnum):
    """What an engine is doing."""

    UNLOADED = "unloaded"
    LOADING = "loading"
    IDLE = "idle"
    SPEAKING = "speaking"


class CallLost(WorkerDied):
    """The engine's process ended before this call was begun, or while it was suspended."""


class Runner(Protocol):
    """Runs one engine, for one thread at a time. It raises errors of `tts_core.errors` only."""

    state: RunnerState
    economy: int
    """How many of the engine's economies the next `load` makes."""
    suspendable: bool
    """Whether utterances can be sent while others are not finished, and be suspended."""
    suspended: bool
    """Whether the call of `speak` that yielded last computes nothing until its next chunk is asked
    for."""

    @property
    def pid(self) -> int | None:
        """The id of the process that holds the model; None while there is none."""

    def load(self) -> None:
        """Load the engine, unless it is loaded.

        Raises ModelLoadError and OutOfMemory; with a worker process also WorkerDied and WorkerHung.
        """

    def speak(
        self, utterance: Utterance, stop: threading.Event, *, suspend: bool = False
    ) -> Iterator[AudioChunk]:
        """Send an utterance and yield its sound as it is made; end soon after `stop` is set.

        A worker process gets it at once, and begins it after what it was sent before; the sound of
        `suspendable` engines can be asked for in any order. `suspend`: after the first chunks, of
        `SUSPENDED_AFTER_SECONDS`, it is `suspended` until the next is asked for, so that other
        utterances can be spoken in between; if the engine is `suspendable`. Loads the engine if
        necessary. Raises what the engine raises, WorkerDied or WorkerHung; and CallLost where the
        process ended because of another call, while this one waited for its turn.
        """

    def condition(
        self, clips: Sequence[AudioChunk], stop: threading.Event | None = None
    ) -> VoiceState | None:
        """Return the state of a voice cloned from recordings, or None if `stop` was set.

        See `Engine.condition`. Loads the engine if necessary. Raises as `speak` does.
        """

    def align(self, request: AlignmentRequest) -> AlignmentResult:
        """Align an utterance; see `Aligner`. Loads it if necessary. Raises as `speak` does."""

    def unload(self) -> None:
        """Release the engine's memory."""

    def kill(self) -> None:
        """End whatever is running, even a load, for good. May be called from any thread."""


class InlineRunner:
    """Runs an engine in the calling thread: for tests, and for ZeroGPU, which forks by itself."""

    def __init__(self, target: str, context: EngineContext) -> None:
        """Prepare to run the engine `target` ("package.module:Class")."""
        self._target = target
        self._context = context
        self._engine: Loaded | None = None
        self.state = RunnerState.UNLOADED
        self.economy = 0
        self.suspendable = False
        self.suspended = False
        self.pid: int | None = None

    def load(self) -> None:
        """See `Runner`."""
        self._loaded()

    def speak(
        self, utterance: Utterance, stop: threading.Event, *, suspend: bool = False
    ) -> Iterator[AudioChunk]:
        """See `Runner`; here it is spoken as its sound is asked for."""
        engine = self._loaded()
        self.state = RunnerState.SPEAKING
        try:
            yield from execution.speak(engine, utterance, stop)
        except Exception as error:
            raise as_speech_error(error) from error
        finally:
            self.state = RunnerState.IDLE

    def condition(
        self, clips: Sequence[AudioChunk], stop: threading.Event | None = None
    ) -> VoiceState | None:
        """See `Runner`; here it cannot be stopped."""
        engine = self._loaded()
        self.state = RunnerState.SPEAKING
        try:
            return execution.condition(engine, clips)
        except Exception as error:
            raise as_speech_error(error) from error
        finally:
            self.state = RunnerState.IDLE

    def align(self, request: AlignmentRequest) -> AlignmentResult:
        """See `Runner`."""
        engine = self._loaded()
        try:
            return execution.align(engine, request)
        except Exception as error:
            raise as_speech_error(error) from error

    def unload(self) -> None:
        """See `Runner`."""
        self._engine = None
        self.state = RunnerState.UNLOADED

    def kill(self) -> None:
        """Do nothing: a thread cannot be ended from outside."""

    def _loaded(self) -> Loaded:
        """Return the engine, loaded. Raises ModelLoadError, OutOfMemory."""
        if self._engine is None:
            self.state = RunnerState.LOADING
            try:
                self._engine = execution.load(self._target, self._context, self.economy)
            except Exception as error:
                self.state = RunnerState.UNLOADED
                raise as_load_error(error) from error
            self.state = RunnerState.IDLE
        return self._engine
