"""The page's styles, scripts, texts and markup, each read once.

Styles and scripts are served as one file each. Its name contains a hash of its contents, so that
browsers may keep it for good.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import brotli
from fastapi import APIRouter, HTTPException, Request, Response

from tts_core.system.once import computed_once
from tts_core.web.gradio_assets import combined_styles
from tts_core.web.streaming import in_thread
from tts_core.web.ui.texts import LANGUAGES, Texts, said_script, script

_FOLDER = Path(__file__).parent

SCRIPTS = (
    "shell.js", "texts.js", "theme.js", "connection.js", "focus.js", "notes.js", "menu.js",
    "icons.js", "feed.js", "text_meta.js", "readings.js", "drafts.js", "shortcuts.js", "tabs.js",
    "pcm_buffer.js", "playback.js", "reader.js", "waveform.js", "player_files.js",
    "broken_stream.js", "player.js", "gallery_button.js",
)  # fmt: skip
"""Ordered so that each script follows those it uses."""
TAB_SCRIPTS = (
    "recent.js", "api_panel.js", "gradio_labels.js", "studio_loader.js", "pronunciations.js",
    "microphone.js", "charts.js", "history.js", "status.js", "engines.js", "clone.js", "voices.js",
    "check.js", "document_drop.js",
)  # fmt: skip
"""Those that nothing on the first tab needs at once; loaded after it."""
STYLES = ("aloud.css", "player.css")
TAB_STYLES = ("pronunciations.css", "clone.css", "engines.css", "status.css")
"""Those of what `TAB_SCRIPTS` draw; loaded with them."""
NARROW_STYLES = ("narrow.css",)
"""They refine both; a window to which they do not apply does not wait for them."""
GALLERY_SCRIPTS = (
    "gallery_sound.js", "gallery_ahead.js", "gallery_blend.js", "gallery_missing.js",
    "gallery_rows.js", "gallery.js",
)  # fmt: skip
GALLERY_STYLES = ("gallery.css",)
"""Files of their own, which are loaded only when the gallery is opened."""
STUDIO_SCRIPTS = (
    "studio_api.js", "studio_rows.js", "studio_sound.js", "studio_edit.js", "studio_find.js",
    "studio_cast.js", "studio_export.js", "studio_list.js", "studio_project.js", "studio.js",
)  # fmt: skip
STUDIO_STYLES = ("studio.css",)
"""Those of the Studio, which are loaded when its tab is."""
PREFIX = "page/assets"
"""Path of the files, relative to the page."""
_FOREVER = "public, max-age=31536000, immutable"
_COMMENTS = re.compile(r"^ *(?://.*|/\*\*[^*]*(?:\*(?!/)[^*]*)*\*/)\n", re.MULTILINE)
"""Lines that are comments: a sixth of what scripts take on the wire."""
_MEDIA = re.compile(r"^@media ([^{]+?) \{", re.MULTILINE)
_KEYS = re.compile(r"\[\[([\w.]+)\]\]")
"""Keys of texts in markup."""
_TEXTS = re.compile(r"(texts|said)-([\w-]{2,8})-[0-9a-f]{12}\.js", re.ASCII)
_TEXT_SCRIPTS: dict[str, Callable[[str], str]] = {"texts": script, "said": said_script}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that the page loads."""

    name: str
    media_type: str
    content: bytes

    def response(self, accepted: str) -> Response:
        """Return the response for an `Accept-Encoding` header.

        The first one takes 0.1 s: a server that no browser visits need not compress, and one that
        starts should not wait for it. Gzip is for browsers on addresses without TLS.
        """
        headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
        content = self.content
        if self.media_type.startswith("text/"):
            for encoding in _COMPRESSORS:
                if encoding in accepted:
                    headers["Content-Encoding"] = encoding
                    content = _compressed(content, encoding)
                    break
        return Response(content, media_type=self.media_type, headers=headers)


_COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {"br": brotli.compress, "gzip": gzip.compress}
"""By the name of the encoding, the best first."""


@computed_once
def _compressed(content: bytes, encoding: str) -> bytes:
    return bytes(_COMPRESSORS[encoding](content))


@functools.cache
def assets() -> dict[str, Asset]:
    """Return the files by name: styles, scripts, those of the gallery and the Studio, the
    picture for link previews, and the styles of Gradio's components."""
    styles = (
        _bundle("css", "text/css", STYLES),
        _bundle("css", "text/css", TAB_STYLES, "tabs"),
        _bundle("css", "text/css", NARROW_STYLES, "narrow"),
    )
    scripts = (
        _bundle("js", "text/javascript", SCRIPTS),
        _bundle("js", "text/javascript", TAB_SCRIPTS, "tabs"),
    )
    gallery = (
        _bundle("css", "text/css", GALLERY_STYLES, "gallery"),
        _bundle("js", "text/javascript", GALLERY_SCRIPTS, "gallery"),
    )
    studio = (
        _bundle("css", "text/css", STUDIO_STYLES, "studio"),
        _bundle("js", "text/javascript", STUDIO_SCRIPTS, "studio"),
    )
    picture = _asset("png", "image/png", (_FOLDER / "preview.png").read_bytes())
    components = (
        _asset("gradio.css", "text/css", combined_styles(first=True)),
        _asset("gradio.css", "text/css", combined_styles(first=False), "tabs"),
    )
    every = (*styles, *scripts, *gallery, *studio, picture, *components)
    return {asset.name: asset for asset in every}


