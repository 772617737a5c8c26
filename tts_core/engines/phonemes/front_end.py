"""Text to phonemes in misaki's alphabet, in the languages that Kokoro speaks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from tts_core.engines.phonemes.base import ALPHABET, SILENT, Phonemes, Span, Word
from tts_core.engines.phonemes.spelling import parts_of
from tts_core.errors import UnknownNameError

Read = Callable[[Sequence[str]], tuple[str, list[Span]]]
"""Returns the phonemes of a text's words, and where each word is among them."""

_ESPEAK_VOICES = {
    "es": "roa/es",
    "fr": "roa/fr",
    "hi": "inc/hi",
    "it": "roa/it",
    "pt": "roa/pt-BR",  # Kokoro's Portuguese is Brazilian
    "pt-br": "roa/pt-BR",
}
LANGUAGES = ("en", "en-us", "en-gb", "es", "fr", "hi", "it", "ja", "pt", "pt-br")
"""What `phonemes_of` reads."""
PORTION = 1000
"""Characters read at once, and what is left of their last word."""
_OPENING, _CLOSING = "(“", ";:,.!?…”)"


def phonemes_of(text: str, language: str) -> Phonemes:
    """Return the phonemes of a text and the place of each written word among them.

    A word is a run without white space, punctuation included; in Japanese one of the dictionary.
    Words without sound ("—") are left out. The first text of a language loads what reads it.
    Raises UnknownNameError for a language that is not one of `LANGUAGES`, ModelLoadError.
    """
    if language not in LANGUAGES:
        raise UnknownNameError(
            f"There are no phonemes for {language!r}. Choose one of {', '.join(LANGUAGES)}.",
            "language",
        )
    read = _reader(language)
    phonemes, words = "", list[Word]()
    for portion in _portions(text.split()):
        parts = [(index, part) for index, word in portion for part in parts_of(word)]
        sound, spans = _spoken(*read([part for _, part in parts]))
        offset = len(phonemes) + 1 if phonemes else 0
        phonemes += f" {sound}" if phonemes else sound
        written = dict(portion)
        places: dict[int, Span] = {}
        for (index, _), (start, end) in zip(parts, spans, strict=True):
            if end > start:
                first = places.get(index, (offset + start, 0))[0]
                places[index] = first, offset + end
        words += [Word(written[index], *place) for index, place in places.items()]
    return Phonemes(phonemes, words)


@functools.cache
def _reader(language: str) -> Read:
    """Return what reads a language, loaded. Raises ModelLoadError."""
    if voice := _ESPEAK_VOICES.get(language):
        from tts_core.engines.phonemes import ipa

        return functools.partial(ipa.read, voice=voice)
    from tts_core.engines.phonemes import english, ipa

    british = language == "en-gb"
    unknown = ipa.british if british else ipa.american
    return functools.partial(english.read, g2p=english.load_g2p(british=british, unknown=unknown))


def _portions(words: Sequence[str]) -> Iterator[list[tuple[int, str]]]:
    """Yield the words with their numbers in portions, which end with a sentence if they can."""
    portion, length = list[tuple[int, str]](), 0
    for index, word in enumerate(words):
        portion.append((index, word))
        length += len(word) + 1
        if length > PORTION or (length > PORTION / 2 and word.endswith((".", "!", "?", "…"))):
            yield portion
            portion, length = [], 0
    if portion:
        yield portion


def _spoken(phonemes: str, spans: Sequence[Span]) -> tuple[str, list[Span]]:
    """Return a phoneme string without what has no place in it, and the spans in the new string.

    Left out are symbols that the model would skip, repeated marks, spaces before a closing mark,
    after an opening one and at both ends. A span begins and ends with a sound.
    """
    kept, found = list[bool](), "("
    for symbol, after in zip(phonemes, [*phonemes[1:], "."], strict=True):
        keep = symbol in ALPHABET and not (symbol == found[-1] and symbol in SILENT)
        if symbol == " ":
            keep = keep and found[-1] not in _OPENING and after not in _CLOSING
        kept.append(keep)
        found += symbol if keep else ""
    moved = list(accumulate(kept, initial=0))
    return found[1:], [_sounding(found[1:], moved[start], moved[end]) for start, end in spans]


def _sounding(phonemes: str, start: int, end: int) -> Span:
    """Return a span without the marks at its ends."""
    sound = phonemes[start:end].rstrip(SILENT)
    bare = sound.lstrip(SILENT)
    return start + len(sound) - len(bare), start + len(sound)
