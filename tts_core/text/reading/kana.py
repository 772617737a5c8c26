"""Turns what a Japanese reading says into kana, for engines that cannot read kanji."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from tts_core.text.japanese_words import features, starts
from tts_core.text.reading.composition import base_of
from tts_core.text.reading.override import OVERRIDDEN
from tts_core.text.reading.reading import Mark, Reading, Word

if TYPE_CHECKING:
    from pyopenjtalk.types import NJDFeature

_PORTIONS = re.compile(r"[^。！？!?\n]{0,200}(?:[。！？!?\n]+[」』）)]{0,9}|$|(?=.))")
"""What is given to OpenJTalk at once: sentences, and parts of very long ones."""
_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヴ"))}
_PARTICLES = {"は": "わ", "へ": "え", "を": "を"}
"""How particles are written as they are said; "を" is said no other way."""
_O_ROW = frozenset("オコソトノホモヨロゴゾドボポョォヲウクスツヌフムユルグズヅブプュゥ")
_E_ROW = frozenset("エケセテネヘメレゲゼデベペェ")
_MINUTES = {
    "二分": "にふん",
    "五分": "ごふん",
    "七分": "ななふん",
    "九分": "きゅうふん",
    "十分": "じゅっぷん",
}
"""Numbers of minutes that are words of the dictionary too."""
_JAPANESE = re.compile(r"[ぁ-ゖ々〇㐀-䶿一-鿿]")
_IDEOGRAPH = re.compile(r"[々〇㐀-䶿一-鿿]")
_KATAKANA = re.compile(r"[ァ-ヺー]+")


class _Morpheme(NamedTuple):
    start: int
    end: int
    kana: str
    """"" for a mark, which stays as it is."""


def kana(reading: Reading) -> Reading:
    """Return a reading whose kanji are kana; the spans of its words are those of the dictionary.

    Particles are written as they are said ("わ" for "は"), long vowels as usual ("とうきょう"),
    foreign words stay in katakana.
    """
    text, base = reading.spoken, base_of(reading)
    morphemes = list(_morphemes(text, _overridden(reading.words, base)))
    pieces: list[str] = []
    words: list[Word] = []
    length = done = index = 0
    places: list[tuple[int, int]] = [(0, 0)]
    for begin, end, word in _whole(reading.words, base, morphemes):
        pieces.append(text[done:begin])
        length += begin - done
        done = end
        parts: list[_Morpheme] = []
        while index < len(morphemes) and morphemes[index].start < end:
            morpheme = morphemes[index]
            counted = word.kind not in ("", "fraction")
            parts.append(_as_minutes(morpheme, text) if counted else morpheme)
            index += 1
        splits = not word.kind and end - begin == word.length
        for part in _pieces(text, begin, end, parts, splits=splits):
            offset = word.offset + part.start - begin if splits else word.offset
            span = part.end - part.start if splits else word.length
            place = base + length
            words.append(Word(part.kana, place, offset, span, word.kind, word.phonemes))
            pieces.append(part.kana)
            length += len(part.kana)
        places.append((end, length))
    pieces.append(text[done:])
    marks = tuple(replace(mark, at=_moved(mark, base, places)) for mark in reading.marks)
    return Reading("".join(pieces), tuple(words), reading.left_out, marks)


def _as_minutes(morpheme: _Morpheme, text: str) -> _Morpheme:
    """Return minutes for what the dictionary takes for "enough" or for tenths."""
    minutes = _MINUTES.get(text[morpheme.start : morpheme.end])
    if minutes is None or text.startswith("の", morpheme.end):
        return morpheme
    return morpheme._replace(kana=minutes)


def _whole(
    words: Sequence[Word], base: int, morphemes: Sequence[_Morpheme]
) -> Iterator[tuple[int, int, Word]]:
    """Yield words with their begin and end, joined where one of the dictionary spans several.

    Of "5月", read as "五月", the number and the rest are words of the reading, and one of the
    dictionary. What follows the latter stays a word of its own.
    """
    crossing = {place for m in morphemes for place in range(m.start + 1, m.end)}
    rest = deque((word.at - base, word.at - base + len(word.spoken), word) for word in words)
    while rest:
        begin, end, word = rest.popleft()
        while rest and end in crossing and rest[0][0] == end:
            _, last, following = rest.popleft()
            inside = end
            while inside in crossing:
                inside += 1
            taken = following.length
            splits = not following.kind and last - end == following.length
            if splits and _has_word(following.spoken[inside - end :]):
                taken = inside - end
                at, offset = base + inside, following.offset + taken
                tail = Word(following.spoken[taken:], at, offset, last - inside)
                rest.appendleft((inside, last, tail))
                last = inside
            length = following.offset + taken - word.offset
            word = word._replace(length=length, kind=word.kind or following.kind)
            end = last
        yield begin, end, word


def _moved(mark: Mark, base: int, places: list[tuple[int, int]]) -> int:
    """Return where a mark is in the new text: as far after a word as before."""
    at = mark.at - base
    before, after = max(place for place in places if place[0] <= at)
    return base + after + at - before


def _pieces(
    text: str, begin: int, end: int, morphemes: list[_Morpheme], *, splits: bool
) -> Iterator[_Morpheme]:
    """Yield the parts of a word with what they say; marks belong to the part before them."""
    current: _Morpheme | None = None
    position = begin
    for morpheme in [*morphemes, _Morpheme(end, end, "")]:
        gap = text[position : morpheme.start]
        said = gap + (morpheme.kana or text[morpheme.start : morpheme.end])
        stop = max(position, morpheme.end)
        is_mark = not morpheme.kana and not any(c.isalnum() for c in said)
        if current is not None and (not splits or is_mark or not _has_word(current.kana)):
            current = _Morpheme(current.start, stop, current.kana + said)
        elif said:
            if current is not None:
                yield current
            current = _Morpheme(position, stop, said)
        position = stop
    if current is not None:
        yield current


def _has_word(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _overridden(words: Sequence[Word], base: int) -> list[tuple[int, int]]:
    """Return where words whose pronunciation was given begin and end in what is said."""
    places = ((word.at - base, word) for word in words if word.kind == OVERRIDDEN)
    return [(at, at + len(word.spoken)) for at, word in places]


def _morphemes(text: str, overridden: Sequence[tuple[int, int]]) -> Iterator[_Morpheme]:
    """Yield the morphemes of a text; parts whose pronunciation was given stay, if it is kana."""
    done = 0
    for start, end in overridden:
        yield from _morphemes_in(text, done, start)
        if _IDEOGRAPH.search(text, start, end):
            yield from _morphemes_in(text, start, end)
        else:
            yield _Morpheme(start, end, "")
        done = end
    yield from _morphemes_in(text, done, len(text))


def _morphemes_in(text: str, begin: int, stop: int) -> Iterator[_Morpheme]:
    for match in _PORTIONS.finditer(text, begin, stop):
        portion = match.group()
        if not _has_word(portion):
            continue
        found = features(portion)
        places = starts(portion, [feature["string"] for feature in found])
        for feature, (start, end) in zip(found, pairwise([*places, len(portion)]), strict=True):
            if end > start:
                written = portion[start:end]
                spaces = len(written) - len(written.rstrip())
                yield _Morpheme(
                    match.start() + start, match.start() + end - spaces, _said(feature, written)
                )


def _said(feature: NJDFeature, written: str) -> str:
    """Return the kana of a morpheme, "" where it stays as written."""
    if not feature["mora_size"] or _KATAKANA.fullmatch(written):
        return ""
    if feature["pos"] == "助詞" and written in _PARTICLES:
        return _PARTICLES[written]
    spoken = feature["pron"].replace("’", "").replace("'", "")
    read = feature["read"]
    if feature["pos_group1"] == "数" and len(written) == 1 and spoken in ("ニー", "ゴー"):
        spoken = spoken[0]  # digits one by one
    if (written, read) == ("八百", "ヤオ"):
        return "はっぴゃく"  # the number, not the name
    if not _JAPANESE.search(written):
        return spoken  # "NHK" is "エヌエイチケイ"
    plain = "".join(_long(spoken, read, place) for place in range(len(spoken)))
    return plain.translate(_HIRAGANA)


def _long(spoken: str, read: str, place: int) -> str:
    """Return a kana of what is said, a long vowel as the dictionary writes it."""
    if spoken[place] != "ー" or not place:
        return spoken[place]
    if len(read) == len(spoken):
        return read[place]
    before = spoken[place - 1]
    return "ウ" if before in _O_ROW else "イ" if before in _E_ROW else "ー"
