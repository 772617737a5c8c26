"""Money: "$5", "3,50 €", "US$2.4bn", "EUR 10–20", "£3m"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tts_core.text.reading.numbers import MINUS, Number, number_pattern, parse
from tts_core.text.reading.rule import Place, Rule, any_of, rule

if TYPE_CHECKING:
    from tts_core.text.reading.language import Language

SYMBOLS = {
    "$": "USD", "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD",
    "NZ$": "NZD", "S$": "SGD", "NT$": "TWD", "MX$": "MXN", "R$": "BRL", "€": "EUR", "£": "GBP",
    "¥": "JPY", "￥": "JPY", "円": "JPY", "元": "CNY", "CN¥": "CNY", "RMB": "CNY", "₹": "INR",
    "Rs.": "INR", "Rs": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY", "₴": "UAH", "₪": "ILS",
    "₫": "VND", "₱": "PHP", "₦": "NGN", "฿": "THB", "zł": "PLN", "Kč": "CZK", "Fr.": "CHF",
    "SFr.": "CHF", "₿": "BTC", "₡": "CRC", "₲": "PYG", "₸": "KZT", "₾": "GEL", "¢": "¢",
}  # fmt: skip
"""Currency by sign. Some signs belong to several; a language may override its own."""


CODES = (
    "USD EUR GBP JPY CNY CHF CAD AUD NZD HKD SGD SEK NOK DKK ISK PLN CZK HUF RON BGN RUB UAH TRY ILS "
    "INR PKR BRL MXN ARS CLP COP PEN ZAR NGN KES EGP MAD AED SAR QAR KRW TWD THB VND IDR MYR PHP BTC"
).split()
"""Codes of currencies. Those that are English words ("ALL", "TOP") are not recognized."""


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of money before and after the number, single and in ranges."""
    number = number_pattern(language)
    symbols = {**SYMBOLS, **language.currency_signs}
    signs, codes = any_of(symbols), any_of(CODES)
    magnitude = (
        rf"(?:[ \u00a0\u202f-]?(?P<magnitude>(?i:{any_of(language.magnitudes)}))(?![\p{{L}}\p{{N}}])\.?)?"
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
        "money", "sign letter",
        rf"{MINUS}(?<![\p{{L}}\p{{N}}])(?P<sign>{signs}){gap}{MINUS}{span}{magnitude}(?!\d)", read,
    )  # fmt: skip
    yield rule(
        "money", "letter", rf"(?<![\p{{L}}\p{{N}}])(?P<sign>{codes}){gap}{MINUS}{span}{magnitude}(?!\d)",
        read,
    )  # fmt: skip
    yield rule(
        "money", "digit sign",
        rf"{MINUS}{span}{magnitude}{gap}(?P<sign>{signs}|{codes})(?![\p{{L}}\p{{N}}])",
        read,
    )  # fmt: skip


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
