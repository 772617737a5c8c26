"""What every request passes first: keys and logins, whose request it is, how large it may be, and
which other web pages may ask. One place for all doors, Gradio's own included.

Gradio checks its login in some of its routes; here everything is closed but what the login page
needs. A key opens Gradio's routes too: the request gets the cookie of a login.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
import re
import secrets
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi import FastAPI
from gradio.route_utils import CustomCORSMiddleware
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tts_core.errors import NotAuthorized, TooLargeError, TTSError
from tts_core.settings import Settings
from tts_core.types import Caller
from tts_core.web.api.http import status_code

log = logging.getLogger(__name__)

VISITOR_COOKIE = "aloud_visitor"
VISITOR_SECONDS = 365 * 24 * 3600
MAX_UPLOAD_BYTES = 80 << 20
"""A recording of 50 MB in base64, and what stands around it."""
MAX_BODY_BYTES = 4 << 20
"""Of requests that hold texts."""
MAX_GUESSES = 20
"""Wrong passwords in a minute, from one address for one user."""
UPLOADS = ("/gradio_api/", "/api/train-voice")
OPEN = re.compile(
    r"/|/health|/health/ready|/login/?|/logout|/(gradio_api/)?theme\.css|/favicon\.ico|/robots\.txt"
    r"|/gradio_api/startup-events|/manifest\.json|/pwa_icon.*|/(static|assets|svelte)/.*"
)
"""What a visitor who has not logged in may see: the login page, and that somebody is there."""

_address: ContextVar[str] = ContextVar("address", default="")
"""Where the present request comes from."""


class Credentials:
    """The keys and logins there are."""

    def __init__(self, settings: Settings, own_key: str) -> None:
        """`own_key`: another key, for what the app asks of itself."""
        self._keys = [key.encode() for key in (*settings.known_keys, own_key)]
        self._logins = settings.logins
        self.wanted = bool(settings.known_keys or self._logins)
        """Whether callers have to be known at all."""
        self._wrong: Counter[tuple[str, str]] = Counter()  # passwords of the present minute
        self._minute = 0.0

    def knows_key(self, key: str) -> bool:
        """Whether it is one of the keys; takes as long whatever it is."""
        given = key.encode("utf-8", "replace")
        return bool(given) and sum([hmac.compare_digest(given, k) for k in self._keys]) > 0

    def knows_login(self, user: str, password: str) -> bool:
        """Whether it is one of the logins. A key is a password for any user.

        After too many wrong ones from the address of the present request, no password is right
        until the minute is over.
        """
        if time.monotonic() > self._minute + 60:
            self._minute = time.monotonic()
            self._wrong.clear()
        guess = _address.get(), user if user in self._logins else ""
        if self._wrong[guess] >= MAX_GUESSES:
            return False
        known = self._logins.get(user, "")
        same = hmac.compare_digest(password.encode("utf-8", "replace"), known.encode())
        if (same and user in self._logins) or self.knows_key(password):
            return True
        self._wrong[guess] += 1
        if self._wrong[guess] == MAX_GUESSES:
            log.warning("too many wrong passwords from %s: a minute long none is taken", guess[0])
        return False


class Gate:
    """ASGI middleware. Notes the caller in each connection's state."""

    def __init__(self, app: ASGIApp, credentials: Credentials, origins: Collection[str]) -> None:
        """`origins`: other than its own, whose pages may call; "*" is all."""
        self._app = app
        self._credentials = credentials
        self._origins = origins
        self._tokens: dict[str, str] = {}  # of logins made here, by client

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        address = f"address:{request.client.host}" if request.client else ""
        _address.set(address)
        try:
            client = self._client(request)
            limit = _check_size(request)
        except TTSError as error:
            await _refuse(scope, send, error)
            return
        visitor = "" if self._foreign(request) else _visitor(request)
        if not visitor and scope["path"] == "/":
            visitor = secrets.token_hex(16)
            send = _with_cookie(send, visitor, _is_secure(request))
        caller = Caller(client or address, visitor, operator=bool(client))
        scope.setdefault("state", {})["caller"] = caller
        await self._app(scope, _limited(receive, limit), send)

    def _client(self, request: HTTPConnection) -> str:
        """Who this is, by a key or a login; "" where nobody has to be known.

        Raises NotAuthorized.
        """
        foreign = self._foreign(request)
        if foreign and request.scope["type"] == "websocket":
            raise NotAuthorized(
                "Pages of this origin may not call; TTS_CORS_ORIGINS names those that may."
            )
        if not self._credentials.wanted:
            return ""
        if client := self._by_header(request):
            self._log_in(request, client)
            return client
        # Another site's page is not to use its visitor's login.
        if not foreign and (client := _by_cookie(request)):
            return client
        if _is_open(request):
            return ""
        given = {"authorization", "x-api-key"} & set(request.headers)
        fault = "The API key or login is not known." if given else "This wants an API key."
        raise NotAuthorized(f"{fault} Send it as Authorization: Bearer KEY, or as X-API-Key.")

    def _by_header(self, request: HTTPConnection) -> str:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        given = given.strip()
        if scheme.lower() == "basic":
            user, password = _basic(given)
            return f"login:{user}" if self._credentials.knows_login(user, password) else ""
        keys = [given, request.headers.get("x-api-key", "")]
        if request.scope["type"] == "websocket":  # browsers cannot send headers there
            query = parse_qs(request.scope["query_string"].decode("latin-1"))
            keys += query.get("api_key", [])
        known = (key for key in keys if self._credentials.knows_key(key))
        return next((f"key:{_fingerprint(key)}" for key in known), "")

    def _log_in(self, request: HTTPConnection, client: str) -> None:
        """Let Gradio's own check find a login."""
        app = request.scope["app"]
        token = self._tokens.setdefault(client, secrets.token_urlsafe(24))
        app.tokens[token] = client.partition(":")[2]
        names = _login_cookies(app)
        cookies = {k: v for k, v in request.cookies.items() if k not in names} | {names[0]: token}
        joined = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = [(k, v) for k, v in request.scope["headers"] if k != b"cookie"]
        request.scope["headers"] = [*headers, (b"cookie", joined.encode("latin-1", "ignore"))]

    def _foreign(self, request: HTTPConnection) -> bool:
        """Whether a page of another origin asks, which has not been allowed to."""
        origin = request.headers.get("origin")
        if origin is None or "*" in self._origins or origin in self._origins:
            return False
        # A browser lets no page set either header.
        hosts = (request.headers.get("host"), request.headers.get("x-forwarded-host"))
        return urlsplit(origin).netloc not in hosts


