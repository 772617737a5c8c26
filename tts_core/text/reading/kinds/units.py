"""Quantities: "5kg", "120 km/h", "10–20 °C", "3.5 m²", "25 %", "16 GB"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tts_core.text.reading.data.signs import (
    NOT_AFTER_HYPHEN,
    ONLY_SPACED,
    ONLY_TIGHT,
    PER,
    RATIOS,
    UNITS,
    UNITS_ALONE,
)
from tts_core.text.reading.kinds.number_pattern import (
    MINUS,
    amount_pattern,
    in_numbers,
    parse,
)
from tts_core.text.reading.kinds.numbers import VULGAR
from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import DASH, Place, Rule, any_of, firsts, rule

_AFTER_NOUNS = ("km²", "m²", "km", "kg", "h", "min", "s", "ha", "m³", "l")
"""Units that things are counted per: "Einwohner/km²"."""
_TIMES = ("duration-hour", "duration-day", "duration-week", "duration-minute")
"""Units of which there may be a number after a slash: "mg/24 h"."""
_FIGURES = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_MOST_INCHES = 11
"""Of a height; more after an apostrophe are seconds."""


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of quantities and percentages, single, in ranges, and per unit."""
    number = amount_pattern(language)
    units = {**UNITS, **language.unit_signs}
    per = {**PER, **language.per_signs}
    gap = r"[ \u00a0\u202f]?"
    times = any_of(sign for sign, unit in units.items() if unit in _TIMES)
    time = rf"\d{{1,3}}{gap}{times}(?!\p{{L}})"
    suffixed = "" if language.apostrophe_suffixes else r"|['’]\p{L}"
    sign = (
        rf"(?P<unit>{any_of(units)})(?![\p{{L}}\p{{N}}²³°]|/(?:\p{{L}}|{time}){suffixed}"
        rf"|\./{any_of(per)}(?!\p{{L}}))|"
        rf"(?P<per>{any_of(units)})/(?:(?P<of>{any_of(per)})(?![\p{{L}}\p{{N}}²³])|(?={time}))"
    )

    def read(place: Place) -> str | None:
        written = place["unit"] or place["per"]
        first = parse(place["sign"] + place["a"], language)
        if place["unit"] in ONLY_SPACED and place.source[place.match.start("unit") - 1].isdecimal():
            return None
        is_tight = place.source[place.match.start("unit") - 1].isdecimal()
        if place["unit"] == "s" and is_tight and len(first.whole) > 2 and not first.fraction:
            return None  # "747s"
        before = place.source[place.match.start("unit" if place["unit"] else "per") - 1]
        if before == "-" and place["unit"] in NOT_AFTER_HYPHEN:
            return None
        if place["unit"] in ONLY_TIGHT and before.isspace() and not first.fraction:
            return None
        if language.is_word(written, place, before, first):
            return None
        unit = units[written]
        if place["b"]:
            spoken = language.unit_range(first, parse(place["b"], language), unit)
        else:
            spoken = language.quantity_at(first, unit, place)
        stop = place.text[-1] == "." and language.sentence_follows(place)
        if spoken is not None and place["of"]:
            said = language.per(spoken, per[place["of"]])
            return f"{said}." if said is not None and stop else said
        if spoken is not None and place["per"]:
            return f"{spoken} {language.per_word}".strip()
        return f"{spoken}." if spoken is not None and stop else spoken

    yield rule(
        "unit",
        "digit sign",
        rf"(?P<sign>{MINUS})(?<![\p{{N}}])(?<!\p{{N}}[.,])(?P<a>{number})"
        rf"(?:[ ]?[%°]?[ ]?{DASH}[ ]?(?P<b>{number}))?{gap}-?(?:{sign})",
        read,
        named=True,
        then=f"{in_numbers(language)}-%°{firsts(units)}",
        spaced=f"0-%°{firsts(units)}",
    )
    yield rule(
        "unit",
        "sign",
        rf"(?<=10)(?P<n>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,3}}){gap}(?P<unit>{any_of(units)})"
        r"(?![\p{L}\p{N}²³°/]|['’]\p{L})",
        lambda place: _after_power(language, place, units[place["unit"]]),
    )
    part = rf"(?P<n>\d{{1,3}})[/⁄](?P<d>\d{{1,3}})|(?P<sign>{any_of(VULGAR)})"
    yield rule(
        "unit",
        "digit sign",
        rf"(?=[\d -]*+[/⁄{''.join(VULGAR)}])"
        rf"(?<![\p{{N}}/.,])(?:(?P<whole>\d{{1,3}})(?:[ -]|(?=\D)))?(?:{part}){gap}-?"
        rf"(?P<unit>{any_of(units)})(?![\p{{L}}\p{{N}}²³°]|/\p{{L}}|['’]\p{{L}})",
        lambda place: _part(language, place, units[place["unit"]]),
        then=f"/⁄-{''.join(VULGAR)}",
        spaced="0",
    )
    yield rule(
        "unit",
        "sign",
        rf"%{gap}(?P<a>{number})(?!%)",
        lambda place: language.quantity(parse(place["a"], language), "concentr-percent"),
        signs="%",
    )
    yield rule(
        "unit",
        "sign",
        rf"(?<=\p{{L}}{{3}}\.?|[₀-₉])/(?P<of>{any_of([*_AFTER_NOUNS, *language.per_signs])})"
        r"(?![\p{L}\p{N}²³])",
        lambda place: language.per("", per[place["of"]]),
        signs="/",
    )
    own = {sign for sign in language.unit_signs if len(sign) > 1 and sign[-1] != "."}
    own.discard("cc")  # of e-mail
    alone = UNITS_ALONE | own - set(language.words_like_units)
    yield rule(
        "unit",
        "letter",
        rf"(?<![\p{{L}}\p{{N}}./-])(?P<unit>{any_of(alone)})(?![\p{{L}}\p{{N}}²³/-]|\.\p{{L}})",
        lambda place: _alone(language, place, units[place["unit"]]),
        words=alone,
    )
    ratios = "|".join(f"{sign}/(?:{any_of(below)})" for sign, below in RATIOS.items())
    yield rule(
        "unit",
        "letter",
        rf"(?<![\p{{L}}\p{{N}}./-])(?P<ratio>{ratios})(?![\p{{L}}\p{{N}}²³/-])",
        lambda place: _ratio_alone(language, place, units, per),
        then="/",
        words=RATIOS,
    )
    if language.per_word:
        yield rule(
            "unit",
            "letter",
            rf"(?<=(?<!\p{{L}})(?i:{language.per_word})[ ])(?P<unit>{any_of(units)})"
            r"(?![\p{L}\p{N}²³/-]|\.\p{L})",
            lambda place: _one(language, place, units[place["unit"]]),
            words=units,
        )
    yield rule(
        "unit",
        "sign",
        rf"(?<=\p{{Sc}}|(?<!\p{{L}})[A-Z]{{3}})/(?P<of>{any_of(PER)})(?![\p{{L}}\p{{N}}²³])",
        lambda place: language.per("", PER[place["of"]]),
        signs="/",
    )
    if language.compass:
        yield rule(
            "unit",
            "letter",
            rf"(?<=\d[°′″'’\"][ ]?)(?P<d>{any_of(language.compass)})(?![\p{{L}}\p{{N}}])",
            lambda place: language.compass[place["d"]],
            words=language.compass,
        )
    yield rule(
        "unit",
        "digit",
        r"(?P<feet>\d{1,2})[′'’](?P<inches>\d{1,2})(?:[″\"”]|'')",
        lambda place: _feet(language, place),
        then="′'’",
    )


