"""`SpeechService.history`: running and ended requests and their kept sound, by owner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from tts_core.settings import Settings
from tts_core.stats.entries import HistoryEntry
from tts_core.stats.history import History, PendingWrite
from tts_core.stats.live import LiveRequest, LiveRequests
from tts_core.stats.recordings import Recordings, Spool, Timings
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
    """Live requests, the database of ended ones, and the sound that is kept. Thread-safe.

    `owner`, wherever a method takes it, is a result of `viewer`.
    """

    def __init__(self, settings: Settings) -> None:
        self._shared = settings.history_shared
        self.live = LiveRequests()
        self.recordings = Recordings(
            settings.recordings_path,
            settings.history_audio_bytes,
            keep_timings=settings.history_text != "none",
        )
        self.database = History(
            settings.history_url,
            limit=settings.history_limit,
            days=settings.history_days,
            keep_text=settings.history_text,
            attachments=self.recordings,
        )
        self.observers: list[Observer] = [RequestLog(settings.history_text)]

    def viewer(self, caller: Caller) -> str | None:
        """Return whose requests a caller may see: None stands for everybody's, "" for nobody's."""
        return None if self._shared or caller.operator else caller.owner_id

    @property
    def version(self) -> int:
        """A number that changes whenever an ended request or its sound is added or deleted."""
        return self.database.version + self.recordings.version

    @property
    def error(self) -> str | None:
        """Why the database cannot be written at present; None while it can."""
        return self.database.error

    def begin(self, request: LiveRequest) -> PendingWrite:
        """Store and announce a request that is valid and in the queue."""
        written = self.database.begin(request)
        for observer in self.observers:
            observer.accepted(request)
        return written

    def end(self, request: LiveRequest) -> PendingWrite:
        """Store and announce a request that has ended; it is not live any more."""
        written = self.database.end(HistoryEntry.of(request))
        for observer in self.observers:
            observer.ended(request)
        self.live.remove(request)
        return written

    def record_sound(self, request: LiveRequest, sample_rate: int) -> Spool | None:
        """Begin to keep a request's sound; returns None when none is kept."""
        return self.recordings.record(request.request_id, sample_rate)

    def recent(self, limit: int, owner: str | None = None) -> list[HistoryEntry]:
        """Return the `limit` newest entries, newest first, without their whole texts."""
        return self.database.recent(limit, owner)

    def search(self, query: Query, limit: int) -> tuple[list[HistoryEntry], str]:
        """Return a page of entries, newest first, and the cursor of the next; "" after the last.

        Raises ValidationError for an invalid cursor in `query.before`.
        """
        found = self.database.search(query, limit + 1)
        page = found[:limit]
        if len(found) <= limit:
            return page, ""
        return page, cursor(page[-1].end_time, page[-1].request_id)

    def every(self, query: Query) -> Iterator[HistoryEntry]:
        """Yield all matching entries, with their texts as far as kept.

        Raises ValidationError for an invalid cursor in `query.before`.
        """
        return self.database.every(query)

    def find(self, request_id: str, owner: str | None = None) -> HistoryEntry | None:
        """Return an ended request, with its text as far as kept; None when it is not `owner`'s."""
        return self.database.find(request_id, owner)

    def has_recording(self, request_id: str) -> bool:
        """Return whether a request's sound is kept, without looking at the disk."""
        return request_id in self.recordings

    def recording(self, request_id: str, owner: str | None = None) -> Path | None:
        """Return an ended request's sound, a FLAC file; None when there is none of `owner`'s."""
        if self.find(request_id, owner) is None:
            return None
        return self.recordings.find(request_id)

    def timings(self, request_id: str, owner: str | None = None) -> Timings | None:
        """Return when an ended request's segments and words are heard; None when that is not kept.

        They are kept with the sound, and so from the end on. None also when it is not `owner`'s.
        """
        if self.find(request_id, owner) is None:
            return None
        return self.recordings.timings(request_id)

    def delete(self, request_id: str, owner: str | None = None) -> bool:
        """Delete an ended request and its sound; returns False when there is none of `owner`'s."""
        return self.database.delete(request_id, owner)

    def clear(self, owner: str | None = None) -> int:
        """Delete all ended requests of `owner` (None: all) and their sound; returns how many.

        The statistics stay.
        """
        return self.database.clear(owner)

    def sources(self) -> list[str]:
        """Return the sources of the requests in the history, such as "page" or "openai"."""
        return self.database.sources()

    def series(self, window: str, shift: int = 0) -> dict[str, Any]:
        """Return figures over time of all requests, whoever asks; see `series.load`.

        Raises ValidationError for an unknown window.
        """
        return self.database.series(window, shift)

    def close(self) -> None:
        """Write what is still to be written, unless it cannot be."""
        self.recordings.close()
        self.database.close()
