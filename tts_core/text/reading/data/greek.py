"""Names of the Greek letters, which stand alone in formulas and names: "TNF-α", "β-carotene"."""

from __future__ import annotations

from collections.abc import Mapping

_LETTERS = "αβγδεζηθικλμνξοπρστυφχψω"


def letters(names: str) -> Mapping[str, str]:
    """Return the names of the small and capital letters by letter, and of "ϕ" and "ϵ".

    `names`: separated by spaces, in the order of the alphabet.
    """
    small = dict(zip(_LETTERS, names.split(), strict=True))
    capital = {letter.upper(): name for letter, name in small.items()}
    return {**small, **capital, "ϕ": small["φ"], "ϵ": small["ε"]}
