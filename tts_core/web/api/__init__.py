"""The doors beside the page, one file each."""

from __future__ import annotations

from typing import Any

from tts_core.service import SpeechService
from tts_core.web.api.docs import SUMMARY, TITLE, documentation
from tts_core.web.api.info import info_routes
from tts_core.web.api.status import status_routes


def app_options(service: SpeechService) -> dict[str, Any]:
    """What Gradio's FastAPI application is made with: our routes come before its own."""
    routers = [info_routes(service), status_routes(service)]
    routes = [route for router in routers for route in router.routes]
    return {
        "title": TITLE,
        "summary": SUMMARY,
        "docs_url": None,
        "openapi_url": None,
        "routes": [*routes, *documentation(routes)],
    }
