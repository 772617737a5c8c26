"""What Polish, Czech and Ukrainian have in common: forms of numbers by the words around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

import regex

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.languages.slavic.agreement import Agreement
from tts_core.text.reading.number import Number, roman_value
from tts_core.text.reading.rule import DASH, Place, Rule, any_of, rule

_ROMAN = r"(?=[IVXІХ])(?:X|Х){0,3}(?:[IІ][XХ]|[IІ]V|V?[IІ]{0,3})"
"""Up to 39, in letters of either script, as they are typed on Ukrainian keyboards."""
_CYRILLIC = str.maketrans("ІХ", "IX")
_FREE = r"(?<![\p{L}\p{N}.,:/–-])"
_ROW = regex.compile(r"[ ]\p{Ll}{1,4}[ ]\d{1,4}\.[ ](?P<noun>\p{L}+)")
"""After the first of two ordinals with a full stop."""
_MOST_GIVEN = 4
"""Letters of a word that may be a preposition."""
_SHORT_YEAR = 2
"""Digits of a number that is hardly a year."""


class Inflected(Agreement):
    """Quantities, dates and roman numbers in the forms that the words around them demand."""

    # Quantities in the case of a preposition

    def quantity_at(self, number: Number, unit: str, place: Place) -> str | None:
        """Return a quantity in the genitive after a preposition that demands it."""
        said = self.quantity(number, unit)
        if said is None or self.case_of(place) != "-genitive" or number.fraction:
            return said
        gender = self.genders.get(unit, self.unit_gender) or "masculine"
        name = self.unit_name(unit, self._genitive(number))
        return f"{self.number(number, f'{gender}-genitive')} {name}"

    def money_at(self, number: Number, code: str, magnitude: str, place: Place) -> str | None:
        """Return an amount of money in the genitive after a preposition that demands it."""
        said = self.money(number, code, magnitude)
        if said is None or self.case_of(place) != "-genitive" or number.fraction:
            return said
        if magnitude:
            name = self.currency(code, Number("1000000")) or ""
            return f"{self._magnitude_genitive(number, magnitude)} {name}"
        gender = self.genders.get(code, self.unit_gender) or "masculine"
        name = self.currency(code, self._genitive(number)) or ""
        return f"{self.number(number, f'{gender}-genitive')} {name}"

    def of_magnitude_at(self, number: Number, magnitude: str, place: Place) -> str:
        """Return "two million" in the genitive after a preposition that demands it."""
        if self.case_of(place) != "-genitive" or number.fraction:
            return self.of_magnitude(number, magnitude, "")
        return self._magnitude_genitive(number, magnitude)

    def _genitive(self, number: Number) -> Number:
        """Return a number whose plural category is that of the genitive of this one."""
        return Number("1", "5") if self._agrees(int(number.whole)) else Number("5")

    def _magnitude_genitive(self, number: Number, magnitude: str) -> str:
        forms = self.magnitudes[magnitude]
        gender = self.genders.get(forms[0]) or "masculine"
        said = self.number(number, f"{gender}-genitive")
        return f"{said} {self.form(forms, self._genitive(number))}"

    half: ClassVar[str] = ""
    """Before a noun in the genitive."""
    and_half: ClassVar[str] = ""
    """After a whole number."""
    and_part: ClassVar[str] = ""
    """Between a whole number and a fraction."""

    def mixed_at(self, whole: int, part: str, place: Place, unit: str = "") -> str:
        """Return a whole number that agrees with the noun or unit after it, and a fraction."""
        form = self.genders.get(unit, self.unit_gender) if unit else ""
        if not unit and place.next == " " and (noun := place.after(1)):
            form = self._plural_form(noun[0].lower().rstrip("."))
        said = self.cardinal(whole, form)
        if part == self.fraction(1, 2):
            return f"{said} {self.and_half}"
        return f"{said} {self.and_part} {part}"

    def half_of(self, place: Place) -> str | None:
        """Return a half as it is said before a noun."""
        return self.half if place.next == " " and place.after(1) else None

    def half_of_unit(self, unit: str) -> str | None:
        """Return a half as it is said before a unit."""
        return self.half

    accusative_ending: ClassVar[tuple[str, str]] = ("", "")
    """Of feminine nouns: that of the nominative, and what it becomes."""

    def per(self, spoken: str, unit: str) -> str | None:
        """Return a spoken quantity per unit, whose name is in the accusative."""
        if self.cldr.per(unit) is not None or not (name := self.unit_name(unit, Number("1"))):
            return super().per(spoken, unit)
        old, new = self.accusative_ending
        name = name.removesuffix(old) + new if name.endswith(old) else name
        return f"{spoken} {self.per_word} {name}".strip()

    def is_word(self, sign: str, place: Place, before: str, number: Number) -> bool:
        """Tell units from words: after a decimal fraction it is a unit."""
        return super().is_word(sign, place, before, number) and not number.fraction

    def unit_of_part(self, unit: str, whole: int) -> str | None:
        """Return a unit after a fraction: in the genitive singular."""
        return self.unit_name(unit, Number("1", "5"))

    # Dates

    def day(self, number: int, place: Place) -> str:
        """Return the day in the genitive."""
        return self.ordinal(number, "masculine-genitive")

    def years(self, place: Place) -> str | None:
        """Read one or two years with the word after them."""
        written, before = place["word"], place.word_before.lower()
        case = self.case_of(place)
        stop = ""
        if written in self.year_signs:
            if not case and before.isalpha():
                case = "-genitive"  # "in the spring of 1999"
            word = self.year_signs[written][case if case in self.year_signs[written] else ""]
            stop = "." if self.sentence_follows(place) else ""
        else:
            word = written
        form = self.noun_form(word, case)
        if place["first"] and form.startswith("plural"):
            form = form.replace("plural", "masculine")
        years = [place[group] for group in ("first", "n") if place[group]]
        return f"{' – '.join(self.ordinal(int(year), form) for year in years)} {word}{stop}"

    # Roman numbers

    def century(self, number: int, place: Place) -> str | None:
        """Return a roman number before the word for "century" in its case."""
        following = (place.after(1) or [""])[0].rstrip(".")
        if place.next != " " or following.lower() not in self.century_nouns:
            return None
        return self.ordinal(number, self.noun_form(following, self.case_of(place)))

    century_nouns: ClassVar[frozenset[str]] = frozenset()
    """The word for "century" in its cases."""

    def edition(self, number: int, place: Place) -> str | None:
        """Return a roman number before a noun that is counted so."""
        following = (place.after(1) or [""])[0].lower().rstrip(".")
        if place.next != " " or not following.startswith(self.edition_nouns or ("\0",)):
            return None
        return self.ordinal(number, self.noun_form(following, self.case_of(place)))

    def is_ruler(self, name: str) -> bool:
        """Return whether a word is the name of a ruler in any case."""
        return super().is_ruler(name) or bool(self._regnal_form(name))

    def _regnal_form(self, name: str) -> str:
        """Return gender and case of the name of a ruler, "" for other words."""
        for gender, names, table in (
            ("masculine", self.regnal_men, self.men_endings),
            ("feminine", self.regnal_women, self.women_endings),
        ):
            for ending, case in table.items():
                if name.endswith(ending) and name.removesuffix(ending) in names:
                    return gender + case
        return ""

    def regnal(self, number: int, place: Place) -> str:
        """Return the number of a ruler in the case of the name."""
        name = place.word_before
        form = self._regnal_form(name) or "masculine"
        return self.ordinal(number, form).capitalize()

    # Rules

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of years, centuries, compound words."""
        words = any_of(self.year_nouns)
        signs = any_of(self.year_signs)
        if self.year_nouns:
            yield rule(
                "date",
                "digit",
                rf"{_FREE}(?:(?P<first>\d{{3,4}})[ ]?{DASH}[ ]?)?(?P<n>\d{{1,4}})[ \u00a0]"
                rf"(?P<word>{words}(?!\p{{L}})|(?:{signs})(?!\p{{L}}))",
                lambda place: self.years(place) if self._is_year(place) else None,
            )
            year = r"(?:1[1-9]|20)\d\d"
            yield rule(
                "date",
                "digit",
                rf"{_FREE}(?P<n>{year})(?=[ ]\p{{Ll}}{{1,3}}[ ]{year}[ ]"
                rf"(?:(?:{words})(?!\p{{L}})|{signs}))",
                lambda place: self.ordinal(int(place["n"]), f"masculine{self.case_of(place)}"),
            )
        yield rule(
            "roman",
            "letter",
            rf"(?<![\p{{L}}\p{{N}}-])(?P<n>{_ROMAN})"
            rf"(?:(?:[ ]?{DASH}[ ]?|[ ](?P<and>\p{{Ll}}{{1,2}})[ ])(?P<last>{_ROMAN}))?"
            rf"\.?[ \u00a0](?P<word>(?:{any_of(self.century_signs)})(?!\p{{L}})"
            rf"|(?:{any_of(self.century_nouns)})(?!\p{{L}}))",
            self._century,
        )
        if self.compounds:
            yield rule(
                "number",
                "digit",
                rf"(?<![\p{{L}}\p{{N}}.,])(?P<n>\d{{1,4}}){self.before_compound}"
                rf"(?P<rest>\p{{Ll}}{{3,}})",
                lambda place: self.compound_word(int(place["n"]), place["rest"]),
            )

    century_signs: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """Abbreviations of the word for "century", with the word by case."""
    before_compound: ClassVar[str] = "-"
    """Between the number and the rest of a compound word, as a pattern."""

    def compound_word(self, number: int, rest: str) -> str | None:
        """Return a word that begins with a number, "18-year"; None for an ordinal."""
        if f"-{rest}" in self.ordinal_suffixes:
            return None
        return f"{self.compound(number)}{rest}"

    def _century(self, place: Place) -> str:
        written, case, stop = place["word"], self.case_of(place), ""
        word = written
        if written in self.century_signs:
            forms = self.century_signs[written]
            if not case and place.word_before.isalpha():
                case = "-genitive" if len(place.word_before) > _MOST_GIVEN else ""
            word = forms[case if case in forms else ""]
            stop = "." if self.sentence_follows(place) else ""
        form = self.noun_form(word, case).replace("plural", "masculine")
        numbers = [place[name].translate(_CYRILLIC) for name in ("n", "last") if place[name]]
        joint = f" {place['and']} " if place["and"] else " – "
        said = joint.join(self.ordinal(roman_value(number), form) for number in numbers)
        return f"{said} {word}{stop}"

    def dotted_ordinals(self) -> Iterator[Rule]:
        """Yield the rule of ordinals with a full stop before a noun: "5. místo"."""
        yield rule(
            "ordinal",
            "digit",
            r"(?<![\p{L}\p{N},:/])(?<!\p{N}\.)(?P<n>\d{1,4})\."
            r"(?=[ \u00a0](?:\p{Ll}{2,}|\p{Ll}[ ]\d{1,4}\.[ ]\p{L}))",
            self._dotted,
        )

    def _dotted(self, place: Place) -> str:
        noun = (place.after(1) or [""])[0].lower().rstrip(".")
        if row := _ROW.match(place.source, place.end):
            noun = row["noun"].lower()  # "od 1. do 5. května"
        if noun in self.months:
            return self.ordinal(int(place["n"]), "masculine-genitive")
        return self.ordinal(int(place["n"]), self.noun_form(noun, self.case_of(place)))

    agreeing: ClassVar[frozenset[str]] = frozenset()
    """Abbreviations of adjectives, which take the form of the noun after them."""

    def abbreviation(self, word: str, place: Place) -> Abbreviation | None:
        """Return what an abbreviation means here, an adjective in the form of its noun."""
        known = super().abbreviation(word, place)
        noun = (place.after(1) or [""])[0].rstrip(".")
        if known is None or word.lower() not in self.agreeing or not noun:
            return known
        form = self._regnal_form(noun) or self.noun_form(noun, self.case_of(place))
        return replace(known, spoken=self.ordinals.declined(known.spoken, form))

    def in_case(self, known: Abbreviation, forms: Mapping[str, str], place: Place) -> Abbreviation:
        """Return an abbreviation with its noun in the case of the preposition before it."""
        return replace(known, spoken=forms.get(self.case_of(place), forms[""]))

    counted_years: ClassVar[frozenset[str]] = frozenset()
    """Words for "year" after which a short number counts them: "21 рік"."""

    def _is_year(self, place: Place) -> bool:
        """Return whether a number is a year; a short one is so before an era: "44 r. p.n.e."."""
        if len(place["n"]) > _SHORT_YEAR:
            return True
        if not place["word"].endswith("."):
            return place["word"] not in self.counted_years
        return regex.match(r"[ ](?:p\.|до)", place.source, pos=place.end) is not None
