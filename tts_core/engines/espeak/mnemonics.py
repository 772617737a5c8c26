"""IPA in eSpeak NG's own mnemonics, which it reads between double brackets.

What a mnemonic means depends on the voice's language, so the library is asked: of the mnemonics
that may mean a sound, the first is taken whose IPA comes back as that sound.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tts_core.engines.espeak.library import TIE, library
from tts_core.engines.phonemes.given import VOWELS, tidy
from tts_core.types import WordPhonemes

_CANDIDATES = {
    "p": "p", "b": "b", "t": "t", "d": "d", "k": "k", "ɡ": "g", "f": "f", "v": "v", "θ": "T",
    "ð": "D", "s": "s", "z": "z", "ʃ": "S", "ʒ": "Z", "ç": "C", "x": "x", "ɣ": "Q G", "χ": "X x",
    "ʁ": "r R g\"", "h": "h", "ɦ": "H h", "m": "m", "n": "n", "ŋ": "N", "ɲ": "n^", "l": "l",
    "ʎ": "l^", "ɫ": "l#", "r": "r R", "ɾ": "* ** r", "ɹ": "r r- r/", "ʀ": "R r", "j": "j",
    "w": "w", "ʍ": "w# w", "ɥ": "W y", "ʔ": "?", "β": "B b", "ʋ": "v#", "ɸ": "F f", "ɕ": "S;",
    "ʑ": "Z;", "ʂ": "s. S", "ʐ": "z. Z", "ʈ": "t.", "ɖ": "d.", "ɳ": "n.", "ɭ": "l.", "ɽ": "*.",
    "c": "c", "ɟ": "J", "q": "q k", "ħ": "H h", "ʕ": "?", "ɬ": "L l", "ɱ": "m",
    "tʃ": "tS", "dʒ": "dZ", "ts": "ts", "dz": "dz", "pf": "pf", "tɕ": "tS;", "dʑ": "dZ;",
    "i": "i i:", "iː": "i: i", "ɪ": "I I2 i", "e": "e E e:", "eː": "e: e", "ɛ": "E E2 e",
    "ɛː": "E: E e@", "æ": "a aa a# E", "a": "a a# aa A", "aː": "a: A: a", "ɑ": "A A: a#",
    "ɑː": "A: A a:", "ɒ": "0 O A", "ɔ": "O 0 O2 o", "ɔː": "O: O o:", "o": "o o2 O o:",
    "oː": "o: o O:", "ʊ": "U u", "u": "u u:", "uː": "u: u", "ʌ": "V a", "ə": "@ @2 a#",
    "ɐ": "a# @ V a", "ɜ": "3 3: V", "ɜː": "3: 3", "ɝ": "3: 3", "ɚ": "3 @r @", "y": "y Y y:",
    "yː": "y: y", "ʏ": "y Y", "ø": "Y Y: W", "øː": "Y: Y", "œ": "W Y E2", "ɨ": "i\" I2 i",
    "ᵻ": "I# I2 I", "ɯ": "u\" u", "ɤ": "o-", "ʉ": "u\" u", "ɵ": "@. @",
    "aɪ": "aI", "aʊ": "aU", "eɪ": "eI", "oʊ": "oU", "əʊ": "oU @U", "ɔɪ": "OI", "ɔʏ": "OY OI",
    "ɪə": "i@ i@3", "eə": "e@", "ʊə": "U@", "ɑ\u0303": "A~", "ɛ\u0303": "E~", "ɔ\u0303": "O~",
    "œ\u0303": "W~", "a\u0303": "a~ A~",
}  # fmt: skip
"""Of docs/phonemes.md of eSpeak NG 1.52, and of the languages' own tables."""
_SOUND = re.compile("|".join(re.escape(s) for s in sorted(_CANDIDATES, key=len, reverse=True)))
_MARKS = {"ˈ": "'", "ˌ": ",", " ": "||"}


class Marked(NamedTuple):
    """A text with mnemonics, and where its characters come from."""

    text: str
    origin: Sequence[int]
    """For each character its place in the text without them."""


def marked(text: str, given: Sequence[WordPhonemes], voice: str) -> Marked:
    """Return a text with mnemonics in place of the words whose phonemes are given.

    `voice`: eSpeak NG's. A word of whose phonemes the voice has none stays.
    """
    pieces: list[str] = []
    origin: list[int] = []
    done = 0
    for wanted in given:
        start, end = wanted.start, wanted.start + wanted.length
        spoken = mnemonics_of(wanted.ipa, voice)
        if not spoken or start < done:
            continue
        before = text[done:start]
        pieces += (before, f" [[{spoken}]] ")
        origin += [*range(done, start), *[start] * (len(spoken) + 6)]
        done = end
    pieces.append(text[done:])
    origin += range(done, len(text))
    return Marked("".join(pieces), origin)


def mnemonics_of(ipa: str, voice: str) -> str:
    """Return IPA in the mnemonics of a voice; sounds that it does not have become near ones."""
    found = ""
    for sound in _sounds(tidy(ipa)):
        if sound in _MARKS:
            found = found.rstrip("|") + _MARKS[sound]
        elif mnemonic := _mnemonic(sound, voice):
            # A bar keeps "t" and "S" apart, which would be "tS".
            found += mnemonic if not found or found[-1] in "',|" else f"|{mnemonic}"
    return found.strip("|")


def _sounds(ipa: str) -> Iterator[str]:
    position = 0
    while position < len(ipa):
        match = _SOUND.match(ipa, position)
        yield match.group() if match else ipa[position]
        position = match.end() if match else position + 1


@functools.lru_cache(maxsize=2048)
def _mnemonic(sound: str, voice: str) -> str:
    """Return the mnemonic of one sound; "" when the voice has none that is like it."""
    candidates = _CANDIDATES.get(sound, "").split()
    near = ""
    for candidate in candidates:
        heard = _heard(candidate, sound, voice)
        if heard == sound:
            return candidate
        near = near or (candidate if heard else "")
    if len(sound) > 1 and sound[-1] not in "ː\u0303":
        parts = [_mnemonic(part, voice) for part in sound]
        if all(parts):
            return "|".join(parts)
    return near


def _heard(mnemonic: str, sound: str, voice: str) -> str:
    """Return the IPA of a mnemonic in a syllable: before a vowel, or stressed if it is one."""
    is_vowel = sound[0] in VOWELS
    syllable = f"[['{mnemonic}|t]]" if is_vowel else f"[[{mnemonic}|i:]]"
    ipa = library().phonemes([syllable], voice, mnemonics=True)[0].replace(TIE, "")
    if is_vowel:
        return ipa.strip("ˈ").removesuffix("t")
    return ipa.removesuffix("iː").removesuffix("i")
