"""A line in the log for each request that is accepted and for each that ends, and the log as JSON.

Of a text there is as much as the history keeps, of a caller nothing.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from tts_core.stats.live import RequestRecord
from tts_core.stats.rows import KeepText

log = logging.getLogger("aloud.requests")

_BREAKS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}
"""What JSON leaves as it is and some take for the end of a line."""


class RequestLog:
    """Writes to the logger `aloud.requests`, at level INFO."""

    def __init__(self, keep_text: KeepText) -> None:
        self._keep_text = keep_text

    def accepted(self, record: RequestRecord) -> None:
        """It is valid, and in line."""
        self._write("accepted", record, {"chunks": record.total_chunks})

    def ended(self, record: RequestRecord) -> None:
        """It is over, well or not."""
        first, queued = record.first_audio_seconds, record.queue_seconds
        outcome = {
            "status": record.status.value,
            "chunks": record.total_chunks,
            "cached": record.cached_segments,
            "duration_seconds": round(record.duration_seconds, 4),
            "queue_seconds": None if queued is None else round(queued, 4),
            "first_audio_seconds": None if first is None else round(first, 4),
            "generation_seconds": round(record.generation_seconds, 4),
            "audio_seconds": round(record.audio_seconds, 3),
            "fallback": None if record.fallback is None else dict(record.fallback),
            "error_type": record.error_type or None,
            "error": record.error_message or None,
        }
        self._write("ended", record, outcome)

    def _write(self, event: str, record: RequestRecord, more: dict[str, Any]) -> None:
        if not log.isEnabledFor(logging.INFO):
            return
        facts = {
            "event": event,
            "request_id": record.request_id,
            "door": record.door,
            "engine": record.engine,
            "voice": record.voice_source,
            "language": record.language,
            "text_length": record.text_length,
            **more,
        }
        if self._keep_text != "none":
            facts["text"] = record.text if self._keep_text == "full" else record.text_preview
        shown = " ".join(f"{k}={v!r}" for k, v in facts.items() if v not in (None, "", 0))
        log.info("%s", shown, extra={"facts": facts})


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message; of requests, what is known."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter`."""
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
