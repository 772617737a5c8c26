"""Login and logout on the page. Logins are kept in memory, so a restart logs everybody out.

Gradio has routes for this too, which are never reached: its logins do not expire, any site can end
all logins of a user, and their cookie is sent with the requests of every site.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tts_core.web.callers import address_of
from tts_core.web.credentials import Credentials

LOGIN_SECONDS = 30 * 24 * 3600.0
"""How long a login lasts."""


@dataclass(frozen=True, slots=True)
class _Login:
    client: str
    user: str
    until: float = field(default_factory=lambda: time.monotonic() + LOGIN_SECONDS)


class Logins:
    """The logins, by the token in a cookie."""

    def __init__(self, credentials: Credentials, framed: bool) -> None:
        """`framed`: the page is shown in a frame of another site, as on a Space."""
        self._credentials = credentials
        self._same_site: Literal["lax", "none"] = "none" if framed else "lax"
        self._logins: dict[str, _Login] = {}
        self._lent: dict[str, str] = {}  # tokens of clients with a key, by client

    def routes(self) -> list[Route]:
        """Return the routes `/login` and `/logout`, which have to come before Gradio's own."""
        return [
            Route("/login", self._log_in, methods=["POST"]),
            Route("/login/", self._log_in, methods=["POST"]),
            Route("/logout", self._log_out, methods=["GET", "POST"]),
        ]

    def client_of(self, request: HTTPConnection) -> str:
        """Return the client that is logged in with a cookie of the request, or ""."""
        self._forget_old(request.app)
        found = (self._logins.get(token) for token in _tokens(request))
        return next((login.client for login in found if login), "")

    def lend(self, request: HTTPConnection, client: str) -> None:
        """Give the request of a client with a key the cookie that Gradio's own check requires."""
        app = request.app
        token = self._lent.setdefault(client, secrets.token_urlsafe(24))
        app.tokens[token] = client.partition(":")[2]
        names = _cookie_names(app)
        cookies = {k: v for k, v in request.cookies.items() if k not in names} | {names[0]: token}
        joined = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = [(k, v) for k, v in request.scope["headers"] if k != b"cookie"]
        request.scope["headers"] = [*headers, (b"cookie", joined.encode("latin-1", "ignore"))]

    async def _log_in(self, request: Request) -> Response:
        """Log in with the form of Gradio's page and gradio_client: `username`, `password`."""
        async with request.form(max_files=0, max_fields=20) as form:
            user, password = (str(form.get(name, "")) for name in ("username", "password"))
        client = self._credentials.by_password(user.strip(), password, address_of(request))
        if not client:
            return JSONResponse({"detail": "Incorrect credentials."}, 400)
        token = secrets.token_urlsafe(16)
        self._logins[token] = _Login(client, user.strip())
        request.app.tokens[token] = user.strip()
        answer = JSONResponse({"success": True})
        for name, attributes in self._cookies(request.app):
            answer.set_cookie(name, token, httponly=True, **attributes)
        self._partition(answer)
        return answer

    async def _log_out(self, request: Request) -> Response:
        """End this login and, unless `all_session=false`, all others of the same user."""
        alone = request.query_params.get("all_session", "").lower() in ("false", "0")
        tokens = set(_tokens(request))
        users = {(login.client, login.user) for t in tokens if (login := self._logins.get(t))}
        for token, login in list(self._logins.items()):
            if token in tokens or (not alone and (login.client, login.user) in users):
                self._end(request.app, token)
        answer = RedirectResponse("./", 303)
        for name, attributes in self._cookies(request.app):
            answer.delete_cookie(name, httponly=True, **attributes)
        self._partition(answer)
        return answer

    def _cookies(self, app: Any) -> list[tuple[str, dict[str, Any]]]:  # noqa: ANN401 - Gradio's
        """Return names and attributes of the cookies for https and for http.

        A browser uses the one that applies.
        """
        secure, plain = _cookie_names(app)
        return [
            (secure, {"samesite": self._same_site, "secure": True}),
            (plain, {"samesite": "lax"}),
        ]

    def _partition(self, answer: Response) -> None:
        """Add `Partitioned` to the cookie for https where the page is framed.

        Browsers refuse other cookies in frames of another site. Starlette can set the attribute
        only from Python 3.14 on.
        """
        if self._same_site == "none":
            answer.raw_headers = [
                (name, value + b"; Partitioned" if b"SameSite=none" in value else value)
                for name, value in answer.raw_headers
            ]

    def _forget_old(self, app: Any) -> None:  # noqa: ANN401 - Gradio's application
        now = time.monotonic()
        for token, login in list(self._logins.items()):
            if login.until <= now:
                self._end(app, token)

    def _end(self, app: Any, token: str) -> None:  # noqa: ANN401 - Gradio's application
        self._logins.pop(token, None)
        app.tokens.pop(token, None)


def _cookie_names(app: Any) -> tuple[str, str]:  # noqa: ANN401 - Gradio's application
    return f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}"


def _tokens(request: HTTPConnection) -> list[str]:
    return [request.cookies.get(name, "") for name in _cookie_names(request.app)]
