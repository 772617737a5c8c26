"""Puts what was read together again: the spoken text, its words and their written spans."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from unicodedata import category

from tts_core.text.directions.model import NOTHING, Directions
from tts_core.text.normalize import normalize
from tts_core.text.reading.characters import fold
from tts_core.text.reading.reading import LeftOut, Mark, Options, Reading, Word

_QUOTES = "\"'”’)"
_SENTENCE_ENDS = frozenset(".!?…")
_MAY_END_SENTENCE = _SENTENCE_ENDS.union(_QUOTES)


class Source:
    """A request's text, cleaned for reading, with the original position of every character."""

    def __init__(self, written: str, options: Options, directions: Directions = NOTHING) -> None:
        """Normalize and fold a text. `directions`: its markup that directs how it is spoken."""
        first = directions.remove_from if directions.cuts else None
        markup = options.markup and not directions.is_ssml
        normalized = normalize(written, options.code, markup=markup, first=first)
        folded = fold(normalized.text)
        self.written = written
        self.text = folded.text
        self._normalized = normalized
        self._is_cleaned = len(normalized.text) < len(written)
        self._starts: Sequence[int] = normalized.origin
        self._ends: Sequence[int] = (ends := normalized.ends())
        if folded.text is normalized.text:
            return
        self._starts = array("I", map(normalized.origin.__getitem__, folded.starts))
        # A space that was put in ends where the character before it does.
        self._ends = array("I", (ends[end - 1] if end else 0 for end in folded.ends))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where text[start:end], which is not empty, begins and ends in the written text."""
        first, last = self._starts[start], self._ends[end - 1]
        return first, last if last > first else first + 1

    def index_of(self, written: int) -> int:
        """Return the index in the text of what stands at a place of the written text, or after."""
        return bisect_left(self._starts, written)

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Return where written[start:end] begins and ends in the text; None if nothing is left."""
        begin = bisect_left(self._starts, start)
        stop = bisect_left(self._starts, end, begin)
        return (begin, stop) if begin < stop else None

    def gap(self, start: int, end: int) -> Iterator[LeftOut]:
        """Yield what stands between words in the written text and is not read, without spaces.

        Not all of it is spaces.
        """
        if end - start == 1:
            yield LeftOut(start, 1, self._normalized.why(start) or "markup")
            return
        for first, last, why in self._normalized.runs(start, end):
            part = self.written[first:last]
            if removed := part.strip():
                offset = first + len(part) - len(part.lstrip())
                yield LeftOut(offset, len(removed), why or "markup")

    def removed(self, start: int, end: int) -> Iterator[LeftOut]:
        """Yield what cleaning removed from within a word."""
        if self._is_cleaned:
            for first, last, why in self._normalized.runs(start, end):
                if why:
                    yield LeftOut(first, last - first, why)

    def cleaned(self, start: int, end: int) -> str:
        """Return what is left of written[start:end] without markup, in the characters as written.

        Clients look for words in the text that they sent, so "don’t" stays as it is.
        """
        origin = self._normalized.origin
        first = bisect_left(origin, start)
        return self._normalized.text[first : bisect_left(origin, end, first)]


