"""Finds what is said in a paragraph: by quotation marks of several languages, and by dashes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import regex

from tts_core.documents.casting.words import VERBS

_PAIRED = regex.compile(
    '„[^“”]*+(?:[“”]|$)|“[^”]*+(?:”|$)|"[^"]*+(?:"|$)|「[^」]*+(?:」|$)|『[^』]*+(?:』|$)'
)
"""Marks that tell by themselves whether they open or close; of „German“ ones the second does."""
_ANGLES = regex.compile(
    r"(?:^|(?<=[\s(—–-]))(?:«[^«»]*+(?:»|$)|»[^«»]*+(?:«|$)|‹[^‹›]*+›|›[^‹›]*+‹)"
)
"""«French» and »German«: the mark that stands after a space opens."""
_SINGLE = regex.compile(
    r"(?:^|(?<=[\s(—–-]))‘(?:[^‘’]|’(?=\p{L})|(?<=\p{L})’(?=\s))*?(?:(?<=[.,!?…—–-])’(?!\p{L})|$)"
)
"""‘British’: the closing mark follows punctuation, and no apostrophe does."""
_DASH = regex.compile(r"^\s*[—–―]\s*(?=\S)")
_SPANISH_ASIDE = regex.compile(r"\s[—–](?=\p{Ll})([^—–]*+)(?:[—–][.,:;]?\s*|$)")
"""—No —dijo Marta—. Nunca."""
_FRENCH_ASIDE = regex.compile(
    rf"[,!?…]\s*((?:{VERBS})"
    r"(?:-(?:t-)?(?:il|elle|je|on|ils|elles)\b|\s+(?:l[ae]\s+\p{L}+|\p{Lu}\p{L}*+))"
    r"[^.,!?…]*+)(?:[.,]\s*|[!?…]\s*|$)"
)
"""— Non, dit Jean, jamais."""


class Quotation(NamedTuple):
    """A part of a paragraph that stands in quotation marks or follows a dash."""

    start: int
    end: int
    is_open: bool = False
    """Whether it has no closing mark, since it goes on in the next paragraph."""


def quotations(text: str) -> list[Quotation]:
    """Return the quotations of a paragraph, in order; they do not overlap."""
    if dash := _DASH.match(text):
        return list(_after_dash(text, dash.start()))
    found = sorted(_matches(text))
    kept: list[Quotation] = []
    for quotation in found:
        if not kept or quotation.start >= kept[-1].end:
            kept.append(quotation)
    return kept


def _matches(text: str) -> Iterator[Quotation]:
    for pattern, closing in ((_PAIRED, '“”"」』'), (_ANGLES, "«»‹›"), (_SINGLE, "’")):
        for match in pattern.finditer(text):
            is_open = len(match[0]) == 1 or match[0][-1] not in closing
            yield Quotation(match.start(), match.end(), is_open)


def _after_dash(text: str, start: int) -> Iterator[Quotation]:
    """Yield the parts of a line of dialogue without the narrator's asides."""
    asides = _SPANISH_ASIDE if _SPANISH_ASIDE.search(text, start + 1) else _FRENCH_ASIDE
    for aside in asides.finditer(text, start + 1):
        end = aside.start() if asides is _SPANISH_ASIDE else aside.start(1)
        yield Quotation(start, len(text[:end].rstrip()))
        start = aside.end()
    if start < len(text):
        yield Quotation(start, len(text))
