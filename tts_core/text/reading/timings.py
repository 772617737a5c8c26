"""Turns the word timestamps of what is said into those of what is written."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace

from tts_core.types import Segment, WordTiming

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
            index = self._index(timing.text)
            if index >= 0 and not self._read[index].text:
                self._current = index
                continue
            if index >= 0 and index == self._current:
                self.timings[-1] = replace(self.timings[-1], end=timing.end)
                continue
            text = timing.text if index < 0 else self._read[index].text
            self.timings.append(WordTiming(text, timing.start, timing.end))
            self._current = index
        return self.timings[before:]

    def _index(self, said: str) -> int:
        """Return which of `Segment.words` the next spoken word belongs to; -1 for none."""
        if not self._starts:
            return -1
        at = self._spoken.find(said, self._position, self._position + len(said) + _FARTHEST)
        if at >= 0:
            self._position = at + len(said)
        else:  # The engine says it in another way; the words after it are found again.
            rest = self._spoken[self._position :]
            at = self._position + len(rest) - len(rest.lstrip())
        index = bisect_right(self._starts, at) - 1
        return index if index >= 0 and at < self._read[index].end else -1
