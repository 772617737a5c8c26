"""Which language a text is in, when the caller does not say."""

from __future__ import annotations

import copy
import threading
from collections import Counter
from collections.abc import Collection
from functools import lru_cache
from typing import Any

import regex

SAMPLE = 1_000  # code points looked at
SURE = 0.5
"""Below this probability the guess is not trusted: "Hello" reaches 0.06, as Breton."""

_SCRIPTS = {
    "Latin": "en",
    "Han": "zh",
    "Hiragana": "ja",
    "Katakana": "ja",
    "Hangul": "ko",
    "Cyrillic": "ru",
    "Greek": "el",
    "Arabic": "ar",
    "Hebrew": "he",
    "Devanagari": "hi",
    "Bengali": "bn",
    "Gurmukhi": "pa",
    "Gujarati": "gu",
    "Oriya": "or",
    "Tamil": "ta",
    "Telugu": "te",
    "Kannada": "kn",
    "Malayalam": "ml",
    "Sinhala": "si",
    "Thai": "th",
    "Myanmar": "my",
    "Georgian": "ka",
    "Armenian": "hy",
    "Ethiopic": "am",
    "Cherokee": "chr",
}
_SHARED = {"Latin", "Cyrillic", "Arabic", "Devanagari", "Bengali"}
"""Scripts that say little about the language."""
_LOADING = threading.Lock()
_RUNS = {script: regex.compile(rf"\p{{Script={script}}}") for script in _SCRIPTS}


def detect_language(text: str, among: Collection[str]) -> str:
    """A code such as "en" or "yue"; one of `among` where the script leaves a choice.

    By the script where that decides; else by letter statistics (py3langid, after Lui and Baldwin
    2012), where they are sure enough; else the script's most spoken language, English for Latin.
    """
    sample = text[:SAMPLE]
    counts = Counter({script: len(found.findall(sample)) for script, found in _RUNS.items()})
    script, count = counts.most_common(1)[0]
    if count == 0:
        return "en"
    if script == "Han" and counts["Hiragana"] + counts["Katakana"] > 0:
        return "ja"
    if script in _SHARED:
        with _LOADING:  # fifty requests at once would load fifty models
            identifier = _identifier(frozenset(among))
        guess, probability = identifier.classify(sample)
        if probability >= SURE:
            return str(guess)
    return _SCRIPTS[script]


@lru_cache(maxsize=1)
def _model() -> Any:  # noqa: ANN401 - py3langid has no types
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(maxsize=4)
def _identifier(among: frozenset[str]) -> Any:  # noqa: ANN401
    identifier = copy.copy(_model())
    known = among & set(identifier.labels)
    if known:
        identifier.set_languages(sorted(known))
    return identifier
