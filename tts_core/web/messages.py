"""A request's events as messages of the streaming APIs: the WebSocket and Gradio's `/stream`.

Each segment is one `audio_chunk`, since clients write one file for each `chunk_id`; one that would
be too long a message is several.
"""

from __future__ import annotations

import base64
import io
import json
import math
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, NotRequired, TypedDict

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

Json = dict[str, Any]
"""An object whose keys the service chooses, such as the info of a request."""
MOST_AUDIO = 900_000
"""Characters of base64 in a message. With its words a message then stays below 1 MiB, the longest
that the WebSocket clients of Python accept unless they are told otherwise."""
MOST_TIMINGS = 1_000_000
"""Characters of a last message; with more, it leaves out what the chunks have said."""
LEFT_OUT = (
    "The text, the segments and the times of words are left out of this message, which would be "
    "too long; the chunks had them."
)
PATIENCE_SECONDS = 0.5
"""How long a chunk waits for its words. Later ones are only in the info at the end."""


class StartedData(TypedDict):
    """What is known of a request before its audio."""

    total_chunks: int | None
    """None while the text is still arriving."""
    text: str
    request_id: str
    engine: str
    voice: str
    language: str
    sample_rate: int
    """Hz."""
    fallback: Mapping[str, str] | None
    warnings: list[str]


class GenerationStarted(TypedDict):
    """The first message of a request."""

    type: Literal["generation_started"]
    data: StartedData


class ChunkData(TypedDict):
    """A segment's audio and its times, in seconds from the start of the whole."""

    chunk_id: int
    """From 1."""
    total_chunks: int | None
    """None while the text is still arriving."""
    text_chunk: str
    audio_data: str
    """A file in base64."""
    format: str
    sample_rate: int
    """Hz."""
    is_final: bool
    start: float
    end: float
    words: list[Json] | None
    """Text, start and end of each; None when they are not known, or not yet."""


class AudioChunk(TypedDict):
    """A message with a segment's audio."""

    type: Literal["audio_chunk"]
    data: ChunkData


class CompleteData(TypedDict):
    """The outcome of a request."""

    total_chunks_processed: int
    text: str
    voice_used: str
    generation_time_seconds: float
    info: Json
    """See `SpeechInfo.as_dict`."""


class GenerationComplete(TypedDict):
    """The last message of a request that succeeds."""

    type: Literal["generation_complete"]
    data: CompleteData


class ErrorMessage(TypedDict):
    """An error; of a request, its last message."""

    type: Literal["error"]
    message: str
    error_type: str
    chunk_id: NotRequired[int]
    """The segment that failed, from 1."""
    total_chunks: NotRequired[int | None]
    text_chunk: NotRequired[str]


SpeechMessage = GenerationStarted | AudioChunk | GenerationComplete | ErrorMessage


async def messages(
    stream: SpeechStream, format: Format, lead: float = 0.0
) -> AsyncGenerator[SpeechMessage | None, None]:
    """Yield `generation_started`, an `audio_chunk` for each segment, and `generation_complete`.

    Each chunk's audio is a file of its own in `format`; it waits `PATIENCE_SECONDS` for its words.
    A segment whose file is longer than `MOST_AUDIO` becomes several chunks, of which the first has
    the text; `total_chunks` then grows.
    None is yielded now and then while there is no news. On failure, yields an `error` message and
    then raises the error. `lead`: seconds of silence to put before the first chunk's audio, which
    no time in the messages includes.
    """
    waiting = _WaitingChunks()
    done = sent = 0  # segments and chunks
    try:
        async with aclosing(events(stream)) as news:
            async for event in news:
                match event:
                    case None:
                        yield None
                    case Started():
                        yield _started(event, stream)
                    case _:
                        waiting.add(event)
                while (chunk := waiting.next_ready(isinstance(event, Finished))) is not None:
                    silence = 0.0 if sent else lead
                    make = partial(_audio_chunks, stream, chunk, format, silence, sent - done)
                    for message in await in_thread(make):
                        yield message
                        sent += 1
                    done += 1
                if isinstance(event, Finished):
                    yield _complete(event, stream, sent)
    except Cancelled:
        raise
    except TTSError as error:
        yield _error(error, stream, done, sent - done)
        raise


@dataclass
class _Chunk:
    """A segment that is being collected."""

    pieces: list[Samples] = field(default_factory=list)
    finished: SegmentFinished | None = None
    words: Sequence[WordTiming] | None = None
    deadline: float = 0.0
    """When it is sent without its words; of `time.monotonic()`."""


class _WaitingChunks:
    """Segments that wait for their end or their words. They are sent in order."""

    def __init__(self) -> None:
        self._chunks: dict[int, _Chunk] = {}

    def add(self, event: SpeechEvent) -> None:
        """Keep what an event says of a segment."""
        match event:
            case Audio():
                self._chunk(event.segment).pieces.append(event.chunk.samples)
            case SegmentFinished():
                chunk = self._chunk(event.segment)
                chunk.finished = event
                chunk.words = None if event.words_follow else event.words
                chunk.deadline = time.monotonic() + PATIENCE_SECONDS
            case SegmentAligned() if event.segment in self._chunks and event.words is not None:
                self._chunk(event.segment).words = event.words

    def next_ready(self, at_the_end: bool) -> _Chunk | None:
        """Remove and return the next chunk if it need not wait any longer, else None."""
        for index, chunk in sorted(self._chunks.items()):
            late = time.monotonic() > chunk.deadline
            if chunk.finished is not None and (chunk.words is not None or late or at_the_end):
                return self._chunks.pop(index)
            break
        return None

    def _chunk(self, segment: int) -> _Chunk:
        return self._chunks.setdefault(segment, _Chunk())