class Assembly:
    """The reading of a text, unit by unit and part by part."""

    def __init__(
        self,
        source: Source,
        unspaced: bool,
        start: int = 0,
        *,
        begins_sentence: bool = True,
        upper: Callable[[str], str] = str.upper,
    ) -> None:
        """Begin a reading at an index of the source's text.

        `unspaced`: words are written without spaces between them. `upper`: returns a letter in
        upper case.
        """
        self._upper = upper
        self._source = source
        self._text = source.text
        self._unspaced = unspaced
        self._length = 0
        """Of what has been said."""
        self._done = start
        """Up to where the text has been added."""
        self._covered = source.span(start, start + 1)[0] if start else 0
        """Up to where the written text belongs to a word or has been left out."""
        self._word_end = 0
        """Where the last word ends in the written text."""
        self._ends_sentence = begins_sentence
        """Whether what was said last ends a sentence."""
        self._left_out_last = False
        """Whether something has been left out since the last word."""
        self._open: list[str] = []
        """How the parts of the current word are said."""
        self._open_start = self._open_end = 0
        self._open_kind = ""
        """Of the first of the parts that is not spoken as written."""
        self._last_kind = ""
        """Of the last part."""
        self._separated = False
        self._whole_end = -1
        """Where the last word of `add_whole` ends in the text."""
        self._left_in_word: list[LeftOut] = []
        """What has been left out since the current word began."""
        self._begin_part()

    def _begin_part(self) -> None:
        self._spoken: list[str] = []
        self._words: list[Word] = []
        self._left_out: list[LeftOut] = []
        self._spaces: list[str] = []

    def add_plain(self, start: int, end: int, spoken: str) -> None:
        """Add text that is spoken as written and has spaces after it."""
        if start <= self._done and (self._open or self._unspaced):
            self.add(start, end, spoken, "")
            return
        self._skip_to(start)
        self._done = end
        self._add_word(start, end, spoken, "")

    def add(self, start: int, end: int, spoken: str, kind: str) -> None:
        """Add text[start:end], which is said as `spoken`.

        "": it is left out; " ": it is left out and separates what it stands between.
        """
        if start > self._done:
            self._skip_to(start)
        touches_whole = self._whole_end == start
        self._done = end
        if not spoken or spoken.isspace():
            self._separated = self._separated or bool(spoken)
            self._leave_out(start, end, kind)
            return
        if touches_whole and kind and not self._unspaced and spoken[0].isalnum():
            self._spaces.append(" ")  # "kilo", which was given for "k", and "five" for "5"
        if self._open:
            if self._unspaced and any(c.isalnum() for c in spoken):
                self._close_word()
            elif self._needs_space(spoken, kind):
                spoken = f" {spoken}"
        if not self._open:  # another word may have been closed
            self._open_start = start
            self._open_kind = kind
        self._open.append(spoken)
        self._open_end = end
        self._open_kind = self._open_kind or kind
        self._last_kind = kind
        self._separated = False

    def add_whole(self, start: int, end: int, spoken: str, kind: str, phonemes: str) -> None:
        """Add text[start:end] as a word of its own, whatever stands next to it."""
        if start > self._done:
            self._skip_to(start)
        self._done = end
        if not spoken.strip():
            self._leave_out(start, end, kind)
            return
        if self._open:
            apart = bool(self._last_kind) and self._needs_space(spoken, kind)
            self._close_word()
            if apart:
                self._spaces.append(" ")
        self._separated = False
        said = _capitalized(spoken, self._upper) if self._ends_sentence else spoken
        self._add_word(start, end, said, kind, phonemes)
        self._whole_end = end

    def _skip_to(self, start: int) -> None:
        """Finish the current word and keep the spaces after it."""
        if self._open:
            self._close_word()
        self._separated = False
        if start > self._done:
            self._spaces.append(self._text[self._done : start])

    def _leave_out(self, start: int, end: int, kind: str) -> None:
        start, end = self._source.span(start, end)
        part = LeftOut(start, end - start, kind)
        if self._open:
            self._left_in_word.append(part)
        else:
            self._cover(start, end)
            self._left_out.append(part)
            self._left_out_last = True

    def _needs_space(self, spoken: str, kind: str) -> bool:
        if self._unspaced or not (self._last_kind or kind or self._separated):
            return False
        last = self._open[-1][-1]
        return (last.isalnum() or category(last) == "Mc") and spoken[0].isalnum()

    def _close_word(self) -> None:
        """Finish the current word."""
        spoken, kind = "".join(self._open), self._open_kind
        if kind and self._ends_sentence:
            spoken = _capitalized(spoken, self._upper)
        self._add_word(self._open_start, self._open_end, spoken, kind)
        if self._left_in_word:
            for part in self._left_in_word:
                self._cover(part.offset, part.offset + part.length)
                self._left_out.append(part)
            self._left_in_word.clear()
        self._open.clear()

    def _add_word(self, start: int, end: int, spoken: str, kind: str, phonemes: str = "") -> None:
        if self._left_out_last:
            if not any(c.isalnum() for c in spoken):
                self._spaces = []  # "Great 😀!"
            self._left_out_last = False
        if self._spaces:
            self._say_spaces()
        first, last = self._source.span(start, end)
        if last - first > end - start:
            self._left_out += self._source.removed(max(first, self._covered), last)
        if first < self._word_end and self._words:
            self._extend_last_word(spoken, last, kind)
        else:
            if first > self._covered:
                self._list_gap(first)
            self._covered = max(self._covered, last)
            self._words.append(Word(spoken, self._length, first, last - first, kind, phonemes))
            self._word_end = last
        self._spoken.append(spoken)
        self._length += len(spoken)
        self._ends_sentence = spoken[-1:] in _MAY_END_SENTENCE and (
            spoken.rstrip(_QUOTES)[-1:] in _SENTENCE_ENDS
        )

    def _extend_last_word(self, spoken: str, end: int, kind: str) -> None:
        """Add to the last word what comes from the same written character ("℃" is "°C")."""
        last = self._words[-1]
        self._words[-1] = last._replace(
            spoken=last.spoken + spoken,
            length=max(last.length, end - last.offset),
            kind=last.kind or kind,
            phonemes="",
        )
        self._covered = max(self._covered, end)
        self._word_end = max(self._word_end, end)

    def _cover(self, start: int, end: int) -> None:
        """Note that a word or what is left out covers a span, and list the gap before it."""
        if start > self._covered:
            self._list_gap(start)
        self._covered = max(self._covered, end)

    def _list_gap(self, end: int) -> None:
        """List what was removed before anything was read, except for spaces."""
        if not self._source.written[self._covered : end].isspace():  # as a rule it is
            self._left_out.extend(self._source.gap(self._covered, end))

    def _say_spaces(self) -> None:
        """Say spaces as written, or one in place of those around what is left out."""
        spaces = self._spaces
        if len(spaces) > 1:
            lines = sum(space.count("\n") for space in spaces)
            spaces = ["\n\n" if lines > 1 else "\n" if lines else " "]
        self._spoken += spaces
        self._length += len(spaces[0])
        self._spaces = []

    def lengthen(self, by: int) -> None:
        """Move what follows, because what was said before is longer by some characters."""
        self._length += by

    def take(self, end: int) -> Reading:
        """Return what was read since the last call; the part ends at an index of the text."""
        self._skip_to(end)
        self._done = end
        if self._spaces and self._words:
            self._say_spaces()
        marks: list[Mark] = []
        ornaments = [part for part in self._left_out if part.why != "markup"]
        if not self._words and ornaments and all(part.why == "ornament" for part in ornaments):
            first, last = ornaments[0], ornaments[-1]
            length = last.offset + last.length - first.offset
            marks.append(Mark("scene break", self._length, first.offset, length))
        is_last = end == len(self._text)
        edge = len(self._source.written) if is_last else self._source.span(end, end + 1)[0]
        self._cover(edge, edge)
        left_out = tuple(_disjoint(sorted(self._left_out, key=lambda part: part.offset)))
        reading = Reading("".join(self._spoken), tuple(self._words), left_out, tuple(marks))
        self._begin_part()
        return reading


def _disjoint(parts: Iterable[LeftOut]) -> Iterator[LeftOut]:
    """Yield the parts that are not within one before them."""
    end = 0
    for part in parts:
        if part.offset >= end:
            yield part
            end = part.offset + part.length


def _capitalized(text: str, upper: Callable[[str], str]) -> str:
    """Return a text with its first letter in upper case, so that it begins a sentence."""
    first = next((index for index, character in enumerate(text) if character.isalnum()), 0)
    if text[first + 1 : first + 2].isupper():
        return text  # "iPhone"
    return text[:first] + upper(text[first : first + 1]) + text[first + 1 :]
