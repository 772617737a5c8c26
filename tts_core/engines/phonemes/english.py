"""English text to phonemes, with the place of each written word among them.

hibari's front end is a port of misaki: it reads numbers, dates and abbreviations out, looks words
up by part of speech and spells unknown ones with a small network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from tts_core.engines.phonemes.base import SILENT, Phonemes, Word

if TYPE_CHECKING:
    from hibari.g2p import G2P


def phonemes_of(text: str, g2p: G2P) -> Phonemes:
    """Return the phonemes of a text. A word is a run without whitespace, as written in `text`.

    Where the front end reads a word as several or several as one ("$5", "3 km"), the phonemes of
    the run are shared out between its written words by their letters.
    """
    from hibari.g2p.normalize import normalize

    phonemes, read = _read_out(normalize(text), g2p)
    written = text.split()
    matcher = SequenceMatcher(None, written, [word.text for word in read], autojunk=False)
    words: list[Word] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            words += read[c:d]
        elif a < b and c < d:
            words += _shared(written[a:b], read[c].start, read[d - 1].end)
    sounding = (_without_punctuation(word, phonemes) for word in words)
    return Phonemes(phonemes, [word for word in sounding if word.end > word.start])


def _without_punctuation(word: Word, phonemes: str) -> Word:
    sound = phonemes[word.start : word.end].rstrip(SILENT)
    return Word(word.text, word.start, word.start + len(sound))


def _read_out(text: str, g2p: G2P) -> tuple[str, list[Word]]:
    """Return the phoneme string of a normalized text and its words."""
    phonemes, words, start, spelled = "", list[Word](), 0, ""
    for token in g2p.phonemize_tokens(g2p.tokenize(text)):
        phonemes += token.phonemes or ""
        spelled += token.text
        if token.whitespace:
            words.append(Word(spelled, start, len(phonemes)))
            phonemes += " "
            start, spelled = len(phonemes), ""
    words.append(Word(spelled, start, len(phonemes)))
    return phonemes, words


def _shared(texts: Sequence[str], start: int, end: int) -> Iterator[Word]:
    """Yield words that share the phonemes from `start` to `end` by their letters."""
    weights = [max(1, sum(c.isalnum() for c in text)) for text in texts]
    total, done = sum(weights), 0
    for text, weight in zip(texts, weights, strict=True):
        first = start + (end - start) * done // total
        done += weight
        yield Word(text, first, start + (end - start) * done // total)
