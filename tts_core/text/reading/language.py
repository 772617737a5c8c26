"""A language's way to say things: what CLDR gives, for languages to override.

The rules of the kinds (`kinds/`) find what is written and call these methods to say it.
A language in `languages/` is a subclass with its own data and grammar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import regex

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.cldr import tokens
from tts_core.text.reading.data.books import BOOKS
from tts_core.text.reading.data.rulers import RULERS
from tts_core.text.reading.data.signs import (
    CURRENCIES,
    CURRENCY_CODES,
    ONLY_TIGHT,
    UNITS,
    UNITS_ALONE,
)
from tts_core.text.reading.number import Number
from tts_core.text.reading.numerals import Numerals
from tts_core.text.reading.rule import Place, Rule

_WORD_END = regex.compile("[ .]")
_LETTERS_END = regex.compile(r"[^\p{L}\p{M}]")
_LOWER_ROMANS = frozenset(
    [
        "ii",
        "iii",
        "iv",
        "v",
        "vi",
        "vii",
        "viii",
        "ix",
        "x",
        "xi",
        "xii",
        "xiii",
        "xiv",
        "xv",
        "xvi",
        "xvii",
        "xviii",
    ]
)
"""Numbers of pages and scenes."""


class Language(Numerals):
    """The default for every language: CLDR's names and rules, and signs left as written."""

    # Quantities

    def form(self, forms: Sequence[str], number: Number) -> str:
        """Return the form of a noun after a number: of two, or of CLDR's four."""
        category = self.cldr.plural(abs(number.value))
        if len(forms) == 2:
            return forms[category != "one"]
        return dict(zip(("one", "few", "many", "other"), forms, strict=True))[category]

    def quantity(self, number: Number, unit: str) -> str | None:
        """Return a number with its unit, None for a unit that has no name in this language."""
        if unit in self.units:
            noun = self.form(self.units[unit], number)
            pattern: str | None = f"{{0}}{self.joint}{noun}"
        else:
            pattern = self.cldr.unit(unit, abs(number.value))
        if pattern is None:
            return None
        return pattern.replace("{0}", self.number(number, self.genders.get(unit, self.unit_gender)))

    def unit_range(self, first: Number, last: Number, unit: str) -> str | None:
        """Return a range of quantities with one unit."""
        spoken = self.quantity(last, unit)
        return None if spoken is None else self.between(self.number(first), spoken)

    def quantity_at(self, number: Number, unit: str, place: Place) -> str | None:
        """Return a quantity as the words around it demand."""
        return self.quantity(number, unit)

    def is_word(self, sign: str, place: Place, before: str, number: Number) -> bool:
        """Return whether the sign of a unit, with `before` before it, is a word of the language.

        A letter right after the number of a section belongs to it: "class 4A".
        """
        if before.isspace():
            return sign in self.words_like_units
        return sign in ONLY_TIGHT and place.word_before.lower() in self.section_words

    def part_of(self, name: str) -> str:
        """Return the name of a unit after a fraction: "de litre"."""
        return name

    def unit_of_part(self, unit: str, whole: int) -> str | None:
        """Return the name of a unit after a fraction, or a whole number (0 if none) and one."""
        return self.unit_name(unit, Number("5" if whole else "1"))

    def half_of_unit(self, unit: str) -> str | None:
        """Return a half as it is said before a unit, None for "one half" of it."""
        return None

    def per(self, spoken: str, unit: str) -> str | None:
        """Return a spoken quantity per unit."""
        pattern = self.cldr.per(unit)
        if pattern is not None:
            return pattern.replace("{0}", spoken).strip()
        name = self.unit_name(unit, Number("1"))
        return f"{spoken} {self.per_word} {name}".strip() if name and self.per_word else None

    def unit_name(self, unit: str, number: Number) -> str | None:
        """Return the name of a unit alone, as it is after a number."""
        if unit in self.units:
            return self.form(self.units[unit], number)
        pattern = self.cldr.unit(unit, abs(number.value))
        return None if pattern is None else pattern.replace("{0}", "").strip()

    def unit_alone(self, unit: str, place: Place) -> str | None:
        """Return a unit without a number: in the singular after "per" and the like."""
        single = (place.before(1) or [""])[-1].lower() in self.before_single_unit
        return self.unit_name(unit, Number("1" if single else "5"))

    # Money

    def currency(self, code: str, number: Number) -> str | None:
        """Return the name of a currency for an amount of it."""
        if code in self.currencies:
            return self.form(self.currencies[code], number)
        return self.cldr.currency(code, abs(number.value))

    def money(self, number: Number, code: str, magnitude: str = "") -> str | None:
        """Return an amount of money; `magnitude` is a key of `magnitudes` or ""."""
        if magnitude:
            name = self.currency(code, Number("1000000"))
            return None if name is None else self.of_magnitude(number, magnitude, name)
        split = len(number.fraction) == 2 and code in self.cents
        if split and number.fraction != "00":
            return self.money_with_cents(number, code)
        exact = Number(number.whole, "", number.negative) if split else number
        name = self.currency(code, exact)
        if name is None:
            return None
        return self.joint.join((self.number(exact, self.genders.get(code, self.unit_gender)), name))

    def money_at(self, number: Number, code: str, magnitude: str, place: Place) -> str | None:
        """Return an amount of money as the words around it demand."""
        return self.money(number, code, magnitude)

    def of_magnitude(self, number: Number, magnitude: str, name: str) -> str:
        """Return "two million" of something."""
        forms = self.magnitudes[magnitude]
        word = self.form(forms, number)
        said = self.number(number, self.genders.get(forms[0], self.unit_gender))
        return self.joint.join(part for part in (said, word, name) if part)

    def of_magnitude_at(self, number: Number, magnitude: str, place: Place) -> str:
        """Return "two million" as the words around it demand."""
        return self.of_magnitude(number, magnitude, "")

    def money_with_cents(self, number: Number, code: str) -> str | None:
        """Return an amount with two decimals, which are not both 0."""
        cents = self.minor(int(number.fraction), code)
        if not number.whole.strip("0"):
            return f"{self.minus} {cents}" if number.negative else cents
        whole = self.money(Number(number.whole, "", number.negative), code)
        return None if whole is None else self.with_cents(whole, cents, int(number.fraction))

    def minor(self, number: int, code: str) -> str:
        """Return hundredths of a currency."""
        forms = self.cents[code]
        said = self.cardinal(number, self.genders.get(forms[0], self.unit_gender))
        return self.joint.join((said, self.form(forms, Number(str(number)))))

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Join a spoken amount and its hundredths, whose number is given too."""
        return self.joint.join((whole, cents))

    # Dates and times

    @cached_property
    def months(self) -> Mapping[str, int]:
        """Months by name and abbreviation, lower case, without a full stop."""
        return {**self.cldr.months, **self.extra_months}

    @cached_property
    def weekdays(self) -> Mapping[str, str]:
        """Days of the week by abbreviation, lower case, without a full stop."""
        return {**self.cldr.weekdays, **self.extra_weekdays}

    def weekday(self, name: str, place: Place) -> str:
        """Return the name of a day of the week as the words before it demand."""
        return name

    def day(self, number: int, place: Place) -> str:
        """Return the day of a date in words."""
        return self.cardinal(number)

    def month(self, number: int) -> str:
        """Return the name of a month in a date."""
        return self.cldr.month(number)

    def date(self, place: Place, day: str, month: int, year: int | None) -> str:
        """Return a date in words; `day` is spoken already, "" when there is none."""
        pattern = self.cldr.date_pattern(day=bool(day), year=year is not None)
        spoken = {"d": day, "M": self.month(month), "y": "" if year is None else self.year(year)}
        parts = [spoken[field] if field else text for field, text in tokens(pattern)]
        return self.date_word("".join(parts)).replace(". ", " ").strip().removesuffix(".")

    def date_word(self, text: str) -> str:
        """Return a date without the abbreviations that CLDR's pattern has."""
        return text

    def time(
        self, hour: int, minute: int, second: int | None, place: Place, half: str = ""
    ) -> str | None:
        """Return a time of day in words, None when it is none.

        `half` is "a.m." or "p.m." as it is said, or "".
        """
        parts = [self.cardinal(hour), self.cardinal(minute) if minute or second else ""]
        if second is not None:
            parts.append(self.cardinal(second))
        return " ".join(part for part in (*parts, half) if part)

    def time_range(self, place: Place, first: str, last: str) -> str:
        """Return a range of two spoken times; `place` has their hours and minutes."""
        return self.between(first, last)

    def half_day(self, text: str) -> str:
        """Return "a.m." or "p.m." as it is said after a time."""
        return text

    def short_year(self, digits: str) -> str | None:
        """Return the year of two digits after an apostrophe: "'99"."""
        return self.digits(digits) if digits[0] == "0" else self.cardinal(int(digits))

    def decade(self, number: int, place: Place) -> str | None:
        """Return a decade ("1990s", "80er"); `number` has two or four digits."""
        return None

    # Words

    def upper(self, text: str) -> str:
        """Return a text in upper case."""
        return text.upper()

    def lower(self, text: str) -> str:
        """Return a text in lower case."""
        return text.lower()

    @cached_property
    def triggers(self) -> frozenset[str]:
        """Lower-case words without a full stop with which a rule may begin."""
        bare = {key.rstrip("!") for key in self.abbreviations}
        signs = {sign for sign in (*CURRENCIES, *self.currency_signs) if sign[0].isalpha()}
        romans = {f"{digit}{suffix}" for digit in "IVX" for suffix in self.roman_suffixes}
        if self.section_words:
            romans |= _LOWER_ROMANS
        known = (
            *self.months,
            *self.weekdays,
            *(sign for sign in self.signs if sign.isalpha()),
            *romans,
            *bare,
            *signs,
            *self.extra_triggers,
            *BOOKS.get(self.tag[:2], ()),
            *self.unit_signs,
            *UNITS_ALONE,
        )
        return frozenset(_WORD_END.split(word, maxsplit=1)[0].lower() for word in known)

    @cached_property
    def after_numbers(self) -> frozenset[str]:
        """Lower-case words after a space that may belong to the number before it."""
        known = (
            *UNITS,
            *self.unit_signs,
            *CURRENCIES,
            *self.currency_signs,
            *CURRENCY_CODES,
            *self.magnitudes,
            *self.months,
            *self.hour_words,
            *self.between_date_parts,
            *self.year_words,
            *self.ordinal_suffixes,
            *self.day_suffixes,
            "am",
            "pm",
        )
        return frozenset(_LETTERS_END.split(word, maxsplit=1)[0].lower() for word in known)

    def rules(self) -> Iterator[Rule]:
        """Yield rules of the language alone, tried before those of codes, words and numbers."""
        return iter(())

    def with_particle(self, text: str, end: int, spoken: str, kind: str) -> tuple[int, str]:
        """Return where a particle ends that follows text[:end], and what is said with it.

        `spoken`, `kind`: how what ends there is said, and what it is.
        """
        return end, spoken

    def sentence_follows(self, place: Place) -> bool:
        """Return whether a sentence, or nothing, follows an abbreviation's full stop."""
        if place.next in ("", "\n"):
            return True
        rest = place.source[place.end : place.end + 40].lstrip(" \"'“”’»)]")
        if not rest or rest[0] == "\n":
            return True
        words = place.after(1)
        return bool(words) and words[0].rstrip(".").lower() in self.starters and rest[0].isupper()

    def letters(self, text: str) -> str:
        """Return letters so that they are spelled, not read as a word."""
        return text.upper()

    def abbreviation(self, word: str, place: Place) -> Abbreviation | None:
        """Return what an abbreviation means here; `word` is as in the text, without full stop."""
        return self.abbreviations.get(word) or self.abbreviations.get(word.lower())

    def power(self, exponent: Number) -> str | None:
        """Return an exponent in words, "squared" for 2."""
        return None

    def section_number(self, number: int, place: Place) -> str | None:
        """Return a roman number after one of `section_words`."""
        return self.cardinal(number)

    def century(self, number: int, place: Place) -> str | None:
        """Return a roman number that is a century by the words around it, else None."""
        return None

    def edition(self, number: int, place: Place) -> str | None:
        """Return a roman number before a noun, as in "the XX Congress"."""
        return None

    def regnal(self, number: int, place: Place) -> str:
        """Return the number of a ruler."""
        return self.ordinal(number)

    def is_ruler(self, name: str) -> bool:
        """Return whether a word is the name of a ruler, perhaps in another case."""
        return name in RULERS

    def is_regnal(self, number: int, place: Place) -> bool:
        """Return whether a roman number after the name of a ruler is one."""
        return True

    def address_part(self, text: str) -> str:
        """Return a part of an address that is neither a sign nor a number."""
        return text
