"""History entries, and how they are stored as rows of the table `requests`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from tts_core.stats.live import LiveRequest, Status

Row = dict[str, Any]
"""Values by the names of the table's columns."""

KeepText = Literal["full", "preview", "none"]
"""How much of a request's text is stored: all, the preview, nothing."""

RUNNING = "running"
"""The column `status` of a request that has not ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """A request that has ended, as the history keeps it. See `LiveRequest` for the fields."""

    request_id: str
    door: str
    status: Status
    engine: str
    language: str
    voice_source: str
    """The voice's id."""
    voices: Sequence[str] = ()
    """Ids of all voices that speak in it; () in what is read, since it is only searched in."""
    text_length: int
    text_preview: str
    text: str = ""
    """The whole text, where it is kept; "" where it is not, or was not asked for."""
    parameters: Mapping[str, Any]
    fallback: Mapping[str, str] | None = None
    owner: str = ""
    start_time: float
    end_time: float
    chunks: int = 0
    cached: int = 0
    time_to_first_audio_seconds: float | None = None
    generation_seconds: float = 0.0
    audio_seconds: float = 0.0
    error_type: str = ""
    error_message: str = ""

    @classmethod
    def of(cls, request: LiveRequest) -> HistoryEntry:
        """Return the entry of a request that has ended."""
        assert request.end_time is not None
        return cls(**{f.name: getattr(request, f.name) for f in fields(cls)})

    @property
    def duration_seconds(self) -> float:
        """Return the seconds from start to end."""
        return max(0.0, self.end_time - self.start_time)


def as_row(request: LiveRequest | HistoryEntry, keep_text: KeepText) -> Row:
    """Return the row of a request in its present state."""
    fallback = request.fallback
    kept = {"full": request.text, "preview": request.text_preview, "none": ""}[keep_text]
    row = {
        "request_id": request.request_id,
        "door": request.door,
        "status": RUNNING if request.end_time is None else request.status.value,
        "engine": request.engine,
        "language": request.language,
        "voice": request.voice_source,
        "text_length": request.text_length,
        "text_preview": "" if keep_text == "none" else request.text_preview,
        "text": request.text if keep_text == "full" else "",
        "parameters": json.dumps(dict(request.parameters), default=str),
        "fallback": None if fallback is None else json.dumps(dict(fallback)),
        "chunks": request.chunks,
        "cached": request.cached,
        "owner": request.owner,
        "search": search_text(kept, request.voice_source, request.error_message),
        "voices": voices_text(request.voices or (request.voice_source,)),
        "start_time": request.start_time,
        "end_time": request.end_time,
        "first_audio_seconds": request.time_to_first_audio_seconds,
        "generation_seconds": request.generation_seconds,
        "audio_seconds": request.audio_seconds,
        "error_type": request.error_type,
        "error_message": request.error_message,
    }
    return {k: _storable(v) if isinstance(v, str) else v for k, v in row.items()}


def as_entry(row: Row) -> HistoryEntry:
    """Return the entry of an ended request's row, which may lack the column `text`."""
    fallback = row["fallback"]
    return HistoryEntry(
        request_id=row["request_id"],
        door=row["door"],
        status=Status(row["status"]),
        engine=row["engine"],
        language=row["language"],
        voice_source=row["voice"],
        text_length=row["text_length"],
        text_preview=row["text_preview"],
        text=row.get("text", ""),
        parameters=json.loads(row["parameters"]),
        fallback=None if fallback is None else json.loads(fallback),
        owner=row["owner"],
        start_time=row["start_time"],
        end_time=row["end_time"],
        chunks=row["chunks"],
        cached=row["cached"],
        time_to_first_audio_seconds=row["first_audio_seconds"],
        generation_seconds=row["generation_seconds"],
        audio_seconds=row["audio_seconds"],
        error_type=row["error_type"],
        error_message=row["error_message"],
    )


def search_text(*parts: str) -> str:
    """Return the folded text that searches look into.

    Folding is done here because databases differ in which letters they treat as equal.
    """
    return "\n".join(filter(None, parts)).casefold()


def voices_text(ids: Iterable[str]) -> str:
    """Return the ids of voices, each on a line with a line break before and after it."""
    return "".join(f"\n{voice}\n" for voice in ids)


def _storable(text: str) -> str:
    """Replace what databases refuse: NUL, and lone surrogates."""
    text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return text.encode("utf-8", "replace").decode("utf-8")
