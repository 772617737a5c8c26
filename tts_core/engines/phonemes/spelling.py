"""Spelling that front ends misread, in the spelling that they expect."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 40
"""Characters read at once. Longer words are read in parts: front ends cut them, or take time
quadratic in their length."""

_CHARACTERS = {
    "'": "\u2018\u2019\u201b\u02bc\u02b9\u2032`´＇",
    '"': "＂",
    "“": "«„‟〝‹「『《〈【",
    "”": "»〞‟›」』》〉】",
    "(": "[{（［｛〔",
    ")": "]}）］｝〕",
    "-": "\u2010\u2011",
    "—": "\u2012\u2013\u2015\u2212〜～",
    "…": "‥⋯",
    ".": "।॥。｡．۔",
    ",": "،、､，",
    ";": "؛；",
    ":": "：",
    "?": "؟？",
    "!": "！",
    "": "¿¡\u00ad\u200b\u200e\u200f\u2060\ufeff\ufe0e\ufe0f|\\_^~*•·",
}
_TABLE = str.maketrans({old: new for new, olds in _CHARACTERS.items() for old in olds})
_NOT_SPOKEN = {"Cc", "Cs", "Co", "Cn"}
_DASH = re.compile(r"(?<=\d)—(?=\d)")
_HYPHENS = re.compile(r"--+|^-$")
_DOTS = re.compile(r"\.{2,}")
_REPEATED = re.compile(r"([;:,!?—…\"“”()'-])\1+")
_SCRIPTS = re.compile(
    r"(?<=[A-Za-zÀ-ɏ])(?=[\u0370-\u1dff\u2c00-\U0010ffff])"
    r"|(?<=[\u0370-\u1dff\u2c00-\U0010ffff])(?=[A-Za-zÀ-ɏ])"
)
"""Where Latin letters meet others; eSpeak NG reads nothing of some words that have both."""
_MARKS = 3
"""Combining characters kept on one letter."""
_EXTENDED = range(0x1E00, 0x1F00)  # Latin letters with two marks, which eSpeak NG calls by number


def usual_marks(text: str) -> str:
    """Return a text with the marks of misaki's alphabet in place of those of other scripts."""
    return text.translate(_TABLE)


def ascii_digits(text: str) -> str:
    """Return a text with ASCII digits in place of others, as "①" and "¹", except "²" and "³"."""
    if text.isascii():
        return text
    values = ((c, None if c in "²³" else unicodedata.digit(c, None)) for c in text)
    return "".join(c if value is None else str(value) for c, value in values)


def parts_of(word: str) -> Iterator[str]:
    """Yield a written word in the parts in which it is read: mostly one, none without sound.

    Apostrophes, quotation marks, dashes and ellipses become those of misaki's alphabet, characters
    that only look different (𝐚, ﬁ) ordinary ones; what has no sound is left out.
    """
    word = word.translate(_TABLE)
    if not word.isascii():
        word = ascii_digits(_composed(word))
    elif not word.isprintable():
        word = "".join(c for c in word if c.isprintable())
    word = _HYPHENS.sub("—", _DASH.sub("-", word))
    word = _REPEATED.sub(r"\1", _DOTS.sub("…", word))
    for part in _SCRIPTS.split(word):
        yield from (part[i : i + LONGEST] for i in range(0, len(part), LONGEST))


def _composed(word: str) -> str:
    """Return a word in the usual characters, with few marks on each letter."""
    found, marks = "", _MARKS
    for character in unicodedata.normalize("NFC", word):
        if unicodedata.category(character) == "Mn" and character.isprintable():
            marks += 1
            if marks <= _MARKS:
                found += character
            continue
        marks = 0
        found += _usual(character)
    return found


def _usual(character: str) -> str:
    """Return one character, or what it is another form of; "" if it has no sound."""
    if character.isascii():
        return character if character.isprintable() else ""
    if unicodedata.category(character) in _NOT_SPOKEN:
        return ""
    if ord(character) in _EXTENDED:
        return unicodedata.normalize("NFD", character)[0]
    compatible = unicodedata.normalize("NFKC", character)
    if character in "ºª²³":
        return character  # languages read these as such
    return compatible if compatible.isalpha() or compatible.isdecimal() else character
