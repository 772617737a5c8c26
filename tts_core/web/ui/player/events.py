"""Events for `assets/player.js` and the messages that carry them to it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Sequence
from typing import Any

from tts_core.errors import TTSError, ValidationError
from tts_core.events import (
    Audio,
    Finished,
    Notice,
    Planned,
    SegmentAligned,
    SegmentFinished,
    Started,
)
from tts_core.service import SpeechService
from tts_core.synthesis.stream import SpeechStream
from tts_core.types import WordTiming
from tts_core.web.ui.choices import voice_name
from tts_core.web.ui.texts import Texts

PlayerEvent = dict[str, Any]
"""One event for `assets/player.js`; its "type" names the method that handles it."""
PlayerMessage = dict[str, Any]
"""A value of the player component: numbered, with one or more events."""


class MessageSequence:
    """Numbered messages of one request, which let the player notice that one is missing."""

    def __init__(self, request_number: int | None = None) -> None:
        self._number = 0
        self._request_number = request_number
        self._run = time.time_ns()  # the player's value has to differ from the one before

    def message(
        self, *events: PlayerEvent, sound: bytes = b"", file: dict[str, Any] | None = None
    ) -> PlayerMessage:
        """Return the next value for the player component.

        `sound`: that of all its audio events. `file`: a dumped `gr.FileData`.
        """
        message = {
            "run": str(self._run),
            "number": self._request_number,
            "seq": self._number,
            # One string: Gradio compares successive values and would walk through a list.
            "events": json.dumps(events, separators=(",", ":")),
            "sound": base64.b64encode(sound).decode("ascii"),
            "file": file,
        }
        self._number += 1
        return message


def started(
    event: Started,
    stream: SpeechStream,
    texts: Texts,
    *,
    play_from: int,
    preview: bool,
    ulaw: bool,
) -> PlayerEvent:
    """Return the event of a beginning.

    `play_from`: the segment at which to play. `ulaw`: how `line_bytes` encodes the sound.
    """
    return {
        "type": "start",
        "request": event.request_id,
        "preview": preview,
        "play_from": play_from,
        "can_retake": stream.plan.engine.capabilities.sampling,
        "text": stream.plan.request.text,
        "rate": event.sample_rate,
        "ulaw": ulaw,
        "spans": [(s.start, s.end) for s in event.segments],
        "whole": stream.plan.rest is None,
        "voice": voice_name(event.voice, texts),
        "engine": stream.plan.engine.label,
        "language": event.language,
        "speed": stream.plan.speed,
    }


def planned(event: Planned) -> PlayerEvent:
    """Return the event of the rest of a text that is cut now."""
    return {"type": "planned", "spans": [(s.start, s.end) for s in event.segments]}


def finished(event: Finished, texts: Texts) -> PlayerEvent:
    """Return the event of an end, with all warnings, notices included, in the page's language."""
    info = event.info
    warnings = [texts.said(warning) for warning in info.warnings]
    return {"type": "finished", "info": info.as_dict(), "warnings": warnings}


def notice(service: SpeechService, event: Notice, texts: Texts) -> PlayerEvent:
    """Return the event of another engine or voice."""
    label, voice = service.engines.info(event.engine).label, voice_name(event.voice, texts)
    return {"type": "notice", "message": texts.said(event.message), "engine": label, "voice": voice}


def audio(event: Audio, size: int) -> PlayerEvent:
    """Return the event of `size` bytes of the message's sound."""
    words = _words(event.chunk.words)
    return {"type": "audio", "segment": event.segment, "bytes": size, "words": words}


def segment(event: SegmentFinished) -> PlayerEvent:
    """Return the event of a segment's end."""
    return {
        "type": "segment",
        "segment": event.segment,
        "start": round(event.start, 4),
        "end": round(event.end, 4),
        "words": _words(event.words),
    }


def aligned(event: SegmentAligned) -> PlayerEvent:
    """Return the event of what the aligner has found in a segment."""
    quality = event.quality
    return {
        "type": "aligned",
        "segment": event.segment,
        "words": _words(event.words or ()),
        "quality": None if quality is None else quality.as_dict(),
    }


def _words(words: Sequence[WordTiming]) -> list[list[Any]]:
    return [[w.text, round(w.start, 3), round(w.end, 3)] for w in words]


def progress(stream: SpeechStream) -> PlayerEvent:
    """Return the event of how far a request is, with the seconds left."""
    record = stream.record
    ready_at = record.estimated_completion
    left = None if ready_at is None else round(max(0.0, ready_at - time.time()), 1)
    return {"type": "progress", "chunk": record.current_chunk, "left": left}


def waiting(service: SpeechService, stream: SpeechStream) -> PlayerEvent:
    """Return the event of what a request waits for."""
    engine = stream.plan.engine
    state = service.engines.states().get(engine.name, "unloaded")
    return {
        "type": "waiting",
        "position": stream.record.queue_position,
        "loading": engine.label if state in ("loading", "unloaded") else "",
    }


def failed(error: TTSError) -> PlayerEvent:
    """Return the event of an error."""
    field = error.field if isinstance(error, ValidationError) else ""
    return {"type": "error", "message": str(error), "kind": error.type, "field": field}
