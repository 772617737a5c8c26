"""A request's audio as one encoded stream, sent as it is generated."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.types import Send

from tts_core.audio.encode import Format, StreamSink, open_encoder, to_int16
from tts_core.errors import Cancelled, TTSError
from tts_core.events import Audio, Finished, SegmentAligned, SegmentFinished
from tts_core.synthesis.stream import SpeechStream
from tts_core.types import AudioChunk, Samples, WordTiming
from tts_core.web.streaming import EventReader, close_in_thread, in_thread, polled

log = logging.getLogger(__name__)

Words = tuple[WordTiming, ...]
"""The words of a segment, in seconds from the start of the request's audio."""
Piece = bytes | Words | Finished | None
"""Encoded audio, words of audio that is sent before or soon, the end of it, or nothing yet."""
LINES = "application/x-ndjson"
"""Type of a response with a JSON object in each line."""
LARGEST_PIECE = 45_000
"""Bytes: whole samples and groups of base64, in which a line with a piece stays below 64 KiB, the
longest that asyncio and others read. A slow reader's audio is ready in pieces of up to a megabyte.
"""
FIRST_STEP_SECONDS = 0.1
"""Seconds of audio in a call, until the encoder has given out its first bytes."""


async def encoded_audio(
    stream: SpeechStream, format: Format, sample_rate: int | None = None
) -> AsyncGenerator[Piece, None]:
    """Yield the audio in `format` as soon as there is some, then the Finished.

    `sample_rate`: Hz, one of the format's; None: as the format has it. None is yielded now and
    then while there is nothing. Closing the generator early stops the request. Raises what the
    stream raises.
    """
    try:
        reader = await in_thread(partial(_Reader, stream, format, sample_rate))
    except BaseException:
        close_in_thread(stream)
        raise
    async with aclosing(polled(stream, reader.read)) as pieces:
        async for piece in pieces:
            if piece is None:
                yield None
                continue
            data, words, end = piece
            for start in range(0, len(data), LARGEST_PIECE):
                yield data[start : start + LARGEST_PIECE]
            if words:
                yield words
            if end is not None:
                yield end


class _Reader:
    """Reads a stream's audio and encodes it. Its methods block."""

    def __init__(self, stream: SpeechStream, format: Format, sample_rate: int | None) -> None:
        self._events = EventReader(stream)
        self._rate = stream.plan.engine.sample_rate
        self._sink = StreamSink()
        self._encoder = open_encoder(
            format.name, self._rate, self._sink, sample_rate, comment=stream.comment
        )
        self._pending: deque[Samples] = deque()
        self._words: list[WordTiming] = []
        self._end: Finished | None = None
        self._header = self._sink.tell()
        """Bytes that some formats begin with, before any audio."""
        self._started = False

    def read(self) -> tuple[bytes, Words, Finished | None] | None:
        """Return encoded bytes, words, and the Finished beside the last bytes; None after those.

        Waits for an event of the stream that brings one of them: each call costs the event loop a
        thread. Raises as `EventReader.read` does.
        """
        while not (self._pending or self._words or self._end is not None):
            if not self._collect():
                return None
        while self._pending:
            self._encoder.write(self._pending.popleft())
            if not self._started and self._sink.tell() > self._header:
                self._started = True
                return self._sink.drain(), (), None
        end, self._end = self._end, None
        if end is not None:
            self._encoder.close()
        words, self._words = tuple(self._words), []
        # A header is sent with the first audio: until then an error can have a status of its own.
        sent = self._sink.drain() if self._started or end is not None else b""
        return sent, words, end

    def _collect(self) -> bool:
        """Keep the audio and words of the next events. Return False after the end."""
        found = self._events.read()
        for event in found or ():
            if isinstance(event, Finished):
                self._end = event
            elif isinstance(event, Audio):
                self._keep(event.chunk.samples)
            elif isinstance(event, SegmentFinished | SegmentAligned):
                self._words += event.words or ()
        return found is not None

    def _keep(self, samples: Samples) -> None:
        # Some codecs are slow, so the first bytes are made from little audio.
        step = len(samples) or 1
        if not self._started:
            step = round(FIRST_STEP_SECONDS * self._rate)
        self._pending.extend(samples[n : n + step] for n in range(0, len(samples), step))


async def wait_for_first(
    request: Request, stream: SpeechStream, pieces: AsyncGenerator[Piece, None]
) -> AsyncGenerator[Piece, None]:
    """Wait for the first piece of a stream, and return a generator of all of them.

    An error before the first piece can still be answered with its own status. Raises what the
    stream raises, and Cancelled when the client disconnects.
    """
    try:
        first = await anext(pieces)
        while first is None:
            if await request.is_disconnected():
                raise Cancelled("The client is gone.")
            first = await anext(pieces)
    except BaseException:
        close_in_thread(stream)
        raise
    return _chained(first, pieces)


async def _chained(first: Piece, rest: AsyncGenerator[Piece, None]) -> AsyncGenerator[Piece, None]:
    async with aclosing(rest):
        yield first
        async for piece in rest:
            yield piece


async def only_bytes(pieces: AsyncGenerator[Piece, None]) -> AsyncGenerator[bytes, None]:
    """Yield the encoded audio of a stream's pieces."""
    async with aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, bytes):
                yield piece


class AudioResponse(StreamingResponse):
    """Streams a request's audio. Stops the request when the client disconnects, and breaks off the
    response when the engine fails."""

    def __init__(
        self,
        body: AsyncGenerator[bytes, None],
        stream: SpeechStream,
        media_type: str,
    ) -> None:
        # X-Accel-Buffering keeps nginx from buffering the response.
        headers = {
            "X-Request-Id": stream.request_id,
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
        super().__init__(body, headers=headers, media_type=media_type)
        self._body = body
        self._stream = stream

    async def stream_response(self, send: Send) -> None:
        """Send the body. After a failure its end is not sent, so clients see that it is cut off."""
        try:
            await super().stream_response(send)
        except TTSError as error:
            log.warning("request %s broke off: %s", self._stream.request_id, error)
        finally:
            close_in_thread(self._stream)
            # Otherwise the encoder stays until the garbage collector finds the generators.
            await self._body.aclose()


def line_bytes(chunk: AudioChunk, *, slow_line: bool) -> bytes:
    """Return samples with 16 bits, for slow lines as μ-law (ITU-T G.711): with 8.

    At 24 kHz that is 256 kbit/s in base64, and without the delay of better codecs.
    """
    if not slow_line:
        return to_int16(chunk.samples).astype("<i2", copy=False).tobytes()
    sink = StreamSink()
    with open_encoder("ulaw", chunk.sample_rate, sink, chunk.sample_rate) as encoder:
        encoder.write(chunk.samples)
    return sink.drain()
