"""Who is behind a request. The gate notes it in each request's state; the doors read it here."""

from __future__ import annotations

import ipaddress
import json
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from starlette.requests import HTTPConnection

from tts_core.types import Caller

CALLER_HEADER = "x-aloud-caller"
"""For whom the app asks itself; believed only beside its own key."""


def caller_of(request: Any) -> Caller:  # noqa: ANN401 - Starlette's, FastAPI's or Gradio's
    """The caller of a request or of a WebSocket. Gradio's own request holds one of Starlette's.

    A script's visit is its Gradio session; it has no cookie.
    """
    connection = getattr(request, "request", request)
    caller = getattr(getattr(connection, "state", None), "caller", None)
    if not isinstance(caller, Caller):
        return Caller(operator=False)
    if caller.owner_id or not (session := _session(request)):
        return caller
    return replace(caller, owner_id=session)


def address_of(request: HTTPConnection) -> str:
    """Where a request comes from, as limits count it; "" when nobody knows.

    All addresses of an IPv6 /64 are one: a household, or a rented machine, has as many.
    """
    if request.client is None:
        return ""
    host = request.client.host
    with suppress(ValueError):
        address = ipaddress.ip_address(host.partition("%")[0])
        if isinstance(address, ipaddress.IPv6Address):
            mapped = address.ipv4_mapped
            host = str(mapped or ipaddress.ip_network((int(address), 64), strict=False))
    return f"address:{host[:64]}"


def as_header(caller: Caller) -> str:
    """The value of `CALLER_HEADER`."""
    return json.dumps(asdict(caller))


def from_header(value: str) -> Caller:
    """What `as_header` was given; for no value, somebody who may see nothing of others."""
    return Caller(**json.loads(value)) if value else Caller(operator=False)


def _session(request: Any) -> str:  # noqa: ANN401
    return str(getattr(request, "session_hash", None) or "")
