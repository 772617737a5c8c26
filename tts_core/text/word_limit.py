"""Limits the words of a chunk, for engines that start sooner the shorter their input is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tts_core.text.chunker import Chunk
from tts_core.types import Pause

_WORD = re.compile(r"\s*\S+\s*")
_CLAUSE_END = re.compile(r"[,;:!?.…،؛؟—][\"'”’»)\]]*\s*\Z")


def at_most_words(chunks: Iterable[Chunk], limit: int) -> Iterator[Chunk]:
    """Yield the chunks; cut those of more than `limit` words evenly, at clauses that are near.

    Scripts without spaces have no words to count.
    """
    for chunk in chunks:
        if len(chunk.text.split()) <= limit:
            yield chunk
            continue
        ends = [match.end() for match in _WORD.finditer(chunk.text)]
        begin = word = 0
        for words in _shares(chunk.text, ends, limit):
            word += words
            text, begin = chunk.text[begin : ends[word - 1]], ends[word - 1]
            end = chunk.start + begin
            last = word == len(ends)
            pause = Pause.CLAUSE if _CLAUSE_END.search(text) else Pause.NONE
            yield Chunk(text, end - len(text), end, chunk.pause if last else pause)


def _shares(text: str, ends: list[int], limit: int) -> Iterator[int]:
    """Yield the number of words of each part of a chunk."""
    done, count = 0, len(ends)
    while (left := count - done) > limit:
        parts = -(-left // limit)
        even = -(-left // parts)
        fewest = max(1, left - (parts - 1) * limit)

        def cost(words: int, even: int = even, done: int = done) -> float:
            end_of_clause = _CLAUSE_END.search(text[: ends[done + words - 1]][-8:])
            return abs(words - even) / even + (0 if end_of_clause else 0.5)

        share = min(range(fewest, min(limit, left) + 1), key=cost)
        yield share
        done += share
    if left:
        yield left
