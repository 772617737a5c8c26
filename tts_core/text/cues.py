"""Cuts spoken text into subtitles, at the places where a cut costs a reader least.

A cue has up to two lines and lasts up to 7 s, with 42 columns in a line, or 16 full-width
characters in Chinese and Korean and 13 in Japanese (Netflix Timed Text Style Guides, 2024). Where
to cut is found by dynamic programming over what must stay whole, as TeX breaks paragraphs (Knuth
and Plass, "Breaking Paragraphs into Lines", 1981), in time linear in the text: only the cuts of
the last two lines are looked at.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import regex

from tts_core.text import cue_costs
from tts_core.text.cue_costs import GLUED, HIRAGANA, UNSPACED, Span
from tts_core.types import WordTiming

_COLUMNS = 42
_COLUMNS_FULL_WIDTH = 32
"""In Chinese and Korean."""
_COLUMNS_JAPANESE = 26
_CUE_SECONDS = 7.0
_EARLY_SECONDS = 0.25
"""How long before its segment a word may begin."""
_LAST_RESORT = 50.0
"""Cost of a cut inside a word that is wider than a line; no sum of other costs comes near it."""
_LINE = 1.0
"""Weight of where a line ends within a cue."""
_UNEVEN = 2.0
"""Weight of how much shorter a cue is than it may be, or how different its lines are."""
_NEARBY = 84
"""How many characters of the text may be left out between two words that are found in it."""
_LONGEST = 256
"""Code points; a line of more of them, with very long graphemes, may end inside of one."""
_SPACES = regex.compile(r"[\s\x1c-\x1f\x85--[\u00a0\u2007\u202f]]+", regex.V1)
"""White space at which a line may be broken: all but the spaces made for keeping words together."""
_TOKEN = regex.compile("[^ ]+")
_WORD_PART = regex.compile(r"\w(?:.*\w)?")
_WIDE_LETTER = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_NARROW_LETTER = regex.compile(r"(?![\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}])\p{L}")
_INVISIBLE = ("Mn", "Me", "Cf")
"""Categories of characters that take no column."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle: lines of text, separated by line breaks, from `start` to `end` (seconds)."""

    text: str
    start: float
    end: float


class _Said(NamedTuple):
    """A word of the speech in the text: text[start:end], from `begin` to `finish` (seconds)."""

    start: int
    end: int
    begin: float
    finish: float


class _Atom(NamedTuple):
    """A part of the text that is never divided: text[start:end], no wider than a line."""

    start: int
    end: int
    word: int
    """Number of the word that it is, or is a part of."""
    cost: float
    """Of a cut after it."""


def cues_from(segments: Sequence[WordTiming], words: Sequence[WordTiming] | None) -> list[Cue]:
    """Return cues for spoken segments and words, which are in order and timed from one start.

    No cue has text of two segments. A cue begins and ends with its words where their texts are
    found in the segment's; other times are estimated by length. What is read as one word, a number
    or a date stays whole: a single word that takes longer than 7 s is one cue. A word that is wider
    than a line is cut between graphemes. Cues do not overlap.
    """
    cues: list[Cue] = []
    queue = _Queue(words or ())
    whole = "".join(segment.text for segment in segments)
    clock = 0.0
    for segment in segments:
        begin = max(clock, segment.start)
        finish = max(begin, segment.end)
        text = _SPACES.sub(" ", segment.text).strip()
        if text:
            lines = _Text(text, _columns(text, whole))
            said = list(lines.find(queue, clock, finish))
            cues += lines.cues(said, begin, finish)
        clock = finish
    return cues


class _Queue:
    """Words in order, removed from the front."""

    def __init__(self, words: Sequence[WordTiming]) -> None:
        self._words = words
        self._next = 0

    def until(self, time: float) -> Iterator[WordTiming]:
        """Remove and yield the next words that start before `time`."""
        while self._next < len(self._words) and self._words[self._next].start < time:
            self._next += 1
            yield self._words[self._next - 1]

    def give_back(self, count: int, time: float) -> None:
        """Put back those of the last `count` words removed that start at `time` or later."""
        while count and self._words[self._next - 1].start >= time:
            self._next -= 1
            count -= 1


