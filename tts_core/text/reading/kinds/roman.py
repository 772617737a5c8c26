"""Roman numbers: "Henry VIII", "Chapter IV", "XIXᵉ siècle", "World War II"."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import roman_value
from tts_core.text.reading.rule import Place, Rule, any_before, rule
from tts_core.text.reading.tables import words

_ROMAN = r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_NAME = regex.compile(r"\p{Lu}[\p{Ll}\p{M}'’]*+(?:-\p{Lu}[\p{Ll}\p{M}'’]++)?")
_ROW = regex.compile(r"(?P<before>\p{L}+)[ ][IVXLC]+(?:[ ]\p{Ll}{1,3}[ ]|[–-])\Z")
"""What stands before the second number of a row: "siglos XVI y"."""
_HEADING = regex.compile(r"[.)] \p{Lu}")
_YEARS = range(1000, 2100)
"""Values of roman numbers alone that are years: "MCMXCIX"."""
_SHORTEST_YEAR = 4
_LETTERS = ("C", "D", "L", "M")
"""Of a section rather than its number, with a full stop after them: "Art. L. 121-1"."""
_CHAPTERS = (
    "ch",
    "cap",
    "kap",
    "cant",
    "chant",
    "gesang",
    "hoofdst",
    "rozdz",
    "розд",
    "глав",
    "böl",
)
"""Beginnings of words after which "C" and "L" are numbers rather than letters, as in old novels."""
_WORDS = words(
    "MIX DI LI VI CD DVD MD DC CC CV MC DM MM CM LCD XL XXL XX CIV MIL DIM LIV",
)
"""Roman numbers that are more often something else."""


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of roman numbers, as ordinals with a suffix, else by the word before."""
    if language.roman_suffixes:
        suffixes = "|".join(map(regex.escape, language.roman_suffixes))
        yield rule(
            "roman",
            "letter",
            rf"(?<![\p{{L}}\p{{N}}])(?P<n>(?=[IVXLCDM]){_ROMAN})(?P<suffix>{suffixes})(?![\p{{L}}\p{{N}}])",
            lambda place: language.ordinal(
                roman_value(place["n"]), language.ordinal_form(place, place["suffix"])
            ),
        )
    if language.section_words:
        yield rule(
            "roman",
            "letter",
            rf"(?<=(?<!\p{{L}})(?i:{any_before(language.section_words)})[ ])"
            rf"(?=[ivxl])(?P<n>(?:xc|xl|l?x{{0,3}})(?:ix|iv|v?i{{0,3}}))(?![\p{{L}}\p{{M}}\p{{N}}'’])",
            lambda place: language.section_number(roman_value(place["n"].upper()), place),
        )
    stop = r"\.?" if "." in language.day_suffixes else ""
    yield rule(
        "roman",
        "letter",
        rf"(?<![\p{{L}}\p{{N}}'’.]|(?<![IVXLC])-)(?P<roman>(?=[IVXLCDM]){_ROMAN})(?![\p{{L}}\p{{M}}\p{{N}}]|['’](?!s)|\.\p{{L}}|-(?![IVXLC]+(?!\p{{L}}))\p{{L}}){stop}",
        lambda place: _roman(language, place),
    )


def _in_a_row(language: Language, place: Place) -> str | None:
    """Read "XVII" of "siglos XVI y XVII" as the number before it."""
    match = _ROW.search(place.source[max(0, place.start - 40) : place.start])
    if place["roman"] == "I" or match is None:  # "the part I see I like"
        return None
    if match["before"].lower() not in language.section_words:
        return None
    spoken = language.cardinal(roman_value(place["roman"]))
    stop = place.text[-1] == "." and language.sentence_follows(place)
    return f"{spoken}." if stop else spoken


def _is_heading(place: Place) -> bool:
    """Return whether a number of several letters begins a line: "IV. Results"."""
    text, end = place["roman"], place.match.end("roman")
    is_first = not place.source[: place.start].rpartition("\n")[2].strip()
    is_number = len(text) > 1 and (text == "VI" or text not in _WORDS)
    return is_first and is_number and bool(_HEADING.match(place.source, end))


def _roman(language: Language, place: Place) -> str | None:
    text, before = place["roman"], place.word_before
    if (row := _in_a_row(language, place)) is not None:
        return row
    number = roman_value(text)
    if (spoken := language.century(number, place)) is not None:
        return spoken
    if number in _YEARS and len(text) >= _SHORTEST_YEAR and text not in _WORDS:
        stop = "." if place.text[-1] == "." and language.sentence_follows(place) else ""
        return language.year(number) + stop
    is_ruler = language.is_ruler(before)
    if is_ruler and language.is_regnal(number, place):
        spoken = language.regnal(number, place)
        return (
            f"{spoken}." if place.text[-1] == "." and language.sentence_follows(place) else spoken
        )
    if (spoken := language.edition(number, place)) is not None:
        return spoken
    if _is_heading(place):
        return language.cardinal(number) + ("." if place.text[-1] == "." else "")
    if not before or regex.match(r"[ ]\p{Lu}(?![\p{L}'’])", place.source, pos=place.end):
        return None
    is_letter = text in _LETTERS and (place.text + place.next)[1:2] == "."
    section = before.lower()
    if len(text) > 1:  # "No. I think"
        section = section.removesuffix(".")
    is_letter = is_letter or (text in _LETTERS and not section.startswith(_CHAPTERS))
    if section in language.section_words and not is_letter:
        said = language.section_number(number, place)
        return f"{said}." if said and place.text[-1] == "." else said
    if len(text) == 1 or text in _WORDS or number > 40:
        return None
    if before.lower() in language.starters or not _NAME.fullmatch(before) or len(before) < 3:
        return None
    spoken = language.regnal(number, place)
    return f"{spoken}." if place.text[-1] == "." and language.sentence_follows(place) else spoken