def _part(language: Language, place: Place, unit: str) -> str | None:
    """Read a fraction of a unit: "½ km", "1/4 lb.", "2½ kg"."""
    fraction = VULGAR[place["sign"]] if place["sign"] else (int(place["n"]), int(place["d"]))
    whole = int(place["whole"] or 0)
    before = place.source[place.match.start("unit") - 1]
    if fraction[1] < 2 or (whole and fraction[0] >= fraction[1]):
        return None
    if language.is_word(place["unit"], place, before, Number("1")):
        return None
    name = language.unit_of_part(unit, whole)
    spoken = language.fraction(*fraction)
    if name is None:
        return None
    if fraction[0] >= fraction[1]:
        return _ratio(language, place, *fraction, unit)
    if fraction == (1, 2) and not whole and (half := language.half_of_unit(unit)):
        return language.joint.join((half, name))
    spoken = language.mixed_at(whole, spoken, place, unit) if whole else spoken
    stop = "." if place.text[-1] == "." and language.sentence_follows(place) else ""
    return language.joint.join((spoken, name if whole else language.part_of(name))) + stop


def _ratio(language: Language, place: Place, first: int, second: int, unit: str) -> str | None:
    """Read two quantities with one unit: "120/80 mmHg"."""
    said, name = language.ratio(first, second, place), language.unit_name(unit, Number("5"))
    return said and name and language.joint.join((said, name))


def _alone(language: Language, place: Place, unit: str) -> str | None:
    """Read a unit without a number, unless it is an abbreviation of something else: "ch. 2"."""
    is_abbreviation = place.next == "." and place.text.lower() in language.abbreviations
    is_code = place.source[place.end : place.end + 2].strip()[:1].isdecimal()  # "GB 123 4567"
    if is_code and place.text.isupper():
        return " ".join(place.text)
    return None if is_abbreviation else language.unit_alone(unit, place)


def _ratio_alone(
    language: Language, place: Place, units: Mapping[str, str], per: Mapping[str, str]
) -> str | None:
    """Read "kg/m³" without a number."""
    above, _, below = place["ratio"].partition("/")
    said = language.unit_alone(units[above], place)
    return said and language.per(said, per[below])


def _one(language: Language, place: Place, unit: str) -> str | None:
    """Read the unit of "per lb."."""
    if place.text in language.words_like_units:
        return None
    name = language.unit_name(unit, Number("1"))
    stop = place.text[-1] == "." and language.sentence_follows(place)
    return f"{name}." if name and stop else name


def _after_power(language: Language, place: Place, unit: str) -> str | None:
    """Read the exponent and the unit of "3 × 10⁸ m/s"."""
    figures = place["n"].translate(_FIGURES)
    power = language.power(Number(figures.lstrip("-"), "", figures[0] == "-"))
    name = language.unit_name(unit, Number("5"))
    return None if power is None or name is None else language.joint.join((power, name))


def _feet(language: Language, place: Place) -> str | None:
    names = ("length-foot", "length-inch")
    if int(place["inches"]) > _MOST_INCHES:
        names = ("duration-minute", "duration-second")
    parts = [
        language.quantity(parse(place[part], language), unit)
        for part, unit in zip(("feet", "inches"), names, strict=True)
    ]
    return None if None in parts else " ".join(part for part in parts if part)
