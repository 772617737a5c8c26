"""The routes of the status API, and how many names each of them has."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from tts_core import __version__
from tts_core.errors import ValidationError
from tts_core.service import SpeechService
from tts_core.stats.report import MAX_HISTORY, MAX_STATUS_HISTORY
from tts_core.web.api.http import router
from tts_core.web.callers import caller_of

ALIASES = {
    "/status": ("/v1/status", "/processing", "/processing/status"),
    "/status/progress": ("/v1/status/progress", "/progress"),
    "/status/history": ("/v1/status/history", "/history"),
    "/status/statistics": ("/v1/status/statistics", "/stats"),
    "/info": ("/v1/info", "/api/info"),
}
RECENT = 3
"""Requests in `/info`, from the status document."""

Flag = Annotated[bool, Query()]


def status_routes(service: SpeechService) -> APIRouter:
    """`/status` and what is below it, `/info`."""
    routes = router(tags=["status"])
    report = service.report

    def viewer(request: Request) -> str | None:
        return service.archive.viewer(caller_of(request))

    def status(
        request: Request,
        include_memory: Flag = False,
        include_history: Flag = False,
        include_stats: Flag = False,
        history_limit: Annotated[int, Query(ge=1, le=MAX_STATUS_HISTORY)] = 5,
    ) -> dict[str, Any]:
        """What is being spoken now: the request that started first, and all of them."""
        return report.status(
            include_memory=include_memory,
            include_history=include_history,
            include_stats=include_stats,
            history_limit=history_limit,
            owner=viewer(request),
        )

    async def progress(request: Request) -> dict[str, Any]:
        """How far the request that started first is; light enough for polling."""
        return report.progress(viewer(request))

    def statistics(include_memory: Flag = False) -> dict[str, Any]:
        """Totals over every request since the database began, and over the last hour and day."""
        return report.statistics(include_memory=include_memory)

    def history(
        request: Request, limit: Annotated[int, Query(ge=1, le=MAX_HISTORY)] = 10
    ) -> dict[str, Any]:
        """The last requests, newest first."""
        return report.history(limit, viewer(request))

    def info(request: Request) -> dict[str, Any]:
        """All of it at once: status, statistics, memory, the last three requests."""
        answer = report.status(
            include_memory=True,
            include_history=True,
            history_limit=RECENT,
            owner=viewer(request),
        )
        statistics = report.statistics()
        memory, recent = answer.pop("memory"), answer.pop("request_history")
        uptime = ("total_requests", "success_rate", "is_processing")
        return {
            "api_name": "Aloud",
            "version": __version__,
            "status": "operational" if service.registry.ready() else "no engine is ready",
            "tts_status": answer,
            "statistics": statistics,
            "memory_info": memory,
            "recent_requests": recent,
            "uptime_info": {name: statistics[name] for name in uptime},
        }

    for path, endpoint in (
        ("/status/progress", progress),
        ("/status", status),
        ("/status/statistics", statistics),
        ("/status/history", history),
        ("/info", info),
    ):
        routes.get(path)(endpoint)
        for alias in ALIASES[path]:
            routes.get(alias, include_in_schema=False)(endpoint)

    @routes.post("/status/history/clear")
    def clear_history(request: Request, confirm: Flag = False) -> dict[str, Any]:
        """Forget the requests that have ended; the statistics stay. Wants `confirm=true`."""
        return cleared(service, confirm, viewer(request))

    @routes.post("/v1/status/history/clear", include_in_schema=False)
    @routes.post("/history/clear", include_in_schema=False)
    def clear_history_alias(request: Request, confirm: Flag = False) -> dict[str, Any]:
        return cleared(service, confirm, viewer(request))

    return routes


def cleared(service: SpeechService, confirm: bool, owner: str | None) -> dict[str, Any]:
    """Forget `owner`'s ended requests (None: all). Raises ValidationError without `confirm`."""
    if not confirm:
        raise ValidationError(
            "This deletes the history. Send confirm=true if that is what you want.", "confirm"
        )
    records = service.clear_history(owner)
    return {"message": "The history has been cleared.", "cleared_records": records}
