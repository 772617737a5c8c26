"""The page's document: Gradio's, with our head and a skeleton, without what only programs need, and
compressed.

Gradio sends it uncompressed, with its own name and picture for link previews, and blank until its
scripts have loaded, which takes many seconds on a slow line.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import html
import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import brotli
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tts_core.web.gradio_assets import BEST, Compressor, early_links, import_map
from tts_core.web.streaming import in_thread
from tts_core.web.ui.assets import asset_path, skeleton, style_links, texts_path
from tts_core.web.ui.texts import ENGLISH, Texts, texts_of

TITLE = "Aloud"
_ENCODINGS = ("br", "gzip")
_LEVEL, _BROTLI_LEVEL = 6, 6
"""Either takes some 5 ms for the document; Brotli's highest takes 0.3 s, and a tenth less space."""
_PREVIEWS = re.compile(r'\s*<meta\s+(?:property="og:|name="twitter:)[^>]*>')
_THEME = re.compile(r'"theme_hash": ?"(\w+)"', re.ASCII)
_FRAME_SCRIPT = (
    "document.head.appendChild(script);",
    "if (window.parent !== window) document.head.appendChild(script);",
)
"""Gradio's script for pages inside a frame, and the same only where there is one."""
_BODY = re.compile(r"<body[^>]*>")
_CONFIG = re.compile(r"window\.gradio_config = (?=\{)")
_API_INFO = re.compile(r"window\.gradio_api_info = (?=\{)")
_NO_API = '{"named_endpoints":{},"unnamed_endpoints":{}}'
_OF_PROGRAMS = "api"
"""Type of the components that stand for the values of endpoints."""
_DESCRIPTIONS = ("api_info", "api_info_as_input", "api_info_as_output", "example_inputs")


class Document:
    """ASGI middleware that completes and compresses the page; other responses pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compressor = Compressor()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        if scope["type"] == "http" and scope["path"] == "/" and scope["method"] == "GET":
            send = _Sender(scope, send, self._compressor).send
        await self._app(scope, receive, send)


class _Sender:
    """Sends one response; collects it first if it is the page."""

    def __init__(self, scope: Scope, send: Send, compressor: Compressor) -> None:
        self._scope = scope
        self._send = send
        self._compressor = compressor
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = Headers(raw=message["headers"]).get("content-type", "")
            if message["status"] == 200 and kind.startswith("text/html"):
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            await self._finish(self._start)
            return
        await self._send(message)

    async def _finish(self, start: Message) -> None:
        given = Headers(scope=self._scope)
        accepted = given.get("accept-encoding", "")
        encoding = next((name for name in _ENCODINGS if name in accepted), "")
        # In a thread: anybody may ask with a new name in Host, which the cache does not know.
        texts = texts_of(Request(self._scope))
        finish = partial(_finished, self._body, _address(self._scope), texts, encoding)
        page = await in_thread(finish)
        if not page.is_smallest:
            self._compressor.offer(page.compress)
        body = page.body
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["etag"] = page.tag
        headers["vary"] = "Accept, Accept-Encoding, Accept-Language, Cookie"
        headers["cache-control"] = "no-cache"  # ask each time: names of scripts change with them
        if encoding:
            headers["content-encoding"] = encoding
        status = start["status"]
        if page.tag in given.get("if-none-match", "").replace("W/", "").split(", "):
            status, body = 304, b""
            del headers["content-length"]
        else:
            headers["content-length"] = str(len(body))
        await self._send({**start, "status": status, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})


class _Page:
    """A document as it is sent."""

    def __init__(self, text: bytes, encoding: str) -> None:
        self._text = text
        self.is_smallest = encoding != "br"
        self.tag = f'"{hashlib.sha256(text + encoding.encode()).hexdigest()[:20]}"'
        self.body = text
        if encoding == "br":
            self.body = brotli.compress(text, quality=_BROTLI_LEVEL)
        elif encoding == "gzip":
            self.body = gzip.compress(text, _LEVEL, mtime=0)

    def compress(self) -> None:
        """Compress it as far as possible."""
        self.body = brotli.compress(self._text, quality=BEST)
        self.is_smallest = True


@functools.lru_cache(maxsize=16)
def _finished(document: bytes, address: str, texts: Texts, encoding: str) -> _Page:
    """Return the page. Cached, since the document rarely differs."""
    return _Page(complete(document.decode(), address, texts).encode(), encoding)


def complete(document: str, address: str, texts: Texts) -> str:
    """Return Gradio's document with our head and skeleton, in the language of `texts`.

    `address`: the page's, for previews.
    """
    document = _PREVIEWS.sub("", _without_endpoints(document))
    picture = html.escape(address + asset_path("png"))
    description = html.escape(texts("document.description"))
    head = f"""<title>{TITLE}</title>
