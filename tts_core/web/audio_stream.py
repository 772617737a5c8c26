"""A request's sound as one encoded stream, sent as it is made."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.types import Send

from tts_core.audio.encode import Format, StreamSink, open_encoder
from tts_core.audio.resample import StreamResampler
from tts_core.errors import Cancelled, TTSError
from tts_core.events import Audio, Finished, SpeechEvent
from tts_core.synthesis.stream import SpeechStream
from tts_core.types import Samples
from tts_core.web.streaming import KEEP_ALIVE_SECONDS, taken

log = logging.getLogger(__name__)

Piece = bytes | Finished | None
"""Encoded sound, the end of it, or nothing yet."""
MOST_SECONDS = 2.0
"""Of sound in one turn of the encoder."""
FIRST_SECONDS = 0.1
"""Of sound, in the encoder's first turns."""


async def sound(
    stream: SpeechStream, format: Format, sample_rate: int | None = None
) -> AsyncGenerator[Piece, None]:
    """What there is of the sound in `format`, as soon as there is some; then the Finished.

    `sample_rate`: Hz, for formats that can have any; None: the engine's. None is yielded now and
    then while there is nothing. Leaving early stops the request. Raises as the stream does.
    """
    reader = _Reader(stream, format, sample_rate)
    async with aclosing(taken(stream, reader.read)) as pieces:
        async for piece in pieces:
            if piece is None:
                yield None
                continue
            data, end = piece
            if data:
                yield data
            if end is not None:
                yield end


class _Reader:
    """Takes what there is of a stream's sound, encoded. Blocks."""

    def __init__(self, stream: SpeechStream, format: Format, sample_rate: int | None) -> None:
        self._stream = stream
        self._rate = stream.plan.engine.sample_rate
        self._resampler: StreamResampler | None = None
        if sample_rate is not None and sample_rate != self._rate:
            self._resampler = StreamResampler(self._rate, sample_rate)
        self._sink = StreamSink()
        self._encoder = open_encoder(format.name, sample_rate or self._rate, self._sink)
        self._held: deque[Samples] = deque()
        self._end: Finished | None = None
        self._error: TTSError | None = None
        self._begun = False

    def read(self) -> tuple[bytes, Finished | None] | None:
        """Bytes, and the Finished with the last of them; None after those.

        Waits for one event. Raises as the stream does, and TimeoutError after
        `KEEP_ALIVE_SECONDS`.
        """
        if not self._held and self._end is None:
            if self._error is not None:
                raise self._error
            if not self._take():
                return None
        while self._held:
            samples = self._held.popleft()
            self._encoder.write(self._resampler.push(samples) if self._resampler else samples)
            if not self._begun and self._sink.tell():
                self._begun = True
                return self._sink.drain(), None
        end, self._end = self._end, None
        if end is not None:
            if self._resampler:
                self._encoder.write(self._resampler.finish())
            self._encoder.close()
        return self._sink.drain(), end

    def _take(self) -> bool:
        """Hold one event's sound; once some has been sent, also what is there already, up to
        `MOST_SECONDS`: each turn costs the event loop more than the sound does. False after the
        end."""
        event = self._stream.next_event(KEEP_ALIVE_SECONDS)
        if event is None:
            return False
        seconds = 0.0
        while event is not None:
            if isinstance(event, Finished):
                self._end = event
                break
            if isinstance(event, Audio):
                self._hold(event.chunk.samples)
                seconds += event.chunk.duration
            event = self._next_at_once() if self._begun and seconds < MOST_SECONDS else None
        return True

    def _hold(self, samples: Samples) -> None:
        # Some codecs are slow; nobody is to wait for more than their first bytes take.
        step = len(samples) or 1
        if not self._begun:
            step = round(FIRST_SECONDS * self._rate)
        self._held.extend(samples[n : n + step] for n in range(0, len(samples), step))

    def _next_at_once(self) -> SpeechEvent | None:
        try:
            return self._stream.next_event(0)
        except TimeoutError:
            return None
        except TTSError as error:  # the sound before it is heard first
            self._error = error
            return None


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
