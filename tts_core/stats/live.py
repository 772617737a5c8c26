"""Requests that are running: their state, progress and estimated end."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from tts_core.errors import TTSError
from tts_core.stats.eta import EnginePaces, EtaEstimator

PREVIEW = 100
"""Code points of a text that are shown."""


class Status(StrEnum):
    """States of a request, in the order in which it passes them; the last four are final."""

    IDLE = "idle"
    INITIALIZING = "initializing"
    PROCESSING_TEXT = "processing_text"
    CHUNKING = "chunking"
    GENERATING_AUDIO = "generating_audio"
    CONCATENATING = "concatenating"
    FINALIZING = "finalizing"
    COMPLETED = "completed"
    ERROR = "error"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class QueuedJob(Protocol):
    """What a live request asks of its job in the scheduler."""

    @property
    def position(self) -> int:
        """Return how many jobs are served before this one is for the first time."""

    @property
    def began(self) -> float | None:
        """Return when an engine first worked on it, in epoch seconds; None before that."""


def is_owner(owner: str | None, owner_of_request: str) -> bool:
    """Return whether `owner` may see a request. None sees all of them, "" none."""
    return owner is None or (owner != "" and owner == owner_of_request)


@dataclass
class LiveRequest:
    """A request that is running. Times are epoch seconds. Only its own stream changes it.

    Fields that the history keeps have the same names in `entries.HistoryEntry`.
    """

    request_id: str
    door: str
    text_length: int
    text_preview: str
    voice_source: str
    parameters: Mapping[str, Any]
    text: str = ""
    """The whole text."""
    owner: str = ""
    """Who owns it, see `types.Caller.owner_id`; "" is nobody."""
    voices: Sequence[str] = ()
    """Ids of all voices that speak in it, also those of a cast and the parts of a blend."""
    status: Status = Status.INITIALIZING
    engine: str = ""
    language: str = ""
    start_time: float = field(default_factory=time.time)
    end_time: float | None = None
    chunks: int = 0
    """Number of segments."""
    cached: int = 0
    """How many of the finished segments came from the cache."""
    time_to_first_audio_seconds: float | None = None
    generation_seconds: float = 0.0
    """Engine time."""
    audio_seconds: float = 0.0
    fallback: Mapping[str, str] | None = None
    """{"from", "to", "reason"} after a fallback to another engine or voice."""
    error_type: str = ""
    error_message: str = ""

    current_chunk: int = 0
    """Number of the segment that is being spoken, from 1; 0 before the first."""
    segments_done: int = 0
    segment_lengths: Sequence[int] = ()
    """Characters of each segment."""
    job: QueuedJob | None = None
    """Its job in the scheduler; after a fallback, the one of the present engine."""
    paces: EnginePaces = field(default_factory=EnginePaces)
    eta: EtaEstimator = field(default_factory=EtaEstimator)

    @property
    def active(self) -> bool:
        """Return whether it has not ended."""
        return self.end_time is None

    def end(self, status: Status) -> None:
        """Set the final status and the end time."""
        self.status, self.end_time = status, time.time()

    def fail(self, error: TTSError) -> None:
        """End with an error, whose type and message are kept."""
        self.error_type, self.error_message = error.type, str(error)
        self.end(Status.ERROR)

    def segment_started(self, index: int) -> None:
        """Note that segment `index` is being spoken."""
        if self.eta.engine != self.engine:  # the first segment, or the first after a fallback
            first = not self.eta.engine
            began = self.job.began if first and self.job is not None else None
            left = self.segment_lengths[self.segments_done :]
            usual = self.paces.usual(self.engine)
            self.eta.begin(began or time.time(), self.engine, usual, left)
        self.current_chunk = max(self.current_chunk, index + 1)

    def segment_finished(self, seconds: float, *, cached: bool = False) -> None:
        """Count a finished segment that took `seconds` of engine time."""
        self.eta.finished(time.time(), seconds, cached=cached)
        self.segments_done += 1
        self.generation_seconds += seconds

    @property
    def queue_position(self) -> int:
        """Return how many requests are served before this one is for the first time."""
        return self.job.position if self.active and self.job is not None else 0

    @property
    def queue_seconds(self) -> float | None:
        """Return how long it waited for an engine; None before an engine has worked on it."""
        began = None if self.job is None else self.job.began
        return None if began is None else max(0.0, began - self.start_time)

    @property
    def duration_seconds(self) -> float:
        """Return the seconds since the start, or from start to end."""
        return max(0.0, (self.end_time or time.time()) - self.start_time)

    @property
    def progress_percentage(self) -> float:
        """Return the share of segments up to the present one, included, in percent."""
        if self.status is Status.COMPLETED:
            return 100.0
        return round(100 * self.current_chunk / self.chunks, 1) if self.chunks else 0.0

    @property
    def current_step(self) -> str:
        """Return the status in words."""
        match self.status:
            case Status.GENERATING_AUDIO if self.current_chunk == 0:
                return (
                    f"Waiting: {self.queue_position} ahead in the queue"
                    if self.queue_position
                    else "Waiting for the engine"
                )
            case Status.GENERATING_AUDIO:
                return f"Generating audio for chunk {self.current_chunk}/{self.chunks}"
            case status:
                return _STEPS[status]

    @property
    def estimated_completion(self) -> float | None:
        """Return the estimate in epoch seconds; None before there is one."""
        return self.eta.completion(time.time()) if self.active else None


_STEPS = {
    Status.IDLE: "Idle",
    Status.INITIALIZING: "Starting",
    Status.PROCESSING_TEXT: "Preparing the text",
    Status.CHUNKING: "Splitting the text",
    Status.CONCATENATING: "Joining the audio",
    Status.FINALIZING: "Writing the audio",
    Status.COMPLETED: "Completed",
    Status.ERROR: "Failed",
    Status.CANCELLED: "Stopped",
    Status.INTERRUPTED: "Interrupted",
}


class LiveRequests:
    """All requests that have not ended. Thread-safe."""

    def __init__(self) -> None:
        self.paces = EnginePaces()
        """Learned from the completed ones."""
        self._active: dict[str, LiveRequest] = {}
        self._lock = threading.Lock()

    def add(self, request: LiveRequest) -> None:
        """Add a request that has just come in."""
        with self._lock:
            self._active[request.request_id] = request

    def remove(self, request: LiveRequest) -> None:
        """Remove a request that has ended, and learn its engine's pace from it."""
        with self._lock:
            self._active.pop(request.request_id, None)
        own = request.eta.own
        if request.status is Status.COMPLETED and own is not None:
            self.paces.learn(request.eta.engine, own)

    def active(self, owner: str | None = None) -> list[LiveRequest]:
        """Return the running requests of `owner` (None: all), the oldest first."""
        with self._lock:
            return [r for r in self._active.values() if is_owner(owner, r.owner)]
