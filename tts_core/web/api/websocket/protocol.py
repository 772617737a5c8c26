"""What clients of the WebSocket may send, validated, and the messages of the connection itself.

The messages of speech are the same as those of `/stream`: `tts_core.web.messages`.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypedDict

from tts_core.audio.encode import Format, find_format
from tts_core.errors import MalformedError, TooLargeError, ValidationError
from tts_core.types import LONGEST_NAME, Caller, SpeechRequest
from tts_core.validation import checked_text, did_you_mean, shown, speech_request
from tts_core.web.messages import ErrorMessage, Json, SpeechMessage

LONGEST_MESSAGE = 1_000_000
"""Characters. A text of 9,000 takes at most 108,000, if each is written as two escapes."""
_REQUEST_PARAMETERS = ("speed", "pitch", "seed", "engine", "language")
"""Parameters that every engine has; the others are options of an engine."""


class ConnectionData(TypedDict):
    """What a client is told about the server when it connects."""

    message: str
    status: Literal["ready", "no engine is ready"]
    supported_voices: list[str]
    max_concurrent: int
    default_voice: str
    max_text_length: int


class Greeting(TypedDict):
    """The first message of a connection."""

    type: Literal["connection"]
    data: ConnectionData


class StatusData(TypedDict):
    """The state of the server and of this connection."""

    active_connections: int
    max_connections: int
    model_loaded: bool
    default_voice: str
    speaking: bool
    waiting: int
    """Texts that have not been started."""


class StatusMessage(TypedDict):
    """The answer to `get_status`."""

    type: Literal["status"]
    data: StatusData


class PongData(TypedDict):
    """The timestamp of a ping, and the server's time in seconds since the epoch."""

    timestamp: float | str | None
    server_time: float


class Pong(TypedDict):
    """The answer to `ping`."""

    type: Literal["pong"]
    data: PongData


class CancelledData(TypedDict):
    """What was cancelled."""

    message: str
    request_id: str | None
    cancelled: int
    """Texts that will not be spoken to their end."""


class Cancelled(TypedDict):
    """The answer to `cancel_generation`, also sent when a request is cancelled elsewhere."""

    type: Literal["generation_cancelled"]
    data: CancelledData


class BusyData(TypedDict):
    """The details of a `server_busy` error."""

    type: Literal["server_busy"]
    message: str
    max_concurrent: int


class BusyMessage(ErrorMessage):
    """The only message to a client for which there is no connection left."""

    data: BusyData


ServerMessage = SpeechMessage | Greeting | StatusMessage | Pong | Cancelled | BusyMessage


@dataclass(frozen=True, slots=True)
class TextRequest:
    """A text to speak, and the format of its chunks."""

    request: SpeechRequest
    format: Format


def read(text: str | None) -> tuple[str, Json]:
    """Return the type and the data of a client's message. `text`: None for a binary frame.

    Raises MalformedError when it is not a message, TooLargeError above `LONGEST_MESSAGE`.
    """
    if text is None:
        raise MalformedError("Messages are JSON in text frames; this was a binary frame.")
    if len(text) > LONGEST_MESSAGE:
        raise TooLargeError(
            f"The message has {len(text):,} characters; the limit is {LONGEST_MESSAGE:,}."
        )
    try:
        message = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"The message is not valid JSON: {error}.") from error
    if not isinstance(message, dict):
        raise MalformedError(
            f'A message is a JSON object such as {{"type": "ping"}}; got {shown(message)}.'
        )
    kind = message.get("type")
    if not isinstance(kind, str):
        raise MalformedError(
            "type is missing: name the message's type." if kind is None
            else f"type must be text; got {shown(kind)}.",
            "type",
        )  # fmt: skip
    data = message.get("data")
    if not isinstance(data, dict | None):
        raise MalformedError(f"data must be a JSON object; got {shown(data)}.", "data")
    return kind, data or {}


def unknown_type(kind: str, known: Mapping[str, object]) -> MalformedError:
    """Return the error for a message of an unknown type."""
    return MalformedError(
        f"There is no message type {shown(kind)!r}.{did_you_mean(kind, known)} "
        f"Known: {', '.join(known)}.",
        "type",
    )


