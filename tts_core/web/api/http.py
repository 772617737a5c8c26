"""What the HTTP doors have in common: which status an error has, and routes that say it in their
door's own words and in the documentation; and work that ends when its client is gone."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from tts_core.errors import (
    Cancelled,
    CloudError,
    DiskFullError,
    DownloadError,
    Forbidden,
    MalformedError,
    ModelLoadError,
    NameTakenError,
    NotAudioError,
    NotAuthorized,
    OutOfMemory,
    QueueFullError,
    RateLimited,
    TooLargeError,
    TTSError,
    UnknownNameError,
    ValidationError,
    VoiceLoadError,
    as_tts_error,
)
from tts_core.validation import shown

log = logging.getLogger(__name__)

T = TypeVar("T")

WATCH_SECONDS = 0.25
"""How often a client is asked whether it is still there."""

Body = Callable[[TTSError, int], object]
"""An error, and its status, as the JSON a door answers with."""

STATUS: Sequence[tuple[type[TTSError], int]] = (
    (UnknownNameError, 404),
    (NameTakenError, 409),
    (TooLargeError, 413),
    (MalformedError, 422),
    (ValidationError, 400),
    (NotAudioError, 415),
    (VoiceLoadError, 400),
    (NotAuthorized, 401),
    (Forbidden, 403),
    (RateLimited, 429),
    (QueueFullError, 503),
    (DiskFullError, 507),
    (ModelLoadError, 503),
    (OutOfMemory, 503),
    (CloudError, 503),
    (DownloadError, 503),
    (Cancelled, 409),
    (TTSError, 500),
)
"""The first that fits counts."""


def status_code(error: TTSError) -> int:
    """The HTTP status of an error."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def error_response(error: TTSError, body: Body) -> Response:
    """An error as a door's answer."""
    status = status_code(error)
    headers = (
        {"Retry-After": str(round(error.retry_after + 0.5))}
        if isinstance(error, RateLimited)
        else {}
    )
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body(error, status), status, headers)


def error_body(error: TTSError, status: int) -> object:
    """As the status document has it."""
    return {"error": {"message": str(error), "type": error.type}}


class Strict(BaseModel):
    """A body's schema: numbers are numbers, and no NaN."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class ErrorText(BaseModel):
    """What went wrong."""

    message: str = Field(examples=["limit: must be at most 50; got 99."])
    type: str = Field(examples=["validation_error"])


class Error(BaseModel):
    """As `error_body` answers."""

    error: ErrorText


class Detail(BaseModel):
    """As `detail_body` answers."""

    detail: str = Field(examples=["The text is empty: write something to speak."])


def detail_body(error: TTSError, status: int) -> object:
    """As FastAPI's HTTPException, and so the seeds of the doors that use it, have it."""
    return {"detail": str(error)}


_SAYS = {
    400: "A value is wrong; the message names the field.",
    401: "The server wants an API key.",
    404: "What the request names does not exist.",
    409: "The name is taken.",
    413: "The text or the file is too large.",
    415: "The file is no recording that can be read.",
    422: "The body does not have the form of such a request.",
    429: "Too many requests; `Retry-After` says when to try again.",
    503: "The queue is full, or no engine can speak.",
    507: "The disk has no room for an upload.",
}
SPEECH_STATUSES = (413, 503)
"""What a request for speech may be answered beside the usual."""


def documented(model: type[BaseModel], *statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route for the documentation: those every route has, and `statuses`."""
    found = sorted({400, 401, 404, 422, 429, *statuses})
    return {status: {"model": model, "description": _SAYS[status]} for status in found}


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What `work` returns. Once the client is gone it is cancelled: raises Cancelled."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait([task], timeout=WATCH_SECONDS))[0]:
            if await request.is_disconnected():
                raise Cancelled("The client is gone.")
        return task.result()
    finally:
        task.cancel()


def router(
    body: Body = error_body,
    model: type[BaseModel] = Error,
    **options: Any,  # noqa: ANN401 - FastAPI's
) -> APIRouter:
    """A router whose routes answer every error with `body`, which is documented as `model`."""

    class Route(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = _plain(self.endpoint) or super().get_route_handler()

            async def handler(request: Request) -> Response:
                try:
                    return await handle(request)
                except RequestValidationError as fault:
                    return error_response(_complaint(fault.errors()), body)
                except HTTPException as fault:  # FastAPI's own: a body that is no JSON
                    if fault.status_code >= 500:
                        raise
                    if fault.status_code == 413:  # the gate's
                        return error_response(TooLargeError(fault.detail), body)
                    return error_response(MalformedError(f"{fault.detail}."), body)
                except Exception as fault:
                    error = as_tts_error(fault)
                    if error is not fault:
                        log.exception("%s %s failed", request.method, request.url.path)
                    return error_response(error, body)

            return handler

    return APIRouter(route_class=Route, responses=documented(model), **options)


def _plain(endpoint: Callable[..., Any]) -> Callable[[Request], Awaitable[Response]] | None:
    """What calls an endpoint that is a coroutine and takes the request alone: finding that out anew
    each time is a third of a short answer's cost. None for all others."""
    if not inspect.iscoroutinefunction(endpoint):
        return None
    if list(inspect.signature(endpoint).parameters) != ["request"]:
        return None

    async def handle(request: Request) -> Response:
        answer = await endpoint(request)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    return handle


def _complaint(issues: Sequence[Mapping[str, Any]]) -> ValidationError:
    """The first fault FastAPI found in a request, as ours."""
    fault = issues[0]
    where, *path = [str(part) for part in fault["loc"]]
    field = ".".join(path)
    kind = fault["type"]
    if kind == "json_invalid":
        reason = fault.get("ctx", {}).get("error", "")
        return MalformedError(f"The body is not valid JSON: {reason or fault['msg']}.")
    message = f"{field or where}: {fault['msg']}"
    if kind != "missing":
        message += f"; got {shown(fault.get('input'))}"
    bad_value = where != "body" or kind.startswith(("greater_than", "less_than", "string_too"))
    if kind in ("finite_number", "literal_error", "enum", "value_error"):
        bad_value = True
    return (ValidationError if bad_value else MalformedError)(f"{message}.", field)
