"""Kinds of text that are read differently than written, in the order in which they are tried."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from tts_core.text.reading.kinds import (
    abbreviations,
    addresses,
    capitals,
    codes,
    dates,
    factors,
    money,
    numbers,
    ordinals,
    roman,
    symbols,
    telephone,
    times,
    units,
    verses,
    weekdays,
)
from tts_core.text.reading.language import Language
from tts_core.text.reading.reading import Options
from tts_core.text.reading.rule import Rule

_FIRST = (addresses, verses, weekdays, dates, telephone, times)
_THEN = (factors, money, units, ordinals, codes, abbreviations, roman, capitals, numbers)
"""A language's own rules come between them."""


def rules_of(language: Language, options: Options) -> list[Rule]:
    """Return the rules of a language in the order in which they are tried."""
    found = [
        *chain.from_iterable(kind.rules(language) for kind in _FIRST),
        *(replace(each, alone=True, named=True) for each in language.rules()),
        *chain.from_iterable(kind.rules(language) for kind in _THEN),
        *symbols.rules(language, options),
    ]
    if (
        language.unspaced or language.particles
    ):  # only letters with case keep a number from being one
        return [
            replace(each, pattern=each.pattern.replace(r"\p{L}", r"[\p{Lu}\p{Ll}]"))
            for each in found
        ]
    if language.prefixes:
        letter = rf"(?<![[\p{{L}}--[{language.prefixes}]]"
        return [
            replace(each, pattern=each.pattern.replace(r"(?<![\p{L}", letter)) for each in found
        ]
    return found
