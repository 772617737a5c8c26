"""Answers of the routes whose answers have no schema, for the documentation."""

from __future__ import annotations

from typing import Any

from tts_core import __version__

_ACTIVE: dict[str, Any] = {
    "request_id": "95828b40d5464ca2bfcd3d1a3b3c2458",
    "status": "generating_audio",
    "current_step": "Generating audio for chunk 2/4",
    "current_chunk": 2,
    "total_chunks": 4,
    "progress_percentage": 50.0,
    "duration_seconds": 0.212,
}
_RECORD: dict[str, Any] = {
    "request_id": "95828b40d5464ca2bfcd3d1a3b3c2458",
    "status": "completed",
    "start_time": 1767225600.25,
    "duration_seconds": 0.212,
    "text_length": 24,
    "text_preview": "Hello, this is a test!",
    "voice_source": "en-us",
    "engine": "espeak",
    "language": "en",
    "door": "files",
    "audio_seconds": 1.62,
}
_STATISTICS: dict[str, Any] = {
    "total_requests": 12,
    "completed_requests": 11,
    "error_requests": 1,
    "success_rate": 91.7,
    "average_duration_seconds": 0.41,
    "audio_seconds": 96.2,
    "real_time_factor": 0.004,
}
_STATUS: dict[str, Any] = {
    "status": "generating_audio",
    "is_processing": True,
    "total_requests": 12,
    "active_requests": [_ACTIVE],
    **_ACTIVE,
}
EXAMPLES: dict[str, Any] = {
    "GET /status": _STATUS,
    "GET /status/progress": {"is_processing": True, **_ACTIVE},
    "GET /status/statistics": _STATISTICS,
    "GET /status/history": {"request_history": [_RECORD], "total_records": 12, "limit": 10},
    "GET /status/history/search": {"records": [_RECORD | {"audio": True}], "next": ""},
    "GET /status/history/export": [_RECORD],
    "GET /status/history/{request_id}": _RECORD | {"audio": True, "text": "Hello, this is a test!"},
    "DELETE /status/history/{request_id}": {"deleted": True},
    "POST /status/history/clear": {
        "message": "The history has been cleared.",
        "cleared_records": 12,
    },
    "GET /status/series": {
        "start": 1767225600,
        "step_seconds": 300,
        "slots": 2,
        "engines": {
            "espeak": {
                "requests": [5, 7],
                "errors": [0, 1],
                "first_audio": [0.021, 0.019],
                "real_time_factor": [0.004, 0.004],
            }
        },
    },
    "GET /info": {
        "api_name": "Aloud",
        "version": __version__,
        "status": "operational",
        "tts_status": _STATUS,
        "statistics": _STATISTICS,
        "memory_info": {"cpu_memory_mb": 302.7},
        "recent_requests": [_RECORD],
    },
}
"""By method and path. Each leaves something out: what else there is depends on the request."""
