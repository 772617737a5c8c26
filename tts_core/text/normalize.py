"""Removes from a text what cannot be spoken, and nothing else.

The steps (characters, joiners, markup) each take time linear in the length of the text. They are
repeated until they change nothing, since what is left may look like markup again ("&lt;br&gt;").
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import regex

from tts_core.text.markup.blocks import remove_markup
from tts_core.text.markup.draft import Draft, Why

_LINE_END = "\r\x0b\x0c\x85"
_UNSPOKEN = re.compile(
    rf"\r(?=\n)|[{_LINE_END}]"  # line ends of other kinds become \n
    r"|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
    r"|[\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc]"
    r"|[\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\U000f0000-\U0010ffff]"
    rf"|[{''.join(chr(plane * 0x10000 + low) for plane in range(15) for low in (0xFFFE, 0xFFFF))}]"
)

_JOINED = (
    r"[\p{Arabic}\p{Syriac}\p{Mongolian}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}"
    r"\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}\u064b-\u065f\u0670--[\p{P}\p{N}]]"
)
_PICTURE = r"\p{Extended_Pictographic}"
_JOINER = regex.compile(
    # In a run of joiners the last one is kept, which has a letter after it.
    rf"(?<={_JOINED})([\u200c\u200d]*+)(?<=[\u200c\u200d])(?={_JOINED})"
    rf"|(?<=[{_PICTURE}\ufe0f\p{{Emoji_Modifier}}])(\u200d++)(?={_PICTURE})"
    r"|[\u200c\u200d]++",
    regex.VERSION1,
)


_SPEAKABLE = re.compile(r"[^\W_]")
_MOST_ROUNDS = 6
_DENSE = "*_`~[]&\\#"
_MOST_MARKS = 50_000
"""Marks in a text of which more than a fifth are marks: it is neither prose nor Markdown, and the
parser takes ten seconds for a million of them."""
_RUN = re.compile(rb"(.)\1*+", re.DOTALL)
_PARTS_OF_ENTITY = re.compile(re.escape(bytes((Why.PART_OF_ENTITY,))) + b"++")
_LABELS = tuple("" if why in (Why.KEPT, Why.PART_OF_ENTITY) else why.label for why in Why)
"""Of each `Why` by its number."""
_TO_SPACES = str.maketrans(dict.fromkeys("*_`~<>[]|\\&#", " "))
_MARK_LINE = re.compile(r"^[ \t]*+[-=|:][-=|: \t]*+$", re.M)
"""With `_TO_SPACES`, everything that markup consists of."""


@dataclass(frozen=True, slots=True)
class Normalized:
    """A text that can be spoken, and the position of its characters in the original."""

    text: str
    origin: Sequence[int]
    """For each code point of `text`, its index in the original. Strictly increasing."""
    left: bytes
    """For each code point of the original the number of the `Why` it was left out for."""

    def ends(self) -> Sequence[int]:
        """Return for each code point of `text` where it ends in the original: "&amp;" is one."""
        if len(self.text) == len(self.left):
            return range(1, len(self.text) + 1)
        found = array("I", (first + 1 for first in self.origin))
        for entity in _PARTS_OF_ENTITY.finditer(self.left):
            index = bisect_left(found, entity.start())
            if index < len(found) and found[index] == entity.start():  # else it was not kept
                found[index] = entity.end()
        return found

    def why(self, index: int) -> str:
        """Return why original[index] was left out, "" where that is not known or it was kept."""
        return _LABELS[self.left[index]]

    def runs(self, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """Yield the parts of original[start:end] by the reason for which they were left out.

        The reason is "" where that is not known or the part was kept.
        """
        for run in _RUN.finditer(self.left, start, end):
            yield *run.span(), _LABELS[run[0][0]]


def normalize(
    text: str,
    code: str = "skip",
    *,
    markup: bool = True,
    first: Callable[[Draft], None] | None = None,
) -> Normalized:
    """Remove what cannot be spoken: control, invisible and private characters, Markdown, HTML.

    Line ends of every kind become "\\n". ZWJ and ZWNJ stay where they shape letters or an emoji.
    Of links their text stays, of images their description; tags count when they are void or closed,
    so "a < b" and "<Title>" stay. `code`: what becomes of blocks of code: "skip"; "say"; or
    "announce", which leaves a backtick on a line of its own. Code within a sentence is always
    said. Without `markup`, Markdown and HTML stay. `first`: takes other markup out before.
    Normalizing twice changes nothing. Takes time linear in the length of the text.
    """
    origin: Sequence[int] = range(len(text))
    clean, left = text, bytearray(len(text))
    if first is not None:
        clean, origin = _applied((first,), clean, origin, left)
    marks = sum(map(text.count, _DENSE))
    if not markup:
        clean, origin = _applied((_characters, _joiners), clean, origin, left)
        return Normalized(clean, origin, bytes(left))
    rounds = 0 if marks > _MOST_MARKS and marks * 5 > len(text) else _MOST_ROUNDS
    steps = _characters, _joiners, lambda draft: remove_markup(draft, code)
    for _ in range(rounds):
        before = clean
        clean, origin = _applied(steps, clean, origin, left)
        if clean == before:
            break
    else:  # markup that makes new markup again and again, or more marks than text
        clean = _MARK_LINE.sub(lambda line: " " * len(line[0]), clean.translate(_TO_SPACES))
        clean, origin = _applied((_characters, _joiners), clean, origin, left)
    return Normalized(clean, origin, bytes(left))


def is_speakable(text: str) -> bool:
    """Return whether a text has a letter or a digit of any script."""
    return _SPEAKABLE.search(text) is not None


def _applied(
    steps: Iterable[Callable[[Draft], None]], text: str, origin: Sequence[int], left: bytearray
) -> tuple[str, Sequence[int]]:
    for step in steps:
        draft = Draft(text)
        step(draft)
        text, origin = draft.apply(origin, left)
    return text, origin


def _characters(draft: Draft) -> None:
    text = draft.text
    # Much quicker, and so of nearly every text. U+FFFC is the one that counts as printable.
    if text.replace("\n", "").isprintable() and "\ufffc" not in text:
        return
    for match in _UNSPOKEN.finditer(text):
        start, end = match.span()
        is_line_end = text[start] in _LINE_END and text[start : start + 2] != "\r\n"
        draft.replace(start, end, "\n" if is_line_end else "", Why.INVISIBLE)


def _joiners(draft: Draft) -> None:
    if "\u200c" not in draft.text and "\u200d" not in draft.text:
        return
    for match in _JOINER.finditer(draft.text):
        kept = 1 if match[1] or match[2] else 0
        draft.cut(match.start(), match.end() - kept, Why.INVISIBLE)
