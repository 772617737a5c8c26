"""A text as the numbers that a Piper voice was trained with, and the words in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tts_core.engines.espeak.library import TIE
from tts_core.engines.phonemes import ipa
from tts_core.engines.phonemes.base import Span
from tts_core.engines.piper.files import Description


class NumberedWord(NamedTuple):
    """A written word, and the first of its numbers and the one after the last."""

    text: str
    start: int
    end: int


class Numbers(NamedTuple):
    """What the network reads."""

    values: list[int]
    words: list[NumberedWord]


def numbers_of(text: str, description: Description) -> Numbers:
    """Return the numbers of a text: "^", then each phoneme and "_" after it, then "$".

    Phonemes are the code points of eSpeak NG's IPA, decomposed, with the punctuation of the text,
    or the letters themselves. What the voice does not know is skipped. Raises VoiceLoadError.
    """
    words = text.split()
    if description.phoneme_type == "text":
        symbols, spans = _letters(words)
    else:
        symbols, spans = ipa.read(words, description.espeak.voice, _as_piper)
    return _numbered(symbols, words, spans, description.phoneme_id_map)


def _as_piper(phonemes: str) -> str:
    """Return eSpeak NG's IPA, which has ties and flags, as Piper's phonemes."""
    return unicodedata.normalize("NFD", ipa.without_flags(phonemes).replace(TIE, ""))


def _letters(words: Sequence[str]) -> tuple[str, list[Span]]:
    symbols, spans = "", []
    for word in words:
        symbols += " " if symbols else ""
        start = len(symbols)
        symbols += unicodedata.normalize("NFD", word.casefold())
        spans.append((start, len(symbols)))
    return symbols, spans


def _numbered(
    symbols: str, words: Sequence[str], spans: Sequence[Span], ids: Mapping[str, Sequence[int]]
) -> Numbers:
    pad = ids["_"]
    values = [*ids["^"], *pad]
    places = []
    for symbol in symbols:
        places.append(len(values))
        if symbol in ids and symbol not in "^$_":
            values += [*ids[symbol], *pad]
    places.append(len(values))
    values += ids["$"]
    numbered = [
        NumberedWord(word, places[start], places[end])
        for word, (start, end) in zip(words, spans, strict=True)
        if places[end] > places[start]
    ]
    return Numbers(values, numbered)
