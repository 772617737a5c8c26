"""The doors beside the page, one file each."""

from __future__ import annotations

from typing import Any

from tts_core import __version__
from tts_core.service import SpeechService
from tts_core.web.api.metrics import metrics_routes
from tts_core.web.api.status import status_routes


def app_options(service: SpeechService) -> dict[str, Any]:
    """What Gradio's FastAPI application is made with: our routes come before its own."""
    routers = [status_routes(service), metrics_routes(service)]
    return {
        "title": "Aloud",
        "version": __version__,
        "summary": "Text to speech in any voice.",
        "docs_url": "/docs",
        "routes": [route for router in routers for route in router.routes],
    }
