"""Gradio's scripts and styles: fewer and smaller on the wire than Gradio sends them.

Gradio compresses each file anew for each visitor, and so not well. Here a file is compressed as far
as Brotli can, once, in the background; until that is done, Gradio answers. The player of HLS
streams, a quarter of what a first visit loads, is left out: the page plays none. So are Handlebars,
a tenth, which our templates do not use (`assets.markup` refuses its braces), the parser of ICU's
messages, and a control of Gradio's workflows. A list no longer breaks, and with it the page, when
its entries become fewer while it is open; with each event less of the page's state is copied; and
the messages of a stream reach the player without all components being told of them.

Gradio's scripts ask for the files of its components late, and one by one. The document names them
that the first tab needs at its beginning, contains the smallest, for which each request takes
longer than the transfer, and has their styles in one file, and those of the other tabs in another,
which delays nothing. Which they are, `gradio_files.txt` lists;
`python -m tests.support.page_files` writes it when Gradio has changed.
"""

from __future__ import annotations

import functools
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

import brotli
import gradio
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tts_core.system.once import computed_once
from tts_core.web.streaming import in_thread

FOLDER = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
LARGEST = 200_000
"""Bytes of a file to compress: a larger one, which the page does not load, takes seconds."""
SMALLEST = 4_000
"""Bytes of a script up to which the document contains it."""
_PATH = re.compile(r"/assets/([\w-]{1,80}\.(js|css))", re.ASCII)
_TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
_LEFT_OUT = re.compile(r"(?:hls|HistoryStorageControl)-[\w-]+\.js", re.ASCII)
"""The player of HLS streams, and where Gradio's workflows keep their runs."""
_ENTRANCE = re.compile(r'src="\./assets/(index-[\w-]+\.js)"', re.ASCII)
_ENTRY = re.compile(rb"(\w+\.choices\[\w+\(\w+\)\])\[0\]")
"""In the script of lists: the label of an entry, which may be gone by now."""
_HANDLEBARS = re.compile(
    rb"var \w+=\w+\(\(\w+=>\{\w+\.__esModule=!0,\w+\.extend=.+,(\w+)=\w+\(\w+\(.+?\)\)\(\)\),"
    rb"(?=\w+=new Map,.*\b\1\.default\.compile\()",
    re.DOTALL,
)
"""In the script of HTML components: Handlebars' modules, and the variable that holds the last."""
_NO_HANDLEBARS = rb"var \1={default:{compile:text=>()=>text}},"
_MESSAGES = re.compile(
    rb",\w+=function\(\w+,\w+\)\{return \w+=Object\.setPrototypeOf.+?EXPECT_ARGUMENT_CLOSING_BRACE"
    rb".+?var (\w+)=function\(\)\{function \w+\([\w,]+\)\{[^}]*\.defaultLocale\).+?\}\(\)"
    rb"(?=,\w+=\w+\(\w+\(\),1\);)",
    re.DOTALL,
)
"""In the script of Gradio's texts: the parser of ICU's messages, and the class that fills them."""
_PLAIN_MESSAGES = (
    rb",\1=class{constructor(text){this.text=text}"
    rb"static resolveLocale(name){return new Intl.Locale(name)}format(values){"
    rb"return this.text.replace(/\\{(\\w+)\\}/g,(whole,name)=>name in values?values[name]:whole)}}"
)
"""A class that fills in values. None of Gradio's texts that the page shows has a plural."""
_CLONE = re.compile(
    rb"(if\((\w+) instanceof EventTarget)(\)return \2;try\{return structuredClone\()"
)
"""In Gradio's first script: how Svelte copies state. It calls the browser for each text in it."""
_FEWER_CLONES = rb"\1||typeof \2!=`object`\3"
_GENERATING = re.compile(
    rb"(\.stage===`streaming`\)this\.dispatch_state_change_events\(\w+\),"
    rb"this\.update_loading_status\(\{[^}]*fn_index:(\w+)\.id[^}]*\}\),)"
    rb"(this\.update_loading_stati_state\(\))"
)
"""In the script of events: with each message of a generator, every component that has ever had
to do with an event is told, and its whole state copied, that the event goes on."""
_UNLESS_HIDDEN = rb"\1\2.show_progress===`hidden`||\3"
_VALUE = rb"([\w$]+(?:\(\w*\))?(?:\.\w+|\[\w+\])*)"
_COMPARISON = re.compile(
    rb"JSON\.stringify\(" + _VALUE + rb"\)!==JSON\.stringify\(" + _VALUE + rb"\)"
)
"""In the scripts of HTML components: whether a value is another one, by their JSON. The player's
values are megabytes of sound, of which each was written as JSON eight times."""
_DIFFERS = (
    rb"!(function same(a,b){if(Object.is(a,b))return!0;"
    rb"if(!a||!b||typeof a!=`object`||typeof b!=`object`)return!1;let keys=Object.keys(a);"
    rb"return keys.length===Object.keys(b).length&&keys.every(key=>same(a[key],b[key]))})(\1,\2)"
)
_CHANGES = (
    (_ENTRY, rb"\1?.[0]"),
    (_HANDLEBARS, _NO_HANDLEBARS),
    (_MESSAGES, _PLAIN_MESSAGES),
    (_CLONE, _FEWER_CLONES),
    (_GENERATING, _UNLESS_HIDDEN),
    (_COMPARISON, _DIFFERS),
)
_IMPORT = re.compile(r'((?:from|import)\s*)"\./([\w-]+\.js)"', re.ASCII)
_SCHEME = "gradio/"
"""Begins the names by which contained scripts import others: they have no folder of their own."""
_UNQUOTED = "!$&'()*+,/:;=?@[]^`{|}"
"""Characters that a data URL may contain as they are, also within JSON within HTML."""
_EXPORTS = re.compile(r"export\s*\{([^}]*)\}")
LATER = " later"
"""After the name of a listed file: the first tab does without, and it would delay it."""
_FOREVER = "public, max-age=31536000, immutable"
_NICENESS = 10
BEST: Final = 11
"""Brotli's highest quality."""