def gate_options(settings: Settings, credentials: Credentials) -> dict[str, Any]:
    """The gate and CORS, for the application Gradio makes."""
    gate = Middleware(Gate, credentials=credentials, origins=settings.allowed_origins)
    return {"middleware": [gate], "lifespan": _own_cors(settings)}


def login_options(settings: Settings, credentials: Credentials) -> dict[str, Any]:
    """Gradio's login page, where keys or logins are set."""
    if not credentials.wanted:
        return {}
    message = (
        "Sign in." if settings.logins else "Sign in with any name; the password is an API key."
    )
    return {"auth": credentials.knows_login, "auth_message": message}


def _own_cors(settings: Settings) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Gradio lets pages of any origin call a public server, with their visitor's cookies."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None, None]:
        theirs: object = CustomCORSMiddleware
        others = [m for m in app.user_middleware if m.cls is not theirs]
        cors = Middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_credentials="*" not in settings.allowed_origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["Retry-After"],
        )
        app.user_middleware = [cors, *others]
        app.middleware_stack = app.build_middleware_stack()
        yield

    return lifespan


def _is_open(request: HTTPConnection) -> bool:
    path = request.scope["path"]
    if request.scope["type"] == "websocket" or not OPEN.fullmatch(path):
        return False
    return path != "/" or "text/html" in request.headers.get("accept", "")


def _login_cookies(app: Any) -> tuple[str, str]:  # noqa: ANN401 - Gradio's application
    return f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}"


def _by_cookie(request: HTTPConnection) -> str:
    app = request.scope["app"]
    tokens = (request.cookies.get(name) for name in _login_cookies(app))
    return next((f"login:{app.tokens[t]}" for t in tokens if t in app.tokens), "")


def _fingerprint(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:12]


def _basic(given: str) -> tuple[str, str]:
    try:
        user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def _visitor(request: HTTPConnection) -> str:
    """A browser's name, from its cookie."""
    known = request.cookies.get(VISITOR_COOKIE, "")
    return known if re.fullmatch(r"[0-9a-f]{32}", known) else ""


def _is_secure(request: HTTPConnection) -> bool:
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))


def _with_cookie(send: Send, visitor: str, secure: bool) -> Send:
    # A Space's page is in a frame of huggingface.co.
    site = "SameSite=None; Secure; Partitioned" if secure else "SameSite=Lax"
    cookie = f"{VISITOR_COOKIE}={visitor}; Path=/; Max-Age={VISITOR_SECONDS}; HttpOnly; {site}"

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie.encode())]
        await send(message)

    return sending


# Sizes.


def _check_size(request: HTTPConnection) -> int:
    """The most bytes the body may have. Raises TooLargeError when more are announced."""
    limit = MAX_UPLOAD_BYTES if request.scope["path"].startswith(UPLOADS) else MAX_BODY_BYTES
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise TooLargeError(_too_large(limit))
    return limit


def _too_large(limit: int) -> str:
    return f"The request is larger than {limit >> 20} MB, the most there may be here."


def _limited(receive: Receive, limit: int) -> Receive:
    read = 0

    async def receiving() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:  # of FastAPI's errors, this one gets through its reading of bodies
            raise HTTPException(413, _too_large(limit))
        return message

    return receiving


async def _refuse(scope: Scope, send: Send, error: TTSError) -> None:
    """An error in the words of all doors: `error` and `detail`."""
    body = {
        "error": {"message": str(error), "type": error.type, "param": None, "code": error.type},
        "detail": str(error),
    }
    kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
    status = status_code(error)
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": json.dumps(body).encode()})
