"""The HTTP and WebSocket APIs, one module or folder for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from starlette.routing import BaseRoute

from tts_core.service import SpeechService
from tts_core.web.api import (
    address,
    captioned,
    elevenlabs,
    files,
    history,
    info,
    lexicon,
    metrics,
    status,
    subtitles,
    voiceforge,
)
from tts_core.web.api.docs import SUMMARY, TITLE, documentation
from tts_core.web.api.openai import azure
from tts_core.web.api.openai import routes as openai
from tts_core.web.api.openai.names import no_route
from tts_core.web.api.projects import routes as projects
from tts_core.web.api.provenance import consent, verify
from tts_core.web.api.websocket import routes as websocket
from tts_core.web.ui.assets import asset_routes
from tts_core.web.ui.gallery.routes import gallery_routes
from tts_core.web.ui.status_feed import status_feed_routes
from tts_core.web.ui.studio.routes import studio_routes

# The order in which routes are tried: those that are polled every second come first.
MODULES = (
    status,
    info,
    history,
    subtitles,
    lexicon,
    projects,
    metrics,
    voiceforge,
    files,
    address,
    azure,
    captioned,
    elevenlabs,
    openai,
    verify,
    consent,
    websocket,
)


def app_options(service: SpeechService, others: Sequence[BaseRoute]) -> dict[str, Any]:
    """Return arguments for Gradio's FastAPI application, whose own routes come after ours.

    `others`: more routes, which are not documented.
    """
    page = (
        status_feed_routes(service),
        asset_routes(),
        gallery_routes(service),
        studio_routes(service),
    )
    routers = [*page, *(module.routes for module in MODULES)]
    routes = [route for router in routers for route in router.routes]
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


def prepare(app: FastAPI, service: SpeechService) -> None:
    """Give the application what its routes depend on, before it gets requests."""
    app.state.service = service
    app.state.history_pages = history.HistoryPages(service)
    app.state.metrics = metrics.observed_metrics(service)
    app.state.connections = websocket.Connections(service)
