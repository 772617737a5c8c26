"""Writes subtitles in SubRip and WebVTT format."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Literal, get_args

from tts_core.text.cues import Cue, cues_from
from tts_core.types import WordTiming

SubtitleFormat = Literal["srt", "vtt"]
SubtitleUnit = Literal["line", "word"]
"""What a cue has: lines of text, or one word."""
FORMATS: tuple[str, ...] = get_args(SubtitleFormat)
UNITS: tuple[str, ...] = get_args(SubtitleUnit)
MIME_TYPES = {"srt": "application/x-subrip", "vtt": "text/vtt"}
_SHORT_PAUSE = 0.3  # seconds; a shorter gap between cues flickers


def write_subtitles(
    segments: Sequence[WordTiming],
    words: Sequence[WordTiming] | None,
    format: str = "srt",
    by: str = "line",
) -> str:
    """Return a file of subtitles for speech, to be encoded as UTF-8.

    `format`: "srt" or "vtt". `by`: "line" or "word". Raises ValueError for subtitles by word
    without words.
    """
    if by == "word" and words is None:
        raise ValueError("subtitles by word need the times of words")
    cues = word_cues(words or ()) if by == "word" else cues_from(segments, words)
    return to_vtt(cues) if format == "vtt" else to_srt(cues)


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


def word_cues(words: Sequence[WordTiming]) -> list[Cue]:
    """Return a cue for each word, which lasts until the next one unless there is a pause.

    A word that is wider than two lines becomes several cues.
    """
    cues: list[Cue] = []
    for word, after in zip_longest(words, words[1:]):
        end = word.end
        if after is not None and 0 < after.start - end < _SHORT_PAUSE:
            end = after.start
        shown = [WordTiming(word.text, word.start, end)]
        cues += cues_from(shown, shown)
    return cues


def _rendered(
    cues: Iterable[Cue], separator: str, line: Callable[[str], str]
) -> Iterator[tuple[str, str, str]]:
    """Yield start, end and lines of each cue with text; at least 1 ms long, none overlapping."""
    clock = 0
    for cue in cues:
        lines = [line(text.strip()) for text in cue.text.split("\n") if text.strip()]
        if not lines:
            continue
        start = max(clock, round(cue.start * 1000))
        clock = max(start + 1, round(cue.end * 1000))
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
