"""The pattern of a number in a language, which the patterns of other kinds contain."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number, ascii_digits
from tts_core.text.reading.rule import any_of

MINUS = r"(?:(?<![\p{L}\p{N}\p{M})\]%])(?:[-−–](?!\s)))?"
"""A sign before a number: a hyphen between two numbers or after a word is none."""
_SPACES = " \u00a0\u2009\u202f"
AMONG_NUMBERS = rf"-\d.,'’–~〜～—−/{_SPACES}"
"""What stands in numbers and between two of them, in a set."""
_FOREIGN = regex.compile(r"(?P<whole>\d{1,9})[.,](?P<rest>\d{1,2})")
"""Two digits at most after a sign: a fraction, whatever the language's decimal sign."""
_FOREIGN_GROUPS = regex.compile(
    r"(?P<whole>\d{1,3}(?:(?:,\d{3})+(?=\.)|(?:\.\d{3})+(?=,)))[.,](?P<rest>\d{1,2})"
)
"""Both signs, and so no doubt which of them is the decimal sign."""


def in_numbers(language: Language) -> str:
    """Return what may follow the first digits of a number that `number_pattern` matches."""
    return f".,'’{language.decimal_sign}"


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
    parts.append(r"(?<!\d[ ])\d{1,3}[ \u00a0]000(?![ ]?\d)")
    parts.append(r"\d{1,3}(?:[\u2009\u202f]\d{3})+(?!\d)")
    simple = rf"\d++(?![.,'’{_SPACES}]\d)"
    return rf"(?>{simple}|(?:{'|'.join(parts)}|\d+)(?:{decimal}\d+)?+)"


def amount_pattern(language: Language) -> str:
    """Return the pattern of a number before or after a sign that says what it is a number of.

    Beside such a sign "3,5" is a decimal fraction in English too, and so is ".50"; "3,000.50" is
    one amount in Spanish too.
    """
    decimal = regex.escape(language.decimal_sign)
    other = r"\." if language.decimal_sign == "," else ","
    foreign = rf"\d{{1,9}}{other}\d{{1,2}}(?![\d.,]\d|\d)"
    groups = rf"\d{{1,3}}(?:{decimal}\d{{3}})+{other}\d{{1,2}}(?![\d.,]\d|\d)"
    bare = rf"(?<![\p{{L}}\p{{N}}]){decimal}\d{{1,3}}(?!\d)"
    return rf"(?:{foreign}|{groups}|{number_pattern(language)}|{bare})"


def before_any(signs: Iterable[str]) -> str:
    """Return a pattern that looks past numbers and signs between them for one of some signs.

    Tried before a pattern that begins with a number, it saves most of the time for the numbers that
    nothing of the kind follows.
    """
    return rf"(?=[{AMONG_NUMBERS}]++(?i:{any_of(signs)})(?!\p{{L}}))"


def parse(text: str, language: Language) -> Number:
    """Return the value of a text that `number_pattern`, perhaps after `MINUS`, has matched."""
    if text.isascii() and text.isdigit():
        return Number(text)
    body = text.lstrip("-−–+ ")
    if foreign := _FOREIGN.fullmatch(body):
        return Number(
            ascii_digits(foreign["whole"]), ascii_digits(foreign["rest"]), text[:1] in "-−–"
        )
    if foreign := _FOREIGN_GROUPS.fullmatch(body):
        whole, fraction = foreign["whole"], foreign["rest"]
        return Number(ascii_digits(whole), ascii_digits(fraction), text[:1] in "-−–")
    whole, _, fraction = body.rpartition(language.decimal_sign)
    if not whole or (language.decimal_sign in language.group_signs and len(fraction) == 3):
        whole, fraction = (body, "") if not body.startswith(language.decimal_sign) else ("0", body)
    return Number(ascii_digits(whole) or "0", ascii_digits(fraction), text[:1] in "-−–")
