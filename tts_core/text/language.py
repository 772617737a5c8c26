"""Detects the language of a text, for requests that do not name it."""

from __future__ import annotations

import copy
import logging
import math
import re
import threading
from collections import Counter
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import regex

from tts_core.system.packages import is_known_data
from tts_core.text.chunker import chunk
from tts_core.text.reading.languages import all_languages
from tts_core.text.reading.tables import words

log = logging.getLogger(__name__)

SAMPLE = 1_000  # code points examined
SURE = 0.5
"""The least probability of a detection that is used: "Hello" reaches 0.06, as Breton."""

MODEL_VERSION = "0.4.0"
MODEL_SHA256 = "f4f4a2c3465ca1f081541037f9cac23021d68151c2f709c55ae5eedfca522963"
"""Of py3langid's `data/model.npz.xz` in that version; no other file is loaded."""

SENTENCE_LANGUAGES = words(
    "ar ca cs da de el en es fi fr he hi hr hu id it ja ko nl no pl pt ro ru sk sv tr uk vi zh"
)
"""Languages of sentences unless others are asked for."""
_LONGEST_SENTENCE = 100_000
_WORD = 1.5
"""What a function word adds to the logarithm of a language's probability."""
_LEAST = 1e-9
_MARGIN = 2.0
"""By how much a sentence must fit another language better than its text's."""
_FEW_LETTERS = 8
"""A sentence with fewer letters of a script that languages share is in its text's language."""
_WORDS_OF = regex.compile(r"\p{L}[\p{L}\p{M}]*(?:['’]\p{L}+)?")

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
_CHINESE = {"cmn", "yue", "zh"}
_CANTONESE = regex.compile("[嘅喺咗唔佢哋咁啲嚟冇睇瞓嗰咩乜嘢噉嗌攞揾]")
"""Characters of words that Mandarin has not."""
_FEW_CANTONESE = 2
_LOADING = threading.Lock()
_ASCII_LETTERS = re.compile("[A-Za-z]")
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
                return _chinese(sample, among) if guess in _CHINESE else str(guess)
    return _chinese(sample, among) if script == "Han" else _SCRIPTS[script]


def _chinese(sample: str, among: Collection[str]) -> str:
    """Return "yue" for a text with characters that only Cantonese has, else "zh"."""
    is_cantonese = len(_CANTONESE.findall(sample)) >= _FEW_CANTONESE and "yue" in among
    return "yue" if is_cantonese else "zh"


class SentenceLanguage(NamedTuple):
    """The language of text[start:end]."""

    start: int
    end: int
    language: str


def sentence_languages(
    text: str, default: str, among: Collection[str] = SENTENCE_LANGUAGES
) -> list[SentenceLanguage]:
    """Return the language of every sentence of a text; together they are the text.

    `default` is the tag of the text's language. It is that of a sentence too unless another of
    `among` (codes such as "de") fits clearly better by letter statistics (py3langid) and by the
    function words of the languages' readings. Takes time linear in the length of the text.
    """
    found: list[SentenceLanguage] = []
    for part in chunk(text, _LONGEST_SENTENCE, language=default):
        language = _sentence_language(part.text, default, among)
        if found and found[-1].language == language:
            found[-1] = found[-1]._replace(end=part.end)
        else:
            found.append(SentenceLanguage(part.start, part.end, language))
    return found


def _sentence_language(sentence: str, default: str, among: Collection[str]) -> str:
    sample = sentence[:SAMPLE]
    code = default.lower().replace("_", "-").partition("-")[0]
    counts = _scripts(sample)
    script, count = counts.most_common(1)[0]
    if count == 0:
        return default
    if script in ("Han", "Hiragana", "Katakana"):
        kana = counts["Hiragana"] + counts["Katakana"]
        language = "ja" if kana else code if code in _ALSO_HAN else "zh"
        return default if code == language else language
    if script not in _SHARED:
        return default if code == _SCRIPTS[script] else _SCRIPTS[script]
    if count < _FEW_LETTERS and is_written_in(sample, code):
        return default
    scores = _scores(sample, frozenset({*among, code}))
    if not scores:
        return default if is_written_in(sample, code) else _SCRIPTS[script]
    best = max(scores, key=lambda language: scores[language])
    margin = scores[best] - scores.get(code, -math.inf)
    return best if best != code and margin > _MARGIN else default


def _scores(sample: str, among: frozenset[str]) -> dict[str, float]:
    """Return how well a sentence fits each language; empty without a model."""
    with _LOADING:
        identifier = _identifier(among)
    if identifier is None:
        return {}
    speaking = _function_words()
    hits = Counter(
        language
        for word in _WORDS_OF.findall(sample)
        for language in speaking.get(word.lower(), ())
    )
    return {
        str(language): math.log(max(float(probability), _LEAST)) + _WORD * hits[str(language)]
        for language, probability in identifier.rank(sample)
    }


@lru_cache(maxsize=1)
def _function_words() -> dict[str, frozenset[str]]:
    """Return the languages, by code, that have a word as a function word."""
    found: dict[str, set[str]] = {}
    for tag, kind in all_languages():
        for word in kind.capital_words | kind.starters:
            found.setdefault(word, set()).add(tag.partition("-")[0])
    return {word: frozenset(languages) for word, languages in found.items()}


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
    if text.isascii():  # of these Latin letters only have a script of their own
        return Counter(Latin=len(_ASCII_LETTERS.findall(text)))
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
