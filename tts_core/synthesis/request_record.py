"""A request's record, of what is known about it so far."""

from __future__ import annotations

from tts_core.stats.live import PREVIEW, RequestRecord, Status
from tts_core.synthesis.planner import Plan
from tts_core.types import SpeechRequest
from tts_core.voices.urls import without_secrets


def new_record(request: SpeechRequest, request_id: str) -> RequestRecord:
    return RequestRecord(
        request_id=request_id,
        door=request.door,
        text_length=len(request.text),
        text_preview=preview(request.text),
        text=request.text,
        voice_source=preview(without_secrets(request.voice)),
        parameters={"speed": request.speed, "pitch": request.pitch},
        owner=request.caller.owner_id,
    )


def fill(record: RequestRecord, planned: Plan) -> None:
    record.status = Status.CHUNKING
    record.text_preview = preview(planned.text)
    record.voice_source = planned.voice.id
    record.engine, record.language = planned.engine.name, planned.language
    record.parameters, record.fallback = planned.parameters, planned.fallback
    record.total_chunks = len(planned.segments)
    record.lengths = [len(s.text) for s in planned.segments]


def preview(text: str) -> str:
    """The beginning of a text on one line, safe to print and to put into JSON."""
    line = " ".join(text[: PREVIEW * 2].split())
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
    return line if len(line) <= PREVIEW else line[: PREVIEW - 1] + "…"
