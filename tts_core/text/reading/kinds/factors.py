"""Products, sizes and factors: "5 x 3 = 15", "1920x1080", "10x", "10 - 4 = 6", "10 : 2 = 5"."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from tts_core.text.reading.data.signs import UNITS
from tts_core.text.reading.kinds.number_pattern import (
    AMONG_NUMBERS,
    MINUS,
    before_any,
    in_numbers,
    number_pattern,
    parse,
)
from tts_core.text.reading.language import Language
from tts_core.text.reading.rule import Place, Rule, any_of, rule

_LENGTHS = ("length-", "graphics-pixel")
"""CLDR's names of the units of sides begin so."""


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of two numbers with an "x", and with other signs before an equals sign."""
    number = number_pattern(language)
    within = in_numbers(language)
    yield rule(
        "number",
        "digit sign",
        rf"{MINUS}(?<![\p{{L}}\p{{N}}])(?<!\p{{N}}[.,])"
        rf"(?P<n>\d{{1,15}}(?:{regex.escape(language.decimal_sign)}\d{{1,15}})?)"
        r"[eE](?P<e>[-−+]?\d{1,3})(?![\p{L}\p{N}])",
        lambda place: _scientific(language, place),
        then=f"{within}e",
    )
    yield rule(
        "calculation",
        "digit",
        rf"(?=[{AMONG_NUMBERS}:x×]++=)"
        rf"(?<![\p{{N}}/])(?<!\p{{N}}[.,])(?P<a>{number})(?P<op>[ ]?[-–−][ ]?|[ ]:[ ]|[ ]?[x×][ ]?)"
        rf"(?P<b>{number})(?=[ ]?=)",
        lambda place: _calculation(language, place),
        then=f"{within}-:x×",
        spaced="0-:x×",
    )
    yield rule(
        "size",
        "digit",
        rf"{before_any('x')}"
        rf"(?<![\p{{L}}\p{{N}}/])(?<!\p{{N}}[.,])(?!0x)(?P<a>{number})[ ]?x[ ]?(?={number})",
        lambda place: _factor(language, place, language.by),
        then=f"{within}x",
        spaced="0x",
    )
    measures = {**UNITS, **language.unit_signs}
    long = any_of(sign for sign, unit in measures.items() if unit.startswith(_LENGTHS))
    if language.by:
        yield rule(
            "size",
            "digit",
            rf"{before_any('×')}"
            rf"(?<![\p{{L}}\p{{N}}/])(?<!\p{{N}}[.,])(?P<a>{number})[ ]?×[ ]?"
            rf"(?={number}(?:[ ]?×[ ]?{number})?[ ]?{long}(?!\p{{L}}))",
            lambda place: _factor(language, place, language.by),
            then=f"{within}×",
            spaced="×",
        )
        yield rule(
            "size",
            "letter sign",
            rf"(?=[x×])(?<=\d[ ]?{long}[ ])[x×](?=[ ]\d)",
            lambda place: language.by,
            words=("x",),
        )
    yield rule(
        "times",
        "digit",
        rf"{before_any('x×')}(?<![\p{{L}}\p{{N}}/]|[-+=*^][ ]?)(?<!\p{{N}}[.,])(?P<a>{number})[x×]"
        r"(?![\p{L}\p{N}]|[ ]?[-+=*^²³]|[ ]?/(?!\p{L}))",
        lambda place: _factor(language, place, language.as_often),
        then=f"{within}x×",
        spaced="0",
    )


def _calculation(language: Language, place: Place) -> str | None:
    """Read "10 - 4" and "10 : 2", which an equals sign follows."""
    operator = {":": "÷", "x": "×", "×": "×"}.get(place["op"].strip(), "−")
    word = language.signs.get(operator)
    if word is None:
        return None
    numbers = [language.number(parse(place[side], language)) for side in "ab"]
    return language.joint.join((numbers[0], word, numbers[1]))


def _factor(language: Language, place: Place, word: str) -> str | None:
    """Read "4x" with what follows: another number, or nothing."""
    if not word:
        return None
    number = parse(place["a"], language)
    if len(word) > 1 and word[0] == "-":  # German: one word
        return language.number(number, language.unit_gender or "neuter") + word[1:]
    gender = language.factor_gender if word == language.as_often else ""
    return f"{language.number(number, gender)}{language.joint}{word}"


def _scientific(language: Language, place: Place) -> str | None:
    """Read "1.5e-3" as "1.5 × 10⁻³"."""
    power, times = language.power(parse(place["e"], language)), language.signs.get("×")
    if power is None or times is None:
        return None
    number = parse(place.text[: place.text.lower().index("e")], language)
    said = (language.number(number), times, language.cardinal(10), power)
    return language.joint.join(said)
