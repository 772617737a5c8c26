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
_LONGEST_VARIABLE = 2
"""Letters of what an exponent may belong to, as in "mc²"; after a longer word it is a footnote."""
_AMOUNT = regex.compile(r"[ ]?[$€£¥-]?\d")
_NUMBER_AFTER = regex.compile(r"[ ]\d+(?![\p{L}:]|[ ][ap]\.?m)")
_BINARY = "+-−=≠<>≤≥×·÷/*→"
"""Signs that are said only between two things."""
_TYPED = {"!=": "≠", "==": "=", ">=": "≥", "<=": "≤", "->": "→"}
"""Signs as they are typed in two characters."""
_OPERAND_BEFORE = regex.compile(
    r"(?:[\p{Nd}²³π∞!]|\d[ ]?[%°][CF]?|(?<![\p{L}'’])[b-hj-zK-NX-Z]"
    r"|\([^()]{0,12}[\d+*/^=−×][^()]{0,12}\))[ ]\Z"
)
_OPERAND_AFTER = regex.compile(
    r"[ ](?:[-−(]?[\d√π∞]|[-−(]?\p{Ll}(?![\p{L}'’])|\p{Lu}(?=[ ]?[-+−=*/×^)²³]|[.,;]?\s*\Z))"
)
"""What a hyphen between spaces is a minus between: not "Chapter 3 - The End", "(Reuters) - He"."""


