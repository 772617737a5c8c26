"""Prepares text for the library's XTTS tokenizer."""

from __future__ import annotations

import re
from collections.abc import Callable

_TAGS = str.maketrans("[]", "()")
_LONG_NUMBER = re.compile(r"\d{16,}")
_ENDED = re.compile(r"[.!?…。！？।؟۔][\"'”’»)\s]{0,4}$")
_NUMBER_ENDS = re.compile(r"(?<=\d)\.$")
_EDGE_OF_NUMBER = re.compile(r"(?<=\d)(?=[^\d\s])|(?<=[^\d\s])(?=\d)")
_DIGIT = re.compile(r"\d")
_HINDI = ["शून्य", "एक", "दो", "तीन", "चार", "पाँच", "छह", "सात", "आठ", "नौ"]


def prepared(text: str, language: str, clean: Callable[[str, str], str]) -> str:
    """Return a text that the tokenizer can read completely.

    - Square brackets are replaced, because "[de]" would be one of its tags.
    - A final punctuation mark is added, because after texts without one, above all short ones, the
      model babbles on. A space separates it from a number, which would be an ordinal in German or
      Czech.
    - Numbers are simplified where needed, in the end to single digits. The package for number
      words, num2words, has no names for most numbers of over 15 digits, no Czech ordinals
      ("1. května") and no Hindi at all, and `clean` (text, language) raises for them.
    """
    text = _LONG_NUMBER.sub(lambda found: " ".join(found[0]), text.translate(_TAGS)).strip()
    if not _ENDED.search(text):
        text = text.rstrip(" ,;:-–—") + "."
    text = _NUMBER_ENDS.sub(" .", text)
    for attempt in (text, _EDGE_OF_NUMBER.sub(" ", text)):
        try:
            clean(attempt, language)
        except (NotImplementedError, ArithmeticError, LookupError, ValueError):
            continue
        return attempt
    digits = _HINDI if language == "hi" else "0123456789"
    return _DIGIT.sub(lambda found: f" {digits[int(found[0])]} ", text)
