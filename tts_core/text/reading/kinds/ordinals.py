"""Ordinals with a suffix: "3rd", "1er", "2º", "5-й"."""

from __future__ import annotations

from collections.abc import Iterator

from tts_core.text.reading.language import Language
from tts_core.text.reading.rule import Place, Rule, any_of, firsts, rule


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rule of numbers with one of the language's suffixes."""
    if not language.ordinal_suffixes:
        return
    suffixes = any_of(language.ordinal_suffixes)
    yield rule(
        "ordinal",
        "digit",
        rf"(?<![\p{{L}}\p{{N}}])(?<!\p{{N}}[.,])(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d{{1,15}})(?P<suffix>{suffixes})(?![\p{{L}}\p{{N}}])"
        rf"(?:[–-](?P<m>\d{{1,4}})(?P<last>{suffixes})(?![\p{{L}}\p{{N}}]))?",
        lambda place: _ordinals(language, place),
        then=f",{firsts(language.ordinal_suffixes)}",
    )


def _ordinals(language: Language, place: Place) -> str | None:
    """Read "7th", and "7th–9th" as a range."""
    first = language.written_ordinal(place, place["n"].replace(",", ""), place["suffix"])
    if first is None or not place["m"]:
        return first
    last = language.written_ordinal(place, place["m"], place["last"])
    return last and language.between(first, last)
