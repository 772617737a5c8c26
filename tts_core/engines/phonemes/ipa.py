"""Phonemes by eSpeak NG: Spanish, French, Hindi, Italian, Portuguese; unknown English words.

A port of the mapping of misaki's `EspeakG2P`, in which Kokoro learned these languages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

import numpy as np

from tts_core.engines.espeak.library import TIE, library
from tts_core.engines.phonemes.base import ALPHABET, Span
from tts_core.engines.phonemes.given import tidy
from tts_core.text.abbreviations import endings

MOST_WORDS, MOST_LETTERS = 60, 400
"""In a clause; more are read in several, so that places are found in bounded time."""
_MOST_COMPARED = 250_000

# Longer keys come before those they begin with.
_DIPHTHONGS = {
    "a^ɪ": "I", "a^ʊ": "W", "d^z": "ʣ", "d^ʒ": "ʤ", "e^ɪ": "A", "o^ʊ": "O", "ə^ʊ": "Q",
    "s^s": "S", "t^s": "ʦ", "t^ʃ": "ʧ", "ɔ^ɪ": "Y",
}  # fmt: skip
"""misaki's `EspeakG2P`: phonemes of several letters that Kokoro knows as one."""
_ENGLISH = {
    "ʔˌn\u0329": "ʔn", "ʔn\u0329": "ʔn", "a^ɪ": "I", "a^ʊ": "W", "d^ʒ": "ʤ", "e^ɪ": "A",
    "t^ʃ": "ʧ", "ɔ^ɪ": "Y", "ə^l": "ᵊl", "ʲo": "jo", "ʲə": "jə", "ʲ": "", "ɚ": "əɹ", "r": "ɹ",
    "x": "k", "ç": "k", "ɐ": "ə", "ɬ": "l", "\u0303": "", "e": "A",
}  # fmt: skip
"""misaki's `EspeakFallback`."""
_BRITISH = {"A^ə": "ɛː", "iə": "ɪə", "ə^ʊ": "Q", "o": "ɔ"}
_AMERICAN = {
    "o^ʊ": "O", "ɜːɹ": "ɜɹ", "ɜː": "ɜɹ", "ɪə": "iə", "ː": "", "o": "ɔ", "ɾ": "T", "ʔ": "t",
}  # fmt: skip
_NEAREST = {
    "r.": "r", "g": "ɡ", "ɝ": "ɜɹ", "ɫ": "l", "ɬ": "l", "ɭ": "l", "ɮ": "l", "ʟ": "l", "ɦ": "h",
    "ħ": "h", "ʜ": "h", "ʀ": "ʁ", "ɺ": "ɾ", "ɱ": "m", "ʍ": "w", "ʏ": "y", "ɶ": "œ", "ɵ": "ə",
    "ɘ": "ə", "ɞ": "ɜ", "ʉ": "u", "ɓ": "b", "ʙ": "b", "ɗ": "d", "ʄ": "ɟ", "ɠ": "ɡ", "ɢ": "ɡ",
    "ʛ": "ɡ", "ʐ": "ʒ", "ʑ": "ʒ", "ɧ": "ʃ", "ʕ": "ʔ", "ʢ": "ʔ", "ʡ": "ʔ", "ɿ": "ɨ", "ʅ": "ɨ",
    "ˑ": "ː", "ʱ": "ʰ",
}  # fmt: skip
"""Letters that Kokoro does not know, and the nearest that it knows. Of these, texts contain "ɫ", in
words in Hangul, and "r.", eSpeak NG's sign for Hindi ड़: its point would be a pause, and "ɽ", which
Kokoro knows, was heard as "l" and "j" where it was tried."""
_TIED = ("aɪ", "aʊ", "dʒ", "eɪ", "tʃ", "ɔɪ", "oʊ", "əʊ", "ts", "dz")
"""Sounds of two letters that misaki has one for."""
_TONES = {"˥˥": "→", "˧˥": "↗", "˨˩˦": "↓", "˥˩": "↘", "˥": "→"}
"""Those of Mandarin."""
_BRITISH_IPA = {f"o{TIE}ʊ": f"ə{TIE}ʊ"}
_AMERICAN_IPA = {f"ə{TIE}ʊ": f"o{TIE}ʊ", "ɒ": "ɑ"}
"""Sounds of the other accent."""
_STRESS, _MODIFIERS = "ˈˌ", "\u0303ːʰʲᵝ"
_FLAG = re.compile(r"\([^)]*\)")
_SYLLABIC = re.compile("(\\w)\u0329")
_LETTER = re.compile(f"[^{_STRESS}{_MODIFIERS} ][{_MODIFIERS}]*")

