"""A request's sound as one encoded stream, sent as it is made."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.types import Send

from tts_core.audio.encode import Format, StreamSink, open_encoder
from tts_core.audio.resample import StreamResampler
from tts_core.errors import Cancelled, TTSError
from tts_core.events import Audio, Finished
from tts_core.stream import SpeechStream
from tts_core.types import Samples
from tts_core.web.streaming import events, in_thread

log = logging.getLogger(__name__)

Piece = bytes | Finished | None
"""Encoded sound, the end of it, or nothing yet."""


async def sound(
    stream: SpeechStream, format: Format, sample_rate: int | None = None
) -> AsyncGenerator[Piece, None]:
    """What there is of the sound in `format`, as soon as there is some; then the Finished.

    `sample_rate`: Hz, for formats that can have any; None: the engine's. None is yielded now and
    then while there is nothing. Leaving early stops the request. Raises as the stream does.
    """
    coder = _Coder(format, stream.plan.engine.sample_rate, sample_rate)
    async with aclosing(events(stream)) as news:
        async for event in news:
            match event:
                case None:
                    yield None
                case Audio():
                    if data := await in_thread(partial(coder.write, event.chunk.samples)):
                        yield data
                case Finished():
                    if data := await in_thread(coder.finish):
                        yield data
                    yield event


class _Coder:
    """Samples in, bytes out."""

    def __init__(self, format: Format, source_rate: int, sample_rate: int | None) -> None:
        self._resampler: StreamResampler | None = None
        if sample_rate is not None and sample_rate != source_rate:
            self._resampler = StreamResampler(source_rate, sample_rate)
        self._sink = StreamSink()
        self._encoder = open_encoder(format.name, sample_rate or source_rate, self._sink)

    def write(self, samples: Samples) -> bytes:
        self._encoder.write(self._resampler.push(samples) if self._resampler else samples)
        return self._sink.drain()

    def finish(self) -> bytes:
        if self._resampler:
            self._encoder.write(self._resampler.finish())
        self._encoder.close()
        return self._sink.drain()


async def begun(
    request: Request, stream: SpeechStream, pieces: AsyncGenerator[Piece, None]
) -> AsyncGenerator[Piece, None]:
    """The same pieces of a stream once there is a first: what fails before then has its own status.

    Raises as the stream does, and Cancelled when the client does not wait.
    """
    try:
        first = await anext(pieces)
        while first is None:
            if await request.is_disconnected():
                raise Cancelled("The client is gone.")
            first = await anext(pieces)
    except BaseException:
        stream.close()
        raise
    return _from(first, pieces)


async def _from(first: Piece, rest: AsyncGenerator[Piece, None]) -> AsyncGenerator[Piece, None]:
    async with aclosing(rest):
        yield first
        async for piece in rest:
            yield piece


class SoundResponse(StreamingResponse):
    """Ends the request when the client leaves, and in the middle when the engine fails."""

    def __init__(
        self,
        body: AsyncGenerator[bytes, None],
        stream: SpeechStream,
        media_type: str,
    ) -> None:
        # A proxy (nginx) is not to collect what comes.
        headers = {
            "X-Request-Id": stream.request_id,
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
        super().__init__(body, headers=headers, media_type=media_type)
        self._stream = stream

    async def stream_response(self, send: Send) -> None:
        """Without the last message after a failure: so the client sees that there is more."""
        try:
            await super().stream_response(send)
        except TTSError as error:
            log.warning("request %s broke off: %s", self._stream.request_id, error)
        finally:
            self._stream.close()
