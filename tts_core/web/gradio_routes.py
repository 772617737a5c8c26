"""Which routes are open: ours, and those of Gradio's that its page, its clients in Python and
JavaScript, and MCP use.

Gradio brings many more with each version: some fetch whatever address they are given, some start
FFmpeg on whatever is sent. What is not in the list here does not exist, and a route that a new
version adds stays shut until somebody adds it. `python -m tests.benchmarks.route_table` shows
every route there is and how it answers.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, unquote

import gradio as gr
from starlette.routing import BaseRoute
from starlette.types import Scope

_ID = r"[\w.~-]{1,100}"
"""Of a session or an event."""
_DECODED_AT_MOST = 5
"""How often a path may be percent-encoded in itself."""


class OpenRoutes:
    """The routes that requests may reach."""

    def __init__(
        self, own: Sequence[BaseRoute], endpoints: Mapping[str, bool], folders: Sequence[Path]
    ) -> None:
        """`own`: our routes. `endpoints`: of Gradio's, those that may be called by name, and
        whether each goes through the queue. `folders`: absolute; Gradio may give out their files.
        """
        found = [cast(Any, route) for route in own]
        self._own_paths = {route.path for route in found if "{" not in route.path}
        self._own_patterns = [route.path_regex for route in found if "{" in route.path]
        self._folders = folders
        call = rf"call/(?:v2/)?(?:{_any_of(endpoints)})"
        # The page calls its own events by number, under the name "predict".
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
        """Whether the path of an HTTP or WebSocket request leads anywhere, by its method."""
        path = scope["path"]
        if path == "/":
            return _names_no_page(scope["query_string"])
        if self._is_ours(path) or self._is_ours(path.rstrip("/")):  # which is redirected
            return True
        if scope["type"] == "websocket":
            return False
        method = scope["method"]
        if method in ("GET", "HEAD"):
            prefix, file, name = path.partition("/gradio_api/file=")
            if file and not prefix:
                return self._may_give_out(name)
        pattern = self._gradio.get(method)
        return pattern is not None and pattern.fullmatch(path) is not None

    def _is_ours(self, path: str) -> bool:
        return path in self._own_paths or any(p.match(path) for p in self._own_patterns)

    def _may_give_out(self, name: str) -> bool:
        """Whether it is a path inside the folders, however often it is decoded."""
        for _ in range(_DECODED_AT_MOST):
            # Two separators, Windows' own or not, begin the name of another host.
            if name.replace("\\", "/").startswith("//"):
                return False
            path = Path(os.path.normpath(name))
            if not any(path.is_relative_to(folder) for folder in self._folders):
                return False
            decoded = unquote(name)
            if decoded == name:
                return True
            name = decoded
        return False


def endpoints_of(demo: gr.Blocks) -> dict[str, bool]:
    """Return the names of the endpoints that clients may call, and whether each goes through the
    queue; not those of the page's own events."""
    return {
        str(function.api_name): bool(function.queue)
        for function in demo.fns.values()
        if function.api_name and function.api_visibility != "private"
    }


def _any_of(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, names))


def _one_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.ASCII)


def _names_no_page(query: bytes) -> bool:
    """There is one page, whose name is empty; Gradio fails at any other."""
    return not any(parse_qs(query.decode("latin-1")).get("page", ()))
