"""Folds characters that look different but are read the same, and joins words cut at line ends.

Composes decomposed letters (NFC), folds ligatures, full-width and mathematical letters, typewriter
and typographic apostrophes, digits of all scripts, restores words divided at the end of a line, and
puts the space that is missing after a full stop. Every step examines a bounded number of
characters.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

_MOST_MARKS = 30
"""Combining marks on one letter; more are left out. The bound of Unicode's stream-safe format
(UAX #15), without which composing takes quadratic time."""
_FOLDED = frozenset(("<font>", "<wide>", "<narrow>", "<compat>", "<circle>", "<square>"))
"""Compatibility forms that only decorate. Superscripts and fractions mean something."""
_KEPT = frozenset("…‥，．！？：；（）～　№℡℀℁℅℆´¨¯¸˘˙˚˛˜˝")
_ARABIC_SIGNS = {"\u066a": "%", "\u066b": ".", "\u066c": ","}
_INTERESTING = regex.compile(
    r"[^\p{M}\s]\p{M}++"  # a letter with marks
    r"|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?+"  # Hangul in parts
    r"|[\uff21-\uff3a\uff41-\uff5a\uff10-\uff19\uff04\uff05\uff0b\uff0d\uff1d\uff20\uff03\uff06\uff61-\uff9f\uffe0-\uffe6]++"
    r"|[\u2100-\u214f\u2160-\u2188\u2460-\u24ff\u3200-\u33ff\uf900-\ufaff\ufb00-\ufb4f\U0001d400-\U0001d7ff]"
    r"|(?<=[\p{L}\p{Nd})])[ⁿˣʸᵏᵐⁱ](?![\u02b0-\u02ff\u1d2c-\u1d6aⁱⁿ\p{L}])"  # an exponent
    r"|[\p{Nd}--[0-9]]|[\u066a-\u066c]"  # digits and signs of other scripts
    r"|(?<=\p{L})[\u2019\u02bc\u2018\uff07](?=\p{L})"
    r"|(?<=\p{Ll})[-\u2010]\n[ \t]*+(?=\p{Ll}{3}|\p{Cyrillic}{2})"
    r"|(?<=\p{Ll}\p{Ll})[.!?](?=\p{Lu}\p{Ll})",
    regex.VERSION1,
)
_UNUSUAL = re.compile(
    # Neither in Latin, Greek, Cyrillic, nor in Chinese, Japanese and Korean characters, nor among
    # the usual punctuation marks.
    r"[^\0-\u02af\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20ac"
    r"\u3001-\u3029\u3030-\u3098\u309b-\u31ff\u3400-\u9fff\uac00-\ud7a3]"
)
_JOINT = re.compile(
    r"[-\u2010\u2018\u2019.!?](?:(?<=[-\u2010])\n|(?<=[\u2018\u2019])[^\W\d_]|(?<=[.!?])[^\W\d_a-z])"
)
"""A text with neither of the two has nothing to fold, which they tell quickly."""
_COMPOUND = regex.compile(r"(?<!\p{L})(?i:self|well)\Z")
"""Words that keep their hyphen where a line ends after it."""
_RUN = regex.compile(r"\S{0,64}+")
_ADDRESS = regex.compile(r"[/@\\_]|\.\p{L}{2,}\.|www")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; character i stands for source[starts[i]:ends[i]]."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def fold(text: str) -> Folded:
    """Fold a text, in time linear in its length."""
    if not (_UNUSUAL.search(text) or _JOINT.search(text)):
        return Folded(text, range(len(text)), range(1, len(text) + 1))
    once = _fold(text)
    if once.text == text or not _JOINT.search(once.text):
        return once
    twice = _fold(once.text)  # "aa.AaⅠ": only now a letter ends the word after the full stop
    starts = array("I", (once.starts[start] for start in twice.starts))
    return Folded(twice.text, starts, array("I", (once.ends[end - 1] for end in twice.ends)))


def _fold(text: str) -> Folded:
    parts: list[str] = []
    starts, ends = array("I"), array("I")
    done = 0
    for start, end, replacement in _changes(text):
        parts += (text[done:start], replacement)
        starts.extend(range(done, start))
        ends.extend(range(done + 1, start + 1))
        starts.extend([start] * len(replacement))
        ends.extend([end] * len(replacement))
        done = end
    parts.append(text[done:])
    starts.extend(range(done, len(text)))
    ends.extend(range(done + 1, len(text) + 1))
    return Folded("".join(parts), starts, ends)


def _changes(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _INTERESTING.finditer(text):
        found = match.group()
        if found[0] in "-\u2010" and "\n" in found:
            is_compound = _COMPOUND.search(text, max(0, match.start() - 5), match.start())
            yield match.start(), match.end(), "-" if is_compound else ""
        elif found in (".", "!", "?"):
            if _ends_sentence(text, match.start()):
                yield match.end(), match.end(), " "
        elif (folded := _folded(found[: _MOST_MARKS + 1])) != found:
            yield match.start(), match.end(), folded


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    if len(text) == 1 and text in "\u2019\u02bc\u2018\uff07":
        return "'"
    if len(text) == 1 and text in "ⁿˣʸᵏᵐⁱ":
        return "^" + unicodedata.normalize("NFKC", text)
    if len(text) == 1 and text.isdecimal():
        return str(unicodedata.decimal(text))
    if len(text) == 1 and text in _ARABIC_SIGNS:
        return _ARABIC_SIGNS[text]
    composed = unicodedata.normalize("NFC", text)
    if all(_is_decoration(character) for character in composed):
        return unicodedata.normalize("NFKC", composed)
    plain = (
        unicodedata.normalize("NFKC", character) if _is_decoration(character) else character
        for character in composed
    )
    return unicodedata.normalize("NFC", "".join(plain))  # "ⅷ" ends in a letter that takes marks


def _is_decoration(character: str) -> bool:
    kind = unicodedata.decomposition(character).split(" ")[0]
    return kind in _FOLDED and character not in _KEPT


def _ends_sentence(text: str, stop: int) -> bool:
    """Return whether a full stop within a run ends a sentence: not in a name or an address."""
    begin = max(text.rfind(space, max(0, stop - 64), stop) for space in " \n\t") + 1
    begin = max(begin, stop - 64)
    match = _RUN.match(text, begin)
    run = match.group() if match else ""
    word = regex.match(r"[\p{L}\p{M}]+", text, pos=stop + 1)
    after = text[word.end() : word.end() + 1] if word else ""
    return not _ADDRESS.search(run) and after in (
        "",
        " ",
        "\n",
        ",",
        ".",
        "!",
        "?",
        "'",
        ";",
        ":",
        ")",
    )
