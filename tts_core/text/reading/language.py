"""A language's way to say things: what CLDR gives, for languages to override.

The rules of the kinds (`kinds/`) find what is written and call these methods to say it.
A language in `languages/` is a subclass with its own data and grammar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import regex

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.cldr import Cldr, tokens
from tts_core.text.reading.language_data import LanguageData
from tts_core.text.reading.number import Number, ascii_digits
from tts_core.text.reading.rule import Place, Rule
from tts_core.text.reading.signs import CURRENCIES, UNITS_ALONE

_LONGEST = 15
"""A number with more digits is read digit by digit."""


class Language(LanguageData):
    """The default for every language: CLDR's names and rules, and signs left as written."""

    def __init__(self, tag: str) -> None:
        """Prepare the language of a tag such as "en-gb"."""
        self.tag = tag
        self.cldr = Cldr(tag)
        self.decimal_sign = self.decimal_sign or self.cldr.decimal_sign
        if not self.group_signs:
            sign = self.cldr.group_sign
            self.group_signs = " " if sign.isspace() else sign + " " * self.spaced_groups
        self.date_order = self.date_order or ("dmy" if self.cldr.day_first else "mdy")
        one, half = self._say(1), self.cldr.spell(-1, self._cardinal_rules(""))
        self.minus = self.minus or (half or "").replace(one, "").strip() or "−"

    # Numbers

    def cardinal(self, number: int, form: str = "") -> str:
        """Return a whole number in words; `form` is a gender or a case that the language knows."""
        if number < 0:
            return f"{self.minus} {self.cardinal(-number, form)}"
        return self._say(number, form)

    def _say(self, number: int, form: str = "") -> str:
        found = self.cldr.spell(number, self._cardinal_rules(form))
        return self.digits(str(number)) if found is None else found

    def _cardinal_rules(self, form: str) -> str:
        names = [f"spellout-cardinal-{form}"] if form else []
        common = ("spellout-numbering", "spellout-cardinal", "spellout-cardinal-masculine")
        return self.cldr.first_rule_set(*names, *common)

    def ordinal(self, number: int, form: str = "") -> str:
        """Return an ordinal number in words, or the cardinal where there are no ordinals."""
        names = [f"spellout-ordinal-{form}"] if form else []
        common = ("spellout-ordinal", "spellout-ordinal-masculine")
        rules = self.cldr.first_rule_set(*names, *common)
        return self.cldr.spell(number, rules) or self.cardinal(number)

    def year(self, number: int) -> str:
        """Return a year in words."""
        rules = self.cldr.first_rule_set("spellout-numbering-year")
        return self.cldr.spell(number, rules) or self.cardinal(number)

    def digits(self, text: str) -> str:
        """Return the digits of a text one by one."""
        names = self.digit_names or [
            self.cldr.spell(digit, self._cardinal_rules("")) or str(digit) for digit in range(10)
        ]
        return self.joint.join(names[int(digit)] for digit in ascii_digits(text))

    @property
    def joint(self) -> str:
        """What stands between spoken words."""
        return "" if self.unspaced else " "

    def number(self, number: Number, form: str = "") -> str:
        """Return a number in words: sign, whole number, the digits after the decimal sign."""
        sign = f"{self.minus}{self.joint}" if number.negative else ""
        if len(number.whole) > _LONGEST or (len(number.whole) > 1 and number.whole[0] == "0"):
            whole = self.digits(number.whole)
        else:
            whole = self.cardinal(int(number.whole), "" if number.fraction else form)
        if not number.fraction:
            return sign + whole
        return sign + self.joint.join((whole, self.decimal_word, self.decimals(number.fraction)))

    @cached_property
    def decimal_word(self) -> str:
        """The word for the decimal sign."""
        return self.point or self.cldr.decimal_word

    def decimals(self, digits: str) -> str:
        """Return the digits after the decimal sign in words."""
        if self.number_after_sign and 1 < len(digits) < 4 and digits[-1] != "0":
            zeros = len(digits) - len(digits.lstrip("0"))
            spoken = [self.digits("0" * zeros)] if zeros else []
            return self.joint.join([*spoken, self.cardinal(int(digits))])
        return self.digits(digits)

    def plain_number(self, number: Number, place: Place) -> str:
        """Return a number with nothing around it that says what it is."""
        if self.is_year(number) and not set(place.text) - set("0123456789"):
            return self.year(int(number.whole))
        if self.is_code(number, place):
            return self.digits(number.whole)
        return self.number(number, self.form_of(place))

    def form_of(self, place: Place) -> str:
        """Return the gender or case of a number by the words around it."""
        return ""

    def is_year(self, number: Number) -> bool:
        """Return whether a number without group signs is probably a year."""
        return (
            len(number.whole) == 4
            and not (number.fraction or number.negative)
            and 1100 <= int(number.whole) < 2100
        )

    def is_code(self, number: Number, place: Place) -> bool:
        """Return whether a number is a code, whose digits are read one by one."""
        if number.fraction or number.negative or len(number.whole) < 4:
            return False
        before = [word.lower().rstrip(".") for word in place.before(2)]
        return any(word in self.code_words for word in before)

    def number_range(self, first: Number, last: Number, place: Place) -> str:
        """Return a range of numbers, or a score."""
        years = self.is_year(first) and not place["a"].count(",")
        if years and self.is_year(last):
            return self.between(self.year(int(first.whole)), self.year(int(last.whole)))
        if years and len(last.whole) == 2 and int(last.whole) > int(first.whole[2:]):
            return self.between(self.year(int(first.whole)), self.cardinal(int(last.whole)))
        return self.between(self.number(first), self.number(last))

    def between(self, first: str, last: str) -> str:
        """Return a range of two spoken things."""
        return self.joint.join(part for part in (first, self.to, last) if part)

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return a fraction in words."""
        over = self.signs.get("/", "")
        parts = (self.cardinal(numerator), over, self.cardinal(denominator))
        return self.joint.join(part for part in parts if part)

    def mixed(self, whole: int, part: str) -> str:
        """Return a whole number and a spoken fraction."""
        return self.joint.join((self.cardinal(whole), part))

    def ratio(self, first: int, second: int, place: Place) -> str | None:
        """Return two numbers with a slash that are no proper fraction, such as "24/7"."""
        return self.joint.join((self.cardinal(first), self.cardinal(second)))

    def score(self, first: int, second: int) -> str | None:
        """Return two numbers with a colon that are no time: "3:2"."""
        word = self.score_word or self.to
        parts = (self.cardinal(first), word, self.cardinal(second))
        return self.joint.join(parts) if word else None

    def version(self, text: str) -> str:
        """Return a number with several points, such as "3.2.1"."""
        point = self.symbols.get(".", self.decimal_word)
        spoken = [self.number(Number(part)) for part in text.split(".")]
        return f" {point} ".join(spoken)

    def written_ordinal(self, place: Place, digits: str, suffix: str) -> str | None:
        """Return an ordinal that is written with digits and a suffix."""
        return self.ordinal(int(ascii_digits(digits)), self.ordinal_form(place, suffix))

    def ordinal_form(self, place: Place, suffix: str = "") -> str:
        """Return the gender or case of an ordinal by its suffix and the words around it."""
        return ""

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

    def of_magnitude(self, number: Number, magnitude: str, name: str) -> str:
        """Return "two million" of something."""
        forms = self.magnitudes[magnitude]
        word = self.form(forms, number)
        said = self.number(number, self.genders.get(forms[0], self.unit_gender))
        return self.joint.join(part for part in (said, word, name) if part)

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
        return "".join(parts).replace(". ", " ").strip()

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return a time of day in words; `half` is "a.m." or "p.m." as it is said, or ""."""
        parts = [self.cardinal(hour), self.cardinal(minute) if minute or second else ""]
        if second is not None:
            parts.append(self.cardinal(second))
        return " ".join(part for part in (*parts, half) if part)

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

    @cached_property
    def triggers(self) -> frozenset[str]:
        """Lower-case words without a full stop with which a rule may begin."""
        bare = {key.rstrip("!") for key in self.abbreviations}
        signs = {sign for sign in (*CURRENCIES, *self.currency_signs) if sign[0].isalpha()}
        romans = {f"{digit}{suffix}" for digit in "IVX" for suffix in self.roman_suffixes}
        known = (
            *self.months,
            *romans,
            *bare,
            *signs,
            *self.extra_triggers,
            *self.unit_signs,
            *UNITS_ALONE,
        )
        first = {regex.split(r"[ .]", word, maxsplit=1)[0].lower() for word in known}
        return frozenset(first)

    def rules(self) -> Iterator[Rule]:
        """Yield rules of the language alone, tried before those of codes, words and numbers."""
        return iter(())

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

    def regnal(self, number: int, place: Place) -> str:
        """Return the number of a ruler."""
        return self.ordinal(number)

    def address_part(self, text: str) -> str:
        """Return a part of an address that is neither a sign nor a number."""
        return text
