"""What is being spoken and what has been: who may see it, hear it and delete it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from tts_core.settings import Settings
from tts_core.stats.entries import HistoryEntry
from tts_core.stats.history import History, PendingWrite
from tts_core.stats.live import LiveRequest, LiveRequests
from tts_core.stats.recordings import Recordings, Spool
from tts_core.stats.request_log import RequestLog
from tts_core.stats.search import Query, cursor
from tts_core.types import Caller


class Observer(Protocol):
    """Is notified of every request. Its methods must be quick."""

    def accepted(self, request: LiveRequest) -> None:
        """Note a request that is valid and in the queue."""

    def ended(self, request: LiveRequest) -> None:
        """Note a request that has ended in any way, also one that was refused."""


class Archive:
    """The live requests, the history and the sound that is kept. Thread-safe.

    `owner`, wherever it is asked for, comes from `viewer`.
    """

    def __init__(self, settings: Settings) -> None:
        self._everyone = settings.history_shared
        self.live = LiveRequests()
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

    def record_sound(self, request: LiveRequest, sample_rate: int) -> Spool | None:
        """Begin to keep a request's sound; None when none is kept."""
        return self.recordings.record(request.request_id, sample_rate)

    def begin(self, request: LiveRequest) -> PendingWrite:
        """Store and announce a request that is valid and in the queue."""
        written = self.history.begin(request)
        for observer in self.observers:
            observer.accepted(request)
        return written

    def end(self, request: LiveRequest) -> PendingWrite:
        """Store and announce a request that has ended; it is not live any more."""
        written = self.history.end(HistoryEntry.of(request))
        for observer in self.observers:
            observer.ended(request)
        self.live.remove(request)
        return written

    def active(self, owner: str | None = None) -> list[LiveRequest]:
        """Return the running requests of `owner` (None: all), the oldest first."""
        return self.live.active(owner)

    def search(self, query: Query, limit: int) -> tuple[list[HistoryEntry], str]:
        """Return a page of entries, newest first, and the cursor of the next; "" after the last.

        Raises ValidationError for an invalid cursor in `query.before`.
        """
        found = self.history.search(query, limit + 1)
        page = found[:limit]
        if len(found) <= limit:
            return page, ""
        return page, cursor(page[-1].end_time, page[-1].request_id)

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
