"""Reads HTML and the XHTML of EPUB: what a browser shows, as blocks.

Lexbor parses it as browsers do. Nothing is fetched or run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from tts_core.documents.document import BlockKind
from tts_core.documents.flow import Flow, names

_SKIPPED = names(
    "applet audio button canvas datalist dialog embed footer frameset head iframe input map math "
    "meter nav noframes noscript object option optgroup progress rp rt script select style svg "
    "template textarea title video"
)
_BLOCKS = names(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset "
    "figcaption figure form h1 h2 h3 h4 h5 h6 header hgroup html legend li main menu ol p pre "
    "search section summary table tbody tfoot thead tr ul"
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NOTE_TYPES = names("footnote endnote rearnote footnotes endnotes rearnotes note")
"""Values of epub:type, and of role after "doc-", of elements with notes."""
_SKIPPED_TYPES = names("pagebreak page-list backlink noteref")
_NOTE_CLASS = re.compile(r"\b(?:footnotes?|endnotes?|fn|rearnote)\b", re.I)
_NOTE_ELEMENTS = names("aside dd div li p section")
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,4}|[*†‡§¶]{1,3}|[ivxlc]{1,6}|[a-z])[\])]?\.?", re.I)
_NOTE_TARGET = re.compile(r"note|foot|fn|ftn|end|_ref|cite", re.I)
_BACK = names("↩ ↩︎ ↑ ^ ⏎")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_EMPTY_TAG = re.compile(r"<([A-Za-z][\w:.-]*+)((?:[^<>\"'/]|\"[^\"<]*+\"|'[^'<]*+'|/(?!>))*+)/>")
_VOID = names("area base br col embed hr img input link meta param source track wbr")
_LINE_END = "\v"
"""Stands for a line end that is shown, while whitespace is collapsed."""


class _End(NamedTuple):
    """Where an element ends, on the stack of what is still to be visited."""

    tag: str
    is_note: bool


@dataclass(slots=True)
class Page:
    """What a file of HTML says of itself."""

    title: str = ""
    author: str = ""
    language: str = ""
    types: set[str] = field(default_factory=set)
    """Values of epub:type of the body and its only section."""
    references: set[str] = field(default_factory=set)
    """Addresses of the notes that its text refers to."""
    pictures: int = 0


def read_html(
    markup: str,
    flow: Flow,
    *,
    xhtml: bool = False,
    anchors: Collection[str] = (),
    notes: Collection[str] = (),
    file_anchor: str = "",
) -> Page:
    """Append the text of a file to a flow.

    `xhtml`: whether "<title/>" is an empty element. `anchors`: the ids which are noted in the
    items. `notes`: ids of elements that are footnotes. `file_anchor`: an anchor of the first item.
    Raises TooLargeError.
    """
    parsed = parse_xhtml(markup) if xhtml else _parse(markup)
    page = Page()
    if (html := parsed.root) is not None:
        values = html.attributes
        page.language = values.get("lang") or values.get("xml:lang") or ""
    if (title := parsed.css_first("head > title")) is not None:
        page.title = title.text()
    if (author := parsed.css_first("meta[name=author]")) is not None:
        page.author = author.attributes.get("content") or ""
    if (body := parsed.body) is not None:
        page.types = _types_of_page(body)
        reader = _Reader(flow, page, anchors, set(notes), file_anchor)
        reader.read(body if xhtml else _main_part(parsed, body))
    return page


def parse_xhtml(markup: str) -> LexborHTMLParser:
    """Parse XHTML as HTML, in which an empty element needs an end tag: "<title/>"."""
    return _parse(_EMPTY_TAG.sub(_with_end_tag, markup))


def _parse(markup: str) -> LexborHTMLParser:
    try:
        return LexborHTMLParser(markup)
    except SelectolaxError as error:  # any text is HTML; the memory was not enough
        raise MemoryError from error


def _with_end_tag(tag: re.Match[str]) -> str:
    name = tag[1]
    return tag[0] if name.lower() in _VOID else f"<{name}{tag[2]}></{name}>"


def _main_part(parsed: LexborHTMLParser, body: LexborNode) -> LexborNode:
    """Return the only <main> or <article> of a page, else its body."""
    for name in ("main", "article"):
        found = parsed.css(name)
        if len(found) == 1:
            return found[0]
    return body


def _types_of_page(body: LexborNode) -> set[str]:
    """Return the types of the body and of the elements that alone are in it."""
    found = set(_types(body.attributes))
    node = body
    for _ in range(3):
        children = [child for child in node.iter() if child.tag not in ("script", "style")]
        if len(children) != 1:
            break
        node = children[0]
        found |= _types(node.attributes)
    return found


def _types(attributes: Mapping[str, str | None]) -> set[str]:
    types = (attributes.get("epub:type") or "").casefold().split()
    roles = (attributes.get("role") or "").casefold().split()
    return {*types, *(role.removeprefix("doc-") for role in roles)}


class _Reader:
    """Visits the elements of a page in order."""

    def __init__(
        self,
        flow: Flow,
        page: Page,
        anchors: Collection[str],
        notes: set[str],
        file_anchor: str,
    ) -> None:
        self._flow = flow
        self._page = page
        self._wanted = anchors
        self._notes = notes
        self._anchors = [file_anchor] if file_anchor else []
        self._words: list[str] = []
        self._note_depth = 0
        self._pre_depth = 0
        self._level = 0

    def read(self, root: LexborNode) -> None:
        """Append everything in an element to the flow. Depth costs no recursion."""
        pending: list[LexborNode | _End] = []
        if root.first_child is not None:
            pending.append(root.first_child)
        while pending:
            node = pending.pop()
            if isinstance(node, _End):
                self._leave(node)
                continue
            if (following := node.next) is not None:
                pending.append(following)
            if node.is_text_node:
                self._add_text(node.text_content or "")
            elif node.is_element_node and (end := self._enter(node)):
                pending.append(end)
                if (child := node.first_child) is not None:
                    pending.append(child)
        self._flush()

    def _enter(self, node: LexborNode) -> _End | None:
        """Note the beginning of an element; return its end, None when it is skipped."""
        tag, attributes = node.tag or "", node.attributes
        self._note_anchor(attributes)
        if tag == "br":
            self._words.append(_LINE_END)
        elif tag == "hr":
            self._flush()
            self._flow.scene_break()
        elif tag in ("img", "image"):
            self._page.pictures += 1
        if tag in _SKIPPED or _is_hidden(attributes):
            self._page.pictures += tag == "svg"
            return None
        types = _types(attributes) if ("epub:type" in attributes or "role" in attributes) else set()
        if tag == "a" and self._is_note_mark(node, attributes, types):
            return None
        if types & _SKIPPED_TYPES or (tag == "pre" and _is_code(node)):
            return None
        is_note = self._is_note(tag, attributes, types)
        if tag in _BLOCKS or is_note:
            self._flush()
        elif tag in ("td", "th") and "".join(self._words).strip():
            self._words.append(", ")
        self._note_depth += is_note
        self._pre_depth += tag == "pre"
        self._level = _HEADINGS.get(tag, self._level)
        return _End(tag, is_note)

    def _leave(self, end: _End) -> None:
        if end.tag in _BLOCKS or end.is_note:
            self._flush()
        self._note_depth -= end.is_note
        self._pre_depth -= end.tag == "pre"
        if end.tag in _HEADINGS:
            self._level = 0

    def _add_text(self, text: str) -> None:
        text = text.replace(_LINE_END, " ")
        self._words.append(text.replace("\n", _LINE_END) if self._pre_depth else text)

    def _flush(self) -> None:
        """End the block that is being collected."""
        lines = "".join(self._words).split(_LINE_END)
        self._words.clear()
        text = "\n".join(" ".join(line.split()) for line in lines)
        level = 0 if self._note_depth else self._level
        kind: BlockKind = "footnote" if self._note_depth else "heading" if level else "paragraph"
        if level:
            text = " ".join(text.split())
        if self._flow.add(text, kind, level=level, anchors=self._anchors):
            self._anchors.clear()

    def _note_anchor(self, attributes: Mapping[str, str | None]) -> None:
        for name in (attributes.get("id"), attributes.get("name")):
            if name and name in self._wanted and name not in self._anchors:
                self._flush()
                self._anchors.append(name)

    def _is_note(self, tag: str, attributes: Mapping[str, str | None], types: set[str]) -> bool:
        if tag not in _NOTE_ELEMENTS:
            return False
        return bool(
            types & _NOTE_TYPES
            or attributes.get("id") in self._notes
            or (tag != "p" and _NOTE_CLASS.search(attributes.get("class") or ""))
        )

    def _is_note_mark(
        self, node: LexborNode, attributes: Mapping[str, str | None], types: set[str]
    ) -> bool:
        """Return whether a link is the mark of a footnote, or leads back to one."""
        address = attributes.get("href") or ""
        if "#" not in address:
            return False
        text = node.text().strip() if "noteref" not in types else ""
        if "noteref" in types:
            is_mark = True
        elif text in _BACK or "backlink" in types:
            return True
        else:
            parent, child = node.parent, node.first_child
            raised = "sup" in (parent.tag if parent else "", child.tag if child else "")
            names = f"{address.partition('#')[2]} {attributes.get('class') or ''}"
            is_mark = bool(_NOTE_MARK.fullmatch(text)) and (
                raised or bool(_NOTE_TARGET.search(names))
            )
        if is_mark and not self._note_depth:
            self._page.references.add(address)
            if address.startswith("#"):
                self._notes.add(address[1:])
        return is_mark


def _is_hidden(attributes: Mapping[str, str | None]) -> bool:
    return bool(
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or _HIDDEN.search(attributes.get("style") or "")
    )


def _is_code(node: LexborNode) -> bool:
    child = node.first_child
    return child is not None and child.tag == "code"
