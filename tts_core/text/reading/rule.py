"""A rule: a pattern of the written text, and a function that says it.

The reader tries a language's rules in order at the beginning of every word, number and symbol. A
pattern must look at a bounded number of characters besides those that it consumes; that keeps the
reader linear in the length of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, takewhile
from operator import itemgetter

import regex

DIGIT, LETTER, SIGN = "digit", "letter", "sign"
"""With what the text of a rule may begin."""
DASH = "(?:[–~〜～-]|(?<![ ])—(?![ ]))"
"""Between the ends of a range. An em dash between spaces is that of a sentence."""
_DASHES = frozenset("-‐–—−~〜～")
_NEAR = 40
"""How far to look for words before and after a match, in code points."""
_WORDS = regex.compile(r"[\p{L}\p{M}\p{N}'’-]+\.?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule matched."""

    match: regex.Match[str]

    def __getitem__(self, group: str) -> str:
        """Return the text of a named group, "" when it took no part in the match."""
        try:
            return self.match[group] or ""
        except IndexError:  # the pattern has no such group
            return ""

    @property
    def text(self) -> str:
        """Return what was matched."""
        return self.match.group()

    @property
    def source(self) -> str:
        """Return the whole text."""
        return self.match.string

    @property
    def start(self) -> int:
        """Return the index of the first matched character."""
        return self.match.start()

    @property
    def end(self) -> int:
        """Return the index after the last matched character."""
        return self.match.end()

    def before(self, count: int) -> list[str]:
        """Return up to `count` words of the same line before the match, nearest last."""
        near = self.source[max(0, self.start - _NEAR) : self.start].rpartition("\n")[2]
        return _WORDS.findall(near)[-count:]

    def after(self, count: int) -> list[str]:
        """Return up to `count` words of the same line after the match."""
        near = self.source[self.end : self.end + _NEAR].partition("\n")[0]
        return _WORDS.findall(near)[:count]

    @property
    def word_before(self) -> str:
        """Return the word right before the match, with only spaces between; "" if none."""
        near = self.source[max(0, self.start - _NEAR) : self.start].rpartition("\n")[2]
        words = near.split(" ")
        while len(words) > 1 and not words[-1]:
            words.pop()
        return words[-1].lstrip("\"'“„«‹([{¿¡‘—–*_") if near[-1:] == " " else ""

    @property
    def next(self) -> str:
        """Return the character after the match, "" at the end."""
        return self.source[self.end : self.end + 1]


Reader = Callable[[Place], str | None]
"""Returns the spoken text, "" to leave the match out, None when the rule does not apply."""


@dataclass(frozen=True)
class Rule:
    """How texts of one kind are read."""

    kind: str
    """Named in `Word.kind` and, when the text is left out, in `LeftOut.why`."""
    starts: tuple[str, ...]
    """Of `DIGIT`, `LETTER` and `SIGN`."""
    pattern: str
    """A pattern of the module `regex`."""
    read: Reader
    alone: bool = False
    """Whether it may apply to digits before an ordinary word or a punctuation mark. The others need
    another sign or number after them, or one of `Language.after_numbers`."""
    named: bool = False
    """Whether it may apply to digits before one of those words, with no other sign after it."""
    then: frozenset[str] | None = None
    """What may follow the digits, or the letters, that a match begins with: classes of `kind_of`,
    after "_" those that may follow them after a space. None: anything."""
    words: frozenset[str] | None = None
    """The letters with which a match may begin that begins with a letter, up to the first other
    character and in the case of `str.casefold`. None: any."""

    def may_apply(self, follows: str, letters: str) -> bool:
        """Return whether it may apply to digits or letters by the class of what follows them.

        `letters`: as in `words`, "" for digits.
        """
        if letters and self.words is not None and letters not in self.words:
            return False
        return self.then is None or follows in self.then

    @cached_property
    def compiled(self) -> regex.Pattern[str]:
        """Return the pattern, compiled when it is first needed."""
        return regex.compile(self.pattern, regex.VERSION1)


def rule(
    kind: str,
    starts: str,
    pattern: str,
    read: Reader,
    *,
    alone: bool = False,
    named: bool = False,
    then: str | None = None,
    spaced: str = "",
    words: Iterable[str] | None = None,
) -> Rule:
    """Return a rule; `starts` has the names of `Rule.starts` separated by spaces.

    `then`: the characters of which one follows the digits or letters that a match begins with;
    `spaced`: those of which one follows them after a space. One character stands for its class.
    `words`: of which one is what begins with letters and matches.
    """
    classes = None
    if then is not None:
        classes = frozenset([*map(kind_of, then), *(f"_{kind_of(sign)}" for sign in spaced)])
    begins = None if words is None else frozenset(letters_of(word).casefold() for word in words)
    return Rule(kind, tuple(starts.split()), pattern, read, alone, named or alone, classes, begins)


def kind_of(character: str) -> str:
    """Return the class of a character: "a" for letters, "0" for numbers, "-" for dashes.

    Any other is one of its own.
    """
    if character.isalpha():
        return "a"
    if character.isnumeric():
        return "0"
    return "-" if character in _DASHES else character


def firsts(words: Iterable[str]) -> str:
    """Return the characters with which some words begin."""
    return "".join(sorted({word[0] for word in words if word}))


def following(words: Iterable[str], then: str = "", spaced: str = "") -> tuple[str, str]:
    """Return `then` and `spaced` for a pattern that begins with one of some words.

    They are those given, for what follows the word, and what follows the letters that it begins
    with, if it goes on.
    """
    for word in words:
        rest = word.removeprefix(letters_of(word))
        if rest[:1].isspace():
            spaced += rest[1:2]
        else:
            then += rest[:1]
    return then, spaced


def letters_of(text: str) -> str:
    """Return the letters with which a text begins."""
    return "".join(takewhile(str.isalpha, text))


def any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of some literal strings, the longest that fits.

    It is a tree by first characters, so that it fails after one comparison where it can.
    """
    listed = sorted(set(words))
    branches = []
    for first, group in groupby((word for word in listed if word), key=itemgetter(0)):
        rests = [word[1:] for word in group]
        tail = "" if rests == [""] else any_of(rests)
        branches.append(_escaped(first) + tail)
    if not branches:
        return "(?!)"
    optional = "?" if "" in listed else ""
    firsts = "".join(sorted({regex.escape(word[0]) for word in listed if word}))
    guard = "" if optional or len(branches) == 1 else f"(?=[{firsts}])"
    return f"(?:{guard}(?:{'|'.join(branches)})){optional}"


def any_before(words: Iterable[str]) -> str:
    """Return a pattern for any of some literal strings in a lookbehind, which begins at the end.

    It is a tree by last characters.
    """
    branches = []
    listed = sorted(set(words), key=lambda word: word[::-1])
    for last, group in groupby((word for word in listed if word), key=itemgetter(-1)):
        rests = [word[:-1] for word in group]
        head = "" if rests == [""] else any_before(rests)
        branches.append(head + _escaped(last))
    if not branches:
        return "(?!)"
    return f"(?:{'|'.join(branches)}){'?' if '' in listed else ''}"


def _escaped(character: str) -> str:
    return regex.escape(character, special_only=True, literal_spaces=True)
