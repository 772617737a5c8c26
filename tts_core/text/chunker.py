"""Splits text into sentences, and sentences into chunks that an engine speaks well.

`chunk` is the only public function. It takes time linear in the text: every regular expression
here either consumes what it matches or looks at a bounded number of characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import regex

from tts_core.text import abbreviations as abbr
from tts_core.text.normalize import is_speakable
from tts_core.text.word_boundaries import word_starts
from tts_core.types import Pause


class _Span(NamedTuple):
    """A part of the text, text[start:end], and text[first:last] without whitespace around it."""

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
"""Marks that end a sentence without a space after them."""
_ENDS = ".!?…‥‼⁇⁈⁉؟۔։" + _NO_SPACE_ENDS
_CLOSERS = "\"'”’»›)\\]}」』】》）〉］*_\ufe0f"
_CLOSERS_AFTER_STOP = _CLOSERS + "“«‹"
"""Closing quotes in German and Danish; in Chinese, which has no space before them, they open."""
_MARK = re.compile(
    rf"(?P<mark>(?:(?<=[\u0370-\u03ff\u1f00-\u1fff]);(?=\s|\Z)|[{_NO_SPACE_ENDS}][{_ENDS}{_CLOSERS}]*+|[{_ENDS}][{_ENDS}{_CLOSERS_AFTER_STOP}]*+)"
    r"(?:[ \u00a0\u202f][»›]++(?=[\s,.;:]|\Z))?)\s*+"
    r"|\n\s*+"
)
_EXTENDS = regex.compile(r"[\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}]")
"""Characters that belong to the grapheme before them, even to a space or a mark."""
_LIST_ITEM = re.compile(r"(?:[-*•‣▪◦–—]|\d{1,3}[.)]|[A-Za-z]\))\s")
_NEXT = re.compile(
    r"(?P<open>[\"'“”„«»‹(\[{¿¡‘—–*_-]{0,4}+\s{0,2}+)(?P<word>[^\W_]{0,16}(?:'[^\W\d_])?)(?P<stop>\.?)"
)
_QUOTE_GOES_ON = re.compile(r"と|って|[^，。！？\s]{0,6}[说說道問问喊叫答]")
_HARD_WRAP = 50
"""Code points. A longer line that does not end a sentence continues in the next one."""

_CUT = re.compile(
    rf"(?P<clause>[;:!?…؛؟—፤][{_CLOSERS}]*+\s|[–-](?=\s)|—++|[；：！？。…][{_CLOSERS}]*+)"
    rf"|(?P<comma>[,،፣՝][{_CLOSERS}]*+\s|[、，၊])"
    r"|(?P<space>\s)"
)
_SPACES = re.compile(r"\s*+")
_TOKEN = re.compile(r"\S*+")
_WORD = re.compile(r"\w{0,16}")
_WEIGHTS = {"clause": 0.0, "comma": 0.15, "conjunction": 0.6, "space": 0.8}
"""Cost of each kind of cut, in units of the relative distance from an even split."""
_FAR = 1.3
"""A cut that costs more gives way to one inside a word, if that word is too long anyway."""
_HARD_CUT = 0.3
"""Cost of a cut inside a word that is neither at punctuation nor between ideographs."""
_NOWHERE = 9.0
"""More than any cut costs."""
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_NEAR = 60
"""Code points before and after an even cut in which words are looked for."""
_MARK_BEFORE = regex.compile(r"[\p{P}\p{S}]")
_SOFT = regex.compile(
    rf"[{_IDEOGRAPHS}](?![、，。．」』）】！？ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ])|[\p{{P}}\p{{S}}]"
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a text: `text == source[start:end]`, with the whitespace after it."""

    text: str
    start: int
    end: int
    pause: Pause
    """The pause after it."""


def chunk(text: str, max_length: int, min_length: int = 1, language: str = "") -> list[Chunk]:
    """Split a text into sentences of `min_length` to `max_length` code points.

    The chunks joined are the text. Lengths do not count surrounding whitespace. `max_length`
    always holds: a longer sentence is cut evenly, at the end of a clause if one is near, else
    between words, inside a word only if that alone is too long, and never inside a grapheme that
    fits. A sentence shorter than `min_length` is joined to the next one of its paragraph, or at
    the end of the paragraph to the one before, if the result fits. Every chunk but the last has a
    letter or a digit, unless a run of punctuation fits into no neighbor.

    A blank line ends a paragraph. A line break ends a sentence, except after a line of more than
    50 code points: that counts as hard-wrapped, and punctuation decides. A line that begins like
    a list item is a sentence of its own. An empty text has no chunks. The abbreviations are those
    of `language`, a tag such as "en-us"; "": those of all languages.

    Raises ValueError when `max_length` is less than 1.
    """
    if max_length < 1:
        raise ValueError(f"max_length must be at least 1, not {max_length}")
    whole = _attach_unspeakable(text, _sentences(text, abbr.endings(language)), max_length)
    joined = _join_short(whole, min_length, max_length)
    parts = (part for span in joined for part in _split(text, span, max_length))
    spans = _attach_unspeakable(text, parts, max_length)
    return [Chunk(text[s.start : s.end], s.start, s.end, s.pause) for s in spans]


def _span(text: str, start: int, end: int, pause: Pause) -> _Span:
    last = start + len(text[start:end].rstrip())
    first = min(_skip_spaces(text, start), last)
    return _Span(start, first, last, end, pause)


