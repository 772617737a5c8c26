"""Hindi: lakhs and crores, "दशमलव", "चौदह बजकर तीस मिनट"."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place
from tts_core.text.reading.tables import abbreviations, pairs, words


class Hindi(Language):
    """Hindi of India."""

    ordinal_suffixes = words("वीं वां वाँ वें ला ली रा री था थी ठा ठी")
    group_signs = ","
    decimal_sign = "."
    minus = "माइनस"
    point = "दशमलव"
    to = "से"
    per_word = "प्रति"
    date_order = "dmy"
    hour_words = ("बजे",)
    signs: ClassVar = {
        "+": "धन", "−": "ऋण", "-": "ऋण", "×": "गुणा", "·": "गुणा", "*": "गुणा", "÷": "भाग",
        "=": "बराबर",
        "<": "से कम", ">": "से अधिक", "±": "धन या ऋण", "~": "लगभग", "∞": "अनंत", "π": "पाई",
        "&": "और", "§": "धारा", "°": "डिग्री", "%": "प्रतिशत", "№": "संख्या", "/": "बटा",
        "@": "ऐट", "€": "यूरो", "£": "पाउंड", "$": "डॉलर", "₹": "रुपये",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "धन", "<": "कम से कम", ">": "अधिक से अधिक"} | {
        "<": "से कम",
        ">": "से अधिक",
    }
    symbols: ClassVar = {
        ".": "डॉट", "@": "ऐट", "/": "स्लैश", "-": "डैश", "_": "अंडरस्कोर", ":": "कोलन", "#": "हैश",
        "&": "और", "%": "प्रतिशत", "+": "प्लस", "number": "नंबर", "version": "संस्करण",
        "hashtag": "हैशटैग",
        "code block": "कोड ब्लॉक।",
    }  # fmt: skip
    currencies: ClassVar = {
        "INR": ("रुपया", "रुपये"), "USD": ("डॉलर",) * 2, "EUR": ("यूरो",) * 2,
        "GBP": ("पाउंड",) * 2, "JPY": ("येन",) * 2,
    }  # fmt: skip
    cents: ClassVar = {"INR": ("पैसा", "पैसे"), "USD": ("सेंट",) * 2, "EUR": ("सेंट",) * 2}
    magnitudes: ClassVar = {
        **pairs("हज़ार", "हज़ार हजार"), **pairs("लाख", "लाख"), **pairs("करोड़", "करोड़ करोड"),
        **pairs("अरब", "अरब"),
    }  # fmt: skip
    unit_signs: ClassVar = {
        "किमी": "length-kilometer", "कि.मी.": "length-kilometer", "किग्रा": "mass-kilogram",
        "कि.ग्रा.": "mass-kilogram", "मी": "length-meter", "सेमी": "length-centimeter",
    }  # fmt: skip
    section_words = words("अध्याय भाग खंड")
    code_words = words("कोड पिन पासवर्ड नंबर")
    abbreviations: ClassVar = abbreviations(
        """
        डॉक्टर: डॉ | प्रोफ़ेसर: प्रो | श्री: श्री | रुपये: रु | ईस्वी: ई | ईसा पूर्व: ई.पू
        संख्या: सं
        पंडित: पं | कुमारी: कु
        """,
        before_number="पृष्ठ: पृ",
    )

    def is_year(self, number: Number) -> bool:
        """Return False: years are read as any number, except "उन्नीस सौ" ones."""
        return False

    def written_ordinal(self, place: Place, digits: str, suffix: str) -> str | None:
        """Read "21वीं": the cardinal with its suffix; the first four have words of their own."""
        number = int(digits)
        feminine = suffix.endswith(("ी", "ीं"))
        if number in (1, 2, 3, 4, 6):
            return self.ordinal(number, "feminine" if feminine else "masculine")
        return f"{self.cardinal(number)}{suffix}"

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "चौदह बजकर तीस मिनट", "आठ बजे"."""
        if not minute and second is None:
            return f"{self.cardinal(hour)} बजे"
        said = f"{self.cardinal(hour)} बजकर {self.cardinal(minute)} मिनट"
        return said if second is None else f"{said} {self.cardinal(second)} सेकंड"

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "आधा", "तीन बटा चार"."""
        if (numerator, denominator) == (1, 2):
            return "आधा"
        return f"{self.cardinal(numerator)} बटा {self.cardinal(denominator)}"

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "पाँच रुपये पचास पैसे"."""
        return f"{whole} {cents}"
