"""Cuts a text that has been read into segments, and keeps what is written beside what is said."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tts_core.events import ReadWord, Segment
from tts_core.synthesis.foreign import Run
from tts_core.text.chunker import Chunk, chunk
from tts_core.text.normalize import is_speakable
from tts_core.text.reading.assembly import Source
from tts_core.text.reading.reading import Reading, Word
from tts_core.text.word_limit import at_most_words
from tts_core.types import Pause
from tts_core.voices.catalog import Choice


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


def cut_runs(
    source: Source,
    runs: Sequence[Run],
    readings: Sequence[Reading],
    longest: int | None,
    most_words: int | None,
    lead: float,
) -> tuple[list[tuple[Segment, Choice]], float]:
    """Return the segments of all runs, and what each is spoken with.

    Also return the seconds of silence before them, which are `lead` and those of runs in which
    there is nothing to speak.
    """
    found: list[tuple[Segment, Choice]] = []
    for run, reading in zip(runs, readings, strict=True):
        engine, language = run.choice.engine, run.choice.language
        most = engine.limit(language)
        segments = cut(
            source,
            reading,
            most if longest is None else min(most, longest),
            engine.min_characters,
            most_words,
            language=language,
            first=len(found),
        )
        if segments:
            found += [
                (replace(s, rate=run.rate, pitch=run.pitch, volume=run.volume), run.choice)
                for s in segments
            ]
            last = replace(found[-1][0], pause=run.pause, silence=run.silence)
            found[-1] = last, run.choice
        elif found:
            found[-1] = _with_pause_of(found[-1][0], run), found[-1][1]
        else:
            lead += run.silence or 0.0
    return found, lead


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
