"""An entry of a language's table of abbreviations."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """How an abbreviation is said, and whether its full stop may end a sentence."""

    spoken: str
    """"" when it is said as written, and only its full stop matters."""
    ends: bool = False
    """Whether its full stop also ends the sentence where a sentence begins after it."""
    often_ends: bool = False
    """Whether any word with a capital after it begins a sentence, as after "etc."."""
    before_number: bool = False
    """Whether it is one only before a number: "No. 5"."""
