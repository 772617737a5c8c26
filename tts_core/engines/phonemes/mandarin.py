"""Mandarin text to phonemes, with the place of each word among them.

pypinyin finds the pinyin, with the changes of tone that neighbors cause; each syllable is written
as misaki's transcription, from which Kokoro learned it, writes it. Words are BudouX's.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType

from pypinyin import Style, lazy_pinyin
from pypinyin.contrib.tone_convert import to_finals, to_initials

from tts_core.engines.phonemes import ipa
from tts_core.engines.phonemes.base import Phonemes, Word
from tts_core.engines.phonemes.spelling import usual_marks
from tts_core.text.word_boundaries import word_starts

_HAN = "㐀-䶿一-鿿\U00020000-\U0003ffff〇"
_TOKENS = re.compile(
    rf"(?P<han>[{_HAN}]+)|(?P<other>(?:[^\W\d_{_HAN}]['’-]?)+)|\d+|[^\w\s]+",
)
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")

_INITIALS: Mapping[str, str] = MappingProxyType(
    {"b": "p", "p": "pʰ", "d": "t", "t": "tʰ", "g": "k", "k": "kʰ", "h": "x"}
    | {"j": "ʨ", "q": "ʨʰ", "x": "ɕ", "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "r": "ɻ"}
    | {"z": "ʦ", "c": "ʦʰ"}
)
"""Those that are not written as in pinyin."""
_FINALS: Mapping[str, str] = MappingProxyType(
    {"a": "a0", "ai": "ai0", "an": "a0n", "ang": "a0ŋ", "ao": "au0", "e": "ɤ0", "ei": "ei0"}
    | {"en": "ə0n", "eng": "ə0ŋ", "er": "ɚ0", "ê": "ɛ0", "o": "wo0", "ong": "ʊ0ŋ", "ou": "ou0"}
    | {"i": "i0", "ia": "ja0", "ian": "jɛ0n", "iang": "ja0ŋ", "iao": "jau0", "ie": "je0"}
    | {"in": "i0n", "ing": "i0ŋ", "io": "jɔ0", "iong": "jʊ0ŋ", "iou": "jou0"}
    | {"u": "u0", "ua": "wa0", "uai": "wai0", "uan": "wa0n", "uang": "wa0ŋ", "uei": "wei0"}
    | {"uen": "wə0n", "ueng": "wə0ŋ", "uo": "wo0"}
    | {"v": "y0", "van": "ɥɛ0n", "ve": "ɥe0", "vn": "y0n"}
)
"""In pinyin without its abbreviations; 0 is the place of the tone."""
_TONES: Mapping[str, str] = MappingProxyType({"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""})
_HISSING = frozenset(("zh", "ch", "sh", "r", "z", "c", "s"))
"""After them "i" is another vowel."""
_WITHOUT_VOWEL = "ən"
"""For "嗯" and the like."""


def read(text: str) -> Phonemes:
    """Return the phonemes of a text and its words, with spaces also where none belongs."""
    phonemes, words = "", list[Word]()
    for written, sound in _read(text):
        phonemes += " " if phonemes else ""
        words.append(Word(written, len(phonemes), len(phonemes) + len(sound)))
        phonemes += sound
    return Phonemes(phonemes, words)


def _read(text: str) -> Iterator[tuple[str, str]]:
    """Yield words and marks, with their phonemes."""
    for match in _TOKENS.finditer(text):
        token = match.group()
        if match["han"]:
            sounds = _syllables(token)
            for start, end in pairwise([0, *sorted(word_starts(token)), len(token)]):
                yield token[start:end], "".join(sounds[start:end])
        elif match["other"]:
            yield token, ipa.american(token)
        elif token.isdecimal():
            digits = "".join(str(int(digit)) for digit in token).translate(_DIGITS)
            yield token, "".join(_syllables(digits))
        else:
            yield token, usual_marks(token)


def _syllables(characters: str) -> list[str]:
    """Return the phonemes of each of some Chinese characters; of unknown ones none."""
    pinyin = lazy_pinyin(
        characters,
        Style.TONE3,
        errors=_unknown,  # type: ignore[arg-type]  # its annotation lacks lists
        neutral_tone_with_five=True,
        tone_sandhi=True,
    )
    # pypinyin changes the tones of words in its dictionary; two third tones meet elsewhere too.
    for index in reversed(range(len(pinyin) - 1)):
        if pinyin[index].endswith("3") and pinyin[index + 1].endswith("3"):
            pinyin[index] = f"{pinyin[index][:-1]}2"
    return [_syllable(syllable) for syllable in pinyin]


def _unknown(characters: str) -> list[str]:
    """Return one entry a character, as for known ones."""
    return [""] * len(characters)


@functools.cache
def _syllable(pinyin: str) -> str:
    """Return the phonemes of "zhong1"; nothing for nothing."""
    if not pinyin:
        return ""
    # `strict` writes finals in full ("iou" for "you" and "iu"), and takes "y" and "w" for none.
    initial, vowels = to_initials(pinyin, strict=True), to_finals(pinyin, strict=True)
    consonant, tone = _INITIALS.get(initial, initial), _TONES.get(pinyin[-1], "")
    if vowels not in _FINALS:
        return _WITHOUT_VOWEL + tone
    if vowels == "i" and initial in _HISSING:
        return f"{consonant}ɨ{tone}"
    return consonant + _FINALS[vowels].replace("0", tone)