# Points in abbreviations, numbers, times and addresses belong to the word.
_MARKS = re.compile(
    r"""[;!?—…"“”()]+|(?<!\d)[,:]+|[,:]+(?!\d)|\.+(?!\w)|(?<=[^\W\d_])\.(?=[^\W\d_a-z][a-zà-ÿ])"""
)
_INITIAL = re.compile(r"[^\W\d_]\.(?:[^\W\d_]\.)*")


def read(
    words: Sequence[str], voice: str, spelled: Callable[[str], str] | None = None
) -> tuple[str, list[Span]]:
    """Return the phonemes of a text's words, and where each word is among them.

    `voice`: eSpeak NG's, as "roa/fr". `spelled`: returns eSpeak NG's IPA, with ties and flags, in
    another alphabet; misaki's, unless told. Punctuation stays, and eSpeak NG reads what is between
    it clause by clause, with the liaisons and elisions of the language. Raises VoiceLoadError.
    """
    reading = _Reading(voice, spelled or _misaki)
    for index, word in enumerate(words):
        reading.begin_word()
        for part, is_mark in _parts(word, is_last=index == len(words) - 1):
            if is_mark:
                reading.mark(part)
            else:
                reading.add(index, part)
    return reading.finish(len(words))


class _Reading:
    """The phonemes of a text, as they grow."""

    def __init__(self, voice: str, spelled: Callable[[str], str]) -> None:
        self._voice, self._spelled = voice, spelled
        self._phonemes = ""
        self._spans: dict[int, Span] = {}  # by word
        self._clause: list[tuple[int, str]] = []
        self._space = False

    def begin_word(self) -> None:
        """Separate what follows from what was before."""
        self._space = True
        if len(self._clause) >= MOST_WORDS or sum(len(p) for _, p in self._clause) > MOST_LETTERS:
            self._read_clause()

    def add(self, index: int, part: str) -> None:
        """Add a part of word `index`, without marks."""
        if self._space and not self._clause:
            self._phonemes += " "
        self._space = False
        self._clause.append((index, part))

    def mark(self, mark: str) -> None:
        """Add a mark, which ends the clause."""
        self._read_clause()
        self._phonemes += f" {mark}" if self._space else mark
        self._space = False

    def finish(self, words: int) -> tuple[str, list[Span]]:
        """Return the phonemes, and the place of each of `words` words."""
        self._read_clause()
        spans: list[Span] = []
        for index in range(words):
            here = spans[-1][1] if spans else 0
            spans.append(self._spans.get(index, (here, here)))
        return self._phonemes, spans

    def _read_clause(self) -> None:
        phonemes, places = _clause([part for _, part in self._clause], self._voice, self._spelled)
        offset = len(self._phonemes)
        for (index, _), (start, end) in zip(self._clause, places, strict=True):
            first = self._spans.get(index, (offset + start, 0))[0]
            self._spans[index] = first, offset + end
        self._phonemes += phonemes
        self._clause.clear()


def american(word: str) -> str:
    """Return the phonemes of an English word that the dictionaries lack, as misaki reads it."""
    return _english(word, "gmw/en-US", _AMERICAN)


def british(word: str) -> str:
    """Return the same in British English."""
    return _english(word, "gmw/en", _BRITISH)


def misaki_of(ipa: str, language: str) -> str:
    """Return IPA as dictionaries write it in misaki's alphabet, as a language's voices know it."""
    tied = tidy(ipa)
    for sound in _TIED:
        tied = tied.replace(sound, TIE.join(sound))
    if language.partition("-")[0] != "en":
        return _misaki(_replaced(tied, _TONES))
    tied = re.sub(f"(?<!{re.escape(TIE)})e(?!{re.escape(TIE)})", "ɛ", tied)
    british = language == "en-gb"
    written = _BRITISH_IPA if british else _AMERICAN_IPA
    for table in (written, _ENGLISH, _BRITISH if british else _AMERICAN, _NEAREST):
        tied = _replaced(_SYLLABIC.sub(r"ᵊ\1", tied), table)
    return _known(tied)


def _english(word: str, voice: str, accent: Mapping[str, str]) -> str:
    ipa = _decomposed(library().phonemes([word], voice)[0])
    for table in (_ENGLISH, accent, _NEAREST):
        ipa = _replaced(_SYLLABIC.sub(r"ᵊ\1", ipa), table)
    return _known(ipa)


