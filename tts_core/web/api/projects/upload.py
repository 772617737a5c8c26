"""A document that is sent in a form."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from tts_core.errors import MalformedError
from tts_core.settings import Settings
from tts_core.web.bodies import MAX_UPLOAD_BYTES
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
_HINT = "Send the file as multipart/form-data, in the field `document`."


class _InMemory(MultiPartParser):
    """Keeps the file in memory, whatever its size; the size of the body is limited."""

    spool_max_size = MAX_UPLOAD_BYTES


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
    parser = _InMemory(request.headers, request.stream(), max_files=1, max_fields=len(FIELDS) + 1)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as error:
        why = str(error).rstrip(".")
        raise MalformedError(f"The form cannot be read: {why}. {_HINT}", "document") from error
    file = form.get("document")
    if not isinstance(file, UploadFile):
        raise MalformedError(f"document is missing. {_HINT}", "document")
    fields = {name: value for name in FIELDS if isinstance(value := form.get(name), str)}
    data = await file.read()
    path = new_upload(settings)
    try:
        await in_thread(lambda: _write(path, data))
        yield SentDocument(path, file.filename or "document", fields)
    finally:
        discard(path)


@asynccontextmanager
async def sent_project(request: Request, settings: Settings) -> AsyncIterator[Path]:
    """Yield the body of a request as a file, which is deleted afterwards. Raises OSError."""
    path = new_upload(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("wb") as file:
            async for block in request.stream():
                await in_thread(partial(file.write, block))
        yield path
    finally:
        discard(path)


def new_upload(settings: Settings) -> Path:
    """Return the path of a file for an upload, which is swept if it is forgotten."""
    return settings.uploads_path / secrets.token_hex(16)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