def error_message(error: TTSError) -> ErrorMessage:
    """Return the message for an error that belongs to no chunk."""
    return {"type": "error", "message": str(error), "error_type": error.type}


def _started(event: Started, stream: SpeechStream) -> GenerationStarted:
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


def encoded_file(pieces: Sequence[Samples], sample_rate: int, format: Format) -> str:
    """Return a file in `format` as base64. `pieces`: float32, shape (n,), at `sample_rate` Hz."""
    file = io.BytesIO()
    with open_encoder(format.name, sample_rate, file) as encoder:
        for samples in pieces:
            encoder.write(samples)
    return base64.b64encode(file.getvalue()).decode("ascii")


def _audio_chunks(
    stream: SpeechStream, chunk: _Chunk, format: Format, lead: float, added: int
) -> list[AudioChunk]:
    """Return the messages of a segment. `added`: how many chunks there were beyond the segments."""
    finished = chunk.finished
    assert finished is not None  # else it was not ready
    rate = stream.plan.engine.sample_rate
    silence = np.zeros(round(lead * rate), np.float32)
    parts = files(np.concatenate([silence, *chunk.pieces]), rate, format)
    # In seconds from the start of the whole, which does not include the silence.
    starts = [finished.start + max(0, at - len(silence)) / rate for at, _ in parts]
    ends = [*starts[1:], finished.end]
    total = len(stream.plan.segments) + added + len(parts) - 1
    made: list[AudioChunk] = []
    for part, ((_, data), start, end) in enumerate(zip(parts, starts, ends, strict=True)):
        begins = start if part else -math.inf
        stops = end if part < len(parts) - 1 else math.inf
        words = [timing_dict(w) for w in chunk.words or () if begins <= w.start < stops]
        number = finished.segment + 1 + added + part
        made.append(
            {
                "type": "audio_chunk",
                "data": {
                    "chunk_id": number,
                    "total_chunks": total,
                    "text_chunk": "" if part else stream.plan.segments[finished.segment].text,
                    "audio_data": data,
                    "format": format.name,
                    "sample_rate": rate,
                    "is_final": number == total,
                    "start": round(start, 4),
                    "end": round(end, 4),
                    "words": None if chunk.words is None else words,
                },
            }
        )
    return made


def files(samples: Samples, sample_rate: int, format: Format, at: int = 0) -> list[tuple[int, str]]:
    """Return audio as files in base64 of at most `MOST_AUDIO` characters, with their positions.

    `samples`: float32, shape (n,), `at` samples after the beginning of the whole. They are halved
    where they are quietest, as near to the middle as that is.
    """
    data = encoded_file([samples], sample_rate, format)
    if len(data) <= MOST_AUDIO:
        return [(at, data)]
    frame = max(1, sample_rate // 50)
    third = len(samples) // 3
    middle = samples[third : third + third // frame * frame].reshape(-1, frame)
    energy = np.square(middle).sum(axis=1)
    distance = np.abs(np.arange(len(energy)) - len(energy) / 2)
    quietest = int(np.where(energy <= 2 * energy.min(), distance, np.inf).argmin())
    cut = third + quietest * frame + frame // 2
    return [
        *files(samples[:cut], sample_rate, format, at),
        *files(samples[cut:], sample_rate, format, at + cut),
    ]


def bounded(message: GenerationComplete) -> GenerationComplete:
    """Return a last message without what the chunks have said if it would be too long."""
    if len(json.dumps(message)) <= MOST_TIMINGS:
        return message
    data = message["data"]
    warnings = [*data["info"]["warnings"], LEFT_OUT]
    info = data["info"] | {"segments": [], "words": None, "warnings": warnings}
    return {**message, "data": {**data, "text": "", "info": info}}


def _complete(event: Finished, stream: SpeechStream, sent: int) -> GenerationComplete:
    return bounded(
        {
            "type": "generation_complete",
            "data": {
                "total_chunks_processed": sent,
                "text": stream.plan.request.text,
                "voice_used": event.info.voice,
                "generation_time_seconds": round(stream.record.duration_seconds, 4),
                "info": event.info.as_dict(),
            },
        }
    )


def _error(error: TTSError, stream: SpeechStream, done: int, added: int) -> ErrorMessage:
    """Return the message for an error of the segment after those that were sent.

    `added`: how many chunks there were beyond the segments.
    """
    total = len(stream.plan.segments)
    failed = stream.plan.segments[min(done, total - 1)]
    return {
        **error_message(error),
        "chunk_id": failed.index + 1 + added,
        "total_chunks": total + added,
        "text_chunk": failed.text,
    }
