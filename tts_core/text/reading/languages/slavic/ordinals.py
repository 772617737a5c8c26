"""Ordinals of the Slavic languages of which CLDR has none, and adjectives' endings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

GENDERS = {"m": "masculine", "f": "feminine", "n": "neuter", "p": "plural"}
CASES = {
    "": "", "g": "-genitive", "d": "-dative", "a": "-accusative", "i": "-instrumental",
    "l": "-locative",
}  # fmt: skip
"""Names of CLDR's rule sets by the letters of the tables."""
_THOUSAND = 1000
_MILLION = 1_000_000


def row(*lines: str) -> tuple[str, ...]:
    """Return the words of some lines in order."""
    return tuple(" ".join(lines).split())


def form(code: str) -> str:
    """Return the name of a form by its code: "feminine-genitive" of "fg"."""
    return GENDERS[code[0]] + CASES[code[1:]]


def endings(**genders: str) -> dict[str, str]:
    """Return the endings of adjectives by form.

    Each argument has those of one gender (m, f, n, p) for nominative, genitive, dative,
    accusative, instrumental and locative.
    """
    return {
        form(gender + case): ending
        for gender, row in genders.items()
        for case, ending in zip(CASES, row.split(), strict=True)
    }


@dataclass(frozen=True, slots=True)
class Ordinals:
    """The ordinals of one language; words are in the nominative masculine."""

    ones: tuple[str, ...]
    """1 to 19."""
    tens: tuple[str, ...]
    """20, 30, … 90."""
    hundreds: tuple[str, ...]
    """100, 200, … 900."""
    thousand: str
    million: str
    endings: Mapping[str, Mapping[str, str]]
    """Endings by form, by the last letters of the nominative, which they replace."""
    ordinal_tens: bool
    """Whether the tens of "twenty-first" are an ordinal too."""

    def spell(
        self,
        number: int,
        form: str,
        cardinal: Callable[[int], str],
        compound: Callable[[int], str],
    ) -> str:
        """Return an ordinal: a head that stays as it is, and the words that are declined.

        `cardinal` says the head; `compound` says the first part of a word, "two-" of
        "two-thousandth".
        """
        head, words = self._parts(number, compound)
        said = [cardinal(head)] if head else []
        return " ".join([*said, *(self.declined(word, form) for word in words)])

    def _parts(self, number: int, compound: Callable[[int], str]) -> tuple[int, list[str]]:
        """Return the cardinal at the head and the ordinals after it."""
        rest = number % 100
        if rest and rest < 20:
            return number - rest, [self.ones[rest - 1]]
        if rest:
            tens, one = self.tens[rest // 10 - 2], rest % 10
            if not one:
                return number - rest, [tens]
            last = self.ones[one - 1]
            return (number - rest, [tens, last]) if self.ordinal_tens else (number - one, [last])
        if hundreds := number // 100 % 10:
            return number - hundreds * 100, [self.hundreds[hundreds - 1]]
        unit, name = (_MILLION, self.million) if number % _MILLION == 0 else (_THOUSAND, "")
        count = number // unit % 1000
        if not count:
            return number, []
        prefix = "" if count == 1 else compound(count)
        return number - count * unit, [prefix + (name or self.thousand)]

    def declined(self, word: str, form: str) -> str:
        """Return an adjective in a form."""
        for size in (3, 2, 1):
            if len(word) >= size and (table := self.endings.get(word[-size:])):
                ending = table.get(form) or table.get(form.partition("-")[0]) or ""
                return word[:-size] + ending
        return word


def noun_forms(table: str) -> dict[str, tuple[str, str, str]]:
    """Return the forms of adjectives before nouns, by the ends of the nouns.

    A row is "ends: form, form after a preposition with the genitive, form after one with the
    locative"; one form stands for all three. Whole words begin with "_".
    """
    found = {}
    ends: list[str] = []
    for row in table.replace("\n", "|").split("|"):
        listed, _, codes = row.partition(":")
        ends += listed.split()
        if not codes:  # they go on in the next line
            continue
        forms = [form(code) for code in codes.split()]
        nominative, genitive, locative = forms if len(forms) > 1 else forms * 3
        three = (nominative, genitive, locative)
        found.update(dict.fromkeys((end.replace("_", " ") for end in ends), three))
        ends = []
    return found
