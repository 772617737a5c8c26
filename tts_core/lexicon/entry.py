"""Entries of the pronunciation dictionary, and what is valid in them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import regex

from tts_core.errors import ValidationError
from tts_core.text.ipa import ipa_fault
from tts_core.text.normalize import is_speakable, normalize
from tts_core.text.reading.characters import fold
from tts_core.types import LONGEST_VOICE
from tts_core.validation import checked_text, shown

LONGEST_WRITTEN = 200
LONGEST_SPOKEN = 500
"""Characters, also of `phonemes`."""
MOST_ENTRIES = 10_000
"""Of one owner."""

_LANGUAGE = regex.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8}){0,4}")
_CONTROL = regex.compile(r"[\p{Cc}\p{Cs}\p{Co}\p{Cn}--[\t\n\r]]", regex.VERSION1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LexiconEntry:
    """How a word or phrase is spoken. The fields have the names of the public JSON."""

    id: str = ""
    written: str
    spoken: str = ""
    """Said in its place; "" where only phonemes are given."""
    phonemes: str = ""
    """In IPA, for engines that take it; "" where only a respelling is given."""
    language: str = ""
    """Of the texts it applies to: a BCP 47 tag in lower case, which covers its regions; "": all."""
    voice: str = ""
    """Id or name of the voice it applies to; "": all."""
    match_case: bool = False

    @property
    def key(self) -> str:
        """Return what no two entries of one owner have in common."""
        written = fold(self.written).text
        if not self.match_case:
            written = written.casefold()
        return "\n".join((written, self.language, self.voice.casefold(), str(self.match_case)))


def checked_entry(
    written: object,
    spoken: object = "",
    phonemes: object = "",
    language: object = "",
    voice: object = "",
    match_case: object = False,
    entry_id: str = "",
) -> LexiconEntry:
    """Return an entry of untrusted values. Raises ValidationError, naming the field."""
    said = _line(spoken, "spoken", LONGEST_SPOKEN)
    ipa = _line(phonemes, "phonemes", LONGEST_SPOKEN)
    word = _line(
        normalize(_line(written, "written", LONGEST_WRITTEN), markup=False).text,
        "written",
        LONGEST_WRITTEN,
    )
    if not word:
        raise ValidationError(
            "written is empty: give the word or phrase as it is written.", "written"
        )
    if not said and not ipa:
        raise ValidationError(
            "spoken and phonemes are both empty: say how the word is spoken, respelled or in IPA.",
            "spoken",
        )
    if said and not is_speakable(said):
        raise ValidationError(
            "spoken has no letters or digits: write what is to be said.", "spoken"
        )
    if ipa and (fault := ipa_fault(ipa)):
        raise ValidationError(f"phonemes must be IPA such as nɪˈkɒn: {fault}.", "phonemes")
    if not isinstance(match_case, bool):
        raise ValidationError(
            f"match_case must be true or false; got {shown(match_case)}.", "match_case"
        )
    return LexiconEntry(
        id=entry_id,
        written=word,
        spoken=said,
        phonemes=ipa,
        language=checked_language(language),
        voice=_line(voice, "voice", LONGEST_VOICE),
        match_case=match_case,
    )


def checked_language(language: object) -> str:
    """Return the tag of a language in lower case, "" for all. Raises ValidationError."""
    tag = _line(language, "language", LONGEST_VOICE).lower().replace("_", "-")
    if tag in ("", "auto"):
        return ""
    if not _LANGUAGE.fullmatch(tag):
        raise ValidationError(
            f'language must be a code such as "en" or "pt-br", or "" for all; got {shown(tag)}.',
            "language",
        )
    return tag


def _line(value: object, field: str, longest: int) -> str:
    """Return a text of one line, with single spaces and in NFC. Raises ValidationError."""
    text = checked_text(value, field)
    if len(text) > longest:
        raise ValidationError(
            f"{field} has {len(text):,} characters; the limit is {longest}. Shorten it.", field
        )
    if wrong := _CONTROL.search(text):
        raise ValidationError(
            f"{field} has a character that cannot be spoken (U+{ord(wrong.group()):04X}); delete "
            "it.",
            field,
        )
    return unicodedata.normalize("NFC", " ".join(text.split()))
