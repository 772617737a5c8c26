"""Text into sentences, and sentences into pieces that an engine speaks well.

`chunk` is the door. Everything runs in time linear in the text: every regular expression
here either consumes what it looks at or looks at no more than a bounded stretch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import regex

from tts_core.text import abbreviations as abbr
from tts_core.text.normalize import is_speakable
from tts_core.types import Pause


class _Span(NamedTuple):
    """source[start:end], of which source[first:last] is not surrounding whitespace."""

    start: int
    first: int
    last: int
    end: int
    pause: Pause

    @property
    def length(self) -> int:
        return self.last - self.first

    def joined(self, other: _Span) -> _Span:
        first = self.first if self.length else other.first
        last = other.last if other.length else self.last
        return _Span(self.start, first, last, other.end, other.pause)


_NO_SPACE_ENDS = "。！？｡।॥።፧፨។៕။"
"""Marks that end a sentence with no space after them."""
_ENDS = ".!?…‥‼⁇⁈⁉؟۔։" + _NO_SPACE_ENDS
_CLOSERS = "\"'”’»›)\\]}」』】》）〉］*_\ufe0f"
_CLOSERS_AFTER_STOP = _CLOSERS + "“«‹"
"""German and Danish close with these; in Chinese, where no space parts them, they open."""
_MARK = re.compile(
    rf"(?P<mark>(?:[{_NO_SPACE_ENDS}][{_ENDS}{_CLOSERS}]*+|[{_ENDS}][{_ENDS}{_CLOSERS_AFTER_STOP}]*+)"
    r"(?:[ \u00a0\u202f][»›]++(?=[\s,.;:]|\Z))?)\s*+"
    r"|\n\s*+"
)
_EXTENDS = regex.compile(r"[\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}]")
"""What belongs to the grapheme before it, even to a space or a mark."""
_LIST_ITEM = re.compile(r"(?:[-*•‣▪◦–—]|\d{1,3}[.)]|[A-Za-z]\))\s")
_NEXT = re.compile(
    r"(?P<open>[\"'“”„«»‹(\[{¿¡‘—–*_-]{0,4}+\s{0,2}+)(?P<word>[^\W_]{0,16}(?:'[^\W\d_])?)(?P<stop>\.?)"
)
_QUOTE_GOES_ON = re.compile(r"と|って|[^，。！？\s]{0,6}[说說道問问喊叫答]")
_HARD_WRAP = 50
"""Code points. A longer line that does not end a sentence goes on in the next one."""

_CUT = re.compile(
    rf"(?P<clause>[;:!?…؛؟—][{_CLOSERS}]*+\s|[–-](?=\s)|—++|[；：！？。…][{_CLOSERS}]*+)"
    rf"|(?P<comma>[,،][{_CLOSERS}]*+\s|[、，])"
    r"|(?P<space>\s)"
)
_SPACES = re.compile(r"\s*+")
_TOKEN = re.compile(r"\S*+")
_WORD = re.compile(r"\w{0,16}")
_WEIGHTS = {"clause": 0.0, "comma": 0.15, "conjunction": 0.6, "space": 0.8}
"""What a worse kind of place costs, in units of its distance from the even split."""
_FAR = 1.3
"""A place that costs more is left for one inside a word, if that word is too long anyway."""
_HARD_CUT = 0.3
_NOWHERE = 9.0
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SOFT = re.compile(
    rf"[{_IDEOGRAPHS}](?![、，。．」』）】！？ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ])|[^\w\s]|_"
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a text: `text == source[start:end]`, with the whitespace after it."""

    text: str
    start: int
    end: int
    pause: Pause
    """What follows it."""


