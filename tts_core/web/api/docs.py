"""`/openapi.json` and `/docs`: documentation of our own routes, without Gradio's.

Swagger UI comes from a package, so the page works without internet access.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tts_core import __version__
from tts_core.web.api.http import Detail

TITLE = "Aloud"
SUMMARY = "Text-to-speech studio: web page, streaming APIs, 116 languages."
DESCRIPTION = """
All APIs share one service: every request shows on the page, in `/status` and in the history. Where
the operator has set `TTS_API_KEYS`, every request except those to `/health` and `/health/ready`
requires a key (`Authorization: Bearer KEY` or `X-API-Key: KEY`) or a login. The page's own API
(Python, JavaScript, MCP) is described behind *Use via API* at the foot of the page, the WebSocket
`/ws/tts` in `docs/api.md`.
"""
TAGS = [
    {"name": "openai", "description": "OpenAI's speech API; use its clients with `base_url=…/v1`."},
    {"name": "elevenlabs", "description": "ElevenLabs' speech API; its clients with `base_url`."},
    {"name": "voiceforge", "description": "The backend API of VoiceForge Studio."},
    {"name": "files", "description": "Speech as files to download later."},
    {"name": "address", "description": "Speech for players that can only be given a URL."},
    {"name": "status", "description": "Running and past requests."},
    {"name": "lexicon", "description": "How words are to be spoken."},
    {"name": "voices", "description": "The consent for cloned voices."},
    {"name": "projects", "description": "Documents, spoken in the background and kept."},
    {"name": "verify", "description": "Whether a file was generated, and by what."},
    {"name": "operators", "description": "Monitoring."},
    {"name": "service", "description": "The service and its health."},
]
_ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_ONE_DAY = {"Cache-Control": "public, max-age=86400"}


def documentation(routes: Sequence[BaseRoute]) -> list[Route]:
    """Return the routes that document `routes`."""

    @cache
    def schema() -> dict[str, Any]:
        found = get_openapi(
            title=TITLE,
            version=__version__,
            summary=SUMMARY,
            description=DESCRIPTION,
            routes=routes,
            tags=copy.deepcopy(TAGS),
        )
        bearer = {"type": "http", "scheme": "bearer", "description": "One of TTS_API_KEYS."}
        found["components"]["securitySchemes"] = {"key": bearer}
        found["security"] = [{}, {"key": []}]
        found["servers"] = [{"url": "."}]  # relative to this document: also behind a prefix
        return found

    def openapi(request: Request) -> Response:
        return JSONResponse(schema())

    return [
        Route("/openapi.json", openapi),
        Route("/docs", _swagger_ui),
        Route("/docs/{name}", _asset),
    ]


def _swagger_ui(request: Request) -> Response:
    # Relative addresses also work behind a proxy that adds a prefix.
    page: HTMLResponse = get_swagger_ui_html(
        openapi_url="openapi.json",
        title=f"{TITLE}: API",
        swagger_js_url="docs/swagger-ui-bundle.js",
        swagger_css_url="docs/swagger-ui.css",
        swagger_favicon_url="favicon.ico",
    )
    return page


def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _ASSETS:
        return JSONResponse(Detail(detail="Not Found").model_dump(), 404)
    return FileResponse(_swagger_folder() / name, media_type=_ASSETS[name], headers=_ONE_DAY)


@cache
def _swagger_folder() -> Path:
    spec = find_spec("fastapi_offline")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static"