@functools.cache
def page_files() -> tuple[str, ...]:
    """Return the names of the files that the page loads and Gradio's document does not name."""
    return tuple(name for name in _listed() if name in known_assets())


@functools.cache
def _listed() -> dict[str, bool]:
    """Return the listed files, and which of them have to be there before the page can be used."""
    lines = (Path(__file__).parent / "gradio_files.txt").read_text(encoding="utf-8").splitlines()
    return {line.removesuffix(LATER): not line.endswith(LATER) for line in lines}


@functools.cache
def combined_styles(first: bool) -> bytes:
    """Return the styles of the page's components.

    `first`: whether of those of the first tab, or of the others.
    """
    names = [name for name in page_files() if _is_style(name) and _listed()[name] is first]
    return b"\n".join((FOLDER / name).read_bytes() for name in names)


@functools.cache
def contained() -> Mapping[str, str]:
    """Return the scripts that the document contains: their names, and what they are as URLs."""
    names = [name for name in first_scripts() if len(content(name)) <= SMALLEST]
    found = {}
    for name in names:
        text = _IMPORT.sub(rf'\1"{_SCHEME}\2"', content(name).decode())
        found[name] = f"data:text/javascript;charset=utf-8,{quote(text, safe=_UNQUOTED)}"
    return found


def first_scripts() -> list[str]:
    """Return the names of those without which the first tab cannot be used."""
    return [name for name in page_files() if not _is_style(name) and _listed()[name]]


def import_map() -> str:
    """Return the element that tells browsers which scripts the document contains.

    Browsers before 2023 ignore it, and load the files.
    """
    imports = {_SCHEME: "./assets/"}
    for name, script in contained().items():
        imports |= {f"./assets/{name}": script, f"{_SCHEME}{name}": script}
    return f'<script type="importmap">{json.dumps({"imports": imports})}</script>\n'


def _texts_of_gradio(language: str) -> list[str]:
    """Return the name of the script with Gradio's texts in a language other than English.

    Gradio's scripts ask for it only when they run, which is a round trip later.
    """
    if language == "en":
        return []
    names = (path.name for path in FOLDER.glob(f"{language}-*.js"))
    return [name for name in names if re.fullmatch(rf"{language}-[\w-]{{8}}\.js", name)][:1]


def early_links(language: str = "en") -> str:
    """Return what the document's head says of the page's files, without `combined_styles`.

    Disabled links, and those to scripts that the document contains, load nothing: they keep
    Gradio's scripts from loading the files.
    """
    return "\n".join(
        (
            *(
                f'<link rel="modulepreload" crossorigin href="./assets/{name}">'
                for name in (*first_scripts(), *_texts_of_gradio(language))
                if name not in contained()
            ),
            *(f'<link rel="contained" href="./assets/{name}">' for name in contained()),
            *(
                f'<link rel="stylesheet" disabled href="./assets/{name}">'
                for name in page_files()
                if _is_style(name)
            ),
            "",
        )
    )