def chunk(text: str, max_length: int, min_length: int = 1) -> list[Chunk]:
    """Split a text into sentences of `min_length` to `max_length` code points.

    The chunks joined are the text again. Lengths are without surrounding whitespace.
    `max_length` always holds; a sentence over it is cut evenly, at a clause if there is one
    near, else between words, inside a word only if that alone is too long, and never inside
    a grapheme that fits. Sentences under `min_length` are joined to the next one of their
    paragraph, or to the one before at its end, where that fits. Every chunk but the last has
    a letter or a digit in it, unless no neighbour has room for a run of punctuation.

    A blank line ends a paragraph. A single line end ends a sentence, except after a line of
    more than 50 code points: that is taken for hard-wrapped, and punctuation decides. A line
    that begins like a list item is a sentence of its own. An empty text has no chunks.
    """
    if max_length < 1:
        raise ValueError(f"max_length must be at least 1, not {max_length}")
    whole = _attach_unspeakable(text, _sentences(text), max_length)
    joined = _join_short(whole, min_length, max_length)
    pieces = (piece for span in joined for piece in _split(text, span, max_length))
    spans = _attach_unspeakable(text, pieces, max_length)
    return [Chunk(text[s.start : s.end], s.start, s.end, s.pause) for s in spans]


def _span(text: str, start: int, end: int, pause: Pause) -> _Span:
    last = start + len(text[start:end].rstrip())
    first = min(_skip_spaces(text, start), last)
    return _Span(start, first, last, end, pause)


def _skip_spaces(text: str, start: int) -> int:
    return _end(_SPACES.match(text, start))


def _end(match: re.Match[str] | None) -> int:
    """Where a pattern that matches everywhere stopped."""
    assert match is not None
    return match.end()


def _sentences(text: str) -> Iterator[_Span]:
    start = line = 0
    for match in _MARK.finditer(text):
        end = match.end()
        pause = _pause_after(text, match, line) if end < len(text) else None
        if pause:
            yield _span(text, start, end, pause)
            start = end
        if "\n" in text[match.end("mark") if match["mark"] else match.start() : end]:
            line = end
    if text:
        yield _span(text, start, len(text), Pause.SENTENCE)


def _pause_after(text: str, match: re.Match[str], line: int) -> Pause | None:
    """What a mark, or a line end, stands for in the line that began at `line`."""
    gap, end = match.end("mark") if match["mark"] else match.start(), match.end()
    lines = text.count("\n", gap, end)
    if _EXTENDS.match(text, end):
        return None
    if lines > 1:
        return Pause.PARAGRAPH
    if lines and (gap - line <= _HARD_WRAP or _LIST_ITEM.match(text, end)):
        return Pause.SENTENCE
    return Pause.SENTENCE if match["mark"] and _ends_sentence(text, match, line) else None


def _ends_sentence(text: str, match: re.Match[str], line: int) -> bool:
    """Whether the mark ends a sentence, given that the text goes on after it."""
    start, end, following = match.start(), match.end("mark"), match.end()
    if text[start] in _NO_SPACE_ENDS:
        return text[end - 1] not in "」』”’）" or not _QUOTE_GOES_ON.match(text, following)
    if following == end or text[following] in ",;:)]}%" or text[following] in _ENDS:
        return False
    after = _NEXT.match(text, following)
    assert after is not None
    word = after["word"]
    if "¿" in after["open"] or "¡" in after["open"]:
        return True
    if word[:1].islower() and not word[1:2].isupper():
        return False
    is_stop = text[start] == "." and end - start == 1
    return not is_stop or _stop_ends_sentence(text, start, line, after)


def _stop_ends_sentence(text: str, stop: int, line: int, after: re.Match[str]) -> bool:
    """Whether a single full stop ends a sentence, or an abbreviation or a number."""
    near = text[max(line, stop - 40) : stop]
    words = near.split()
    if not words or near[-1].isspace():
        return True
    token = words[-1].lstrip("\"'“„«‹([{¿¡‘—–*_").lower()
    word = after["word"].lower()
    starts = word in abbr.STARTERS and not (after["stop"] and len(word) == 1)
    if token.isdecimal():
        is_list_number = len(words) == 1 and stop - line < 8
        return not is_list_number and not _is_ordinal(token, words, word, starts)
    token = token if token in abbr.NEVER_END else re.split("['’]", token)[-1]
    if token in abbr.NEVER_END or words[-1] == "M":
        return False
    if words[-1] == "I" and words[-2:-1] and words[-2].islower():
        return True  # "you and I. Did he?", but not "Albert I. Jones"
    if token in abbr.BEFORE_NUMBERS:
        return not word.isdecimal()
    if token in abbr.OFTEN_END:
        return True
    parts = token.replace(".-", ".").split(".")  # "J.-P"
    is_initials = all(len(part) < 3 and part.isalpha() for part in parts)
    if token in abbr.MAY_END or (is_initials and (len(parts) > 1 or len(token) == 1)):
        return starts
    return True


