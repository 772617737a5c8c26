"""A request's events as what the page's player is told, and how often it is told."""

from __future__ import annotations

import base64
import html
import json
import logging
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import gradio as gr

from tts_core.audio.encode import to_int16
from tts_core.errors import Cancelled, TTSError, ValidationError
from tts_core.events import (
    Audio,
    Finished,
    Notice,
    SegmentAligned,
    SegmentFinished,
    SpeechInfo,
    Started,
)
from tts_core.service import SpeechService
from tts_core.synthesis.stream import SpeechStream
from tts_core.types import Caller, SpeechRequest, WordTiming
from tts_core.web.streaming import events, open_stream

log = logging.getLogger(__name__)

News = dict[str, Any]
"""One thing that happened, for `assets/player.js`."""

SAFE_LEAD_SECONDS = 1.0
"""With less sound than this ahead of the listener every piece is sent at once."""
LARGEST_BATCH_SECONDS = 5.0
FAILED = "Something went wrong on our side. Your text is still here; please try again."


@dataclass
class TabState:
    """What the server remembers for one open tab. No caller can name another tab's request."""

    request_id: str = ""
    text: str = ""
    info: SpeechInfo | None = None
    """Of the finished request."""
    turn: int = 0
    """Counts requests: an older one that still ends must not touch a newer one's fields."""
    seed: int = -1
    spoken: SpeechRequest | None = None
    script: SpeechRequest | None = None
    """The last one that was no preview, with its seed and its segments' takes."""

    def take(self, request: SpeechRequest) -> SpeechRequest:
        """The request with a seed that lasts, so that only what is edited of a text sounds new.

        The same once more is another take.
        """
        if self.seed < 0 or request == self.spoken:
            self.seed = secrets.randbelow(2**31)
        self.spoken = request
        return request.model_copy(update={"seed": self.seed})

    def take_again(self, segment: int) -> SpeechRequest:
        """The last request with another take of one segment. Raises ValidationError."""
        if self.script is None:
            raise ValidationError("Nothing has been spoken yet: press Speak first.", "text")
        takes = {**self.script.takes, segment: self.script.takes.get(segment, 0) + 1}
        self.script = self.script.model_copy(update={"takes": takes})
        return self.script


class Messages:
    """Numbers what goes to the player, so that it notices when something is missing."""

    def __init__(self) -> None:
        self._number = 0
        self._run = time.time_ns()

    def make(self, *news: News, file: News | None = None) -> News:
        """A value for the player component."""
        message = {
            "run": str(self._run),
            "seq": self._number,
            # One string: Gradio compares successive values, and would walk through a list.
            "news": json.dumps(news, separators=(",", ":")),
            "file": file,
        }
        self._number += 1
        return message


async def narrate(
    service: SpeechService,
    tab_state: TabState,
    make_request: Callable[[], SpeechRequest],
    caller: Caller,
    *,
    preview: bool = False,
) -> AsyncIterator[News]:
    """Speak, and tell the player all about it; what goes wrong is told too, never raised."""

    def request() -> SpeechRequest:
        wanted = tab_state.take(make_request().model_copy(update={"caller": caller}))
        if not preview:
            tab_state.script = wanted
        return wanted

    async for message in _narrate(service, tab_state, request, preview=preview):
        yield message


async def narrate_again(
    service: SpeechService, tab_state: TabState, segment: int, caller: Caller
) -> AsyncIterator[News]:
    """As `narrate`: all of what was spoken last, with another take of one segment.

    The other segments come from the cache, where there is one.
    """

    def request() -> SpeechRequest:
        return tab_state.take_again(segment).model_copy(update={"caller": caller})

    async for message in _narrate(service, tab_state, request, again=segment):
        yield message


async def _narrate(
    service: SpeechService,
    tab_state: TabState,
    make_request: Callable[[], SpeechRequest],
    *,
    preview: bool = False,
    again: int | None = None,
) -> AsyncIterator[News]:
    if tab_state.request_id:
        service.cancel(tab_state.request_id)
    tab_state.turn += 1
    turn = tab_state.turn
    tab_state.request_id, tab_state.info = "", None
    messages = Messages()
    try:
        request = make_request()
        with await open_stream(service, request, save_as="wav") as stream:
            tab_state.request_id, tab_state.text = stream.request_id, request.text
            async with aclosing(_told(service, stream, messages, preview, again)) as told:
                async for message in told:
                    if isinstance(message, SpeechInfo):
                        if tab_state.turn == turn:
                            tab_state.info = message
                    else:
                        yield message
    except Cancelled:
        yield messages.make({"type": "stopped"})
    except TTSError as error:
        gr.Warning(html.escape(str(error)), title="That did not work")
        yield messages.make(_error(error))
    except Exception:  # the page's boundary: a visitor is never left waiting, nor shown a trace
        log.exception("The page could not speak.")
        yield messages.make({"type": "error", "message": FAILED, "kind": "internal", "field": ""})


