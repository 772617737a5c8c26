"""`/openapi.json` and `/docs`, of our own routes and none of Gradio's. Swagger UI comes from a
package, so the page works where there is no internet."""

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
from tts_core.web.api.docs_examples import EXAMPLES

TITLE = "Aloud"
SUMMARY = "Text to speech in any voice."
DESCRIPTION = """
Every door leads to one service: what is asked for here shows on the page, in `/status` and in the
history. Where the operator has set `TTS_API_KEYS`, each request but `/health` wants a key:
`Authorization: Bearer KEY` or `X-API-Key: KEY`. The page's own API (Python, JavaScript, MCP) is
described behind *Use via API* at its foot, the WebSocket `/ws/tts` in the README.
"""
TAGS = [
    {"name": "openai", "description": "As OpenAI's: its clients work with `base_url=…/v1`."},
    {"name": "voiceforge", "description": "As VoiceForge Studio's backend."},
    {"name": "files", "description": "Speech into a file that waits to be fetched."},
    {"name": "status", "description": "What is and was spoken."},
    {"name": "operators", "description": "For those who run it."},
    {"name": "service", "description": "Who is here."},
]
_ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_DAY = {"Cache-Control": "public, max-age=86400"}


def documentation(routes: Sequence[BaseRoute]) -> list[Route]:
    """The routes that document `routes`."""

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
        for name, example in EXAMPLES.items():
            method, path = name.lower().split()
            operation = found["paths"][path][method]
            operation["responses"]["200"]["content"]["application/json"]["example"] = example
        bearer = {"type": "http", "scheme": "bearer", "description": "One of TTS_API_KEYS."}
        found["components"]["securitySchemes"] = {"key": bearer}
        found["security"] = [{}, {"key": []}]
        return found

    def openapi(request: Request) -> Response:
        return JSONResponse(schema())

    def docs(request: Request) -> Response:
        # Relative addresses, which hold behind a proxy's prefix too.
        page: HTMLResponse = get_swagger_ui_html(
            openapi_url="openapi.json",
            title=f"{TITLE}: API",
            swagger_js_url="docs/swagger-ui-bundle.js",
            swagger_css_url="docs/swagger-ui.css",
            swagger_favicon_url="favicon.ico",
        )
        return page

    def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _ASSETS:
            return JSONResponse({"detail": "Not Found"}, 404)
        return FileResponse(_folder() / name, media_type=_ASSETS[name], headers=_DAY)

    return [
        Route("/openapi.json", openapi),
        Route("/docs", docs),
        Route("/docs/{name}", asset),
    ]


@cache
def _folder() -> Path:
    spec = find_spec("fastapi_offline")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static"
