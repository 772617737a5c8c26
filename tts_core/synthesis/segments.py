"""Reads a text and cuts it into segments, and keeps what is written beside what is said."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tts_core.errors import TooLargeError
from tts_core.events import ReadWord, Segment
from tts_core.lexicon.matcher import Matcher
from tts_core.synthesis.directed import DirectedText
from tts_core.synthesis.foreign import Run
from tts_core.text.chunker import Chunk, chunk
from tts_core.text.normalize import is_speakable
from tts_core.text.reading.assembly import Source
from tts_core.text.reading.kana import kana
from tts_core.text.reading.override import Override, merged
from tts_core.text.reading.reader import read, read_parts
from tts_core.text.reading.reading import Options, Reading, Word, joined
from tts_core.text.word_limit import at_most_words
from tts_core.types import Pause
from tts_core.voices.catalog import Choice
from tts_core.voices.lookup import base

Spoken = tuple[Segment, Choice]
"""A segment, and what it is spoken with."""
SHORTEST_LONG_TEXT = 2_500
"""Code points from which on it saves time to read the beginning first."""
_BEGINNING = 1_200
"""Code points that are read first: an engine has then enough to do while the rest is read."""
_LOOKAHEAD = 400
"""Code points before the end of what has been read in which segments may still change."""
_AT_ENDS = (Pause.SENTENCE, Pause.PARAGRAPH)
"""Pauses after whole sentences."""
MOST_SAID = 10
"""Characters that pronunciations may have said for each one that a text may have: entries may be
much longer than their words, and what the rules make of numbers is about that long."""


def cut(
    source: Source,
    reading: Reading,
    longest: int,
    shortest: int = 1,
    most_words: int | None = None,
    *,
    language: str = "",
    first: int = 0,
) -> list[Segment]:
    """Return the segments of a text.

    `reading`: of `source` or a part of it, in `language`. `longest`, `shortest`: in code points of
    what is said. `most_words`: of a segment. `first`: the number of the first.
    """
    pieces = chunk(reading.spoken, longest, shortest, language=language)
    if most_words is not None:
        pieces = list(at_most_words(pieces, most_words))
    return list(_segments(source, reading, pieces, first))


class TextReader:
    """Reads the runs of a text and cuts them into segments: all, or the beginning first."""

    def __init__(
        self,
        source: Source,
        runs: Sequence[Run],
        overrides: Sequence[Sequence[Override]],
        options: Options,
        longest: int | None,
        most_words: int | None,
        *,
        as_heard: bool,
    ) -> None:
        """`overrides`: of each run. The rest is as in `planner.plan`."""
        self._source, self._runs, self._overrides = source, runs, overrides
        self._options, self._as_heard = options, as_heard
        self._longest, self._most_words = longest, most_words
        self._parts: Iterator[Reading] = iter(())  # what has not been read
        self.is_begun = False
        """Whether only the beginning has been read."""
        self.readings: list[Reading] = []
        """Of each run, as far as it has been read."""

    def whole(self, lead: float) -> tuple[list[Spoken], float]:
        """Read everything. Return the segments, and what each is spoken with.

        Also return the seconds of silence before them, which are `lead` and those of runs in which
        there is nothing to speak.
        """
        self.readings = [
            _reading(self._source, run, self._options, said, as_heard=self._as_heard)
            for run, said in zip(self._runs, self._overrides, strict=True)
        ]
        return self._cut(lead)

    def begun(self) -> tuple[list[Spoken], float]:
        """Read the beginning of the only run. Return what `whole` does, of it.

        The last sentences are left out, since what follows may belong to them, and long ones are
        cut evenly. Where then nothing is left, everything is read.
        """
        [run], [said] = self._runs, self._overrides
        span = (run.start, run.end)
        self._parts = read_parts(self._source, run.choice.language, self._options, span, said)
        length, parts = 0, []
        for part in self._parts:
            parts.append(part)
            length += len(part.spoken)
            if length >= _BEGINNING:
                break
        self.readings = [beginning] = [joined(parts)]
        if length >= _BEGINNING and beginning.words:
            last = beginning.words[-1]
            until = last.offset + last.length - _LOOKAHEAD
            found, lead = self._cut(0.0)
            while found and (found[-1][0].end > until or found[-1][0].pause not in _AT_ENDS):
                found.pop()
            if found:
                self.is_begun = True
                return found, lead
        self.readings = [joined([*parts, *self._parts])]
        return self._cut(0.0)

    def rest(self, begun: Sequence[Segment]) -> list[Spoken]:
        """Read the rest; return its segments, after those that `begun` returned."""
        self.readings = [joined([*self.readings, *self._parts])]
        self.is_begun = False
        found, _ = self._cut(0.0)
        after = [(segment, by) for segment, by in found if segment.start >= begun[-1].end]
        return [(replace(s, index=n), by) for n, (s, by) in enumerate(after, len(begun))]

    def _cut(self, lead: float) -> tuple[list[Spoken], float]:
        """Return the segments of what has been read, as `whole` does."""
        found: list[Spoken] = []
        for run, reading in zip(self._runs, self.readings, strict=True):
            engine, language = run.choice.engine, run.choice.language
            most = engine.limit(language)
            segments = cut(
                self._source,
                reading,
                most if self._longest is None else min(most, self._longest),
                engine.min_characters,
                self._most_words,
                language=language,
                first=len(found),
            )
            if segments:
                found += [(_in_manner(segment, run), run.choice) for segment in segments]
                last = replace(found[-1][0], pause=run.pause, silence=run.silence)
                found[-1] = last, run.choice
            elif found:
                found[-1] = _with_pause_of(found[-1][0], run), found[-1][1]
            else:
                lead += run.silence or 0.0
        return found, lead


def _in_manner(segment: Segment, run: Run) -> Segment:
    """Return a segment as its run is spoken."""
    if run.rate == run.pitch == run.volume == 1:
        return segment
    return replace(segment, rate=run.rate, pitch=run.pitch, volume=run.volume)


def _with_pause_of(segment: Segment, run: Run) -> Segment:
    """Return a segment that a run without words follows, with the pauses of both."""
    silences = [s for s in (segment.silence, run.silence) if s is not None]
    pause = max(segment.pause, run.pause, key=list(Pause).index)
    return replace(segment, pause=pause, silence=sum(silences) if silences else None)


def _segments(
    source: Source, reading: Reading, pieces: Iterable[Chunk], number: int
) -> Iterator[Segment]:
    words = reading.words
    places = [word.at for word in words]
    done = 0
    for piece in pieces:
        spoken = piece.text.strip()
        if not is_speakable(spoken):
            continue
        begin = piece.start + piece.text.index(spoken[0])
        first = max(0, bisect_right(places, begin) - 1)
        last = max(first + 1, bisect_left(places, begin + len(spoken)))
        # A word whose reading was cut ("one million | and six") belongs to its first segment.
        start = max(done, _written(words[first], begin, after=False))
        end = done = max(start, _written(words[last - 1], begin + len(spoken), after=True))
        read = tuple(_read(source, words[first:last], begin, start, len(spoken)))
        yield Segment(number, source.cleaned(start, end), spoken, start, end, piece.pause, read)
        number += 1


def _read(
    source: Source, words: Iterable[Word], begin: int, start: int, length: int
) -> Iterator[ReadWord]:
    """Yield the words that are not said as written, of a segment.

    `begin`, `start`: where it begins in what is said and in what is written. `length`: of what is
    said.
    """
    for word in words:
        end = word.offset + word.length
        if word.kind or source.cleaned(word.offset, end) != word.spoken:
            written = source.cleaned(max(start, word.offset), end)
            at = word.at - begin
            stop = at + len(word.spoken)
            phonemes = word.phonemes if at >= 0 and stop <= length else ""
            yield ReadWord(max(0, at), stop, written, phonemes)


def _written(word: Word, place: int, *, after: bool) -> int:
    """Return the written offset of a place in what is said that is in a word, or right after it.

    Where a word is said in other words, that is its beginning, or its end if `after`.
    """
    inside = place - word.at
    if inside <= 0 or inside >= len(word.spoken):
        return word.offset + (word.length if inside > 0 else 0)
    if len(word.spoken) == word.length and not word.kind:
        return word.offset + inside
    return word.offset + (word.length if after else 0)


def overrides_of(
    source: Source, run: Run, directed: DirectedText, lexicon: Matcher
) -> tuple[Override, ...]:
    """Return how parts of a run are spoken; what the text says itself precedes the dictionary."""
    language, voice = run.choice.language, run.choice.voice
    span = (run.start, run.end)
    names = (voice.id, voice.name, *run.choice.saved_as)
    known = lexicon.overrides(source, span, language, names)
    return merged(directed.overrides(source, run), known)


def check_overrides(overrides: Iterable[Sequence[Override]], limit: int) -> None:
    """Raise TooLargeError when a dictionary makes a long text of a short one."""
    length = sum(len(override.spoken) for some in overrides for override in some)
    if length > (most := MOST_SAID * limit):
        raise TooLargeError(
            f"Pronunciations have {length:,} characters said in place of words of the text; the "
            f"limit is {most:,}. Shorten the entries of the dictionary, or split the text into "
            "several requests.",
            "text",
        )


def _reading(
    source: Source,
    run: Run,
    options: Options,
    overrides: Sequence[Override],
    *,
    as_heard: bool,
) -> Reading:
    """Return how a run is read."""
    language = run.choice.language
    reading = read(source, language, options, (run.start, run.end), overrides)
    if base(language) == "ja" and (as_heard or run.choice.engine.wants_kana):
        return kana(reading)
    return reading
