"""Whether a file was generated: `POST /api/verify`, and the endpoint of Gradio and MCP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any, BinaryIO

import anyio
import anyio.to_thread
from fastapi import Depends, Request
from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from tts_core.errors import DiskFullError, MalformedError
from tts_core.service import SpeechService
from tts_core.system.disk import is_full
from tts_core.web.api.forms import OnDisk
from tts_core.web.api.http import Error, Service, Viewer, error_responses, router
from tts_core.web.api.models import Answer

_READING = anyio.CapacityLimiter(2)
"""Threads: a file of 50 MB is read for half a second."""
_FORM = "Send the file as multipart/form-data, in the field `audio`."

routes = router(tags=["verify"])


class SignedMetadata(Answer):
    """The C2PA manifest of a file."""

    valid: bool = Field(
        description="Whether the signature is intact and the file unchanged.", examples=[True]
    )
    signer: str = Field(examples=["Aloud (own certificate)"])
    generator: str = Field(examples=["Aloud 0.1.0"])
    created: str | None = Field(examples=["2026-01-01T00:00:00+00:00"])
    assertions: dict[str, Any] = Field(
        description="By label.", examples=[{"aloud.speech": {"voice": "Anna"}}]
    )


class FoundWatermark(Answer):
    """What was found in the sound itself."""

    found: bool = Field(examples=[True])
    confidence: float = Field(
        ge=0,
        le=1,
        description="The share of unmarked sounds that look less marked than this one.",
        examples=[1.0],
    )
    instance: str | None = Field(
        description="The number of the installation that spoke.", examples=["a10d"]
    )
    day: str | None = Field(description="On which it spoke, UTC.", examples=["2026-01-01"])


class MarkedRequest(Answer):
    """The request that made a file."""

    request_id: str = Field(examples=["4f1c0a9e7d2b4c5e8f6a1b2c3d4e5f60"])
    created: str | None = Field(examples=["2026-01-01T00:00:00+00:00"])


class VerificationAnswer(Answer):
    """What the marks of a file say."""

    marked: bool = Field(description="Whether it carries the mark of a generator.", examples=[True])
    confidence: float = Field(ge=0, le=1, description="How sure that is.", examples=[1.0])
    c2pa: SignedMetadata | None
    watermark: FoundWatermark | None = Field(description="None: the sound could not be read.")
    request: MarkedRequest | None = Field(
        description="The request that made it, for those who may see it in the history."
    )
    notes: list[str] = Field(
        description="What this does and does not prove.", examples=[["No mark was found."]]
    )


async def _audio(request: Request, service: Service) -> AsyncIterator[BinaryIO]:
    """Yield the field `audio` of a form. Raises MalformedError and DiskFullError."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise MalformedError(_FORM, "audio")
    parser = OnDisk(request.headers, request.stream(), max_files=1, max_fields=10)
    parser.folder = service.settings.uploads_path
    try:
        parser.folder.mkdir(parents=True, exist_ok=True)
        form = await parser.parse()
    except (MultiPartException, KeyError) as error:
        why = str(error).rstrip(".")
        raise MalformedError(f"The form cannot be read: {why}. {_FORM}", "audio") from error
    except OSError as error:
        if not is_full(error):
            raise
        raise DiskFullError("The file cannot be checked now: the disk is full.") from error
    try:
        found = form.get("audio")
        if not isinstance(found, UploadFile):
            raise MalformedError(f"audio is missing. {_FORM}", "audio")
        yield found.file
    finally:
        await form.close()


@routes.post(
    "/api/verify",
    responses=error_responses(Error, 413, 415, 422, 507),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["audio"],
                        "properties": {"audio": {"type": "string", "format": "binary"}},
                    }
                }
            },
        }
    },
)
async def verify(
    audio: Annotated[BinaryIO, Depends(_audio)], service: Service, viewer: Viewer
) -> VerificationAnswer:
    """Tell whether a file was generated, by what, and whether it has changed since."""
    found = await verified(service, audio, viewer)
    return VerificationAnswer.model_validate(found)


async def verified(service: SpeechService, audio: BinaryIO, viewer: str | None) -> dict[str, Any]:
    """Return the answer of `/verify`. Raises NotAudioError and OSError."""
    work = partial(service.marks.verify, audio, viewer)
    return await anyio.to_thread.run_sync(work, limiter=_READING)
