"""HTML's tags: which of what looks like a tag is one, and what stands in its place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple, Self

from markdown_it.common.html_re import attribute

from tts_core.text.markup.draft import Draft, Why

TAG = re.compile(
    rf"<(?P<name>[A-Za-z][A-Za-z0-9:.-]*+)(?P<attributes>{attribute}*)\s*+(?P<slash>/?)>"
    r"|</(?P<end>[A-Za-z][A-Za-z0-9:.-]*+)\s*+>"
    r"|<!(?P<doctype>[A-Za-z])[^<>]*+>|<\?(?P<xml>[A-Za-z])[^<>]*+(?<=\?)>"
)
"""A tag as CommonMark defines it (section 6.6), also with a prefix: `<mstts:express-as>`."""
_ALT = re.compile(r"\salt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.I)


def _names(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# Names: https://html.spec.whatwg.org/multipage/indices.html#elements-3 and
# https://www.w3.org/TR/speech-synthesis11/#S3.
_VOID = _names("br hr wbr")
"""Elements without an end tag, which are common without attributes."""
_VOID_WITH_ATTRIBUTES = _names("area base col embed img input link meta param source track")
NEW_LINE = _names(
    "address article aside blockquote body br caption center dd details dialog div dl dt",
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup html li main",
    "menu nav ol optgroup option p par paragraph pre search section speak summary table tbody td",
    "tfoot th thead title tr ul",
)
"""Names of elements that begin and end a line."""
_INLINE = _names(
    "a abbr acronym area b base bdi bdo big cite code col colgroup data datalist del desc dfn",
    "em emphasis font i ins kbd label lang legend lexicon link lookup map mark meta metadata meter",
    "noscript output param phoneme picture progress prosody q rp rt ruby samp say-as script slot",
    "small source span strike strong style sub sup template time token track tt u var voice w wbr",
)
ELEMENTS = NEW_LINE | _INLINE
"""Names of elements that have an end tag, or may have one."""
ANNOUNCED = "\n`\n"
"""What stands for a block of code that is announced: a backtick between blank lines, where it does
not pair with another."""
_LEFT_OUT = {"rt": Why.RUBY, "rp": Why.RUBY, "template": Why.MARKUP}
"""Elements whose content is not said: templates are not shown, and ruby repeats the text below."""

_SMALL = {
    "sup": str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "sub": str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"),
}
_LONGEST_POWER = 3
"""Figures of a power, an index or the mark of a footnote, which are read as such when small."""


class Tag(NamedTuple):
    """What looks like a tag in a text."""

    start: int
    end: int
    name: str
    """In lower case."""
    closes: bool
    """Whether it is an end tag."""
    void: bool
    """Whether it needs no end tag."""
    alt: tuple[int, int] | None = None
    """Where the description of an image begins and ends."""

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        """Make a tag of a match of `TAG`."""
        name = (match["name"] or match["end"] or "").lower()
        attributes = match["attributes"]
        void = bool(
            not name
            or match["slash"]
            or name in _VOID
            or (attributes and name in _VOID_WITH_ATTRIBUTES)
        )
        alt = None
        if name == "img" and (said := _ALT.search(match[0])):
            first, last = said.span(1 if said[1] is not None else 2)
            alt = match.start() + first, match.start() + last
        return cls(match.start(), match.end(), name, bool(match["end"]), void, alt)

    def placed(self, places: Sequence[int]) -> Tag:
        """Return the tag where it stands in another text: places[i] is where character i does."""
        alt = self.alt and (places[self.alt[0]], places[self.alt[1]])
        start, end = places[self.start], places[self.end - 1] + 1
        return Tag(start, end, self.name, self.closes, self.void, alt)


def remove_tags(draft: Draft, tags: Sequence[Tag], code: str) -> None:
    """Take out the tags that are void or closed. `tags`: in order.

    Block tags leave a line end, and tags of unknown names a space, which keep words apart.
    `code`: what becomes of `<pre><code>`, as for `remove_markup`.
    """
    opened: defaultdict[str, list[Tag]] = defaultdict(list)
    for tag in tags:
        if tag.closes:
            if opened[tag.name]:
                _remove_element(draft, opened[tag.name].pop(), tag, code)
        elif tag.void:
            _remove(draft, tag)
        else:
            opened[tag.name].append(tag)


def _remove_element(draft: Draft, first: Tag, last: Tag, code: str) -> None:
    _remove(draft, first)
    _remove(draft, last)
    figures = draft.text[first.end : min(last.start, first.end + _LONGEST_POWER + 1)]
    if first.name in _SMALL and len(figures) <= _LONGEST_POWER and figures.isdecimal():
        small = figures.translate(_SMALL[first.name])
        draft.replace(first.end, last.start, small, Why.MARKUP)
    elif first.name in _LEFT_OUT:
        draft.cut(first.end, last.start, _LEFT_OUT[first.name])
    elif first.name == "pre" and draft.text.startswith("<code", first.end):
        if code == "announce":
            draft.replace(first.start, last.end, ANNOUNCED, Why.CODE)
        elif code == "skip":
            draft.cut(first.end, last.start, Why.CODE)


def _remove(draft: Draft, tag: Tag) -> None:
    if tag.alt:
        before = draft.text[tag.start - 1 : tag.start] if tag.start else ""
        after = draft.text[tag.end : tag.end + 1]
        draft.replace(tag.start, tag.alt[0], " " if before.isalnum() else "", Why.MARKUP)
        draft.replace(tag.alt[1], tag.end, " " if after.isalnum() else "", Why.MARKUP)
    elif tag.name == "hr":
        follows_line = draft.text[tag.start - 1 : tag.start] in ("\n", ">")
        blank = "\n" if follows_line else "\n\n"
        draft.replace(tag.start, tag.end, f"{blank}*\n\n", Why.ORNAMENT)
    else:
        name = tag.name
        inline = name in _INLINE or not name or ":" in name
        between = "\n" if name in NEW_LINE else "" if inline else " "
        draft.replace(tag.start, tag.end, between, Why.MARKUP)
