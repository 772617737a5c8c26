"""The caller of a request. The gate puts it into the request's state, and the APIs read it here."""

from __future__ import annotations

import ipaddress
import json
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from starlette.requests import HTTPConnection

from tts_core.types import Caller

CALLER_HEADER = "x-aloud-caller"
"""Header in which the app, calling itself, names the caller; trusted only with its own key."""

LONGEST_SESSION = 200
"""Characters of the id of a Gradio session that count; clients make some 10 to 40."""


def caller_of(request: Any) -> Caller:  # noqa: ANN401 - Starlette's, FastAPI's or Gradio's
    """Return the caller of a request or WebSocket; nobody, without rights, where it is not known.

    `request` may be Gradio's own, which wraps one of Starlette's. A script has no cookie; its owner
    id is its Gradio session.
    """
    connection = getattr(request, "request", request)
    caller = getattr(getattr(connection, "state", None), "caller", None)
    if not isinstance(caller, Caller):
        return Caller(operator=False)
    if caller.owner_id or not (session := _session(request)):
        return caller
    return replace(caller, owner_id=session)


def address_of(request: HTTPConnection) -> str:
    """Return the address a request comes from, as limits count it; "" when it is not known."""
    return "" if request.client is None else client_at(request.client.host)


def client_at(host: str) -> str:
    """Return the client of an address, for `Caller.client`.

    All addresses of an IPv6 /64 count as one, since one household or rented machine has that many.
    """
    with suppress(ValueError):
        address = ipaddress.ip_address(host.partition("%")[0])
        if isinstance(address, ipaddress.IPv6Address):
            mapped = address.ipv4_mapped
            host = str(mapped or ipaddress.ip_network((int(address), 64), strict=False))
    return f"address:{host[:64]}"


def as_header(caller: Caller) -> str:
    """Return the value of `CALLER_HEADER` for a caller."""
    return json.dumps(asdict(caller))


def from_header(value: str) -> Caller:
    """Return the caller of a value from `as_header`; one without rights for an empty value."""
    return Caller(**json.loads(value)) if value else Caller(operator=False)


def _session(request: Any) -> str:  # noqa: ANN401
    """Return the id that a client has given its Gradio session, as databases can store it."""
    given = str(getattr(request, "session_hash", None) or "")
    return given[:LONGEST_SESSION].encode("utf-8", "replace").decode().replace("\x00", "")
