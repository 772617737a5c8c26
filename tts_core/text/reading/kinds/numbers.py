"""Plain numbers, fractions, ratios, ranges, versions: "1,234.5", "¾", "24/7", "3:2", "10–20"."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from tts_core.text.reading.kinds.number_pattern import MINUS, in_numbers, number_pattern, parse
from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number, ascii_digits
from tts_core.text.reading.rule import DASH, Place, Reader, Rule, any_of, rule

VULGAR = dict(
    zip(
        "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒",
        ((1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 5), (2, 5), (3, 5), (4, 5), (1, 6), (5, 6),
         (1, 7), (1, 8), (3, 8), (5, 8), (7, 8), (1, 9), (1, 10)),
        strict=True,
    )
)  # fmt: skip
"""Numerator and denominator of characters that are fractions."""


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of fractions, ranges and plain numbers."""
    number = number_pattern(language)
    signs = any_of(VULGAR)
    yield rule(
        "fraction",
        "digit",
        rf"(?P<whole>\d++)[ \u2009]?(?P<sign>{signs})",
        _vulgar(language),
        then="0",
        spaced="0",
    )
    yield rule("fraction", "sign", rf"(?P<minus>{MINUS})(?P<sign>{signs})", _vulgar(language))
    yield rule(
        "date",
        "digit",
        r"(?<![\p{L}\p{N}/.,-])(?P<y>(?:1[1-9]|20)\d\d)/(?P<z>(?:1[1-9]|20)\d\d|\d\d)(?![\p{L}\p{N}/-])",
        lambda place: _two_years(language, place),
        then="/",
    )
    yield rule(
        "fraction",
        "digit",
        r"(?<![\p{N}/])(?<!\p{N}[.,])(?:(?P<whole>\d{1,3})[ -])?(?P<n>\d{1,3})[/⁄](?P<d>\d{1,3})"
        r"(?![\p{N}/]|[.,]\d)",
        _fraction(language),
        then="/⁄-",
        spaced="0",
    )
    yield rule(
        "ratio",
        "digit",
        r"(?<![\p{N}:/])(?<!\p{N}[.,])(?P<a>\d{1,3}):(?P<b>\d{1,3})(?![\p{N}:]|[.,]\d)",
        lambda place: language.score(int(place["a"]), int(place["b"])),
        then=":",
    )
    yield rule(
        "number",
        "digit",
        r"(?<![\p{L}\p{N}.])\d{1,3}(?:(?:[.]\d{3}){2}|(?:[.]\d{3}){4,}|(?:['’]\d{3})+)(?![.'’]?\d)",
        lambda place: language.number(Number(ascii_digits(place.text))),
        alone=True,
        then=".'’",
    )
    if language.decimal_sign == ",":
        yield rule(
            "number",
            "digit",
            r"(?<![\p{L}\p{N}.,])\d{1,3}(?:,\d{3}){2,}(?![.,]?\d)",
            lambda place: language.number(Number(ascii_digits(place.text))),
            alone=True,
            then=",",
        )
    if language.of_law:
        yield rule(
            "code",
            "digit",
            r"(?<![\p{L}\p{N}/.,-])(?P<n>\d{1,4}|\d{1,2}\.\d{3})/(?P<y>(?:19|20)\d\d)"
            r"(?![\p{L}\p{N}/-])",
            lambda place: (
                f"{language.cardinal(int(place['n'].replace('.', '')))} {language.of_law} "
                f"{language.year(int(place['y']))}"
            ),
            then="/.",
        )
    points = "{2,}" if language.decimal_sign == "." else "+"
    grouped = r"(?!\d{1,3}(?:\.\d{3})+(?![.\d]))" if "." in language.group_signs else ""
    yield rule(
        "number",
        "digit",
        rf"{grouped}\d++(?:\.\d++){points}+(?!\d)",
        lambda place: language.version(place.text),
        alone=True,
        then=".",
    )
    if language.decimal_sign == "." and not language.unspaced:
        yield rule(
            "number",
            "digit sign",
            rf"{MINUS}(?<![\p{{L}}\p{{N}}.,])\d{{1,3}},\d\d(?![\p{{L}}\p{{N}}–-]|[.,]\d)",
            lambda place: language.number(parse(place.text, language)),
            named=True,
        )
    yield rule(
        "range",
        "digit",
        rf"(?<![\p{{N}}/:–-])(?<!\p{{N}}[.,])(?P<a>{number})[ ]?{DASH}[ ]?"
        rf"(?P<b>{number})(?![\p{{N}}/:–-])",
        _range(language),
        then=f"{in_numbers(language)}-",
        spaced="0-",
    )
    signs_of_thousands = "".join(sorted({*language.group_signs} & {",", "."})) or " "
    yield rule(
        "ratio",
        "digit",
        r"(?<![\p{N}:/])(?<!\p{N}[.,])1:"
        rf"(?P<b>\d{{4,7}}|\d{{1,3}}(?:[{signs_of_thousands}]\d{{3}})+)(?![\p{{L}}\p{{N}}:]|[.,]\d)",
        lambda place: language.score(1, int(regex.sub(r"\D", "", place["b"]))),
        then=":",
    )
    if language.to:
        part = rf"(?:\d{{1,3}}[ ]?)?{signs}"
        yield rule(
            "range",
            "digit",
            rf"(?<![\p{{N}}/:–-])(?P<a>\d{{1,3}}){DASH}(?={part})",
            lambda place: language.joint.join(
                (language.number(Number(ascii_digits(place["a"]))), language.to)
            ),
            then="-",
        )
        yield rule(
            "range",
            "sign",
            rf"(?=[ –~〜～—-])(?<={signs})[ ]?{DASH}[ ]?(?=\d{{1,3}}(?!\d)|{signs})",
            lambda place: f" {language.to} ",
        )
    yield rule("number", "digit sign", rf"{MINUS}{number}", _number(language), alone=True)
    yield rule(
        "number",
        "sign",
        rf"(?<![\p{{L}}\p{{N}}])[-−–]?{regex.escape(language.decimal_sign)}\d+(?!\d)",
        _number(language),
    )


