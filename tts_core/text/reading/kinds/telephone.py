"""Telephone numbers: "555-0134", "(212) 555-0134", "+49 30 1234567", "030/1234-56"."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from tts_core.text.reading.language import Language
from tts_core.text.reading.rule import Place, Rule, any_before, any_of, rule

_GROUPS = regex.compile(r"\d+")
_FREE = r"(?<![\p{L}\p{N}:/-])(?<!\p{N}[.,])"
_END = r"(?![\p{L}\p{N}]|[-/.,:]\d)"
_GAP = r"(?:[ \u00a0./-]|[ ]?[-–/][ ]?)"
_TIMES = r"0\d[.:][0-5]\d[ ]?[-–][ ]?(?:[01]?\d|2[0-4])[.:][0-5]\d(?![ /.-]?\d)"
"""Opening times: "09.00-17.00"."""
_SHORT = 6
"""Digits of a number that is one only after a word for telephone."""
_LONG = rf"(?=\d(?:[ \u00a0./–-]{{0,3}}\d){{{_SHORT - 1}}})"
"""Looks for as many digits, which takes less time than to look for a word before them."""
_MOST = 15
"""Digits of the longest international number (E.164)."""


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of telephone numbers; each has at least seven digits in groups."""

    def read(place: Place) -> str | None:
        digits = sum(map(len, _GROUPS.findall(place.text)))
        return spoken(language, place.text) if 7 <= digits <= _MOST else None

    yield rule(
        "telephone",
        "sign",
        rf"(?<![\p{{N}}])(?:\+|00)\d{{1,3}}(?:{_GAP}?\(?\d{{1,5}}\)?){{1,6}}{_END}",
        read,
    )
    yield rule(
        "telephone",
        "sign digit",
        rf"{_FREE}(?:\(\d{{2,5}}\)[ ]?|1[-. ]\(?\d{{3}}\)?[-. ]|\d{{3}}[-.])?"
        rf"\d{{3}}[-.–]\d{{4}}{_END}|{_FREE}\(\d{{2,5}}\)[ ]?\d{{3,5}}[-.–]\d{{4}}{_END}",
        read,
        then="-.",
        spaced="0(",
    )
    yield rule(
        "telephone",
        "sign digit",
        rf"{_FREE}(?!{_TIMES})(?:\(0\d{{1,4}}\)|0\d{{1,4}}){_GAP}\d{{2,8}}(?:{_GAP}\d{{1,4}}){{0,4}}{_END}",
        read,
        then="./-",
        spaced="0/-",
    )
    if language.telephone_pattern:
        yield rule(
            "telephone",
            "digit sign",
            rf"{_FREE}(?:{language.telephone_pattern}){_END}(?![ ]?[%€$£₽\p{{Ll}}])",
            read,
            alone=True,
        )
    if language.short_codes:
        codes = any_of(language.short_codes)
        yield rule(
            "telephone",
            "digit",
            rf"(?={codes})(?<=(?i:{any_before(language.telephone_words)})[ ]?"
            r"(?:(?:al|il|le|o|het|den|die|the)[ ])?)"
            rf"{codes}{_END}",
            lambda place: language.digits(place.text),
            alone=True,
        )
    if language.telephone_words:
        yield rule(
            "telephone",
            "digit",
            rf"{_LONG}(?<=\b(?i:{any_before(language.telephone_words)})[.:]?[ ]?[.:]?[ ]?"
            r"(?:(?:al|il|le|lo|au|o|het|den|die|the)[ ])?)"
            rf"\d{{2,12}}(?:{_GAP}\d{{2,8}}){{0,5}}{_END}",
            lambda place: read(place) or _short(language, place),
            alone=True,
        )


def _short(language: Language, place: Place) -> str | None:
    """Return a number of six digits after "fax" and the like, unless something is counted."""
    digits = "".join(_GROUPS.findall(place.text))
    is_count = digits.endswith("000") or regex.match(
        r"[ ]?[%€$£₽\p{Ll}]", place.source, pos=place.end
    )
    return None if len(digits) != _SHORT or is_count else spoken(language, place.text)


def spoken(language: Language, text: str) -> str:
    """Return a telephone number, as a rule digit by digit, with a comma between its groups."""
    groups = [language.telephone_group(group) for group in _GROUPS.findall(text)]
    plus = language.symbols.get("+", "") if text[0] == "+" else ""
    comma = "、" if language.unspaced else ", "
    return f"{plus}{language.joint}{comma.join(groups)}".strip()
