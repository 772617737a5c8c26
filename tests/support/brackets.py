"""Texts of the catalogue in brackets, by which they are known from what is outside of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from babel import Locale

from tts_core.web.ui import assets
from tts_core.web.ui import texts as texts_module
from tts_core.web.ui.texts import ENGLISH, LANGUAGES, Catalogue, catalogue
from tts_core.web.ui.texts.languages import translated

NAMES = {
    "Aloud", "API", "Esc", "eSpeak", "NG", "MP3", "WAV", "FLAC", "Ogg", "Opus", "M4A", "AAC",
    "WebM", "SRT", "VTT", "PLS", "CSV", "JSON", "Python", "JavaScript", "MB", "GB", "kB", "dB",
    "ms",
    # engines, voices and licenses
    "Pocket", "TTS", "XTTS", "Chatterbox", "Piper", "Kokoro", "hibari", "Groq", "Fenrir", "Kore",
    "Emma", "Fable", "Apache", "MIT", "BY", "CC", "GPL", "Lancaster",
}  # fmt: skip
"""What is the same in all languages."""
_ADDRESS = re.compile(r"`[^`]*`|https?://\S+|hf\.co/\S+|\b[A-Z]+(?:_[A-Z]+)+\b|\w+\.(?:pth|json)\b")
"""Commands, addresses, variables and files."""


def marked(catalogue: Catalogue) -> Catalogue:
    """Each text in brackets; of some, values of placeholders are outside of them."""
    return {
        key: _marked(key, text)
        if isinstance(text, str)
        else {form: _marked(key, words) for form, words in text.items()}
        for key, text in catalogue.items()
    }


def _marked(key: str, text: str) -> str:
    if key.startswith(("engine.", "engines.agree", "language.")):
        return re.sub(r"(`?\{\w+\}`?)", r"⟧\1⟦", f"⟦{text}⟧")
    return f"⟦{text}⟧"


def outside(text: str) -> list[str]:
    """Return the words of a text, in Latin letters, that are neither in brackets nor names."""
    left, shorter = "", text
    while left != shorter:
        left, shorter = shorter, re.sub(r"⟦[^⟦⟧]*⟧", "", shorter)
    left = _ADDRESS.sub("", left)
    return [word for word in re.findall(r"[A-Za-z]{2,}\d?[A-Z]?", left) if word not in NAMES]


@contextmanager
def german_in_brackets() -> Iterator[None]:
    """Have as German texts the English ones in brackets, and names of languages in brackets."""

    def names(name: str, code: str, locale: Locale) -> tuple[str, str] | None:
        found = translated(name, code, locale)
        if found is None or locale.language != "de":
            return found
        language, region = found
        known = region in locale.territories.values()
        return f"⟦{language}⟧", f"⟦{region}⟧" if known else region

    texts = {**{code: catalogue(code) for code in LANGUAGES}, "de": marked(catalogue(ENGLISH))}
    caches = (assets.texts_asset, assets.skeleton, texts_module._said)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts_module, "catalogue", texts.__getitem__)
        patch.setattr(texts_module, "translated", names)
        for cache in caches:
            cache.cache_clear()
        yield
    for cache in caches:
        cache.cache_clear()
