"""Numbers: how they are written, as a value that a language can say, and the plain ones as rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import regex

from tts_core.text.reading.rule import Place, Reader, Rule, any_of, rule

if TYPE_CHECKING:
    from tts_core.text.reading.language import Language


MINUS = r"(?:(?<![\p{L}\p{N}\p{M})\]%])(?:[-−–](?!\s)))?"
"""A sign before a number: a hyphen between two numbers or after a word is none."""
_SPACES = " \u00a0\u2009\u202f"
VULGAR = dict(
    zip(
        "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒",
        ((1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 5), (2, 5), (3, 5), (4, 5), (1, 6), (5, 6),
         (1, 7), (1, 8), (3, 8), (5, 8), (7, 8), (1, 9), (1, 10)),
        strict=True,
    )
)  # fmt: skip
"""Numerator and denominator of characters that are fractions."""


@dataclass(frozen=True, slots=True)
class Number:
    """A written number. Its digits are kept, since "5.50" is not said like "5.5"."""

    whole: str
    """ASCII digits, without signs between them."""
    fraction: str = ""
    """Digits after the decimal sign."""
    negative: bool = False

    @property
    def value(self) -> Decimal:
        """Return the number, with as many digits after the decimal sign as written."""
        value = Decimal(f"{self.whole or 0}.{self.fraction}" if self.fraction else self.whole)
        return -value if self.negative else value

    @property
    def is_one(self) -> bool:
        """Return whether it is 1, after which many languages use the singular."""
        return self.whole.lstrip("0") == "1" and not self.fraction


def ascii_digits(text: str) -> str:
    """Return the decimal digits of a text, of whatever script, as ASCII."""
    if text.isascii() and text.isdigit():
        return text
    return "".join(str(int(character)) for character in text if character.isdecimal())


def number_pattern(language: Language) -> str:
    """Return the pattern of a number without sign: digits, groups of them, a decimal fraction."""
    decimal = regex.escape(language.decimal_sign)
    groups = "".join(sign for sign in ".,'’" if sign in language.group_signs)
    parts = [rf"\d{{1,3}}(?:{regex.escape(sign)}\d{{3}})+(?![\d])" for sign in groups]
    if "," in language.group_signs:
        parts.append(r"\d{1,2}(?:,\d{2})+,\d{3}(?!\d)")
    # A space is a sign of thousands where the language has it, or from a million on.
    least = "+" if " " in language.group_signs else "{2,}"
    parts.append(rf"(?<!\d[ ])\d{{1,3}}(?:[ \u00a0\u2009\u202f]\d{{3}}){least}(?![\d])")
    parts.append(r"\d{1,3}(?:[\u2009\u202f]\d{3})+(?!\d)")
    simple = rf"\d++(?![.,'’{_SPACES}]\d)"
    return rf"(?>{simple}|(?:{'|'.join(parts)}|\d+)(?:{decimal}\d+)?+)"


def parse(text: str, language: Language) -> Number:
    """Return the value of a text that `number_pattern`, perhaps after `MINUS`, has matched."""
    if text.isascii() and text.isdigit():
        return Number(text)
    body = text.lstrip("-−–+ ")
    whole, _, fraction = body.rpartition(language.decimal_sign)
    if not whole or (language.decimal_sign in language.group_signs and len(fraction) == 3):
        whole, fraction = (body, "") if not body.startswith(language.decimal_sign) else ("0", body)
    return Number(ascii_digits(whole) or "0", ascii_digits(fraction), text[:1] in "-−–")


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of fractions, ranges and plain numbers."""
    number = number_pattern(language)
    signs = any_of(VULGAR)
    yield rule("fraction", "digit", rf"(?P<whole>\d+)[ \u2009]?(?P<sign>{signs})", _vulgar(language))
    yield rule("fraction", "sign", rf"(?P<sign>{signs})", _vulgar(language))
    yield rule(
        "fraction", "digit",
        r"(?<![\p{N}/.,])(?:(?P<whole>\d{1,3})[ ])?(?P<n>\d{1,3})[/⁄](?P<d>\d{1,3})(?![\p{N}/]|[.,]\d)",
        _fraction(language),
    )  # fmt: skip
    yield rule(
        "ratio", "digit", r"(?<![\p{N}.,:/])(?P<a>\d{1,3}):(?P<b>\d{1,3})(?![\p{N}:]|[.,]\d)",
        lambda place: language.score(int(place["a"]), int(place["b"])),
    )  # fmt: skip
    yield rule(
        "number", "digit sign",
        rf"{MINUS}(?<![\p{{L}}\p{{N}}.,])(?P<n>\d{{1,15}}(?:{regex.escape(language.decimal_sign)}\d{{1,15}})?)"
        r"[eE](?P<e>[-−+]?\d{1,3})(?![\p{L}\p{N}])",
        _scientific(language),
    )  # fmt: skip
    yield rule("number", "digit", r"\d+(?:\.\d+){2,}(?!\d)", lambda p: language.version(p.text))
    yield rule(
        "range", "digit",
        rf"(?<![\p{{N}}.,/:–-])(?P<a>{number})[ ]?[–—-][ ]?(?P<b>{number})(?![\p{{N}}/:–-])",
        _range(language),
    )  # fmt: skip
    yield rule("number", "digit sign", rf"{MINUS}{number}", _number(language))
    yield rule(
        "number", "sign",
        rf"(?<![\p{{L}}\p{{N}}])[-−–]?{regex.escape(language.decimal_sign)}\d+(?!\d)",
        _number(language),
    )  # fmt: skip


def _vulgar(language: Language) -> Reader:
    def read(place: Place) -> str:
        part = language.fraction(*VULGAR[place["sign"]])
        whole = place["whole"]
        return language.mixed(int(whole), part) if whole else part

    return read


def _fraction(language: Language) -> Reader:
    def read(place: Place) -> str | None:
        numerator, denominator = int(place["n"]), int(place["d"])
        if denominator < 2 or numerator >= denominator or place["n"][0] == "0":
            if place["whole"]:
                return None
            return language.ratio(numerator, denominator, place)
        part = language.fraction(numerator, denominator)
        return language.mixed(int(place["whole"]), part) if place["whole"] else part

    return read


def _scientific(language: Language) -> Reader:
    def read(place: Place) -> str | None:
        exponent = parse(place["e"], language)
        power = language.power(exponent)
        times = language.signs.get("×")
        if power is None or times is None:
            return None
        number = parse(place.text[: place.text.lower().index("e")], language)
        return " ".join((language.number(number), times, language.cardinal(10), power))

    return read


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
