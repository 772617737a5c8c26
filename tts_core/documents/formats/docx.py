"""Reads Word documents (Office Open XML, ISO/IEC 29500).

A ZIP archive of XML: word/document.xml is the text, word/styles.xml tells which paragraphs are
headings. Macros, pictures and what links lead to are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from tts_core.documents.flow import Flow, names
from tts_core.documents.formats.archive import Archive
from tts_core.documents.formats.html import Page
from tts_core.documents.formats.xml import attribute, local_name, parse_xml
from tts_core.documents.headings import is_scene_break
from tts_core.documents.limits import invalid

_DOCUMENT = "word/document.xml"
_STYLES = "word/styles.xml"
_PROPERTIES = "docProps/core.xml"
_NOTES = {"footnoteReference": "word/footnotes.xml", "endnoteReference": "word/endnotes.xml"}
_HEADING = re.compile(r"heading ([1-9])", re.I)
_NOT_SHOWN = names(
    # Deleted, moved away, codes of fields, a second version for older programs, properties.
    "del moveFrom instrText delText Fallback rPr pPr sectPr tblPr trPr tcPr"
)
_LONGEST_CHAIN = 20
"""Styles that are based on one another."""


@dataclass(slots=True)
class _Styles:
    """What paragraph styles mean, by their ids."""

    levels: dict[str, int] = field(default_factory=dict)
    """Of headings; 1 is the highest."""
    contents: set[str] = field(default_factory=set)
    """Those of the lines of a table of contents."""
    titles: set[str] = field(default_factory=set)
    language: str = ""


def read_docx(archive: Archive, flow: Flow) -> Page:
    """Append the text of a document to a flow; return what its properties say.

    Raises ValidationError and TooLargeError.
    """
    if _DOCUMENT not in archive:
        raise invalid(
            f"The document is no Word document: {_DOCUMENT} is missing in it. Save it again as "
            ".docx."
        )
    styles = _styles(archive)
    body = parse_xml(archive.read(_DOCUMENT), _DOCUMENT).find("{*}body")
    notes = {tag: _notes(archive, name) for tag, name in _NOTES.items()}
    page = _properties(archive)
    page.language = page.language or styles.language
    if body is None:
        return page
    reader = _Reader(flow, styles, notes, page)
    for element in body:
        reader.read(element)
    return page


class _Reader:
    """Appends paragraphs and tables to a flow."""

    def __init__(
        self, flow: Flow, styles: _Styles, notes: Mapping[str, Mapping[str, str]], page: Page
    ) -> None:
        self._flow = flow
        self._styles = styles
        self._notes = notes
        self._page = page

    def read(self, element: Element) -> None:
        """Append a paragraph, a table, or those in a container."""
        # A stack, since tables and content controls may be nested as deeply as one likes.
        pending = [element]
        while pending:
            top = pending.pop()
            name = local_name(top)
            if name == "p":
                self._paragraph(top)
            elif name == "tr":
                cells = [_all_text(cell) for cell in top if local_name(cell) == "tc"]
                self._flow.add(", ".join(cell for cell in cells if cell))
            elif name not in _NOT_SHOWN:
                pending += reversed(top)

    def _paragraph(self, paragraph: Element) -> None:
        style = paragraph.find("{*}pPr/{*}pStyle")
        outline = paragraph.find("{*}pPr/{*}outlineLvl")
        name = attribute(style, "val") if style is not None else ""
        if name in self._styles.contents:
            return
        boxes: list[Element] = []
        references: list[tuple[str, str]] = []
        text = _text(paragraph, self._page, boxes, references)
        level = self._styles.levels.get(name, 0)
        if not level and outline is not None and attribute(outline, "val") in "012345678":
            level = int(attribute(outline, "val") or 8) + 1
        if name in self._styles.titles:
            self._page.title = self._page.title or text
            level = 1
        if text and is_scene_break(text):
            self._flow.scene_break()
        elif level:
            self._flow.add(" ".join(text.split()), "heading", level=level)
        else:
            self._flow.add(text)
        for box in boxes:
            for inner in box:
                self.read(inner)
        for tag, identity in references:
            self._flow.add(self._notes[tag].get(identity, ""), "footnote")


def _text(
    paragraph: Element,
    page: Page,
    boxes: list[Element] | None = None,
    references: list[tuple[str, str]] | None = None,
) -> str:
    """Return the text of a paragraph; add its text boxes and the notes it refers to to lists."""
    parts: list[str] = []
    for name, element in _shown(paragraph):
        if name == "t":
            parts.append(element.text or "")
        elif name in ("tab", "ptab"):
            parts.append(" ")
        elif name in ("br", "cr"):
            parts.append("\n")
        elif name == "noBreakHyphen":
            parts.append("-")
        elif name == "txbxContent" and boxes is not None:
            boxes.append(element)
        elif name in ("drawing", "pict"):
            page.pictures += 1
        elif name in _NOTES and references is not None:
            references.append((name, attribute(element, "id")))
    return "".join(parts)


def _shown(paragraph: Element) -> Iterator[tuple[str, Element]]:
    """Yield what is shown of a paragraph, in order, with its names; text boxes unopened."""
    pending = list(reversed(paragraph))
    while pending:
        element = pending.pop()
        name = local_name(element)
        if name in _NOT_SHOWN or (name == "r" and _is_hidden(element)):
            continue
        yield name, element
        if name != "txbxContent":
            pending += reversed(element)


def _is_hidden(run: Element) -> bool:
    vanish = run.find("{*}rPr/{*}vanish")
    return vanish is not None and attribute(vanish, "val") not in ("0", "false")


def _all_text(element: Element) -> str:
    """Return the text of all paragraphs in an element, on one line."""
    page = Page()
    texts = (_text(paragraph, page) for paragraph in element.iter(_tag(element, "p")))
    return " ".join(" ".join(texts).split())


def _tag(element: Element, name: str) -> str:
    """Return a name in the namespace of an element."""
    return element.tag.rpartition("}")[0] + "}" + name if "}" in element.tag else name


def _notes(archive: Archive, name: str) -> dict[str, str]:
    """Return the texts of footnotes or endnotes by id, without the lines that separate them."""
    if name not in archive:
        return {}
    root = parse_xml(archive.read(name), name)
    return {
        attribute(note, "id"): _all_text(note)
        for note in root
        if attribute(note, "type") in ("", "normal")
    }


def _styles(archive: Archive) -> _Styles:
    found = _Styles()
    if _STYLES not in archive:
        return found
    root = parse_xml(archive.read(_STYLES), _STYLES)
    names: dict[str, str] = {}
    based: dict[str, str] = {}
    levels: dict[str, int] = {}
    for style in root.iterfind("{*}style"):
        identity = attribute(style, "styleId")
        names[identity] = _value(style, "{*}name").casefold()
        based[identity] = _value(style, "{*}basedOn")
        outline = _value(style, "{*}pPr/{*}outlineLvl")
        if match := _HEADING.match(names[identity]):
            levels[identity] = int(match[1])
        elif outline in tuple("012345678"):
            levels[identity] = int(outline) + 1
    found.levels = {identity: _inherited(identity, based, levels.get, 0) for identity in names}
    found.contents = {i for i, name in names.items() if name.startswith("toc ")}
    found.titles = {i for i, name in names.items() if name == "title"}
    language = root.find("{*}docDefaults/{*}rPrDefault/{*}rPr/{*}lang")
    found.language = attribute(language, "val") if language is not None else ""
    return found


def _inherited(
    identity: str, based: Mapping[str, str], get: Callable[[str], int | None], default: int
) -> int:
    """Return the value of a style or of the nearest one it is based on."""
    for _ in range(_LONGEST_CHAIN):
        if not identity:
            break
        if (value := get(identity)) is not None:
            return value
        identity = based.get(identity, "")
    return default


def _value(element: Element, path: str) -> str:
    found = element.find(path)
    return attribute(found, "val") if found is not None else ""


def _properties(archive: Archive) -> Page:
    page = Page()
    if _PROPERTIES in archive:
        root = parse_xml(archive.read(_PROPERTIES), _PROPERTIES)
        page.title = (root.findtext("{*}title") or "").strip()
        page.author = (root.findtext("{*}creator") or "").strip()
        page.language = (root.findtext("{*}language") or "").strip()
    return page
