"""Numbers in words: what CLDR gives, for languages to override."""

from __future__ import annotations

from functools import cached_property, lru_cache

from tts_core.text.reading.cldr import Cldr
from tts_core.text.reading.language_data import LanguageData
from tts_core.text.reading.number import Number, ascii_digits
from tts_core.text.reading.rule import Place

_NO_WORD = "−"
"""The sign of a negative number, where CLDR has no word for it."""
_LONGEST = 15
"""A number with more digits is read digit by digit."""
_REMEMBERED = 4096


class Numerals(LanguageData):
    """Says cardinals, ordinals, years, decimals, fractions and ranges of numbers."""

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
        self.minus = self.minus or (half or "").replace(one, "").strip() or _NO_WORD
        self._spelled = lru_cache(maxsize=_REMEMBERED)(self.cardinal)
        """Returns the same as `cardinal`, which takes several steps in most languages."""

    @cached_property
    def spells(self) -> bool:
        """Whether CLDR has rules for numbers; the others stay digits, which the engine says."""
        return bool(self._cardinal_rules(""))

    def cardinal(self, number: int, form: str = "") -> str:
        """Return a whole number in words; `form` is a gender or a case that the language knows."""
        if number < 0:
            return f"{self.minus} {self.cardinal(-number, form)}"
        return self._say(number, form)

    def _say(self, number: int, form: str = "") -> str:
        found = self.cldr.spell(number, self._cardinal_rules(form))
        if found is None and not self.spells:
            return str(number)
        return self.digits(str(number)) if found is None else found

    def _cardinal_rules(self, form: str) -> str:
        names = [f"spellout-cardinal-{form}"] if form else []
        common = ("spellout-numbering", "spellout-cardinal", "spellout-cardinal-masculine")
        return self.cldr.first_rule_set(*names, *common)

    def ordinal(self, number: int, form: str = "") -> str:
        """Return an ordinal number in words, or the cardinal where there are no ordinals."""
        names = [f"spellout-ordinal-{form}"] if form else []
        common = ("spellout-ordinal", "spellout-ordinal-masculine", "spellout-ordinal-common")
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

    def telephone_group(self, digits: str) -> str:
        """Return the digits of a telephone number between two spaces."""
        return self.digits(digits)

    @property
    def joint(self) -> str:
        """Return what stands between spoken words."""
        return "" if self.unspaced else " "

    def number(self, number: Number, form: str = "") -> str:
        """Return a number in words: sign, whole number, the digits after the decimal sign."""
        if not self.spells:
            sign = "-" if self.minus == _NO_WORD else f"{self.minus} "
            fraction = f"{self.decimal_sign}{number.fraction}" if number.fraction else ""
            return f"{sign if number.negative else ''}{number.whole}{fraction}"
        sign = f"{self.minus}{self.joint}" if number.negative else ""
        if len(number.whole) > _LONGEST or (len(number.whole) > 1 and number.whole[0] == "0"):
            whole = self.digits(number.whole)
        else:
            whole = self._spelled(int(number.whole), "" if number.fraction else form)
        if not number.fraction:
            return sign + whole
        return sign + self.joint.join((whole, self.decimal_word, self.decimals(number.fraction)))

    @cached_property
    def decimal_word(self) -> str:
        """Return the word for the decimal sign."""
        return self.point or self.cldr.decimal_word

    def decimals(self, digits: str) -> str:
        """Return the digits after the decimal sign in words."""
        if (
            self.number_after_sign
            and 1 < len(digits) < 4
            and (len(digits) == 2 or digits[-1] != "0")
        ):
            zeros = len(digits) - len(digits.lstrip("0"))
            spoken = [self.digits("0" * zeros)] if zeros else []
            return self.joint.join([*spoken, self.cardinal(int(digits))])
        return self.digits(digits)

    def plain_number(self, number: Number, place: Place) -> str:
        """Return a number with nothing around it that says what it is."""
        if self.is_code(number, place):
            return self.digits(number.whole)
        if self.is_year(number) and not set(place.text) - set("0123456789"):
            return self.year(int(number.whole))
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
        if self.unspaced:
            return any(word.endswith(tuple(self.code_words)) for word in before[-1:])
        return any(word in self.code_words for word in before)

    def number_range(self, first: Number, last: Number, place: Place) -> str:
        """Return a range of numbers, or a score."""
        years = self.is_year(first) and not place["a"].count(",")
        if years and self.is_year(last):
            return self.between(self.year(int(first.whole)), self.year(int(last.whole)))
        if years and len(last.whole) == 2 and int(last.whole) > int(first.whole[2:]):
            return self.between(self.year(int(first.whole)), self.cardinal(int(last.whole)))
        if len(first.whole) < 4 and first == last:
            return self.joint.join((self.number(first), self.number(last)))  # "50-50"
        if self.score_word and len(first.whole) < 3 and first.value > last.value:
            return self.joint.join((self.number(first), self.score_word, self.number(last)))
        return self.between(self.number(first), self.number(last))

    def between(self, first: str, last: str) -> str:
        """Return a range of two spoken things."""
        to = self.to or ("" if self.spells else "–")  # "10 200" is one number
        return self.joint.join(part for part in (first, to, last) if part)

    def half_of(self, place: Place) -> str | None:
        """Return a half as it is said before a noun, None where no noun follows."""
        return None

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return a fraction in words."""
        over = self.signs.get("/", "/")
        parts = (self.cardinal(numerator), over, self.cardinal(denominator))
        return self.joint.join(part for part in parts if part)

    def mixed(self, whole: int, part: str) -> str:
        """Return a whole number and a spoken fraction."""
        return self.joint.join((self.cardinal(whole), part))

    def mixed_at(self, whole: int, part: str, place: Place, unit: str = "") -> str:
        """Return a whole number and a spoken fraction before a noun, or before a unit."""
        return self.mixed(whole, part)

    def ratio(self, first: int, second: int, place: Place) -> str | None:
        """Return two numbers with a slash that are no proper fraction, such as "24/7"."""
        over = () if self.spells else ("/",)
        return self.joint.join((self.cardinal(first), *over, self.cardinal(second)))

    def score(self, first: int, second: int) -> str | None:
        """Return two numbers with a colon that are no time: "3:2"."""
        word = self.score_word or self.to
        parts = (self.cardinal(first), word, self.cardinal(second))
        return self.joint.join(parts) if word else None

    def version(self, text: str) -> str:
        """Return a number with several points, such as "3.2.1"."""
        point = self.symbols.get(".", self.decimal_word)
        spoken = [self.number(Number(part)) for part in text.split(".")]
        return f"{self.joint}{point}{self.joint}".join(spoken)

    def written_ordinal(self, place: Place, digits: str, suffix: str) -> str | None:
        """Return an ordinal that is written with digits and a suffix."""
        return self.ordinal(int(ascii_digits(digits)), self.ordinal_form(place, suffix))

    def ordinal_form(self, place: Place, suffix: str = "") -> str:
        """Return the gender or case of an ordinal by its suffix and the words around it."""
        return ""
