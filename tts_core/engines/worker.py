"""The engine's side of the process boundary: `python -m tts_core.engines.worker FD TARGET`.

Messages are pickled tuples over one duplex pipe, both ends of which are ours:

    to the worker      ("speak", n, Utterance)   ("stop", n)
    from the worker    ("ready",)  ("load_error", message)
                       ("chunk", n, AudioChunk)  ("done", n)  ("error", n, type, message)

When the pipe closes (the app ended, however it ended) the worker ends too.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import sys
import threading
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

from tts_core.engines.base import Engine
from tts_core.errors import TTSError
from tts_core.types import Utterance

log = logging.getLogger(__name__)


def engine_class(target: str) -> type[Engine]:
    """The class behind "package.module:Class"."""
    module, _, name = target.partition(":")
    found: type[Engine] = getattr(import_module(module), name)
    return found


class _Worker:
    def __init__(self, pipe: Connection, target: str) -> None:
        self.pipe = pipe
        self.target = target
        self.tasks: queue.SimpleQueue[tuple[int, Utterance]] = queue.SimpleQueue()
        self.stops: dict[int, threading.Event] = {}

    def read_commands(self) -> None:
        try:
            while True:
                kind, n, *rest = self.pipe.recv()
                if kind == "speak":
                    self.stops[n] = threading.Event()
                    self.tasks.put((n, rest[0]))
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
            engine.load()
        except Exception as error:
            log.exception("engine %s could not be loaded", self.target)
            self.send("load_error", describe(error))
            return None
        self.send("ready")
        return engine

    def serve(self, engine: Engine) -> None:
        while True:
            n, utterance = self.tasks.get()
            stop = self.stops[n]
            try:
                for chunk in engine.speak(utterance, stop):
                    if stop.is_set():
                        break
                    self.send("chunk", n, chunk)
            except Exception as error:
                log.exception("engine %s failed", self.target)
                self.send("error", n, type(error).__name__, describe(error))
            else:
                self.send("done", n)
            del self.stops[n]


def describe(error: Exception) -> str:
    """The error as a sentence: ours as they are, foreign ones with their type's name."""
    return str(error) if isinstance(error, TTSError) else f"{type(error).__name__}: {error}"


def main() -> None:
    """Run one engine until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the app's to handle
    worker = _Worker(Connection(int(sys.argv[1])), sys.argv[2])
    threading.Thread(target=worker.read_commands, daemon=True).start()
    engine = worker.load()
    if engine is not None:
        worker.serve(engine)


if __name__ == "__main__":
    main()