<meta name="description" content="{description}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="{TITLE}">
<meta property="og:title" content="{TITLE} – {html.escape(texts("document.subtitle"))}">
<meta property="og:description" content="{description}">
<meta property="og:url" content="{html.escape(address)}">
<meta property="og:image" content="{picture}">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta name="twitter:card" content="summary_large_image">
<meta name="theme-color" content="#f6f4ef" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#131412" media="(prefers-color-scheme: dark)">
"""
    # Styles after Gradio's, which they refine; our script before Gradio's, which calls it.
    styles = style_links() + early_links(texts.language)
    files = texts_path(texts.language), asset_path("js")
    script = "".join(f'<script src="{file}" defer></script>\n' for file in files)
    head += import_map()  # before any module
    # What Gradio's scripts wait for comes before their modules, which are many.
    for file in files:
        head += f'<link rel="preload" as="script" fetchpriority="high" href="{file}">\n'
    if theme := _THEME.search(document):
        head += f'<link rel="preload" as="style" href="theme.css?v={theme[1]}">\n'
    document = document.replace(*_FRAME_SCRIPT, 1)
    document = document.replace('lang="en"', f'lang="{texts.language}"', 1)
    document = re.sub(r"<meta charset[^>]*>", lambda found: found[0] + head, document, count=1)
    document = document.replace("<script data-gradio-mode", script + "<script data-gradio-mode", 1)
    document = document.replace("</head>", styles + "</head>", 1)
    # After Gradio's modules, in the browser's order of requests, too.
    late = [asset_path("js", "tabs")]
    if texts.language != ENGLISH:
        late.insert(0, texts_path(texts.language, "said"))
    later = "".join(f'<script src="{file}" defer fetchpriority="low"></script>\n' for file in late)
    document = document.replace("</body>", later + "</body>", 1)
    # Not on the login page, which has no studio.
    if '"auth_required":true' in document or '"auth_required": true' in document:
        return document
    return _BODY.sub(lambda found: found[0] + skeleton(texts), document, count=1)


def _without_endpoints(document: str) -> str:
    """Return Gradio's document without what describes endpoints.

    It has each of them twice: as components, one for each value, and as documentation with examples
    in four languages. The page shows neither; programs ask for both under addresses of their own,
    `/config` and `/gradio_api/info`.

    What Gradio writes in another way than expected stays as it is.
    """
    document = _replaced(document, _API_INFO, lambda _: _NO_API)
    return _replaced(document, _CONFIG, _lean)


def _replaced(
    document: str, before: re.Pattern[str], change: Callable[[dict[str, Any]], str]
) -> str:
    """Return the document with the JSON behind a pattern changed."""
    found = before.search(document)
    if not found:
        return document
    value, length = json.JSONDecoder().raw_decode(document[found.end() :])
    return document[: found.end()] + change(value) + document[found.end() + length :]


def _lean(config: dict[str, Any]) -> str:
    """Return the configuration as JSON without the components and events of programs.

    That of the login page has no components.
    """
    components = config.get("components", [])
    gone = {item["id"] for item in components if item["type"] == _OF_PROGRAMS}
    if gone:
        config["components"] = [item for item in components if item["id"] not in gone]
        config["dependencies"] = [
            event
            for event in config["dependencies"]
            if gone.isdisjoint(event["inputs"] + event["outputs"])
        ]
        for place in (config, *config["page"].values()):
            _drop(place["layout"], gone)
        for item in config["components"]:
            for name in _DESCRIPTIONS:
                item.pop(name, None)
    written = json.dumps(config, ensure_ascii=False, separators=(",", ":"))
    # As in Gradio's own JSON, no end tag of a script may occur in it.
    return written.replace("<", "\\u003c").replace(">", "\\u003e")


def _drop(node: dict[str, Any], gone: set[int]) -> None:
    """Drop components from a layout."""
    if "children" in node:
        node["children"] = [child for child in node["children"] if child["id"] not in gone]
        for child in node["children"]:
            _drop(child, gone)


def _address(scope: Scope) -> str:
    """Return the page's address as its visitors see it, with a slash at the end."""
    headers = Headers(scope=scope)
    host = headers.get("x-forwarded-host", headers.get("host", "localhost"))
    scheme = headers.get("x-forwarded-proto", scope.get("scheme", "http"))
    path = str(scope.get("root_path", "")).rstrip("/")
    return f"{scheme.split(',')[0].strip()}://{host.split(',')[0].strip()}{path}/"
