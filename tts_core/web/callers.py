"""Who is behind a request. The gate notes it in each request's state; the doors read it here."""

from __future__ import annotations

from typing import Any

from tts_core.types import Caller


def caller_of(request: Any) -> Caller:  # noqa: ANN401 - Starlette's, FastAPI's or Gradio's
    """The caller of a request or of a WebSocket. Gradio's own request holds one of Starlette's."""
    connection = getattr(request, "request", request)
    caller = getattr(getattr(connection, "state", None), "caller", None)
    return caller if isinstance(caller, Caller) else Caller()
