"""Subtitles of ended requests, made from the timings that the history keeps with their audio."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import FileResponse

from tts_core.errors import UnknownNameError, ValidationError, as_tts_error
from tts_core.service import SpeechService
from tts_core.stats.live import Status
from tts_core.system.own_files import is_own_file
from tts_core.text.subtitles import (
    FORMATS,
    MIME_TYPES,
    UNITS,
    SubtitleFormat,
    SubtitleUnit,
    write_subtitles,
)
from tts_core.validation import shown
from tts_core.web.api.history import as_attachment, ended_request, file_title
from tts_core.web.api.http import Responses, Service, Viewer, router

_SUBTITLES: Responses = {
    200: {"content": {kind: {"schema": {"type": "string"}} for kind in MIME_TYPES.values()}}
}

routes = router(tags=["status"])


@routes.get(
    "/status/history/{request_id}/subtitles", response_class=FileResponse, responses=_SUBTITLES
)
def subtitles(
    service: Service,
    viewer: Viewer,
    request_id: str,
    format: SubtitleFormat = "srt",
    by: SubtitleUnit = "line",
    download: Annotated[bool, Query()] = False,
) -> Response:
    """Return subtitles of an ended request as SubRip or WebVTT, by line or by word."""
    path = subtitles_file(service, request_id, format, by, viewer)
    headers = {"Cache-Control": "private, no-store"}
    if download:
        headers |= as_attachment(path.name)
    return FileResponse(path, media_type=MIME_TYPES[format], headers=headers)


def subtitles_file(
    service: SpeechService, request_id: str, format: str, by: str, viewer: str | None
) -> Path:
    """Make a file of subtitles of an ended request, and return its path.

    `viewer`: see `Archive.viewer`. Raises UnknownNameError when there is no such request of
    `viewer`'s or no timings are kept of it, ValidationError for another format than "srt" and
    "vtt", another unit than "line" and "word", and where the times of words are not known.
    """
    _check(format, "format", FORMATS)
    _check(by, "by", UNITS)
    record = ended_request(service, viewer, request_id)
    timings = service.history.timings(record.request_id, viewer)
    if timings is None:
        raise UnknownNameError(_why_none(service, record.status), "request_id")
    if by == "word" and timings.words is None:
        raise ValidationError(
            'by: this request has no word timestamps; ask for subtitles by="line".', "by"
        )
    # Hard to guess, yet stable for a request, so that a second call reuses the file.
    digest = hashlib.sha256(record.request_id.encode()).hexdigest()
    folder = service.settings.outputs_path / digest
    unit = "-words" if by == "word" else ""
    path = folder / f"{file_title(record)}{unit}.{format}"
    if not is_own_file(path, service.settings.outputs_path):
        text = write_subtitles(timings.segments, timings.words, format, by)
        try:
            _write(path, text.encode("utf-8", "replace"))
        except OSError as error:
            raise as_tts_error(error) from error
    return path


def _check(value: object, field: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        choice = " or ".join(f'"{name}"' for name in allowed)
        raise ValidationError(f"{field} must be {choice}; got {shown(value)}.", field)


def _why_none(service: SpeechService, status: str) -> str:
    """Return why there are no timings of an ended request, and what to do."""
    settings = service.settings
    if status != Status.COMPLETED:
        return (
            f"There are no subtitles of this request: it ended as {status}. Speak the text again."
        )
    if settings.history_text == "none":
        return (
            "The history keeps no texts (TTS_HISTORY_TEXT=none), and so nothing to make subtitles "
            "of. The operator can set it to preview or full; then speak the text again."
        )
    if not settings.history_audio_bytes:
        return (
            "The history keeps no sound (TTS_HISTORY_AUDIO_MB=0), and so no times for subtitles. "
            "The operator can raise it; then speak the text again."
        )
    return (
        "The times of this request are not kept, or no more (TTS_HISTORY_AUDIO_MB). Speak the text "
        "again for subtitles."
    )


def _write(path: Path, content: bytes) -> None:
    """Write a file that appears complete or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
