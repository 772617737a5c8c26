"""Which web pages may ask for what, and under which names Aloud may be called."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from tts_core.errors import Forbidden
from tts_core.settings import Settings
from tts_core.validation import shown

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_CHANGING = frozenset({"/logout", "/logout/"})
"""Addresses at which even GET changes something."""


class Origins:
    """Knows a browser's requests by what no page can forge: `Origin` and `Sec-Fetch-Site`.

    Scripts send neither, and may do everything.
    """

    def __init__(self, settings: Settings) -> None:
        self._allowed = settings.allowed_origins
        self._names = settings.host_names

    def check_host(self, request: HTTPConnection) -> None:
        """Raises Forbidden when Aloud is called by a name that is not its own."""
        if self._names is None:
            return
        for host in request.headers.getlist("host"):
            if _name(host) not in self._names and not _is_address(host):
                raise Forbidden(
                    f"Aloud may not be called by the name {shown(host)!r} here; TTS_ALLOWED_HOSTS "
                    "names those by which it may."
                )

    def is_foreign(self, request: HTTPConnection) -> bool:
        """Whether a page of another origin asks, and has not been allowed to.

        A link that somebody followed is no page's request, where it only reads.
        """
        headers = request.headers
        origin = headers.get("origin")
        if origin in self._allowed:
            return False
        site = headers.get("sec-fetch-site")
        if site in ("same-origin", "none"):
            return False
        if origin is not None:
            return site is not None or _netloc(origin) not in _own_names(request)
        if request.scope["path"] in _CHANGING:
            return site is not None or _is_foreign_link(request)
        return site == "cross-site" and headers.get("sec-fetch-mode") != "navigate"

    def check_deed(self, request: HTTPConnection) -> None:
        """Raises Forbidden when the request of a foreign page would do more than read.

        `TTS_CORS_ORIGINS=*` lets any page, but without its visitor's login.
        """
        if "*" in self._allowed:
            return
        websocket = request.scope["type"] == "websocket"
        reads = not websocket and request.scope["method"] in _READING
        if not reads or request.scope["path"] in _CHANGING:
            raise Forbidden(
                "Pages of this origin may not call; TTS_CORS_ORIGINS names those that may. Behind "
                "a proxy, have it pass on the Host with its port (nginx: proxy_set_header Host "
                "$http_host)."
            )


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _is_foreign_link(request: HTTPConnection) -> bool:
    """Return whether a browser without `Sec-Fetch-Site` (over plain http) follows a link that is
    not on a page of ours, which all send the `Referer`."""
    accepts_page = "text/html" in request.headers.get("accept", "")
    return accepts_page and _netloc(request.headers.get("referer", "")) not in _own_names(request)


def _own_names(request: HTTPConnection) -> set[str]:
    """The hosts, with their ports, that the request was sent to, here or to a proxy.

    To set X-Forwarded-…, a page of another origin would have to ask CORS first.
    """
    headers = request.headers
    host = headers.get("host", "")
    forwarded = headers.get("x-forwarded-host", "").partition(",")[0].strip()
    port = headers.get("x-forwarded-port", "").strip()
    names = {host, forwarded}
    if port.isdecimal():
        names |= {f"{name}:{port}" for name in (host, forwarded) if name}
    return names - {""}


def _name(host: str) -> str:
    """The host name in a Host header, in lower case; "" when there is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    """Whether it is an address and not a name: nobody can give that a meaning of their own."""
    try:
        ipaddress.ip_address(_name(host))
    except ValueError:
        return False
    return True
