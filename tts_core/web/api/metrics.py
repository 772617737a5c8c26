"""`GET /metrics`, for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from fastapi import Request, Response

from tts_core.service import SpeechService
from tts_core.stats.metrics import CONTENT_TYPE, Metrics
from tts_core.web.api.http import router

routes = router(tags=["operators"])


def observed_metrics(service: SpeechService) -> Metrics:
    """Return metrics that count what the service does from now on."""
    metrics = Metrics(partial(_gauges, service))
    service.history.observers.append(metrics)
    return metrics


@routes.get("/metrics", response_class=Response)
def exposition(request: Request) -> Response:
    """Return counters, histograms and gauges in Prometheus' text format."""
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.exposition(), media_type=CONTENT_TYPE)


def _gauges(service: SpeechService) -> Mapping[str, Mapping[tuple[str, ...], float]]:
    """Return the present value of each gauge, by the values of its labels."""
    active, memory = service.active(), service.memory()
    return {
        "aloud_requests_active": {(): len(active)},
        "aloud_requests_queued": {(): sum(request.queue_seconds is None for request in active)},
        "aloud_workers": {(engine.name, engine.state): 1 for engine in service.engines.all()},
        "aloud_memory_bytes": {
            ("app",): memory["app_memory_mb"] * 1e6,
            ("workers",): memory["worker_memory_mb"] * 1e6,
        },
        "aloud_history_in_order": {(): service.history.error is None},
    }
