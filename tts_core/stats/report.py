"""The documents of the status API, the same in every API: status, progress, statistics, history."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import psutil

from tts_core.errors import ValidationError
from tts_core.stats.aggregates import Aggregate, ByEngine, total
from tts_core.stats.entries import HistoryEntry
from tts_core.stats.history import History
from tts_core.stats.live import LiveRequest, LiveRequests, Status
from tts_core.system.gpu import gpu_megabytes

MAX_HISTORY = 50
"""Entries of `Report.history` at most."""
MAX_STATUS_HISTORY = 20
"""Entries of the history in `Report.status` at most."""


class Report:
    """Builds the documents of `/status`, `/progress`, `/statistics` and `/history`."""

    def __init__(
        self,
        live: LiveRequests,
        history: History,
        *,
        memory: Callable[[], dict[str, float]] = dict,
        downloads: Callable[[], Sequence[dict[str, Any]]] = tuple,
        projects: Callable[[str | None], Sequence[dict[str, Any]]] = lambda owner: (),
        recogniser: Callable[[], dict[str, Any] | None] = lambda: None,
    ) -> None:
        """Take functions that return the parts of the documents with their names.

        `projects` gets the owner, None for everybody's. `recogniser` returns None when it is off;
        the documents then do not mention it.
        """
        self._live, self._history = live, history
        self._memory, self._downloads, self._projects = memory, downloads, projects
        self._recogniser = recogniser

    def status(
        self,
        *,
        include_memory: bool = False,
        include_history: bool = False,
        include_stats: bool = False,
        history_limit: int = 5,
        owner: str | None = None,
    ) -> dict[str, Any]:
        """Return the oldest running request at the top level, and all in `active_requests`.

        `history_limit`: 1 to 20. `owner`: whose requests, see `Archive.viewer`. Raises
        ValidationError when `history_limit` is out of range.
        """
        _check_limit("history_limit", history_limit, MAX_STATUS_HISTORY)
        active = self._live.active(owner)
        answer: dict[str, Any] = (
            live_dict(active[0])
            if active
            else {"status": Status.IDLE.value, "message": "No active TTS requests"}
        )
        answer |= {
            "is_processing": bool(active),
            "total_requests": self._history.total_requests() + len(active),
            "active_requests": [live_dict(r) for r in active],
            "downloads": list(self._downloads()),
            "projects": list(self._projects(owner)),
            "history_error": self._history.error,
        }
        if (recogniser := self._recogniser()) is not None:
            answer["recogniser"] = recogniser
        if include_memory:
            answer["memory"] = self._memory()
        if include_history:
            answer["request_history"] = [
                history_dict(r) for r in self._history.recent(history_limit, owner)
            ]
        if include_stats:
            answer["statistics"] = self.statistics()
        return answer

    def progress(self, owner: str | None = None) -> dict[str, Any]:
        """Return how far the oldest running request is: a short document, cheap enough to poll."""
        active = self._live.active(owner)
        if not active:
            return {
                "is_processing": False,
                "status": Status.IDLE.value,
                "message": "No active TTS requests",
            }
        request = active[0]
        return {
            "is_processing": True,
            "status": request.status.value,
            **progress_dict(request),
            "duration_seconds": round(request.duration_seconds, 3),
            "text_preview": request.text_preview,
            "request_id": request.request_id,
            "active_requests": len(active),
        }

    def statistics(self, *, include_memory: bool = False) -> dict[str, Any]:
        """Return the sums over all ended requests, and over those of the last hour and day."""
        sums = self._history.sums()
        answer = _by_engine(sums.pop("all")) | {
            "is_processing": bool(self._live.active()),
            "windows": {name: _by_engine(engines) for name, engines in sums.items()},
            "history_error": self._history.error,
        }
        if include_memory:
            answer["current_memory"] = self._memory()
        return answer

    def history(self, limit: int = 10, owner: str | None = None) -> dict[str, Any]:
        """Return the newest ended requests.

        `limit`: 1 to 50. Raises ValidationError when it is out of range.
        """
        _check_limit("limit", limit, MAX_HISTORY)
        records = [history_dict(r) for r in self._history.recent(limit, owner)]
        return {"request_history": records, "total_records": len(records), "limit": limit}


def memory_megabytes(worker_pids: Iterable[int | None]) -> dict[str, float]:
    """Return the resident memory of the app and of its engine workers, and that of GPUs, in MB.

    See `system/gpu.py` for the latter; without a GPU its keys are missing.
    """
    app = psutil.Process(os.getpid()).memory_info().rss
    workers = 0
    for pid in worker_pids:
        try:
            workers += psutil.Process(pid).memory_info().rss if pid is not None else 0
        except psutil.NoSuchProcess:
            continue
    return {
        "cpu_memory_mb": round((app + workers) / 1e6, 1),
        "app_memory_mb": round(app / 1e6, 1),
        "worker_memory_mb": round(workers / 1e6, 1),
        **gpu_megabytes(),
    }


def _by_engine(engines: ByEngine) -> dict[str, Any]:
    """Return the sums over all engines, and in `engines` those of each."""
    named = {name: _sums(found) for name, found in sorted(engines.items()) if name}
    return _sums(total(engines)) | {"engines": named}


def _sums(sums: Aggregate) -> dict[str, Any]:
    """Return the sums and averages of some requests.

    Averages are over completed requests, except that of the text length, which is over all. Rates
    are percentages of the requests that completed or failed.
    """
    failed = sums.errors.total()
    judged = sums.completed + failed
    return {
        "total_requests": sums.requests,
        "completed_requests": sums.completed,
        "error_requests": failed,
        "cancelled_requests": sums.cancelled,
        "interrupted_requests": sums.interrupted,
        "errors_by_type": dict(sums.errors),
        "success_rate": _ratio(100 * sums.completed, judged, 1),
        "error_rate": _ratio(100 * failed, judged, 1),
        "average_duration_seconds": _ratio(sums.duration_seconds, sums.completed),
        "average_text_length": _ratio(sums.text_length, sums.requests),
        "audio_seconds": round(sums.audio_seconds, 2),
        "cached_chunks": sums.cached,
        "cache_hit_rate": _ratio(100 * sums.cached, sums.chunks, 1),
        "real_time_factor": _ratio(sums.generation_seconds, sums.audio_seconds, 5),
        "median_first_audio_seconds": sums.first_audio_percentile(0.5),
        "p95_first_audio_seconds": sums.first_audio_percentile(0.95),
    }


def progress_dict(request: LiveRequest) -> dict[str, Any]:
    """Return how far a running request is."""
    return {
        "current_chunk": request.current_chunk,
        "total_chunks": request.chunks,
        "current_step": request.current_step,
        "progress_percentage": request.progress_percentage,
        "estimated_completion": request.estimated_completion,
    }


def _common(request: LiveRequest | HistoryEntry) -> dict[str, Any]:
    return {
        "request_id": request.request_id,
        "status": request.status.value,
        "start_time": request.start_time,
        "duration_seconds": round(request.duration_seconds, 3),
        "text_length": request.text_length,
        "text_preview": request.text_preview,
        "voice_source": request.voice_source,
        "parameters": dict(request.parameters),
        "engine": request.engine,
        "language": request.language,
        "door": request.door,
        "fallback": request.fallback,
    }


def live_dict(request: LiveRequest) -> dict[str, Any]:
    """Return a running request as a JSON object."""
    return _common(request) | {
        "is_processing": True,
        "progress": progress_dict(request),
        "queue_position": request.queue_position,
    }


def history_dict(request: HistoryEntry) -> dict[str, Any]:
    """Return a request that has ended as a JSON object."""
    answer = _common(request) | {
        "end_time": request.end_time,
        "chunks": request.chunks,
        "audio_seconds": round(request.audio_seconds, 3),
        "time_to_first_audio_seconds": request.time_to_first_audio_seconds,
        "real_time_factor": _ratio(request.generation_seconds, request.audio_seconds, 5),
    }
    if request.error_type:
        answer["error"] = {"message": request.error_message, "type": request.error_type}
    return answer


def _ratio(total: float, count: float, digits: int = 3) -> float:
    return round(total / count, digits) if count else 0.0


def _check_limit(field: str, value: object, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise ValidationError(f"{field} must be a whole number from 1 to {most}.", field)
