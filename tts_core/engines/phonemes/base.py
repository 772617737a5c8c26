"""Phoneme strings in misaki's alphabet, which hibari and Kokoro speak, with the words in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SILENT = ';:,.!?—…"“”() '
"""Phonemes of punctuation: pauses and intonation."""
ALPHABET = frozenset(
    SILENT + "ˈˌː̃ʰʲᵝᵊᵻ→↗↘↓"
    "abcdefhijklmnopqrstuvwxyz"
    "AIOQSTWYæçðøŋœɐɑɒɔɕɖəɚɛɜɟɡɣɤɥɨɪɯɰɲɳɴɸɹɻɽɾʁʂʃʈʊʋʌʎʒʔʝβθχʣʤʥʦʧʨꭧ"
)
"""The 114 symbols that Kokoro knows. It skips all others without a sound."""

Span = tuple[int, int]
"""Where a word is in a phoneme string: start and end; equal where it has no sound."""


@dataclass(frozen=True, slots=True)
class Word:
    """A written word and its phonemes: `start` to `end` of the phoneme string.

    Punctuation after it is left out.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Phonemes:
    """A phoneme string in misaki's alphabet, and the words it was made of, in order."""

    text: str
    words: Sequence[Word]


def parts_of(phonemes: Phonemes, most: int) -> Iterator[Phonemes]:
    """Yield the phonemes in parts of at most `most`, cut between words, all words kept."""
    start, words = 0, list[Word]()
    for word in phonemes.words:
        if words and word.end - start > most:
            yield _part(phonemes, start, word.start, words)
            start, words = word.start, []
        words.append(word)
    yield _part(phonemes, start, len(phonemes.text), words)


def _part(phonemes: Phonemes, start: int, end: int, words: Sequence[Word]) -> Phonemes:
    text = phonemes.text[start:end]
    spaces = len(text) - len(text.lstrip())  # of a mark that has no sound, as in “ Hello.”
    text = text.strip()

    def moved(place: int) -> int:
        """Return a place in the stripped text; a word without sound may be in the spaces."""
        return min(max(place - start - spaces, 0), len(text))

    return Phonemes(text, [Word(w.text, moved(w.start), moved(w.end)) for w in words])
