"""What it costs to end a line or a subtitle at a place in a text, and where that is never done."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from math import inf

import regex

from tts_core.text import abbreviations as abbr
from tts_core.text.word_boundaries import word_starts

Span = tuple[int, int]
"""text[start:end]."""
GLUED = inf
"""Cost of a place where nothing is ever cut."""

# Costs, in units of what another cue costs.
_SENTENCE = 0.0
_COMMA = 0.2
_BRACKET = 0.5
_CONJUNCTION = 0.6
_SPACE = 1.0
_LEANING = 2.5
"""After an article or a preposition."""
_UNKNOWN = 2.0
"""Between characters of which nobody knows whether they are one word."""
_IN_WORD = 20.0
"""Inside a word or a phrase, in a script without spaces between them."""
_NUMBER = 8.0
"""Beside a number, and so before a unit or the name of a month."""

HIRAGANA = regex.compile(r"\p{Hiragana}")
_SCRIPTS = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\u30fc\uff70\uff9e\uff9f\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
)
UNSPACED = regex.compile(f"[{_SCRIPTS}]")
"""Characters of scripts without spaces between words."""
_SIGNS = r"\u3001-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
"""Full-width punctuation."""
_RUN = regex.compile(
    r"(?:[\p{Katakana}\u30fc\uff70\uff9e\uff9f]\p{M}*+)++"
    rf"|[{_SCRIPTS}{_SIGNS}]\p{{M}}*+|[^{_SCRIPTS}{_SIGNS}]++"
)
_NO_START = regex.compile(
    r"[\p{Pe}\p{Pf}\p{M},.!?;:%‰°′″…‥、。，．・：；！？％゛゜々〻ゝゞヽヾー〜～・"
    r"ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
    r"\u0e2f\u0e30\u0e32\u0e33\u0e45\u0e46\u0eb0\u0eb2\u0eb3\u0ec6'\"’”»›〟]"
)
"""No line begins with these (JIS X 4051); Thai and Lao vowels belong to what is before them."""
_NO_END = regex.compile(r"[\p{Ps}\p{Pi}\p{Sc}\u0e40-\u0e44\u0ec0-\u0ec4第'\"#@¿¡〝$¥￥]")
"""No line ends with these."""
_OPENING = regex.compile(r"[\p{Ps}\p{Pi}¿¡„‚'\"〝]+")
_PUNCTUATION = regex.compile(r"\p{P}+")
_CLOSERS = r"[\p{Pe}\p{Pf}\p{Pi}'\"]*+$"
_ENDS_CLAUSE = regex.compile(rf"(?:[.!?…‥;:؟؛।॥。！？；：︰]|[—―]){_CLOSERS}")
_ENDS_AT_COMMA = regex.compile(rf"(?:[,،、，]|[–-]){_CLOSERS}")
_LAST_CHARACTERS = 16
"""How much of a piece is looked at for what ends it, since it may be of any length."""
_DIGIT_AT_END = regex.compile(r"\d[\p{P}\p{S}]{0,4}$")
_DIGIT_AT_START = regex.compile(r"[\p{P}\p{S}]{0,4}\d")
_NOT_LETTERS = "\"'“”„«»‹›()[]{}¿¡‘’,;:!?…—–-"
_FIXED = regex.compile(
    r"(?<!\d)\d{1,3}(?: \d{3}){1,5}+(?!\d)"  # 1 000 000
    r"|(?<!\d)\d{1,2}(?:\.|º|ª|st|nd|rd|th|er)?+ (?:(?:de|of|di) )?+\p{L}{3,12}+\.?+,?+"
    r"(?: (?:de|del|of))?+ \d{4}(?!\d)"  # 3 May 2024, 3 de mayo de 2024
    r"|(?<!\w)\p{L}{3,12}+\.?+ \d{1,2}(?:st|nd|rd|th)?+,?+ \d{4}(?!\d)"  # May 3, 2024
    r"|(?<!\d)\d{1,4}[年년] ?(?:\d{1,2}[月월] ?(?:\d{1,2}[日号號일])?+)?+"
    r"|(?<!\d)\d{1,2}[月월] ?(?:\d{1,2}[日号號일])?+"
    r"|第?+(?<!\d)\d{1,15}(?:[.,:/]\d{1,9}){0,4}+[\p{Han}\p{Katakana}]"  # 3公
    r"|[〇零一二三四五六七八九十百千万萬億亿兆点點]{2,20}+[年月日号號]?+"
)
"""Numbers and dates, as far as they can be told without the language."""


def runs(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the parts of text[start:end], a token, between which a cut may be considered.

    All of it, except in scripts without spaces: there it is characters, runs of katakana, and
    words and numbers in other scripts.
    """
    if not UNSPACED.search(text, start, end):
        yield start, end
        return
    for match in _RUN.finditer(text, start, end):
        yield match.span()


