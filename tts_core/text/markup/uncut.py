"""Tells where a text that arrives in pieces must not be cut: within code, links, emphasis, tags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tts_core.text.markup.blocks import paragraphs
from tts_core.text.markup.fenced import fences, hidden
from tts_core.text.markup.inline import Findings, inline_markup
from tts_core.text.markup.tags import ELEMENTS, NEW_LINE, Tag

_MARK = re.compile(r"[*_`~\[<|]|[-\u2010]\n")
_LONGEST_OPEN = 500
"""Characters for which the end of a link, of emphasis or of an element is waited for."""
_OPENER = re.compile(
    r"(?<![\w*_~`])(?:[*_]{1,3}|~~)(?=[^\s*_~]|\Z)"  # emphasis
    r"|`++(?!`)"
    r"|!?\[[^\[\]\n]{0,200}(?:\](?:\([^()\n]{0,500}|\[[^\[\]\n]{0,100})?)?\Z"  # a link
    r"|<[A-Za-z/!?][^<>\n]{0,300}\Z"
)
_TABLE = re.compile(
    r"^[ \t]*+\|.*+\n(?:[ \t]*+[|:-][-|: \t]*+(?:\n|\Z)(?:.*\|.*(?:\n|\Z))*+|\Z)", re.M
)
_LINE_TAG = re.compile(r"</(?P<name>[A-Za-z][A-Za-z0-9]{0,15})\s?>|<(?P<void>[bh]r) ?/?>", re.I)
_DIVIDED = re.compile(r"(?<=[^\W\d_])[-\u2010]\n[ \t]*+(?=[^\W\d_]|\Z)")


def with_line_ends(text: str) -> str:
    """Return a text of the same length with line ends for the tags that end a line in HTML."""
    return _LINE_TAG.sub(_line_ends, text) if "<" in text else text


def _line_ends(tag: re.Match[str]) -> str:
    ends_line = (tag["name"] or "").lower() in NEW_LINE or tag["void"]
    return "\n" * len(tag[0]) if ends_line else tag[0]


def uncut_spans(text: str, longest: int) -> list[tuple[int, int]]:
    """Return the parts of a text within which it must not be cut, as (start, end), in order.

    What has no end yet reaches beyond the end of the text. Parts of more than `longest` characters
    do not count, nor do links, emphasis and elements that have been open for 500 characters.
    """
    if not _MARK.search(text):
        return []
    length = len(text)
    code = [(block.start, block.end) for block in fences(text, unfinished=True)]
    found = list(code)
    done = 0
    for start, end in [*code, (length, length)]:
        found += [(a, b) for a, b, _ in hidden(text, done, min(start, length), unfinished=True)]
        for first, last in paragraphs(text, done, min(start, length)):
            found += _within(text, first, last, is_last=last == length)
        done = end
    return sorted((start, end) for start, end in found if end - start <= longest)


def _within(text: str, start: int, end: int, is_last: bool) -> Iterator[tuple[int, int]]:
    """Yield the parts of a paragraph that must stay whole."""
    part = text[start:end]
    if not _MARK.search(part):
        return
    found = inline_markup(part, {})
    elements, opened = _elements(part, found.tags)
    closed = [*found.whole, *_emphasis(found), *elements]
    for pattern in (_TABLE, _DIVIDED):
        # A divided word ends with the letter that follows.
        closed += [(m.start(), m.end() + (pattern is _DIVIDED)) for m in pattern.finditer(part)]
    yield from ((start + first, start + last) for first, last in closed)
    if is_last:
        opened += (match.start() for match in _OPENER.finditer(part))
        for first in opened:
            inside = any(a <= first < b for a, b in closed)
            if not inside and len(part) - first <= _LONGEST_OPEN:
                yield start + first, end + 1


def _emphasis(found: Findings) -> Iterator[tuple[int, int]]:
    """Yield where pairs of asterisks, underscores and tildes begin and end."""
    begun: list[int] = []
    for token, first, last in sorted(found.runs, key=lambda run: run[1]):
        # Of the two marks of "**" the inner ones are the token; the outer ones are empty tokens.
        if token.type.endswith("_open"):
            begun.append(last - len(token.markup))
        elif token.type.endswith("_close") and begun:
            yield begun.pop(), first + len(token.markup)


def _elements(part: str, tags: list[Tag]) -> tuple[list[tuple[int, int]], list[int]]:
    """Return where elements of HTML begin and end, and where those begin that have no end yet.

    Of these only names in lower case count: "<Title>" is prose.
    """
    closed: list[tuple[int, int]] = []
    begun: dict[str, list[int]] = {}
    for tag in tags:
        if tag.closes and begun.get(tag.name):
            closed.append((begun[tag.name].pop(), tag.end))
        elif tag.name in ELEMENTS and not (tag.closes or tag.void):
            begun.setdefault(tag.name, []).append(tag.start)
    opened = (first for name, places in begun.items() for first in places)
    return closed, [first for first in opened if part[first + 1].islower()]
