"""What happened: the ended requests, newest first, and totals over all of them."""

from __future__ import annotations

import statistics
import threading
from collections import Counter, deque
from dataclasses import dataclass, field

from tts_core.stats.tracker import RequestRecord, Status


@dataclass
class Totals:
    """Sums over every request since the start."""

    requests: int = 0
    completed: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    cancelled: int = 0
    duration_seconds: float = 0.0
    audio_seconds: float = 0.0
    generation_seconds: float = 0.0
    text_length: int = 0


class History:
    """Kept in memory; the newest `limit` records. Thread-safe."""

    def __init__(self, limit: int) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=limit)
        self._totals = Totals()
        self._first_audio: deque[float] = deque(maxlen=limit)
        self._lock = threading.Lock()

    def add(self, record: RequestRecord) -> None:
        """A request has ended."""
        with self._lock:
            self._records.appendleft(record)
            totals = self._totals
            totals.requests += 1
            totals.text_length += record.text_length
            if record.status is Status.COMPLETED:
                totals.completed += 1
                totals.duration_seconds += record.duration_seconds
                totals.audio_seconds += record.audio_seconds
                totals.generation_seconds += record.generation_seconds
            elif record.status is Status.CANCELLED:
                totals.cancelled += 1
            else:
                totals.errors[record.error_type] += 1
            if record.first_audio_seconds is not None:
                self._first_audio.append(record.first_audio_seconds)

    def recent(self, limit: int) -> list[RequestRecord]:
        """The newest `limit` records, newest first."""
        with self._lock:
            return [record for record, _ in zip(self._records, range(limit), strict=False)]

    def totals(self) -> Totals:
        """A copy of the sums."""
        with self._lock:
            t = self._totals
            return Totals(**(vars(t) | {"errors": Counter(t.errors)}))

    def first_audio_median(self) -> float | None:
        """Median time to first audio in seconds."""
        with self._lock:
            return statistics.median(self._first_audio) if self._first_audio else None

    def clear(self) -> int:
        """Forget the records, not the totals; returns how many there were."""
        with self._lock:
            count = len(self._records)
            self._records.clear()
            return count
