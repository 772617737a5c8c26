"""Limits of the size of request bodies, by route. They hold whatever a request announces."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive

from tts_core.errors import TooLargeError
from tts_core.lexicon.files import LARGEST_FILE

MAX_UPLOAD_BYTES = 80 << 20
"""Bytes: a recording of 50 MB in base64 with JSON around it."""
MAX_PROJECT_BYTES = 8 << 30
"""Bytes: a project as a file, with the sound of a hundred hours. It is written to the disk as it
arrives, if there is room."""
MAX_BODY_BYTES = 1 << 20
"""Bytes, for all other requests, unless TTS_MAX_TEXT_LENGTH needs more."""
_BYTES_PER_CHARACTER = 16
"""A character of a text takes up to 12 bytes in JSON, as in \\ud83d\\ude00; the rest is for the
JSON around the text."""
_FORMS = re.compile(r"/gradio_api/upload|/api/verify/?|/api/projects/?|/page/document")
_PROJECT = "/api/projects/import"
_LEXICON = "/lexicon/import"
_JSON_UPLOADS = re.compile(r"/gradio_api/mcp(/.*)?|/api/train-voice/?")


@dataclass(frozen=True)
class Bounds:
    """Limits of one body."""

    size: int
    """Bytes."""
    values: int | None = None
    """How many values a JSON body may have, arrays and objects included; None: any number. Parsed,
    a value takes up to 60 times its bytes, unlike base64."""

    def checked(self, receive: Receive) -> Receive:
        """Return a `receive` that raises HTTPException (413) above the limits.

        FastAPI passes on only this kind of error while it reads a body.
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
                        f"The body has more than {self.values:,} values, which is the limit.",
                    )
            return message

        return receiving

    def too_large(self) -> str:
        """Return the error message for a larger body."""
        return f"The request is larger than {self.size >> 20} MB, which is the limit here."


def body_bytes(text_limit: int) -> int:
    """Return the limit in bytes of a body without a recording.

    `text_limit`: the most characters of a text; such a text always fits.
    """
    return max(MAX_BODY_BYTES, _BYTES_PER_CHARACTER * text_limit)


def bounds_of(request: HTTPConnection, max_bytes: int) -> Bounds:
    """Return the limits of the request's body. `max_bytes`: from `body_bytes`.

    Raises TooLargeError when the request announces a larger body.
    """
    path = request.scope["path"]
    bounds = Bounds(max_bytes)
    if path == _LEXICON:
        bounds = Bounds(max(LARGEST_FILE, max_bytes))
    elif path == _PROJECT:
        bounds = Bounds(MAX_PROJECT_BYTES)
    elif _FORMS.fullmatch(path):
        bounds = Bounds(MAX_UPLOAD_BYTES)
    elif _JSON_UPLOADS.fullmatch(path):
        bounds = Bounds(MAX_UPLOAD_BYTES, max_bytes)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > bounds.size:
        raise TooLargeError(bounds.too_large())
    return bounds
