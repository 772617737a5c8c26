"""Languages by tag; one module for each that says more than CLDR does."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module

from tts_core.text.reading.language import Language
from tts_core.text.reading.languages.small import SmallLanguage

_SAME = {"cmn": "zh", "yue": "zh"}
"""Tags of engines whose reading is that of another."""
_MODULES = {
    "en": "germanic.en:English",
    "en-gb": "germanic.en:BritishEnglish",
    "de": "germanic.de:German",
    "fr": "romance.fr:French",
    "es": "romance.es:Spanish",
    "it": "romance.it:Italian",
    "pt": "romance.pt:Portuguese",
    "nl": "germanic.nl:Dutch",
    "ru": "slavic.ru:Russian",
    "uk": "slavic.uk:Ukrainian",
    "hi": "asian.hi:Hindi",
    "zh": "asian.zh:Mandarin",
    "ja": "asian.ja:Japanese",
    "ko": "asian.ko:Korean",
    "pl": "slavic.pl:Polish",
    "sv": "germanic.sv:Swedish",
    "be": "small:Belarusian",
    "th": "small:Thai",
    "da": "small:Danish",
    "nb": "small:Danish",
    "no": "small:Danish",
    "et": "small:Estonian",
    "lt": "small:Lithuanian",
    "cs": "slavic.cs:Czech",
    "tr": "tr:Turkish",
    "el": "el:Greek",
    "ar": "semitic.ar:Arabic",
    "id": "asian.id:Indonesian",
    "vi": "asian.vi:Vietnamese",
}
"""Module and class of a language by its tag; a tag with a region falls back on its language."""
_BRITISH = frozenset(["gb", "ie", "au", "nz", "in", "za"])
"""Regions whose English is rather British."""


@lru_cache(maxsize=128)
def language_of(tag: str) -> Language:
    """Return the language of a tag such as "en-us"; CLDR's defaults for the others."""
    tag = tag.lower().replace("_", "-")
    code, _, region = tag.partition("-")
    if code in _SAME:
        return language_of(_SAME[code])
    if code == "en" and region[:2] in _BRITISH:
        name = _MODULES["en-gb"]
    else:
        name = _MODULES.get(tag) or _MODULES.get(code, "")
    return _class_of(name)(tag) if name else SmallLanguage(tag)


def all_languages() -> Iterator[tuple[str, type[Language]]]:
    """Yield tag and class of every language with a module. None of them loads CLDR's data."""
    for tag, name in _MODULES.items():
        yield tag, _class_of(name)


def _class_of(name: str) -> type[Language]:
    module, _, kind = name.partition(":")
    found: type[Language] = getattr(import_module(f"{__name__}.{module}"), kind)
    return found