def rules(language: Language, options: Options) -> Iterator[Rule]:
    """Yield the rules of signs."""
    many = "" if options.emoji == "say" else "++"  # what is left out can be so in one go
    yield rule(
        "emoji",
        "sign digit",
        rf"(?:{_EMOJI}\ufe0f?){many}",
        lambda p: _emoji(language, options, p.text),
    )
    yield rule(
        "power",
        "sign",
        rf"(?<=[\p{{L}}\p{{Nd}})])(?P<n>[⁻]?[{_FIGURES}]+(?![⁺⁻])|\^[-−]?\d{{1,3}})",
        lambda place: _power(language, place),
    )
    yield rule(
        "power",
        "sign",
        r"(?<=[\p{L}\p{Nd})])\^(?P<n>[A-Za-z])(?![\p{L}\p{N}])",
        lambda place: _letter_power(language, place["n"]),
    )
    yield rule(
        "emoji",
        "sign",
        r"(?<=[\p{L}\p{P}]{2}[ ]|[!?.,][ ])<3+(?=[ ]?(?:\Z|\n|[!<😀-🙏]))",
        lambda place: _emoji(language, options, "❤"),
    )
    yield rule(
        "charge",
        "sign",
        rf"(?<=[\p{{L}}\p{{Nd}}₀-₉)])(?P<n>[{_FIGURES}]?)(?P<sign>[⁺⁻])(?![\p{{L}}\p{{N}}⁺⁻])",
        lambda place: _charge(language, place),
    )
    yield rule(
        "isotope",
        "sign",
        rf"(?<![\p{{L}}\p{{N}})\]])(?P<n>[{_FIGURES}]{{1,3}})(?=\p{{Lu}}\p{{Ll}}?(?!\p{{L}}))",
        lambda place: language.number(Number(place["n"].translate(_SUPERSCRIPTS))),
    )
    if language.to:
        yield rule(
            "range",
            "sign",
            r"(?=[ –—-])(?:(?<=[\p{N}kKMBn])[ ]?[–—](?=[$€£¥₹]\d)"
            r"|(?<=[$€£¥₹][\d.,]*\d(?:k|m|K|M|b|B|bn|tn)?)[ ]?[-–][ ]?(?=[$€£¥₹]\d))",
            lambda place: f" {language.to} ",
        )
    if language.to and language.unspaced:
        yield rule(
            "range",
            "sign",
            r"(?<=[日月年号點点分时時])[ ]?[—–~～〜-]{1,2}[ ]?(?=\d)",
            lambda place: language.to,
        )
    yield rule(
        "footnote mark", "sign", rf"[{_FIGURES}]+|(?<=[^\s*])[*†‡]+(?!\S)|[†‡]+", lambda place: ""
    )
    yield rule(
        "footnote mark",
        "sign",
        r"(?<=[\p{Ll}.,;:!?)\"”’“»][ ]?)\[\d{1,3}(?:[,–-][ ]?\d{1,3})*\]",
        lambda place: "",
    )
    if options.code == "announce" and (announcement := language.symbols.get("code block")):
        yield rule("code", "sign", r"(?<![^\n])`(?![^\n])", lambda place: announcement)
    yield rule(
        "sign",
        "sign",
        r"(?=#)(?<=(?<![\p{L}\p{N}])[A-G])#(?![\p{L}\p{N}#])",  # a language, or a note
        lambda place: " sharp",
    )
    if "#" in language.symbols:
        number = language.symbols.get("number", "")
        yield rule("number sign", "sign", r"[#№](?=[ ]?\d)", lambda place: number or None)
    yield rule(
        "slash",
        "sign",
        r"(?<=[\p{L}\p{M}\p{N}.$€£])/(?=[\p{L}\p{N}]|[$€£¥₹]\d)",
        lambda place: _slash(language, place),
    )
    yield rule(
        "separator", "sign", r"(?<=[\p{L}\p{M}\p{N}:])[_\\]+(?=[\p{L}\p{N}])", lambda place: " "
    )
    letters = [sign for sign in language.signs if sign.isalpha()]
    if letters:
        yield rule(
            "sign",
            "letter",
            rf"(?<!\p{{Greek}}){any_of(letters)}(?!\p{{Greek}})",
            lambda place: language.signs[place.text],
        )
    words = {sign: word for sign, word in language.signs.items() if sign not in ".,"}
    if words:
        typed = [written for written, sign in _TYPED.items() if sign in words]
        yield rule(
            "sign",
            "sign",
            rf"(?<![-=<>!+*/|&]){any_of(typed)}(?![-=<>+*/|&])",
            lambda place: _between(language, place, _TYPED[place.text]),
        )
        yield rule("sign", "sign", any_of(words), lambda place: _sign(language, place))
    # Where the language has no words for mathematical signs and those of currencies, engines may.
    unsaid = r"\p{Sm}\p{Sc}" if language.signs else ""
    yield rule(
        "ornament",
        "sign",
        # Of a run of one sign the last two may be read together with what follows.
        rf"(?P<mark>[¶⁋※\p{{So}}\p{{Sk}}{unsaid}\p{{Co}}*_^`|•‣·\\])"
        r"(?:(?P=mark)(?=(?P=mark){2}))*+|(?<!\S)[-=_]{2,}(?!\S)"
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
    is_word = before is not None and len(before[0]) > _LONGEST_VARIABLE
    is_word = is_word or (
        before is not None and before[0].lower() in language.capital_words - {"a"}
    )
    if before is None or (is_word and place["n"][0] != "^"):
        return "" if place["n"][0] != "^" else None
    number = Number(figures.lstrip("-+"), "", figures.startswith("-"))
    return language.power(number)


def _letter_power(language: Language, letter: str) -> str | None:
    """Read "2ⁿ" like a power with a sign, which no language says with an ordinal."""
    said = language.power(Number("7", "", True))
    negative = language.number(Number("7", "", True))
    return said.replace(negative, letter) if said and negative in said else None


def _charge(language: Language, place: Place) -> str | None:
    """Read the charge of an ion: "Ca²⁺"."""
    sign = language.signs.get("+" if place["sign"] == "⁺" else "−")
    number = place["n"].translate(_SUPERSCRIPTS)
    return sign and f"{language.digits(number)} {sign}".strip()


def _sign(language: Language, place: Place) -> str | None:
    """Say a sign; one that stands between two things only there, or before a number."""
    sign = place.text
    if sign in _BINARY or sign in language.prefix_signs:
        return _between(language, place, sign)
    if sign == "~" and not _AMOUNT.match(place.source, place.end):
        return None
    return language.signs[sign]


def _between(language: Language, place: Place, sign: str) -> str | None:
    left = place.source[: place.start][-2:].rpartition("\n")[2]
    right = place.source[place.end : place.end + 2]
    quotes = "\"'{}[" if sign in "=≠" else ""
    has_right = bool(right.strip()) and (
        right.strip()[0].isalnum() or right.strip()[0] in f"($€£√π∞-−+{quotes}"
    )
    has_left = bool(left.strip()) and (
        left.strip()[-1].isalnum() or left.strip()[-1] in f")]%°²³π∞!{quotes}"
    )
    is_tag = sign in "<>" and has_right and right.strip()[0].isalpha()  # "<Title>"
    if sign in language.prefix_signs and has_right and not has_left and not is_tag:
        return language.prefix_signs[sign]
    spaced = right[:1].isspace(), left[-1:].isspace() or not left
    if has_right and has_left and spaced[0] == spaced[1]:
        if sign == "-":
            return language.signs[sign] if spaced[0] and _is_minus(place) else None
        numbers = regex.search(r"[\p{Nd}²³π∞)]", left + right) is not None or _quantities(place)
        if sign == "/" and spaced[0] and not _is_division(place):
            return None
        if sign in "+−×÷→≠≤≥" or numbers or sign == "=":
            return language.signs[sign]
        if sign != "/" and _formula(place):
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
    amount = regex.search(
        r"[€$£][ ]?[\d.,]*\d$", place.source[max(0, place.start - 16) : place.start]
    )
    amount = amount or regex.search(r"\d[x×]$", place.source[max(0, place.start - 3) : place.start])
    if (left in "€$£" or amount) and right.isalpha() and language.per_word:
        return language.per_word
    return None if left.isdecimal() and right.isdecimal() else " "


def _is_minus(place: Place) -> bool:
    """Return whether a hyphen between spaces stands between two numbers or variables."""
    before = place.source[max(0, place.start - 30) : place.start]
    return (
        _OPERAND_BEFORE.search(before) is not None
        and _OPERAND_AFTER.match(place.source, place.end) is not None
    )


def _is_division(place: Place) -> bool:
    """Return whether a slash between spaces divides: "8 / 2", but not "2pm GMT / 9am EST"."""
    before = place.source[max(0, place.start - 2) : place.start]
    return before[:1].isdecimal() and _NUMBER_AFTER.match(place.source, place.end) is not None


def _quantities(place: Place) -> bool:
    """Return whether numbers stand on both sides, though not next to the sign: "5 °C = -4 °F"."""
    left = place.source[max(0, place.start - 10) : place.start].rpartition("\n")[2]
    right = place.source[place.end : place.end + 6].partition("\n")[0]
    return all(regex.search(r"\p{Nd}", side) is not None for side in (left, right))


def _formula(place: Place) -> bool:
    """Return whether a variable, a single letter, stands on one side: "a = b", "E = mc²"."""
    left = place.source[max(0, place.start - 5) : place.start].split()[-1:]
    right = place.source[place.end : place.end + 5].split()[:1]
    if not left or not right:
        return False
    sides = (left[0], right[0].rstrip(".,;"))
    return any(len(side) == 1 for side in sides) and all(len(side) < 4 for side in sides)
