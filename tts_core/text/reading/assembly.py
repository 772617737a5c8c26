"""Puts what was read together again: the spoken text, its words and their written spans."""

from __future__ import annotations

from dataclasses import dataclass

from tts_core.text.normalize import normalize
from tts_core.text.reading.characters import fold
from tts_core.text.reading.reading import LeftOut, Mark, Reading, Word


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of the text between spaces, and how it is said.

    `spoken` is "" when it is left out, " " when it is left out and separates what it stands between.
    `kind` is "" when it is spoken as written.
    """

    start: int
    end: int
    spoken: str
    kind: str


class Source:
    """A request's text, cleaned for reading, with the original position of every character."""

    def __init__(self, written: str) -> None:
        """Normalize and fold a text."""
        normalized = normalize(written)
        folded = fold(normalized.text)
        self.written = written
        self.text = folded.text
        self._origin = normalized.origin
        self._starts, self._ends = folded.starts, folded.ends
        self.covered = 0
        """Up to where the written text has been assigned to words or left out."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where text[start:end], which is not empty, begins and ends in the written text."""
        last = max(self._ends[end - 1] - 1, self._starts[start])
        return self._origin[self._starts[start]], self._origin[last] + 1

    def rest_before(self, position: int, why: str) -> list[LeftOut]:
        """Return what no word has covered up to a position of the written text, without spaces."""
        gap = self.written[self.covered : position]
        first = len(gap) - len(gap.lstrip())
        found = gap.strip()
        at = self.covered + first
        self.covered = max(self.covered, position)
        return [LeftOut(at, len(found), why)] if found else []


class Assembly:
    """The reading of one part of a text, unit by unit."""

    def __init__(self, source: Source, start: int, unspaced: bool) -> None:
        """Begin a part at an index of the source's text."""
        self._source = source
        self._start = start
        self._unspaced = unspaced
        self._spoken: list[str] = []
        self._length = 0
        self._words: list[Word] = []
        self._left_out: list[LeftOut] = []
        self._done = start
        self._spaces: list[str] = []
        self._open: list[Unit] = []
        """Units of the current word."""
        self._separated = False
        self._left_end = 0
        """Up to where the written text has been left out after the current word's last unit."""

    def add(self, unit: Unit) -> None:
        """Add the next unit; its positions count from the beginning of the part."""
        start, end = self._start + unit.start, self._start + unit.end
        if start > self._done:
            self._close_word()
            self._spaces.append(self._source.text[self._done : start])
        self._done = end
        here = Unit(start, end, unit.spoken, unit.kind)
        if not unit.spoken.strip():
            self._separated = self._separated or bool(unit.spoken)
            self._leave_out(here)
            return
        if self._open and self._unspaced and any(c.isalnum() for c in unit.spoken):
            self._close_word()
        self._open.append(here if not self._needs_space(here) else self._after_space(here))
        self._separated = False

    def _leave_out(self, unit: Unit) -> None:
        start, end = self._source.span(unit.start, unit.end)
        if self._open:
            self._left_end = end
        else:
            self._left_out += self._source.rest_before(start, "markup")
            self._source.covered = max(self._source.covered, end)
        self._left_out.append(LeftOut(start, end - start, unit.kind))

    def _needs_space(self, unit: Unit) -> bool:
        if not self._open or self._unspaced:
            return False
        last = self._open[-1]
        both = last.spoken[-1].isalnum() and unit.spoken[0].isalnum()
        return both and bool(last.kind or unit.kind or self._separated)

    def _after_space(self, unit: Unit) -> Unit:
        return Unit(unit.start, unit.end, f" {unit.spoken}", unit.kind)

    def _close_word(self) -> None:
        """Finish the current word, if there is one."""
        if not self._open:
            return
        self._flush_spaces()
        spoken = "".join(unit.spoken for unit in self._open)
        kind = next((unit.kind for unit in self._open if unit.kind), "")
        start, end = self._source.span(self._open[0].start, self._open[-1].end)
        self._left_out += self._source.rest_before(start, "markup")
        self._left_out.sort(key=lambda part: part.offset)
        self._source.covered = max(self._source.covered, end, self._left_end)
        if kind and self._begins_sentence():
            spoken = spoken[0].upper() + spoken[1:]
        self._words.append(Word(spoken, self._length, start, end - start, kind))
        self._say(spoken)
        self._open.clear()
        self._separated = False

    def _begins_sentence(self) -> bool:
        """Return whether the next word is the first of a sentence, by what was said before it."""
        said = next((text for text in reversed(self._spoken) if text.strip()), ".")
        return said.rstrip("\"'”’)")[-1:] in (".", "!", "?", "…")

    def _flush_spaces(self) -> None:
        """Say the spaces before a word: as written, or one for those around what is left out."""
        if len(self._spaces) == 1:
            self._say(self._spaces[0])
        elif self._spaces:
            lines = sum(space.count("\n") for space in self._spaces)
            self._say("\n\n" if lines > 1 else "\n" if lines else " ")
        self._spaces.clear()

    def _say(self, text: str) -> None:
        self._spoken.append(text)
        self._length += len(text)

    def reading(self, end: int) -> Reading:
        """Return the reading of the part, which ends at an index of the source's text."""
        self._close_word()
        if end > self._done:
            self._spaces.append(self._source.text[self._done : end])
        self._flush_spaces()
        marks: list[Mark] = []
        if self._left_out and not self._words and all(p.why == "ornament" for p in self._left_out):
            first, last = self._left_out[0], self._left_out[-1]
            length = last.offset + last.length - first.offset
            marks.append(Mark("scene break", self._length, first.offset, length))
        if end == len(self._source.text):
            self._left_out += self._source.rest_before(len(self._source.written), "markup")
        return Reading(
            "".join(self._spoken), tuple(self._words), tuple(self._left_out), tuple(marks)
        )
