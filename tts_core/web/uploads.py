"""Uploaded files: how many are processed at once, when they are deleted, and how much of the disk
they may take.

Gradio deletes the files it knows of: those that arrived completely while the process runs. The
others are deleted here: those of an upload that breaks off at once, those of earlier processes and
of MCP's clients by age.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import anyio.to_thread
import gradio as gr
from fastapi import HTTPException
from gradio.route_utils import GradioMultiPartParser, upload_fn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tts_core.errors import DiskFullError, ValidationError
from tts_core.settings import Settings
from tts_core.stats.outputs import SWEEP_SECONDS, OutputFolder
from tts_core.system.disk import MARGIN_BYTES, is_full
from tts_core.web.api.http import refusal_body, status_code

RECORDINGS: dict[str, Any] = {"concurrency_id": "recordings", "concurrency_limit": 2}
"""Options of Gradio events that decode a recording, which takes some hundred megabytes."""
LONGEST_PATH = 4_096
"""Characters, the limit of Linux."""
UPLOAD = "/gradio_api/upload"
MCP = "/gradio_api/mcp"
TRAIN_VOICE = "/api/train-voice"
VERIFY = "/api/verify"
PROJECTS = ("/api/projects", "/api/projects/import")
SMALL_BYTES = 100_000
"""A call of MCP's of at most this size contains no recording."""
MEASURE_SECONDS = 10.0
"""How long a measurement of the folder is used, plus the sizes announced since."""
_BLOCK = 512  # bytes, of st_blocks


def uploaded(file: object, settings: Settings, field: str = "audio") -> Path:
    """Return the path of an uploaded file. Gradio itself does not check that it was uploaded.

    `field`: the name of the parameter. Raises ValidationError for anything else.
    """
    path = file.get("path") if isinstance(file, dict) else getattr(file, "path", None)
    with suppress(ValueError, OSError):  # NUL, or a name that is too long
        folder = settings.uploads_path.resolve()
        # Resolving takes time by the square of the length.
        if isinstance(path, str) and len(path) <= LONGEST_PATH:
            found = Path(path).resolve()
            if found.is_relative_to(folder):
                return found
    raise ValidationError(f"{field} must be an uploaded file; send handle_file(path).", field)


def discard(path: str | Path) -> None:
    """Delete an upload that is no longer needed."""
    with suppress(OSError):
        Path(path).unlink()


class Uploads:
    """The folder in which Gradio keeps uploads, and copies of the files it serves."""

    def __init__(self, settings: Settings, reclaim: Callable[[int], bool], demo: gr.Blocks) -> None:
        """Delete what earlier processes have left and is old enough.

        `reclaim`: see `SpeechService.reclaim_disk_space`.
        """
        self._folder = settings.uploads_path
        self._budget = int(settings.uploads_mb * 1e6)
        self._files = OutputFolder(self._folder, settings.keep_outputs_hours)
        self._reclaim = reclaim
        self._demo = demo
        self._held = 0
        self._measured = float("-inf")  # `time.monotonic()`
        self._files.sweep()

    def sweep(self) -> None:
        """Delete what is too old, except files that Gradio knows or that may still be arriving."""
        known = set().union(*self._demo.temp_file_sets)
        self._files.sweep(spared=known, patience=SWEEP_SECONDS)

    def check_disk(self, size: int) -> None:
        """Make room on the disk for so many bytes. Raises DiskFullError."""
        if not self._reclaim(size):
            raise DiskFullError(
                f"Nothing can be uploaded now: less than {MARGIN_BYTES >> 20} MB would stay free "
                "on the disk. The operator can free space, or set TTS_DATA_DIR to a folder on a "
                "larger disk."
            )

    def check(self, size: int) -> None:
        """Make room for an upload of so many bytes.

        Raises DiskFullError when the disk is full or uploads take all of `TTS_UPLOADS_MB`.
        """
        self.check_disk(size)
        if time.monotonic() > self._measured + MEASURE_SECONDS:
            self._held = self._measure()
            self._measured = time.monotonic()
        if self._held + size > self._budget:
            raise DiskFullError(
                f"Nothing can be uploaded now: uploads use {self._held / 1e6:.0f} MB of the "
                f"{self._budget / 1e6:.0f} MB allowed. Try again later: unused ones are deleted "
                "(TTS_KEEP_OUTPUTS_HOURS). The operator can raise TTS_UPLOADS_MB."
            )
        self._held += size

    def _measure(self) -> int:
        """Return how many bytes uploads take on the disk, without the copies of results."""
        results = set().union(*self._demo.temp_file_sets) - self._demo.upload_file_set
        total = 0
        for folder, _, files in os.walk(self._folder):
            for path in (os.path.join(folder, name) for name in files):  # noqa: PTH118 - may be many
                if path not in results:
                    with suppress(OSError):  # deleted meanwhile
                        total += os.lstat(path).st_blocks * _BLOCK
        return total


class UploadRoom:
    """ASGI middleware that refuses uploads for which there is no room."""

    def __init__(self, app: ASGIApp, uploads: Uploads) -> None:
        self._app = app
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer 507 in the forms of all APIs."""
        if scope["type"] == "http" and scope["method"] == "POST":
            path = scope["path"]
            length = Request(scope).headers.get("content-length", "")
            size = int(length) if length.isdecimal() else 0
            try:
                if path.startswith(UPLOAD) or (path.startswith(MCP) and size > SMALL_BYTES):
                    await anyio.to_thread.run_sync(self._uploads.check, size)
                elif path.rstrip("/") in (TRAIN_VOICE, VERIFY, *PROJECTS):
                    await anyio.to_thread.run_sync(self._uploads.check_disk, size)
            except DiskFullError as error:
                body = refusal_body(error).model_dump()
                await JSONResponse(body, status_code(error))(scope, receive, send)
                return
        await self._app(scope, receive, send)


# Gradio keeps the parts of an upload that breaks off or whose file names it refuses.

_parser: ContextVar[GradioMultiPartParser] = ContextVar("parser")


class TidyParser(GradioMultiPartParser):
    """Gradio's parser of forms, which tells `tidy_upload` of itself."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - Gradio's
        super().__init__(*arguments, **options)
        _parser.set(self)


async def tidy_upload(request: Request, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
    """Receive an upload, and delete its parts when it fails. Replaces Gradio's `upload_fn`.

    Raises what that raises, and HTTPException when the disk is full or the client disconnects.
    """
    try:
        return await upload_fn(request, *arguments, **options)
    except BaseException as error:
        if (parser := _parser.get(None)) is not None:
            for file in parser._files_to_close_on_error:
                with suppress(OSError):  # renamed already, or deleted; or the disk is full
                    file.close()
                discard(file.name)
        if is_full(error):
            raise HTTPException(507, "The upload was not kept: the disk is full.") from error
        if isinstance(error, ClientDisconnect):
            raise HTTPException(400, "The upload broke off.") from error
        raise
