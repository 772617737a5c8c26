"""Finds words in scripts that have no spaces between them.

Japanese phrases, Chinese and Thai words by BudouX's models (Apache license, 0.1 MB, no network).
Burmese and Khmer have no such model: there it finds syllables, so that none is cut in two.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from budoux import Parser

_KANA, _HAN, _THAI = re.compile("[ぁ-ヿ]"), re.compile("[㐀-䶿一-鿿]"), re.compile("[ก-๛]")
_SYLLABLES = re.compile(
    r"[က-ဪဿ၎](?:္[က-အ])?[\u102b-\u1038\u103b-\u103e]*(?:[က-အ]\u103a[\u102b-\u1038]*)*"
    r"|[ក-ឳ](?:្[ក-ឳ])*[\u17b6-\u17d3]*"
)
"""Of Burmese, with the consonants that end them, and of Khmer, with the stacked ones."""


def word_starts(text: str) -> frozenset[int]:
    """Return where words begin in a text, without its own begin; none in scripts with spaces.

    Takes time linear in the length of the text.
    """
    if _SYLLABLES.search(text):
        return frozenset(match.start() for match in _SYLLABLES.finditer(text)) - {0}
    if _KANA.search(text):
        model = "ja"
    elif _HAN.search(text):
        model = "zh"
    elif _THAI.search(text):
        model = "th"
    else:
        return frozenset()
    found, position = [], 0
    for word in _parser(model).parse(text):
        position += len(word)
        found.append(position)
    return frozenset(found[:-1])


@lru_cache(maxsize=3)
def _parser(model: str) -> Parser:
    import budoux

    if model == "ja":
        return budoux.load_default_japanese_parser()
    if model == "zh":
        return budoux.load_default_simplified_chinese_parser()
    return budoux.load_default_thai_parser()
