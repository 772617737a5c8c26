"""How a text is read as characters, digits, a number or an ordinal, in a language."""

from __future__ import annotations

import re

from tts_core.text.directions.model import SayAs
from tts_core.text.reading.languages import language_of
from tts_core.text.reading.number import Number, ascii_digits
from tts_core.text.reading.override import Override

_INTEGER = re.compile(r"[-−+]?\d{1,15}")
_LONGEST = 200
"""Characters that are spelled."""
_DIGITS = re.compile(r"\d+")


def override_of(wanted: SayAs, written: str, language: str) -> Override | None:
    """Return how a part of a text is spoken; None when it is to be read as without markup.

    `written`: the part without markup. `language`: a BCP 47 tag.
    """
    text = written.strip()
    spoken = _spoken(wanted.how, text, language.lower().replace("_", "-"))
    return Override(wanted.start, wanted.end, spoken, "") if spoken else None


def _spoken(how: str, text: str, tag: str) -> str | None:
    if not text or len(text) > _LONGEST:
        return None
    language = language_of(tag)
    if how in ("characters", "spell-out", "verbatim"):
        signs = (language.digits(c) if c.isdecimal() else c for c in text if c.isalnum())
        return ", ".join(language.letters(sign) if len(sign) == 1 else sign for sign in signs)
    if how in ("digits", "telephone"):
        groups = [language.digits(group) for group in _DIGITS.findall(text)]
        return ", ".join(groups)
    grouped = "".join(c for c in text if c not in " \u00a0\u202f'’_" + language.group_signs)
    if _INTEGER.fullmatch(grouped) is None:
        return None
    digits = ascii_digits(grouped)
    if how == "ordinal":
        return language.ordinal(int(digits))
    return language.number(Number(digits, negative=grouped[0] in "-−"))
