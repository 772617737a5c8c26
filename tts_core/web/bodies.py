"""How large a request's body may be, by what its route is for, whatever the request announces."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive

from tts_core.errors import TooLargeError

MAX_UPLOAD_BYTES = 80 << 20
"""A recording of 50 MB in base64, and what stands around it."""
MAX_BODY_BYTES = 1 << 20
"""Of all other requests, unless TTS_MAX_TEXT_LENGTH wants more."""
_BYTES_PER_CHARACTER = 16
"""A character of a text takes up to 12 in JSON, as in \\ud83d\\ude00; and something stands around
the text."""
_FORMS = "/gradio_api/upload"
_JSON_UPLOADS = re.compile(r"/gradio_api/mcp(/.*)?|/api/train-voice/?")


@dataclass(frozen=True)
class Bounds:
    """Of one body."""

    size: int
    """Bytes."""
    values: int | None = None
    """How many arrays, objects and what they hold a JSON body may have; None: any number. Each
    takes up to 60 times its bytes once it is read, which base64 does not."""

    def checked(self, receive: Receive) -> Receive:
        """Return `receive` with the bounds, which raises HTTPException beyond them.

        Of all errors, FastAPI's reading of bodies lets this one through.
        """
        size = values = 0

        async def receiving() -> Message:
            nonlocal size, values
            message = await receive()
            body = message.get("body", b"")
            size += len(body)
            if size > self.size:
                raise HTTPException(413, self.too_large())
            if self.values is not None:
                values += sum(map(body.count, (b",", b"[", b"{")))
                if values > self.values:
                    raise HTTPException(
                        413,
                        f"The body has more than {self.values:,} values, the most there may be.",
                    )
            return message

        return receiving

    def too_large(self) -> str:
        """Return what is said of a larger body."""
        return f"The request is larger than {self.size >> 20} MB, the most there may be here."


def body_bytes(text_limit: int) -> int:
    """Return how many bytes a body may have that holds no recording.

    `text_limit`: most characters in a text, which always fits.
    """
    return max(MAX_BODY_BYTES, _BYTES_PER_CHARACTER * text_limit)


def bounds_of(request: HTTPConnection, max_bytes: int) -> Bounds:
    """Return the bounds of the request's body; `max_bytes` as `body_bytes` says.

    Raises TooLargeError when it announces a larger one.
    """
    path = request.scope["path"]
    bounds = Bounds(max_bytes)
    if path == _FORMS:
        bounds = Bounds(MAX_UPLOAD_BYTES)
    elif _JSON_UPLOADS.fullmatch(path):
        bounds = Bounds(MAX_UPLOAD_BYTES, max_bytes)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > bounds.size:
        raise TooLargeError(bounds.too_large())
    return bounds
