"""The engine's side of the process boundary.

    python -m tts_core.engines.worker FD TARGET ECONOMY NETWORK

NETWORK is 1 for an engine that wants it, and 0 for the others, which give it up (`offline.py`).

Messages are pickled tuples over one duplex pipe, both ends of which are ours:

    to the worker      ("speak", n, Utterance)  ("condition", n, clips)  ("listen", n, Said)
                       ("stop", n)
    from the worker    ("ready", whether it is offline)  ("load_error", TTSError)
                       ("chunk", n, AudioChunk)  ("state", n, VoiceState)  ("heard", n, Heard)
                       ("done", n)  ("error", n, TTSError)

When the pipe closes (the app ended, however it ended) the worker ends too.
"""

from __future__ import annotations

import gc
import logging
import os
import queue
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from tts_core.engines.base import Aligner, CloningEngine, Engine
from tts_core.engines.offline import go_offline
from tts_core.engines.pipe import Pipe
from tts_core.engines.voice_state import VoiceState
from tts_core.errors import (
    GenerationError,
    ModelLoadError,
    OutOfMemory,
    TTSError,
    VoiceLoadError,
)
from tts_core.types import AlignmentRequest, AlignmentResult, AudioChunk, Utterance

log = logging.getLogger(__name__)


def engine_class(target: str) -> type[Engine]:
    """The class behind "package.module:Class"."""
    module, _, name = target.partition(":")
    found: type[Engine] = getattr(import_module(module), name)
    return found


class _Worker:
    def __init__(self, pipe: Pipe, target: str, economy: int, offline: bool) -> None:
        self.pipe = pipe
        self.target = target
        self.economy = economy
        self.offline = offline
        self.tasks: queue.SimpleQueue[tuple[str, int, Any]] = queue.SimpleQueue()
        self.stops: dict[int, threading.Event] = {}

    def read_commands(self) -> None:
        try:
            while True:
                kind, n, *rest = self.pipe.receive()
                if kind != "stop":
                    self.stops[n] = threading.Event()
                    self.tasks.put((kind, n, rest[0]))
                elif (stop := self.stops.get(n)) is not None:
                    stop.set()
        except (EOFError, OSError):
            os._exit(0)

    def send(self, *message: Any) -> None:  # noqa: ANN401 - the tuples of the module docstring
        try:
            self.pipe.send(message)
        except OSError:
            os._exit(0)

    def load(self) -> Engine | None:
        try:
            engine = engine_class(self.target)()
            engine.load(self.economy)
        except Exception as error:
            log.exception("engine %s could not be loaded", self.target)
            self.send("load_error", while_loading(error))
            return None
        self.send("ready", self.offline)
        return engine

    def serve(self, engine: Engine) -> None:
        while True:
            kind, n, value = self.tasks.get()
            try:
                if kind == "condition":
                    self.send("state", n, condition(engine, value))
                elif kind == "listen":
                    self.send("heard", n, align(engine, value))
                else:
                    self.speak(engine, n, value)
            except Exception as error:
                log.exception("engine %s failed", self.target)
                self.send("error", n, while_working(error))
                if _device_is_lost(error):
                    os._exit(1)
            else:
                self.send("done", n)
            del self.stops[n]

    def speak(self, engine: Engine, n: int, utterance: Utterance) -> None:
        stop = self.stops[n]
        for chunk in engine.speak(utterance, stop):
            if stop.is_set():
                break
            self.send("chunk", n, chunk)


def condition(engine: Engine, clips: Sequence[AudioChunk]) -> VoiceState:
    """What a cloning engine makes of some recordings. Raises VoiceLoadError for the others."""
    if not isinstance(engine, CloningEngine):
        raise VoiceLoadError("This engine has voices of its own only; choose one that can clone.")
    return engine.condition(clips)


def align(engine: Engine, said: AlignmentRequest) -> AlignmentResult:
    """What a listener hears in an utterance."""
    if not isinstance(engine, Aligner):
        raise GenerationError("This engine speaks and does not listen.")
    return engine.align(said)


def while_loading(error: Exception) -> TTSError:
    """What an engine raised in `load`, as one of our errors; memory is a thing apart."""
    if is_out_of_memory(error):
        return _out_of_memory(error)
    return error if isinstance(error, ModelLoadError) else ModelLoadError(describe(error))


def while_working(error: Exception) -> TTSError:
    """What an engine raised while it spoke, as one of our errors."""
    if isinstance(error, TTSError):
        return error
    return _out_of_memory(error) if is_out_of_memory(error) else GenerationError(describe(error))


def is_out_of_memory(error: BaseException | None) -> bool:
    """Whether the error, or what caused it, is that memory did not suffice.

    By type's name and by PyTorch's own words (c10's CPUAllocator, CUDA's and MPS's caching
    allocators), so that nothing has to be imported for it.
    """
    while error is not None:
        if isinstance(error, MemoryError | OutOfMemory):
            return True
        if type(error).__name__ == "OutOfMemoryError":
            return True
        if isinstance(error, RuntimeError) and any(w in str(error) for w in _NO_MEMORY):
            return True
        error = error.__cause__ or error.__context__
    return False


def _device_is_lost(error: BaseException) -> bool:
    """After an assert or a fault on a CUDA device, nothing works in this process any more."""
    return type(error).__name__ == "AcceleratorError" or "CUDA error" in str(error)


_NO_MEMORY = (
    "can't allocate memory",  # DefaultCPUAllocator on Linux
    "not enough memory",  # the same elsewhere
    "out of memory",  # CUDA, MPS
    "CUBLAS_STATUS_ALLOC_FAILED",
)


def _out_of_memory(error: Exception) -> OutOfMemory:
    first = describe(error).splitlines()[0]
    return OutOfMemory(
        f"There was not enough memory ({first[:200]}). Close other programs, shorten the text, "
        "or choose a smaller engine."
    )


def describe(error: Exception) -> str:
    """The error as a sentence: ours as they are, foreign ones with their type's name."""
    return str(error) if isinstance(error, TTSError) else f"{type(error).__name__}: {error}"


def main() -> None:
    """Run one engine until the pipe closes."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the app's to handle, whoever gets them too
        signal.signal(number, signal.SIG_IGN)
    end, target, economy, network = sys.argv[1:]
    offline = network != "1" and go_offline()
    pipe = Pipe(socket.socket(fileno=int(end)))
    worker = _Worker(pipe, target, int(economy), offline)
    threading.Thread(target=worker.read_commands, daemon=True).start()
    gc.disable()  # what is imported and loaded stays
    engine = worker.load()
    gc.enable()
    if engine is not None:
        worker.serve(engine)


if __name__ == "__main__":
    main()