def _is_style(name: str) -> bool:
    return name.endswith(".css")


class Compressor:
    """Compresses in the background, in one thread of low priority."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "compress", _go_last)
        self._last: Future[None] | None = None

    def add(self, task: Callable[[], None]) -> None:
        """Do a task after those before it."""
        self._last = self._pool.submit(task)

    def offer(self, task: Callable[[], None]) -> None:
        """Do a task unless there is another: for what anybody may ask for in any number."""
        if self._last is None or self._last.done():
            self.add(task)


class GradioAssets:
    """ASGI middleware that answers for Gradio's assets; other requests pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._changed = changed_assets()
        self._compressed = dict[str, bytes]()
        self._seen = set[str]()
        self._compressor = Compressor()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        body = None
        found = _PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found and scope["method"] == "GET" and _takes_brotli(scope):
            body = await self._body(found[1])
        if found is None or body is None:
            await self._app(scope, receive, _kept(send) if _is_theme(scope) else send)
            return
        headers = {
            "Cache-Control": _FOREVER,
            "Content-Encoding": "br",
            "Content-Type": _TYPES[found[2]],
            "Vary": "Accept-Encoding",
        }
        await Response(body, headers=headers)(scope, receive, send)

    async def _body(self, name: str) -> bytes | None:
        """Return a file, compressed, or None where it is not yet or not at all."""
        if name not in known_assets():
            return None
        if name in self._changed:  # Gradio would answer with its own
            return await in_thread(partial(_compressed, name))
        if name not in self._compressed and name not in self._seen:
            self._seen.add(name)
            self._compressor.add(partial(self._compress, name))
        return self._compressed.get(name)

    def _compress(self, name: str) -> None:
        with suppress(OSError):  # Gradio's answer will tell
            self._compressed[name] = _compressed(name)


def _takes_brotli(scope: Scope) -> bool:
    return "br" in Headers(scope=scope).get("accept-encoding", "")


def _is_theme(scope: Scope) -> bool:
    """Return whether a request is for Gradio's theme by the hash of its contents."""
    return scope["type"] == "http" and scope["path"] == "/theme.css" and bool(scope["query_string"])


def _kept(send: Send) -> Send:
    """Return what sends a response that browsers may keep for good, if it is the file."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            MutableHeaders(raw=message["headers"])["Cache-Control"] = _FOREVER
        await send(message)

    return sending


@functools.cache
def known_assets() -> frozenset[str]:
    """Return the names of the files that are not too large to compress, and of those left out."""
    with os.scandir(FOLDER) as files:
        return frozenset(
            file.name
            for file in files
            if file.is_file() and (file.stat().st_size <= LARGEST or is_left_out(file.name))
        )


@functools.cache
def changed_assets() -> frozenset[str]:
    """Return the names of the files that are not sent as Gradio has them."""
    gone = (name for name in known_assets() if is_left_out(name))
    others = (n for n in (entrance(), *page_files()) if content(n) != (FOLDER / n).read_bytes())
    return frozenset((*gone, *others))


@functools.cache
def entrance() -> str:
    """Return the name of Gradio's first script, which its document names."""
    document = (FOLDER.parent / "index.html").read_text(encoding="utf-8")
    return str(_ENTRANCE.findall(document)[0])


def is_left_out(name: str) -> bool:
    """Return whether a file is one whose functions the page never calls."""
    return _LEFT_OUT.fullmatch(name) is not None


def content(name: str) -> bytes:
    """Return what to send in place of a file. Raises OSError."""
    whole = (FOLDER / name).read_bytes()
    if not is_left_out(name):
        for pattern, other in _CHANGES:
            whole = pattern.sub(other, whole)
        return whole
    exports = _EXPORTS.findall(whole.decode())
    return _without_contents(exports[-1].split(",")) if exports else whole


def _without_contents(exports: Iterable[str]) -> bytes:
    """Return a module with the same exports ("x as y"), which do nothing and return false."""
    names = (export.split(" as ")[-1].strip() for export in exports)
    return (
        f"const none=()=>false;export{{{','.join(f'none as {name}' for name in names)}}};".encode()
    )


@computed_once
def _compressed(name: str) -> bytes:
    """Return what to send in place of a file, compressed. Raises OSError.

    Remembered: the files are the same for all servers of a process.
    """
    return bytes(brotli.compress(content(name), quality=BEST))


def _go_last() -> None:
    """Lower the priority of the calling thread; elsewhere than on Linux it is the process's."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
