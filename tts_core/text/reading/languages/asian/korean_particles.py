"""Korean particles, which have two forms: after a consonant and after a vowel."""

from __future__ import annotations

import regex

from tts_core.text.reading.rule import any_of

_FORMS = {
    "을": ("을", "를"), "은": ("은", "는"), "이": ("이", "가"), "과": ("과", "와"),
    "으로": ("으로", "로"),
}  # fmt: skip
"""After a consonant, after a vowel."""
_KEYS = {form: key for key, forms in _FORMS.items() for form in forms} | {
    "을(를)": "을", "를(을)": "을", "은(는)": "은", "는(은)": "은", "이(가)": "이", "가(이)": "이",
    "과(와)": "과", "와(과)": "과", "(으)로": "으로",
}  # fmt: skip
BOTH_FORMS = tuple(key for key in _KEYS if "(" in key)
"""As in letters to whoever it may be: "홍길동은(는)"."""
_PARTICLE = regex.compile(
    rf"(?P<both>{any_of(BOTH_FORMS)})"
    r"|(?P<one>으로|[을를은는이가과와로])(?=(?:는|도|만|의|서|써|부터)?(?!\p{Hangul}))"
    r"|(?P<equals>[ ]?=[ ]?)(?=[\p{L}\p{N}(√-])"
    r"|(?P<other>\p{Hangul}{1,12}+)(?!\()"
)
_AS_WRITTEN = ("이", "가", "과")
"""After a number these may be something else: "종로 3가", "제2과"."""
_COUNTABLE = ("number", "range", "ratio")
"""Kinds of readings that a counter may follow."""
_FIRST, _LAST = "가", "힣"
_FINALS = 28
"""Final consonants of a syllable, "none" included, in Unicode's order."""
_RIEUL = 8


def particle_after(word: str, key: str) -> str:
    """Return the form of a particle after a word, by its last sound.

    `key`: the form after a consonant. After "ㄹ" it is "로" as after a vowel.
    """
    final = _final(word)
    is_vowel = final == 0 or (final == _RIEUL and key == "으로")
    return _FORMS[key][is_vowel]


def with_particle(text: str, end: int, spoken: str, kind: str) -> tuple[int, str]:
    """Return a reading with the particle that follows text[:end], and where that ends.

    Particles are written for what their writers would say, or in both forms: "5kg를", "3은(는)".
    An equals sign is "은" or "는". Other endings stay as they are.
    After a number they may be nouns.
    """
    match = _PARTICLE.match(text, end)
    if match is None or (match["other"] and kind in _COUNTABLE):
        return end, spoken
    if match["equals"]:
        known = _final(spoken) is not None
        return match.end(), f"{spoken}{particle_after(spoken, '은') if known else '는'} "
    written = match[0]
    keep = kind in _COUNTABLE and written in _AS_WRITTEN
    if keep or match["other"] or _final(spoken) is None:
        return match.end(), f"{spoken}{written}"
    return match.end(), f"{spoken}{particle_after(spoken, _KEYS[written])}"


def _final(word: str) -> int | None:
    """Return the final consonant of a word, 0 for none; None when it ends with no Hangul."""
    last = word[-1:]
    return (ord(last) - ord(_FIRST)) % _FINALS if _FIRST <= last <= _LAST else None
