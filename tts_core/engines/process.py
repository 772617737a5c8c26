"""Runs an engine in a worker process: starts it, sends it work, ends it."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any

from tts_core.engines.base import EngineContext
from tts_core.engines.pipe import Pipe
from tts_core.engines.runner import CallLost, RunnerState
from tts_core.engines.voice_state import VoiceState
from tts_core.errors import ModelLoadError, WorkerDied, WorkerHung
from tts_core.settings.secrets import environment_without_secrets
from tts_core.types import AlignmentRequest, AlignmentResult, AudioChunk, Utterance

log = logging.getLogger(__name__)

POLL_SECONDS = 0.02
"""How long a stop may take to reach a worker that is sending nothing."""
KILL_SECONDS = 5.0
"""How long a killed process may take to end."""
LONGEST_COMPUTATION = 10
"""How many times `segment_timeout` an engine may compute without sending any sound."""


@dataclass(slots=True, eq=False)
class _Call:
    """A call that was sent to a worker, and whose last message has not been taken yet."""

    number: int
    process: subprocess.Popen[bytes] | None
    """The worker's."""
    stop: threading.Event
    stop_sent: bool = False
    suspended: bool = False
    arrived: deque[tuple[Any, ...]] = field(default_factory=deque)
    """Its messages that came while another call was waited for."""


