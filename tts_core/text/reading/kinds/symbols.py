"""Signs between and beside words: "&", "+", "=", "§", "x²", footnote marks, emoji, ornaments."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from tts_core.text.reading.emoji_names import emoji_name
from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.reading import Options
from tts_core.text.reading.rule import Place, Rule, any_of, rule

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺₀₁₂₃₄₅₆₇₈₉", "0123456789-+0123456789")
_EMOJI = (
    r"(?:[\U0001F1E6-\U0001F1FF]{2}|[0-9#*]\ufe0f?\u20e3|"
    r"[\p{Extended_Pictographic}--[©®™0-9#*↔-↩▪▫]][\ufe0f\p{Emoji_Modifier}]*+"
    r"(?:\u200d\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]*+){0,8}[\U000e0020-\U000e007f]*+)"
)
_FIGURES = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_BINARY = "+-−=<>×·÷/*→"
"""Signs that are said only between two things."""


def rules(language: Language, options: Options) -> Iterator[Rule]:
    """Yield the rules of signs."""
    yield rule(
        "emoji", "sign digit", rf"{_EMOJI}\ufe0f?", lambda p: _emoji(language, options, p.text)
    )
    yield rule(
        "power",
        "sign",
        rf"(?<=[\p{{L}}\p{{Nd}})])(?P<n>[⁻]?[{_FIGURES}]+|\^[-−]?\d{{1,3}})",
        lambda place: _power(language, place),
    )
    yield rule(
        "footnote mark", "sign", rf"[{_FIGURES}]+|(?<=\S)[*†‡]+(?!\S)|[†‡]+", lambda place: ""
    )
    yield rule(
        "footnote mark",
        "sign",
        r"(?<=[\p{Ll}.,;:!?)\"”’][ ]?)\[\d{1,3}(?:[,–-][ ]?\d{1,3})*\]",
        lambda place: "",
    )
    if options.code == "announce" and (announcement := language.symbols.get("code block")):
        yield rule("code", "sign", r"(?<![^\n])`(?![^\n])", lambda place: announcement)
    if "#" in language.symbols:
        number = language.symbols.get("number", "")
        yield rule("number sign", "sign", r"[#№](?=[ ]?\d)", lambda place: number or None)
    yield rule(
        "slash",
        "sign",
        r"(?<=[\p{L}\p{M}\p{N}.$€£])/(?=[\p{L}\p{N}])",
        lambda place: _slash(language, place),
    )
    words = {sign: word for sign, word in language.signs.items() if sign not in ".,"}
    if words:
        yield rule("sign", "sign", any_of(words), lambda place: _sign(language, place))
    yield rule(
        "ornament",
        "sign",
        r"[¶⁋※\p{So}\p{Sk}\p{Sm}\p{Sc}\p{Co}*_^`|•‣·\\]|(?<!\S)[-=_]{2,}(?!\S)"
        r"|(?<!\S)[•▪◦–—-](?=[ ]\S)(?<![^\n].)|(?<![^\n])[-–—](?![^\n])",
        lambda place: "",
    )


def _emoji(language: Language, options: Options, text: str) -> str | None:
    if options.emoji != "say":
        return ""
    return emoji_name(text, language.tag) or ""


def _power(language: Language, place: Place) -> str | None:
    """Read an exponent after one letter, a digit or a bracket; after a word it is a footnote."""
    figures = place["n"].translate(_SUPERSCRIPTS).lstrip("^").replace("−", "-")
    before = regex.search(r"[\p{L}\p{M}]*+$|\p{Nd}$|\)$", place.source[: place.start][-3:])
    if before is None or (len(before[0]) > 1 and place["n"][0] != "^"):
        return "" if place["n"][0] != "^" else None
    number = Number(figures.lstrip("-+"), "", figures.startswith("-"))
    return language.power(number)


def _sign(language: Language, place: Place) -> str | None:
    """Say a sign that stands between two things, or before a number."""
    sign = place.text
    left = place.source[: place.start][-2:]
    right = place.source[place.end : place.end + 2]
    has_right = bool(right.strip()) and (
        right.strip()[0].isalnum() or right.strip()[0] in "($€£√π∞-−+"
    )
    has_left = bool(left.strip()) and (left.strip()[-1].isalnum() or left.strip()[-1] in ")]%²³π∞!")
    if sign not in _BINARY:
        return language.signs[sign]
    spaced = right[:1].isspace(), left[-1:].isspace() or not left
    if has_right and has_left and spaced[0] == spaced[1]:
        numbers = regex.search(r"[\p{Nd}²³π∞)]", left + right) is not None
        if sign == "-":
            return language.signs[sign] if spaced[0] and numbers else None
        if sign in "+−×÷→" or numbers or (sign != "/" and _formula(place)):
            return language.signs[sign]
        return None
    if sign == "+" and left.strip() and not spaced[1]:
        return language.signs[sign]  # "C++", "18+"
    if sign in language.prefix_signs and right[:1].isdecimal() and not left[-1:].isalnum():
        return language.prefix_signs[sign]
    return None


def _slash(language: Language, place: Place) -> str | None:
    """Read the slash between words as a space; between numbers it is a sign."""
    left, right = place.source[place.start - 1], place.source[place.end]
    return None if left.isdecimal() and right.isdecimal() else " "


def _formula(place: Place) -> bool:
    """Return whether single letters stand on both sides: "a = b"."""
    left = place.source[max(0, place.start - 4) : place.start].split()[-1:]
    right = place.source[place.end : place.end + 4].split()[:1]
    return bool(left and right) and len(left[0]) == 1 == len(right[0].rstrip(".,;"))
