"""Every route that a running app has, Gradio's own included, and how each answers whom."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.routing import Mount
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, InvalidStatus

from tts_core.web.app import App

FOREIGN = "evil.example"
CALLERS: Mapping[str, Mapping[str, str]] = {
    "no key": {},
    "wrong key": {"X-API-Key": "wrong"},
    "foreign origin": {"Origin": f"https://{FOREIGN}"},
    "foreign host": {"Host": FOREIGN},
}
"""The headers each sends."""
SECONDS = 5.0
"""After which no status has come."""
_AT_ONCE = 8


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """One method of one path; "WS" is the method of a WebSocket."""

    path: str
    method: str

    @property
    def address(self) -> str:
        """The path with a value in place of each parameter, as none of the app's own names it."""
        return re.sub(r"\{[^}]*\}", "1", self.path)


def routes_of(app: App) -> list[Route]:
    """Return the routes of the application that Gradio made, sorted."""
    return sorted(set(_routes(app.demo.app.routes, "")))


def _routes(found: Iterable[Any], prefix: str) -> Iterator[Route]:
    for route in found:
        if (included := getattr(route, "original_router", None)) is not None:
            yield from _routes(included.routes, prefix)
            continue
        path = prefix + route.path
        if isinstance(route, Mount) and route.routes:
            yield from _routes(route.routes, path)
        elif isinstance(route, Mount):
            yield from (Route(path + "/", method) for method in ("GET", "POST", "DELETE"))
        else:
            # FastAPI names no methods for a WebSocket, Starlette none where it takes all.
            is_socket = "WebSocket" in type(route).__name__
            for method in ["WS"] if is_socket else sorted(route.methods or {"GET", "POST"}):
                yield Route(path, method)


def statuses(
    app: App, routes: Iterable[Route], callers: Mapping[str, Mapping[str, str]] = CALLERS
) -> dict[Route, dict[str, int]]:
    """Return the status that each caller gets of each route, 0 for none within `SECONDS`.

    A WebSocket that opens has the status 101. The bodies sent are `{}`.
    """
    return asyncio.run(_statuses(app.url, list(routes), callers))


async def _statuses(
    url: str, routes: list[Route], callers: Mapping[str, Mapping[str, str]]
) -> dict[Route, dict[str, int]]:
    turn = asyncio.Semaphore(_AT_ONCE)
    async with httpx.AsyncClient(base_url=url, timeout=SECONDS) as client:

        async def status(route: Route, headers: Mapping[str, str]) -> int:
            async with turn:
                if route.method == "WS":
                    return await _socket_status(url, route, headers)
                try:
                    # Some answers never end.
                    async with client.stream(
                        route.method, route.address, headers=headers, json={}
                    ) as answer:
                        return answer.status_code
                except httpx.TimeoutException:
                    return 0

        async def row(route: Route) -> dict[str, int]:
            found = [status(route, headers) for headers in callers.values()]
            return dict(zip(callers, await asyncio.gather(*found), strict=True))

        return dict(zip(routes, await asyncio.gather(*map(row, routes)), strict=True))


async def _socket_status(url: str, route: Route, headers: Mapping[str, str]) -> int:
    server = httpx.URL(url)
    host = headers.get("Host", server.netloc.decode())
    try:
        async with connect(
            f"ws://{host}{route.address}",
            host=server.host,
            port=server.port,
            additional_headers={name: value for name, value in headers.items() if name != "Host"},
            open_timeout=SECONDS,
            proxy=None,
        ):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code
    except (InvalidHandshake, TimeoutError):
        return 0
