"""Checks the origin of web pages that call, and the host name by which Aloud is called."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from tts_core.errors import Forbidden
from tts_core.settings import Settings
from tts_core.system.running_server import CannotStart
from tts_core.validation import shown

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_CHANGING = frozenset({"/logout", "/logout/", "/tts", "/page/voices/sound"})
"""Paths at which even GET does more than read."""


class Origins:
    """Judges a browser's requests by headers that no page can forge: `Origin` and `Sec-Fetch-Site`.

    Scripts send neither of them, and are not restricted.
    """

    def __init__(self, settings: Settings) -> None:
        """Check the settings. Raises CannotStart when `TTS_ALLOWED_HOSTS` has a URL in it."""
        if "/" in settings.allowed_hosts:
            raise CannotStart(
                "TTS_ALLOWED_HOSTS: set it to host names such as speech.example, without https:// "
                "and without a path."
            )
        self._allowed = settings.allowed_origins
        self._names = settings.host_names

    def check_host(self, request: HTTPConnection) -> None:
        """Raise Forbidden when Aloud is called by a host name that is not allowed."""
        if self._names is None:
            return
        for host in request.headers.getlist("host"):
            if _name(host) not in self._names and not _is_address(host):
                raise Forbidden(
                    f"The host name {shown(host)!r} is not allowed here; add it to "
                    "TTS_ALLOWED_HOSTS."
                )

    def is_foreign(self, request: HTTPConnection) -> bool:
        """Return whether a page of another origin that is not allowed sent the request.

        Following a link there does not count where it only reads.
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

    def check_foreign(self, request: HTTPConnection) -> None:
        """Raise Forbidden when the request of a foreign page would do more than read.

        `TTS_CORS_ORIGINS=*` allows all pages, but without their visitor's login.
        """
        if "*" in self._allowed:
            return
        websocket = request.scope["type"] == "websocket"
        reads = not websocket and request.scope["method"] in _READING
        if not reads or request.scope["path"] in _CHANGING:
            raise Forbidden(
                "Web pages of this origin are not allowed to call; add it to TTS_CORS_ORIGINS. "
                "Behind a proxy, have the proxy pass on the Host with its port (nginx: "
                "proxy_set_header Host $http_host)."
            )


def _netloc(origin: str) -> str:
    """Return host and port of a URL; "" when it is invalid."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _is_foreign_link(request: HTTPConnection) -> bool:
    """Return whether a browser follows a link, or plays an address, of a page that is not ours.

    For browsers that do not send `Sec-Fetch-Site`, which is so over plain http. Our pages have them
    send the `Referer`.
    """
    referer = request.headers.get("referer", "")
    comes_from_page = referer or "text/html" in request.headers.get("accept", "")
    return bool(comes_from_page) and _netloc(referer) not in _own_names(request)


def _own_names(request: HTTPConnection) -> set[str]:
    """Return the hosts, with their ports, that the request was sent to, here or at a proxy.

    A page of another origin cannot set X-Forwarded-… without asking CORS first.
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
    """Return the host name in a Host header, in lower case; "" when it is invalid."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    """Return whether a Host header has an address, which unlike a name nobody can redefine."""
    try:
        ipaddress.ip_address(_name(host))
    except ValueError:
        return False
    return True
