"""Japanese words and their readings, as OpenJTalk's dictionary has them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from pyopenjtalk.types import NJDFeature


def features(text: str) -> list[NJDFeature]:
    """Return OpenJTalk's words. The first call loads its dictionary, which takes 100 MB."""
    import pyopenjtalk

    try:
        return pyopenjtalk.run_frontend(text, use_sudachi_kanji_yomi=False)
    except ModuleNotFoundError:
        # For kanji that are not in its dictionary it asks Sudachi's, which is not installed,
        # unless it gets no text; then it takes their Chinese readings.
        found = pyopenjtalk.run_frontend(text, use_vanilla=True)
        return pyopenjtalk.apply_postprocessing(
            cast(str, None), found, use_sudachi_kanji_yomi=False
        )


def starts(text: str, strings: Sequence[str]) -> list[int]:
    """Return where in the text each of OpenJTalk's words begins; the text's end for the rest.

    It writes "12" as "十二", and its other words in full width. A word that is not written begins
    where the one after it does.
    """
    characters = [unicodedata.normalize("NFKC", character) for character in text]
    joined = [unicodedata.normalize("NFKC", c) for string in strings for c in string]
    found = [len(text)] * (len(joined) + 1)
    for _, a, b, c, d in SequenceMatcher(None, characters, joined, autojunk=False).get_opcodes():
        spaced = b - a > d - c
        places = [i for i in range(a, b) if not (spaced and text[i].isspace())]
        for index in range(c, d):
            # Of words that are written otherwise, the first has all of what is written.
            same = len(places) == d - c
            found[index] = places[index - c] if same else b if index > c else a
    return [found[position] for position in accumulate(map(len, strings), initial=0)][:-1]
