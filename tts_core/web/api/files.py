"""The file API: generate speech, download it later, delete it."""

from __future__ import annotations

import uuid
from pathlib import Path, PurePath
from typing import Annotated, Literal

from fastapi import Depends, Request, Response
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse, JSONResponse
from pydantic import Field
from starlette.types import Receive, Scope, Send

from tts_core.errors import UnknownNameError, ValidationError
from tts_core.system.own_files import is_own_file
from tts_core.types import LONGEST_VOICE, StandIn
from tts_core.validation import shown, speech_request
from tts_core.voices.urls import is_url
from tts_core.web import streaming
from tts_core.web.api.http import (
    SPEECH_STATUSES,
    Detail,
    RequestCaller,
    Responses,
    Service,
    Strict,
    detail_body,
    error_responses,
    router,
    while_connected,
)
from tts_core.web.api.models import Fallback
from tts_core.web.api.reading import ReadingFields

SOURCE = "files"
EXTENSIONS = (".wav", ".mp3", ".flac", ".ogg")
VOICES = {
    "alba": StandIn("female", 0),
    "marius": StandIn("male", 0),
    "javert": StandIn("male", 1),
    "jean": StandIn("male", 2),
    "fantine": StandIn("female", 1),
    "cosette": StandIn("female", 2),
    "eponine": StandIn("female", 3),
    "azelma": StandIn("female", 4),
}
"""Pocket TTS's voices, and the kind of voice that stands in while its weights are missing."""
_NOT_FOUND = "File not found"
_CONTENT = {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}
_FILE: Responses = {
    200: {"content": _CONTENT, "description": "The file."},
    206: {"content": _CONTENT, "description": "A part of it."},
    416: {"description": "The file ends before that part."},
}

routes = router(detail_body, Detail, tags=["files"])


class GenerationRequest(Strict, ReadingFields):
    """What to say, in which voice."""

    text: str = Field(examples=["Hello, this is a test!"])
    voice: str = Field(
        "alba",
        max_length=LONGEST_VOICE,
        description=f"{', '.join(VOICES)}, or any other voice of the service.",
        examples=["alba"],
    )
    temperature: float | None = Field(
        None, gt=0, le=2, description="For engines that sample.", examples=[0.7]
    )
    decode_steps: int | None = Field(None, ge=1, le=32, description="For Pocket TTS.", examples=[4])


class GenerationResponse(Strict):
    """A file that can be downloaded until it expires."""

    status: Literal["success"]
    file_id: str = Field(examples=[str(uuid.UUID(int=7))])
    download_url: str = Field(examples=[f"/download/{uuid.UUID(int=7)}"])
    duration_seconds: float = Field(examples=[1.62])
    fallback: Fallback | None


class CleanupResponse(Strict):
    """The file is deleted, if it was there."""

    status: Literal["cleanup_scheduled"]


class Files:
    """Finished files by ids that cannot be guessed. They expire with the others in the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, path: Path) -> str:
        """Move a file in and return its new id.

        That is not the id of the request, which everybody who sees the history also sees.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        file_id = str(uuid.uuid4())
        path.replace(self._path(file_id))
        return file_id

    def find(self, file_id: str) -> Path | None:
        """Return the path of a file; None when it never existed or has been deleted."""
        try:
            path = self._path(str(uuid.UUID(file_id)))
        except ValueError:
            return None
        return path if is_own_file(path, self._folder) else None

    def delete(self, file_id: str) -> None:
        """Delete a file if it exists."""
        if (path := self.find(file_id)) is not None:
            path.unlink(missing_ok=True)

    def _path(self, file_id: str) -> Path:
        return self._folder / f"{file_id}.wav"


async def _files(service: Service) -> Files:
    return Files(service.settings.outputs_path / "files")


FileStore = Annotated[Files, Depends(_files)]
FileId = Annotated[
    str, PathParameter(description="From `/generate`.", examples=[str(uuid.UUID(int=7))])
]


class Download(FileResponse):
    """A response with a file that may be deleted before it is opened."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or 404 when it has been deleted meanwhile."""
        try:
            await super().__call__(scope, receive, send)
        except (FileNotFoundError, RuntimeError):
            if Path(self.path).is_file():
                raise
            body = Detail(detail=_NOT_FOUND).model_dump()
            await JSONResponse(body, 404)(scope, receive, send)


@routes.post("/generate", responses=error_responses(Detail, *SPEECH_STATUSES))
async def generate(
    body: GenerationRequest,
    request: Request,
    service: Service,
    files: FileStore,
    caller: RequestCaller,
) -> GenerationResponse:
    """Speak a text into a WAV file."""
    hints = {"temperature": body.temperature, "decode_steps": body.decode_steps}
    speech = speech_request(
        text=body.text,
        voice=body.voice,
        stand_in=VOICES.get(body.voice.strip().casefold()),
        hints={name: value for name, value in hints.items() if value is not None},
        **body.reading,
        door=SOURCE,
        caller=caller,
    )
    try:
        speaking = streaming.synthesize(service, speech, "wav")
        path, info = await while_connected(request, speaking)
    except UnknownNameError as error:
        raise _explained(error, body.voice) from error
    file_id = await streaming.in_thread(lambda: files.add(path))
    return GenerationResponse(
        status="success",
        file_id=file_id,
        download_url=f"/download/{file_id}",
        duration_seconds=info.duration_seconds,
        fallback=Fallback.model_validate(info.fallback) if info.fallback else None,
    )


@routes.head("/download/{file_id}", include_in_schema=False)
@routes.get(
    "/download/{file_id}",
    response_class=Response,
    responses=_FILE | error_responses(Detail),
)
def download(file_id: FileId, files: FileStore) -> Response:
    """Return a file, or parts of it (`Range`)."""
    if (path := files.find(file_id)) is None:
        raise UnknownNameError(_NOT_FOUND, "file_id")
    return Download(path, media_type="audio/wav", filename=f"tts_{path.name}")


@routes.post("/cleanup/{file_id}")
def cleanup(file_id: FileId, files: FileStore) -> CleanupResponse:
    """Delete a file now; otherwise it is deleted after `TTS_KEEP_OUTPUTS_HOURS`."""
    files.delete(file_id)
    return CleanupResponse(status="cleanup_scheduled")


def _explained(error: UnknownNameError, voice: str) -> ValidationError:
    """Return the error for an unknown voice, explained where a file of the server was meant."""
    extension = PurePath(voice).suffix.lower()
    if error.field != "voice" or is_url(voice) or not extension:
        return error
    if extension not in EXTENSIONS:
        return ValidationError(
            f"Invalid audio format: {shown(extension)}. A voice is made of one of: "
            f"{', '.join(EXTENSIONS)}.",
            "voice",
        )
    return UnknownNameError(
        f"Voice file not found: {shown(voice)}. Files of the server are not read: clone the voice "
        "with /api/train-voice, and send its modelId.",
        "voice",
    )
