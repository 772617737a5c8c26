"""Removes from a text what cannot be spoken, and nothing else.

The steps (characters, joiners, tags, emphasis, headings) each take time linear in the length of the
text. No step makes work for an earlier one, so normalizing twice changes nothing.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex

_Piece = tuple[int, int, str]
"""(start, end, replacement): text[start:end], or one character in its place unless it is ""."""

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


def _names(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# Names: https://html.spec.whatwg.org/multipage/indices.html#elements-3 and
# https://www.w3.org/TR/speech-synthesis11/#S3, with the vendors' prefixes for SSML.
_NEWLINE_TAGS = _names(
    "address article aside blockquote body br caption center dd details dialog div dl dt",
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html li main",
    "menu nav ol optgroup option p par paragraph pre search section speak summary table tbody",
    "tfoot thead title tr ul",
)
_SPACE_TAGS = _names(
    "audio break button canvas embed iframe img input math media object s select seq sentence",
    "svg td textarea th video",
)
_INLINE_TAGS = _names(
    "a abbr acronym area b base bdi bdo big cite code col colgroup data datalist del desc dfn",
    "em emphasis font i ins kbd label lang legend lexicon link lookup map mark meta metadata meter",
    "noscript output param phoneme picture progress prosody q rp rt ruby samp say-as script slot",
    "small source span strike strong style sub sup template time token track tt u var voice w wbr",
    "?xml",
)
_TAGS = _NEWLINE_TAGS | _SPACE_TAGS | _INLINE_TAGS
# A tag with attributes has a "="; "a <b and c> d" has none and is no tag.
_TAG = re.compile(
    r"</?((?:mstts:|amazon:|google:)?\??[a-z][a-z0-9-]{0,15})"
    r"(?:\s{0,8}[/?]?\s{0,8}|[\s/][^<>]*=[^<>]*)|<!doctype\b[^<>]*",
    re.I,
)
_LONGEST_BARE_TAG = 48

_EMPHASIS = re.compile(r"\n[^\S\n]*+\n|[*_~`]++")
_RUN = re.compile(r"\*+|_+|~+|`+")
_MARKS = frozenset(("**", "***", "__", "___", "~~", "`", "``", "```"))
# The lookahead prevents an open "<a" before a heading from becoming a tag.
_HEADING = re.compile(r"^(?: {0,3}+#{1,6}+[ \t]++)++(?=[^\s>/])", re.M)

_SPEAKABLE = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Normalized:
    """A text that can be spoken, and the position of its characters in the original."""

    text: str
    origin: array[int]
    """For each code point of `text`, its index in the original. Strictly increasing."""


def normalize(text: str) -> Normalized:
    """Remove what cannot be spoken: control, invisible and private characters, tags, emphasis.

    Line ends of every kind become "\\n". ZWJ and ZWNJ stay where they shape letters or an emoji.
    Only tags with names of HTML or SSML are removed, so "a < b" and "<3" stay; block tags leave a
    "\\n" or a space, which keeps words apart. Of Markdown, paired `**`, `__`, `~~` and backticks
    and the marks of headings are removed. Takes time linear in the length of the text.
    """
    clean, origin = text, array("I", range(len(text)))
    for step in (_characters, _joiners, _tags, _emphasis, _headings):
        clean, origin = _rebuild(clean, origin, step(clean))
    return Normalized(clean, origin)


def is_speakable(text: str) -> bool:
    """Return whether a text has a letter or a digit of any script."""
    return _SPEAKABLE.search(text) is not None


def _rebuild(text: str, origin: array[int], pieces: Iterable[_Piece]) -> tuple[str, array[int]]:
    """Join the pieces of a text; return it with the original index of each code point."""
    parts: list[str] = []
    where = array("I")
    for start, end, replacement in pieces:
        parts.append(replacement or text[start:end])
        where.extend(origin[start : start + 1 if replacement else end])
    return "".join(parts), where


def _without(text: str, cuts: Iterable[_Piece]) -> Iterator[_Piece]:
    """Yield the pieces of a text without `cuts` (ascending), or with their replacements."""
    done = 0
    for start, end, replacement in cuts:
        yield done, start, ""
        if replacement:
            yield start, end, replacement
        done = end
    yield done, len(text), ""


def _characters(text: str) -> Iterator[_Piece]:
    def cuts() -> Iterator[_Piece]:
        for match in _UNSPOKEN.finditer(text):
            start, end = match.span()
            is_line_end = text[start] in _LINE_END and text[start : start + 2] != "\r\n"
            yield start, end, "\n" if is_line_end else ""

    return _without(text, cuts())


def _joiners(text: str) -> Iterator[_Piece]:
    def cuts() -> Iterator[_Piece]:
        for match in _JOINER.finditer(text):
            kept = 1 if match[1] or match[2] else 0
            yield match.start(), match.end() - kept, ""

    return _without(text, cuts())


def _tags(text: str) -> list[_Piece]:
    """Remove tags and comments, also those that only appear when another one is removed.

    `pieces` is the result so far, `opened` the indices of its pieces that begin with a "<" that
    may still become a tag. Every ">" either removes the characters it examines or closes them for
    good, so nothing is examined twice.
    """
    pieces: list[_Piece] = []
    opened: list[int] = []
    comment = -1
    done = 0
    for match in re.finditer("[<>]", text):
        start = match.start()
        if start > done:
            pieces.append((done, start, ""))
        done = start
        if comment < 0 and opened and _head(text, pieces, opened[-1]) == "<!--":
            comment = opened[-1]
        if match[0] == "<":
            opened.append(len(pieces))
            continue
        done = start + 1
        if comment >= 0 and _tail(text, pieces) == "--":
            first, replacement = comment, ""
            comment = -1
        elif (found := _tag_replacement(text, pieces, opened)) is not None:
            first, replacement = opened[-1], found
        else:
            pieces.append((start, done, ""))
            opened.clear()
            continue
        at = pieces[first][0]
        del pieces[first:]
        while opened and opened[-1] >= first:
            opened.pop()
        if replacement:
            pieces.append((at, done, replacement))
    pieces.append((done, len(text), ""))
    return pieces


def _head(text: str, pieces: list[_Piece], index: int) -> str:
    head = (r or text[s : min(e, s + 4)] for s, e, r in pieces[index : index + 4])
    return "".join(head)[:4]


def _tail(text: str, pieces: list[_Piece]) -> str:
    return "".join(r or text[max(s, e - 2) : e] for s, e, r in pieces[-2:])[-2:]


def _tag_replacement(text: str, pieces: list[_Piece], opened: list[int]) -> str | None:
    """Return what replaces the tag that ends here: "", " " or "\\n"; None if it is no tag."""
    if not opened:
        return None
    match = _TAG.fullmatch("".join(r or text[s:e] for s, e, r in pieces[opened[-1] :]))
    if match is None:
        return None
    name = (match[1] or "").lower()
    if name not in _TAGS and name and ":" not in name:
        return None
    return "\n" if name in _NEWLINE_TAGS else " " if name in _SPACE_TAGS else ""


def _emphasis(text: str) -> Iterator[_Piece]:
    """Pair runs of marks within a paragraph as Markdown does, and remove the pairs.

    A cluster such as "`**`" stays, because a removal could merge two of its runs into a new one.
    """
    paired: list[int] = []
    waiting: dict[str, list[int]] = {}
    for match in _EMPHASIS.finditer(text):
        start, end = match.span()
        if text[start] == "\n":
            waiting.clear()
            continue
        runs = list(_RUN.finditer(text, start, end)) if end - start < 16 else []
        if len(runs) != len({run[0][0] for run in runs}) or _inside_tag(text, start):
            continue
        before, after = text[start - 1 : start], text[end : end + 1]
        closes = not (before or " ").isspace() and before != "-"
        # "2**3**4" is arithmetic, but "重点**内容**" is emphasis.
        opens = not (after or " ").isspace() and not (before.isascii() and before.isalnum())
        for run in runs:
            if run[0] not in _MARKS:
                continue
            partners = waiting.setdefault(run[0], [])
            if closes and partners:
                paired += (partners.pop(), run.start())
            elif opens and before != "-":
                partners.append(run.start())
    runs_out = (_RUN.match(text, position) for position in sorted(paired))
    return _without(text, ((*run.span(), "") for run in runs_out if run))


def _inside_tag(text: str, position: int) -> bool:
    """Return whether a removal here could turn a "<" before it into a tag."""
    near = text[max(0, position - _LONGEST_BARE_TAG) : position]
    return near.rfind("<") > near.rfind(">")


def _headings(text: str) -> Iterator[_Piece]:
    return _without(text, ((*match.span(), "") for match in _HEADING.finditer(text)))