def asset_path(extension: str, stem: str = "aloud") -> str:
    """Return the path, relative to the page, of the file with this extension.

    `stem`: "aloud", "tabs", "narrow", "gallery" or "studio", with which its name begins.
    """
    return f"{PREFIX}/{_name(extension, stem)}"


def _name(extension: str, stem: str) -> str:
    [name] = [
        name
        for name in assets()
        if name.startswith(f"{stem}-") and name.partition(".")[2] == extension
    ]
    return name


@functools.cache
def texts_asset(stem: str, language: str) -> Asset:
    """Return the script with the texts of a language; `stem` as for `texts_path`."""
    content = _TEXT_SCRIPTS[stem](language).encode()
    return _asset("js", "text/javascript", content, f"{stem}-{language}")


def texts_path(language: str, stem: str = "texts") -> str:
    """Return the path, relative to the page, of the texts of a language.

    `stem`: "texts", or "said" for what the core says.
    """
    return f"{PREFIX}/{texts_asset(stem, language).name}"


def _texts(name: str) -> Asset | None:
    """Return the texts with this file name if there are any."""
    found = _TEXTS.fullmatch(name)
    if not found or found[2] not in LANGUAGES:
        return None
    asset = texts_asset(found[1], found[2])
    return asset if asset.name == name else None


def asset_routes() -> APIRouter:
    """Return the router of the files."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(f"/{PREFIX}/{{name}}")
    async def asset(name: str, request: Request) -> Response:
        """Return a file of the page."""
        found = assets().get(name) or _texts(name)
        if found is None:
            raise HTTPException(404, "There is no such file; reload the page.")
        accepted = request.headers.get("accept-encoding", "")
        return await in_thread(partial(found.response, accepted))

    return routes


@functools.cache
def template(name: str) -> str:
    """Return a file's markup for `gr.HTML(html_template=…)`; see `markup`."""
    return markup((_FOLDER / name).read_text(encoding="utf-8"))


def markup(text: str) -> str:
    """Return markup for `gr.HTML(html_template=…)`, which becomes a JavaScript template literal.

    A key in double brackets becomes the catalogue's text. Raises ValueError when there are
    characters with a meaning in such a literal.
    """
    if any(mark in text for mark in ("`", "${", "{{", "\\")):
        raise ValueError(f"Backquote, backslash, '${{' or '{{{{' in {text[:60]!r}…")
    return _KEYS.sub(r"${aloud.html('\1')}", text)


@functools.cache
def skeleton(texts: Texts) -> str:
    """Return the markup that is shown until Gradio has drawn the page."""
    text = (_FOLDER / "skeleton.html").read_text(encoding="utf-8")
    return _KEYS.sub(lambda found: html.escape(texts(found[1])), text)


NUMBERED = "(...values) => aloud.numbered(values)"
"""Of handlers with the inputs tab state and player: puts the number of the request, by the page's
count, in place of the player's value."""
STOPPED = "(...values) => aloud.numbered(values, aloud.player.stopping)"
"""The same of the handler that stops: the number of the request that is meant."""


def call(expression: str) -> str:
    """Return a script for `gr.HTML(js_on_load=…)` that calls a function once our scripts ran."""
    name = expression.split("(", 1)[0]
    retry = f"const go = () => window.aloud?.{name} ? aloud.{expression} : setTimeout(go, 10)"
    return f"{{ {retry}; go(); }}"


def style_links() -> str:
    """Return the links to the styles, in the order in which they refine each other.

    Until those of the other tabs have come, browsers take them for a printer's, for which nothing
    waits.
    """
    later = """ media="print" onload="this.media='all'\""""
    narrow = ", ".join(_MEDIA.findall(assets()[_name("css", "narrow")].content.decode()))
    links = (
        ("gradio.css", "aloud", ""),
        ("gradio.css", "tabs", later),
        ("css", "aloud", ""),
        ("css", "tabs", later),
        ("css", "narrow", f' media="{narrow}"'),
    )
    return "".join(
        f'<link rel="stylesheet" href="{asset_path(extension, stem)}"{when}>\n'
        for extension, stem, when in links
    )


def _bundle(extension: str, media_type: str, names: tuple[str, ...], stem: str = "aloud") -> Asset:
    texts = [(_FOLDER / name).read_text(encoding="utf-8") for name in names]
    if extension == "js":
        texts = [_COMMENTS.sub("", text) for text in texts]
    return _asset(extension, media_type, "\n".join(texts).encode(), stem)


def _asset(extension: str, media_type: str, content: bytes, stem: str = "aloud") -> Asset:
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Asset(f"{stem}-{digest}.{extension}", media_type, content)
