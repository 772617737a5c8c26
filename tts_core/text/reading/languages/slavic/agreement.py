"""Numbers that agree with the noun after them and the preposition before them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import regex

from tts_core.text.reading.language import Language
from tts_core.text.reading.languages.slavic.ordinals import Ordinals
from tts_core.text.reading.number import ascii_digits
from tts_core.text.reading.rule import Place

_NUMBER = regex.compile(r"(?:\d{1,4}|[IVXІХ]+)\.?")


class Agreement(Language):
    """Numbers agree with the noun after them and with the preposition before them."""

    numbers_in_codes = True
    ordinals: ClassVar[Ordinals]
    prepositions: ClassVar[Mapping[str, str]] = {}
    """Case by the word before a number, as "-genitive"."""
    between_word: ClassVar[str] = ""
    conjunctions: ClassVar[frozenset[str]] = frozenset()
    """Between two numbers after it."""
    locative_ends: ClassVar[tuple[str, ...]] = ()
    instrumental_ends: ClassVar[tuple[str, ...]] = ()
    """Ends of nouns in the plural, which tell the case after a preposition with several."""
    cardinal_cases: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """Words of cardinals by case, where CLDR has none: from those of the nominative."""
    nouns: ClassVar[Mapping[str, tuple[str, str, str]]] = {}
    """Form of an adjective by the end of the noun: `noun_forms`."""
    plurals: ClassVar[Mapping[str, str]] = {}
    """Form of a cardinal that ends in 2 (or any, before persons), by the end of the noun."""
    compounds: ClassVar[Mapping[int, str]] = {}
    """First parts of words by number: "two-" of "two-year"."""
    year_nouns: ClassVar[Mapping[str, str]] = {}
    """Words for "year" with the form of the ordinal, as `nouns` has them."""
    year_signs: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """Abbreviations of "year", "years" and "century": the word by case."""
    regnal_men: ClassVar[frozenset[str]] = frozenset()
    regnal_women: ClassVar[frozenset[str]] = frozenset()
    """Names of rulers without their endings."""
    men_endings: ClassVar[Mapping[str, str]] = {}
    women_endings: ClassVar[Mapping[str, str]] = {}
    """Case by the ending of such a name."""
    edition_nouns: ClassVar[tuple[str, ...]] = ()
    """Beginnings of nouns after a roman ordinal: "II wojna"."""
    only_small_agree: ClassVar[bool] = False
    """Whether of the numbers that end in 1 only 1 agrees."""

    # Numbers

    def ordinal(self, number: int, form: str = "") -> str:
        """Return an ordinal; the form is a gender, or gender and case."""
        if number == 0:
            return self.cardinal(0)
        return self.ordinals.spell(number, form or "masculine", self.cardinal, self.compound)

    def cardinal(self, number: int, form: str = "") -> str:
        """Return a cardinal; the form is a gender, or gender and case."""
        gender, _, case = form.partition("-")
        table = self.cardinal_cases.get(case)
        if table is None:
            return super().cardinal(number, form)
        said = super().cardinal(number, gender).split()
        return " ".join(table.get(word, word) for word in said)

    def compound(self, number: int) -> str:
        """Return a number as the first part of a word."""
        if number in self.compounds:
            return self.compounds[number]
        if number == 0:
            return self.cardinal(0)
        if number > 999:
            return f"{self.cardinal(number)} "
        unit = 100 if number > 100 else 10
        return self.compound(number - number % unit) + self.compound(number % unit)

    def noun_form(self, noun: str, case: str = "") -> str:
        """Return the form of an adjective before a noun; `case` is that of a preposition."""
        word = f" {noun.lower()}"
        for start in range(len(word)):
            if forms := self.nouns.get(word[start:]):
                return forms[{"-genitive": 1, "-locative": 2}.get(case, 0)]
        return f"masculine{case}"

    def case_of(self, place: Place, noun: str = "") -> str:
        """Return the case that the word before a number demands, "" for the nominative."""
        before = place.word_before.lower().rstrip(".")
        if before in self.conjunctions and self.between_word in map(str.lower, place.before(3)):
            before = self.between_word  # "between 5 and 10"
        row = place.before(3)
        if before in self.conjunctions and len(row) > 2 and _NUMBER.fullmatch(row[1]):
            before = row[0].lower()  # "na přelomu 19. a 20. století"
        if before in self.prepositions:
            case = self.prepositions[before]
            if noun.endswith(self.instrumental_ends) and case != "-locative":
                return "-instrumental"
            if noun.endswith(self.locative_ends):
                return "-locative"
            return case
        return ""

    def cardinal_case(self, place: Place, noun: str) -> str:
        """Return the case of a cardinal: a locative only before a noun that is in it."""
        case = self.case_of(place, noun)
        return "" if case == "-locative" and not noun.endswith(self.locative_ends) else case

    def form_of(self, place: Place) -> str:
        """Return gender and case by the words around a number."""
        noun = ""
        if place.next in (" ", "\u00a0"):
            noun = (place.after(1) or [""])[0].lower().rstrip(".")
            noun = noun if noun[:1].isalpha() else ""
        number = int(ascii_digits(place.text)[-15:] or 0)
        case = self.cardinal_case(place, noun)
        if not noun:
            return f"masculine{case}" if case else ""
        if self._agrees(number):
            return self.noun_form(noun, self.case_of(place, noun))
        gender = self._plural_form(noun)
        return f"{gender.partition('-')[0] if case else gender}{case}"

    def _agrees(self, number: int) -> bool:
        """Return whether a number ends in a 1 that agrees with a noun in the singular."""
        if self.only_small_agree:
            return number == 1
        return number % 10 == 1 and number % 100 != 11

    def _plural_form(self, noun: str) -> str:
        word = f" {noun}"
        for start in range(len(word)):
            if found := self.plurals.get(word[start:]):
                return found
        return "masculine"