async def _told(
    service: SpeechService,
    stream: SpeechStream,
    messages: Messages,
    preview: bool,
    again: int | None,
) -> AsyncGenerator[News | SpeechInfo, None]:
    """Messages; the SpeechInfo right before the last."""
    batch = _Batch(stream)
    async with aclosing(events(stream)) as happening:
        async for event in happening:
            match event:
                case None:
                    if not batch.began:
                        batch.add(_waiting(service, stream))
                case Started():
                    batch.add(_started(event, stream, preview, again))
                case Audio():
                    batch.add_audio(event)
                case SegmentFinished():
                    batch.add(_segment(event))
                case SegmentAligned():
                    batch.add(_heard(event))
                case Notice():
                    batch.add(_notice(service, event))
                case Finished():
                    batch.add({"type": "finished", "info": event.info.as_dict()})
                    yield event.info
            if event is None or isinstance(event, Finished) or batch.due:
                yield messages.make(*batch.take())


class _Batch:
    """News that waits to be sent together, as long as the listener has enough sound ahead."""

    def __init__(self, stream: SpeechStream) -> None:
        self._stream = stream
        self._news: list[News] = []
        self._waiting_seconds = 0.0
        self._sent_seconds = 0.0
        self._began_at = 0.0
        self.began = False
        """Whether there has been any sound."""

    def add(self, news: News) -> None:
        self._news.append(news)

    def add_audio(self, event: Audio) -> None:
        if not self.began:
            self.began, self._began_at = True, time.monotonic()
        self._waiting_seconds += event.chunk.duration
        self._news.append(_audio(event))

    @property
    def due(self) -> bool:
        """Whether to send now."""
        if not self.began:
            return False
        lead = self._sent_seconds - (time.monotonic() - self._began_at)
        if lead < SAFE_LEAD_SECONDS:
            return True
        return self._waiting_seconds >= min(lead / 2, LARGEST_BATCH_SECONDS)

    def take(self) -> list[News]:
        """All that waits, and how far the request is."""
        news = [*self._news, _progress(self._stream)]
        self._sent_seconds += self._waiting_seconds
        self._news, self._waiting_seconds = [], 0.0
        return news


def _started(event: Started, stream: SpeechStream, preview: bool, again: int | None) -> News:
    return {
        "type": "start",
        "request": event.request_id,
        "preview": preview,
        "from": again or 0,
        "samples": "sampling" in stream.plan.engine.abilities,
        "text": stream.plan.request.text,
        "rate": event.sample_rate,
        "spans": [[s.start, s.end] for s in event.segments],
        "voice": event.voice.name,
        "engine": stream.plan.engine.label,
        "language": event.language,
        "speed": stream.plan.speed,
        "warnings": list(event.warnings),
    }


def _notice(service: SpeechService, event: Notice) -> News:
    label = service.registry.info(event.engine).label
    return {
        "type": "notice",
        "message": event.message,
        "engine": label,
        "voice": event.voice.name,
    }


def _audio(event: Audio) -> News:
    pcm = to_int16(event.chunk.samples).astype("<i2", copy=False).tobytes()
    return {
        "type": "audio",
        "segment": event.segment,
        "pcm": base64.b64encode(pcm).decode("ascii"),
        "words": _words(event.chunk.words),
    }


def _segment(event: SegmentFinished) -> News:
    return {
        "type": "segment",
        "segment": event.segment,
        "start": round(event.start, 4),
        "end": round(event.end, 4),
        "words": _words(event.words),
    }


def _heard(event: SegmentAligned) -> News:
    quality = event.quality
    return {
        "type": "heard",
        "segment": event.segment,
        "words": _words(event.words or ()),
        "quality": None if quality is None else quality.as_dict(),
    }


def _words(words: tuple[WordTiming, ...] | Any) -> list[list[Any]]:  # noqa: ANN401
    return [[w.text, round(w.start, 3), round(w.end, 3)] for w in words]


def _progress(stream: SpeechStream) -> News:
    record = stream.record
    ready_at = record.estimated_completion
    return {
        "type": "progress",
        "chunk": record.current_chunk,
        "chunks": record.chunks,
        "left": None if ready_at is None else round(max(0.0, ready_at - time.time()), 1),
    }


def _waiting(service: SpeechService, stream: SpeechStream) -> News:
    engine = next(e for e in service.engines() if e["name"] == stream.plan.engine.name)
    return {
        "type": "waiting",
        "position": stream.record.queue_position,
        "loading": engine["label"] if engine["state"] in ("loading", "unloaded") else "",
    }


def _error(error: TTSError) -> News:
    field = error.field if isinstance(error, ValidationError) else ""
    return {"type": "error", "message": str(error), "kind": error.type, "field": field}
