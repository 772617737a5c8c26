"""Turn the events of a request into messages for the page's player, sent in batches."""

from __future__ import annotations

import base64
import json
import logging
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from tts_core.errors import Cancelled, TTSError, ValidationError
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
from tts_core.types import SpeechRequest, WordTiming
from tts_core.web.audio_stream import line_bytes
from tts_core.web.callers import caller_of
from tts_core.web.streaming import close_in_thread, events, in_thread, open_stream
from tts_core.web.ui.choices import voice_name
from tts_core.web.ui.texts import Texts, texts_of

log = logging.getLogger(__name__)

PlayerEvent = dict[str, Any]
"""One event for `assets/player.js`; its "type" names the method that handles it."""
PlayerMessage = dict[str, Any]
"""A value of the player component: numbered, with one or more events."""

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


@dataclass
class TabState:
    """State kept on the server for one open browser tab, out of reach of other tabs."""

    request_id: str = ""
    text: str = ""
    info: SpeechInfo | None = None
    """Describes the finished request; None before there is one."""
    request_number: int = 0
    """Of the newest request, by the page's count, so that an older one that ends late leaves a
    newer one's fields alone."""
    stopped_number: int = 0
    """The last request that was stopped; one that has not begun yet must not begin any more."""
    seed: int = -1
    last_request: SpeechRequest | None = None
    """The last request as the page made it, previews included, to notice a repetition."""
    last_spoken: SpeechRequest | None = None
    """The last request that was not a preview, with its seed and the retakes of its segments."""

    def begin(self, number: object) -> tuple[int, str]:
        """Note that a request begins; return its number and the id of what it takes the place of.

        Without a `number` it is the next one.
        """
        begun, former = number if isinstance(number, int) else self.request_number + 1, ""
        if begun >= self.request_number:
            former = self.request_id
            self.request_number, self.request_id, self.info = begun, "", None
        return begun, former

    def stop(self, number: object) -> str:
        """Note that a request and those before it are to stop; return the id to cancel, or ""."""
        meant = number if isinstance(number, int) else self.request_number
        self.stopped_number = max(self.stopped_number, meant)
        return self.request_id if self.request_number <= meant else ""

    def ensure_wanted(self, number: int) -> None:
        """Raise Cancelled if a request has been stopped, or a newer one has begun."""
        if self.stopped_number >= number or self.request_number > number:
            raise Cancelled("The request was stopped.")

    def with_seed(self, request: SpeechRequest) -> SpeechRequest:
        """Return the request with the tab's seed, so that an edited text changes only where edited.

        Repeating the same request draws a new seed, which gives another rendition.
        """
        if self.seed < 0 or request == self.last_request:
            self.seed = secrets.randbelow(2**31)
        self.last_request = request
        return request.model_copy(update={"seed": self.seed})

    def with_retake(self, segment: int) -> SpeechRequest:
        """Return the last spoken request with a new take of one segment, and remember it.

        Raises ValidationError when nothing has been spoken.
        """
        if self.last_spoken is None:
            raise ValidationError("Nothing has been spoken yet. Press Speak first.", "text")
        takes = {**self.last_spoken.takes, segment: self.last_spoken.takes.get(segment, 0) + 1}
        self.last_spoken = self.last_spoken.model_copy(update={"takes": takes})
        return self.last_spoken


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
        yield sequence.message(_error(error))
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
                        batch.add(_waiting(service, stream))
                case Started():
                    batch.add(_started(event, stream, preview, retake, batch))
                case Planned():
                    batch.add(_planned(event, batch.texts))
                case Audio():
                    batch.add_audio(event)
                case SegmentFinished():
                    batch.add(_segment(event))
                case SegmentAligned():
                    batch.add(_aligned(event))
                case Notice():
                    batch.add(_notice(service, event, batch.texts))
                case Finished():
                    batch.add({"type": "finished", "info": event.info.as_dict()})
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
        self._events.append(_audio(event, len(data)))

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
        events, sound = [*self._events, _progress(self._stream)], b"".join(self._sound)
        self._sent_seconds += self._pending_seconds
        self._events, self._sound, self._pending_seconds = [], [], 0.0
        self._flushed_at = time.monotonic()
        return events, sound


def _started(
    event: Started, stream: SpeechStream, preview: bool, retake: int | None, batch: _Batch
) -> PlayerEvent:
    return {
        "type": "start",
        "request": event.request_id,
        "preview": preview,
        "play_from": retake or 0,
        "can_retake": stream.plan.engine.capabilities.sampling,
        "text": stream.plan.request.text,
        "rate": event.sample_rate,
        "ulaw": batch.slow_line,
        "spans": [(s.start, s.end) for s in event.segments],
        "whole": stream.plan.rest is None,
        "voice": voice_name(event.voice, batch.texts),
        "engine": stream.plan.engine.label,
        "language": event.language,
        "speed": stream.plan.speed,
        "warnings": [batch.texts.said(warning) for warning in event.warnings],
    }


def _planned(event: Planned, texts: Texts) -> PlayerEvent:
    warnings = [texts.said(warning) for warning in event.warnings]
    return {
        "type": "planned",
        "spans": [(s.start, s.end) for s in event.segments],
        "warnings": warnings,
    }


def _notice(service: SpeechService, event: Notice, texts: Texts) -> PlayerEvent:
    label, voice = service.engines.info(event.engine).label, voice_name(event.voice, texts)
    return {"type": "notice", "message": texts.said(event.message), "engine": label, "voice": voice}


def _audio(event: Audio, size: int) -> PlayerEvent:
    """Return the event of `size` bytes of the message's sound."""
    words = _words(event.chunk.words)
    return {"type": "audio", "segment": event.segment, "bytes": size, "words": words}


def _segment(event: SegmentFinished) -> PlayerEvent:
    return {
        "type": "segment",
        "segment": event.segment,
        "start": round(event.start, 4),
        "end": round(event.end, 4),
        "words": _words(event.words),
    }


def _aligned(event: SegmentAligned) -> PlayerEvent:
    quality = event.quality
    return {
        "type": "aligned",
        "segment": event.segment,
        "words": _words(event.words or ()),
        "quality": None if quality is None else quality.as_dict(),
    }


def _words(words: Sequence[WordTiming]) -> list[list[Any]]:
    return [[w.text, round(w.start, 3), round(w.end, 3)] for w in words]


def _progress(stream: SpeechStream) -> PlayerEvent:
    record = stream.record
    ready_at = record.estimated_completion
    left = None if ready_at is None else round(max(0.0, ready_at - time.time()), 1)
    return {"type": "progress", "chunk": record.current_chunk, "left": left}


def _waiting(service: SpeechService, stream: SpeechStream) -> PlayerEvent:
    engine = stream.plan.engine
    state = service.engines.states().get(engine.name, "unloaded")
    return {
        "type": "waiting",
        "position": stream.record.queue_position,
        "loading": engine.label if state in ("loading", "unloaded") else "",
    }


def _error(error: TTSError) -> PlayerEvent:
    field = error.field if isinstance(error, ValidationError) else ""
    return {"type": "error", "message": str(error), "kind": error.type, "field": field}
