"""Languages that need little besides what CLDR gives."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.language import Language


class Polish(Language):
    """Polish: "pięć złotych" without "polskich", decimals digit by digit."""

    minus = "minus"
    point = "przecinek"
    to = "do"
    currencies: ClassVar = {
        "PLN": ("złoty", "złote", "złotych", "złotego"),
        "USD": ("dolar", "dolary", "dolarów", "dolara"),
        "EUR": ("euro",) * 4,
    }


class Arabic(Language):
    """Arabic: CLDR has no word for "%"."""

    minus = "ناقص"
    point = "فاصلة"
    to = "إلى"
    units: ClassVar = {"concentr-percent": ("بالمئة",) * 2}
    signs: ClassVar = {"%": "بالمئة", "٪": "بالمئة", "&": "و", "+": "زائد", "=": "يساوي"}
