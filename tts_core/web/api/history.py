"""Routes of the history: search it page by page, play and export it, delete from it."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import Depends, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse

from tts_core.errors import UnknownNameError
from tts_core.service import SpeechService
from tts_core.stats import export
from tts_core.stats.entries import HistoryEntry
from tts_core.stats.report import history_dict
from tts_core.stats.search import Query as Search
from tts_core.validation import shown
from tts_core.voices.record import MAX_BLEND
from tts_core.web.api.http import Responses, Service, Viewer, router
from tts_core.web.api.models import REQUEST_ID, Deleted, HistoryPage, SeriesAnswer, StoredRecord

MAX_PAGE = 100
"""Records in one page."""
MAX_SEARCH = 200
"""Characters of a search term."""
EXPORTS = {
    "csv": (export.as_csv, "text/csv; charset=utf-8"),
    "json": (export.as_json, "application/json"),
}
PAGES_KEPT = 64
"""Pages of the history that are kept as JSON for others who ask for the same."""
_EXAMPLE = {"request_id": REQUEST_ID, "status": "completed", "text": "Hello, this is a test!"}
_EXPORTED: Responses = {
    200: {"content": {"text/csv; charset=utf-8": {}, "application/json": {"example": [_EXAMPLE]}}}
}
_FLAC: Responses = {200: {"content": {"audio/flac": {}}}}

routes = router(tags=["status"])


class HistoryPages:
    """Pages of the history as JSON, each made once for everybody who asks for the same.

    All open pages ask when a request has ended, and many of them for the same.
    """

    def __init__(self, service: SpeechService) -> None:
        self._service = service
        self._cached = functools.lru_cache(PAGES_KEPT)(self._make)

    def get(self, search: Search, limit: int) -> str:
        """Return a page of at most `limit` records as JSON. Raises ValidationError."""
        # Other processes may write to the same history, so a page is used for a second at most.
        return self._cached(search, limit, self._service.history.version, int(time.monotonic()))

    def _make(self, search: Search, limit: int, version: int, second: int) -> str:
        records, following = self._service.history.search(search, limit)
        entries = [_entry(self._service, record) for record in records]
        page = HistoryPage(records=entries, next=following)
        return page.model_dump_json(by_alias=True, exclude_unset=True)


async def _pages(request: Request) -> HistoryPages:
    pages: HistoryPages = request.app.state.history_pages
    return pages


Term = Annotated[str, Query(max_length=MAX_SEARCH)]


async def _search(
    viewer: Viewer,
    text: Term = "",
    engine: Term = "",
    status: Term = "",
    door: Term = "",
    since: Annotated[float | None, Query(allow_inf_nan=False)] = None,
    before: Term = "",
    voice: Annotated[str, Query(max_length=MAX_BLEND)] = "",
) -> Search:
    """`voice`: the id of a voice that speaks in it, alone or with others."""
    return Search(text, engine, status, door, since, before, viewer, voice)


def ended_request(service: Service, viewer: Viewer, request_id: str) -> HistoryEntry:
    """Return a request that `viewer` may see. Raises UnknownNameError when there is none."""
    record = service.history.find(request_id, viewer)
    if record is None:
        raise UnknownNameError(
            f"There is no request {shown(request_id)} in the history.", "request_id"
        )
    return record


SearchQuery = Annotated[Search, Depends(_search)]
EndedRequest = Annotated[HistoryEntry, Depends(ended_request)]


@routes.get("/status/history/search", response_model=HistoryPage)
def search(
    query: SearchQuery,
    pages: Annotated[HistoryPages, Depends(_pages)],
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 30,
) -> Response:
    """Return ended requests that match all the words, newest first. `next` is the `before` of the
    next page, "" after the last."""
    return Response(pages.get(query, limit), media_type="application/json")


@routes.get(
    "/status/history/export",
    response_class=StreamingResponse,
    responses=_EXPORTED,
    operation_id="take_away_status_history_export_get",  # as released
)
def export_history(
    service: Service, query: SearchQuery, format: Literal["csv", "json"] = "csv"
) -> StreamingResponse:
    """Return all requests that match a search as a table or as JSON, with what is kept of their
    texts."""
    write, mime_type = EXPORTS[format]
    _ = query.place  # refuses an invalid cursor before the response begins
    pieces: Iterator[str] = write(service.history.every(query))
    return StreamingResponse(
        pieces, media_type=mime_type, headers=as_attachment(f"aloud-history.{format}")
    )


@routes.get(
    "/status/history/{request_id}",
    response_model_exclude_unset=True,
    operation_id="one_status_history__request_id__get",  # as released
)
def get_request(service: Service, record: EndedRequest) -> StoredRecord:
    """Return an ended request, with what is kept of its text."""
    entry = _entry(service, record)
    entry.text = record.text or record.text_preview
    return entry


@routes.delete("/status/history/{request_id}")
def delete(service: Service, viewer: Viewer, record: EndedRequest) -> Deleted:
    """Delete an ended request and its audio; the statistics stay."""
    return Deleted(deleted=service.history.delete(record.request_id, viewer))


@routes.get("/status/history/{request_id}/audio", response_class=FileResponse, responses=_FLAC)
def audio(
    service: Service,
    viewer: Viewer,
    record: EndedRequest,
    download: Annotated[bool, Query()] = False,
) -> Response:
    """Return the audio of an ended request as FLAC."""
    path = service.history.recording(record.request_id, viewer)
    if path is None:
        raise UnknownNameError("The audio of this request is no longer kept.", "request_id")
    headers = {"Cache-Control": "private, no-store"}
    if download:
        headers |= as_attachment(f"{file_title(record)}.flac")
    return FileResponse(path, media_type="audio/flac", headers=headers)


@routes.get("/status/series")
def series(
    service: Service,
    window: Term = "hour",
    shift: Annotated[int, Query(ge=-24 * 60, le=24 * 60)] = 0,
) -> SeriesAnswer:
    """Return requests, errors, median time to first audio and real-time factor of each engine over
    the last hour, day or month. `shift`: minutes by which the midnight of days is before UTC's."""
    return SeriesAnswer.model_validate(service.history.series(window, shift))


def _entry(service: SpeechService, record: HistoryEntry) -> StoredRecord:
    kept = service.history.has_recording(record.request_id)
    return StoredRecord.model_validate(history_dict(record) | {"audio": kept})


def as_attachment(name: str) -> dict[str, str]:
    """Return the header by which a browser saves a response as a file."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def file_title(record: HistoryEntry) -> str:
    """Return a file name, without its ending, from the first words of a request's text."""
    words = re.findall(r"[A-Za-z0-9]+", record.text_preview)[:6]
    return "-".join(["aloud", *words])[:60] if words else f"aloud-{record.request_id[:8]}"
