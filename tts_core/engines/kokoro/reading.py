"""How a text is read for Kokoro's network: in portions of the right length, with their context.

The network runs the words of short texts together and hurries in long ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tts_core.engines.kokoro.model import KokoroModel, Prosody
from tts_core.engines.phonemes.base import SILENT, Phonemes, Word

EARLY = 3
"""By how many frames the sound of a phoneme precedes its place by the durations."""
TAIL = 8
"""Frames that are kept after the sound of the last word."""
SHORT = 40
"""A text of fewer phonemes is read after a sentence that is not spoken."""
MOST_READ = 280
"""Phonemes that are read at once: with 510 the network speaks up to 17 % faster."""
CONTEXT = 40
"""Phonemes that are read before and after a portion of a longer text."""
LONGEST_WORD = 100
"""Phonemes of a word that are kept together."""
_MARKS = frozenset(SILENT) - {" "}
_SENTENCE_END, _CLAUSE_END = 40, 25
"""How many phonemes farther from the middle a cut may be where one of them is."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A portion of a text with its context, and how it is spoken."""

    prosody: Prosody
    text: str
    """The phonemes."""
    words: Sequence[Word]
    """Without the marks around them."""
    start: int
    """The first word of the portion."""
    end: int
    """The first word after it."""

    @property
    def is_last(self) -> bool:
        """Return whether no word comes after it."""
        return self.end == len(self.words)

    @property
    def finish(self) -> int:
        """Return the frame at which it ends."""
        if not self.is_last:
            return self.starts(self.end)
        return min(self.prosody.frames, self.ends(self.end - 1) + TAIL)

    def starts(self, word: int) -> int:
        """Return the frame in which the sound of a word begins."""
        return max(0, int(self.prosody.onsets[self.words[word].start]) - EARLY)

    def ends(self, word: int) -> int:
        """Return the frame in which the sound of a word ends."""
        return max(0, int(self.prosody.onsets[self.words[word].end]) - EARLY)

    def has_mark(self, word: int) -> bool:
        """Return whether there is a mark between a word and the next one."""
        between = self.text[self.words[word].end : self.words[word + 1].start]
        return not _MARKS.isdisjoint(between)


def readings(
    model: KokoroModel,
    phonemes: Phonemes,
    carrier: Phonemes,
    pack: NDArray[np.float32],
    speed: float,
) -> Iterator[Reading]:
    """Yield the portions of a text.

    `carrier`: a sentence in its language to be read before it if it is short. `pack`: the voice.
    `speed`: a factor on its own.
    """
    whole = Phonemes(phonemes.text, list(_divided(phonemes)))
    if len(whole.text) < SHORT:
        portions = [_after(carrier, whole)]
    else:
        portions = [_portion(whole, start, end) for start, end in pairwise(_cuts(whole))]
    for part, start, end in portions:
        yield Reading(model.read(part.text, pack, speed), part.text, part.words, start, end)


Portion = tuple[Phonemes, int, int]
"""Phonemes, and which of their words to speak: from the first to before the second."""


def _divided(phonemes: Phonemes) -> Iterator[Word]:
    """Yield the words, of overlong ones ("aaaa…", spelled out) the rest as words without a text."""
    for word in phonemes.words:
        text, start = word.text, word.start
        while word.end - start > LONGEST_WORD:
            cut = phonemes.text.rfind(" ", start + 1, start + LONGEST_WORD) + 1
            cut = cut or start + LONGEST_WORD
            yield Word(text, start, cut)
            text, start = "", cut
        yield Word(text, start, word.end)


def _after(carrier: Phonemes, phonemes: Phonemes) -> Portion:
    """Return a text after a sentence that is not to be spoken."""
    text, words = f"{carrier.text} ", list(carrier.words)
    words += [_trimmed(word, phonemes.text, len(text)) for word in phonemes.words]
    return Phonemes(text + phonemes.text, words), len(carrier.words), len(words)


def _cuts(phonemes: Phonemes) -> list[int]:
    """Return the words with which portions begin, and the number of words."""
    words, length = phonemes.words, len(phonemes.text)
    count = 1 if length <= MOST_READ else -(-length // (MOST_READ - 2 * CONTEXT))
    cuts = [0]
    for number in range(1, count):
        goal = length * number // count
        cut = min(range(len(words)), key=lambda word: _distance(phonemes, word, goal))
        if cut > cuts[-1]:
            cuts.append(cut)
    return [*cuts, len(words)]


def _distance(phonemes: Phonemes, word: int, goal: int) -> int:
    """Return how far a word's start is from `goal` in phonemes; less where a clause ends."""
    start = phonemes.words[word].start
    mark = phonemes.text[:start].rstrip()[-1:]
    bonus = _SENTENCE_END if mark in tuple(".!?…") else _CLAUSE_END if mark in _MARKS else 0
    return abs(start - goal) - bonus


def _portion(phonemes: Phonemes, start: int, end: int) -> Portion:
    """Return a portion of a text, by the numbers of its words, with its context."""
    words, first, last = phonemes.words, start, end
    while first > 0 and words[start].start - words[first - 1].start <= CONTEXT:
        first -= 1
    while last < len(words) and words[last].end - words[end].start <= CONTEXT:
        last += 1
    begin = words[first].start if first > 0 else 0
    until = words[last].start if last < len(words) else len(phonemes.text)
    text = phonemes.text[begin:until]
    moved = [_trimmed(word, phonemes.text, -begin) for word in words[first:last]]
    return Phonemes(text, moved), start - first, end - first


def _trimmed(word: Word, text: str, shift: int) -> Word:
    """Return a word of a text without the marks before it, elsewhere by `shift`."""
    start = word.start
    while start < word.end - 1 and text[start] in SILENT:
        start += 1
    return Word(word.text, start + shift, word.end + shift)
