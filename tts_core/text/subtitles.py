"""Writes subtitles in SubRip and WebVTT format."""

from __future__ import annotations

import html
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
import regex

from tts_core.types import WordTiming

_LINE = 42
"""Code points in a line; a cue has up to two lines (Netflix Timed Text Style Guide, English)."""
_CUE_LENGTH = 2 * _LINE
_CUE_SECONDS = 7.0
_SHORT_PAUSE = 0.3  # seconds; a shorter gap between cues flickers
_STRIPPED = regex.compile(r"^[^\w]+|[^\w]+$")


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle: a single line of text, shown from `start` to `end` (seconds)."""

    text: str
    start: float
    end: float


def to_srt(cues: Iterable[Cue]) -> str:
    """Return the cues as SubRip, to be encoded as UTF-8. It has no escapes: "-->" becomes "→"."""
    blocks = (
        f"{number}\n{start} --> {end}\n{text}\n"
        for number, (start, end, text) in enumerate(_rendered(cues, ",", _srt_line), 1)
    )
    return "\n".join(blocks)


def to_vtt(cues: Iterable[Cue]) -> str:
    """Return the cues as WebVTT (https://www.w3.org/TR/webvtt1/), with & < > escaped."""
    blocks = (
        f"{start} --> {end}\n{text}\n" for start, end, text in _rendered(cues, ".", _vtt_line)
    )
    return "\n".join(("WEBVTT\n", *blocks))


def cues_from(segments: Sequence[WordTiming], words: Sequence[WordTiming] | None) -> list[Cue]:
    """Return cues for spoken segments and words, which are in order and timed from one start.

    A segment of at most 84 characters and 7 s is one cue; a longer one becomes several, timed by
    its words where their text is found in it, else in proportion to length. A single word that
    takes longer than 7 s stays one cue. Cues do not overlap.
    """
    cues: list[Cue] = []
    queue = _Queue(words or ())
    clock = 0.0
    for segment in segments:
        text = " ".join(segment.text.split())
        begin = max(clock, segment.start)
        finish = max(begin, segment.end)
        spoken = queue.until(finish)
        clock = finish
        if not text:
            continue
        anchors = _anchors(text, begin, finish, spoken)
        for start, end in _cue_bounds(text, finish - begin):
            times = np.interp((start, end), *anchors)
            cues.append(Cue(text[start:end].strip(), float(times[0]), float(times[1])))
    return cues


def word_cues(words: Sequence[WordTiming]) -> list[Cue]:
    """Return a cue for each word, which lasts until the next one unless there is a pause."""
    cues = []
    for word, after in zip_longest(words, words[1:]):
        end = word.end
        if after is not None and 0 < after.start - end < _SHORT_PAUSE:
            end = after.start
        cues.append(Cue(word.text, word.start, end))
    return cues


class _Queue:
    """Words in order, removed from the front."""

    def __init__(self, words: Sequence[WordTiming]) -> None:
        self._words = words
        self._next = 0

    def until(self, time: float) -> list[WordTiming]:
        """Remove and return the next words that start before `time`."""
        first = self._next
        while self._next < len(self._words) and self._words[self._next].start < time:
            self._next += 1
        return list(self._words[first : self._next])


def _anchors(
    text: str, begin: float, finish: float, words: Sequence[WordTiming]
) -> tuple[list[float], list[float]]:
    """Return positions in the text, strictly ascending, and the time of each, never descending."""
    places, times = [0.0], [begin]

    def add(place: float, time: float) -> None:
        time = min(max(time, times[-1]), finish)
        if place > places[-1]:
            places.append(place)
            times.append(time)
        else:
            times[-1] = time

    folded = text.lower() if len(text.lower()) == len(text) else text
    position = 0
    for word in words:
        spoken = _STRIPPED.sub("", word.text).lower()
        # Search only nearby, so that a word that is spelled differently does not skip the rest.
        found = folded.find(spoken, position, position + _CUE_LENGTH) if spoken else -1
        if found >= 0:
            position = found + len(spoken)
            add(found, word.start)
            add(position, word.end)
    add(len(text), finish)
    return places, times


def _cue_bounds(text: str, seconds: float) -> Iterator[tuple[int, int]]:
    """Yield start and end of each cue of a segment: pairs of lines, about equally long."""
    if seconds <= _CUE_SECONDS and len(text) <= _CUE_LENGTH and len(_wrapped(text, _LINE)) <= 2:
        yield 0, len(text)
        return
    # With a second to spare, because the cues are not exactly equal.
    count = max(-(-len(text) // _CUE_LENGTH), int(-(-seconds // (_CUE_SECONDS - 1))))
    lines = deque(_wrapped(text, min(_LINE - 1, 1 + len(text) * 5 // (8 * count))))
    while lines:
        start, end = lines.popleft()
        if lines and lines[0][1] - start <= _CUE_LENGTH:
            _, end = lines.popleft()
        yield start, end


def _wrapped(text: str, width: int) -> list[tuple[int, int]]:
    """Return start and end of each line of a text without double spaces.

    A line has at most `width` code points or a single word. A word of more than 42 is cut between
    graphemes.
    """
    lines: list[tuple[int, int]] = []
    start = end = 0
    for first, last in _units(text, width):
        if end > start and last - start > width:
            lines.append((start, end))
            start = first
        end = last
    lines.append((start, end))
    return lines


def _units(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of what a line must not break: words, and parts of overlong words."""
    for word in regex.finditer(r"\S+", text):
        if word.end() - word.start() <= _LINE:
            yield word.span()
            continue
        start = end = word.start()
        for grapheme in regex.finditer(r"\X", word[0]):
            following = word.start() + grapheme.end()
            if end > start and following - start > width:
                yield start, end
                start = end
            end = following
        yield start, end


def _rendered(
    cues: Iterable[Cue], separator: str, line: Callable[[str], str]
) -> Iterator[tuple[str, str, str]]:
    """Yield start, end and lines of each cue with text; at least 1 ms long, none overlapping."""
    clock = 0
    for cue in cues:
        text = " ".join(cue.text.split())
        if not text:
            continue
        start = max(clock, round(cue.start * 1000))
        clock = max(start + 1, round(cue.end * 1000))
        lines = (line(text[a:b]) for a, b in _wrapped(text, _LINE))
        yield _clock_time(start, separator), _clock_time(clock, separator), "\n".join(lines)


def _clock_time(milliseconds: int, separator: str) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{separator}{thousandths:03}"


def _srt_line(text: str) -> str:
    return text.replace("-->", "→")


def _vtt_line(text: str) -> str:
    return html.escape(text, quote=False)
