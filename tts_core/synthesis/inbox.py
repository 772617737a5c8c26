"""The inbox of a request: engine lanes and the aligner put messages in, its reader gets them."""

from __future__ import annotations

import copy
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from tts_core.errors import Cancelled, TTSError
from tts_core.types import AlignmentResult, AudioChunk


@dataclass(frozen=True, slots=True)
class UtteranceAudio:
    """A piece of the sound of the job's utterance `index`."""

    index: int
    chunk: AudioChunk


@dataclass(frozen=True, slots=True)
class UtteranceDone:
    """All sound of the job's utterance `index` has been put in."""

    index: int
    seconds: float
    """Engine time it took."""
    retries: int
    """Attempts after the first, because the worker died or ran out of memory."""
    cached: bool = False
    """Whether its sound came from the segment cache."""
    alignment: AlignmentResult | None = None
    """Set when it was aligned before its sound was put in; see `Retaker`."""


@dataclass(frozen=True, slots=True)
class UtteranceAligned:
    """The aligner's answer for one utterance; see `WordCollector` for the numbers."""

    segment: int
    number: int
    result: AlignmentResult


@dataclass(frozen=True, slots=True)
class MemorySaved:
    """The engine failed and continues in a configuration that needs less memory."""

    measure: str
    """In words, one of `EngineInfo.economies`."""
    reason: str


@dataclass(frozen=True, slots=True)
class JobEnded:
    """The job's last message; `error` when its engine could not finish."""

    error: TTSError | None = None


UtterancePart = UtteranceAudio | UtteranceDone
Message = UtteranceAudio | UtteranceDone | UtteranceAligned | MemorySaved | JobEnded


class Inbox:
    """A queue from any number of threads to the one reader of a request.

    `put` never blocks and never drops a message while the inbox is open. Backpressure comes from
    the lanes, which speak nothing more for an inbox that is `full`. The aligner's answers overtake
    unread sound, so that words reach a slow reader before they are played.
    """

    def __init__(self, buffer_seconds: float, *, background: bool = False) -> None:
        """Make an inbox that is full with `buffer_seconds` or more of unread sound.

        `background`: whether its request gives way to all that somebody waits for.
        """
        self.background = background
        self.closed = threading.Event()
        """Set by `close`. Engines that speak into this inbox poll it and stop."""
        self.on_room: Callable[[], None] = lambda: None
        """Called when the inbox is no longer full, and when it is closed; set by the job that
        speaks into it."""
        self.on_close: Callable[[TTSError], None] = lambda error: None
        """Called once, by the thread that closes the inbox, with the error that `get` raises."""
        self._buffer_seconds = buffer_seconds
        self._messages: deque[Message] = deque()
        self._answers: deque[UtteranceAligned] = deque()
        self._buffered = 0.0  # seconds of sound in _messages
        self._played_until: float | None = None  # monotonic time; see `seconds_ahead`
        self._error: TTSError | None = None
        self._unread_since = 0.0
        self._changed = threading.Condition()

    @property
    def full(self) -> bool:
        """Return whether the unread sound reaches the limit."""
        return self._buffered >= self._buffer_seconds

    @property
    def unread_seconds(self) -> float:
        """Return for how long the reader has left messages unread; 0 when there are none."""
        return time.monotonic() - self._unread_since if self._has_messages else 0.0

    @property
    def seconds_ahead(self) -> float:
        """Return how long the sound put in so far lasts for who plays it as it arrives.

        Negative when it has run out, and 0 before the first sound.
        """
        until = self._played_until
        return 0.0 if until is None else until - time.monotonic()

    def put(self, message: Message) -> None:
        """Append a message; do nothing once the inbox is closed."""
        with self._changed:
            if self._error is not None:
                return
            if not self._has_messages:
                self._unread_since = time.monotonic()
            if isinstance(message, UtteranceAligned):
                self._answers.append(message)
            else:
                self._messages.append(message)
            if isinstance(message, UtteranceAudio):
                self._buffered += message.chunk.duration
                now = time.monotonic()  # who has run out of sound waits, and then goes on
                self._played_until = max(self._played_until or now, now) + message.chunk.duration
            self._changed.notify_all()

    def get(self, timeout: float | None = None) -> Message:
        """Return the next message, waiting for one.

        Raises TimeoutError after `timeout` seconds, and the error given to `close` from then on.
        """
        with self._changed:
            if not self._changed.wait_for(self._is_ready, timeout):
                raise TimeoutError
            if self._error is not None:
                # The traceback of what is raised refers to the reader, its encoder and its plan,
                # which would stay for as long as the inbox.
                raise copy.copy(self._error)
            was_full = self.full
            message = self._answers.popleft() if self._answers else self._messages.popleft()
            self._unread_since = time.monotonic()
            if isinstance(message, UtteranceAudio):
                self._buffered -= message.chunk.duration
            has_room = was_full and not self.full
        if has_room:
            self.on_room()
        return message

    def rest_of(self, audio: UtteranceAudio, most_seconds: float) -> list[UtterancePart]:
        """Return what is there already of the utterance of `audio`, the message got last.

        `most_seconds`: of sound, that of `audio` included; what begins within them is returned.
        """
        found: list[UtterancePart] = []
        seconds = audio.chunk.duration
        with self._changed:
            was_full = self.full
            while self._messages and seconds < most_seconds:
                message = self._messages[0]
                if not isinstance(message, UtterancePart) or message.index != audio.index:
                    break
                found.append(message)
                self._messages.popleft()
                if isinstance(message, UtteranceDone):
                    break
                seconds += message.chunk.duration
                self._buffered -= message.chunk.duration
            has_room = was_full and not self.full
        if has_room:
            self.on_room()
        return found

    def close(self, error: TTSError | None = None) -> None:
        """Drop what is unread, stop the engine and raise `error` (default: Cancelled) in `get`.

        Any thread may call this; only the first call has an effect.
        """
        with self._changed:
            if self._error is not None:
                return
            error = error or Cancelled("The request was stopped.")
            self._error = copy.copy(error)  # without its traceback
            self._messages.clear()
            self._answers.clear()
            self._buffered = 0.0
            self.closed.set()
            self._changed.notify_all()
        self.on_room()
        self.on_close(error)

    @property
    def _has_messages(self) -> bool:
        return bool(self._messages or self._answers)

    def _is_ready(self) -> bool:
        return self._has_messages or self._error is not None
