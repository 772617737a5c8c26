"""Reads written text: returns it as it is spoken, with the written span of every word.

`read` reads a whole text, `read_parts` one paragraph after the other, so that the first can be
spoken while the rest has not been read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import regex

from tts_core.text.normalize import is_speakable
from tts_core.text.reading.assembly import Assembly, Source
from tts_core.text.reading.composition import composed
from tts_core.text.reading.grammar import Grammar, grammar_of
from tts_core.text.reading.reading import Options, Reading, joined

_PLAIN = regex.compile(
    r"\s*+(?:(?P<word>\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]++(?:['’-][\p{Ll}\p{M}]++){0,4}+)?"
    r"(?P<marks>[,;:!?.)\"”’»…]*+)(?=\s|\Z))?",
)
"""Spaces, and a word between spaces that no rule applies to unless it is one of the triggers."""
_SIGNS = frozenset("#$%&'(*+-/<=>@[\\]^_`{|}~€£¥§°")
"""With which nothing plain begins. Here for speed: the pattern tells it too."""
_BLANK_LINE = regex.compile(r"\n[^\S\n]*+\n\s*+")
_LONG = 300
"""Code points after which a paragraph is read in parts, at the end of a sentence."""
_LONGEST = 900
"""Code points of the longest part, which also bounds how far any rule can look."""
_MOST_READINGS = 8
_BETWEEN_WORDS = regex.compile(r"(?<=\p{Ll}\p{Ll})[ ](?=\p{Ll}\p{Ll})")
_ANNOUNCED = regex.compile(r"^`$", regex.M)
_SPACE = regex.compile(r"\s")
_PART_END = regex.compile(r"[.!?。！？…][\"”’»)」』]*+\s++(?=[\p{Lu}\p{Lo}\"“„«])|[。！？]|\n")


def read(
    text: str | Source,
    language: str,
    options: Options | None = None,
    span: tuple[int, int] | None = None,
) -> Reading:
    """Return a text as it is spoken in a language (a BCP 47 tag). `span`: as in `read_parts`.

    Reading what was read changes nothing. Takes time linear in the length of the text.
    """
    return joined(read_parts(text, language, options, span))


def read_parts(
    text: str | Source,
    language: str,
    options: Options | None = None,
    span: tuple[int, int] | None = None,
) -> Iterator[Reading]:
    """Yield the readings of a text's paragraphs, and of long ones in parts of whole sentences.

    `span`: where to begin and end in the cleaned text of a `Source`. Spans are those of the whole
    text; `Word.at` and `Mark.at` count from the beginning of the first part.
    """
    options = options or Options()
    grammar = grammar_of(language.lower().replace("_", "-"), options)
    source = text if isinstance(text, Source) else Source(text, options)
    first, last = span or (0, len(source.text))
    assembly = Assembly(source, grammar.language.unspaced, first)
    if first == last:
        yield assembly.take(last)
    for start, end in _parts(source.text, first, last):
        _read_part(source.text[start:end], start, grammar, assembly)
        part = assembly.take(end)
        as_written = not part.left_out and not any(word.kind for word in part.words)
        settled = part if as_written else _settled(part, grammar)
        assembly.lengthen(len(settled.spoken) - len(part.spoken))
        yield settled


def has_words(text: str, options: Options) -> bool:
    """Return whether anything of a text is spoken: not of a comment, nor of "…"."""
    cleaned = Source(text, options).text if is_speakable(text) else text
    if is_speakable(cleaned) or (options.code == "announce" and _ANNOUNCED.search(cleaned)):
        return True
    # Each sign once, so that this takes no time for a thousand of them. Which language makes no
    # difference.
    signs = " ".join(dict.fromkeys(cleaned))
    return is_speakable(read(signs, "en", replace(options, markup=False)).spoken)


def _settled(part: Reading, grammar: Grammar) -> Reading:
    """Return a part read again until that changes nothing, a few times at most.

    Words without spaces between them are read apart ("5Dr."), and what is left out may have stood
    between others, so that something new appears.
    """
    for _ in range(_MOST_READINGS):
        again = _read_once(part.spoken, grammar)
        if again.spoken == part.spoken:
            break
        part = composed(part, again)
    return part


@lru_cache(maxsize=64)
def _read_once(text: str, grammar: Grammar) -> Reading:
    """Return the reading of one part of a text."""
    source = Source(text, grammar.options)
    assembly = Assembly(source, grammar.language.unspaced)
    _read_part(source.text, 0, grammar, assembly)
    return assembly.take(len(source.text))


def _parts(text: str, start: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield where the paragraphs of text[start:last] begin and end, and the parts of long ones."""
    first = len(text) - len(text.lstrip())  # blank lines before the text are no part of their own
    while start < last:
        blank = _BLANK_LINE.search(text, max(start, first), last)
        stop = blank.end() if blank else last
        while stop - start > _LONG:
            cut = _cut(text, start, stop)
            yield start, cut
            start = cut
        if start < stop:
            yield start, stop
        start = stop


def _cut(text: str, start: int, stop: int) -> int:
    """Return where to cut a long paragraph: after a sentence, else between words."""
    last = min(stop, start + _LONGEST)
    for pattern in (_PART_END, _BETWEEN_WORDS, _SPACE):
        if found := pattern.search(text, start + _LONG, last):
            return found.end()
    return last


def _read_part(text: str, start: int, grammar: Grammar, assembly: Assembly) -> None:
    """Read a part of the text, which begins at `start`, into an assembly."""
    position, length = 0, len(text)
    is_trigger, plain = grammar.is_trigger, _PLAIN
    while position < length:
        first = text[position]
        if first in _SIGNS or (first.isnumeric() and not first.isalpha()):  # is not plain
            begin = position
            position, spoken, kind = grammar.read_at(text, begin)
            assembly.add(start + begin, start + position, spoken, kind)
            continue
        match = plain.match(text, position)
        assert match is not None
        begin = match.start(1)
        end = match.end()
        if begin >= 0 and not is_trigger(match[1].lower()):
            assembly.add_plain(start + begin, start + end, text[begin:end])
            position = end
            continue
        begin = end - len(match[0].lstrip()) if begin < 0 else begin
        if (marks := match[2]) and begin == match.start(2):
            assembly.add(start + begin, start + end, marks, "")
            position = end
            continue
        if begin >= length:
            break
        position, spoken, kind = grammar.read_at(text, begin)
        assembly.add(start + begin, start + position, spoken, kind)
