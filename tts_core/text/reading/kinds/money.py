"""Money: "$5", "3,50 €", "US$2.4bn", "EUR 10–20", "£3m"."""

from __future__ import annotations

from collections.abc import Iterator

from tts_core.text.reading.kinds.number_pattern import MINUS, number_pattern, parse
from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule, any_of, rule
from tts_core.text.reading.signs import CURRENCIES, CURRENCY_CODES


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of money before and after the number, single and in ranges."""
    number = number_pattern(language)
    symbols = {**CURRENCIES, **language.currency_signs}
    signs, codes = any_of(symbols), any_of(CURRENCY_CODES)
    magnitude = (
        rf"(?:[ \u00a0\u202f-]?(?P<magnitude>(?i:{any_of(language.magnitudes)}))"
        r"(?![\p{L}\p{N}])\.?)?"
        if language.magnitudes
        else "(?P<magnitude>(?!))?"
    )
    span = rf"(?P<a>{number})(?:[ ]?[–—-][ ]?(?P<again>{signs})?(?P<b>{number}))?"
    gap = r"[ \u00a0\u202f]?"

    def read(place: Place) -> str | None:
        sign = place["sign"]
        code = symbols.get(sign, sign)
        again = place["again"]
        if again and symbols.get(again, again) != code:
            return None
        return _amount(language, place, code)

    yield rule(
        "money",
        "sign letter",
        rf"{MINUS}(?<![\p{{L}}\p{{N}}])(?P<sign>{signs}){gap}{MINUS}{span}{magnitude}(?!\d)",
        read,
    )
    yield rule(
        "money",
        "letter",
        rf"(?<![\p{{L}}\p{{N}}])(?P<sign>{codes}){gap}{MINUS}{span}{magnitude}(?!\d)",
        read,
    )
    yield rule(
        "money",
        "digit sign",
        rf"{MINUS}{span}{magnitude}{gap}(?P<sign>{signs}|{codes})(?![\p{{L}}\p{{N}}])",
        read,
    )
    if language.magnitudes:
        yield rule(
            "number",
            "digit sign",
            rf"(?<![\p{{L}}\p{{N}}])(?<!\p{{N}}[.,])(?P<a>{number})[ \u00a0\u202f-]?"
            rf"(?P<magnitude>(?i:{any_of(language.magnitudes)}))(?![\p{{L}}\p{{N}}])\.?",
            lambda place: _count(language, place),
        )


def _count(language: Language, place: Place) -> str | None:
    """Read "5 Mio.", "100k": a magnitude that is abbreviated, or needs a number that agrees."""
    magnitude = place["magnitude"]
    tight = place.source[place.match.start("magnitude") - 1].isdecimal()
    if magnitude.isascii() and len(magnitude) == 1 and not (tight and magnitude == "k"):
        return None
    spoken = language.of_magnitude(parse(place["a"], language), magnitude.lower(), "")
    return f"{spoken}." if place.text[-1] == "." and language.sentence_follows(place) else spoken


def _amount(language: Language, place: Place, code: str) -> str | None:
    magnitude = place["magnitude"].lower()
    first = parse(place["a"], language)
    if place.text.lstrip(place["sign"])[:1] in "-−–" or place.text[0] in "-−–":
        first = Number(first.whole, first.fraction, True)
    last = parse(place["b"], language) if place["b"] else None
    amount = last or first
    if code == "¢":
        return language.minor(int(amount.whole), "USD") if "USD" in language.cents else None
    spoken = language.money(amount, code, magnitude)
    if spoken is None or last is None:
        return spoken
    return language.between(language.number(first), spoken)
