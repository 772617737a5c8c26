"""Export of history entries as CSV or JSON, generated piece by piece."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from tts_core.stats.entries import HistoryEntry
from tts_core.stats.report import history_dict

COLUMNS: Mapping[str, Callable[[HistoryEntry], object]] = {
    "request_id": lambda r: r.request_id,
    "started": lambda r: _iso(r.start_time),
    "ended": lambda r: _iso(r.end_time),
    "status": lambda r: r.status.value,
    "door": lambda r: r.door,
    "engine": lambda r: r.engine,
    "voice": lambda r: r.voice_source,
    "language": lambda r: r.language,
    "text_length": lambda r: r.text_length,
    "text": lambda r: r.text or r.text_preview,
    "chunks": lambda r: r.chunks,
    "cached_chunks": lambda r: r.cached,
    "duration_seconds": lambda r: round(r.duration_seconds, 3),
    "audio_seconds": lambda r: round(r.audio_seconds, 3),
    "time_to_first_audio_seconds": lambda r: r.time_to_first_audio_seconds,
    "generation_seconds": lambda r: round(r.generation_seconds, 4),
    "parameters": lambda r: json.dumps(dict(r.parameters), ensure_ascii=False),
    "fallback": lambda r: "" if r.fallback is None else r.fallback.get("reason", ""),
    "error_type": lambda r: r.error_type,
    "error_message": lambda r: r.error_message,
}
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""First characters that make a spreadsheet evaluate a cell (OWASP, "CSV Injection")."""


def as_csv(entries: Iterable[HistoryEntry]) -> Iterator[str]:
    """Yield a header and a line for each entry (RFC 4180).

    Texts that a spreadsheet would take for a formula are prefixed with a `'`, which it hides.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for entry in entries:
        yield _drained(buffer)
        writer.writerow([harmless(value(entry)) for value in COLUMNS.values()])
    yield _drained(buffer)


def as_json(entries: Iterable[HistoryEntry]) -> Iterator[str]:
    """Yield a JSON array of objects as in `/status/history`, with the texts as far as kept."""
    before = "[\n"
    for entry in entries:
        found: dict[str, Any] = history_dict(entry) | {"text": entry.text or entry.text_preview}
        yield before + json.dumps(found, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _drained(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def harmless(value: object) -> object:
    """Return a cell's value such that a spreadsheet does not take it for a formula."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def _iso(seconds: float | None) -> str:
    """Return a time in ISO 8601, in UTC, to the millisecond; "" for None."""
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
