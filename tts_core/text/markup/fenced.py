"""Finds what may reach over blank lines: blocks of code, comments, scripts, link definitions.

All functions take time linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.common.utils import normalizeReference

from tts_core.text.markup.draft import Draft, Why

_FENCE = re.compile(
    r"^[ \t>]*+(?:[-*+][ \t]++|\d{1,9}[.)][ \t]++)?+(?P<marks>`{3,}+|~{3,}+)(?P<info>.*+)$", re.M
)
_HIDDEN = re.compile(r"(?<!`)<(?:!--|(?P<name>script|style)\b[^<>]*+>)", re.I)
_ENDS = {
    "script": re.compile(r"</script\s*+>", re.I),
    "style": re.compile(r"</style\s*+>", re.I),
    "": re.compile("-->"),
}
_WHY = {"script": Why.SCRIPT, "style": Why.STYLE, "": Why.COMMENT}
_DEFINITION = re.compile(
    r"^ {0,3}(?:\[\^[^\]\[\s]{1,50}\]:[ \t]*+"
    r"|\[(?P<label>(?:[^\[\]\\\n]|\\.){1,300}+)\]:[ \t]*+"
    r"(?P<target><[^<>\n]*+>|[^\s<]\S*+)"
    r"(?:[ \t]++(?:\"[^\"\n]*+\"|'[^'\n]*+'|\([^()\n]*+\)))?+[ \t]*+$)",
    re.M,
)
TARGET = re.compile(
    r"<|(?:https?|ftp|mailto|file|data):|www\.|\.{0,2}/|[\w-]{1,60}(?:\.[\w-]{1,60}){0,8}\.[a-z]{2,}",
    re.I,
)
"""How the target of a link begins. "[Ann]: hello" is talk, and "f[i](x)" a formula."""


@dataclass(frozen=True, slots=True)
class Fence:
    """A block of code: text[content:content_end], and the lines of marks around it."""

    start: int
    content: int
    content_end: int
    end: int


def fences(text: str, unfinished: bool = False) -> Iterator[Fence]:
    """Yield the blocks of code between fences.

    A fence that is never closed is none, unless the text is `unfinished`: then it reaches beyond
    the end.
    """
    found = list(_FENCE.finditer(text))
    closing: dict[str, list[int]] = {"`": [], "~": []}
    for index, match in enumerate(found):
        if not match["info"].strip():
            closing[match["marks"][0]].append(index)
    hopeless = {"`": len(text) + 1, "~": len(text) + 1}
    after = 0
    for index, match in enumerate(found):
        mark, length = match["marks"][0], len(match["marks"])
        if index < after or length >= hopeless[mark] or (mark == "`" and "`" in match["info"]):
            continue
        ends = closing[mark]
        candidates = range(bisect_left(ends, index + 1), len(ends))
        last = next((ends[i] for i in candidates if len(found[ends[i]]["marks"]) >= length), None)
        if last is None and unfinished:
            yield Fence(match.start("marks"), match.end(), len(text), len(text) + 1)
            return
        if last is None:
            hopeless[mark] = length
            continue
        close = found[last]
        after = last + 1
        yield Fence(
            match.start("marks"), min(match.end() + 1, close.start()), close.start(), close.end()
        )


def hidden(
    text: str, start: int, end: int, unfinished: bool = False
) -> Iterator[tuple[int, int, Why]]:
    """Yield the comments, scripts and style sheets of HTML in text[start:end] that have an end.

    `unfinished`: the text goes on, so one without an end reaches beyond the end.
    """
    endless: set[str] = set()
    position = start
    while match := _HIDDEN.search(text, position, end):
        name = (match["name"] or "").lower()
        position = match.end()
        if name in endless:
            continue
        if last := _ENDS[name].search(text, position, end):
            position = last.end()
            yield match.start(), position, _WHY[name]
        elif unfinished:
            yield match.start(), end + 1, _WHY[name]
            return
        else:
            endless.add(name)


def between_definitions(
    draft: Draft, start: int, end: int, references: dict[str, object]
) -> Iterator[tuple[int, int]]:
    """Yield what stands between the definitions of links and the marks of footnotes, cut out here.

    Adds the definitions to `references` as markdown-it-py keeps them: by normalized label.
    """
    if draft.text.find("]:", start, end) >= 0:
        for match in _DEFINITION.finditer(draft.text, start, end):
            if match["target"] is None:
                draft.cut(*match.span(), Why.FOOTNOTE_MARK)
            elif TARGET.match(match["target"]):
                draft.cut(*match.span(), Why.LINK_TARGET)
                label = normalizeReference(match["label"])
                references[label] = {"href": match["target"].strip("<>"), "title": ""}
            else:
                continue
            yield start, match.start()
            start = match.end()
    yield start, end
