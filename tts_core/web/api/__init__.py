"""The doors beside the page, one file each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.routing import BaseRoute

from tts_core.service import SpeechService
from tts_core.web.api.docs import SUMMARY, TITLE, documentation
from tts_core.web.api.files import file_routes
from tts_core.web.api.history import history_routes
from tts_core.web.api.info import info_routes
from tts_core.web.api.metrics import metrics_routes
from tts_core.web.api.openai.names import no_route
from tts_core.web.api.openai.routes import openai_routes
from tts_core.web.api.status import status_routes
from tts_core.web.api.voiceforge import voiceforge_routes
from tts_core.web.api.websocket.routes import websocket_routes
from tts_core.web.ui.status_feed import status_feed_routes


def app_options(service: SpeechService, others: Sequence[BaseRoute]) -> dict[str, Any]:
    """What Gradio's FastAPI application is made with: our routes come before its own, and those
    that are asked once a second before the others. `others`: more, which are not documented."""
    doors = (
        status_feed_routes,
        status_routes,
        info_routes,
        history_routes,
        metrics_routes,
        voiceforge_routes,
        file_routes,
        openai_routes,
        websocket_routes,
    )
    routes = [route for door in doors for route in door(service).routes]
    return {
        "title": TITLE,
        "summary": SUMMARY,
        "docs_url": None,
        "openapi_url": None,
        # FastAPI would look for a collector at each request; we have /metrics.
        "telemetry": {"tracing": False, "metrics": False, "logs": False},
        "exception_handlers": {404: no_route, 405: no_route},
        "routes": [*routes, *documentation(routes), *others],
    }
