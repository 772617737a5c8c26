"""`GET /metrics`, for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from fastapi import APIRouter, Response

from tts_core.service import SpeechService
from tts_core.stats.metrics import CONTENT_TYPE, Metrics
from tts_core.web.api.http import router


def metrics_routes(service: SpeechService) -> APIRouter:
    """Counts from here on what the service does."""
    metrics = Metrics(partial(_gauges, service))
    service.observe(metrics)
    routes = router(tags=["operators"])

    @routes.get("/metrics", response_class=Response)
    def exposition() -> Response:
        """Counters, histograms and gauges in Prometheus' text format."""
        return Response(metrics.exposition(), media_type=CONTENT_TYPE)

    return routes


def _gauges(service: SpeechService) -> Mapping[str, Mapping[tuple[str, ...], float]]:
    active, memory = service.active(), service.memory()
    return {
        "aloud_requests_active": {(): len(active)},
        "aloud_requests_queued": {(): sum(request.queue_seconds is None for request in active)},
        "aloud_workers": {(engine["name"], engine["state"]): 1 for engine in service.engines()},
        "aloud_memory_bytes": {
            ("app",): memory["app_memory_mb"] * 1e6,
            ("workers",): memory["worker_memory_mb"] * 1e6,
        },
        "aloud_history_in_order": {(): service.report.history_error is None},
    }
