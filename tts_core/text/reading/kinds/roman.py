"""Roman numbers: "Henry VIII", "Chapter IV", "XIXᵉ siècle", "World War II"."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from tts_core.text.reading.language import Language
from tts_core.text.reading.rule import Place, Rule, rule
from tts_core.text.reading.tables import words

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ROMAN = r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_NAME = regex.compile(r"\p{Lu}[\p{Ll}\p{M}'’-]*+")
_WORDS = words(
    "MIX DI LI VI CD DVD MD DC CC CV MC DM MM CM LCD XL XXL XX CIV MIL DIM LIV",
)
"""Roman numbers that are more often something else."""


def value(text: str) -> int:
    """Return the value of a roman number in capitals."""
    digits = [_VALUES[letter] for letter in text]
    pairs = zip(digits, [*digits[1:], 0], strict=True)
    return sum(-digit if digit < following else digit for digit, following in pairs)


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of roman numbers, as ordinals with a suffix, else by the word before."""
    if language.roman_suffixes:
        suffixes = "|".join(map(regex.escape, language.roman_suffixes))
        yield rule(
            "roman",
            "letter",
            rf"(?<![\p{{L}}\p{{N}}])(?P<n>(?=[IVXLCDM]){_ROMAN})(?P<suffix>{suffixes})(?![\p{{L}}\p{{N}}])",
            lambda place: language.ordinal(
                value(place["n"]), language.ordinal_form(place, place["suffix"])
            ),
        )
    stop = r"\.?" if "." in language.day_suffixes else ""
    yield rule(
        "roman",
        "letter",
        rf"(?<![\p{{L}}\p{{N}}'’.-])(?P<roman>(?=[IVXLCDM]){_ROMAN})(?![\p{{L}}\p{{M}}\p{{N}}]|['’](?!s)|[.-]\p{{L}}){stop}",
        lambda place: _roman(language, place),
    )


def _roman(language: Language, place: Place) -> str | None:
    text, before = place["roman"], place.word_before
    number = value(text)
    if (spoken := language.century(number, place)) is not None:
        return spoken
    if not before or regex.match(r"[ ]\p{Lu}(?![\p{L}'’])", place.source, pos=place.end):
        return None
    if before.lower() in language.section_words:
        said = language.section_number(number, place)
        return f"{said}." if said and place.text[-1] == "." else said
    if len(text) == 1 or text in _WORDS or number > 40:
        return None
    if before.lower() in language.starters or not _NAME.fullmatch(before) or len(before) < 3:
        return None
    spoken = language.regnal(number, place)
    return f"{spoken}." if place.text[-1] == "." and language.sentence_follows(place) else spoken
