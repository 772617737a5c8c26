"""Makes paragraphs of the lines on pages, without headers, footers and page numbers."""

from __future__ import annotations

import re
import statistics
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tts_core.documents.formats.pdf_columns import in_reading_order
from tts_core.documents.headings import (
    breaks_off,
    heading_level,
    is_bare_number,
    is_scene_break,
    number_value,
)

_MARGIN_LINES = 2
"""Lines at the top and at the bottom of a page that may be headers and footers."""
_REPEATED = 3
"""Pages on which such a line has to be,"""
_NEAR = 4
"""at most this many pages away: in prose, a line of one word may well be on three pages of 500."""
_REPEATED_APART = 2
"""The same for a line that empty ones separate from the text."""
_APART = 2
"""Empty lines that do."""
_NUMBER = re.compile(r"\d{1,5}")
_SENTENCE_END = re.compile(r"[.!?…:。！？][\"'”’»)\]]*$")
_BULLETS = "•‣▪◦●■"
_SHORT = 0.8
"""Part of the usual length below which a line ends a paragraph, if a sentence ends there."""
_INDENT = range(2, 13)
"""Columns by which the first line of a paragraph is indented; more is centered."""
_LEAST_MARKED = 0.04
"""Share of lines above which a document marks its paragraphs by indentation, or by gaps."""


@dataclass(slots=True)
class Line:
    """A line of a page."""

    text: str
    indent: int
    """Columns from the usual left edge of the page."""
    gap: int
    """Empty lines above it."""
    page: int
    """Index of its page."""
    begins_page: bool = False
    is_apart: bool = False
    """Whether empty lines separate it from the rest of its page."""


def lines_of(pages: Sequence[str]) -> list[Line]:
    """Return the lines of pages, given as text that is laid out by spaces and empty lines."""
    found: list[list[Line]] = [_lines(text, index) for index, text in enumerate(pages)]
    where: defaultdict[str, list[int]] = defaultdict(list)
    for index, lines in enumerate(found):
        for key in {key for line in _edge(lines) for key in _keys(line)}:
            where[key].append(index)
    seen: set[str] = set()
    kept: list[Line] = []
    for lines in found:
        edge = {id(line) for line in _edge(lines)}
        page = [line for line in lines if id(line) not in edge or not _is_margin(line, where, seen)]
        if page:
            page[0].begins_page = True
        kept += page
    return kept


def _lines(text: str, page: int) -> list[Line]:
    lines: list[Line] = []
    gap = 0
    for row in in_reading_order(text.split("\n")):
        if row.strip():
            indent = len(row) - len(row.lstrip())
            lines.append(Line(" ".join(row.split()), indent, gap, page))
            gap = 0
        else:
            gap += 1
    if lines:
        usual = statistics.mode(line.indent for line in lines)
        for line in lines:
            line.indent -= usual
        if len(lines) > 1:
            lines[0].is_apart = lines[1].gap >= _APART
            lines[-1].is_apart = lines[-1].gap >= _APART
    return lines


def _edge(lines: list[Line]) -> list[Line]:
    """Return the lines at the top and the bottom."""
    if len(lines) <= 2 * _MARGIN_LINES:
        return lines[:1] + lines[1:][-1:]
    return lines[:_MARGIN_LINES] + lines[-_MARGIN_LINES:]


def _running(line: Line) -> str:
    """Return a line with its numbers as their distance from the page's: equal on all pages."""
    if (value := number_value(line.text)) is not None:
        return f"#{value - line.page}"
    return _NUMBER.sub(lambda number: f"#{int(number[0]) - line.page}", line.text)


def _keys(line: Line) -> tuple[str, ...]:
    """Return what the lines of a header have in common: their text, or all but a page number."""
    key = _running(line)
    if heading_level(line.text) or "#" not in key:
        return (line.text,)
    return (key,) if is_bare_number(line.text) else (line.text, key)


def _is_margin(line: Line, where: Mapping[str, list[int]], seen: set[str]) -> bool:
    """Return whether a line at the edge of a page is a header, a footer or a page number.

    `where`: indexes of the pages with a key. `seen`: headings that were at an edge before, since
    the first of its kind may be a real one.
    """
    if is_scene_break(line.text):
        return False
    if heading_level(line.text) and line.text not in seen:
        seen.add(line.text)
        return False
    least = _REPEATED_APART if line.is_apart else _REPEATED
    return any(_is_repeated(where[key], line.page, least) for key in _keys(line))


def _is_repeated(pages: list[int], page: int, least: int) -> bool:
    """Return whether at least so many of the pages, which are in order, are near a page."""
    first = bisect_left(pages, page - _NEAR)
    return bisect_right(pages, page + _NEAR) - first >= least


def paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph; one may go on from a page to the next."""
    if not lines:
        return
    within = [line for line in lines if not line.begins_page]
    usual_gap = statistics.mode(line.gap for line in within) if within else 0
    has_indents = _is_usual(line.indent in _INDENT for line in lines)
    has_gaps = _is_usual(line.gap > usual_gap for line in within)
    width = usual_width(lines)
    part: list[Line] = []
    for line in lines:
        if part and _begins(line, part[-1], usual_gap, has_indents, has_gaps, width):
            yield part
            part = []
        part.append(line)
    yield part


def _is_usual(marks: Iterable[bool]) -> bool:
    """Return whether more than a few lines are marked."""
    found = list(marks)
    return sum(found) > len(found) * _LEAST_MARKED


def usual_width(lines: Sequence[Line]) -> int:
    """Return how many characters full lines have."""
    lengths = sorted(len(line.text) for line in lines)
    return lengths[int(len(lengths) * 0.9)] if lengths else 0


def _begins(
    line: Line, before: Line, usual_gap: int, has_indents: bool, has_gaps: bool, width: int
) -> bool:
    """Return whether a line begins a paragraph."""
    if heading_level(line.text) or is_scene_break(line.text) or is_scene_break(before.text):
        return True
    if line.text[0] in _BULLETS:
        return True
    if breaks_off(line.text) and (line.begins_page or line.gap > usual_gap):
        return True
    if breaks_off(before.text) and line.gap <= usual_gap and not line.begins_page:
        return False
    if line.indent in _INDENT and before.indent not in _INDENT:
        return True
    is_end = bool(_SENTENCE_END.search(before.text))
    if line.indent in _INDENT:  # after a paragraph of one line
        return is_end
    if line.begins_page:
        return is_end and not has_indents and len(before.text) < width * _SHORT
    if line.gap > usual_gap:
        return True
    return not (has_indents or has_gaps) and is_end and len(before.text) < width * _SHORT
