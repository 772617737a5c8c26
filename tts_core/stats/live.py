"""What is happening now: a live record of every request from every door."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tts_core.errors import TTSError
from tts_core.stats.eta import EtaEstimator, usual_after

PREVIEW = 100  # code points of the text that are shown


class Status(StrEnum):
    """A request's life, in this order; the last four are ends."""

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


@dataclass
class RequestRecord:
    """One request. Times are seconds since the epoch. Only its own stream changes it."""

    request_id: str
    door: str
    text_length: int
    text_preview: str
    voice_source: str
    parameters: Mapping[str, Any]
    text: str = ""
    """All of it, where it is to be kept."""
    owner: str = ""
    """Whose it is; see `types.Caller.owner_id`. "": nobody's."""
    status: Status = Status.INITIALIZING
    engine: str = ""
    language: str = ""
    start_time: float = field(default_factory=time.time)
    end_time: float | None = None
    total_chunks: int = 0
    current_chunk: int = 0
    lengths: Sequence[int] = ()
    """Characters of each segment."""
    segments_done: int = 0
    cached_segments: int = 0
    """How many of those had been made before."""
    first_audio_seconds: float | None = None
    generation_seconds: float = 0.0
    audio_seconds: float = 0.0
    fallback: Mapping[str, str] | None = None
    """{"from", "to", "reason"} when another engine had to go on."""
    error_type: str = ""
    error_message: str = ""
    position: Callable[[], int] = lambda: 0
    """Asks the scheduler how many requests are served first."""
    began: Callable[[], float | None] = lambda: None
    """Asks the scheduler when an engine turned to it."""
    pace: EtaEstimator = field(default_factory=EtaEstimator)
    usual_pace: Callable[[str], float | None] = lambda engine: None
    """Asks the tracker for an engine's usual seconds for a character."""

    @property
    def active(self) -> bool:
        """Whether it has not ended."""
        return self.end_time is None

    def belongs_to(self, owner: str | None) -> bool:
        """Whether `owner` may see it. None: who sees all; "": who sees nothing."""
        return owner is None or (owner != "" and owner == self.owner)

    def end(self, status: Status) -> None:
        """It is over."""
        self.status, self.end_time = status, time.time()

    def fail(self, error: TTSError) -> None:
        """It is over, and why."""
        self.error_type, self.error_message = error.type, str(error)
        self.end(Status.ERROR)

    @property
    def queue_position(self) -> int:
        """How many requests are served before this one is for the first time."""
        return self.position() if self.active else 0

    @property
    def queue_seconds(self) -> float | None:
        """How long it waited for an engine; None when none has turned to it."""
        began = self.began()
        return None if began is None else max(0.0, began - self.start_time)

    @property
    def duration_seconds(self) -> float:
        """How long it has taken, or took."""
        return max(0.0, (self.end_time or time.time()) - self.start_time)

    @property
    def progress_percentage(self) -> float:
        """By chunks, as the status document counts: the one in work included."""
        if self.status is Status.COMPLETED:
            return 100.0
        return round(100 * self.current_chunk / self.total_chunks, 1) if self.total_chunks else 0.0

    @property
    def current_step(self) -> str:
        """The state in words."""
        match self.status:
            case Status.GENERATING_AUDIO if self.current_chunk == 0:
                return (
                    f"Waiting; {self.queue_position} before this one"
                    if self.queue_position
                    else "Waiting for the engine"
                )
            case Status.GENERATING_AUDIO:
                return f"Generating audio for chunk {self.current_chunk}/{self.total_chunks}"
            case status:
                return _STEPS[status]

    @property
    def estimated_completion(self) -> float | None:
        """Epoch seconds, from the measured pace; None before there is one."""
        return self.pace.completion(time.time()) if self.active else None


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
    """The records of the requests that have not ended. Thread-safe."""

    def __init__(self) -> None:
        self._active: dict[str, RequestRecord] = {}
        self._paces: dict[str, float] = {}
        self._lock = threading.Lock()

    def add(self, record: RequestRecord) -> None:
        """A request has come in."""
        record.usual_pace = self._paces.get
        with self._lock:
            self._active[record.request_id] = record

    def remove(self, record: RequestRecord) -> None:
        """A request has ended and is in the history."""
        with self._lock:
            self._active.pop(record.request_id, None)
            own = record.pace.own
            if record.status is Status.COMPLETED and own is not None:
                engine = record.pace.engine
                self._paces[engine] = usual_after(self._paces.get(engine), own)

    def active(self, owner: str | None = None) -> list[RequestRecord]:
        """Those of `owner` (None: all) that have not ended, in the order in which they started."""
        with self._lock:
            return [record for record in self._active.values() if record.belongs_to(owner)]

    @staticmethod
    def segment_started(record: RequestRecord, index: int) -> None:
        """Segment `index` is being spoken."""
        if record.pace.engine != record.engine:  # the first, or another has to go on
            began = (record.began() if not record.pace.engine else None) or time.time()
            usual = record.usual_pace(record.engine)
            record.pace.begin(began, record.engine, usual, record.lengths[record.segments_done :])
        record.current_chunk = max(record.current_chunk, index + 1)

    @staticmethod
    def segment_finished(record: RequestRecord, seconds: float, *, cached: bool = False) -> None:
        """A segment is complete after so many seconds of engine time."""
        record.pace.finished(time.time(), seconds, cached=cached)
        record.segments_done += 1
        record.generation_seconds += seconds
