"""The doors beside the page, one file each."""

from __future__ import annotations

from typing import Any

from tts_core.service import SpeechService
from tts_core.web.api.docs import SUMMARY, TITLE, documentation
from tts_core.web.api.files import file_routes
from tts_core.web.api.history import history_routes
from tts_core.web.api.info import info_routes
from tts_core.web.api.metrics import metrics_routes
from tts_core.web.api.openai import openai_routes
from tts_core.web.api.openai_names import no_route
from tts_core.web.api.status import status_routes
from tts_core.web.api.voiceforge import voiceforge_routes
from tts_core.web.api.websocket import websocket_routes
from tts_core.web.ui.board import board_routes


def app_options(service: SpeechService) -> dict[str, Any]:
    """What Gradio's FastAPI application is made with: our routes come before its own."""
    doors = (
        info_routes,
        status_routes,
        history_routes,
        metrics_routes,
        voiceforge_routes,
        file_routes,
        openai_routes,
        websocket_routes,
        board_routes,
    )
    routes = [route for door in doors for route in door(service).routes]
    return {
        "title": TITLE,
        "summary": SUMMARY,
        "docs_url": None,
        "openapi_url": None,
        "exception_handlers": {404: no_route, 405: no_route},
        "routes": [*routes, *documentation(routes)],
    }
