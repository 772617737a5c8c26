"""Reads written text: returns it as it is spoken, with the written span of every word.

`read` reads a whole text, `read_parts` one paragraph after the other, so that the first can be
spoken while the rest has not been read.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import regex

from tts_core.errors import ValidationError
from tts_core.text.directions.find import directions_of
from tts_core.text.normalize import is_speakable
from tts_core.text.reading.assembly import Assembly, Source
from tts_core.text.reading.composition import base_of, composed
from tts_core.text.reading.grammar import Grammar, grammar_of
from tts_core.text.reading.override import OVERRIDDEN, Override
from tts_core.text.reading.reading import Options, Reading, joined

_TOKEN = re.compile(r"\S+")
_LONGEST_TOKEN = 64
"""Code points of a text without spaces that may be a plain word."""
_SIGNS = frozenset("#$%&'(*+-/<=>@[\\]^_`{|}~€£¥§°")
"""With which nothing plain begins. Here for speed: `Grammar.is_plain` tells it too."""
_MARKS = frozenset(',;:!?.)"”’»…')
"""Said as written where they stand alone."""
_BLANK_LINE = regex.compile(r"\n[^\S\n]*+\n\s*+")
_LONG = 300
"""Code points after which a paragraph is read in parts, at the end of a sentence."""
_LONGEST = 900
"""Code points of the longest part, which also bounds how far any rule can look."""
_MOST_READINGS = 8
_BETWEEN_WORDS = regex.compile(r"(?<=\p{Ll}\p{Ll})[ ](?=\p{Ll}\p{Ll})")
_ANNOUNCED = regex.compile(r"^`$", regex.M)
_SPACE = regex.compile(r"\s")
_RESPELLED = regex.compile(r"[\p{L}\p{M}\s'’-]++")
"""Respellings that are said as they are: "JIF" is a word, though it is written in capitals."""
_PART_END = regex.compile(r"[.!?。！？…][\"”’»)」』]*+\s++(?=[\p{Lu}\p{Lo}\"“„«])|[。！？]|\n")


def read(
    text: str | Source,
    language: str,
    options: Options | None = None,
    span: tuple[int, int] | None = None,
    overrides: Sequence[Override] = (),
) -> Reading:
    """Return a text as it is spoken in a language (a BCP 47 tag).

    `span`, `overrides`: as in `read_parts`.

    Reading what was read changes nothing. Takes time linear in the length of the text.
    """
    return joined(read_parts(text, language, options, span, overrides))


def read_parts(
    text: str | Source,
    language: str,
    options: Options | None = None,
    span: tuple[int, int] | None = None,
    overrides: Sequence[Override] = (),
) -> Iterator[Reading]:
    """Yield the readings of a text's paragraphs, and of long ones in parts of whole sentences.

    `span`: where to begin and end in the cleaned text of a `Source`. `overrides`: in order and
    without overlaps; those that are not all within the span are ignored. Spans of words are those
    of the whole text; `Word.at` and `Mark.at` count from the beginning of the first part.
    """
    options = options or Options()
    grammar = grammar_of(language.lower().replace("_", "-"), options)
    source = text if isinstance(text, Source) else Source(text, options)
    first, last = span or (0, len(source.text))
    speaks = grammar.language
    assembly = Assembly(source, speaks.unspaced, first, upper=speaks.upper)
    if first == last:
        yield assembly.take(last)
    placed = _placed(source, overrides, first, last)
    for start, end in _parts(source.text, first, last, placed):
        inside = list(_within(placed, start, end))
        _read_part(source.text[start:end], start, grammar, assembly, inside)
        part = assembly.take(end)
        kinds = {word.kind for word in part.words}
        as_written = not part.left_out and kinds <= {"", OVERRIDDEN}
        settled = part if as_written else _settled(part, grammar)
        assembly.lengthen(len(settled.spoken) - len(part.spoken))
        yield settled


def has_words(text: str, options: Options) -> bool:
    """Return whether anything of a text is spoken: not of a comment, nor of "…"."""
    try:
        directions = directions_of(text, "auto" if options.markup else "off")
    except ValidationError:  # of which whoever has it spoken will be told
        return True
    cleaned = Source(text, options, directions).text if is_speakable(text) else text
    if is_speakable(cleaned) or (options.code == "announce" and _ANNOUNCED.search(cleaned)):
        return True
    # Each sign once, so that this takes no time for a thousand of them. Which language makes no
    # difference.
    signs = " ".join(dict.fromkeys(cleaned))
    return is_speakable(read(signs, "en", replace(options, markup=False)).spoken)


def _placed(source: Source, overrides: Sequence[Override], first: int, last: int) -> list[Override]:
    """Return the overrides with an effect within text[first:last], with their places there."""
    found = []
    for override in overrides:
        place = source.place(override.start, override.end)
        given = override.spoken or override.phonemes
        if given and place is not None and first <= place[0] and place[1] <= last:
            found.append(Override(*place, override.spoken, override.phonemes))
    return found


def _within(placed: Sequence[Override], start: int, end: int) -> Iterator[Override]:
    """Yield the overrides that begin in text[start:end], with their places in that part."""
    for override in placed[bisect_left(placed, (start,)) : bisect_left(placed, (end,))]:
        begin, stop, spoken, phonemes = override
        yield Override(begin - start, stop - start, spoken, phonemes)


def _settled(part: Reading, grammar: Grammar) -> Reading:
    """Return a part read again until that changes nothing, a few times at most.

    Words without spaces between them are read apart ("5Dr."), and what is left out may have stood
    between others, so that something new appears.
    """
    for _ in range(_MOST_READINGS):
        kept = _kept(part)
        if not kept and _stays(part.spoken, grammar):
            break
        again = _read_once(part.spoken, grammar, kept)
        if again.spoken == part.spoken:
            break
        part = composed(part, again)
    return part


@lru_cache(maxsize=64)
def _stays(text: str, grammar: Grammar) -> bool:
    """Return whether all of a text is said as written: a reading without its assembly."""
    if Source(text, grammar.options).text != text:
        return False
    is_plain, length, position = grammar.is_plain, len(text), 0
    for token in _TOKEN.finditer(text):
        begin, stop = token.span()
        if begin < position:
            if stop <= position:
                continue
            begin = position
        if stop - begin <= _LONGEST_TOKEN and is_plain(text[begin:stop]):
            continue
        for first, position, spoken, kind in _pieces(text, begin, length, grammar):
            if spoken != text[first:position] or (kind and not _is_apart(text, first, position)):
                return False
            if position >= stop:
                break
    return True


def _is_apart(text: str, begin: int, end: int) -> bool:
    """Return whether a word with a kind gets neither a capital nor spaces around it."""
    before = text[max(0, begin - 2) : begin]
    return before[:1].isalnum() and before[1:] == " " and not text[end : end + 1].isalnum()


def _kept(part: Reading) -> tuple[Override, ...]:
    """Return overrides by which the pronunciations that were given stay in the next reading."""
    base = base_of(part)
    return tuple(
        Override(word.at - base, word.at - base + len(word.spoken), word.spoken, word.phonemes)
        for word in part.words
        if word.kind == OVERRIDDEN
    )


@lru_cache(maxsize=64)
def _read_once(
    text: str,
    grammar: Grammar,
    overrides: tuple[Override, ...] = (),
    *,
    begins_sentence: bool = True,
) -> Reading:
    """Return the reading of one part of a text."""
    source = Source(text, grammar.options)
    speaks = grammar.language
    assembly = Assembly(
        source, speaks.unspaced, begins_sentence=begins_sentence, upper=speaks.upper
    )
    placed = _placed(source, overrides, 0, len(source.text))
    _read_part(source.text, 0, grammar, assembly, placed)
    return assembly.take(len(source.text))


def _respelled(override: Override, written: str, grammar: Grammar) -> str:
    """Return what is said for a part of a text that has an override."""
    spoken = " ".join((override.spoken or written).split())
    if override.spoken and _RESPELLED.fullmatch(spoken):
        return spoken
    first = _read_once(spoken, grammar, begins_sentence=False)
    return _settled(first, grammar).spoken.strip()


def _parts(
    text: str, start: int, last: int, overrides: Sequence[Override]
) -> Iterator[tuple[int, int]]:
    """Yield where the paragraphs of text[start:last] begin and end, and the parts of long ones."""
    first = len(text) - len(text.lstrip())  # blank lines before the text are no part of their own
    while start < last:
        blank = _BLANK_LINE.search(text, max(start, first), last)
        stop = _outside(overrides, blank.end()) if blank else last
        while stop - start > _LONG:
            cut = _outside(overrides, _cut(text, start, stop))
            yield start, cut
            start = cut
        if start < stop:
            yield start, stop
        start = stop


def _outside(overrides: Sequence[Override], place: int) -> int:
    """Return a place, or the end of the override that it is in."""
    index = bisect_left(overrides, (place,)) - 1
    return max(place, overrides[index].end) if index >= 0 else place


def _cut(text: str, start: int, stop: int) -> int:
    """Return where to cut a long paragraph: after a sentence, else between words."""
    last = min(stop, start + _LONGEST)
    for pattern in (_PART_END, _BETWEEN_WORDS, _SPACE):
        if found := pattern.search(text, start + _LONG, last):
            return found.end()
    return last


def _read_part(
    text: str, start: int, grammar: Grammar, assembly: Assembly, overrides: Iterable[Override]
) -> None:
    """Read a part of the text, which begins at `start`, into an assembly.

    `overrides`: in order; places are those in the part.
    """
    position = 0
    for override in overrides:
        if not text[position : override.start].isspace():
            _read_rules(text, position, override.start, start, grammar, assembly)
        position = override.end
        spoken = _respelled(override, text[override.start : position], grammar)
        assembly.add_whole(
            start + override.start, start + position, spoken, OVERRIDDEN, override.phonemes
        )
    _read_rules(text, position, len(text), start, grammar, assembly)


def _read_rules(
    text: str, position: int, length: int, start: int, grammar: Grammar, assembly: Assembly
) -> None:
    """Read text[position:length] by the rules. `start`: where the text begins in the source's."""
    for begin, end, spoken, kind in _pieces(text, position, length, grammar):
        if kind is None:
            assembly.add_plain(start + begin, start + end, spoken)
        else:
            assembly.add(start + begin, start + end, spoken, kind)


def _pieces(
    text: str, position: int, length: int, grammar: Grammar
) -> Iterator[tuple[int, int, str, str | None]]:
    """Yield where each piece of text[position:length] begins and ends, how it is said, its kind.

    Words between spaces that are said as written have the kind None.
    """
    is_plain, read_at = grammar.is_plain, grammar.read_at
    for token in _TOKEN.finditer(text, position, length):
        begin, end = token.span()
        begin = max(begin, position)  # some of it may have been read with what is before it
        while begin < end:
            first = text[begin]
            if first not in _SIGNS and not first.isdecimal() and end - begin <= _LONGEST_TOKEN:
                written = text[begin:end]
                if is_plain(written):
                    yield begin, end, written, None
                    break
                if _MARKS.issuperset(written):
                    yield begin, end, written, ""
                    break
            position, spoken, kind = read_at(text, begin)
            if position > length:  # what follows has an override
                position, spoken, kind = read_at(text[:length], begin)
            yield begin, position, spoken, kind
            begin = position
