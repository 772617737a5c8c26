"""Who is behind a request. The gate notes it in each request's state; the doors read it here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tts_core.types import Caller


def caller_of(request: Any) -> Caller:  # noqa: ANN401 - Starlette's, FastAPI's or Gradio's
    """The caller of a request or of a WebSocket. Gradio's own request holds one of Starlette's.

    A script's visit is its Gradio session; it has no cookie.
    """
    connection = getattr(request, "request", request)
    caller = getattr(getattr(connection, "state", None), "caller", None)
    if not isinstance(caller, Caller):
        return Caller()
    if caller.visitor or not (session := _session(request)):
        return caller
    return replace(caller, visitor=session)


def _session(request: Any) -> str:  # noqa: ANN401
    return str(getattr(request, "session_hash", None) or "")
