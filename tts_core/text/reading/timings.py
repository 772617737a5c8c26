"""Turns the word timestamps of what is said into those of what is written."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import replace

from tts_core.events import Segment
from tts_core.types import WordTiming

_FARTHEST = 100
"""How many characters ahead a word is looked for."""


class WrittenWords:
    """The written words of one segment, timed as the words it is spoken with arrive.

    A written word that is said as several ("$5") lasts from the first of them to the last.
    """

    def __init__(self, segment: Segment) -> None:
        self._spoken, self._read = segment.spoken, segment.words
        self._starts = [word.at for word in segment.words]
        self._position = 0
        """Up to where the spoken text has been said."""
        self._current = -1
        """Index in `Segment.words` of the last word of `timings`; -1 when it is said as written."""
        self.timings: list[WordTiming] = []
        """Of the words so far. The last one gets a later end when more of it is said."""

    def add(self, said: Iterable[WordTiming]) -> list[WordTiming]:
        """Add the next words as they are in `Segment.spoken`; return the written ones they begin.

        Times may count from anywhere.
        """
        before = len(self.timings)
        for timing in said:
            start, end = self._place(timing.text)
            first = bisect_right(self._starts, start) - 1
            if first < 0 or start >= self._read[first].end:
                first += 1
            last = bisect_left(self._starts, end) - 1
            if last < first:
                self.timings.append(timing)
                self._current = -1
                continue
            if first == last == self._current and self._read[last].text:
                self.timings[-1] = replace(self.timings[-1], end=timing.end)
                continue
            if text := self._written(start, end, first, last):
                self.timings.append(WordTiming(text, timing.start, timing.end))
            self._current = last
        return self.timings[before:]

    def _place(self, said: str) -> tuple[int, int]:
        """Return where the next spoken word begins and ends in the spoken text."""
        at = self._spoken.find(said, self._position, self._position + len(said) + _FARTHEST)
        if at >= 0:
            self._position = at + len(said)
            return at, self._position
        # The engine says it in another way; the words after it are found again.
        rest = self._spoken[self._position : self._position + _FARTHEST]
        at = self._position + len(rest) - len(rest.lstrip())
        return at, at + 1

    def _written(self, start: int, end: int, first: int, last: int) -> str:
        """Return what is written for spoken[start:end], which is said of some of the words.

        Without spaces between words an engine may report several as one.
        """
        parts: list[str] = []
        for index in range(first, last + 1):
            word = self._read[index]
            parts += (self._spoken[start : word.at], word.text if index != self._current else "")
            start = word.end
        return "".join([*parts, self._spoken[start:end]]).strip()
