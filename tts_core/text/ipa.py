"""The International Phonetic Alphabet: which characters a transcription may have."""

from __future__ import annotations

import unicodedata

import regex

_NOT_IPA = regex.compile(
    r"[^abcdefhijklmnopqrstuvwxyzɡg"
    r"æçðøħŋœʘǀǁǂǃβθχɸⱱᵻᵿᵝᶿ"
    r"\u0250-\u02af"  # IPA Extensions
    r"\u1d00-\u1dbf"  # Phonetic Extensions
    r"\u2c61-\u2c7fꞎ\ua71b-\ua71c"
    r"\u02b0-\u02ff"  # stress, length, tone, and raised letters
    r"ⁿˡ"
    r"\u0300-\u036f\u1dc4-\u1dff"  # diacritics and ties
    r". |‖‿↗↘↑↓]"
)
_LETTER = regex.compile(r"[\p{Ll}\p{Lo}]")


def ipa_fault(phonemes: str) -> str:
    """Return what keeps a text from being a transcription in IPA; "" if nothing does.

    It may have letters, diacritics, tones, and marks of stress, length, syllables and groups; no
    slashes or brackets around it. The characters are those of the IPA chart of 2020 and the blocks
    of Unicode that extend it.
    """
    if not _LETTER.search(phonemes):
        return "it has no letter of the IPA"
    wrong = _NOT_IPA.search(unicodedata.normalize("NFD", phonemes))
    if wrong is None:
        return ""
    character = wrong.group()
    name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
    hint = {"'": "; stress is ˈ", ":": "; length is ː", "/": "; leave the slashes out"}
    hint |= dict.fromkeys("[]", "; leave the brackets out")
    sign = character if character.isprintable() else f"U+{ord(character):04X}"
    return f"“{sign}” ({name}) is no sign of the IPA{hint.get(character, '')}"