def text_request(data: Mapping[str, object], *, limit: int, caller: Caller) -> TextRequest:
    """Return the request in the data of a `text_input`, or of the first `text_delta` of a text.

    The values of the engine's options are not checked here. `limit`: the most characters. Without
    a voice in the data, the request's voice is "". Raises MalformedError, ValidationError and
    TooLargeError.
    """
    text = _text(data)
    check_length(text, limit)
    parameters = data.get("parameters")
    if not isinstance(parameters, dict | None):
        raise MalformedError(
            f'parameters must be a JSON object such as {{"speed": 1.2}}; got {shown(parameters)}.',
            "parameters",
        )
    options = dict(parameters or {})
    values = {name: options.pop(name) for name in _REQUEST_PARAMETERS if name in options}
    format = options.pop("format", "wav")
    if not isinstance(format, str):
        raise ValidationError(f"format must be text; got {shown(format)}.", "format")
    voice = data.get("voice")
    request = speech_request(
        text=text,
        voice="" if voice is None else voice,
        options=options,
        door="websocket",
        caller=caller,
        **values,
    )
    return TextRequest(request, find_format(format))


def next_text(data: Mapping[str, object]) -> str:
    """Return the text of a `text_delta` that is not the first. Raises ValidationError."""
    return checked_text(_text(data), "text")


def check_length(text: object, limit: int) -> None:
    """Raise TooLargeError for a text above the WebSocket's limit of characters."""
    if isinstance(text, str) and len(text) > limit:
        raise TooLargeError(
            f"The text has {len(text):,} characters; the limit is {limit:,}. Split it into "
            "several requests, or raise TTS_MAX_TEXT_LENGTH on your own server.",
            "text",
        )


def pong(data: Mapping[str, object]) -> Pong:
    """Return the answer to a ping. Raises MalformedError for an invalid timestamp."""
    timestamp = data.get("timestamp")
    if isinstance(timestamp, float) and not math.isfinite(timestamp):
        raise MalformedError("timestamp must be a finite number.", "timestamp")
    if isinstance(timestamp, str) and len(timestamp) > LONGEST_NAME:
        raise MalformedError(
            f"timestamp has {len(timestamp):,} characters; the limit is {LONGEST_NAME}.",
            "timestamp",
        )
    if not isinstance(timestamp, int | float | str | None):
        raise MalformedError(f"timestamp must be a number; got {shown(timestamp)}.", "timestamp")
    return {"type": "pong", "data": {"timestamp": timestamp, "server_time": time.time()}}


def busy(limit: int, most: int) -> BusyMessage:
    """Return the message to a client for which there is no connection left.

    `limit`: connections there may be. `most`: those one client may have, where that is the reason.
    """
    reason = f"{limit} clients are connected, which is its limit"
    if most < limit:
        reason = f"you already have {most} of its {limit} connections, the limit for one client"
    message = (
        f"The server is busy: {reason} (TTS_MAX_CONCURRENT_CONNECTIONS). Please try again in a "
        "moment."
    )
    return {
        "type": "error",
        "message": message,
        "error_type": "server_busy",
        "data": {"type": "server_busy", "message": message, "max_concurrent": limit},
    }


def cancelled(request_id: str | None, count: int) -> Cancelled:
    """Return the message that so many texts will not be spoken to their end."""
    return {
        "type": "generation_cancelled",
        "data": {
            "message": "The generation was stopped." if count else "Nothing was being spoken.",
            "request_id": request_id,
            "cancelled": count,
        },
    }


def encoded(message: ServerMessage) -> str:
    """Return a message as JSON, in ASCII: what a client sent may have lone surrogates in it."""
    return json.dumps(message, allow_nan=False, separators=(",", ":"))


def _text(data: Mapping[str, object]) -> object:
    if "text" not in data:
        raise MalformedError("text is missing: data.text is the text to speak.", "text")
    return data["text"]


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")
