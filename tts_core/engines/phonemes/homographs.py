"""English words that are written alike and sound different, told by the words beside them.

The front end tells most of them by their part of speech, which leaves those of one part of speech
("a lead pipe", "a bass guitar") and those in which its tagger is often wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

_NEAR = 4
"""Tokens before a word in which "have" makes a question of it: "Have any of you read it?"."""


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


_METALS = _words("mercury zinc copper tin arsenic cadmium silver iron gold nickel chromium steel")
_LEADEN = _words(
    "poisoning paint paints pipe pipes pencil pencils acid bullet bullets ore mine mines oxide",
    "glass crystal shot levels exposure pollution contamination apron roof roofs solder acetate",
    "chromate sulfide nitrate isotopes toxicity plumbing sinker sinkers",
)
_PARTS = _words(
    "made out traces levels amounts ounces pounds tons tonnes grams piece pieces lump lumps",
    "sheet sheets pound ton consists composed content concentration concentrations",
)
_MUSICAL = _words(
    "guitar guitars guitarist guitarists player players drum drums line lines clef solo solos note",
    "notes voice voices section part parts riff riffs singer singers amp amps string strings",
    "clarinet trombone response frequency frequencies baritone instrument instruments track tracks",
    "music sound sounds tone tones boost reflex",
)
_PLAYED = _words(
    "play plays played playing double upright electric acoustic deep heavy drum and drums guitar",
)
_SMALL = _words(
    "detail details amount amounts quantity quantities particle particles trace traces difference",
    "differences change changes fraction fractions quantities fragments crystals organisms",
)
_POSSESSIVE = _words("my your his her their our")
_SUBJECTS = _words("i we they you")
_BEING = _words("am is are was were be been being feel feels felt seem seems seemed quite not")
_HAVE = _words("have has had 've haven't hasn't hadn't")
_RESUMING = _words("of function button command point operation option token")
_TAKING = _words("take takes took taken taking")
_BETWEEN = _words(
    "you he she they we i it anyone everyone someone ever already not never also just all"
)
_AFTER_SUBJECTS = _words("to that a an the growth losses sales profits")


class Token(Protocol):
    """A word or mark of the front end; those that have phonemes keep them."""

    text: str
    phonemes: str | None
    rating: int | None


def settle(tokens: Sequence[Token], *, british: bool = False) -> None:
    """Set the phonemes of those tokens about which the words beside them leave no doubt."""
    lower = [token.text.lower() for token in tokens]
    for index, word in enumerate(lower):
        if tokens[index].phonemes is None and (found := _sound(word, lower, index)):
            tokens[index].phonemes = found[british]
            tokens[index].rating = 5


def _sound(word: str, words: Sequence[str], index: int) -> tuple[str, str] | None:
    """Return a word's phonemes, American and British; None where the front end is to tell."""
    rule = _RULES.get(word)
    if rule is None:
        return None
    test, *sounds = rule
    before = [*([""] * _NEAR), *words[max(0, index - _NEAR) : index]][-_NEAR:]
    after = [*words[index + 1 : index + 3], "", ""][:2]
    return (sounds[0], sounds[-1]) if test(before, after) else None


def _is_metal(before: Sequence[str], after: Sequence[str]) -> bool:
    of = before[-1] in ("of", "from", "in") and before[-2] in _PARTS
    beside = after[0] in ("and", "or", ",") and after[1] in _METALS
    listed = before[-1] in ("and", "or", ",") and before[-2] in _METALS
    return of or beside or listed or after[0] in _LEADEN


def _is_music(before: Sequence[str], after: Sequence[str]) -> bool:
    return before[-1] in _PLAYED or after[0] in _MUSICAL


def _is_summary(before: Sequence[str], after: Sequence[str]) -> bool:
    return before[-1] in _POSSESSIVE or (before[-1] == "a" and after[0] not in _RESUMING)


def _is_read_by_now(before: Sequence[str], after: Sequence[str]) -> bool:
    """Return whether "read" is a participle after an inverted "have": "Have you read it?"."""
    have = [place for place, word in enumerate(before) if word in _HAVE]
    between = before[have[-1] + 1 :] if have else []
    return bool(between) and _BETWEEN.issuperset(between)


_Test = Callable[[Sequence[str], Sequence[str]], bool]
_RULES: Mapping[str, tuple[_Test, str] | tuple[_Test, str, str]] = {
    "lead": (_is_metal, "lˈɛd"),
    "bass": (_is_music, "bˈAs"),
    "resume": (_is_summary, "ɹˈɛzəmˌA", "ɹˈɛzjuːmˌA"),
    "read": (_is_read_by_now, "ɹˈɛd"),
    "content": (lambda b, a: b[-1] in _BEING and a[0] in ("with", "to"), "kəntˈɛnt"),
    "minute": (lambda b, a: a[0] in _SMALL, "mInˈut", "mInjˈuːt"),
    "object": (lambda b, a: b[-1] in _SUBJECTS and a[0] in ("to", ".", "!"), "əbʤˈɛkt"),
    "project": (lambda b, a: b[-1] in _SUBJECTS and a[0] in _AFTER_SUBJECTS, "pɹəʤˈɛkt"),
    "bow": (lambda b, a: b[-1] == "a" and b[-2] in _TAKING, "bˈW"),
    "live": (lambda b, a: b[-1] in ("", ".", ":") and a[0] == "from", "lˈIv"),
    "houses": (lambda b, a: True, "hˈWzᵻz", "hˈWzɪz"),  # made of "house" by the front end
}
"""What tells the less frequent sound of a word by those before and after it, and that sound:
American, and British where it differs."""
