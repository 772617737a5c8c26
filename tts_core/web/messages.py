"""A request's events as the messages of the streaming doors (WebSocket and `/stream`): one
`audio_chunk` for each segment, since clients write one file for each `chunk_id`."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from tts_core.audio.encode import Format, open_encoder
from tts_core.errors import Cancelled, TTSError
from tts_core.events import (
    Audio,
    Finished,
    SegmentAligned,
    SegmentFinished,
    SpeechEvent,
    Started,
    timing_dict,
)
from tts_core.synthesis.stream import SpeechStream
from tts_core.types import Samples, WordTiming
from tts_core.web.streaming import events, in_thread

Message = dict[str, Any]

PATIENCE_SECONDS = 0.5
"""A chunk whose words take longer goes out with `words` null; the info at the end has them."""


async def messages(
    stream: SpeechStream, format: Format, lead: float = 0.0
) -> AsyncGenerator[Message | None, None]:
    """`generation_started`, an `audio_chunk` for each segment, `generation_complete`.

    Each chunk's sound is a file of its own in `format`; it waits `PATIENCE_SECONDS` for its words.
    None comes now and then while there is nothing to tell. A failure is an `error` message, then
    the error itself is raised. `lead`: seconds of silence before the first chunk's sound, which no
    time counts.
    """
    total = len(stream.plan.segments)
    waiting = _Waiting()
    spoken = 0
    try:
        async with aclosing(events(stream)) as news:
            async for event in news:
                match event:
                    case None:
                        yield None
                    case Started():
                        yield _started(event, stream)
                    case _:
                        waiting.take(event)
                while (chunk := waiting.next_ready(isinstance(event, Finished))) is not None:
                    silence = 0.0 if spoken else lead
                    yield await in_thread(partial(_audio_chunk, stream, chunk, format, silence))
                    spoken += 1
                if isinstance(event, Finished):
                    yield _complete(event, stream, spoken)
    except Cancelled:
        raise
    except TTSError as error:
        yield _error(error, stream, spoken, total)
        raise


@dataclass
class _Chunk:
    """A segment's sound on its way out."""

    pieces: list[Samples] = field(default_factory=list)
    done: SegmentFinished | None = None
    words: Sequence[WordTiming] | None = None
    deadline: float = 0.0


class _Waiting:
    """Segments that wait for their end or their words. They leave in their order."""

    def __init__(self) -> None:
        self._chunks: dict[int, _Chunk] = {}

    def take(self, event: SpeechEvent) -> None:
        match event:
            case Audio():
                self._chunk(event.segment).pieces.append(event.chunk.samples)
            case SegmentFinished():
                chunk = self._chunk(event.segment)
                chunk.done = event
                chunk.words = None if event.words_follow else event.words
                chunk.deadline = time.monotonic() + PATIENCE_SECONDS
            case SegmentAligned() if event.segment in self._chunks and event.words is not None:
                self._chunk(event.segment).words = event.words

    def next_ready(self, at_the_end: bool) -> _Chunk | None:
        """The next one that need not wait any longer."""
        for index, chunk in sorted(self._chunks.items()):
            late = time.monotonic() > chunk.deadline
            if chunk.done is not None and (chunk.words is not None or late or at_the_end):
                return self._chunks.pop(index)
            break
        return None

    def _chunk(self, segment: int) -> _Chunk:
        return self._chunks.setdefault(segment, _Chunk())


def error_message(error: TTSError) -> Message:
    """An error that belongs to no chunk."""
    return {"type": "error", "message": str(error), "error_type": error.type}


def _started(event: Started, stream: SpeechStream) -> Message:
    return {
        "type": "generation_started",
        "data": {
            "total_chunks": len(event.segments),
            "text": stream.plan.request.text,
            "request_id": event.request_id,
            "engine": event.engine,
            "voice": event.voice.id,
            "language": event.language,
            "sample_rate": event.sample_rate,
            "fallback": event.fallback,
            "warnings": list(event.warnings),
        },
    }


def sound_file(pieces: Sequence[Samples], sample_rate: int, format: Format) -> str:
    """Base64 of a file in `format`. `pieces`: float32, shape (n,), at `sample_rate` Hz."""
    file = io.BytesIO()
    with open_encoder(format.name, sample_rate, file) as encoder:
        for samples in pieces:
            encoder.write(samples)
    return base64.b64encode(file.getvalue()).decode("ascii")


def _audio_chunk(stream: SpeechStream, chunk: _Chunk, format: Format, lead: float) -> Message:
    done = chunk.done
    assert done is not None  # it was ready
    rate = stream.plan.engine.sample_rate
    silence = np.zeros(round(lead * rate), np.float32)
    total = len(stream.plan.segments)
    return {
        "type": "audio_chunk",
        "data": {
            "chunk_id": done.segment + 1,
            "total_chunks": total,
            "text_chunk": stream.plan.segments[done.segment].text,
            "audio_data": sound_file([silence, *chunk.pieces], rate, format),
            "format": format.name,
            "sample_rate": rate,
            "is_final": done.segment + 1 == total,
            "start": round(done.start, 4),
            "end": round(done.end, 4),
            "words": None if chunk.words is None else [timing_dict(w) for w in chunk.words],
        },
    }


def _complete(event: Finished, stream: SpeechStream, spoken: int) -> Message:
    return {
        "type": "generation_complete",
        "data": {
            "total_chunks_processed": spoken,
            "text": stream.plan.request.text,
            "voice_used": event.info.voice,
            "generation_time_seconds": round(stream.record.duration_seconds, 4),
            "info": event.info.as_dict(),
        },
    }


def _error(error: TTSError, stream: SpeechStream, spoken: int, total: int) -> Message:
    failed = stream.plan.segments[min(spoken, total - 1)]
    return error_message(error) | {
        "chunk_id": failed.index + 1,
        "total_chunks": total,
        "text_chunk": failed.text,
    }
