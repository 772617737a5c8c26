"""Languages by tag; one module for each that says more than CLDR does."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from tts_core.text.reading.language import Language

_SAME = {"cmn": "zh", "yue": "zh"}
"""Tags of engines whose reading is that of another."""
_MODULES = {
    "en": "en:English",
    "en-gb": "en:BritishEnglish",
    "de": "de:German",
    "fr": "fr:French",
    "es": "es:Spanish",
    "it": "it:Italian",
    "pt": "pt:Portuguese",
    "nl": "nl:Dutch",
    "ru": "ru:Russian",
    "uk": "uk:Ukrainian",
    "hi": "hi:Hindi",
    "zh": "zh:Mandarin",
    "ja": "ja:Japanese",
    "ko": "ko:Korean",
    "pl": "small:Polish",
    "ar": "small:Arabic",
}
"""Module and class of a language by its tag; a tag with a region falls back on its language."""
_BRITISH = frozenset(["gb", "ie", "au", "nz", "in", "za"])
"""Regions whose English is rather British."""


@lru_cache(maxsize=128)
def language_of(tag: str) -> Language:
    """Return the language of a tag such as "en-us"; CLDR's defaults for those without a module."""
    tag = tag.lower().replace("_", "-")
    code, _, region = tag.partition("-")
    if code in _SAME:
        return language_of(_SAME[code])
    if code == "en" and region[:2] in _BRITISH:
        name = _MODULES["en-gb"]
    else:
        name = _MODULES.get(tag) or _MODULES.get(code, "")
    if not name:
        return Language(tag)
    module, _, kind = name.partition(":")
    found: type[Language] = getattr(import_module(f"{__name__}.{module}"), kind)
    return found(tag)
