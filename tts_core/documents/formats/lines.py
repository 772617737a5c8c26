"""Joins the lines of a text that was wrapped at a margin to paragraphs."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import regex

_DIVIDED = regex.compile(r"(?<=\p{Ll})[-\u2010]\n(?=\p{Ll}{3}|\p{Cyrillic}{2})")
"""A word divided at a line end; the rule of tts_core.text.reading.characters."""
HARD_WRAP = 50
"""Characters of a line after which a line end is taken for a margin's, as the chunker does it."""
_SHORT = 0.8
"""Part of the usual length below which a line ends a paragraph, if a sentence ends there."""
_ENDS = re.compile(r"[.!?…:。！？][\"'”’»)\]]*$")
_SCRIPT_LINE = re.compile(r"[A-ZÀ-Þ][\w.'’ -]{0,30}(?:\s*\([^()]{1,80}\))?[:：]\s*\S")
"""ANNA: Hello. Such a line is not joined to the one before."""
_CJK_END = re.compile(r"[\u3000-\u9fff\uff00-\uffef]\Z")


def paragraphs(text: str) -> Iterator[list[str]]:
    """Yield the lines of each paragraph, with the spaces at their beginning.

    Blank lines end paragraphs. Where a text has none, indented lines begin them, and short lines
    end them if most are long; else each line is one.
    """
    lines = text.split("\n")
    filled = [line for line in lines if line.strip()]
    blank = sum(1 for line, after in pairwise(lines) if after and not line)
    lengths = sorted(len(line.rstrip()) for line in filled)
    if not filled:
        return
    width = lengths[int(len(lengths) * 0.9)] if lengths else 0
    is_wrapped = HARD_WRAP < width <= 120 and lengths[-1] <= 1.3 * width
    if blank * 40 >= len(filled) or (len(filled) < 40 and blank):
        for group in _groups(lines):
            yield from _divided(group, width) if is_wrapped and len(group) > 1 else [group]
    elif is_wrapped:
        for group in _groups(lines):
            yield from _divided(group, width, by_length=True)
    else:
        yield from ([line] for line in filled)


def _groups(lines: Iterable[str]) -> Iterator[list[str]]:
    """Yield the lines between blank ones."""
    group: list[str] = []
    for line in lines:
        if line.strip():
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _divided(group: Sequence[str], width: int, by_length: bool = False) -> Iterator[list[str]]:
    """Yield the parts of a group that begin with an indented line, if the others are not."""
    indents = [len(line) - len(line.lstrip()) for line in group]
    usual = statistics.mode(indents)
    part: list[str] = []
    for index, line in enumerate(group):
        begins = indents[index] > usual + 1 and (index == 0 or indents[index - 1] <= usual + 1)
        if by_length and part:
            last = part[-1].rstrip()
            begins = begins or (len(last) < width * _SHORT and bool(_ENDS.search(last)))
        if begins and part:
            yield part
            part = []
        part.append(line)
    yield part


def joined(lines: Sequence[str], hard_wrap: int = HARD_WRAP) -> str:
    """Return a paragraph of its lines.

    Words divided at line ends are joined, and so are lines of more than `hard_wrap` characters with
    the next; shorter ones, as those of a poem, stay lines.
    """
    lines = [line.strip() for line in lines]
    text = lines[0] if lines else ""
    for before, line in pairwise(lines):
        is_line = len(before) <= hard_wrap and not before.endswith("-")
        if is_line or _SCRIPT_LINE.match(line):
            text += "\n" + line
        elif _DIVIDED.search(f"{before[-2:]}\n{line[:3]}"):
            text = text[:-1] + line
        elif before.endswith(("-", "–", "—", "/")) or _CJK_END.search(before):
            text += line
        else:
            text += " " + line
    return text
