"""What the HTTP APIs share: the status of each error, routers that answer errors in the form of
their API, dependencies of routes, and work that ends when its client disconnects."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from tts_core.errors import (
    Cancelled,
    CloudError,
    ConflictError,
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
    StorageError,
    TooLargeError,
    TTSError,
    UnknownNameError,
    ValidationError,
    VoiceLoadError,
    as_tts_error,
)
from tts_core.service import SpeechService
from tts_core.synthesis.stream import SpeechStream
from tts_core.types import Caller
from tts_core.validation import shown
from tts_core.web.callers import caller_of

log = logging.getLogger(__name__)

T = TypeVar("T")

WATCH_SECONDS = 0.25
"""How often to check whether a client is still connected."""
STATUS: Sequence[tuple[type[TTSError], int]] = (
    (UnknownNameError, 404),
    (NameTakenError, 409),
    (ConflictError, 409),
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
    (StorageError, 503),
    (ModelLoadError, 503),
    (OutOfMemory, 503),
    (CloudError, 503),
    (DownloadError, 503),
    (Cancelled, 409),
    (TTSError, 500),
)
"""HTTP status by kind of error; the first that fits counts."""
Responses = dict[int | str, dict[str, Any]]
"""Documentation of a route's responses by status, as FastAPI takes it."""


# Dependencies of routes. They are coroutines, since FastAPI runs others in threads.


def service_of(connection: HTTPConnection) -> SpeechService:
    """Return the service of the app that a request was sent to."""
    service: SpeechService = connection.app.state.service
    return service


async def _service(connection: HTTPConnection) -> SpeechService:
    return service_of(connection)


async def _caller(request: Request) -> Caller:
    return caller_of(request)


async def _viewer(request: Request) -> str | None:
    return viewer_of(request)


def viewer_of(request: Request) -> str | None:
    """Return whose requests the sender of this one may see; None for everybody's."""
    return service_of(request).history.viewer(caller_of(request))


Service = Annotated[SpeechService, Depends(_service)]
RequestCaller = Annotated[Caller, Depends(_caller)]
Viewer = Annotated[str | None, Depends(_viewer)]
"""See `viewer_of`."""


# Bodies.


class Strict(BaseModel):
    """A body in which numbers have to be numbers, and finite."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class ErrorText(BaseModel):
    """What went wrong."""

    message: str = Field(examples=["limit: must be at most 50; got 99."])
    type: str = Field(examples=["validation_error"])


class Error(BaseModel):
    """An error in the form of the status API."""

    error: ErrorText


class Detail(BaseModel):
    """An error in the form of FastAPI's HTTPException."""

    detail: str = Field(examples=["The text is empty: write something to speak."])


class RefusalText(ErrorText):
    """What went wrong, with the fields that OpenAI's clients expect."""

    param: str | None = None
    code: str


class Refusal(BaseModel):
    """An error sent before it is known which API was called: in the forms of all of them."""

    error: RefusalText
    detail: str


ErrorBody = Callable[[TTSError, int], BaseModel]
"""Makes an error and its HTTP status into the body of a response."""
StatusOf = Callable[[TTSError], int]
"""Returns the HTTP status of an error."""


def error_body(error: TTSError, status: int) -> Error:
    """Return an error in the form of the status API."""
    return Error(error=ErrorText(message=str(error), type=error.type))


def detail_body(error: TTSError, status: int) -> Detail:
    """Return an error in the form of FastAPI's HTTPException, as some of our APIs specify it."""
    return Detail(detail=str(error))


def refusal_body(error: TTSError) -> Refusal:
    """Return an error in the forms of all APIs at once."""
    text = RefusalText(message=str(error), type=error.type, code=error.type)
    return Refusal(error=text, detail=str(error))


