"""Reads written text: returns it as it is spoken, with the written span of every word.

`read` reads a whole text, `read_parts` one paragraph after the other, so that the first can be spoken
while the rest has not been read.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, chain

import regex

from tts_core.text.reading.assembly import Assembly, Source, Unit
from tts_core.text.reading.kinds import rules_of
from tts_core.text.reading.language import Language
from tts_core.text.reading.languages import language_of
from tts_core.text.reading.reading import Mark, Options, Reading, Word
from tts_core.text.reading.rule import DIGIT, LETTER, SIGN, Place, Rule

_SPACES = regex.compile(r"\s++")
_WORD = regex.compile(r"[\p{L}\p{M}]++(?:['’\u200c\u200d\u00b7][\p{L}\p{M}]++)*+")
_PLAIN = regex.compile(r"[\p{Ll}\p{Lo}\p{Lm}\p{M}]++(?:['’][\p{Ll}\p{M}]++)*+(?=[\s,;!?)\"”»…]|\Z)")
"""A word that no rule applies to unless a rule of the language begins with it."""
_PUNCTUATION = regex.compile(r"(.)\1*+", regex.DOTALL)
_DIGITS = regex.compile(r"\d++")
_BLANK_LINE = regex.compile(r"\n[^\S\n]*+\n\s*+")
_LONG = 600
"""Code points after which a paragraph is read in parts, at the end of a sentence."""
_PART_END = regex.compile(r"[.!?。！？…][\"”’»)」』]*+\s++(?=[\p{Lu}\p{Lo}\"“„«])|[。！？]|\n")


def read(text: str, language: str, options: Options | None = None) -> Reading:
    """Return a text as it is spoken in a language (a BCP 47 tag).

    Reading what was read changes nothing. Takes time linear in the length of the text.
    """
    parts = list(read_parts(text, language, options))
    spoken = "".join(part.spoken for part in parts)
    starts = accumulate((len(part.spoken) for part in parts), initial=0)
    words: list[Word] = []
    marks: list[Mark] = []
    for part, start in zip(parts, starts, strict=False):
        words += (replace(word, at=word.at + start) for word in part.words)
        marks += (replace(mark, at=mark.at + start) for mark in part.marks)
    left_out = tuple(chain.from_iterable(part.left_out for part in parts))
    return Reading(spoken, tuple(words), left_out, tuple(marks))


def read_parts(text: str, language: str, options: Options | None = None) -> Iterator[Reading]:
    """Yield the readings of a text's paragraphs, and of long ones in parts of whole sentences.

    Spans are those of the whole text; `Word.at` and `Mark.at` count from the beginning of the part.
    """
    speaker = language_of(language)
    rules = rules_of(speaker.tag, options or Options())
    triggers = speaker.triggers
    source = Source(text)
    for start, end in _parts(source.text):
        assembly = Assembly(source, start, speaker.unspaced)
        piece = source.text[start:end]
        for unit in _units(piece, speaker, rules, triggers):
            assembly.add(unit)
        yield assembly.reading(end)


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the paragraphs of a text begin and end, and the parts of long ones."""
    start = 0
    while start < len(text):
        blank = _BLANK_LINE.search(text, start)
        stop = blank.end() if blank else len(text)
        while stop - start > _LONG:
            end = _PART_END.search(text, start + _LONG, stop)
            if end is None:
                break
            yield start, end.end()
            start = end.end()
        if start < stop:
            yield start, stop
        start = stop


def _units(
    text: str, language: Language, rules: Mapping[str, Sequence[Rule]], triggers: Container[str]
) -> Iterator[Unit]:
    """Yield the parts of a text that are not spaces, each with its reading."""
    position, length = 0, len(text)
    while position < length:
        if space := _SPACES.match(text, position):
            position = space.end()
            continue
        plain = _PLAIN.match(text, position)
        if plain is None or plain[0].lower() in triggers:
            unit = _read_at(text, position, language, rules)
        else:
            unit = Unit(position, plain.end(), plain[0], "")
        yield unit
        position = unit.end


def _read_at(
    text: str, position: int, language: Language, rules: Mapping[str, Sequence[Rule]]
) -> Unit:
    """Read what begins at a position by the first rule that applies, else as written."""
    first = text[position]
    start = DIGIT if first.isdecimal() else LETTER if first.isalpha() else SIGN
    for rule in rules[start]:
        match = rule.pattern.match(text, position)
        if match is not None and match.end() > position:
            spoken = rule.read(Place(match))
            if spoken is not None:
                return Unit(position, match.end(), spoken, rule.kind)
    if start == DIGIT:
        end = _end(_DIGITS.match(text, position))
        return Unit(position, end, language.digits(text[position:end]), "number")
    end = _end((_WORD if start == LETTER else _PUNCTUATION).match(text, position))
    return Unit(position, end, text[position:end], "")


def _end(match: regex.Match[str] | None) -> int:
    """Return the end of the match of a pattern that matches everywhere."""
    assert match is not None
    return match.end()
