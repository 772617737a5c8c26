"""A text from which parts are taken out, in any order, with the reason for each."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from enum import IntEnum

_KEPT_RUN = re.compile(rb"\x00+")


class Why(IntEnum):
    """Why a character of the text is not in the cleaned one."""

    KEPT = 0
    MARKUP = 1
    INVISIBLE = 2
    LINK_TARGET = 3
    CODE = 4
    COMMENT = 5
    SCRIPT = 6
    STYLE = 7
    RUBY = 8
    FOOTNOTE_MARK = 9
    ORNAMENT = 10
    """The line of a scene break; what is kept of it is read as an ornament."""
    PART_OF_ENTITY = 11
    """It stands together with the character before it for one character: "amp;" of "&amp;"."""

    @property
    def label(self) -> str:
        """The reason in words, as `LeftOut.why` has it."""
        return self.name.lower().replace("_", " ")


_FILLED = tuple(bytes((why,)) for why in Why)


class Draft:
    """A text and which of its characters are taken out or replaced."""

    def __init__(self, text: str) -> None:
        """Begin with all of the text kept."""
        self.text = text
        self.why = bytearray(len(text))
        """For each character the number of a `Why`."""
        self._replaced: dict[int, tuple[str, Why]] = {}
        self.changed = False

    def cut(self, start: int, end: int, why: Why) -> None:
        """Take text[start:end] out."""
        if end > start:
            self.why[start:end] = _FILLED[why] * (end - start)
            self.changed = True

    def replace(self, start: int, end: int, replacement: str, why: Why) -> None:
        """Put at most as many characters as there are in the place of text[start:end].

        Each takes the place of one of them; the rest is taken out.
        """
        self.cut(start, end, why)
        for index, character in enumerate(replacement[: end - start], start):
            self._replaced[index] = character, why
            self.why[index] = Why.KEPT

    def apply(self, origin: Sequence[int], left: bytearray) -> tuple[str, Sequence[int]]:
        """Return the text without what was taken out, and where its characters come from.

        `origin`: for each character of the draft its index in the request's text, strictly
        increasing; what is returned is the same for the new text. `left`: for each character of
        the request's text the number of a `Why`, to which this draft's are added.
        """
        if not self.changed:
            return self.text, origin
        text = self._with_replacements(origin, left)
        parts: list[str] = []
        where = array("I")
        done = 0
        for run in _KEPT_RUN.finditer(self.why):
            start, end = run.span()
            self._note(done, start, origin, left)
            parts.append(text[start:end])
            where.extend(origin[start:end])
            done = end
        self._note(done, len(text), origin, left)
        return "".join(parts), where

    def _with_replacements(self, origin: Sequence[int], left: bytearray) -> str:
        characters = list(self.text) if self._replaced else []
        for index, (character, why) in self._replaced.items():
            if self.why[index] == Why.KEPT:
                characters[index] = character
                if character.isspace():  # nothing that is read stands for it
                    left[origin[index]] = why
        return "".join(characters) or self.text

    def _note(self, start: int, end: int, origin: Sequence[int], left: bytearray) -> None:
        if start == end:
            return
        first, last = origin[start], origin[end - 1]
        if last - first == end - 1 - start:
            left[first : last + 1] = self.why[start:end]
            return
        for index in range(start, end):
            left[origin[index]] = self.why[index]
