"""Detects the language of a text, for requests that do not name it."""

from __future__ import annotations

import copy
import logging
import threading
from collections import Counter
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any

import regex

from tts_core.system.packages import is_known_data

log = logging.getLogger(__name__)

SAMPLE = 1_000  # code points examined
SURE = 0.5
"""The least probability of a detection that is used: "Hello" reaches 0.06, as Breton."""

MODEL_VERSION = "0.4.0"
MODEL_SHA256 = "f4f4a2c3465ca1f081541037f9cac23021d68151c2f709c55ae5eedfca522963"
"""Of py3langid's `data/model.npz.xz` in that version; no other file is loaded."""

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
"""Scripts that many languages share."""
_ALSO_HAN = {"ja", "ko", "cmn", "yue", "zh"}
_LOADING = threading.Lock()
_RUNS = {script: regex.compile(rf"\p{{Script={script}}}") for script in _SCRIPTS}


def detect_language(text: str, among: Collection[str]) -> str:
    """Return a language code such as "en" or "yue"; one of `among` where the script allows several.

    The script decides where it can; else letter statistics (py3langid, after Lui and Baldwin 2012),
    if they are sure enough; else it is the script's most spoken language, English for Latin.
    Without the known model the script alone decides.
    """
    sample = text[:SAMPLE]
    counts = _scripts(sample)
    script, count = counts.most_common(1)[0]
    if count == 0:
        return "en"
    if script == "Han" and counts["Hiragana"] + counts["Katakana"] > 0:
        return "ja"
    if script in _SHARED:
        with _LOADING:  # else fifty requests at once would load fifty models
            identifier = _identifier(frozenset(among))
        if identifier is not None:
            guess, probability = identifier.classify(sample)
            if probability >= SURE:
                return str(guess)
    return _SCRIPTS[script]


def is_written_in(text: str, language: str) -> bool:
    """Return whether most letters of a text are of the script of a language, given by its code.

    True for a text without letters. The script of languages that share theirs with others of the
    world is taken to be Latin, except for the most spoken ones.
    """
    script, count = _scripts(text[:SAMPLE]).most_common(1)[0]
    own = {name for name, code in _SCRIPTS.items() if code == language}
    if language in _ALSO_HAN:
        own.add("Han")
    return count == 0 or script in (own or {"Latin"})


def _scripts(text: str) -> Counter[str]:
    """Return how many characters of each script a text has."""
    return Counter({script: len(found.findall(text)) for script, found in _RUNS.items()})


@lru_cache(maxsize=1)
def _model() -> Any:  # noqa: ANN401 - py3langid has no types
    """Load py3langid's identifier; None when its model is not the known one."""
    from py3langid import langid

    path = Path(langid.MODEL_DIR, langid.MODEL_FILE)
    if not is_known_data(path, MODEL_SHA256):
        log.warning(
            "Languages are detected by script only: %s is not the model of py3langid %s. Install "
            "that version.",
            path,
            MODEL_VERSION,
        )
        return None
    return langid.LanguageIdentifier.from_model_file(path, norm_probs=True)


@lru_cache(maxsize=4)
def _identifier(among: frozenset[str]) -> Any:  # noqa: ANN401
    """Return an identifier that chooses among some languages; None without a model."""
    identifier = copy.copy(_model())
    if identifier is None:
        return None
    known = among & set(identifier.labels)
    if known:
        identifier.set_languages(sorted(known))
    return identifier
