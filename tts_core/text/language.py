"""Which language a text is in, when the caller does not say: by its script."""

from __future__ import annotations

from collections import Counter

import regex

SAMPLE = 2_000  # code points looked at

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
# Letters that one language of a script has and the script's default language has not.
_LETTERS = {
    "ru": {"uk": "іїєґ", "be": "ў", "kk": "әғқңөұһ", "sr": "ђћџјљњ", "mk": "ѓќѕ"},
    "ar": {"fa": "پچژگ", "ur": "ٹڈڑےں"},
}
_RUNS = {script: regex.compile(rf"\p{{Script={script}}}") for script in _SCRIPTS}


def detect_language(text: str) -> str:
    """A two- or three-letter code. Latin script counts as English: name the language to be sure.

    Japanese is told from Chinese by its kana, Ukrainian, Persian, … by letters of their own.
    """
    sample = text[:SAMPLE].casefold()
    counts = Counter({script: len(found.findall(sample)) for script, found in _RUNS.items()})
    script, count = counts.most_common(1)[0]
    if count == 0:
        return "en"
    if script == "Han" and counts["Hiragana"] + counts["Katakana"] > 0:
        return "ja"
    language = _SCRIPTS[script]
    for other, letters in _LETTERS.get(language, {}).items():
        if sum(sample.count(letter) for letter in letters) * 50 > count:
            return other
    return language
