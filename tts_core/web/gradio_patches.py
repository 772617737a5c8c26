"""Patches of Gradio where it has no setting, applied when this module is imported.

- Gradio fetches any address given where a file is expected, in any call, without a useful limit.
  Here nothing is fetched, except by the service's fetcher where the operator allows voices by URL.
- It starts FFmpeg, where that is installed, on files of unknown formats.
- It prints errors together with everything the caller sent.
- It answers some mistakes of callers with status 500.
- It keeps the received part of an upload that fails (`uploads.py`).
- It imports Matplotlib, where that is installed, on the event loop at the first call of a function:
  half a second in which nothing is served. Aloud draws no plots with it.
- It builds a web application whenever a page is described or queued, three times before `launch`
  builds the one that is served: a third of the time that the server takes to start.
"""

from __future__ import annotations

import logging
import secrets
import shutil
import sys
import traceback
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit
from weakref import WeakKeyDictionary

import anyio.to_thread
import gradio as gr
import gradio.blocks
import gradio.queueing
import gradio.routes
import uvicorn.config
from fastapi import HTTPException
from fastapi.responses import JSONResponse
from gradio import processing_utils, route_utils
from gradio import utils as gradio_utils
from gradio.context import LocalContext
from gradio.data_classes import PredictBody, PredictBodyInternal
from gradio.exceptions import Error
from gradio_client import utils as client_utils

from tts_core.errors import TTSError, ValidationError
from tts_core.service import SpeechService
from tts_core.web.api.http import STATUS
from tts_core.web.uploads import TidyParser, tidy_upload

log = logging.getLogger(__name__)

_services: WeakKeyDictionary[gr.Blocks, SpeechService] = WeakKeyDictionary()
_FETCHES = anyio.CapacityLimiter(8)  # threads; the service allows fewer fetches at once


def fetch_with(demo: gr.Blocks, service: SpeechService) -> None:
    """Let the service fetch the recordings whose addresses the page or a client sends."""
    _services[demo] = service


# Fetching.


async def _download(url: str, cache_dir: str) -> str:
    """Fetch the file at an http or https address and return its path. Replaces Gradio's.

    Raises gr.Error.
    """
    demo = LocalContext.blocks.get(None)
    service = _services.get(demo) if demo is not None else None
    if service is None:
        _fetch_nothing()
    folder = Path(cache_dir) / secrets.token_hex(32)
    name = client_utils.strip_invalid_filename_characters(
        unquote(urlsplit(url).path).rpartition("/")[2]
    )
    path = folder / (name.strip(". ") or "file")

    def fetch() -> None:
        folder.mkdir(parents=True)
        try:
            service.voices.fetch_recording(url, path)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    try:
        await anyio.to_thread.run_sync(fetch, limiter=_FETCHES)
    except TTSError as error:
        raise Error(str(error), print_exception=False, title=error.type) from error
    return str(path)


def _fetch_nothing(*_: object, **__: object) -> NoReturn:
    raise Error(
        "Files at other addresses are not fetched here: upload the file.",
        print_exception=False,
        title=ValidationError.type,
    )


# Logging.


def _log_exception(*_: object, **__: object) -> None:
    """Log where an error happened, without its message, which may hold what a caller sent.

    Replaces `traceback.print_exc`.
    """
    error = sys.exc_info()[1]
    if error is None:
        return
    frames = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    log.error("A Gradio event failed with %s.\n%s", type(error).__name__, frames)


# Start.


def _no_application(*_: object, **__: object) -> None:
    """Build no web application. Replaces `App.create_app` where a page is not launched."""


# Statuses of errors.


def _function(blocks: gr.Blocks, api_name: str | None, body: PredictBody) -> Any:  # noqa: ANN401
    """Return the function of an endpoint. Replaces `get_fn`.

    Raises HTTPException when there is none, or the number of values is wrong.
    """
    try:
        found = _get_fn(blocks, api_name, body)
    except (KeyError, route_utils.FnIndexInferError) as error:
        raise HTTPException(
            404, "There is no such endpoint; /gradio_api/info lists them."
        ) from error
    # Until it is a PredictBodyInternal, the body lacks values that Gradio adds.
    if isinstance(body, PredictBodyInternal) and len(body.data) != len(found.inputs):
        raise HTTPException(
            400,
            f"data: the endpoint takes {len(found.inputs)} values, but got {len(body.data)}; "
            "/gradio_api/info describes them.",
        )
    return found


def _arguments(*arguments: Any) -> list[Any]:  # noqa: ANN401
    """Return an endpoint's arguments. Replaces `construct_args` in Gradio's routes.

    Raises HTTPException when some are missing or unknown.
    """
    try:
        return list(client_utils.construct_args(*arguments))
    except (TypeError, ValueError) as error:
        raise HTTPException(400, str(error)) from error


class _Answer(JSONResponse):
    """A response of Gradio's `run`, with the status of our error where Gradio would send 500."""

    def __init__(
        self,
        content: Any,  # noqa: ANN401 - JSON
        status_code: int = 200,
        **options: Any,  # noqa: ANN401 - Gradio's
    ) -> None:
        if status_code == 500 and isinstance(content, dict):
            status_code = _STATUSES.get(str(content.get("title")), status_code)
        super().__init__(content, status_code, **options)


_STATUSES = {kind.type: status for kind, status in reversed(STATUS)}


def _replace(owner: Any, name: str, new: object) -> None:  # noqa: ANN401 - modules
    """Replace an attribute of a module. Raises AttributeError when there is none of that name."""
    getattr(owner, name)  # fails with a version of Gradio that does not have it any more
    setattr(owner, name, new)


_get_fn = route_utils.get_fn
_replace(route_utils, "get_fn", _function)
_utils = SimpleNamespace(**{**vars(client_utils), "construct_args": _arguments})
_replace(gradio.routes, "client_utils", _utils)
_replace(gradio.routes, "JSONResponse", _Answer)
for _module in (gradio.queueing, gradio.routes):
    _replace(_module, "traceback", SimpleNamespace(print_exc=_log_exception))
_replace(processing_utils, "async_ssrf_protected_download", _download)
for _name in (
    "async_ssrf_protected_get",
    "ssrf_protected_download",
    "save_url_to_cache",
    "unsafe_download",
):
    _replace(processing_utils, _name, _fetch_nothing)
for _name in ("get", "async_validate_url"):
    _replace(vars(processing_utils)["sh"], _name, _fetch_nothing)  # safehttpx, which others use too
_replace(processing_utils, "ffmpeg_installed", lambda: False)
_replace(gradio_utils, "MatplotlibBackendMananger", nullcontext)
# `launch` imports the real class itself.
_replace(gradio.blocks, "App", SimpleNamespace(create_app=_no_application))
# By default uvicorn's loggers have handlers of their own, which would bypass ours.
_loggers = {name: {"level": "INFO"} for name in uvicorn.config.LOGGING_CONFIG["loggers"]}
uvicorn.config.LOGGING_CONFIG["loggers"] = _loggers
_replace(route_utils, "GradioMultiPartParser", TidyParser)
_replace(gradio.routes, "upload_fn", tidy_upload)
