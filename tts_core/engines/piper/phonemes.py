"""A text as the numbers that a Piper voice was trained with, and the words in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tts_core.engines.espeak.library import TIE
from tts_core.engines.phonemes import ipa
from tts_core.engines.phonemes.base import Phonemes, Span, Word
from tts_core.engines.phonemes.given import tidy, with_given
from tts_core.engines.piper.files import Description
from tts_core.types import WordPhonemes


class NumberedWord(NamedTuple):
    """A written word, and the first of its numbers and the one after the last."""

    text: str
    start: int
    end: int


class Numbers(NamedTuple):
    """What the network reads."""

    values: list[int]
    words: list[NumberedWord]


def numbers_of(text: str, description: Description, given: Sequence[WordPhonemes] = ()) -> Numbers:
    """Return the numbers of a text: "^", then each phoneme and "_" after it, then "$".

    Phonemes are the code points of eSpeak NG's IPA, decomposed, with the punctuation of the text,
    or the letters themselves. `given`: phonemes of some words, for voices that have any. What the
    voice does not know is skipped. Raises VoiceLoadError.
    """
    words = text.split()
    if description.phoneme_type == "text":
        symbols, spans = _letters(words)
    else:
        symbols, spans = ipa.read(words, description.espeak.voice, _as_piper)
        read = Phonemes(symbols, [Word(w, *s) for w, s in zip(words, spans, strict=True)])
        is_english = description.espeak.voice.startswith("en")
        read = with_given(read, text, given, lambda ipa: _given(ipa, is_english=is_english))
        symbols, spans = read.text, [(word.start, word.end) for word in read.words]
    return _numbered(symbols, words, spans, description.phoneme_id_map)


def _as_piper(phonemes: str) -> str:
    """Return eSpeak NG's IPA, which has ties and flags, as Piper's phonemes."""
    return unicodedata.normalize("NFD", ipa.without_flags(phonemes).replace(TIE, ""))


def _given(ipa: str, *, is_english: bool) -> str:
    """Return IPA as dictionaries write it, in which an English ɹ is an r, as Piper's phonemes."""
    found = unicodedata.normalize("NFD", tidy(ipa))
    return found.replace("r", "ɹ") if is_english else found


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