def _is_ordinal(number: str, words: list[str], following: str, starts: bool) -> bool:
    if len(number) > 2:
        return False
    before = words[-2].lower() if len(words) > 1 else ""
    follows_article = before in abbr.ORDINAL_CONTEXT and "I" not in words  # "I am 30. John"
    if following.isdecimal():  # "am 12. 3. 1990"
        return follows_article or (before.endswith(".") and before[:-1].isdecimal())
    return following in abbr.MONTHS or (follows_article and not starts)


def _attach_unspeakable(text: str, spans: Iterable[_Span], max_length: int) -> list[_Span]:
    """Join what has nothing to say to what comes before it, or else after it."""
    result: list[_Span] = []
    silent = False
    for span in spans:
        speakable = is_speakable(text[span.start : span.end])
        if result and (silent or not speakable):
            joined = result[-1].joined(span)
            if joined.length <= max_length:
                result[-1] = joined
                silent = silent and not speakable
                continue
        result.append(span)
        silent = not speakable
    return result


def _join_short(spans: list[_Span], min_length: int, max_length: int) -> list[_Span]:
    result: list[_Span] = []
    for number, span in enumerate(spans, 1):
        if result and result[-1].pause is not Pause.PARAGRAPH:
            is_last = span.pause is Pause.PARAGRAPH or number == len(spans)
            is_short = result[-1].length < min_length or (is_last and span.length < min_length)
            joined = result[-1].joined(span)
            if is_short and joined.length <= max_length:
                result[-1] = joined
                continue
        result.append(span)
    return result


def _split(text: str, span: _Span, max_length: int) -> Iterator[_Span]:
    """Cut what is too long into pieces of about the same length."""
    while span.length > max_length:
        cut, pause = _best_cut(text, span.first, span.last, max_length)
        first = _skip_spaces(text, cut)
        # A space may be the base of a grapheme: it then belongs to what follows.
        start = first - 1 if first > cut and _EXTENDS.match(text, first) else first
        yield _span(text, span.start, start, pause)
        span = span._replace(start=start, first=first)
    yield span


def _best_cut(text: str, first: int, last: int, max_length: int) -> tuple[int, Pause]:
    """Where to cut text[first:last], and what the cut stands for."""
    target = (last - first) / -(-(last - first) // max_length)
    best, cut, kind, word = _NOWHERE, 0, "", first
    for match in _CUT.finditer(text, first, first + max_length + 1):
        position, found = match.end(), str(match.lastgroup)
        spoken = position - first - text[position - 1].isspace()
        if spoken > max_length or _EXTENDS.match(text, position):
            continue
        if found == "space" and _is_conjunction(text, position):
            found = "conjunction"
        word = position
        cost = abs(spoken - target) / target + _WEIGHTS[found]
        if cost < best:
            best, cut, kind = cost, position, found
    token = _end(_TOKEN.match(text, word, word + max_length + 1)) - word
    if not cut or (best > _FAR and token > max_length):
        return _cut_inside_word(text, first, word, max_length, target), Pause.NONE
    return cut, Pause.CLAUSE if kind in ("clause", "comma") else Pause.NONE


def _is_conjunction(text: str, position: int) -> bool:
    return text[position : _end(_WORD.match(text, position))].lower() in abbr.CONJUNCTIONS


def _cut_inside_word(text: str, first: int, word: int, max_length: int, target: float) -> int:
    """A grapheme boundary near `target`, better after punctuation or between ideographs."""
    limit = first + max_length
    best, cut = _NOWHERE, word if word > first else limit
    # A slice, since \X looks back over a whole run of flags from wherever it begins.
    for match in regex.finditer(r"\X", text[first : limit + 1]):
        position = first + match.end()
        if not word < position <= limit:
            continue
        cost = abs(position - first - target) / target
        if cost + _HARD_CUT < best or (cost < best and _SOFT.match(text, position - 1)):
            best = cost if _SOFT.match(text, position - 1) else cost + _HARD_CUT
            cut = position
    return cut
