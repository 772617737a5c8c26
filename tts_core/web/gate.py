"""The gate that every request passes first, for all APIs, Gradio's own included.

It checks keys and logins, the size of the body and the origin of web pages, and notes the caller.
Gradio checks its login only in some of its routes; here everything is closed but what the login
page needs. A key also opens Gradio's routes: the request is given the cookie of a login.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from fastapi import FastAPI
from gradio.route_utils import CustomCORSMiddleware
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tts_core.errors import NotAuthorized, RateLimited, TTSError, UnknownNameError
from tts_core.settings import Settings
from tts_core.types import Caller
from tts_core.web.api.address import PATH as SPEECH_BY_ADDRESS
from tts_core.web.api.http import RefusalText, error_headers, refusal_body, status_code
from tts_core.web.api.openai.names import PREFIX, no_route, openai_body
from tts_core.web.bodies import body_bytes, bounds_of
from tts_core.web.callers import CALLER_HEADER, address_of, from_header
from tts_core.web.credentials import Credentials
from tts_core.web.gradio_routes import OpenRoutes
from tts_core.web.logins import Logins
from tts_core.web.origins import Origins

VISITOR_COOKIE = "aloud_visitor"
VISITOR_SECONDS = 365 * 24 * 3600
KEY_HEADERS = ("x-api-key", "xi-api-key", "api-key")
"""Headers with a key besides `Authorization`: ours, ElevenLabs' and Azure's."""
SPACES = "https://huggingface.co"
"""Origin that shows a Space's page in a frame."""
OPEN = re.compile(
    r"/|/health|/health/ready|/login/?|/logout|/(gradio_api/)?theme\.css|/favicon\.ico|/robots\.txt"
    r"|/gradio_api/startup-events|/manifest\.json|/(static|assets|page/assets)/.*"
)
"""Paths that need no key or login: the login page, styles and scripts, and the health checks."""

_ORIGIN = re.compile(r"https?://[\w.:\[\]-]+", re.ASCII)