def _skip_spaces(text: str, start: int) -> int:
    return _end(_SPACES.match(text, start))


def _end(match: re.Match[str] | None) -> int:
    """Return the end of the match of a pattern that matches everywhere."""
    assert match is not None
    return match.end()


def _sentences(text: str, known: abbr.Endings) -> Iterator[_Span]:
    """Yield the sentences of a text; joined, they are the text."""
    start = line = 0
    for match in _MARK.finditer(text):
        end = match.end()
        pause = _pause_after(text, match, line, known) if end < len(text) else None
        if pause:
            yield _span(text, start, end, pause)
            start = end
        if "\n" in text[match.end("mark") if match["mark"] else match.start() : end]:
            line = end
    if text:
        yield _span(text, start, len(text), Pause.SENTENCE)


def _pause_after(text: str, match: re.Match[str], line: int, known: abbr.Endings) -> Pause | None:
    """Return the pause at a mark or line break in the line that began at `line`.

    None if no sentence ends there.
    """
    gap, end = match.end("mark") if match["mark"] else match.start(), match.end()
    lines = text.count("\n", gap, end)
    if _EXTENDS.match(text, end):
        return None
    if lines > 1:
        return Pause.PARAGRAPH
    if lines and (gap - line <= _HARD_WRAP or _LIST_ITEM.match(text, end)):
        return Pause.SENTENCE
    return Pause.SENTENCE if match["mark"] and _ends_sentence(text, match, line, known) else None


def _ends_sentence(text: str, match: re.Match[str], line: int, known: abbr.Endings) -> bool:
    """Return whether a mark ends a sentence, given that text follows."""
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
    return not is_stop or _stop_ends_sentence(text, start, line, after, known)


def _stop_ends_sentence(
    text: str, stop: int, line: int, after: re.Match[str], known: abbr.Endings
) -> bool:
    """Return whether a single full stop ends a sentence, not only an abbreviation or a number."""
    near = text[max(line, stop - 40) : stop]
    words = near.split()
    if not words or near[-1].isspace():
        return True
    token = words[-1].lstrip("\"'“„«‹([{¿¡‘—–*_").lower()
    word = after["word"].lower()
    starts = word in known.starters and not (after["stop"] and len(word) == 1)
    if token.isdecimal():
        is_list_number = len(words) == 1 and stop - line < 8
        return not is_list_number and not _is_ordinal(token, words, word, starts)
    token = token if token in known.never_end else re.split("['’]", token)[-1]
    if token in known.never_end or words[-1] == "M":
        return False
    if words[-1] == "I" and words[-2:-1] and words[-2].islower():
        return True  # "you and I. Did he?", but not "Albert I. Jones"
    is_initial = len(token) == 1 and words[-1][-1].isupper()
    if token in known.before_numbers and not is_initial:
        return not word[:1].isdecimal()  # "Fig. 2a"
    if token in known.often_end:
        return True
    parts = token.replace(".-", ".").split(".")  # "J.-P"
    is_initials = all(len(part) < 3 and part.isalpha() for part in parts)
    if token in known.may_end or (is_initials and (len(parts) > 1 or len(token) == 1)):
        return starts
    return True


def _is_ordinal(number: str, words: list[str], following: str, starts: bool) -> bool:
    """Return whether a number with a full stop is an ordinal, as in German dates."""
    if len(number) > 2:
        return False
    before = words[-2].lower() if len(words) > 1 else ""
    follows_article = before in abbr.ORDINAL_CONTEXT and "I" not in words  # "I am 30. John"
    if following.isdecimal():  # "am 12. 3. 1990"
        return follows_article or (before.endswith(".") and before[:-1].isdecimal())
    named = following in abbr.MONTHS or following in abbr.NUMBERED_BOOKS
    return named or (follows_article and not starts)


def _attach_unspeakable(text: str, spans: Iterable[_Span], max_length: int) -> list[_Span]:
    """Join spans without a letter or digit to the one before, else to the one after."""
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
    """Join sentences shorter than `min_length` to a neighbor of the same paragraph."""
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
    """Cut a span that is too long into parts of about the same length."""
    while span.length > max_length:
        cut, pause = _best_cut(text, span.first, span.last, max_length)
        first = _skip_spaces(text, cut)
        # A space may be the base of a grapheme, and then belongs to what follows.
        start = first - 1 if first > cut and _EXTENDS.match(text, first) else first
        yield _span(text, span.start, start, pause)
        span = span._replace(start=start, first=first)
    yield span


def _best_cut(text: str, first: int, last: int, max_length: int) -> tuple[int, Pause]:
    """Return where to cut text[first:last], and the pause there."""
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
    """Return a grapheme boundary near `target`, preferably at punctuation or ideographs."""
    limit = first + max_length
    best, cut = _NOWHERE, word if word > first else limit
    near = max(first, first + int(target) - _NEAR)
    words = word_starts(text[near : min(limit, first + int(target)) + _NEAR])
    # On a slice, since \X looks back over a whole run of flag emoji from wherever it begins.
    for match in regex.finditer(r"\X", text[first : limit + 1]):
        position = first + match.end()
        if not word < position <= limit:
            continue
        cost = abs(position - first - target) / target
        soft = _SOFT if not words else _MARK_BEFORE
        if position - near not in words and not soft.match(text, position - 1):
            cost += _HARD_CUT
        if cost < best:
            best, cut = cost, position
    return cut
