"""OpenAI's names of models and voices, and the form of its errors."""

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
from tts_core.service import SpeechService
from tts_core.types import StandIn
from tts_core.validation import did_you_mean, shown
from tts_core.web.api.http import status_code

PREFIX = "/v1"
MODELS = ("gpt-4o-mini-tts", "tts-1", "tts-1-hd")
"""OpenAI's models, each of which means the best engine that is ready."""
_FOREIGN = re.compile(
    rf"(openai/|azure/)?({'|'.join(MODELS)}|tts|tts-hd)(-\d{{4}}(-\d\d-\d\d)?)?"
    r"|(elevenlabs/)?eleven_\w+",
    re.ASCII,
)
"""Their models and Azure's and ElevenLabs', also dated and as LiteLLM and OpenRouter write them."""
_WOMEN = ("alloy", "coral", "nova", "sage", "shimmer", "marin")
_MEN = ("ash", "ballad", "cedar", "echo", "fable", "onyx", "verse")
VOICES = {
    name: StandIn(gender, number)
    for gender, names in (("female", _WOMEN), ("male", _MEN))
    for number, name in enumerate(names)
}
"""OpenAI's voices and the kind of voice that is used for each where no voice has its name: of the
gender that its published samples suggest, which is least clear for alloy and fable."""
_AZURE = re.compile(r"([a-z]{2,3}-[a-z]{2})-([a-z]+?)(?:multilingual)?neural", re.ASCII)
_AZURE_MEN = {
    "adam", "ahmet", "alessio", "alvaro", "andrew", "antoine", "antonin", "antonio", "arnaud",
    "brian", "christopher", "conrad", "davis", "diego", "dmitry", "eric", "finn", "florian",
    "giuseppe", "guy", "hamed", "harri", "henri", "injoon", "jason", "jean", "jeppe", "jorge",
    "keita", "killian", "liam", "luke", "maarten", "madhur", "marek", "mattias", "namminh", "niwat",
    "ostap", "prabhat", "remy", "roger", "ryan", "shakir", "steffan", "tamas", "thierry", "thomas",
    "tony", "valerio", "william", "yunfeng", "yunjian", "yunxi", "yunyang",
}  # fmt: skip
_FIELDS = {"text": "input", "format": "response_format", "engine": "model"}


def is_foreign_model(model: str) -> bool:
    """Return whether a name is one of OpenAI's or ElevenLabs' models, or a dated version of one."""
    return _FOREIGN.fullmatch(model) is not None


def stand_in_of(voice: str) -> StandIn | None:
    """Return what kind of voice is used for one of OpenAI's, or one of Azure's and Edge's.

    Azure's names begin with the language: en-US-AriaNeural. Those of unknown gender are female, as
    most are. None for all other names.
    """
    name = voice.strip().casefold()
    if (azure := _AZURE.fullmatch(name)) is None:
        return VOICES.get(name)
    return StandIn("male" if azure[2] in _AZURE_MEN else "female", language=azure[1])


def engine_of(service: SpeechService, model: str) -> str:
    """Return the engine a model stands for. Raises UnknownNameError."""
    name = model.strip()
    if (meant := service.settings.engines_by_alias.get(name.casefold())) is not None:
        return meant
    if is_foreign_model(name) or name == "auto":
        return "auto"
    if name not in service.engines.infos:
        added = service.settings.engines_by_alias
        raise unknown_model(model, [*MODELS, *service.engines.ready(), *added])
    return name


def unknown_model(model: str, known: list[str]) -> UnknownNameError:
    """Return the error for a model that does not exist."""
    return UnknownNameError(
        f"The model {shown(model)!r} does not exist.{did_you_mean(model, known)} Choose one of: "
        f"{', '.join(known)}.",
        "model",
    )


class OpenAIErrorText(BaseModel):
    """What went wrong."""

    message: str = Field(examples=["The text is empty: write something to speak."])
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = Field(examples=["input"])
    code: str | None = Field(examples=["validation_error"])


class OpenAIError(BaseModel):
    """An error in the form of OpenAI's."""

    error: OpenAIErrorText


def openai_body(error: TTSError, status: int) -> OpenAIError:
    """Return an error in the form of OpenAI's."""
    param = None
    if isinstance(error, ValidationError) and error.field:
        field = error.field.partition(".")[0]
        param = _FIELDS.get(field, field)
    kind = "server_error" if status >= 500 else "invalid_request_error"
    if isinstance(error, RateLimited):
        kind = "requests"
    text = OpenAIErrorText(message=str(error), type=kind, param=param, code=_code(error, param))
    return OpenAIError(error=text)


def openai_status(error: TTSError) -> int:
    """Return the status that OpenAI has for an error.

    404 is for addresses and models: clients take a server that says it for broken (LiteLLM gives it
    a rest of 5 s), so that a voice that does not exist is 400, as is a value of the wrong type.
    """
    status = status_code(error)
    named = isinstance(error, ValidationError) and error.field == "model"
    return 400 if status == 422 or (status == 404 and not named) else status


async def no_route(request: Request, error: Exception) -> Response:
    """Answer a request for an unknown path or method, below `PREFIX` in the form of OpenAI's."""
    assert isinstance(error, HTTPException)
    if not request.url.path.startswith(PREFIX + "/"):
        return await http_exception_handler(request, error)
    unknown = UnknownNameError(f"Invalid URL ({request.method} {shown(request.url.path)}).")
    body = openai_body(unknown, error.status_code)
    return JSONResponse(body.model_dump(), error.status_code, error.headers)


def _code(error: TTSError, param: str | None) -> str:
    """Return OpenAI's code for an error, or our type where it has none."""
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
