"""What OpenAI calls its models and voices, and the shape of its errors."""

from __future__ import annotations

import re

from fastapi.exception_handlers import http_exception_handler
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tts_core.errors import (
    NotAuthorized,
    RateLimited,
    TooLargeError,
    TTSError,
    UnknownNameError,
    ValidationError,
)
from tts_core.types import StandIn
from tts_core.validation import shown

PREFIX = "/v1"
MODELS = ("gpt-4o-mini-tts", "tts-1", "tts-1-hd")
"""They all mean the best engine that is ready."""
_DATED = re.compile(rf"({'|'.join(MODELS)})(-\d{{4}}(-\d\d-\d\d)?)?", re.ASCII)
_WOMEN = ("alloy", "coral", "nova", "sage", "shimmer", "marin")
_MEN = ("ash", "ballad", "cedar", "echo", "fable", "onyx", "verse")
VOICES = {
    name: StandIn(gender, number)
    for gender, names in (("female", _WOMEN), ("male", _MEN))
    for number, name in enumerate(names)
}
"""Which of ours each is like, as its published samples sound to most; alloy and fable less so."""
_FIELDS = {"text": "input", "format": "response_format", "engine": "model"}


def is_theirs(model: str) -> bool:
    """Whether it is a model of OpenAI's, or a dated version of one."""
    return _DATED.fullmatch(model) is not None


class OpenAIErrorText(BaseModel):
    """What went wrong."""

    message: str = Field(examples=["The text is empty: write something to speak."])
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = Field(examples=["input"])
    code: str | None = Field(examples=["validation_error"])


class OpenAIError(BaseModel):
    """As OpenAI's errors."""

    error: OpenAIErrorText


def openai_body(error: TTSError, status: int) -> object:
    """An error in their shape."""
    param = None
    if isinstance(error, ValidationError) and error.field:
        field = error.field.partition(".")[0]
        param = _FIELDS.get(field, field)
    kind = "server_error" if status >= 500 else "invalid_request_error"
    if isinstance(error, RateLimited):
        kind = "requests"
    return {
        "error": {
            "message": str(error),
            "type": kind,
            "param": param,
            "code": _code(error, param),
        }
    }


async def no_route(request: Request, error: Exception) -> Response:
    """Answers what is at no address of theirs, or wants another method, in their shape too."""
    assert isinstance(error, HTTPException)
    if not request.url.path.startswith(PREFIX + "/"):
        return await http_exception_handler(request, error)
    fault = UnknownNameError(f"Invalid URL ({request.method} {shown(request.url.path)}).")
    body = openai_body(fault, error.status_code)
    return JSONResponse(body, error.status_code, error.headers)


def _code(error: TTSError, param: str | None) -> str:
    match error:
        case NotAuthorized():
            return "invalid_api_key"
        case RateLimited():
            return "rate_limit_exceeded"
        case UnknownNameError() if param == "model":
            return "model_not_found"
        case TooLargeError() if param == "input":
            return "string_above_max_length"
        case _:
            return error.type