def _misaki(ipa: str) -> str:
    """Return eSpeak NG's IPA, with ties, in misaki's alphabet."""
    ipa = _replaced(_replaced(_decomposed(ipa), _DIPHTHONGS), _NEAREST)
    return _known(_SYLLABIC.sub(r"ᵊ\1", ipa))


def _decomposed(ipa: str) -> str:
    """Return IPA without flags of languages, its nasal vowels as two characters."""
    return unicodedata.normalize("NFD", without_flags(ipa)).replace("c\u0327", "ç")


def without_flags(ipa: str) -> str:
    """Return eSpeak NG's IPA without the flags around words of other languages."""
    return _FLAG.sub("", ipa)


def _replaced(ipa: str, table: Mapping[str, str]) -> str:
    for old, new in table.items():
        ipa = ipa.replace(old, new)
    return ipa


def _known(ipa: str) -> str:
    return " ".join("".join(c for c in ipa if c in ALPHABET).split())


def _parts(word: str, *, is_last: bool) -> Iterator[tuple[str, bool]]:
    """Yield what is read of a word and its marks, in order, and whether it is a mark.

    `is_last`: no word follows, so that a full stop is no abbreviation's.
    """
    if not is_last and word.endswith("."):
        bare = word.rstrip(".").lstrip('(“"').casefold()
        known = endings()
        if bare in known.never_end or bare in known.may_end or _INITIAL.fullmatch(word):
            word = word.rstrip(".")
    position = 0
    for match in _MARKS.finditer(word):
        if match.start() > position:
            yield word[position : match.start()], False
        yield match.group(), True
        position = match.end()
    if position < len(word):
        yield word[position:], False


def _clause(
    words: Sequence[str], voice: str, spelled: Callable[[str], str]
) -> tuple[str, list[Span]]:
    """Return the phonemes of words without punctuation between them, and where each is."""
    if not words:
        return "", []
    whole, *alone = map(spelled, library().phonemes([" ".join(words), *words], voice))
    counts = [len(reading.split()) for reading in alone]
    ends = [match.end() for match in re.finditer(r"\S+", whole)]
    if sum(counts) == len(ends):
        edges = [0, *([0, *ends][n] for n in accumulate(counts))]
    else:
        edges = _aligned(alone, whole)
    return whole, [(min(b, a + (whole[a : a + 1] == " ")), b) for a, b in pairwise(edges)]


def _aligned(alone: Sequence[str], whole: str) -> list[int]:
    """Return where in `whole` each word ends, after a 0, by how the words are read alone.

    eSpeak NG joins some words ("de que" in French) and reads others as several ("25").
    """
    letters = [match.start() for match in _LETTER.finditer(whole)]
    bare = [_letters(reading) for reading in alone]
    # The letters that differ, and words that are read otherwise, are placed by proportion.
    from_, to = [0.0, sum(map(len, bare))], [0, len(letters)]
    if from_[-1] * to[-1] <= _MOST_COMPARED:
        sound = _letters(whole)
        matcher = SequenceMatcher(None, "".join(bare), sound, autojunk=False)
        blocks = matcher.get_matching_blocks()
        # What is added between two blocks, as a liaison, belongs to the word before it.
        from_ = [x for block in blocks for x in (block.a, block.a + block.size - 0.001)]
        to = [x for block in blocks for x in (block.b, block.b + block.size)]
    ends = np.interp(list(accumulate(map(len, bare))), from_, to).round().astype(int).tolist()
    spaces = {
        n: whole.index(" ", i) for n, (i, j) in enumerate(pairwise(letters), 1) if " " in whole[i:j]
    }
    ends = _snapped(ends, spaces.keys())
    # Each word that sounds alone has a letter at least, if there are enough.
    least, most = 0, len(letters) - sum(map(bool, bare))
    for index, reading in enumerate(bare):
        least, most = least + bool(reading), most + bool(reading)
        ends[index] = least = min(max(least, min(ends[index], most)), len(letters))
    after = [0, *(match.end() for match in _LETTER.finditer(whole))]
    return [0, *(spaces.get(end, after[end]) for end in ends[:-1]), len(whole)]


def _snapped(ends: Sequence[int], spaces: Collection[int]) -> list[int]:
    """Return `ends`, each moved by a letter to a space at which no other word ends."""
    taken = set(ends)
    return [
        next((n for n in (end, end - 1, end + 1) if n in spaces and n not in taken - {end}), end)
        for end in ends
    ]


def _letters(phonemes: str) -> str:
    """Return the letters alone: no stress, no modifiers."""
    return "".join(match.group()[0] for match in _LETTER.finditer(phonemes))
