"""Hindi: lakhs and crores, "दशमलव", "चौदह बजकर तीस मिनट"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import regex

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule, rule
from tts_core.text.reading.tables import abbreviations, pairs, words

_SPELLINGS = {
    "पन्द्रह": "पंद्रह", "तिरेपन": "तिरपन", "तिरेसठ": "तिरसठ", "इक्यानबे": "इक्यानवे",
    "बानबे": "बानवे",
    "तिरानबे": "तिरानवे", "चौरानबे": "चौरानवे", "पंचानबे": "पंचानवे", "छियानबे": "छियानवे",
    "सत्तानबे": "सत्तानवे", "अट्ठानबे": "अट्ठानवे", "निन्यानबे": "निन्यानवे",
}  # fmt: skip
_RULERS = {
    1: "प्रथम", 2: "द्वितीय", 3: "तृतीय", 4: "चतुर्थ", 5: "पंचम", 6: "षष्ठम", 7: "सप्तम", 8: "अष्टम",
    9: "नवम", 10: "दशम",
}  # fmt: skip


class Hindi(Language):
    """Hindi of India."""

    ordinal_suffixes = words("वीं वां वाँ वें ला ली रा री था थी ठा ठी")
    group_signs = ","
    decimal_sign = "."
    minus = "माइनस"
    point = "दशमलव"
    to = "से"
    score_word = ""
    by = "बाई"
    as_often = "गुना"
    scales = ("हज़ार", "", "")
    short_codes = words("100 101 102 108 112 1098 181")
    telephone_words = words("फ़ोन फोन टेलीफोन मोबाइल कॉल डायल संपर्क नंबर")
    telephone_pattern = r"[6-9]\d{9}|[6-9]\d{4}[ -]\d{5}"
    per_word = "प्रति"
    date_order = "dmy"
    hour_words = ("बजे",)
    signs: ClassVar = {
        "♯": "शार्प", "♭": "फ़्लैट", "℡": "फ़ोन",
        "+": "धन", "−": "ऋण", "-": "ऋण", "×": "गुणा", "·": "गुणा", "*": "गुणा", "÷": "भाग",
        "=": "बराबर", "≈": "लगभग", "≤": "से कम या बराबर", "≥": "से अधिक या बराबर",
        "<": "से कम", ">": "से अधिक", "±": "धन या ऋण", "~": "लगभग", "∞": "अनंत",
        "∪": "संघ", "∩": "सर्वनिष्ठ", "∫": "समाकल", "∈": "का अवयव है",
        "π": "पाई",
        "&": "और", "§": "धारा", "°": "डिग्री", "%": "प्रतिशत", "№": "संख्या", "/": "बटा",
        "@": "ऐट", "€": "यूरो", "£": "पाउंड", "$": "डॉलर", "₹": "रुपये",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "प्लस", "<": "से कम", ">": "से अधिक"}
    symbols: ClassVar = {
        ".": "डॉट", "@": "ऐट", "/": "स्लैश", "-": "डैश", "_": "अंडरस्कोर", ":": "कोलन", "#": "हैश",
        "&": "और", "%": "प्रतिशत", "+": "प्लस", "number": "नंबर", "version": "संस्करण",
        "hashtag": "हैशटैग",
        "code block": "कोड ब्लॉक।",
    }  # fmt: skip
    currency_signs: ClassVar = {
        "रु.": "INR", "रु": "INR", "रुपये": "INR", "रूपये": "INR", "रुपए": "INR", "डॉलर": "USD",
        "पैसे": "¢INR",
    }  # fmt: skip
    currencies: ClassVar = {
        "INR": ("रुपया", "रुपये"), "USD": ("डॉलर",) * 2, "EUR": ("यूरो",) * 2,
        "GBP": ("पाउंड",) * 2, "JPY": ("येन",) * 2,
    }  # fmt: skip
    cents: ClassVar = {"INR": ("पैसा", "पैसे"), "USD": ("सेंट",) * 2, "EUR": ("सेंट",) * 2}
    magnitudes: ClassVar = {
        **pairs("हज़ार", "हज़ार हजार"), **pairs("लाख", "लाख"), **pairs("करोड़", "करोड़ करोड"),
        **pairs("अरब", "अरब"), **pairs("मिलियन", "मिलियन"), **pairs("बिलियन", "बिलियन"),
    }  # fmt: skip
    unit_signs: ClassVar = {
        "किमी": "length-kilometer", "कि.मी.": "length-kilometer", "किग्रा": "mass-kilogram",
        "कि.ग्रा.": "mass-kilogram", "मी": "length-meter", "सेमी": "length-centimeter",
        "किमी/घंटा": "speed-kilometer-per-hour", "किमी/घं": "speed-kilometer-per-hour",
        "कि.मी": "length-kilometer", "मिमी": "length-millimeter", "से.मी.": "length-centimeter",
        "मि.ग्रा.": "mass-milligram", "मिग्रा": "mass-milligram",
        "मि.ली.": "volume-milliliter", "मिली": "volume-milliliter", "ग्राम": "mass-gram",
        "लीटर": "volume-liter", "ली": "volume-liter", "मीटर": "length-meter",
        "प्रतिशत": "concentr-percent",
        "°से": "temperature-celsius",
    }  # fmt: skip
    units: ClassVar = {
        "length-mile": ("मील",) * 2, "mass-pound": ("पाउंड",) * 2, "mass-ounce": ("औंस",) * 2,
        "Mbps": ("मेगाबिट प्रति सेकंड",) * 2, "Gbps": ("गीगाबिट प्रति सेकंड",) * 2,
        "MB/s": ("मेगाबाइट प्रति सेकंड",) * 2, "dB": ("डेसिबल",) * 2, "kV": ("किलोवोल्ट",) * 2,
        "mAh": ("मिलीएम्पियर आवर",) * 2, "rpm": ("चक्कर प्रति मिनट",) * 2,
        "digital-byte": ("बाइट",) * 2,
        "MWh": ("मेगावाट घंटा",) * 2, "GWh": ("गीगावाट घंटा",) * 2, "volume-gallon": ("गैलन",) * 2,
        "pressure-bar": ("बार",) * 2, "length-inch": ("इंच",) * 2, "volume-liter": ("लीटर",) * 2,
    }  # fmt: skip
    section_words = words("अध्याय भाग खंड")
    code_words = words("कोड पिन पासवर्ड नंबर")
    abbreviations: ClassVar = abbreviations(
        """
        डॉक्टर: डॉ | प्रोफ़ेसर: प्रो | श्री: श्री | रुपये: रु | ईस्वी: ई | ईसा पूर्व: ई.पू
        संख्या: सं | नंबर: नं
        मकान नंबर: म.नं | पंडित: पं | कुमारी: कु
        """,
        before_number="पृष्ठ: पृ | क्रमांक: क्र",
    )

    def rules(self) -> Iterator[Rule]:
        """Yield the rule of PIN codes after the name of a town: "दिल्ली-110001"."""
        yield rule(
            "code",
            "digit",
            r"(?<=\p{L}\p{M}*[ ]?[–-][ ]?)[1-9]\d{2}[ ]?\d{3}(?![\p{L}\p{N}]|[.,]\d)",
            lambda place: self.digits(place.text),
        )

    def is_word(self, sign: str, place: Place, before: str, number: Number) -> bool:
        """Tell liters from the suffix of an ordinal, which has no space before it: "1ली"."""
        return (sign == "ली" and before.isdecimal()) or super().is_word(sign, place, before, number)

    def cardinal(self, number: int, form: str = "") -> str:
        """Return a number in the spelling of the Central Hindi Directorate, which CLDR lacks."""
        said = super().cardinal(number, form)
        return " ".join(_SPELLINGS.get(word, word) for word in said.split(" "))

    def is_year(self, number: Number) -> bool:
        """Return whether a number is read as a year: "उन्नीस सौ" ones only."""
        return super().is_year(number) and int(number.whole) < 2000

    def year(self, number: int) -> str:
        """Return "उन्नीस सौ सैंतालीस", "दो हज़ार चौबीस"."""
        if not 1100 <= number < 2000:
            return self.cardinal(number)
        rest = f" {self.cardinal(number % 100)}" if number % 100 else ""
        return f"{self.cardinal(number // 100)} सौ{rest}"

    def number_range(self, first: Number, last: Number, place: Place) -> str:
        """Return "तीन एक" for a score."""
        if len(first.whole) < 3 and first.value >= last.value:
            return f"{self.number(first)} {self.number(last)}"
        return super().number_range(first, last, place)

    def score(self, first: int, second: int) -> str | None:
        """Return "दो एक"; a scale is "एक अनुपात सौ"."""
        word = "अनुपात" if first == 1 and second > 9 else ""
        return " ".join(
            part for part in (self.cardinal(first), word, self.cardinal(second)) if part
        )

    def mixed(self, whole: int, part: str) -> str:
        """Return "डेढ़", "ढाई", "साढ़े तीन", "सवा दो", "दो सही दो बटा तीन"."""
        if part == "आधा":
            return {1: "डेढ़", 2: "ढाई"}.get(whole) or f"साढ़े {self.cardinal(whole)}"
        if part == "एक चौथाई":
            return "सवा" if whole == 1 else f"सवा {self.cardinal(whole)}"
        return f"{self.cardinal(whole)} सही {part}"

    def power(self, exponent: Number) -> str | None:
        """Return "का वर्ग", "का घन", "की घात दस"."""
        known = {"2": "का वर्ग", "3": "का घन"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"की घात {self.number(exponent)}"

    def is_ruler(self, name: str) -> bool:
        """Return whether a word may be the name of a ruler: any that is no part of a book."""
        return bool(regex.match(r"\p{Devanagari}{2}", name)) and name not in self.section_words

    def regnal(self, number: int, place: Place) -> str:
        """Return "द्वितीय", as rulers are called."""
        return _RULERS.get(number) or self.ordinal(number, "masculine")

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
        known = {
            (1, 2): "आधा", (1, 3): "एक तिहाई", (2, 3): "दो तिहाई", (1, 4): "एक चौथाई",
            (3, 4): "तीन चौथाई",
        }  # fmt: skip
        if (numerator, denominator) in known:
            return known[numerator, denominator]
        return f"{self.cardinal(numerator)} बटा {self.cardinal(denominator)}"

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "पाँच रुपये पचास पैसे"."""
        return f"{whole} {cents}"
