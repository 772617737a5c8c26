"""Turn the events of a request into messages for the page's player, sent in batches."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from functools import partial

import gradio as gr

from tts_core.errors import Cancelled, TTSError
from tts_core.events import (
    Audio,
    Finished,
    Notice,
    Planned,
    SegmentAligned,
    SegmentFinished,
    SpeechInfo,
    Started,
)
from tts_core.service import SpeechService
from tts_core.synthesis.stream import SpeechStream
from tts_core.types import SpeechRequest
from tts_core.web.audio_stream import line_bytes
from tts_core.web.callers import caller_of
from tts_core.web.streaming import close_in_thread, events, in_thread, open_stream
from tts_core.web.ui.player import events as player_events
from tts_core.web.ui.player.events import MessageSequence, PlayerEvent, PlayerMessage
from tts_core.web.ui.player.tab_state import TabState
from tts_core.web.ui.texts import texts_of

log = logging.getLogger(__name__)

SAFE_LEAD_SECONDS = 1.0
"""With less audio than this buffered in the browser, every piece is sent at once."""
LARGEST_BATCH_SECONDS = 20.0
"""Each message costs Gradio, here and in the browser, as much as ten seconds of sound in it."""
LONGEST_WAIT_SECONDS = 0.5
"""How long sound is held back at most, so that the page shows how far a slow engine is."""
LINE_COOKIE = "aloud-line"
SLOW = "slow"
"""What the page's script sets the cookie to where it has measured less than PCM needs."""
ERROR_TITLE = "Something went wrong"
"""Title of every toast about an error."""
FAILED = "Something went wrong on the server. Your text is still here. Please try again."


async def stream_to_player(
    service: SpeechService,
    tab_state: TabState,
    make_request: Callable[[], SpeechRequest],
    visit: gr.Request,
    number: object,
    *,
    preview: bool = False,
) -> AsyncIterator[PlayerMessage]:
    """Speak a request and yield messages for the player. Errors become messages, too.

    `make_request` may raise TTSError. `visit`: who asks, over what kind of line. `number`: see
    `assets.NUMBERED`. A `preview` leaves the text and its retakes alone.
    """

    caller = caller_of(visit)

    def request() -> SpeechRequest:
        seeded = tab_state.with_seed(make_request().model_copy(update={"caller": caller}))
        if not preview:
            tab_state.last_spoken = seeded
        return seeded

    async for message in _stream(service, tab_state, request, visit, number, preview=preview):
        yield message


async def stream_retake(
    service: SpeechService, tab_state: TabState, segment: int, visit: gr.Request, number: object
) -> AsyncIterator[PlayerMessage]:
    """Speak the last request with a new take of one segment; yield messages for the player.

    The other segments come from the segment cache where it is enabled.
    """

    def request() -> SpeechRequest:
        return tab_state.with_retake(segment).model_copy(update={"caller": caller_of(visit)})

    async for message in _stream(service, tab_state, request, visit, number, retake=segment):
        yield message


async def _stream(
    service: SpeechService,
    tab_state: TabState,
    make_request: Callable[[], SpeechRequest],
    visit: gr.Request,
    press: object,
    *,
    preview: bool = False,
    retake: int | None = None,
) -> AsyncIterator[PlayerMessage]:
    number, former = tab_state.begin(press)
    if former:
        await in_thread(partial(service.cancel, former))
    sequence = MessageSequence(number)
    try:
        tab_state.ensure_wanted(number)  # otherwise a retake would speak its text
        request = make_request()
        stream = await open_stream(service, request, save_as="wav", early=True)
        try:
            tab_state.ensure_wanted(number)
            stream.marks_file = False  # `player.make_file` does, for those who download it
            tab_state.request_id, tab_state.text = stream.request_id, request.text
            batch = _Batch(stream, visit)
            made = _messages(service, stream, sequence, batch, preview, retake)
            async with aclosing(made) as messages:
                async for message in messages:
                    if isinstance(message, SpeechInfo):
                        if tab_state.request_number == number:
                            tab_state.info = message
                    else:
                        yield message
        finally:
            close_in_thread(stream)
    except Cancelled:
        yield sequence.message({"type": "stopped"})
    except TTSError as error:
        yield sequence.message(player_events.failed(error))
    except Exception:  # The page's boundary: nobody is left waiting, and no traceback is shown.
        log.exception("A request from the page failed.")
        event = {"type": "error", "message": FAILED, "kind": "internal", "field": ""}
        yield sequence.message(event)


async def _messages(
    service: SpeechService,
    stream: SpeechStream,
    sequence: MessageSequence,
    batch: _Batch,
    preview: bool,
    retake: int | None,
) -> AsyncGenerator[PlayerMessage | SpeechInfo, None]:
    """Yield the stream's messages, and its SpeechInfo right before the last of them."""
    async with aclosing(events(stream)) as stream_events:
        async for event in stream_events:
            match event:
                case None:
                    if not batch.started:
                        batch.add(player_events.waiting(service, stream))
                case Started():
                    batch.add(
                        player_events.started(
                            event,
                            stream,
                            batch.texts,
                            play_from=retake or 0,
                            preview=preview,
                            ulaw=batch.slow_line,
                        )
                    )
                case Planned():
                    batch.add(player_events.planned(event))
                case Audio():
                    batch.add_audio(event)
                case SegmentFinished():
                    batch.add(player_events.segment(event))
                case SegmentAligned():
                    batch.add(player_events.aligned(event))
                case Notice():
                    batch.add(player_events.notice(service, event, batch.texts))
                case Finished():
                    batch.add(player_events.finished(event, batch.texts))
                    yield event.info
            if event is None or isinstance(event, Finished) or batch.due:
                held, sound = batch.flush()
                yield sequence.message(*held, sound=sound)


class _Batch:
    """Events held back to be sent together while the browser has enough audio buffered."""

    def __init__(self, stream: SpeechStream, visit: gr.Request) -> None:
        self._stream, self.texts = stream, texts_of(visit)
        self.slow_line = visit.cookies.get(LINE_COOKIE) == SLOW
        self._events: list[PlayerEvent] = []
        self._sound: list[bytes] = []
        self._pending_seconds = self._sent_seconds = 0.0
        self._started_at = self._flushed_at = 0.0
        self.started = False  # whether any audio has been added

    def add(self, event: PlayerEvent) -> None:
        """Append an event."""
        self._events.append(event)

    def add_audio(self, event: Audio) -> None:
        """Append a piece of audio and count its duration."""
        if not self.started:
            self.started = True
            self._started_at = self._flushed_at = time.monotonic()
        self._pending_seconds += event.chunk.duration
        self._sound.append(data := line_bytes(event.chunk, slow_line=self.slow_line))
        self._events.append(player_events.audio(event, len(data)))

    @property
    def due(self) -> bool:
        """Return whether to send now."""
        if not self.started:
            return False
        now = time.monotonic()
        lead = self._sent_seconds - (now - self._started_at)
        if lead < SAFE_LEAD_SECONDS or now - self._flushed_at >= LONGEST_WAIT_SECONDS:
            return True
        return self._pending_seconds >= min(lead / 2, LARGEST_BATCH_SECONDS)

    def flush(self) -> tuple[list[PlayerEvent], bytes]:
        """Return the pending events, followed by the request's progress, and their sound."""
        events = [*self._events, player_events.progress(self._stream)]
        sound = b"".join(self._sound)
        self._sent_seconds += self._pending_seconds
        self._events, self._sound, self._pending_seconds = [], [], 0.0
        self._flushed_at = time.monotonic()
        return events, sound
