"""Words in capitals: initialisms ("FBI"), plain words ("WHY IS IT SO"), mixed ones ("PhDs")."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import regex

from tts_core.text.reading.language import Language
from tts_core.text.reading.rule import Place, Rule, rule

_WORD = r"(?:\p{Lu}['’])?\p{Lu}[\p{Lu}\p{M}]+(?:['’]\p{Lu}+)?"
_CAPITALS = regex.compile(_WORD)
_VOWELS = regex.compile(r"[AEIOUYÀ-ÖØ-Ýaeiouyа-яΑ-ΩАЕЁИОУЫЭЮЯІЇЄ]")
_CLUSTER = regex.compile(r"[BCDFGHJKLMNPQRSTVWXZ]{4}|^[BCDFGHJKLMNPQRSTVWXZ]{3}")
_SHORT = 3
"""Letters. Words that are no longer are initialisms, unless the language lists them."""
_IN_BRACKETS = 2
"""Letters of what is an initialism between brackets: "Milano (MI)"."""
_SENTENCE_END = ".!?\n:"


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of words in capitals, of which two letters at least."""
    yield rule(
        "initialism",
        "letter",
        r"(?<![\p{L}\p{N}'’])(?P<word>\p{Lu}{2,6})(?P<s>['’]?s)(?![\p{L}\p{N}])",
        lambda place: f"{language.letters(place['word'])}'s",
    )
    yield rule(
        "capitals",
        "letter",
        rf"(?<![\p{{L}}\p{{N}}'’]){_WORD}(?![\p{{L}}\p{{N}}])",
        lambda place: _capitals(language, place),
    )


def _capitals(language: Language, place: Place) -> str | None:
    word = place.text
    bare = regex.sub(r"^\p{Lu}['’]", "", word)  # "L'ONU"
    previous = place.source[max(0, place.start - 1) : place.start]
    joined = previous == "&" or place.next == "&"
    enclosed = previous == "(" and place.next == ")" and len(word) == _IN_BRACKETS
    if joined or enclosed or is_initialism(language, bare, _among_capitals(place, language)):
        return None if (spelled := language.letters(word)) == word else spelled
    before = place.source[: place.start][-2:].strip()
    begins_sentence = not before or before[-1] in _SENTENCE_END
    first = word[0] if begins_sentence else language.lower(word[0])
    return first + language.lower(word[1:])


def is_initialism(language: Language, word: str, among_capitals: bool) -> bool:
    """Return whether a word in capitals is spelled, or at least no ordinary word."""
    if language.lower(word) in language.capital_words:
        return not among_capitals and word in language.initialisms
    if word in language.initialisms or not _has_vowel(word) or _CLUSTER.search(word):
        return True
    return len(word) <= _SHORT and not among_capitals


def _has_vowel(word: str) -> bool:
    return _VOWELS.search(unicodedata.normalize("NFD", word)) is not None  # "Ộ" has an O


def _among_capitals(place: Place, language: Language) -> bool:
    """Return whether a word next to this one in the sentence is a plain word in capitals."""
    near = place.source[max(0, place.start - 24) : place.start].rsplit("\n", 1)[-1].split()[-1:]
    near += place.source[place.end : place.end + 24].split("\n", 1)[0].split()[:1]
    words = [token.strip(".,;:!?\"'“”()") for token in near]
    found = [word for word in words if _CAPITALS.fullmatch(word)]
    return any(word.lower() in language.capital_words for word in found) or (
        len(found) == 2 and all(map(_has_vowel, found))
    )
