"""The history's own routes: search it page by page, hear it, take it away, delete from it."""

# FastAPI reads the annotations, some of which name functions inside functions: none is a string.
import functools
import re
import time
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse

from tts_core.errors import UnknownNameError
from tts_core.service import SpeechService
from tts_core.stats import export
from tts_core.stats.entries import HistoryEntry
from tts_core.stats.report import history_dict
from tts_core.stats.search import Query as Wanted
from tts_core.validation import shown
from tts_core.web.api.http import router
from tts_core.web.callers import caller_of

MOST = 100
"""Records in one page."""
LONGEST = 200
"""Characters of a search."""
EXPORTS = {
    "csv": (export.as_csv, "text/csv; charset=utf-8"),
    "json": (export.as_json, "application/json"),
}
PAGES_KEPT = 64
"""Pages of the history that are ready for who else asks for them."""
Words = Annotated[str, Query(max_length=LONGEST)]


def history_routes(service: SpeechService) -> APIRouter:
    """`/status/history/…` and `/status/series`."""
    routes = router(tags=["status"])
    archive = service.archive

    def viewer(request: Request) -> str | None:
        return archive.viewer(caller_of(request))

    def wanted(
        request: Request,
        text: Words = "",
        engine: Words = "",
        status: Words = "",
        door: Words = "",
        since: Annotated[float | None, Query(allow_inf_nan=False)] = None,
        before: Words = "",
    ) -> Wanted:
        return Wanted(text, engine, status, door, since, before, viewer(request))

    def found(request: Request, request_id: str) -> HistoryEntry:
        record = archive.history.find(request_id, viewer(request))
        if record is None:
            raise UnknownNameError(
                f"There is no request {shown(request_id)} in the history.", "request_id"
            )
        return record

    def entry(record: HistoryEntry) -> dict[str, Any]:
        return history_dict(record) | {"audio": record.request_id in archive.recordings}

    @functools.lru_cache(PAGES_KEPT)
    def found_page(query: Wanted, limit: int, version: int, second: int) -> bytes:
        # All open pages ask when a request has ended, and many for the same. Other processes may
        # write to the history too, so this holds for a second.
        page, following = archive.search(query, limit)
        answer = {"records": [entry(record) for record in page], "next": following}
        return bytes(JSONResponse(answer).body)

    @routes.get("/status/history/search", response_model=dict[str, Any])
    def search(
        query: Annotated[Wanted, Depends(wanted)],
        limit: Annotated[int, Query(ge=1, le=MOST)] = 30,
    ) -> Response:
        """Ended requests that have all the words, newest first; `next` is the `before` of the next
        page, "" after the last."""
        page = found_page(query, limit, archive.version, int(time.monotonic()))
        return Response(page, media_type="application/json")

    exports: dict[str, Any] = {mime: {} for _, mime in EXPORTS.values()}

    @routes.get(
        "/status/history/export",
        response_class=StreamingResponse,
        responses={200: {"content": exports}},
    )
    def take_away(
        query: Annotated[Wanted, Depends(wanted)], format: Literal["csv", "json"] = "csv"
    ) -> StreamingResponse:
        """All that a search finds, as a table or as JSON, with what is kept of the texts."""
        write, mime_type = EXPORTS[format]
        _ = query.place  # a cursor that is none is refused before the answer begins
        pieces: Iterator[str] = write(archive.history.every(query))
        return StreamingResponse(
            pieces, media_type=mime_type, headers=_as_file(f"aloud-history.{format}")
        )

    @routes.get("/status/history/{request_id}")
    def one(record: Annotated[HistoryEntry, Depends(found)]) -> dict[str, Any]:
        """An ended request, with what is kept of its text."""
        return entry(record) | {"text": record.text or record.text_preview}

    @routes.delete("/status/history/{request_id}")
    def delete(request: Request, request_id: str) -> dict[str, Any]:
        """Forget an ended request and its sound; the statistics stay."""
        record = found(request, request_id)
        return {"deleted": archive.history.delete(record.request_id, viewer(request))}

    @routes.get(
        "/status/history/{request_id}/audio",
        response_class=FileResponse,
        responses={200: {"content": {"audio/flac": {}}}},
    )
    def audio(
        request: Request,
        record: Annotated[HistoryEntry, Depends(found)],
        download: Annotated[bool, Query()] = False,
    ) -> Response:
        """The sound of an ended request, FLAC."""
        path = archive.recording(record.request_id, viewer(request))
        if path is None:
            raise UnknownNameError("The sound of this request is not kept any more.", "request_id")
        headers = {"Cache-Control": "private, no-store"}
        if download:
            headers |= _as_file(f"{_title(record)}.flac")
        return FileResponse(path, media_type="audio/flac", headers=headers)

    @routes.get("/status/series")
    def series(
        window: Words = "hour",
        shift: Annotated[int, Query(ge=-24 * 60, le=24 * 60)] = 0,
    ) -> dict[str, Any]:
        """Requests, errors, median time to first audio and real-time factor of each engine over
        the last hour, day or month. `shift`: minutes that the days' midnight is before UTC's."""
        return archive.series(window, shift)

    return routes


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _title(record: HistoryEntry) -> str:
    words = re.findall(r"[A-Za-z0-9]+", record.text_preview)[:6]
    return "-".join(["aloud", *words])[:60] if words else f"aloud-{record.request_id[:8]}"
