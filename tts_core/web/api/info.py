"""Who is here, and whether it can speak: `GET /` for programs, and what load balancers ask."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection
from starlette.routing import Match
from starlette.types import Scope

from tts_core import __version__
from tts_core.engines.registry import Registry
from tts_core.service import SpeechService
from tts_core.web.api.http import router
from tts_core.web.callers import caller_of

ENDPOINTS = {
    "page": "/",
    "documentation": "/docs",
    "health": "/health",
    "ready": "/health/ready",
    "websocket": "/ws/tts",
    "status": "/status",
    "voiceforge": "/api/tts",
    "files": "/generate",
    "openai": "/v1/audio/speech",
    "gradio": "/gradio_api/info",
}


class Info(BaseModel):
    """What this service is and where its doors are."""

    service: str = Field(examples=["Aloud"])
    version: str = Field(examples=[__version__])
    status: Literal["running", "no engine is ready"] = Field(examples=["running"])
    engines: list[str] = Field(
        description="Those that can speak, best first.", examples=[["espeak"]]
    )
    endpoints: dict[str, str] = Field(examples=[ENDPOINTS])


class Health(BaseModel):
    """It lives."""

    status: Literal["healthy"]
    service: str = Field(examples=["Aloud"])
    version: str = Field(examples=[__version__])


class Readiness(BaseModel):
    """Whether it can speak, and if not, why each engine cannot.

    Strangers are not told why: it would tell of this machine's folders and of other services' keys.
    """

    status: Literal["ready", "not ready"]
    engines: list[str] = Field(examples=[["espeak"]])
    reasons: dict[str, str] = Field(examples=[{"groq": "There is no key: set GROQ_API_KEY."}])


def info_routes(service: SpeechService) -> APIRouter:
    """`/`, `/health`, `/health/ready`."""
    routes = router(tags=["service"])
    at_home = service.settings.loopback and not service.settings.closed

    class ForPrograms(routes.route_class):  # type: ignore[name-defined,misc]
        """A browser's request goes on to Gradio's page, which has the same path."""

        def matches(self, scope: Scope) -> tuple[Match, Scope]:
            if scope["type"] == "http" and _wants_page(scope):
                return Match.NONE, {}
            found: tuple[Match, Scope] = super().matches(scope)
            return found

    def info(response: Response) -> Info:
        """What this service is. A browser, which accepts text/html, gets the page instead."""
        response.headers["Vary"] = "Accept"
        engines = able(service.registry)
        return Info(
            service="Aloud",
            version=__version__,
            status="running" if engines else "no engine is ready",
            engines=engines,
            endpoints=ENDPOINTS,
        )

    async def health() -> Health:
        """It lives: for liveness probes. Never asks for a key."""
        return Health(status="healthy", service="Aloud", version=__version__)

    def ready(request: Request, response: Response) -> Readiness:
        """Whether an engine can speak: for readiness probes. Never asks for a key, but says why an
        engine cannot speak only to those who send one, or on the server's own machine."""
        registry = service.registry
        trusted = caller_of(request).operator or at_home
        engines = able(registry)
        if not engines:
            response.status_code = 503
        return Readiness(
            status="ready" if engines else "not ready",
            engines=engines,
            reasons={
                name: why for name in registry.infos if trusted and (why := _reason(registry, name))
            },
        )

    unready: dict[int | str, dict[str, Any]] = {
        503: {"model": Readiness, "description": "No engine can speak."}
    }
    _add(routes, "/", info, ForPrograms)
    _add(routes, "/health", health)
    _add(routes, "/health/ready", ready, responses=unready)
    return routes


def able(registry: Registry) -> list[str]:
    """The engines that can speak now: usable, with voices, and not in trouble; best first."""
    return [name for name in registry.ready() if _reason(registry, name) is None]


def _reason(registry: Registry, name: str) -> str | None:
    """Why an engine cannot speak now; None when it can."""
    if (reason := registry.unavailable(name) or registry.cooldown_reason(name)) is not None:
        return reason
    return None if registry.info(name).voices else "It has no voice of its own here."


def _wants_page(scope: Scope) -> bool:
    return "text/html" in HTTPConnection(scope).headers.get("accept", "")


def _add(
    routes: APIRouter,
    path: str,
    endpoint: Any,  # noqa: ANN401 - FastAPI's
    kind: type[APIRoute] | None = None,
    **options: Any,  # noqa: ANN401 - FastAPI's
) -> None:
    """GET, and HEAD, which load balancers like."""
    routes.add_api_route(path, endpoint, methods=["GET"], route_class_override=kind, **options)
    routes.add_api_route(
        path, endpoint, methods=["HEAD"], route_class_override=kind, include_in_schema=False
    )
