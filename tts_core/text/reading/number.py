"""A written number as a value."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


@dataclass(frozen=True, slots=True)
class Number:
    """A written number. Its digits are kept, since "5.50" is not said like "5.5"."""

    whole: str
    """ASCII digits, without signs between them."""
    fraction: str = ""
    """Digits after the decimal sign."""
    negative: bool = False

    @property
    def value(self) -> Decimal:
        """Return the number, with as many digits after the decimal sign as written."""
        value = Decimal(f"{self.whole or 0}.{self.fraction}" if self.fraction else self.whole)
        return -value if self.negative else value

    @property
    def is_one(self) -> bool:
        """Return whether it is 1, after which many languages use the singular."""
        return self.whole.lstrip("0") == "1" and not self.fraction


def ascii_digits(text: str) -> str:
    """Return the decimal digits of a text, of whatever script, as ASCII."""
    if text.isascii() and text.isdigit():
        return text
    return "".join(str(int(character)) for character in text if character.isdecimal())


def roman_value(text: str) -> int:
    """Return the value of a roman number in capitals."""
    digits = [_ROMAN_VALUES[letter] for letter in text]
    pairs = zip(digits, [*digits[1:], 0], strict=True)
    return sum(-digit if digit < following else digit for digit, following in pairs)
