"""What the Romance languages have in common: gender by suffix and noun, "de" after millions."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.data.rulers import WOMEN
from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place

_MILLION = 1_000_000
_LAST_ORDINAL = 10
"""Of rulers; later ones have cardinals."""


class Romance(Language):
    """Numbers agree with nouns in gender; amounts of millions take "de"."""

    unit_gender = "masculine"
    number_after_sign = True
    spaced_groups = True
    feminine_suffixes: ClassVar[frozenset[str]] = frozenset()
    """Suffixes of ordinals that make them feminine."""
    feminine_endings: ClassVar[tuple[str, ...]] = ()
    """Endings of most feminine nouns."""
    feminine_nouns: ClassVar[frozenset[str]] = frozenset()
    masculine_nouns: ClassVar[frozenset[str]] = frozenset()
    """Nouns whose endings do not tell their gender."""
    no_nouns: ClassVar[frozenset[str]] = frozenset()
    """Words after a number that are no nouns."""
    and_half: ClassVar[str] = ""
    """After a whole number: "y medio"."""
    and_word: ClassVar[str] = ""
    """Before other fractions after a whole number."""
    half_forms: ClassVar[tuple[str, str]] = ("", "")
    """A half before a masculine and before a feminine noun."""
    of: ClassVar[str] = ""
    """"de" between millions and what they are of."""
    cents_word: ClassVar[str] = ""
    """Between an amount and its hundredths: "e", "con"."""
    half: ClassVar[str] = ""
    """One half."""

    def ordinal_form(self, place: Place, suffix: str = "") -> str:
        """Return the gender of a suffix."""
        return "feminine" if suffix in self.feminine_suffixes else "masculine"

    def form_of(self, place: Place) -> str:
        """Return the gender of the noun after a number, as far as its ending tells."""
        following = (place.after(1) or [""])[0]
        if place.next not in (" ", "\u00a0") or not following[:1].islower() or len(following) < 3:
            return ""
        return self.gender_of(following.rstrip("."))

    def gender_of(self, noun: str) -> str:
        """Return the gender of a noun by its ending, "" for words that are probably none."""
        if noun in self.no_nouns or noun in self.starters:
            return ""
        forms = {noun, noun.removesuffix("s")}
        if forms & self.feminine_nouns:
            return "feminine"
        if forms & self.masculine_nouns:
            return "masculine"
        return "feminine" if noun.endswith(self.feminine_endings) else "masculine"

    def of_magnitude(self, number: Number, magnitude: str, name: str) -> str:
        """Return "two million euros" with "de", which thousands do without."""
        if name and self.magnitudes[magnitude][0] not in ("mil", "mille", "mila"):
            name = self.after_million(name)
        return super().of_magnitude(number, magnitude, name)

    def after_million(self, name: str) -> str:
        """Return a noun with "de" before it."""
        return f"{self.of} {name}"

    def part_of(self, name: str) -> str:
        """Return "de litre", "d'heure"."""
        return self.after_million(name)

    def half_of_unit(self, unit: str) -> str | None:
        """Return "medio", "media"."""
        return self.half_forms[self.genders.get(unit) == "feminine"] or None

    def money(self, number: Number, code: str, magnitude: str = "") -> str | None:
        """Put "de" after round millions too: "un millón de euros"."""
        value = int(number.whole)
        if not magnitude and not number.fraction and value and value % _MILLION == 0:
            name = self.currency(code, number)
            return name and f"{self.number(number, self.unit_gender)} {self.after_million(name)}"
        return super().money(number, code, magnitude)

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Join an amount and its hundredths with the language's word."""
        return f"{whole} {self.cents_word} {cents}"

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "un tercio", "tre quarti": halves apart, else ordinals."""
        if denominator == 2:
            return self.half
        part = self.denominators.get(denominator) or self.ordinal(denominator, "masculine")
        noun = part if numerator == 1 else self.plural(part)
        return f"{self.cardinal(numerator, 'masculine')} {noun}"

    def mixed(self, whole: int, part: str) -> str:
        """Return "uno y medio", "deux et un quart"."""
        said = self.cardinal(whole)
        if part == self.half and self.and_half:
            return f"{said} {self.and_half}"
        return f"{said} {self.and_word} {part}"

    def half_of(self, place: Place) -> str | None:
        """Return "medio", "media" before a noun."""
        gender = self.form_of(place)
        return self.half_forms[gender == "feminine"] or None if gender else None

    def edition(self, number: int, place: Place) -> str | None:
        """Return the ordinal of "la II Guerra Mundial", which agrees with the noun."""
        noun = (place.after(1) or [""])[0].rstrip(".")
        is_named = noun[:1].isupper() or noun in ("guerra", "edición", "edizione", "edição")
        before = place.word_before.lower()
        if before not in self.articles or not is_named or place.next != " " or len(noun) < 4:
            return None
        is_number = number < 40 and noun.upper() != noun
        return self.ordinal(number, self.gender_of(noun.lower())) if is_number else None

    articles: ClassVar[frozenset[str]] = frozenset()
    """Of the singular, also with a preposition."""

    def regnal(self, number: int, place: Place) -> str:
        """Return the number of a ruler: an ordinal up to ten that agrees with the name."""
        if number > _LAST_ORDINAL:
            return self.cardinal(number)
        return self.ordinal(number, "feminine" if place.word_before in WOMEN else "masculine")

    denominators: ClassVar[dict[int, str]] = {}
    """Names of parts that are no ordinals."""

    def plural(self, word: str) -> str:
        """Return the plural of a part of a fraction."""
        return word if word.endswith("s") else f"{word}s"
