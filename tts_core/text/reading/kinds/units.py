"""Quantities: "5kg", "120 km/h", "10–20 °C", "3.5 m²", "25 %", "16 GB"."""

from __future__ import annotations

from collections.abc import Iterator

from tts_core.text.reading.kinds.number_pattern import MINUS, number_pattern, parse
from tts_core.text.reading.language import Language
from tts_core.text.reading.rule import Place, Rule, any_of, rule
from tts_core.text.reading.signs import ONLY_SPACED, ONLY_TIGHT, PER, UNITS, UNITS_ALONE


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of quantities and percentages, single, in ranges, and per unit."""
    number = number_pattern(language)
    units = {**UNITS, **language.unit_signs}
    gap = r"[ \u00a0\u202f]?"
    sign = (
        rf"(?P<unit>{any_of(units)})(?![\p{{L}}\p{{N}}²³°]|/\p{{L}})|"
        rf"(?P<per>{any_of(units)})/(?P<of>{any_of(PER)})(?![\p{{L}}\p{{N}}²³])"
    )

    def read(place: Place) -> str | None:
        written = place["unit"] or place["per"]
        first = parse(place["sign"] + place["a"], language)
        if place["unit"] in ONLY_SPACED and place.source[place.match.start("unit") - 1].isdecimal():
            return None
        is_tight = place.source[place.match.start("unit") - 1].isdecimal()
        if place["unit"] == "s" and is_tight and len(first.whole) > 2 and not first.fraction:
            return None  # "747s"
        spaced = place.source[place.match.start("unit" if place["unit"] else "per") - 1].isspace()
        if place["unit"] in ONLY_TIGHT and spaced and not first.fraction:
            return None
        if spaced and place["unit"] in language.words_like_units:
            return None
        unit = units[written]
        if place["b"]:
            spoken = language.unit_range(first, parse(place["b"], language), unit)
        else:
            spoken = language.quantity(first, unit)
        if spoken is not None and place["of"]:
            return language.per(spoken, PER[place["of"]])
        stop = place.text[-1] == "." and language.sentence_follows(place)
        return f"{spoken}." if spoken is not None and stop else spoken

    yield rule(
        "unit",
        "digit sign",
        rf"(?P<sign>{MINUS})(?<![\p{{N}}])(?<!\p{{N}}[.,])(?P<a>{number})"
        rf"(?:[ ]?[%°]?[ ]?[–—-][ ]?(?P<b>{number}))?{gap}-?(?:{sign})",
        read,
    )
    yield rule(
        "unit",
        "sign",
        rf"%{gap}(?P<a>{number})(?!%)",
        lambda place: language.quantity(parse(place["a"], language), "concentr-percent"),
    )
    own = {sign for sign in language.unit_signs if len(sign) > 1 and sign[-1] != "."}
    alone = any_of(UNITS_ALONE | own - set(language.words_like_units))
    yield rule(
        "unit",
        "letter",
        rf"(?<![\p{{L}}\p{{N}}./-])(?P<unit>{alone})(?![\p{{L}}\p{{N}}²³/-]|\.\p{{L}})",
        lambda place: language.unit_alone(units[place["unit"]], place),
    )
    yield rule(
        "unit",
        "sign",
        rf"(?<=\p{{Sc}}|(?<!\p{{L}})[A-Z]{{3}})/(?P<of>{any_of(PER)})(?![\p{{L}}\p{{N}}²³])",
        lambda place: language.per("", PER[place["of"]]),
    )
    yield rule(
        "unit",
        "digit",
        r"(?P<feet>\d{1,2})[′'’](?P<inches>\d{1,2})(?:[″\"”]|'')",
        lambda place: _feet(language, place),
    )


def _feet(language: Language, place: Place) -> str | None:
    parts = [
        language.quantity(parse(place[name], language), unit)
        for name, unit in (("feet", "length-foot"), ("inches", "length-inch"))
    ]
    return None if None in parts else " ".join(part for part in parts if part)
