"""What Russian and Ukrainian have in common: decimals as fractions, years as ordinals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tts_core.text.reading.kinds.rule_of_years import year_rule
from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule


class EastSlavic(Language):
    """Decimals are whole numbers and tenths; years, days and centuries agree in case."""

    group_signs = " "
    decimal_sign = ","
    unit_gender = "masculine"
    numbers_in_codes = True
    wholes: ClassVar[tuple[str, str]] = ("", "")
    """After the whole number of a decimal: after one, after others."""
    parts: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Tenths, hundredths, thousandths: after one, after others."""
    one_thousand: ClassVar[tuple[str, str]] = ("", "")
    """How CLDR begins numbers from 1000 to 1999, and how people do."""
    year_forms: ClassVar[dict[str, str]] = {}
    """Form of the ordinal by the word for "year" after it."""
    suffix_forms: ClassVar[dict[str, str]] = {}
    """Form of an ordinal by its suffix, without the hyphen."""
    of_year: ClassVar[str] = ""
    """The word for "year" in the genitive, which ends a date."""

    def cardinal(self, number: int, form: str = "") -> str:
        """Return "тысяча", not "одна тысяча"."""
        return self._shortened(super().cardinal(number, form))

    def ordinal(self, number: int, form: str = "") -> str:
        """Return an ordinal; the form is a gender, or gender and case."""
        return self._shortened(super().ordinal(number, form or "masculine"))

    def _shortened(self, spoken: str) -> str:
        long, short = self.one_thousand
        return spoken.replace(long, short, 1) if spoken.startswith(f"{long} ") else spoken

    def between(self, first: str, last: str) -> str:
        """Return a range with a dash: a preposition would need other cases."""
        return f"{first}-{last}" if " " not in first + last else f"{first} – {last}"

    def number(self, number: Number, form: str = "") -> str:
        """Return "три целых пять десятых"."""
        if not number.fraction or len(number.fraction) > len(self.parts):
            return super().number(number, form)
        sign = f"{self.minus} " if number.negative else ""
        whole, part = int(number.whole), int(number.fraction)
        names = self.parts[len(number.fraction) - 1]
        said = (
            self.cardinal(whole, "feminine"), self.wholes[not _ends_in_one(whole)],
            self.cardinal(part, "feminine"), names[not _ends_in_one(part)],
        )  # fmt: skip
        return sign + " ".join(said)

    def is_year(self, number: Number) -> bool:
        """Return False: a year is one by the word after it."""
        return False

    def day(self, number: int, place: Place) -> str:
        """Return the day in the genitive: "третьего мая"."""
        return self.ordinal(number, "neuter-genitive")

    def date(self, place: Place, day: str, month: int, year: int | None) -> str:
        """Return "третьего мая две тысячи двадцать четвёртого года"."""
        said = [day, self.month(month)] if day else [place["month"]]
        if year is not None:
            said += [self.ordinal(year, "masculine-genitive"), self.of_year]
        return " ".join(said)

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return hours and minutes as they are counted."""
        said = [self.quantity(Number(str(hour)), "duration-hour")]
        if minute or second:
            said.append(self.quantity(Number(str(minute)), "duration-minute"))
        if second is not None:
            said.append(self.quantity(Number(str(second)), "duration-second"))
        return " ".join(part for part in said if part)

    def written_ordinal(self, place: Place, digits: str, suffix: str) -> str | None:
        """Read "5-й", "1-го"."""
        return self.ordinal(int(digits), self.suffix_forms[suffix.lstrip("-")])

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "одна вторая", "три четвёртых"."""
        form = "feminine" if _ends_in_one(numerator) else "plural-genitive"
        return f"{self.cardinal(numerator, 'feminine')} {self.ordinal(denominator, form)}"

    def regnal(self, number: int, place: Place) -> str:
        """Return the number of a ruler in the nominative."""
        return self.ordinal(number, "masculine").capitalize()

    def rules(self) -> Iterator[Rule]:
        """Yield the rule of years."""
        yield year_rule(self, self.year_forms)


def _ends_in_one(number: int) -> bool:
    return number % 10 == 1 and number % 100 != 11
