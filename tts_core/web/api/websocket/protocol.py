"""What a WebSocket's client may send, checked, and the server's messages that are not speech.

Those of speech are the same as `/stream` yields: `tts_core.web.messages`.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tts_core.audio.encode import Format, find_format
from tts_core.errors import MalformedError, TooLargeError, ValidationError
from tts_core.types import LONGEST_NAME, Caller, SpeechRequest
from tts_core.validation import checked_text, did_you_mean, shown, speech_request
from tts_core.web.messages import Message

LONGEST_MESSAGE = 1_000_000
"""Characters. A text of 9,000 takes at most 108,000, if each is written as two escapes."""
_OF_A_REQUEST = ("speed", "pitch", "seed", "engine", "language")
"""The parameters that every engine has; the others are the engine's own options."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A text to be spoken, and the format of its chunks."""

    request: SpeechRequest
    format: Format


def read(text: str | None) -> tuple[str, dict[str, Any]]:
    """A frame's type and its data. `text`: None for a binary frame.

    Raises MalformedError, TooLargeError.
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
    """For a message of a type that there is not."""
    return MalformedError(
        f"There is no message type {shown(kind)!r}.{did_you_mean(kind, known)} "
        f"Known: {', '.join(known)}.",
        "type",
    )


def wish(data: Mapping[str, Any], *, limit: int, caller: Caller) -> Wish:
    """The data of a `text_input`, as far as it can be checked without knowing the engines.

    `limit`: the most characters. A voice that is not named is "". Raises ValidationError and its
    kinds.
    """
    if "text" not in data:
        raise MalformedError("text is missing: data.text is what is to be spoken.", "text")
    checked_length(data["text"], limit)
    parameters = data.get("parameters")
    if not isinstance(parameters, dict | None):
        raise MalformedError(
            f'parameters must be a JSON object such as {{"speed": 1.2}}; got {shown(parameters)}.',
            "parameters",
        )
    options = dict(parameters or {})
    values = {name: options.pop(name) for name in _OF_A_REQUEST if name in options}
    format = options.pop("format", "wav")
    if not isinstance(format, str):
        raise ValidationError(f"format must be text; got {shown(format)}.", "format")
    voice = data.get("voice")
    request = speech_request(
        text=data["text"],
        voice="" if voice is None else voice,
        options=options,
        door="websocket",
        caller=caller,
        **values,
    )
    return Wish(request, find_format(format))


def piece(data: Mapping[str, Any]) -> str:
    """The text of a `text_delta` that goes on. Raises MalformedError, ValidationError."""
    if "text" not in data:
        raise MalformedError("text is missing: data.text is what is to be spoken.", "text")
    return checked_text(data["text"], "text")


def checked_length(text: object, limit: int) -> None:
    """Raises TooLargeError for a text over this door's limit."""
    if isinstance(text, str) and len(text) > limit:
        raise TooLargeError(
            f"The text has {len(text):,} characters; the limit is {limit:,}. Split it into "
            "several requests, or raise TTS_MAX_TEXT_LENGTH on your own server.",
            "text",
        )


def pong(data: Mapping[str, Any]) -> Message:
    """The answer to a ping. Raises MalformedError when its timestamp is none."""
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


def busy(limit: int, most: int) -> Message:
    """The only message to a client that is one too many.

    `limit`: connections there may be. `most`: those of one client, where that is the reason.
    """
    reason = f"{limit} clients are connected, which is its limit"
    if most < limit:
        reason = f"{most} of its {limit} connections are yours, and the others are for others"
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


def cancelled(request_id: str | None, count: int) -> Message:
    """`count`: how many texts will not be spoken to their end."""
    return {
        "type": "generation_cancelled",
        "data": {
            "message": "The generation was stopped." if count else "Nothing was being spoken.",
            "request_id": request_id,
            "cancelled": count,
        },
    }


def written(message: Message) -> str:
    """As it goes out: ASCII, since what a client sent may have lone surrogates in it."""
    return json.dumps(message, allow_nan=False, separators=(",", ":"))


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")
