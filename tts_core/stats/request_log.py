"""Logs a line for each request that is accepted and for each that ends; formats logs as JSON.

Of texts as much is logged as the history keeps, of callers nothing.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from tts_core.stats.entries import KeepText
from tts_core.stats.live import LiveRequest

log = logging.getLogger("aloud.requests")

_BREAKS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}
"""Escapes for characters that JSON allows as they are but some programs take for line breaks."""


class RequestLog:
    """Writes to the logger `aloud.requests`, at level INFO."""

    def __init__(self, keep_text: KeepText) -> None:
        self._keep_text = keep_text

    def accepted(self, request: LiveRequest) -> None:
        """Log a request that is in the queue."""
        self._write("accepted", request, {"chunks": request.chunks})

    def ended(self, request: LiveRequest) -> None:
        """Log how a request ended."""
        first, queued = request.time_to_first_audio_seconds, request.queue_seconds
        outcome = {
            "status": request.status.value,
            "chunks": request.chunks,
            "cached": request.cached,
            "duration_seconds": round(request.duration_seconds, 4),
            "queue_seconds": None if queued is None else round(queued, 4),
            "first_audio_seconds": None if first is None else round(first, 4),
            "generation_seconds": round(request.generation_seconds, 4),
            "audio_seconds": round(request.audio_seconds, 3),
            "fallback": None if request.fallback is None else dict(request.fallback),
            "error_type": request.error_type or None,
            "error": request.error_message or None,
        }
        self._write("ended", request, outcome)

    def _write(self, event: str, request: LiveRequest, more: dict[str, Any]) -> None:
        if not log.isEnabledFor(logging.INFO):
            return
        facts = {
            "event": event,
            "request_id": request.request_id,
            "door": request.door,
            "engine": request.engine,
            "voice": request.voice_source,
            "language": request.language,
            "text_length": request.text_length,
            **more,
        }
        if self._keep_text != "none":
            facts["text"] = request.text if self._keep_text == "full" else request.text_preview
        shown = " ".join(f"{k}={v!r}" for k, v in facts.items() if v not in (None, "", 0))
        log.info("%s", shown, extra={"facts": facts})


class JsonFormatter(logging.Formatter):
    """Formats each record as one JSON object a line: time (UTC), level, logger, and the message or,
    for requests, their fields.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        facts = getattr(record, "facts", None)
        line |= {"message": record.getMessage()} if facts is None else facts
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str).translate(_BREAKS)