def _vulgar(language: Language) -> Reader:
    def read(place: Place) -> str:
        part = language.fraction(*VULGAR[place["sign"]])
        if place["minus"]:
            return language.joint.join((language.minus, part))
        whole = place["whole"]
        if place["sign"] == "½" and not whole:
            return language.half_of(place) or part
        return language.mixed_at(int(whole), part, place) if whole else part

    return read


def _fraction(language: Language) -> Reader:
    def read(place: Place) -> str | None:
        numerator, denominator = int(place["n"]), int(place["d"])
        if place["d"][0] == "0" and denominator and not place["whole"]:
            return _with_slash(language, place)
        if denominator < 2 or numerator >= denominator or place["n"][0] == "0":
            if place["whole"]:
                return None
            return language.ratio(numerator, denominator, place)
        part = language.fraction(numerator, denominator)
        if (numerator, denominator) == (1, 2) and not place["whole"]:
            return language.half_of(place) or part
        whole = place["whole"]
        return language.mixed_at(int(whole), part, place) if whole else part

    return read


def _with_slash(language: Language, place: Place) -> str | None:
    """Read "121/08", the number of a case or an order."""
    slash = language.symbols.get("/")
    first = language.plain_number(parse(place["n"], language), place)
    return slash and language.joint.join((first, slash, language.digits(place["d"])))


def _two_years(language: Language, place: Place) -> str | None:
    """Read "2023/24", a season or a school year."""
    first, last = place["y"], place["z"]
    if len(last) == 2 and int(last) != (int(first) + 1) % 100:
        return None
    second = language.year(int(last)) if len(last) > 2 else language.short_year(last)
    return f"{language.year(int(first))}{language.joint}{second}"


def _range(language: Language) -> Reader:
    def read(place: Place) -> str | None:
        first, last = (parse(place[name], language) for name in ("a", "b"))
        if len(first.whole) > 6 or len(last.whole) > 6 or place["b"][0] == "0" != place["b"]:
            return None
        return language.number_range(first, last, place)

    return read


def _number(language: Language) -> Reader:
    def read(place: Place) -> str | None:
        return language.plain_number(parse(place.text, language), place)

    return read