def is_inside_word(text: str, position: int) -> bool:
    """Return whether a word goes on at a position, which is not the first of the text."""
    before, after = text[position - 1], text[position]
    return before.isalnum() and after.isalnum() and not UNSPACED.search(before + after)


class Gaps:
    """What the gaps between the pieces of a text cost."""

    def __init__(self, text: str, whole: Sequence[Span], ends: Collection[int]) -> None:
        """`whole`: spans of words, in order. `ends`: where words end, as far as known."""
        self._text, self._ends = text, ends
        self._starts = word_starts(text) if UNSPACED.search(text) else frozenset[int]()
        fixed = (match.span() for match in _FIXED.finditer(text))
        self._whole = _merged([*whole, *fixed])
        self._next = 0

    def cost(self, before: Span, after: Span) -> float:
        """Return the cost of a cut between neighboring pieces; to be called in their order."""
        if self._is_inside(before[1], after[0]):
            return GLUED
        left = self._text[max(before[0], before[1] - _LAST_CHARACTERS) : before[1]]
        right = self._text[after[0] : after[1]]
        if before[1] < after[0]:
            return _spaced(self._text[slice(*before)], left, right, first=before[0] == 0)
        return self._unspaced(left, right, before[1])

    def _is_inside(self, end: int, start: int) -> bool:
        """Return whether something that stays whole is on both sides of text[end:start]."""
        while self._next < len(self._whole) and self._whole[self._next][1] <= end:
            self._next += 1
        return self._next < len(self._whole) and self._whole[self._next][0] < end

    def _unspaced(self, left: str, right: str, place: int) -> float:
        """Return the cost of a cut where there is no space."""
        if _NO_START.match(right) or _NO_END.match(left[-1]):
            return GLUED
        if (ending := _ending(left)) is not None:
            return ending
        if _OPENING.match(right) or _PUNCTUATION.match(left[-1]):
            return _BRACKET
        if place in self._starts:
            return _SPACE
        if self._starts:
            return _IN_WORD
        return _SPACE if place in self._ends else _UNKNOWN


def _spaced(before: str, left: str, right: str, *, first: bool) -> float:
    """Return the cost of a cut at a space. `left`: the last characters of `before`."""
    if _PUNCTUATION.fullmatch(right) and not _OPENING.fullmatch(right):
        return GLUED
    if _OPENING.fullmatch(before) or (first and _PUNCTUATION.fullmatch(before)):
        return GLUED
    word = before.strip(_NOT_LETTERS).lower()
    following = right.strip(_NOT_LETTERS).lower()
    is_short = word.endswith(".") and (len(word) == 2 or word[:-1] in abbr.endings().never_end)
    number = bool(_DIGIT_AT_END.search(left)), bool(_DIGIT_AT_START.match(right))
    if not is_short and not all(number) and (ending := _ending(left)) is not None:
        return ending
    if any(number):
        return _NUMBER
    if is_short or word in abbr.LEANING or following in abbr.TRAILING:
        return _LEANING
    return _CONJUNCTION if following in abbr.CONJUNCTIONS else _SPACE


def _ending(left: str) -> float | None:
    """Return the cost of a cut after punctuation; None where there is none that ends anything."""
    if _ENDS_CLAUSE.search(left):
        return _SENTENCE
    return _COMMA if _ENDS_AT_COMMA.search(left) else None


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Return spans in order, those that overlap as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found
