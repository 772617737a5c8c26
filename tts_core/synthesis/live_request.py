"""Builds the live record of a request: first from what was asked for, then from its plan."""

from __future__ import annotations

import time
import unicodedata

from tts_core.engines.blends import parse_blend
from tts_core.stats.live import PREVIEW, LiveRequest, LiveRequests, Status
from tts_core.synthesis.planner import Plan
from tts_core.types import SpeechRequest
from tts_core.voices.urls import without_secrets

_JOINERS = {"\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))}


def start_live_request(live: LiveRequests, request: SpeechRequest, request_id: str) -> LiveRequest:
    """Return the record of a request that has just come in, and add it to `live`."""
    record = new_live_request(live, request, request_id)
    live.add(record)
    return record


def new_live_request(live: LiveRequests, request: SpeechRequest, request_id: str) -> LiveRequest:
    """Return the record of a request, which `live` does not show."""
    return LiveRequest(
        request_id=request_id,
        door=request.door,
        text_length=len(request.text),
        text_preview=preview(request.text),
        text=request.text,
        voice_source=preview(without_secrets(request.voice)),
        parameters={"speed": request.speed, "pitch": request.pitch},
        owner=request.caller.owner_id,
        paces=live.paces,
    )


def apply_plan(record: LiveRequest, planned: Plan) -> None:
    """Fill in what planning has decided: engine, voice, language, parameters and segments."""
    record.status = Status.CHUNKING
    record.text_preview = preview(" ".join(s.text for s in planned.segments[:PREVIEW]))
    record.voice_source = planned.voice.id
    record.voices = voices_of(planned)
    record.engine, record.language = planned.engine.name, planned.language
    record.parameters, record.fallback = planned.parameters, planned.fallback
    note_segments(record, planned)


def note_segments(record: LiveRequest, planned: Plan) -> None:
    """Fill in the segments that have been planned."""
    lengths = [len(s.spoken) for s in planned.segments]
    record.eta.extend(time.time(), lengths[record.chunks :])
    record.chunks, record.segment_lengths = len(lengths), lengths


def voices_of(planned: Plan) -> list[str]:
    """Return the ids of all voices that speak, each once, with the parts of blends."""
    speaking = dict.fromkeys([planned.voice.id, *(said.voice for said in planned.utterances)])
    parts = (part for voice in speaking for part, _ in parse_blend(voice) or ())
    return list(dict.fromkeys([*speaking, *parts]))


def preview(text: str) -> str:
    """Return the beginning of a text on one line, safe to print and to put into JSON."""
    line = " ".join(text[: PREVIEW * 2].split())
    line = "".join(_printable(c) for c in line)
    return line if len(line) <= PREVIEW else line[: PREVIEW - 1] + "…"


def _printable(character: str) -> str:
    """Return a character of a preview. Of the invisible ones those stay that join emoji and letters
    or tell flags apart; others would only stand there as boxes, or turn the line around."""
    if character.isprintable() or character in _JOINERS:
        return character
    return "" if unicodedata.category(character) == "Cf" else "\N{REPLACEMENT CHARACTER}"
