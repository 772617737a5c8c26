"""The status API: `/status` and the routes below it, `/info`, and their aliases."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request

from tts_core import __version__
from tts_core.errors import ValidationError
from tts_core.service import SpeechService
from tts_core.stats.report import MAX_HISTORY, MAX_STATUS_HISTORY
from tts_core.web.api.http import Service, Viewer, router, service_of, viewer_of
from tts_core.web.api.models import (
    Cleared,
    HistoryAnswer,
    InfoAnswer,
    ProgressAnswer,
    Statistics,
    StatusAnswer,
    StatusFields,
    Uptime,
)

ALIASES = {
    "/status": ("/v1/status", "/processing", "/processing/status"),
    "/status/progress": ("/v1/status/progress", "/progress"),
    "/status/history": ("/v1/status/history", "/history"),
    "/status/statistics": ("/v1/status/statistics", "/stats"),
    "/info": ("/v1/info", "/api/info"),
}
RECENT = 3
"""How many of the last requests `/info` lists."""
Flag = Annotated[bool, Query()]

routes = router(tags=["status"])


async def progress(request: Request) -> ProgressAnswer:
    """Return how far the request that started first has got; light enough for polling."""
    return ProgressAnswer.model_validate(service_of(request).report.progress(viewer_of(request)))


def status(
    service: Service,
    viewer: Viewer,
    include_memory: Flag = False,
    include_history: Flag = False,
    include_stats: Flag = False,
    history_limit: Annotated[int, Query(ge=1, le=MAX_STATUS_HISTORY)] = 5,
) -> StatusAnswer:
    """Return all running requests, and at the top level the one that started first."""
    found = service.report.status(
        include_memory=include_memory,
        include_history=include_history,
        include_stats=include_stats,
        history_limit=history_limit,
        owner=viewer,
    )
    return StatusAnswer.model_validate(found)


def statistics(service: Service, include_memory: Flag = False) -> Statistics:
    """Return totals of all requests since the database began, and of the last hour and day."""
    return Statistics.model_validate(service.report.statistics(include_memory=include_memory))


def history(
    service: Service, viewer: Viewer, limit: Annotated[int, Query(ge=1, le=MAX_HISTORY)] = 10
) -> HistoryAnswer:
    """Return the last requests, newest first."""
    return HistoryAnswer.model_validate(service.report.history(limit, viewer))


def info(service: Service, viewer: Viewer) -> InfoAnswer:
    """Return status, statistics, memory and the last three requests at once."""
    found = service.report.status(
        include_memory=True, include_history=True, history_limit=RECENT, owner=viewer
    )
    totals = Statistics.model_validate(service.report.statistics())
    return InfoAnswer(
        api_name="Aloud",
        version=__version__,
        status="operational" if service.engines.ready() else "no engine is ready",
        tts_status=StatusFields.model_validate(found),
        statistics=totals,
        memory_info=found["memory"],
        recent_requests=found["request_history"],
        uptime_info=Uptime.model_validate(totals),
    )


for _path, _endpoint in (
    ("/status/progress", progress),
    ("/status", status),
    ("/status/statistics", statistics),
    ("/status/history", history),
    ("/info", info),
):
    routes.get(_path, response_model_exclude_unset=True)(_endpoint)
    for _alias in ALIASES[_path]:
        routes.get(_alias, response_model_exclude_unset=True, include_in_schema=False)(_endpoint)


@routes.post("/status/history/clear")
@routes.post("/v1/status/history/clear", include_in_schema=False)
@routes.post("/history/clear", include_in_schema=False)
def clear_history(service: Service, viewer: Viewer, confirm: Flag = False) -> Cleared:
    """Delete the ended requests; the statistics stay. Requires `confirm=true`."""
    return cleared(service, confirm, viewer)


def cleared(service: SpeechService, confirm: bool, owner: str | None) -> Cleared:
    """Delete the ended requests of `owner` (None: all), and return how many there were.

    Raises ValidationError without `confirm`.
    """
    if not confirm:
        raise ValidationError(
            "This deletes the history. Send confirm=true if that is what you want.", "confirm"
        )
    return Cleared(
        message="The history has been cleared.", cleared_records=service.history.clear(owner)
    )