def _columns(text: str, whole: str) -> int:
    """Return how wide a line of `text`, a part of `whole`, may be.

    Full-width letters count as two: that is about what they mean in letters of other scripts.
    """
    for found in (text, whole):
        if 2 * len(_WIDE_LETTER.findall(found)) >= len(_NARROW_LETTER.findall(found)):
            if not _WIDE_LETTER.search(found):
                continue
            return _COLUMNS_JAPANESE if HIRAGANA.search(whole) else _COLUMNS_FULL_WIDTH
    return _COLUMNS


def _width(character: str) -> int:
    """Return the columns of a character on a fixed-width display (UAX #11)."""
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return int(unicodedata.category(character) not in _INVISIBLE)


class _Text:
    """The text of one segment, without double spaces, on lines of some columns."""

    def __init__(self, text: str, columns: int) -> None:
        self._text, self._columns = text, columns
        self._widths = list(accumulate(map(_width, text), initial=0))  # up to each position

    def find(self, queue: _Queue, begin: float, finish: float) -> Iterator[_Said]:
        """Yield the segment's words that are found in its text, with times that do not go back.

        `begin`: when the segment before ended. Words often begin a little before their segment, so
        those at its end that are not found are left to the next one. A word is looked for nearby
        only, so that one spelled otherwise does not skip the rest.
        """
        lower = self._text.lower()
        folded = lower if len(lower) == len(self._text) else self._text
        position, clock, missing = 0, begin, 0
        for word in queue.until(finish):
            spelled = _SPACES.sub(" ", word.text).strip().lower()
            start, end = _spoken_part(spelled, 0, len(spelled))
            spoken = spelled[start:end]
            limit = position + _NEARBY + len(spoken)
            found = folded.find(spoken, position, limit) if spoken else -1
            while found > 0 and cue_costs.is_inside_word(folded, found):
                found = folded.find(spoken, found + 1, limit)
            if found < 0:
                missing += 1
                continue
            position, missing = found + len(spoken), 0
            time = min(max(word.start, clock), finish)
            clock = min(max(word.end, time), finish)
            yield _Said(found, position, time, clock)
        queue.give_back(missing, finish - _EARLY_SECONDS)

    def cues(self, said: Sequence[_Said], begin: float, finish: float) -> Iterator[Cue]:
        """Yield the cues of the segment, which was spoken from `begin` to `finish` (seconds).

        `said`: its words, from `find`.
        """
        atoms = list(self._atoms(said))
        starts, ends = self._times(atoms, said, begin, finish)
        for first, last in self._cuts(atoms, starts, ends):
            yield Cue(self._lines(atoms[first : last + 1]), starts[first], ends[last])

    def _wide(self, start: int, end: int) -> int:
        """Return the columns of text[start:end]."""
        return self._widths[end] - self._widths[start]

    def _atoms(self, said: Sequence[_Said]) -> Iterator[_Atom]:
        """Yield what must stay whole, and parts of what is wider than a line."""
        ends = {word.end for word in said}
        pieces = list(self._pieces(ends))
        gaps = cue_costs.Gaps(self._text, self._whole(said), ends)
        costs = [gaps.cost(before, after) for before, after in pairwise(pieces)]
        first = word = 0
        for last, cost in enumerate([*costs, 0.0]):
            if cost == GLUED:
                continue
            group = pieces[first : last + 1]
            parts = [(group[0][0], group[-1][1])]
            if self._wide(*parts[0]) > self._columns:
                parts = [part for piece in group for part in self._parts(*piece)]
            for start, end in parts[:-1]:
                yield _Atom(start, end, word, _LAST_RESORT)
            yield _Atom(*parts[-1], word, cost)
            first, word = last + 1, word + 1

    def _pieces(self, ends: Collection[int]) -> Iterator[Span]:
        """Yield runs of characters between which a cut is possible. `ends`: where words end."""
        for token in _TOKEN.finditer(self._text):
            for start, end in cue_costs.runs(self._text, *token.span()):
                inside = range(start + 1, end) if UNSPACED.match(self._text, start) else ()
                yield from pairwise([start, *(place for place in inside if place in ends), end])

    def _whole(self, said: Iterable[_Said]) -> list[Span]:
        """Return the spans of words that must stay whole.

        What an engine reports as one word in a script without spaces may be a sentence.
        """
        return [
            (word.start, word.end)
            for word in said
            if self._wide(word.start, word.end) <= self._columns
            or not UNSPACED.search(self._text, word.start, word.end)
        ]

    def _parts(self, start: int, end: int) -> Iterator[Span]:
        """Yield text[start:end] in parts no wider than a line, cut between graphemes."""
        while self._wide(start, end) > self._columns:
            cut = 0
            # On a slice, since \X looks back over a whole run of flags from wherever it begins.
            for grapheme in regex.finditer(r"\X", self._text[start : min(end, start + _LONGEST)]):
                if cut and self._wide(start, start + grapheme.end()) > self._columns:
                    break
                cut = grapheme.end()
            yield start, start + cut
            start += cut
        if start < end:
            yield start, end

    def _times(
        self, atoms: Sequence[_Atom], said: Sequence[_Said], begin: float, finish: float
    ) -> tuple[list[float], list[float]]:
        """Return when each atom starts and ends: with its words, or else by length."""
        first, last = _spoken_part(self._text, 0, len(self._text))
        anchors = {first: begin}  # times by places in the text, both ascending
        for word in said:
            anchors[word.start], anchors[word.end] = word.begin, word.finish
        anchors.setdefault(last, finish)
        places, times = list(anchors), list(anchors.values())
        spans = [_spoken_part(self._text, atom.start, atom.end) for atom in atoms]
        known_starts = {word.start: word.begin for word in said}
        known_ends = {word.end: word.finish for word in said}
        starts = np.interp([start for start, _ in spans], places, times).tolist()
        ends = np.interp([end for _, end in spans], places, times).tolist()
        starts = [known_starts.get(s[0], t) for s, t in zip(spans, starts, strict=True)]
        ends = [known_ends.get(s[1], t) for s, t in zip(spans, ends, strict=True)]
        return starts, ends

    def _cuts(
        self, atoms: Sequence[_Atom], starts: Sequence[float], ends: Sequence[float]
    ) -> list[tuple[int, int]]:
        """Return the numbers of the first and the last atom of each cue, at the lowest cost."""
        costs, firsts = [0.0], [0]  # of all cues up to each atom, and where the last one begins
        breaks = [atom.cost for atom in atoms]
        longest = self._longest(atoms)
        lower = 0  # the first atom of the longest line that ends with the current one
        for last, atom in enumerate(atoms):
            while longest[lower] < last:
                lower += 1
            best, chosen = np.inf, last
            for first in range(last, -1, -1):
                seconds = ends[last] - starts[first]
                if first < last and (
                    longest[first] < lower - 1
                    or (seconds > _CUE_SECONDS and atoms[first].word != atom.word)
                ):
                    break
                width = self._wide(atoms[first].start, atom.end)
                full = min(1.0, max(width / (2 * self._columns), seconds / _CUE_SECONDS))
                cost = costs[first] + 1 + _UNEVEN * (1 - full) ** 2
                if first:
                    cost += breaks[first - 1]
                if first < lower:
                    cost += _LINE * min(breaks[lower - 1 : longest[first] + 1])
                if cost < best:
                    best, chosen = cost, first
            costs.append(best)
            firsts.append(chosen)
        found: list[tuple[int, int]] = []
        end = len(atoms)
        while end:
            found.append((firsts[end], end - 1))
            end = firsts[end]
        return found[::-1]

    def _longest(self, atoms: Sequence[_Atom]) -> list[int]:
        """Return for each atom the last one of the longest line that begins with it."""
        found: list[int] = []
        last = 0
        for first, atom in enumerate(atoms):
            last = max(last, first)
            while (
                last + 1 < len(atoms)
                and self._wide(atom.start, atoms[last + 1].end) <= self._columns
            ):
                last += 1
            found.append(last)
        return found

    def _lines(self, atoms: Sequence[_Atom]) -> str:
        """Return the text of a cue on one line, or on two of about the same length."""
        start, end = atoms[0].start, atoms[-1].end
        best, cut, following = np.inf, end, end
        for before, after in pairwise(atoms):
            if self._wide(start, end) <= self._columns:
                break
            widths = self._wide(start, before.end), self._wide(after.start, end)
            uneven = abs(widths[0] - widths[1]) / self._columns
            cost = before.cost + _UNEVEN * uneven
            if max(widths) <= self._columns and cost < best:
                best, cut, following = cost, before.end, after.start
        lines = (self._text[start:cut], self._text[following:end])
        return "\n".join(filter(None, lines))


def _spoken_part(text: str, start: int, end: int) -> Span:
    """Return the span of text[start:end] without signs around it; all of it if it is only signs."""
    match = _WORD_PART.search(text, start, end)
    return (start, end) if match is None else match.span()
