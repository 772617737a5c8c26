"""The worker process that runs one engine.

    python -m tts_core.engines.worker FD TARGET ECONOMY NETWORK

FD is the file descriptor of a connected socket. NETWORK is 1 for an engine that needs the network;
the others give up network access (`offline.py`).

Messages are pickled tuples, sent over the socket in both directions:

    to the worker      ("context", EngineContext)  first, and once
                       ("speak", n, Utterance)  ("condition", n, clips)
                       ("align", n, AlignmentRequest)  ("stop", n)
                       ("begin", n, Utterance)  as "speak", but suspended after its beginning
                       ("resume", n)  to make the rest of it
    from the worker    ("ready", whether it is offline)  ("load_error", TTSError)
                       ("chunk", n, AudioChunk)  ("state", n, VoiceState)
                       ("suspended", n, AudioChunk)  the last chunk before "resume"
                       ("alignment", n, AlignmentResult)
                       ("busy", n)  while an engine computes without sending anything
                       ("done", n)  ("error", n, TTSError)

where n is the number of the call. When the socket is closed, however the app ended, the worker
exits.
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
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from tts_core.engines import execution
from tts_core.engines.base import EngineContext
from tts_core.engines.error_translation import as_load_error, as_speech_error, is_device_lost
from tts_core.engines.execution import Loaded
from tts_core.engines.offline import go_offline
from tts_core.engines.pipe import Pipe
from tts_core.engines.runner import SUSPENDED_AFTER_SECONDS
from tts_core.types import AudioChunk, Utterance

log = logging.getLogger(__name__)

NICENESS = 5
"""Added to that of the app: a worker that shares a core with the app gets a quarter of it."""
HEARTBEAT_SECONDS = 0.5
"""How often a worker whose engine computes reports it."""
_LEAST_CPU_SHARE = 0.1
"""Of one core: an engine that uses less computes nothing, and may be hung."""


class _Worker:
    def __init__(self, pipe: Pipe, target: str, economy: int, offline: bool) -> None:
        self.pipe = pipe
        self.target = target
        self.economy = economy
        self.offline = offline
        self.tasks: queue.SimpleQueue[tuple[str, int, Any]] = queue.SimpleQueue()
        self.stops: dict[int, threading.Event] = {}
        self.suspended: dict[int, Iterator[AudioChunk]] = {}
        self._sending = threading.Lock()
        self._working = threading.Event()
        self._call = 0

    def read_commands(self) -> None:
        try:
            while True:
                kind, n, *rest = self.pipe.receive()
                if kind not in ("stop", "resume"):
                    self.stops[n] = threading.Event()
                    self.tasks.put((kind, n, rest[0]))
                    continue
                if kind == "stop" and (stop := self.stops.get(n)) is not None:
                    stop.set()
                self.tasks.put(("resume", n, None))  # after a stop as well, if it is suspended
        except (EOFError, OSError):
            os._exit(0)

    def send(self, *message: Any) -> None:  # noqa: ANN401 - the tuples of the module docstring
        try:
            with self._sending:
                self.pipe.send(message)
        except OSError:
            os._exit(0)

    def load(self, context: EngineContext) -> Loaded | None:
        try:
            engine = execution.load(self.target, context, self.economy)
        except Exception as error:
            log.exception("engine %s could not be loaded", self.target)
            self.send("load_error", as_load_error(error))
            return None
        self.send("ready", self.offline)
        return engine

    def serve(self, engine: Loaded) -> None:
        while True:
            kind, n, value = self.tasks.get()
            if kind == "resume" and n not in self.suspended:
                continue
            try:
                if kind != "resume" and self.stops[n].is_set():
                    pass  # it was cancelled before its turn
                elif kind == "align":
                    self.send("alignment", n, execution.align(engine, value))
                else:
                    self._work(engine, kind, n, value)
            except Exception as error:
                log.exception("engine %s failed", self.target)
                self.send("error", n, as_speech_error(error))
                if is_device_lost(error):
                    os._exit(1)
            else:
                if n in self.suspended:
                    continue
                self.send("done", n)
            del self.stops[n]

    def report_work(self) -> None:
        """Tell the app, while a call lasts, that the engine computes; for a thread of its own.

        The engine itself may be inside a library's function for minutes. One that only waits, for a
        lock that nobody releases or a server that does not answer, uses no CPU time, and so gets
        ended after the timeout.
        """
        before = time.process_time()
        while self._working.wait():
            time.sleep(HEARTBEAT_SECONDS)
            used, before = time.process_time() - before, time.process_time()
            if self._working.is_set() and used >= _LEAST_CPU_SHARE * HEARTBEAT_SECONDS:
                self.send("busy", self._call)

    def _work(self, engine: Loaded, kind: str, n: int, value: Any) -> None:  # noqa: ANN401
        self._call = n
        self._working.set()
        try:
            if kind == "condition":
                self.send("state", n, execution.condition(engine, value))
            else:
                self._speak(engine, kind, n, value)
        finally:
            self._working.clear()

    def _speak(self, engine: Loaded, kind: str, n: int, utterance: Utterance) -> None:
        if kind == "resume":
            sound = self.suspended.pop(n)
        else:
            sound = execution.speak(engine, utterance, self.stops[n])
        seconds = 0.0
        for chunk in sound:
            seconds += chunk.duration
            if kind == "begin" and seconds >= SUSPENDED_AFTER_SECONDS:
                self.suspended[n] = sound
                self.send("suspended", n, chunk)
                return
            self.send("chunk", n, chunk)


def main() -> None:
    """Run one engine until the socket is closed."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the app handles them, and ends the workers
        signal.signal(number, signal.SIG_IGN)
    with suppress(OSError):
        os.nice(NICENESS)  # so that the app, which serves all clients, goes first
    end, target, economy, network = sys.argv[1:]
    offline = network != "1" and go_offline()
    pipe = Pipe(socket.socket(fileno=int(end)))
    try:
        _, context = pipe.receive()
    except (EOFError, OSError):
        return
    worker = _Worker(pipe, target, int(economy), offline)
    for task in (worker.read_commands, worker.report_work):
        threading.Thread(target=task, daemon=True).start()
    gc.disable()  # what is imported and loaded stays in memory, so collecting finds nothing
    engine = worker.load(context)
    gc.enable()
    if engine is not None:
        worker.serve(engine)


if __name__ == "__main__":
    main()
