"""What the service is and whether it can speak: `GET /` for programs, and health checks."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection
from starlette.routing import Match
from starlette.types import Scope

from tts_core import __version__
from tts_core.web.api.http import RequestCaller, Responses, Service, router

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

routes = router(tags=["service"])


class Info(BaseModel):
    """What this service is, and the addresses of its APIs."""

    service: str = Field(examples=["Aloud"])
    version: str = Field(examples=[__version__])
    status: Literal["running", "no engine is ready"] = Field(examples=["running"])
    engines: list[str] = Field(
        description="Engines that can speak, best first.", examples=[["espeak"]]
    )
    endpoints: dict[str, str] = Field(examples=[ENDPOINTS])


class Health(BaseModel):
    """The service is alive."""

    status: Literal["healthy"]
    service: str = Field(examples=["Aloud"])
    version: str = Field(examples=[__version__])


class Readiness(BaseModel):
    """Whether the service can speak, and if not, why each engine cannot.

    The reasons are for operators only: they name folders of this machine and keys of other
    services.
    """

    status: Literal["ready", "not ready"]
    engines: list[str] = Field(examples=[["espeak"]])
    reasons: dict[str, str] = Field(examples=[{"groq": "No API key: set GROQ_API_KEY."}])


class ForPrograms(routes.route_class):  # type: ignore[name-defined,misc]
    """A route that browsers do not match, so that they get Gradio's page at the same path."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return Starlette's match, and none for a browser."""
        if scope["type"] == "http" and _wants_page(scope):
            return Match.NONE, {}
        found: tuple[Match, Scope] = super().matches(scope)
        return found


def info(service: Service, response: Response) -> Info:
    """Return what this service is. A browser, which accepts text/html, gets the page instead."""
    response.headers["Vary"] = "Accept"
    engines = service.engines.can_speak()
    return Info(
        service="Aloud",
        version=__version__,
        status="running" if engines else "no engine is ready",
        engines=engines,
        endpoints=ENDPOINTS,
    )


async def health() -> Health:
    """Answer liveness probes. Never requires a key."""
    return Health(status="healthy", service="Aloud", version=__version__)


def ready(service: Service, caller: RequestCaller, response: Response) -> Readiness:
    """Return whether an engine can speak, for readiness probes. Never requires a key, but says why
    an engine cannot speak only to those who send one, or on the server's own machine."""
    settings = service.settings
    trusted = caller.operator or (settings.loopback and not settings.closed)
    engines = service.engines.can_speak()
    if not engines:
        response.status_code = 503
    return Readiness(
        status="ready" if engines else "not ready",
        engines=engines,
        reasons={
            name: why
            for name in service.engines.infos
            if trusted and (why := service.engines.cannot_speak_reason(name))
        },
    )


def _wants_page(scope: Scope) -> bool:
    return "text/html" in HTTPConnection(scope).headers.get("accept", "")


def _add(
    path: str,
    endpoint: Any,  # noqa: ANN401 - FastAPI's
    kind: type[APIRoute] | None = None,
    responses: Responses | None = None,
) -> None:
    """Add routes for GET, and for HEAD, which load balancers use."""
    routes.add_api_route(
        path, endpoint, methods=["GET"], route_class_override=kind, responses=responses
    )
    routes.add_api_route(
        path, endpoint, methods=["HEAD"], route_class_override=kind, include_in_schema=False
    )


_add("/", info, ForPrograms)
_add("/health", health)
_add(
    "/health/ready",
    ready,
    responses={503: {"model": Readiness, "description": "No engine can speak."}},
)
