"""The allow-list of routes: ours, and those of Gradio's that its page, its clients in Python and
JavaScript, and MCP use.

Gradio adds more with each version: some fetch any address they are given, some start FFmpeg on
whatever is sent. Routes that are not listed here answer 404, and so does a route that a new version
adds. `python -m tests.benchmarks.route_table` lists all routes and how they answer.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, unquote

import gradio as gr
from starlette.datastructures import Headers
from starlette.routing import BaseRoute
from starlette.types import Scope

from tts_core.system.own_files import leaves

_ID = r"[\w.~-]{1,100}"
"""Id of a session or an event."""
_DECODED_AT_MOST = 5
"""How often a path may be percent-encoded."""


class OpenRoutes:
    """Knows the routes that requests may reach."""

    def __init__(
        self, own: Sequence[BaseRoute], endpoints: Mapping[str, bool], folders: Sequence[Path]
    ) -> None:
        """`own`: our routes. `endpoints`: from `endpoints_of`. `folders`: absolute paths of folders
        with files that Gradio may serve.
        """
        found = [cast(Any, route) for route in own]
        self._own_paths = {route.path for route in found if "{" not in route.path}
        self._own_patterns = [route.path_regex for route in found if "{" in route.path]
        self._folders = folders
        call = rf"call/(?:v2/)?(?:{_any_of(endpoints)})"
        # The page calls its own events by number, with the name "predict".
        run = _any_of(["predict", *(name for name, queued in endpoints.items() if not queued)])
        self._gradio = {
            "GET": _one_of(
                "/(?:config/?|theme\\.css|favicon\\.ico|robots\\.txt|manifest\\.json)",
                "/(?:assets|static)/.+",
                "/gradio_api/(?:info/?|app_id/?|theme\\.css|startup-events)",
                "/gradio_api/(?:queue/data|upload_progress)",
                rf"/gradio_api/(?:heartbeat|{call})/{_ID}",
                "/gradio_api/mcp(?:/|/http/?|/sse|/schema)?",
            ),
            "POST": _one_of(
                "/gradio_api/(?:upload|queue/join|cancel|reset/?)",
                rf"/gradio_api/(?:run/(?:{run})|{call})/?",
                "/gradio_api/mcp(?:/|/http/?|/messages/?)?",
            ),
        }

    def include(self, scope: Scope) -> bool:
        """Return whether an HTTP or WebSocket request may pass, by its method and path."""
        path = scope["path"]
        if path == "/":
            return _names_no_page(scope["query_string"])
        if self._is_ours(path) or self._is_ours(path.rstrip("/")):
            return True
        if scope["type"] == "websocket":
            return False
        method = scope["method"]
        if method in ("GET", "HEAD"):
            prefix, file, name = path.partition("/gradio_api/file=")
            if file and not prefix:
                return self._may_serve(name)
        pattern = self._gradio.get(method)
        return pattern is not None and pattern.fullmatch(path) is not None

    def without_slash(self, scope: Scope) -> Scope:
        """Return the scope of a request, or one without slashes at the end of the path.

        The latter when only that is one of our routes. Starlette would redirect such a request,
        which many clients do not follow, and would refuse a WebSocket. A browser that asks for a
        page is redirected all the same, because addresses in the page may be relative.
        """
        path: str = scope["path"]
        bare = path.rstrip("/")
        if path == bare or self._is_ours(path) or not self._is_ours(bare):
            return scope
        if scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", ""):
            return scope
        return {**scope, "path": bare}

    def _is_ours(self, path: str) -> bool:
        return path in self._own_paths or any(p.match(path) for p in self._own_patterns)

    def _may_serve(self, name: str) -> bool:
        """Return whether it is a path inside the folders, however often it is decoded."""
        for _ in range(_DECODED_AT_MOST):
            # A path that begins with two separators names another host on Windows.
            if name.replace("\\", "/").startswith("//"):
                return False
            path = Path(os.path.normpath(name))
            if not any(_is_inside(path, folder) for folder in self._folders):
                return False
            decoded = unquote(name)
            if decoded == name:
                return True
            name = decoded
        return False


def endpoints_of(demo: gr.Blocks) -> dict[str, bool]:
    """Return the names of the endpoints that clients may call, and whether each goes through the
    queue. The page's own events are not among them."""
    return {
        str(function.api_name): bool(function.queue)
        for function in demo.fns.values()
        if function.api_name and function.api_visibility != "private"
    }


def _is_inside(path: Path, folder: Path) -> bool:
    """Return whether a path is in a folder, and does not leave it by a symbolic link."""
    try:
        return not leaves(path, folder)
    except (OSError, ValueError):  # not below it, or no name of a file
        return False


def _any_of(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, names))


def _one_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.ASCII)


def _names_no_page(query: bytes) -> bool:
    """Return whether a query names no page: there is only one, and Gradio fails at others."""
    return not any(parse_qs(query.decode("latin-1")).get("page", ()))
