"""Arabic numbers in words: the gender and the case of what is counted decide about their forms.

From 3 to 10 a number has the ending of the other gender than the noun's ("ثلاثة كتب", "ثلاث
سيارات"), 11 and 12 agree with it, and tens have one form for the subject and another elsewhere.
Neither CLDR's rules (no "آلاف", "إحدى عشر") nor num2words' give all of that.
"""

from __future__ import annotations

from typing import NamedTuple

_BY_MASCULINE = [
    "صفر",
    "واحد",
    "اثنان",
    "ثلاثة",
    "أربعة",
    "خمسة",
    "ستة",
    "سبعة",
    "ثمانية",
    "تسعة",
    "عشرة",
]
_BY_FEMININE = ["صفر", "واحدة", "اثنتان", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر"]
_TENS = ("", "", "عشر", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع")
_HUNDREDS = (
    "", "مئة", "مئتان", "ثلاثمئة", "أربعمئة", "خمسمئة", "ستمئة", "سبعمئة", "ثمانمئة", "تسعمئة",
)  # fmt: skip
_ORDINALS = (
    "", "الأول", "الثاني", "الثالث", "الرابع", "الخامس", "السادس", "السابع", "الثامن", "التاسع",
    "العاشر",
)  # fmt: skip
_PARTS = {
    2: ("نصف", "أنصاف"), 3: ("ثلث", "أثلاث"), 4: ("ربع", "أرباع"), 5: ("خمس", "أخماس"),
    6: ("سدس", "أسداس"), 7: ("سبع", "أسباع"), 8: ("ثمن", "أثمان"), 9: ("تسع", "أتساع"),
    10: ("عشر", "أعشار"),
}  # fmt: skip
LARGEST_ORDINAL = 99
_AND = " و"


class Noun(NamedTuple):
    """A noun that is counted; its adjectives agree with it."""

    singular: str
    plural: str = ""
    """After 3 to 10; "" for a foreign word that stays as it is."""
    tail: str = ""
    """What follows without agreeing: "في الساعة"."""

    @property
    def is_feminine(self) -> bool:
        """Return whether the noun is feminine, by its ending."""
        return self.singular.split()[0].endswith("ة")

    def dual(self, *, oblique: bool, construct: bool = False) -> str:
        """Return the form for two. `construct`: directly before another noun."""
        ending = "ي" if oblique else "ا"
        ending += "" if construct else "ن"
        stems = (word.removesuffix("ة") + "ت" * word.endswith("ة") for word in self._words)
        return self._with_tail(" ".join(stem + ending for stem in stems))

    def accusative(self) -> str:
        """Return the singular after 11 to 99: "كتابًا", "سيارة"."""
        return self._with_tail(
            " ".join(word if word.endswith("ة") else f"{word}ًا" for word in self._words)
        )

    @property
    def _words(self) -> list[str]:
        return self.singular.split()

    def _with_tail(self, said: str) -> str:
        return f"{said} {self.tail}" if self.tail else said

    def one(self) -> str:
        """Return the singular."""
        return self._with_tail(self.singular)

    def several(self) -> str:
        """Return the plural."""
        return self._with_tail(self.plural or self.singular)


SCALES = {
    1000: Noun("ألف", "آلاف"), 10**6: Noun("مليون", "ملايين"), 10**9: Noun("مليار", "مليارات"),
    10**12: Noun("تريليون", "تريليونات"),
}  # fmt: skip


def cardinal(
    number: int, *, feminine: bool = False, oblique: bool = False, construct: bool = False
) -> str:
    """Return a number from 0 to 10¹⁵ in words.

    `feminine`: of the noun that is counted. `oblique`: after a preposition, or as an object.
    `construct`: the noun follows directly, so that "مئتان" becomes "مئتا".
    """
    said = []
    for scale, noun in sorted(SCALES.items(), reverse=True):
        count, number = divmod(number, scale)
        if count:
            directly = construct and not number
            said.append(counted(count, noun, oblique=oblique, construct=directly, alone=False))
    hundreds, rest = divmod(number, 100)
    if hundreds == 2:
        ending = "ي" if oblique else "ا"
        said.append(f"مئت{ending}" + "ن" * (not construct or rest > 0))
    elif hundreds:
        said.append(_HUNDREDS[hundreds])
    if rest or not said:
        said.append(_below_hundred(rest, feminine, oblique))
    return _AND.join(said)


def _below_hundred(number: int, feminine: bool, oblique: bool) -> str:
    ones = _BY_FEMININE if feminine else _BY_MASCULINE
    if number == 2:
        return _two(ones[2], oblique, construct=False)
    if number <= 10:
        return ones[number]
    tens, one = divmod(number, 10)
    if tens == 1:
        ten = "عشرة" if feminine else "عشر"
        if one == 1:
            return f"{'إحدى' if feminine else 'أحد'} {ten}"
        return f"{_two(ones[2], oblique, construct=True) if one == 2 else ones[one]} {ten}"
    said = _TENS[tens] + ("ين" if oblique else "ون")
    if one == 1 and feminine:
        return f"إحدى{_AND}{said}"
    if one == 2:
        return _two(ones[2], oblique, construct=False) + _AND + said
    return ones[one] + _AND + said if one else said


def _two(nominative: str, oblique: bool, *, construct: bool) -> str:
    stem = nominative.removesuffix("ان")
    return stem + ("ي" if oblique else "ا") + ("" if construct else "ن")


def counted(
    number: int,
    noun: Noun,
    *,
    oblique: bool = False,
    construct: bool = False,
    alone: bool = True,
) -> str:
    """Return a number with a noun in the form that the number demands.

    `construct`: another noun follows. `alone`: whether one of it is "... واحد".
    """
    if number == 1:
        one = noun.one()
        return (
            f"{one} {_BY_FEMININE[1] if noun.is_feminine else _BY_MASCULINE[1]}" if alone else one
        )
    if number == 2 and noun.plural:
        return noun.dual(oblique=oblique, construct=construct)
    last = number % 100
    said = cardinal(
        number, feminine=noun.is_feminine, oblique=oblique, construct=last not in (1, 2)
    )
    if 3 <= last <= 10:
        return f"{said} {noun.several()}"
    if last > 10 and noun.plural and not construct:
        return f"{said} {noun.accusative()}"
    return f"{said} {noun.one()}"


def ordinal(number: int, *, feminine: bool = False, oblique: bool = False) -> str:
    """Return a definite ordinal from 1 to 99: "الثالث عشر", "الحادية والعشرون"."""
    tens, one = divmod(number, 10)
    if number == 1:
        return "الأولى" if feminine else "الأول"
    ending = "ة" if feminine else ""
    if number <= 10:
        return _ORDINALS[number] + ending
    first = ("الحادي" if one == 1 else _ORDINALS[one]) + ending
    if tens == 1:
        return f"{first} عشر{ending}"
    said = f"ال{_TENS[tens]}" + ("ين" if oblique else "ون")
    return f"{first}{_AND}{said}" if one else said


def fraction(numerator: int, denominator: int) -> str:
    """Return "ثلاثة أرباع", "ثلثان", and "خمسة على ستة عشر" above tenths."""
    if denominator not in _PARTS:
        return f"{cardinal(numerator)} على {cardinal(denominator)}"
    one, several = _PARTS[denominator]
    if numerator < 3:
        return one if numerator == 1 else f"{one}ان"
    return f"{cardinal(numerator, construct=True)} {several}"
