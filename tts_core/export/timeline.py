"""Where every sentence of a book is in time: the same in each format, to the sample."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate

from tts_core.export.book import SpokenBook, SpokenChapter
from tts_core.export.preset import Preset
from tts_core.export.sound import Placed, read_header

FRAME = 1024
"""Samples of a frame of AAC. A chapter has a whole number of them in all formats, so that subtitles
fit each of them."""
SLOWEST, FASTEST = 0.8, 1.5
"""Bounds of `rate_to_fit`, as factors on a voice's own speed: beyond them speech sounds dragged
along, or is hard to follow."""
_RATES = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
"""Hz, those that AAC and MP3 have."""
LATE = 0.05
"""Seconds of delay from which a cue is reported as late; less is not noticeable."""


@dataclass(frozen=True, slots=True)
class ChapterTimeline:
    """The sentences of a chapter in time."""

    chapter: SpokenChapter
    placed: tuple[Placed, ...]
    """One for each of its segments."""
    start: int
    """Samples from the beginning of the book."""
    length: int
    """Samples; the last two frames are silent."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The chapters that have any sentence."""

    rate: int
    """Hz, of all positions."""
    chapters: tuple[ChapterTimeline, ...]

    @property
    def duration(self) -> float:
        """Return the seconds of all chapters."""
        return sum(chapter.length for chapter in self.chapters) / self.rate


def rate_to_fit(duration: float, slot: float) -> float:
    """Return the speed at which speech that takes `duration` seconds at speed 1 fills a slot.

    It is within `SLOWEST` and `FASTEST`, so the speech may end before or after the slot does.
    """
    if slot <= 0:
        return FASTEST
    return min(max(duration / slot, SLOWEST), FASTEST)


def lay_out(book: SpokenBook, preset: Preset) -> Timeline:
    """Place all sentences of a book. Raises GenerationError when a file of one is missing."""
    chapters = [chapter for chapter in book.chapters if chapter.segments]
    sounds = [[read_header(segment.audio) for segment in c.segments] for c in chapters]
    seconds: dict[int, float] = defaultdict(float)
    for sound in (sound for row in sounds for sound in row):
        seconds[sound.rate] += sound.samples / sound.rate
    usual = max(seconds, key=lambda rate: seconds[rate], default=_RATES[-1])
    rate = next((known for known in _RATES if known >= usual), _RATES[-1])
    found: list[tuple[tuple[Placed, ...], int]] = []
    for chapter, row in zip(chapters, sounds, strict=True):
        placed: list[Placed] = []
        free = clock = head = round(preset.head * rate)  # when sound may, and would usually, begin
        for segment, sound in zip(chapter.segments, row, strict=True):
            start = clock
            if segment.starts_at is not None:
                wanted = head + round(segment.starts_at * rate)
                start = max(free, wanted)
            samples = sound.samples or round(segment.duration * sound.rate)
            free = start + round(samples * rate / sound.rate)
            clock = free + round(segment.pause_after * rate)
            placed.append(Placed(sound, start, free))
        end = max(clock, free + round(preset.tail * rate))
        found.append((tuple(placed), (-(-end // FRAME) + 2) * FRAME))
    starts = accumulate((length for _, length in found), initial=0)
    rows = zip(chapters, found, starts, strict=False)
    timelines = tuple(
        ChapterTimeline(chapter, placed, start, length) for chapter, (placed, length), start in rows
    )
    return Timeline(rate, timelines)
