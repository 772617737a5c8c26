"""Speech into files that wait to be fetched: the door of the Pocket TTS error-handling guide."""

from __future__ import annotations

import uuid
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse, JSONResponse
from pydantic import Field
from starlette.types import Receive, Scope, Send

from tts_core.errors import UnknownNameError, ValidationError
from tts_core.service import SpeechService
from tts_core.types import LONGEST_VOICE, StandIn
from tts_core.validation import shown, speech_request
from tts_core.voices.urls import is_url
from tts_core.web import streaming
from tts_core.web.api.http import (
    SPEECH_STATUSES,
    Detail,
    Strict,
    detail_body,
    documented,
    router,
    while_connected,
)
from tts_core.web.callers import caller_of

DOOR = "files"
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
"""Pocket TTS's, and who speaks while its weights are not here."""
_GONE = "File not found"
FileId = Annotated[
    str, PathParameter(description="From `/generate`.", examples=[str(uuid.UUID(int=7))])
]


class GenerationRequest(Strict):
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


class Fallback(Strict):
    """Another voice or engine spoke than was asked for."""

    from_: str = Field(alias="from", examples=["alba"])
    to: str = Field(examples=["en-us+f2"])
    reason: str = Field(examples=["There is no voice 'alba' here; en-us+f2 speaks instead."])


class GenerationResponse(Strict):
    """A file that can be fetched until it expires."""

    status: Literal["success"]
    file_id: str = Field(examples=[str(uuid.UUID(int=7))])
    download_url: str = Field(examples=[f"/download/{uuid.UUID(int=7)}"])
    duration_seconds: float = Field(examples=[1.62])
    fallback: Fallback | None


class CleanupResponse(Strict):
    """The file goes, if it was there."""

    status: Literal["cleanup_scheduled"]


class Files:
    """Finished files by ids that nobody can guess. They expire with the others in the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, path: Path) -> str:
        """Move a file in; its id is returned.

        Not the request's, which everybody sees who sees the history.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        file_id = str(uuid.uuid4())
        path.replace(self._path(file_id))
        return file_id

    def find(self, file_id: str) -> Path | None:
        """None when there is none of that id, or none any more."""
        try:
            path = self._path(str(uuid.UUID(file_id)))
        except ValueError:
            return None
        return path if path.is_file() else None

    def delete(self, file_id: str) -> None:
        """Whether it is there or not."""
        if (path := self.find(file_id)) is not None:
            path.unlink(missing_ok=True)

    def _path(self, file_id: str) -> Path:
        return self._folder / f"{file_id}.wav"


class Download(FileResponse):
    """A file that may vanish before it is opened."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As Starlette's, which fails then."""
        try:
            await super().__call__(scope, receive, send)
        except (FileNotFoundError, RuntimeError):
            if Path(self.path).is_file():
                raise
            await JSONResponse({"detail": _GONE}, 404)(scope, receive, send)


def file_routes(service: SpeechService) -> APIRouter:
    """`/generate`, `/download/{file_id}`, `/cleanup/{file_id}`."""
    routes = router(detail_body, Detail, tags=["files"])
    files = Files(service.settings.outputs_path / "files")

    @routes.post("/generate", responses=documented(Detail, *SPEECH_STATUSES))
    async def generate(body: GenerationRequest, request: Request) -> GenerationResponse:
        """Speak a text into a WAV file."""
        given = {"temperature": body.temperature, "decode_steps": body.decode_steps}
        wanted = speech_request(
            text=body.text,
            voice=body.voice,
            stand_in=VOICES.get(body.voice.strip().casefold()),
            hints={name: value for name, value in given.items() if value is not None},
            door=DOOR,
            caller=caller_of(request),
        )
        try:
            speaking = streaming.synthesize(service, wanted, "wav")
            path, info = await while_connected(request, speaking)
        except UnknownNameError as error:
            raise _explained(error, body.voice) from error
        file_id = await streaming.in_thread(lambda: files.take(path))
        return GenerationResponse(
            status="success",
            file_id=file_id,
            download_url=f"/download/{file_id}",
            duration_seconds=info.duration_seconds,
            fallback=Fallback(**info.fallback) if info.fallback else None,
        )

    def download(file_id: FileId) -> Response:
        """Fetch a file, or parts of it (`Range`)."""
        if (path := files.find(file_id)) is None:
            raise UnknownNameError(_GONE, "file_id")
        return Download(path, media_type="audio/wav", filename=f"tts_{path.name}")

    content: dict[str, Any] = {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}
    found: dict[int | str, dict[str, Any]] = {
        200: {"content": content, "description": "The file."},
        206: {"content": content, "description": "A part of it."},
        416: {"description": "The file ends before that part."},
    }
    routes.get(
        "/download/{file_id}", response_class=Response, responses=found | documented(Detail)
    )(download)
    routes.head("/download/{file_id}", include_in_schema=False)(download)

    @routes.post("/cleanup/{file_id}")
    def cleanup(file_id: FileId) -> CleanupResponse:
        """Delete a file now; by itself it goes after `TTS_KEEP_OUTPUTS_HOURS`."""
        files.delete(file_id)
        return CleanupResponse(status="cleanup_scheduled")

    return routes


def _explained(error: UnknownNameError, voice: str) -> ValidationError:
    """An unknown voice, in the words for one that was meant as a file of this server."""
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
        f"Voice file not found: {shown(voice)}. Files of the server are not read: make a voice of "
        "it with /api/train-voice, and send its modelId.",
        "voice",
    )
