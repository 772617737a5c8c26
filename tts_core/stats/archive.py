"""What is being spoken and what has been: who may see it, hear it and delete it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from tts_core.settings import Settings
from tts_core.stats.history import History
from tts_core.stats.live import LiveRequests, RequestRecord
from tts_core.stats.recordings import Recordings, Spool
from tts_core.stats.request_log import RequestLog
from tts_core.stats.search import Query, cursor
from tts_core.types import Caller


class Observer(Protocol):
    """Hears of every request."""

    def accepted(self, record: RequestRecord) -> None:
        """It is valid, and in line."""

    def ended(self, record: RequestRecord) -> None:
        """It is over, well or not; those that were refused, too."""


class Archive:
    """The live requests, the history and the sound that is kept. Thread-safe.

    `owner`, wherever it is asked for, comes from `viewer`.
    """

    def __init__(self, settings: Settings) -> None:
        self._everyone = settings.history_shared
        self.tracker = LiveRequests()
        self.recordings = Recordings(settings.recordings_path, settings.history_audio_bytes)
        self.history = History(
            settings.history_url,
            limit=settings.history_limit,
            days=settings.history_days,
            keep_text=settings.history_text,
            attachments=self.recordings,
        )
        self.observers: list[Observer] = [RequestLog(settings.history_text)]

    def viewer(self, caller: Caller) -> str | None:
        """Whose requests a caller may see: None, everybody's; "", nobody's."""
        return None if self._everyone or caller.operator else caller.owner_id

    @property
    def version(self) -> int:
        """Another number whenever an ended request or its sound has come, changed or gone."""
        return self.history.version + self.recordings.version

    def record_sound(self, record: RequestRecord, sample_rate: int) -> Spool | None:
        """Begin to keep a request's sound; None when none is kept."""
        return self.recordings.record(record.request_id, sample_rate)

    def begin(self, record: RequestRecord) -> Callable[[], None]:
        """A request is valid, and in line. What is returned waits until that is on disk."""
        wait = self.history.begin(record)
        for observer in self.observers:
            observer.accepted(record)
        return wait

    def end(self, record: RequestRecord) -> Callable[[], None]:
        """A request is over. What is returned waits until that is on disk."""
        wait = self.history.end(record)
        for observer in self.observers:
            observer.ended(record)
        self.tracker.remove(record)
        return wait

    def active(self, owner: str | None = None) -> list[RequestRecord]:
        """The running requests, the oldest first."""
        return self.tracker.active(owner)

    def search(self, query: Query, limit: int) -> tuple[list[RequestRecord], str]:
        """A page of ended requests, newest first, and the cursor of the next; "" after the last.

        Raises ValidationError.
        """
        found = self.history.search(query, limit + 1)
        page = found[:limit]
        last = page[-1] if len(found) > limit else None
        if last is None or last.end_time is None:
            return page, ""
        return page, cursor(last.end_time, last.request_id)

    def recording(self, request_id: str, owner: str | None = None) -> Path | None:
        """The sound of an ended request, a FLAC file; None when there is none that is `owner`'s."""
        if self.history.find(request_id, owner) is None:
            return None
        return self.recordings.find(request_id)

    def series(self, window: str, shift: int = 0) -> dict[str, Any]:
        """See `stats.series.load`; of all requests, whoever asks. Raises ValidationError."""
        return self.history.series(window, shift)

    def close(self) -> None:
        """Write what is to be written."""
        self.recordings.close()
        self.history.close()
