"""Turns the word timestamps of what was said into those of what was written."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from tts_core.text.reading.reading import Reading
from tts_core.types import WordTiming


def written_timings(
    written: str, reading: Reading, start: int, timings: Sequence[WordTiming]
) -> Iterator[WordTiming]:
    """Yield the written words of one segment with their times.

    `written`: the request's text, of which `reading` is the reading. `start`: where the segment
    begins in `reading.spoken`. `timings`: the words that were said, in order, as they are in the
    spoken text. A written word that is said as several lasts from the first to the last of them.
    """
    places = [word.at for word in reading.words]
    position, current, begin, end = start, -1, 0.0, 0.0
    for timing in timings:
        found = reading.spoken.find(timing.text, position)
        at = position if found < 0 else found
        position = at + len(timing.text)
        index = max(0, bisect_right(places, at) - 1)
        if index != current:
            if current >= 0:
                yield _timing(written, reading, current, begin, end)
            current, begin = index, timing.start
        end = timing.end
    if current >= 0:
        yield _timing(written, reading, current, begin, end)


def _timing(written: str, reading: Reading, index: int, start: float, end: float) -> WordTiming:
    word = reading.words[index]
    return WordTiming(written[word.offset : word.offset + word.length], start, end)
