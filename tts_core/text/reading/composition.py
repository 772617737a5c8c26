"""Reads what was read: two readings as one, from the written text to what is said in the end."""

from __future__ import annotations

from collections.abc import Iterator

from tts_core.text.reading.reading import LeftOut, Reading, Word


def composed(first: Reading, second: Reading) -> Reading:
    """Return the reading of the text of `first` as `second` says it; `second` reads `first`.

    Positions in what is said count as in `first`, whose own may begin anywhere.
    """
    words = list(_words(first, second))
    spans = [(word.offset, word.length) for word in words]
    covered = {index for offset, length in spans for index in range(offset, offset + length)}
    lost = [
        LeftOut(word.offset, word.length, word.kind or "markup")
        for word in first.words
        if word.offset not in covered
    ]
    within = {i for part in lost for i in range(part.offset, part.offset + part.length)}
    kept = [part for part in first.left_out if part.offset not in within]
    left_out = tuple(sorted([*kept, *lost], key=lambda part: part.offset))
    return Reading(second.spoken, tuple(words), left_out, first.marks)


def _words(first: Reading, second: Reading) -> Iterator[Word]:
    """Yield the words of the second reading with the spans of those of the first they come from."""
    base = base_of(first)
    index = 0
    current: Word | None = None
    for word in second.words:
        while index < len(first.words) and _end(first.words[index]) - base <= word.offset:
            index += 1
        last = index
        while (
            last + 1 < len(first.words)
            and first.words[last + 1].at - base < word.offset + word.length
        ):
            last += 1
        origin, final = first.words[index], first.words[last]
        length = final.offset + final.length - origin.offset
        found = Word(
            word.spoken,
            base + word.at,
            origin.offset,
            length,
            origin.kind or word.kind,
            word.phonemes,
        )
        if current is not None and current.offset + current.length > found.offset:
            begin = current.at - base
            current = Word(
                second.spoken[begin : word.at + len(word.spoken)],
                current.at,
                current.offset,
                max(current.length, found.offset + found.length - current.offset),
                current.kind or found.kind,
            )
            continue
        if current is not None:
            yield current
        current = found
    if current is not None:
        yield current


def base_of(reading: Reading) -> int:
    """Return the position at which what a reading says begins."""
    if not reading.words:
        return 0
    first = reading.words[0]
    return first.at - reading.spoken.index(first.spoken)


def _end(word: Word) -> int:
    return word.at + len(word.spoken)