def status_code(error: TTSError) -> int:
    """Return the HTTP status of an error."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def error_headers(error: TTSError) -> dict[str, str]:
    """Return the headers that belong to an error: whether and when to try again, how to log in."""
    if isinstance(error, RateLimited):
        return {"Retry-After": str(round(error.retry_after + 0.5))}
    if isinstance(error, Cancelled):
        return {"X-Should-Retry": "false"}  # OpenAI's clients send again what got 409
    return {"WWW-Authenticate": "Bearer"} if status_code(error) == 401 else {}


def error_response(error: TTSError, body: ErrorBody, status_of: StatusOf = status_code) -> Response:
    """Return the response for an error, with the body and the status that its API has for it."""
    status = status_of(error)
    return JSONResponse(body(error, status).model_dump(), status, error_headers(error))


_DESCRIPTIONS = {
    400: "A value is invalid; the message names the field.",
    401: "The server requires an API key.",
    404: "What the request names does not exist.",
    409: "The name is taken, or what it names is not in a state for this.",
    413: "The text or the file is too large.",
    415: "The file is not a recording that can be read.",
    422: "The body does not match the schema.",
    429: "Too many requests; `Retry-After` says when to try again.",
    503: "The queue is full, or no engine can speak.",
    507: "There is no room on the disk for an upload.",
}
SPEECH_STATUSES = (413, 503)
"""Statuses of errors that only requests for speech get."""


def error_responses(model: type[BaseModel], *statuses: int) -> Responses:
    """Return the documentation of a route's errors: those of every route, and `statuses`."""
    found = sorted({400, 401, 404, 422, 429, *statuses})
    return {status: {"model": model, "description": _DESCRIPTIONS[status]} for status in found}


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns, and cancel it when the client disconnects.

    Raises Cancelled when the client has disconnected.
    """
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait([task], timeout=WATCH_SECONDS))[0]:
            if await request.is_disconnected():
                raise Cancelled("The client is gone.")
        return task.result()
    finally:
        task.cancel()


async def whole_response(
    request: Request, parts: AsyncGenerator[bytes, None], stream: SpeechStream
) -> Response:
    """Return JSON in parts as one response, so that an error still gets its own status.

    Raises what `parts` raises, and Cancelled when the client has disconnected.
    """

    async def joined() -> bytes:
        async with aclosing(parts):
            return b"".join([part async for part in parts])

    content = await while_connected(request, joined())
    headers = {"X-Request-Id": stream.request_id}
    return Response(content, media_type="application/json", headers=headers)


def router(
    body: ErrorBody = error_body,
    model: type[BaseModel] = Error,
    status_of: StatusOf = status_code,
    **options: Any,  # noqa: ANN401 - FastAPI's
) -> APIRouter:
    """Return a router whose routes answer every error with `body`, documented as `model`.

    `status_of`: for APIs that have other statuses for some errors.
    """

    def refuse(error: TTSError) -> Response:
        return error_response(error, body, status_of)

    class Route(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = _direct_handler(self.endpoint) or super().get_route_handler()

            async def handler(request: Request) -> Response:
                try:
                    return await handle(request)
                except RequestValidationError as error:
                    return refuse(_validation_error(error.errors(), request))
                except HTTPException as error:  # FastAPI's own, for a body that is not JSON
                    if error.status_code >= 500:
                        raise
                    if error.status_code == 413:  # from the gate
                        return refuse(TooLargeError(error.detail))
                    return refuse(MalformedError(f"{error.detail}."))
                except Exception as error:
                    known = as_tts_error(error)
                    if known is not error:
                        log.exception("%s %s failed", request.method, request.url.path)
                    return refuse(known)

            return handler

    return APIRouter(route_class=Route, responses=error_responses(model), **options)


def _direct_handler(
    endpoint: Callable[..., Any],
) -> Callable[[Request], Awaitable[Response]] | None:
    """Return a handler that calls the endpoint without FastAPI's resolving of parameters.

    That takes a third of the time of a short answer. Returns None for endpoints that are not
    coroutines or have other parameters than `request`.
    """
    if not inspect.iscoroutinefunction(endpoint):
        return None
    if list(inspect.signature(endpoint).parameters) != ["request"]:
        return None

    async def handle(request: Request) -> Response:
        answer: Response | BaseModel = await endpoint(request)
        return answer if isinstance(answer, Response) else model_response(answer)

    return handle


def model_response(answer: BaseModel) -> Response:
    """Return a model as a JSON response, without the fields that were not set."""
    content = answer.model_dump_json(by_alias=True, exclude_unset=True)
    return Response(content, media_type="application/json")


def _validation_error(issues: Sequence[Mapping[str, Any]], request: Request) -> ValidationError:
    """Return the first issue FastAPI found in a request as one of our errors."""
    issue = issues[0]
    where, *path = [str(part) for part in issue["loc"]]
    field = ".".join(path)
    kind = issue["type"]
    if kind == "json_invalid":
        reason = issue.get("ctx", {}).get("error", "")
        return MalformedError(f"The body is not valid JSON: {reason or issue['msg']}.")
    if where == "body" and not path and not _is_json(request):
        return MalformedError("Send the body as JSON, with Content-Type: application/json.")
    message = f"{field or where}: {issue['msg']}"
    if kind != "missing":
        message += f"; got {shown(issue.get('input'))}"
    bad_value = where != "body" or kind.startswith(("greater_than", "less_than", "string_too"))
    if kind in ("finite_number", "literal_error", "enum", "value_error"):
        bad_value = True
    return (ValidationError if bad_value else MalformedError)(f"{message}.", field)


def _is_json(request: Request) -> bool:
    """Return whether a request says that its body is JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")
