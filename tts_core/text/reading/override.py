"""Pronunciations given for parts of a text, to which the reader's rules do not apply.

They come from the pronunciation dictionary (`tts_core/lexicon`) and from markup in the text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

OVERRIDDEN = "pronunciation"
"""`Word.kind` of what an override applies to."""


class Override(NamedTuple):
    """How one part of a text is spoken. Without `spoken` and `phonemes` it has no effect."""

    start: int
    """First code point in the written text."""
    end: int
    """One past its last code point there."""
    spoken: str = ""
    """Is said in place of what is written; "" for what the rules make of it. Letters are taken as
    they are; the rules read respellings with digits or symbols."""
    phonemes: str = ""
    """In IPA, for engines that take it; the others say `spoken`."""


def merged(*groups: Iterable[Override]) -> tuple[Override, ...]:
    """Return overrides in order of the text; of overlapping ones that of the earlier group.

    Within a group the one that begins first is taken.
    """
    found: list[Override] = []
    for group in groups:
        taken = found[:]
        place = 0
        end = 0
        for override in sorted(group):
            while place < len(taken) and taken[place].end <= override.start:
                place += 1
            is_free = place == len(taken) or override.end <= taken[place].start
            if is_free and override.start >= end:
                found.append(override)
                end = override.end
        found.sort()
    return tuple(found)
