"""Money: "$5", "3,50 €", "US$2.4bn", "EUR 10–20", "£3m"."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from tts_core.text.reading.data.signs import CURRENCIES, CURRENCY_CODES, PER
from tts_core.text.reading.kinds.number_pattern import (
    MINUS,
    amount_pattern,
    before_any,
    in_numbers,
    parse,
)
from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number, ascii_digits
from tts_core.text.reading.rule import DASH, Place, Rule, any_of, firsts, following, rule

_COMMAS = regex.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
_CONFERENCE = regex.compile(r"COP ?\d\d?")
_LOWER_WORD = regex.compile(r"[ ]\p{Ll}")
_SCALES = {"k": 0, "K": 0, "M": 1, "Mio": 1, "G": 2, "Md": 2, "Mds": 2, "Mrd": 2, "B": 2}
"""Powers of a thousand between a number and the sign of a currency: "5 M€"."""


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of money before and after the number, single and in ranges."""
    number = amount_pattern(language)
    symbols = {**CURRENCIES, **language.currency_signs}
    signs, codes = any_of(symbols), any_of(CURRENCY_CODES)
    millions = "|MM" if language.decimal_sign == "." and "m" in language.magnitudes else ""
    magnitude = (
        rf"(?:[ \u00a0\u202f-]?(?P<magnitude>(?i:{any_of(language.magnitudes)}){millions})"
        r"(?![\p{L}\p{N}])\.?)?"
        if language.magnitudes
        else "(?P<magnitude>(?!))?"
    )
    span = (
        rf"(?P<a>{number})(?:[ ]?{DASH}[ ]?(?P<again>{signs})?(?P<b>{number}))?"
        r"(?:,[–—-]{1,2}|/-)?"
    )
    per_signs = {**PER, **language.unit_signs}
    per = rf"(?:/(?P<of>{any_of([*per_signs, *symbols])})(?![\p{{L}}\p{{N}}]))?"
    gap = r"[ \u00a0\u202f]?"

    def read(place: Place) -> str | None:
        sign = place["sign"]
        code = symbols.get(sign, sign)
        if sign == "COP" and _CONFERENCE.fullmatch(place.text):
            return None
        again = place["again"]
        if again and symbols.get(again, again) != code:
            return None
        return _amount(language, place, code)

    within = in_numbers(language)
    then, spaced = following(symbols, f"{within}-0", f"{within}-0")
    yield rule(
        "money",
        "sign letter",
        rf"{MINUS}(?<![\p{{L}}\p{{N}}])(?P<sign>{signs}){gap}{MINUS}{span}{magnitude}{per}(?!\d)",
        read,
        then=then,
        words=symbols,
        spaced=spaced,
    )
    yield rule(
        "money",
        "letter",
        rf"(?<![\p{{L}}\p{{N}}])(?P<sign>{codes}){gap}{MINUS}{span}{magnitude}(?!\d)",
        read,
        then=f"{within}-0",
        spaced=f"{within}-0",
        words=CURRENCY_CODES,
    )
    named = before_any([*symbols, *CURRENCY_CODES, *language.magnitudes, *_SCALES])
    after = firsts([*symbols, *CURRENCY_CODES, *language.magnitudes, *_SCALES, "-", "0"])
    scale = rf"[ \u00a0\u202f]?(?P<scale>{any_of(_SCALES)})(?=\p{{Sc}})"
    yield rule(
        "money",
        "digit sign",
        rf"{named}{MINUS}{span}(?:{scale}|{magnitude}){gap}(?P<sign>{signs}|{codes})(?![\p{{L}}\p{{N}}]){per}",
        read,
        named=True,
        then=f"{within}/{after}",
        spaced=after,
    )
    if language.magnitudes:
        yield rule(
            "number",
            "digit sign",
            # A single letter after a space is that of a unit.
            rf"{before_any(language.magnitudes)}(?<![\p{{L}}\p{{N}}])(?<!\p{{N}}[.,])(?P<a>{number})"
            rf"(?:[ \u00a0\u202f-](?![A-Za-z](?!\p{{L}})))?"
            rf"(?P<magnitude>(?i:{any_of(language.magnitudes)}))(?![\p{{L}}\p{{N}}])\.?",
            lambda place: _count(language, place),
            named=True,
            then=f"{within}-{firsts(language.magnitudes)}",
            spaced=f"0{firsts(language.magnitudes)}",
        )


def _count(language: Language, place: Place) -> str | None:
    """Read "5 Mio.", "100k": a magnitude that is abbreviated, or needs a number that agrees."""
    magnitude = place["magnitude"]
    tight = place.source[place.match.start("magnitude") - 1].isdecimal()
    if magnitude.isascii() and len(magnitude) == 1 and not (tight and magnitude == "k"):
        counted = language.decimal_sign in place["a"] or _LOWER_WORD.match(place.source, place.end)
        if not (tight and counted and magnitude in "MB"):
            return None  # "3.5M users", but "4K"
    number = parse(place["a"], language)
    spoken = language.of_magnitude_at(number, magnitude.lower(), place)
    return f"{spoken}." if _ends_sentence(language, place, spoken) else spoken


def _amount(language: Language, place: Place, code: str) -> str | None:
    magnitude = place["magnitude"].lower()
    if magnitude == "mm":
        magnitude = "m"  # "$300MM", of bankers
    if place["scale"]:
        magnitude = language.scales[_SCALES[place["scale"]]] if language.scales else ""
        if not magnitude:
            return None
    first = parse(place["a"], language)
    is_prefixed = place.match.start("sign") < place.match.start("a")
    if is_prefixed and language.decimal_sign == "," and _COMMAS.fullmatch(place["a"]):
        first = Number(ascii_digits(place["a"]))  # "$100,000" has no tenths
    if place.text.lstrip(place["sign"])[:1] in "-−–" or place.text[0] in "-−–":
        first = Number(first.whole, first.fraction, True)
    last = parse(place["b"], language) if place["b"] else None
    amount = last or first
    if code[0] == "¢":
        code = code[1:] or "USD"
        if code not in language.cents:
            return None
        if amount.fraction:  # "8.25¢"
            name = language.form(language.cents[code], amount)
            return language.joint.join((language.number(amount), name))
        return language.minor(int(amount.whole), code)
    spoken = language.money_at(amount, code, magnitude, place)
    if spoken is not None and last is not None:
        spoken = language.between(language.number(first), spoken)
    if spoken is not None and place["of"]:
        spoken = _per(language, spoken, place["of"])
    if spoken is not None and _ends_sentence(language, place, spoken):
        return f"{spoken}."
    return spoken


def _per(language: Language, spoken: str, sign: str) -> str | None:
    """Return an amount per unit ("€/kg"), or per unit of another currency ("75 руб./$")."""
    if unit := {**PER, **language.unit_signs}.get(sign):
        return language.per(spoken, unit)
    code = {**CURRENCIES, **language.currency_signs}[sign]
    name = language.currency(code, Number("1"))
    return f"{spoken} {language.per_word} {name}" if name and language.per_word else None


def _ends_sentence(language: Language, place: Place, spoken: str) -> bool:
    """Return whether a full stop at the end is more than that of an abbreviation ("5 Mio.")."""
    if place.text[-1] != ".":
        return False
    if place["magnitude"].lower() in spoken.lower().split() or language.sentence_follows(place):
        return True
    following = place.source[place.end : place.end + 8].lstrip(" \"'“”’»)]")
    return following[:1].isupper() and not language.tag.startswith("de")
