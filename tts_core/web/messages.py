"""A request's events as the messages of the streaming doors (WebSocket and `/stream`): one
`audio_chunk` for each segment, since clients write one file for each `chunk_id`."""

from __future__ import annotations

import base64
import io
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Any

from tts_core.audio.encode import Format, open_encoder
from tts_core.errors import Cancelled, TTSError
from tts_core.events import Audio, Finished, SegmentFinished, Started, timing_dict
from tts_core.stream import SpeechStream
from tts_core.types import Samples
from tts_core.web.streaming import events, in_thread

Message = dict[str, Any]


async def messages(stream: SpeechStream, format: Format) -> AsyncGenerator[Message | None, None]:
    """`generation_started`, an `audio_chunk` for each segment, `generation_complete`.

    Each chunk's sound is a file of its own in `format`. None comes now and then while there is
    nothing to tell. A failure is an `error` message, then the error itself is raised.
    """
    total = len(stream.plan.segments)
    pieces: list[Samples] = []
    spoken = 0
    try:
        async with aclosing(events(stream)) as news:
            async for event in news:
                match event:
                    case None:
                        yield None
                    case Started():
                        yield _started(event, stream)
                    case Audio():
                        pieces.append(event.chunk.samples)
                    case SegmentFinished():
                        write = partial(_audio_chunk, stream, event, pieces, format)
                        yield await in_thread(write)
                        pieces, spoken = [], spoken + 1
                    case Finished():
                        yield _complete(event, stream, spoken)
    except Cancelled:
        raise
    except TTSError as error:
        yield _error(error, stream, spoken, total)
        raise


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


def _audio_chunk(
    stream: SpeechStream, done: SegmentFinished, pieces: list[Samples], format: Format
) -> Message:
    rate = stream.plan.engine.sample_rate
    file = io.BytesIO()
    with open_encoder(format.name, rate, file) as encoder:
        for samples in pieces:
            encoder.write(samples)
    total = len(stream.plan.segments)
    return {
        "type": "audio_chunk",
        "data": {
            "chunk_id": done.segment + 1,
            "total_chunks": total,
            "text_chunk": stream.plan.segments[done.segment].text,
            "audio_data": base64.b64encode(file.getvalue()).decode("ascii"),
            "format": format.name,
            "sample_rate": rate,
            "is_final": done.segment + 1 == total,
            "start": round(done.start, 4),
            "end": round(done.end, 4),
            "words": [timing_dict(word) for word in done.words],
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
