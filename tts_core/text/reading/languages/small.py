"""Languages that need little besides what CLDR gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place
from tts_core.text.reading.tables import abbreviations, words

_TO = {
    "af": "tot", "be": "да", "bg": "до", "bn": "থেকে", "bs": "do", "ca": "a", "da": "til",
    "et": "kuni", "fa": "تا", "he": "עד", "hr": "do", "is": "til", "lt": "iki", "lv": "līdz",
    "mk": "до", "mr": "ते", "nb": "til", "nn": "til", "no": "til", "ro": "până la", "sk": "až",
    "sl": "do", "sr": "до", "ur": "سے",
}  # fmt: skip
"""Between the ends of a range."""
_MINUS = {
    "bn": "মাইনাস", "gu": "માઇનસ", "kn": "ಮೈನಸ್", "lt": "minus", "ml": "മൈനസ്", "mr": "उणे",
    "pa": "ਮਾਈਨਸ", "te": "మైనస్", "ur": "منفی",
}  # fmt: skip
"""Where CLDR has no spelling rules, or those of Latvian."""
_HALF = {
    "af": "’n half", "be": "палова", "bg": "половин", "bn": "অর্ধেক", "bs": "pola", "ca": "mig",
    "cy": "hanner", "da": "en halv", "et": "pool", "eu": "erdi", "fa": "نیم", "fi": "puoli",
    "gl": "medio", "gu": "અડધો", "he": "חצי", "hr": "pola", "hu": "fél", "hy": "կես",
    "is": "hálfur", "ka": "ნახევარი", "kn": "ಅರ್ಧ", "lt": "pusė", "lv": "puse", "mk": "половина",
    "ml": "അര", "mr": "अर्धा", "ms": "setengah", "nb": "en halv", "no": "en halv",
    "ro": "jumătate", "sk": "pol", "sl": "pol", "sq": "gjysmë", "sr": "пола", "sw": "nusu",
    "ta": "அரை", "te": "అర", "th": "ครึ่ง", "ur": "آدھا",
}  # fmt: skip
_POWERS = {
    "bg": ("на квадрат", "на куб"), "bs": ("na kvadrat", "na kub"), "ca": ("al quadrat", "al cub"),
    "da": ("i anden", "i tredje"), "et": ("ruudus", "kuubis"), "fi": ("toiseen", "kolmanteen"),
    "hr": ("na kvadrat", "na kub"), "hu": ("a négyzeten", "a köbön"),
    "is": ("í öðru veldi", "í þriðja veldi"), "lt": ("kvadratu", "kubu"),
    "lv": ("kvadrātā", "kubā"), "mk": ("на квадрат", "на куб"), "nb": ("i andre", "i tredje"),
    "no": ("i andre", "i tredje"), "ro": ("la pătrat", "la cub"), "sk": ("na druhú", "na tretiu"),
    "sl": ("na kvadrat", "na kub"), "sr": ("на квадрат", "на куб"),
}  # fmt: skip
"""The exponents 2 and 3; other languages say the number alone, as eSpeak does."""
_DATE_WORDS: Mapping[str, Mapping[str, str]] = {
    "be": {"г.": "года"},
    "bg": {"г.": "година"},
    "lt": {"m.": "metų", "d.": "diena"},
    "mk": {"г.": "година"},
}
"""Of the abbreviations in CLDR's dates."""


class SmallLanguage(Language):
    """A language by its tag: what CLDR gives, and the words of it that are in the tables here."""

    def __init__(self, tag: str) -> None:
        """Take the words of the language, which may be in none of the tables."""
        code = tag.partition("-")[0]
        self.to = _TO.get(code, self.to)
        self.minus = _MINUS.get(code, self.minus)
        self._half = _HALF.get(code)
        self._powers = dict(zip("23", _POWERS.get(code, ()), strict=False))
        self._date_words = _DATE_WORDS.get(code, {})
        super().__init__(tag)
        if "d." in self.cldr.date_pattern(day=True, year=True):
            self.day_suffixes = (".",)

    def day(self, number: int, place: Place) -> str:
        """Return the day of a date: an ordinal where it is written as one, with a full stop."""
        return self.ordinal(number) if self.day_suffixes else self.cardinal(number)

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return a half in words; of other fractions the slash stays, which the engine says."""
        if self._half and (numerator, denominator) == (1, 2):
            return self._half
        return super().fraction(numerator, denominator)

    def mixed(self, whole: int, part: str) -> str:
        """Return "one and a half", with CLDR's word for "and"."""
        return self.cldr.both(self.cardinal(whole), part)

    def power(self, exponent: Number) -> str | None:
        """Return "squared", or the number of another exponent."""
        known = None if exponent.negative else self._powers.get(exponent.whole)
        return known or self.number(exponent)

    def date_word(self, text: str) -> str:
        """Return what stands between the parts of a date as it is said."""
        for short, word in self._date_words.items():
            text = text.replace(short, word)
        return text


class Belarusian(SmallLanguage):
    """Belarusian: CLDR's numbers have the Latin letter i."""

    def _say(self, number: int, form: str = "") -> str:
        return super()._say(number, form).replace("i", "і")

    def ordinal(self, number: int, form: str = "") -> str:
        """Return an ordinal in Cyrillic letters alone."""
        return super().ordinal(number, form).replace("i", "і")


class Thai(SmallLanguage):
    """Thai: numbers stay digits, since eSpeak knows them, but not how Thai words are spelled."""

    def _cardinal_rules(self, form: str) -> str:
        return ""


class Danish(SmallLanguage):
    """Danish and Norwegian, which have the same abbreviations."""

    starters = words("han hun den det de vi jeg du en et men og når da som efter etter så her der")
    abbreviations: ClassVar = abbreviations(
        """
        for eksempel: f.eks | blandt andet: bl.a | det vil sige: dvs d.v.s | cirka: ca | doktor: dr
        professor: prof | med mere: m.m | på grund af: p.g.a | herr: hr | fru: fr
        """,
        often_ends="og så videre: osv | et cetera: etc",
        before_number="nummer: nr | side: s | kapitel: kap | figur: fig",
    )


class Estonian(SmallLanguage):
    """Estonian: CLDR's rules of years say "twenty hundred"."""

    def year(self, number: int) -> str:
        """Return a year as the number that it is."""
        return self.cardinal(number)


class Lithuanian(SmallLanguage):
    """Lithuanian: CLDR has the singular of "percent" in place of the genitive."""

    units: ClassVar = {"concentr-percent": ("procentas", "procentai", "procento", "procentų")}
