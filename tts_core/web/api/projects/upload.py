"""A document that is sent in a form."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from tts_core.errors import DiskFullError, MalformedError
from tts_core.settings import Settings
from tts_core.system.disk import is_full
from tts_core.web.api.forms import OnDisk
from tts_core.web.streaming import in_thread
from tts_core.web.uploads import discard

FIELDS = ("voice", "engine", "language", "title", "author", "cast", "options")
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["document"],
                    "properties": {
                        "document": {"type": "string", "format": "binary"},
                        **{name: {"type": "string"} for name in FIELDS},
                    },
                }
            }
        },
    }
}
"""For the documentation."""
PACKAGE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
ASKED_FOR = 16 << 20
"""Bytes for which there must be room before they are written."""
FULL = (
    "The file cannot be kept: the disk is full. The operator can free space, or set TTS_DATA_DIR "
    "to a folder on a larger disk."
)
_HINT = "Send the file as multipart/form-data, in the field `document`."


@dataclass(frozen=True, slots=True)
class SentDocument:
    """A document and the fields beside it."""

    path: Path
    name: str
    """As its sender calls it."""
    fields: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def sent_document(request: Request, settings: Settings) -> AsyncIterator[SentDocument]:
    """Yield the document of a form, in a file that is deleted afterwards. Raises MalformedError."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise MalformedError(_HINT, "document")
    parser = OnDisk(request.headers, request.stream(), max_files=1, max_fields=len(FIELDS) + 1)
    parser.folder = settings.uploads_path
    path = new_upload(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as error:
        why = str(error).rstrip(".")
        raise MalformedError(f"The form cannot be read: {why}. {_HINT}", "document") from error
    except OSError as error:
        raise _told(error) from error
    try:
        file = form.get("document")
        if not isinstance(file, UploadFile):
            raise MalformedError(f"document is missing. {_HINT}", "document")
        fields = {name: value for name in FIELDS if isinstance(value := form.get(name), str)}
        try:
            await in_thread(partial(_write, path, file.file))
        except OSError as error:
            raise _told(error) from error
        yield SentDocument(path, file.filename or "document", fields)
    finally:
        await form.close()
        discard(path)


@asynccontextmanager
async def sent_file(
    request: Request, settings: Settings, has_room: Callable[[int], bool]
) -> AsyncIterator[Path]:
    """Yield the body of a request as a file, which is deleted afterwards.

    `has_room`: see `SpeechService.reclaim_disk_space`. It is asked again and again: a client need
    not say how long its body is, and several may send at once. Raises DiskFullError.
    """
    path = new_upload(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    unasked = 0
    try:
        with path.open("wb") as file:
            async for block in request.stream():
                unasked -= len(block)
                if unasked < 0:
                    unasked = ASKED_FOR
                    if not await in_thread(partial(has_room, ASKED_FOR)):
                        raise DiskFullError(FULL)
                try:
                    await in_thread(partial(file.write, block))
                except OSError as error:
                    raise _told(error) from error
        yield path
    finally:
        discard(path)


def new_upload(settings: Settings) -> Path:
    """Return the path of a file for an upload, which is swept if it is forgotten."""
    return settings.uploads_path / secrets.token_hex(16)


def _write(path: Path, file: BinaryIO) -> None:
    with path.open("wb") as target:
        shutil.copyfileobj(file, target, 1 << 20)


def _told(error: OSError) -> Exception:
    """Return what to tell of a failure to keep an upload."""
    return DiskFullError(FULL) if is_full(error) else error
