"""Letters and digits together ("COVID-19", "A4", "SW1A 1AA", "H2O"), leading zeros, versions."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule, rule

_PARTS = regex.compile(r"\p{Greek}|\p{L}+|\p{Nd}+")
_WORD_LENGTH = 3
"""Capitals in a code that are letters; more are a word."""
_LONG_CODE = 9
"""Digits from which several groups of them are a code."""
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of codes."""
    yield rule(
        "code",
        "digit",
        r"(?<![\p{L}\p{N}])0[xX](?P<n>[\dA-Fa-f]{1,16})(?![\p{L}\p{N}])",
        lambda place: language.joint.join(
            (language.digits("0"), "x", _characters(language, place["n"].upper()))
        ),
        then="x",
    )
    yield rule(
        "code",
        "letter",
        r"(?<![\p{L}\p{N}])[A-Z]{1,2}\d[A-Z\d]?[ ]\d[A-Z]{2}(?![\p{L}\p{N}])",
        lambda place: _characters(language, place.text),
        then="0",
    )
    yield rule(
        "code",
        "digit",
        r"(?<![\p{L}\p{N}.,-])\d{1,7}(?:-\d{1,7}){3,6}[xX]?(?![\p{L}\p{N}-])",
        lambda place: _groups(language, place.text),
        then="-",
    )
    yield rule(
        "code",
        "letter",
        r"(?<![\p{L}\p{N}])[A-Z]{2}\d\d(?:[ ]?[A-Z\d]{4}){3,7}"
        r"(?:[ ]?[A-Z\d]{1,3})?(?![\p{L}\p{N}])",
        lambda place: _account(language, place.text),
        then="0",
    )
    yield rule(
        "code",
        "letter",
        r"(?<![\p{L}\p{N}])(?P<country>D|A|CH|F|I|B|L)-(?P<n>\d{4,5})(?![\p{L}\p{N}-])",
        lambda place: f"{place['country']} {language.digits(place['n'])}",
        then="-",
    )
    yield rule(
        "version",
        "letter",
        r"(?<![\p{L}\p{N}])[vV](?:er)?\.?[ ]?(?P<n>\d+(?:\.\d+)*)(?![\p{L}\p{N}])",
        lambda place: _version(language, place),
        then=".0",
        words=("v", "ver"),
        spaced="0",
    )
    yield rule(
        "code",
        "letter digit",
        r"(?<![[\p{Lu}\p{Ll}]\p{N}])(?=[[\p{Lu}\p{Ll}]\p{Nd}]{0,30}?(?:[\p{Lu}\p{Ll}][\p{Nd}₀-₉]|\p{Nd}[\p{Lu}\p{Ll}]))"
        r"[[\p{Lu}\p{Ll}]\p{Nd}₀-₉]{2,31}+",
        lambda place: _mixed(language, place),
        then="a0",
    )
    yield rule(
        "code",
        "digit",
        r"(?<![\p{L}\p{N}])(?<!\p{N}[.,])0\d+(?![\p{L}\p{N}]|[.,]\d)",
        lambda place: language.digits(place.text),
        alone=True,
    )


def _version(language: Language, place: Place) -> str | None:
    """Read "v2.1", and "v 2" where "v" is no word of the language."""
    word = language.symbols.get("version", "")
    is_word = place.text[1] == " " and place.text[0].lower() in language.capital_words
    if is_word or not word:
        return None
    said = language.version(place["n"])
    is_named = place.word_before.casefold() == word.casefold()  # "version v2.1"
    return said if is_named else f"{word}{language.joint}{said}"


def _characters(language: Language, text: str) -> str:
    said = [
        language.digits(character) if character.isdecimal() else character
        for character in text
        if not character.isspace()
    ]
    return language.joint.join(said)


def _groups(language: Language, text: str) -> str | None:
    """Read the groups of a long code digit by digit: "978-3-16-148410-0"."""
    if sum(character.isdecimal() for character in text) < _LONG_CODE:
        return None
    comma = "、" if language.unspaced else ", "
    return comma.join(_characters(language, group) for group in text.upper().split("-"))


def _account(language: Language, text: str) -> str:
    """Read an IBAN character by character, in groups as written."""
    comma = "、" if language.unspaced else ", "
    return comma.join(_characters(language, group) for group in text.split(" "))


def _mixed(language: Language, place: Place) -> str | None:
    """Read runs of letters as letters or words, and runs of digits as short numbers."""
    said = []
    text = place.text.translate(_SUBSCRIPTS)
    is_formula = text != place.text
    parts = _PARTS.findall(text)
    for number, part in enumerate(parts):
        if part[0].isdecimal():
            is_last = len(parts) == 2 and number == 1
            said.append(_number(language, part, is_last))
        elif is_formula and part.isupper() and len(part) > _WORD_LENGTH:
            said.append(" ".join(part))  # "CH₃COOH"
        elif part in language.signs:
            said.append(language.signs[part])  # "2π"
        elif len(part) <= _WORD_LENGTH and (part.isupper() or len(part) == 1):
            is_word = len(part) > 1 and part.lower() in language.capital_words
            said.append(" ".join(part) if is_word else language.letters(part))
        else:
            said.append(part)
    return language.joint.join(said)


def _number(language: Language, digits: str, last: bool) -> str:
    if last and len(digits) == 4 and digits[:2] in ("19", "20"):
        return language.year(int(digits))  # "FY2024"
    if (
        digits[0] == "0"
        or len(digits) > 4
        or (len(digits) == 4 and last and digits[2:] != "00")
        or (len(digits) == 3 and digits[1:] != "00" and last and not language.numbers_in_codes)
    ):
        return language.digits(digits)
    return language.number(Number(digits))
