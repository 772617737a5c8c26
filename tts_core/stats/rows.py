"""A request's record as a row of the table `requests`, and back."""

from __future__ import annotations

import json
from typing import Any, Literal

from tts_core.stats.live import RequestRecord, Status

Row = dict[str, Any]
"""By the names of the table's columns."""

KeepText = Literal["full", "preview", "none"]
"""What of a request's text is written down: all, its beginning, nothing."""

RUNNING = "running"


def as_row(record: RequestRecord, keep_text: KeepText) -> Row:
    """The record as it is now."""
    fallback = record.fallback
    kept = {"full": record.text, "preview": record.text_preview, "none": ""}[keep_text]
    row = {
        "request_id": record.request_id,
        "door": record.door,
        "status": RUNNING if record.end_time is None else record.status.value,
        "engine": record.engine,
        "language": record.language,
        "voice": record.voice_source,
        "text_length": record.text_length,
        "text_preview": "" if keep_text == "none" else record.text_preview,
        "text": record.text if keep_text == "full" else "",
        "parameters": json.dumps(dict(record.parameters), default=str),
        "fallback": None if fallback is None else json.dumps(dict(fallback)),
        "chunks": record.total_chunks,
        "cached": record.cached_segments,
        "owner": record.owner,
        "search": search_text(kept, record.voice_source, record.error_message),
        "start_time": record.start_time,
        "end_time": record.end_time,
        "first_audio_seconds": record.first_audio_seconds,
        "generation_seconds": record.generation_seconds,
        "audio_seconds": record.audio_seconds,
        "error_type": record.error_type,
        "error_message": record.error_message,
    }
    return {k: _storable(v) if isinstance(v, str) else v for k, v in row.items()}


def as_record(row: Row) -> RequestRecord:
    """The record as it was. Its text may have been left out of the row."""
    fallback = row["fallback"]
    return RequestRecord(
        request_id=row["request_id"],
        door=row["door"],
        text_length=row["text_length"],
        text_preview=row["text_preview"],
        text=row.get("text", ""),
        voice_source=row["voice"],
        parameters=json.loads(row["parameters"]),
        status=Status.GENERATING_AUDIO if row["end_time"] is None else Status(row["status"]),
        engine=row["engine"],
        language=row["language"],
        start_time=row["start_time"],
        end_time=row["end_time"],
        total_chunks=row["chunks"],
        cached_segments=row["cached"],
        owner=row["owner"],
        first_audio_seconds=row["first_audio_seconds"],
        generation_seconds=row["generation_seconds"],
        audio_seconds=row["audio_seconds"],
        fallback=None if fallback is None else json.loads(fallback),
        error_type=row["error_type"],
        error_message=row["error_message"],
    )


def search_text(*parts: str) -> str:
    """What a record is found by. Folded here: what databases take for one letter differs."""
    return "\n".join(filter(None, parts)).casefold()


def _storable(text: str) -> str:
    """Without what a database refuses: NUL, and halves of surrogate pairs."""
    text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return text.encode("utf-8", "replace").decode("utf-8")
