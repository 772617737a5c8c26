"""Polish."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.language import Language
from tts_core.text.reading.tables import abbreviations, words


class Polish(Language):
    """Polish: "pięć złotych" without "polskich", decimals digit by digit."""

    minus = "minus"
    point = "przecinek"
    to = "do"
    starters = words(
        "on ona ono oni one my wy ty ja to w i a ale gdy jeśli kiedy jak po tak tam te"
    )
    abbreviations: ClassVar = abbreviations(
        """
        na przykład: np | to znaczy: tzn | między innymi: m.in | to jest: tj | tak zwany: tzw
        ulica: ul | doktor: dr | profesor: prof | inżynier: inż | magister: mgr
        habilitowany: hab | święty: św
        około: ok | pod tytułem: pt | imienia: im
        """,
        often_ends="i tak dalej: itd | i tym podobne: itp | i inni: i.in",
        before_number="godzina: godz | strona: str s | numer: nr | rysunek: rys | rozdział: rozdz",
    )
    currencies: ClassVar = {
        "PLN": ("złoty", "złote", "złotych", "złotego"),
        "USD": ("dolar", "dolary", "dolarów", "dolara"),
        "EUR": ("euro",) * 4,
    }