class ProcessRunner:
    """Runs an engine in a process of its own; see `Runner` for the methods.

    When the worker dies, a call raises WorkerDied and the next one starts another worker. A worker
    is killed, and the call raises WorkerHung, when it sends no complete message for
    `segment_timeout` seconds, takes that long to accept one, computes for `LONGEST_COMPUTATION`
    times as long without sending sound, or continues for `stop_grace` seconds after a stop.
    """

    def __init__(
        self,
        target: str,
        context: EngineContext,
        *,
        load_timeout: float = 600.0,
        segment_timeout: float = 120.0,
        stop_grace: float = 5.0,
        environment: Mapping[str, str] | None = None,
        network: bool = False,
        suspendable: bool = False,
    ) -> None:
        """Prepare to run the engine `target` ("package.module:Class"); timeouts are in seconds.

        `environment`: additional variables for the worker. `network`: whether it needs the network.
        `suspendable`: as the engine declares it.
        """
        self._target = target
        self._context = context
        self._environment = dict(environment or {})
        self._network = network
        self.suspendable = suspendable
        self._load_timeout = load_timeout
        self._segment_timeout = segment_timeout
        self._stop_grace = stop_grace
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Pipe | None = None
        self._calls = 0
        self._open: dict[int, _Call] = {}
        self._killed = threading.Event()
        self.state = RunnerState.UNLOADED
        self.economy = 0
        self.suspended = False

    @property
    def pid(self) -> int | None:
        """The worker's process id."""
        process = self._process
        return process.pid if process is not None else None

    def load(self) -> None:
        """See `Runner`. Whoever waits for a call finds out that its worker has died."""
        if self._process is not None and (self._works() or self._process.poll() is None):
            return
        self.unload()
        self.state = RunnerState.LOADING
        started = time.monotonic()
        try:
            self._start()
            self._send("context", self._context.for_worker(network=self._network))
            message = self._receive(self._load_timeout)
        except OSError as error:
            self.unload()
            raise ModelLoadError(f"The engine could not be started: {error}") from error
        except (WorkerDied, WorkerHung):
            self.unload()
            raise
        if message[0] == "load_error":
            self.unload()
            raise message[1]
        self.state = RunnerState.IDLE
        seconds = time.monotonic() - started
        access = "offline" if message[1] else "with network access"
        log.info("worker %s ready in %.2f s, %s", self._target, seconds, access)

    def speak(
        self, utterance: Utterance, stop: threading.Event, *, suspend: bool = False
    ) -> Iterator[AudioChunk]:
        """See `Runner`."""
        task = "begin" if suspend and self.suspendable else "speak"
        return self._chunks(self._send_call(task, utterance, stop))

    def condition(
        self, clips: Sequence[AudioChunk], stop: threading.Event | None = None
    ) -> VoiceState | None:
        """See `Runner`. A worker that does not stop within `stop_grace` is killed."""
        call = self._send_call("condition", clips, stop or threading.Event())
        answers = list(self._messages(call))
        return answers[0][1] if answers else None

    def align(self, request: AlignmentRequest) -> AlignmentResult:
        """See `Runner`."""
        answers = list(self._messages(self._send_call("align", request, threading.Event())))
        result: AlignmentResult = answers[0][1]
        return result

    def _send_call(self, task: str, value: object, stop: threading.Event) -> _Call:
        """Send the worker a task, which it begins when it is done with those before it."""
        self.load()
        self._calls += 1
        call = _Call(self._calls, self._process, stop)
        others_work = self._works()
        self._open[call.number] = call
        self.state = RunnerState.SPEAKING
        try:
            self._send(task, call.number, value)
        except (WorkerDied, WorkerHung) as error:
            if not (others_work and isinstance(error, WorkerDied)):
                self.unload()
                raise
        return call

    def _works(self) -> bool:
        """Return whether the worker has a call to work for."""
        return not all(call.suspended for call in self._open.values())

    def _chunks(self, call: _Call) -> Iterator[AudioChunk]:
        with closing(self._messages(call)) as messages:
            for _, chunk in messages:
                yield chunk

    def _messages(self, call: _Call) -> Generator[tuple[str, Any]]:
        """Yield the kind and the content of each of the worker's messages about a call.

        Ends when the task is done or stopped.
        """
        try:
            self._check(call)
            while (message := self._next_message(call)) is not None:
                kind, _, *rest = message
                if kind == "error":
                    raise rest[0]
                if kind == "done":
                    return
                self.suspended = call.suspended = kind == "suspended"
                yield kind, rest[0]
                if call.suspended:
                    self._check(call)
                    self._send("resume", call.number)
        except (WorkerDied, WorkerHung):
            if self._process is call.process:
                self.unload()
            raise
        except GeneratorExit:
            if self._process is call.process:
                self._stop_call(call)
            raise
        finally:
            self._open.pop(call.number, None)
            if self.state is RunnerState.SPEAKING:
                self.state = RunnerState.IDLE

    def _check(self, call: _Call) -> None:
        """Raise CallLost if a call that waited has lost its worker."""
        died = call.suspended and call.process is not None and call.process.poll() is not None
        if died or self._process is not call.process:
            raise CallLost("The engine's process was ended while an utterance waited in it.")
        call.suspended = False
        self.state = RunnerState.SPEAKING

    def unload(self) -> None:
        """See `Runner`."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        self._open.clear()
        self.state = RunnerState.UNLOADED
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            with suppress(subprocess.TimeoutExpired):  # it hangs in the kernel: do not wait for it
                process.wait(KILL_SECONDS)

    def kill(self) -> None:
        """See `Runner`."""
        self._killed.set()  # first: `_start` in another thread checks it
        if (process := self._process) is not None:
            process.kill()

    def _start(self) -> None:
        if self._killed.is_set():
            raise WorkerDied("Aloud is shutting down.")
        ours, theirs = socket.socketpair()
        with theirs:
            # The worker finds modules where this process does, whatever its current folder.
            path = os.pathsep.join(p or os.getcwd() for p in sys.path)  # noqa: PTH109
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tts_core.engines.worker",
                    str(theirs.fileno()),
                    self._target,
                    str(self.economy),
                    str(int(self._network)),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=environment_without_secrets(os.environ)
                | self._environment
                | {"PYTHONPATH": path},
            )
        self._pipe = Pipe(ours)
        if self._killed.is_set():
            self._process.kill()

    def _next_message(self, call: _Call) -> tuple[Any, ...] | None:
        """Return the next message of a call other than "busy", or None if it was stopped."""
        started = time.monotonic()
        deadline = started + self._segment_timeout
        latest = started + self._segment_timeout * LONGEST_COMPUTATION
        stopping = False
        while True:
            self._send_stops()
            if call.stop_sent and not stopping:
                stopping = True
                deadline = time.monotonic() + self._stop_grace
            message = self._message_of(call)
            if message is not None:
                if message[0] == "busy":
                    if not stopping:
                        deadline = min(time.monotonic() + self._segment_timeout, latest)
                elif not stopping:
                    return message
                elif message[0] not in ("chunk", "suspended"):
                    return None
            # Checked after every message: a worker may send chunks endlessly in spite of a stop.
            if time.monotonic() > deadline:
                raise _hung()

    def _message_of(self, call: _Call) -> tuple[Any, ...] | None:
        """Return the next message of a call, None if there is none soon; keep those of others."""
        if call.arrived:
            return call.arrived.popleft()
        message = self._poll(POLL_SECONDS)
        if message is None or message[1] == call.number:
            return message
        if (other := self._open.get(message[1])) is not None:
            other.arrived.append(message)
        return None

    def _send_stops(self) -> None:
        """Tell the worker which calls are to stop, also of those that it has not begun."""
        for call in self._open.values():
            if call.stop.is_set() and not call.stop_sent:
                call.stop_sent = True
                self._send("stop", call.number)

    def _stop_call(self, call: _Call) -> None:
        """Bring the worker back to idle after the reader of a call has gone away."""
        call.stop = threading.Event()
        call.stop.set()
        try:
            self._next_message(call)
        except (WorkerDied, WorkerHung):
            self.unload()

    def _receive(self, timeout: float) -> tuple[Any, ...]:
        message = self._poll(timeout)
        if message is None:
            raise _hung()
        return message

    def _poll(self, timeout: float) -> tuple[Any, ...] | None:
        assert self._pipe is not None
        try:
            message: tuple[Any, ...] = self._pipe.receive(timeout)
        except TimeoutError:
            return None
        except (EOFError, OSError) as error:
            raise WorkerDied(f"The engine's process {self._how_it_ended()}.") from error
        return message

    def _send(self, *message: Any) -> None:  # noqa: ANN401 - see worker.py
        assert self._pipe is not None
        try:
            self._pipe.send(message, self._segment_timeout)
        except TimeoutError:
            raise _hung() from None
        except OSError as error:
            raise WorkerDied(f"The engine's process {self._how_it_ended()}.") from error

    def _how_it_ended(self) -> str:
        assert self._process is not None
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "closed its pipe"
        if code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"


def _hung() -> WorkerHung:
    return WorkerHung("The engine stopped answering and was ended; please try again.")
