"""The kinds of text that are read differently than written, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import chain

from tts_core.text.reading import (
    abbreviations,
    addresses,
    capitals,
    codes,
    dates,
    money,
    numbers,
    ordinals,
    roman,
    symbols,
    telephone,
    times,
    units,
)
from tts_core.text.reading.languages import language_of
from tts_core.text.reading.reading import Options
from tts_core.text.reading.rule import DIGIT, LETTER, SIGN, Rule

_FIRST = (addresses, dates, telephone, times, money, units, ordinals)
_THEN = (codes, abbreviations, roman, capitals, numbers)
"""A language's own rules come between them."""


@lru_cache(maxsize=64)
def rules_of(tag: str, options: Options) -> Mapping[str, tuple[Rule, ...]]:
    """Return the rules of a language by what their texts begin with."""
    language = language_of(tag)
    found = [
        *chain.from_iterable(kind.rules(language) for kind in _FIRST),
        *language.rules(),
        *chain.from_iterable(kind.rules(language) for kind in _THEN),
        *symbols.rules(language, options),
    ]
    return {
        start: tuple(rule for rule in found if start in rule.starts)
        for start in (DIGIT, LETTER, SIGN)
    }
