"""Reads PDF by pypdf: text in its layout, outline, metadata."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from tts_core.documents.chapters import Part, by_headings, finished
from tts_core.documents.document import Chapter, Document
from tts_core.documents.flow import Flow, Item, title_of
from tts_core.documents.formats.pdf_pages import Line, lines_of, paragraphs, usual_width
from tts_core.documents.formats.plain import add_paragraphs
from tts_core.documents.headings import heading_level
from tts_core.documents.limits import MOST_CHAPTERS, MOST_CHARACTERS, MOST_PAGES, invalid, too_large

_DAMAGED = "The document is damaged: this PDF cannot be read ({}). Save or download it again."
_TITLE_LINES = 4
"""Lines that a title of the outline may take on its page."""
_HEADING_LINES = 3
"""Lines of a heading, which is in a larger font than the text."""
_NOT_LETTERS = re.compile(r"[\W_]+")
_UNTITLED = re.compile(
    r"(?:untitled|microsoft word|document\d*|.*\.(?:docx?|indd|tex|pdf|qxd))", re.I
)
_DEEPEST = 20
"""Levels of an outline."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the outline."""

    title: str
    page: int
    depth: int


def read_pdf(path: Path) -> Document:
    """Return a PDF as chapters: by its outline, or by headings if it has none.

    Raises ValidationError, also for a password and for pictures of pages, and TooLargeError.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs every flaw
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise invalid(
                "The document is encrypted with a password. Save it without one and try again."
            )
        count = len(reader.pages)
    except (PyPdfError, *_FLAWS) as error:
        raise invalid(_DAMAGED.format(_shown(error))) from error
    if count > MOST_PAGES:
        raise too_large(
            f"The document has {count:,} pages; the limit is {MOST_PAGES:,}. Split it into several "
            "files."
        )
    flow = Flow()
    pages = _pages(reader, count, flow)
    lines = lines_of(pages)
    if not lines:
        raise invalid(
            "The document has no text: it seems to consist of pictures of pages. Run text "
            "recognition (OCR) on it first."
        )
    entries = _chapters_of(list(_outline(reader)))
    return replace(
        _about(reader),
        chapters=_by_outline(lines, entries, flow) if entries else _by_words(lines, flow),
        warnings=tuple(flow.warnings),
    )


_FLAWS = (ValueError, TypeError, KeyError, IndexError, AttributeError, OSError, AssertionError,
          NotImplementedError, ArithmeticError)  # fmt: skip
"""What pypdf raises besides its own errors when a file is not what it should be."""


def _shown(error: Exception) -> str:
    return title_of(str(error))[:100] or type(error).__name__


def _pages(reader: PdfReader, count: int, flow: Flow) -> list[str]:
    """Return the text of each page; warn of those that cannot be read."""
    pages: list[str] = []
    failed: list[int] = []
    characters = 0
    for number in range(count):
        try:
            text = reader.pages[number].extract_text(extraction_mode="layout")
        except (PyPdfError, *_FLAWS):
            failed.append(number + 1)
            text = ""
        characters += sum(map(len, text.split()))
        if characters > MOST_CHARACTERS:
            raise too_large(
                f"The document has more than {MOST_CHARACTERS:,} characters of text, which is the "
                "limit. Split it into several files."
            )
        pages.append(text.replace("\x7f", "•"))  # so in WinAnsiEncoding, ISO 32000-1, annex D.2
    if len(failed) == count:
        raise invalid(_DAMAGED.format("none of its pages has a text that can be decoded"))
    if failed:
        shown = ", ".join(map(str, failed[:10])) + (", …" if len(failed) > 10 else "")
        flow.warn(f"Pages that cannot be read were left out: {shown}.")
    return pages


def _about(reader: PdfReader) -> Document:
    """Return a document without chapters, with the metadata of a PDF."""
    try:
        about = reader.metadata
        title = str(about.title or "") if about else ""
        author = str(about.author or "") if about else ""
        language = str(reader.root_object.get("/Lang") or "")
    except (PyPdfError, *_FLAWS):
        return Document(())
    title = "" if _UNTITLED.fullmatch(title.strip()) else title
    return Document((), title_of(title), title_of(author), title_of(language))


def _outline(reader: PdfReader) -> Iterator[_Entry]:
    """Yield the lines of the outline that lead to a page."""
    try:
        pending: list[tuple[Any, int]] = [(entry, 1) for entry in reversed(reader.outline)]
    except (PyPdfError, *_FLAWS):
        return
    for _ in range(MOST_CHAPTERS):
        if not pending:
            return
        entry, depth = pending.pop()
        if isinstance(entry, list):
            if depth < _DEEPEST:
                pending += [(inner, depth + 1) for inner in reversed(entry)]
            continue
        try:
            page = reader.get_destination_page_number(entry)
            title = title_of(str(entry.title or ""))
        except (PyPdfError, *_FLAWS):
            continue
        if page is not None and page >= 0 and title:
            yield _Entry(title, page, depth)


def _chapters_of(entries: Sequence[_Entry]) -> list[_Entry]:
    """Return the lines of an outline that are chapters or above; none if there are too few."""
    named = [entry.depth for entry in entries if heading_level(entry.title) == 2]
    if len(named) > 1:
        deepest = max(set(named), key=named.count)
    else:
        tops = sum(entry.depth == 1 for entry in entries)
        deepest = 1 if tops > 1 else 2
    chosen = [entry for entry in entries if entry.depth <= deepest]
    chosen.sort(key=lambda entry: entry.page)
    return chosen if len(chosen) > 1 else []


def _by_words(lines: Sequence[Line], flow: Flow) -> tuple[Chapter, ...]:
    _add(lines, flow, usual_width(lines))
    return by_headings(flow.items)


def _by_outline(
    lines: Sequence[Line], entries: Sequence[_Entry], flow: Flow
) -> tuple[Chapter, ...]:
    """Return chapters that begin at the titles of the outline, or at the top of their page."""
    width = usual_width(lines)
    parts = [Part("")]
    done = 0
    for entry in entries:
        start, end = _place(lines, entry, done)
        parts[-1].items += _items(lines[done:start], flow, width)
        parts.append(Part(entry.title))
        if end > start:
            heading = Flow()
            heading.add(" ".join(line.text for line in lines[start:end]), "heading", level=1)
            parts[-1].items += heading.items
        done = end
    parts[-1].items += _items(lines[done:], flow, width)
    return finished(parts)


def _items(lines: Sequence[Line], flow: Flow, width: int) -> list[Item]:
    """Append lines to a flow; return the items that they became."""
    before = len(flow.items)
    _add(lines, flow, width)
    return flow.items[before:]


def _add(lines: Sequence[Line], flow: Flow, width: int) -> None:
    blocks = [[line.text for line in part] for part in paragraphs(lines)]
    add_paragraphs(blocks, flow, hard_wrap=min(50, width // 2), heading_lines=_HEADING_LINES)


def _place(lines: Sequence[Line], entry: _Entry, after: int) -> tuple[int, int]:
    """Return where the title of a chapter begins and ends in the lines, from `after` on.

    Both are where its page begins if the title is not on it.
    """
    start = next((i for i in range(after, len(lines)) if lines[i].page >= entry.page), len(lines))
    wanted = _letters(entry.title)
    for index in range(start, len(lines)):
        if lines[index].page != entry.page:
            break
        said = ""
        for end in range(index, min(index + _TITLE_LINES, len(lines))):
            said += _letters(lines[end].text)
            if said == wanted:
                return index, end + 1
            if not wanted.startswith(said):
                break
    return start, start


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()
