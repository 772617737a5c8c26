"""Finds words in scripts that have no spaces between them.

Japanese phrases and Chinese words by BudouX's models (Apache license, 0.1 MB, no network); Thai,
Lao, Khmer and Burmese words by ICU's dictionaries (42 MB on disk, 9 MB in memory).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from budoux import Parser

_KANA, _HAN = re.compile("[ぁ-ヿ]"), re.compile("[㐀-䶿一-鿿]")
_ICU = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")


def word_starts(text: str) -> frozenset[int]:
    """Return where words begin in a text, without its own begin; none in scripts with spaces.

    Takes time linear in the length of the text.
    """
    if _ICU.search(text):
        return _icu_word_starts(text)
    if _KANA.search(text):
        model = "ja"
    elif _HAN.search(text):
        model = "zh"
    else:
        return frozenset()
    found, position = [], 0
    for word in _parser(model).parse(text):
        position += len(word)
        found.append(position)
    return frozenset(found[:-1])


def _icu_word_starts(text: str) -> frozenset[int]:
    from icu4py.breakers import WordBreaker

    # The script, not the locale, decides which dictionary is used. `WordBreaker.segments` counts in
    # UTF-16, so the words are counted here; spaces and marks are words of their own there.
    words = list(WordBreaker(text, "km"))
    starts = accumulate(map(len, words), initial=0)
    return frozenset(
        start for start, word in zip(starts, words, strict=False) if start and word[0].isalnum()
    )


@lru_cache(maxsize=2)
def _parser(model: str) -> Parser:
    import budoux

    if model == "ja":
        return budoux.load_default_japanese_parser()
    return budoux.load_default_simplified_chinese_parser()
