"""Phonemes that are given for words (`Utterance.phonemes`), in place of those that were read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from tts_core.engines.phonemes.base import Phonemes, Word
from tts_core.types import WordPhonemes

VOWELS = frozenset("iyɨʉɯuɪʏʊeøɘɵɤoəɛœɜɞʌɔæɐaɶɑɒɚɝᵻᵊ")
_USUAL = str.maketrans(
    {"g": "ɡ", "'": "ˈ", "’": "ˈ", ":": "ː", "ǝ": "ə"}
    | dict.fromkeys("./()[]|‿͜͡ˑ\u032f", "")  # borders of syllables, ties, non-syllabic marks
)
_STRESS = re.compile("([ˈˌ])([^ˈˌ ]*)")


def tidy(ipa: str) -> str:
    """Return IPA as dictionaries write it in the form of eSpeak NG's, without ties.

    It is decomposed, and a stress stands right before its vowel, not before the syllable.
    """
    decomposed = unicodedata.normalize("NFD", ipa).replace("c\u0327", "ç")
    plain = " ".join(decomposed.translate(_USUAL).split())
    return _STRESS.sub(_before_vowel, plain)


def _before_vowel(match: re.Match[str]) -> str:
    mark, syllables = match.groups()
    vowel = next((i for i, letter in enumerate(syllables) if letter in VOWELS), 0)
    return f"{syllables[:vowel]}{mark}{syllables[vowel:]}"


def with_given(
    phonemes: Phonemes,
    text: str,
    given: Sequence[WordPhonemes],
    spelled: Callable[[str], str],
) -> Phonemes:
    """Return the phonemes of a text with those that are given for some of its words.

    `spelled`: returns IPA in the alphabet of the phoneme string; "" leaves the word as it was read.
    Words stay as many as they were. A part of a word stays as it was read.
    """
    if not given:
        return phonemes
    places = list(_places(phonemes.words, text))
    words = list(phonemes.words)
    sounds = phonemes.text
    for wanted in reversed(given):
        start, end = wanted.start, wanted.start + wanted.length
        inside = [n for n, (a, b) in enumerate(places) if a < end and start < b]
        sound = spelled(wanted.ipa)
        if not inside or not sound or _is_part(text, places, inside, start, end):
            continue
        first, last = words[inside[0]].start, words[inside[-1]].end
        sounds = sounds[:first] + sound + sounds[last:]
        longer = len(sound) - (last - first)
        for number in range(inside[-1] + 1, len(words)):
            word = words[number]
            words[number] = Word(word.text, word.start + longer, word.end + longer)
        parts = [words[number].text for number in inside]
        for number, (a, b) in zip(inside, _shares(parts, len(sound)), strict=True):
            words[number] = Word(words[number].text, first + a, first + b)
    return Phonemes(sounds, words)


def _places(words: Sequence[Word], text: str) -> Iterator[tuple[int, int]]:
    """Yield where each word begins and ends in the text; nowhere for one that is not in it."""
    position = 0
    for word in words:
        at = text.find(word.text, position)
        if at < 0:
            yield position, position
            continue
        position = at + len(word.text)
        yield at, position


def _is_part(
    text: str, places: Sequence[tuple[int, int]], inside: Sequence[int], start: int, end: int
) -> bool:
    """Return whether letters of the words are outside of text[start:end]."""
    before = text[places[inside[0]][0] : start]
    after = text[end : places[inside[-1]][1]]
    return any(character.isalnum() for character in before + after)


def _shares(texts: Sequence[str], length: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of so many phonemes that are those of each text, by their letters."""
    weights = [max(1, sum(c.isalnum() for c in text)) for text in texts]
    total, done = sum(weights), 0
    for weight in weights:
        first = length * done // total
        done += weight
        yield first, length * done // total