class Gate:
    """ASGI middleware that refuses requests or lets them through with their caller in the state."""

    def __init__(
        self,
        app: ASGIApp,
        credentials: Credentials,
        logins: Logins,
        origins: Origins,
        routes: OpenRoutes,
        max_body: int,
        framed: bool,
        framers: Sequence[str],
    ) -> None:
        """`max_body`: bytes. `framed`: the page is shown in another site's frame, as on a Space.

        `framers`: origins that may show it in a frame.
        """
        self._app = app
        self._routes = routes
        self._max_body = max_body
        self._credentials = credentials
        self._logins = logins
        self._origins = origins
        self._framed = framed
        ancestors = ["'self'", *([SPACES] if framed else []), *filter(_ORIGIN.fullmatch, framers)]
        self._headers = [
            (b"content-security-policy", f"frame-ancestors {' '.join(ancestors)}".encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope = self._routes.without_slash(scope)
        request = HTTPConnection(scope)
        headers = list(self._headers)
        send = _with_headers(send, headers)
        if _is_openai(scope):
            send = _with_request_id(send)
        try:
            caller = self._caller(request)
            bounds = bounds_of(request, self._max_body)
        except TTSError as error:
            await _refuse(scope, send, error)
            return
        if not self._routes.include(scope):
            await _no_route(scope, receive, send)
            return
        if not caller.owner_id and self._is_page(request):
            caller = replace(caller, owner_id=secrets.token_hex(16))
            headers.append((b"set-cookie", self._cookie(request, caller.owner_id)))
        scope.setdefault("state", {})["caller"] = caller
        await self._app(scope, bounds.checked(receive), send)

    def _caller(self, request: HTTPConnection) -> Caller:
        """Return the caller. Raises NotAuthorized, Forbidden, RateLimited."""
        if self._credentials.is_own(request.headers.get("x-api-key", "")):
            if self._credentials.required:
                self._logins.lend(request, "own")
            return from_header(request.headers.get(CALLER_HEADER, ""))
        self._origins.check_host(request)
        address = address_of(request)
        client = self._client(request, address)
        owner_id = "" if self._origins.is_foreign(request) else _visitor(request)
        return Caller(client or address, owner_id, operator=bool(client))

    def _client(self, request: HTTPConnection, address: str) -> str:
        """Return the client of a key or a login; "" where none is required.

        Raises NotAuthorized, Forbidden, RateLimited.
        """
        foreign = self._origins.is_foreign(request)
        if foreign and request.scope["type"] == "websocket":
            self._origins.check_foreign(request)
        if self._credentials.required and (client := self._by_headers(request, address)):
            self._logins.lend(request, client)
            return client
        if foreign:  # a page of another site must not use its visitor's login
            self._origins.check_foreign(request)
        if not self._credentials.required:
            return ""
        if not foreign and (client := self._logins.client_of(request)):
            return client
        if _is_open(request):
            return ""
        sent = {*request.headers, *request.query_params}
        given = {"authorization", "api_key", *KEY_HEADERS} & sent
        problem = "The API key or login is not known." if given else "An API key is required."
        raise NotAuthorized(f"{problem} Send it as Authorization: Bearer KEY, or as X-API-Key.")

    def _by_headers(self, request: HTTPConnection, address: str) -> str:
        """Return the client of a key or login in the headers, or "".

        Raises RateLimited after too many wrong keys, but not for an open path.
        """
        try:
            return self._by_header(request, address)
        except RateLimited:
            if not _is_open(request):
                raise
            return ""

    def _by_header(self, request: HTTPConnection, address: str) -> str:
        """Return the client of a key or login in the headers, or "". Raises RateLimited."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        given = given.strip()
        if scheme.lower() == "basic":
            return self._credentials.by_password(*_basic(given), address)
        keys = [given, *(request.headers.get(name, "") for name in KEY_HEADERS)]
        # Browsers cannot send headers with a WebSocket, players none at all.
        if request.scope["type"] == "websocket" or request.scope["path"] == SPEECH_BY_ADDRESS:
            query = parse_qs(request.scope["query_string"].decode("latin-1"))
            keys += query.get("api_key", [])
        return self._credentials.by_key(keys, address)

    def _is_page(self, request: HTTPConnection) -> bool:
        return request.scope["path"] == "/" and not self._origins.is_foreign(request)

    def _cookie(self, request: HTTPConnection, owner_id: str) -> bytes:
        site = "SameSite=Lax"
        if "https" in (request.url.scheme, request.headers.get("x-forwarded-proto")):
            site = "SameSite=None; Secure; Partitioned" if self._framed else f"{site}; Secure"
        cookie = f"{VISITOR_COOKIE}={owner_id}; Path=/; Max-Age={VISITOR_SECONDS}; HttpOnly; {site}"
        return cookie.encode()


def gate_options(
    settings: Settings, credentials: Credentials, logins: Logins, routes: OpenRoutes
) -> dict[str, Any]:
    """Return the gate as arguments for Gradio's application."""
    gate = Middleware(
        Gate,
        credentials=credentials,
        logins=logins,
        origins=Origins(settings),
        routes=routes,
        max_body=body_bytes(settings.text_limit),
        framed=settings.on_space,
        framers=settings.allowed_origins,
    )
    return {"middleware": [gate]}


def login_options(settings: Settings, credentials: Credentials) -> dict[str, Any]:
    """Return arguments that show Gradio's login page where a key or login is required."""
    if not credentials.required:
        return {}
    message = (
        "Sign in." if settings.logins else "Sign in with any name; the password is an API key."
    )
    # The login page posts to the route of `logins.py`, so Gradio's own check is never used.
    return {"auth": lambda _user, _password: False, "auth_message": message}


def use_own_cors(app: FastAPI, settings: Settings) -> None:
    """Replace Gradio's CORS, which lets pages of any origin call a public server with the cookies
    of their visitor. To be called when the application starts."""
    gradio_cors: object = CustomCORSMiddleware
    others = [m for m in app.user_middleware if m.cls is not gradio_cors]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_credentials="*" not in settings.allowed_origins,
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["Retry-After", "X-Request-Id"],
    )
    app.user_middleware = [cors, *others]
    app.middleware_stack = app.build_middleware_stack()


def _is_open(request: HTTPConnection) -> bool:
    path = request.scope["path"]
    if request.scope["type"] == "websocket" or not OPEN.fullmatch(path):
        return False
    return path != "/" or "text/html" in request.headers.get("accept", "")


def _basic(given: str) -> tuple[str, str]:
    """Return user and password of HTTP Basic credentials, both "" when they are malformed."""
    try:
        user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def _visitor(request: HTTPConnection) -> str:
    """Return the owner id in a browser's cookie, or ""."""
    known = request.cookies.get(VISITOR_COOKIE, "")
    return known if re.fullmatch(r"[0-9a-f]{32}", known) else ""


def _with_headers(send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
    """Return a `send` that adds `headers`, as they are when the response starts."""

    async def sending(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            message["headers"] = [*message.get("headers", ()), *headers]
        await send(message)

    return sending


def _is_openai(scope: Scope) -> bool:
    path: str = scope["path"]
    return scope["type"] == "http" and path.startswith(f"{PREFIX}/")


def _with_request_id(send: Send) -> Send:
    """Return a `send` that gives a response an id if it has none: OpenAI's clients log it."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            names = {name.lower() for name, _ in message["headers"]}
            if b"x-request-id" not in names:
                own = (b"x-request-id", uuid.uuid4().hex.encode())
                message["headers"] = [*message["headers"], own]
        await send(message)

    return sending


async def _refuse(scope: Scope, send: Send, error: TTSError) -> None:
    """Answer with an error in the forms of all APIs, below `PREFIX` with OpenAI's type and code."""
    kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    headers = {"content-type": "application/json", **error_headers(error)}
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    status = status_code(error)
    body = refusal_body(error)
    if _is_openai(scope):
        body.error = RefusalText(**openai_body(error, status).error.model_dump())
    await send({"type": f"{kind}.start", "status": status, "headers": encoded})
    await send({"type": f"{kind}.body", "body": body.model_dump_json().encode()})


async def _no_route(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await _refuse(scope, send, UnknownNameError("There is no such WebSocket; see /ws/tts."))
        return
    answer = await no_route(Request(scope), HTTPException(404))
    await answer(scope, receive, send)
