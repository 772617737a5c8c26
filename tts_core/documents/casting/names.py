"""Names of speakers: how they look in a text, which of them are one person, and their gender."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

import regex

from tts_core.documents.casting.words import (
    ADJECTIVES,
    NO_NAMES,
    NOUNS,
    POSSESSIVES,
    PRONOUNS,
    TITLES,
    VERBS,
)

_WORD = r"\p{Lu}(?:\.(?=[\s,])|\p{L}*+(?:['’-]\p{L}+)*+)"
_TITLE = "|".join(sorted((title.capitalize() for title in TITLES), key=len, reverse=True))
_EPITHET = r"(?:(?:old|young|little|poor|dear)\s+)?"
NAME = (
    rf"{_EPITHET}(?:(?:{_TITLE})\b\.?\s+)?{_WORD}"
    rf"(?:\s+(?:(?:von|van|de|du|della)\s+)?{_WORD}){{0,2}}"
)
_ARTICLE = (
    r"(?:[Tt]he|[Dd]er|[Dd]ie|[Dd]as|[Ll]e|[Ll]a|[Ee]l|[Hh]is|[Hh]er|[Mm]y|[Ss]eine?|[Ii]hre?)"
)
PERSON = (
    rf"{_ARTICLE}\s+(?:(?:{ADJECTIVES})\s+)*+(?:{_WORD}(?:\s+{_WORD})?|[\p{{L}}][\p{{L}}'’-]++)"
)
"""Someone without a name: "the old man"."""
PRONOUN = (
    r"(?:[Ww]e|[Hh]e|[Ss]he|[Tt]hey|I|[Ee]r|sie|[Ii]ch|[Ww]ir"
    r"|[Ii]l|[Ee]lle|[Jj]e|[Nn]ous|[Éé]l|[Ee]lla|[Yy]o)"
)
SUBJECT = rf"(?:(?P<pronoun>{PRONOUN})\b|(?P<person>{PERSON})|(?P<name>{NAME}))"
_ADVERB = (
    r"(?:\s+(?:\p{Ll}+ly|then|also|at last|finally|again|still|only|just|leise|laut|doucement))?"
)
_PAUSE = r"^[\s,–—-]*(?:and\s+|but\s+)?"
AFTER_VERB_FIRST = regex.compile(rf"{_PAUSE}(?:{VERBS}){_ADVERB}[\s-](?:t-)?{SUBJECT}")
"""What follows a quotation: "said Anna"."""
AFTER_NAME_FIRST = regex.compile(
    rf"{_PAUSE}{SUBJECT}{_ADVERB}(?:,\s[^,.!?]{{1,80}},)?(?:\s+had)?\s+(?:{VERBS})\b"
)
""""Anna said", "Anna, who was cold, said"."""
IN_SENTENCE = regex.compile(rf"(?:^|(?<=\s)){SUBJECT}{_ADVERB}(?:\s+had)?\s+(?:{VERBS})\b")
""""Just then Anna called up the stairs.\""""
BEGINNING = regex.compile(
    rf"^\W*(?:(?:Then|And|But|Now|Da|Puis|Alors|Entonces)\s+)?(?:{PERSON},\s+(?={NAME},))?"
    rf"{SUBJECT}(?=[\s,’'])"
)
"""The subject of a sentence; in "The elder twin, Astrid, laughed" the name."""
_ANY_NAME = regex.compile(rf"(?<![\p{{L}}'’-]){NAME}")
_SENTENCE_START = regex.compile(
    rf"(?:^|[.!?…][\"”’»]?\s+)({NAME})\b([^.!?]*+(?:[.!?]\s+(?:She|He)\b)?+)"
)
"""With the words up to the end of the sentence, and the pronoun that begins the next one."""
_AFTER_ARTICLE = regex.compile(
    rf"\b(?:[Tt]he|[Aa]n?|[Dd]er|[Dd]ie|[Dd]as|[Dd]en|[Dd]em|[Ee]ine?[rmn]?)\s+({_WORD})"
)
_LOWER = regex.compile(r"(?<!\p{L})\p{Ll}[\p{L}'’-]*+")
_OWN = regex.compile(
    r"\b(?:s?he|his|himself|herself|her(?=\s+\p{Ll})(?!\s+(?:and|as|at|but|by|for|from|how|if|in|into"
    r"|of|on|or|over|that|then|to|until|what|when|where|who|with)\b))\b",
    regex.I,
)
"""A pronoun that means the subject: "looked at her" does not, "took her hat" does."""
_POSSESSIVE_END = regex.compile("['’]s?$")
_IS_ARTICLE = regex.compile(_ARTICLE)
_LEAST_MENTIONS = 2
_MOST_NAMES = 1_000
"""Names that are compared with one another; a long novel has some hundred."""


class Names:
    """The persons of a document."""

    def __init__(self, narration: Iterable[str], addressed: Iterable[str] = ()) -> None:
        """Learn names and genders from what is not said by anyone.

        `addressed`: what persons are called by others.
        """
        self.genders: dict[str, str] = {}
        self._mentions: Counter[str] = Counter(map(_plain, addressed))
        self._aliases: dict[str, str] = {}
        self._known: set[str] = set()
        self._by_word: dict[str, set[str]] = {}
        self._no_names = set(NO_NAMES)
        lower: set[str] = set()
        pronouns: dict[str, Counter[str]] = {}
        for text in narration:
            lower.update(_LOWER.findall(text))
            self._no_names.update(_AFTER_ARTICLE.findall(text))
            for match in _ANY_NAME.finditer(text):
                self._mentions[_plain(match[0])] += 1
            for match in _SENTENCE_START.finditer(text):
                if first := _OWN.search(match[2]):
                    gender = POSSESSIVES[first[0].casefold()]
                    pronouns.setdefault(_plain(match[1]), Counter())[gender] += 1
        self._no_names.update(word.capitalize() for word in lower)
        for name, count in self._mentions.most_common(_MOST_NAMES):
            if title_of_name(name) or (count >= _LEAST_MENTIONS and self.may_be_name(name)):
                self._known.add(name)
        for name, counts in pronouns.items():
            if name in self._known:
                gender, count = counts.most_common(1)[0]
                if count > sum(counts.values()) / 2:
                    self.genders[self.canonical(name)] = gender

    def add(self, name: str) -> None:
        """Note that someone speaks, by which a name is known to be one."""
        name = _plain(name)
        self._mentions[name] += 1
        if len(self._known) < 2 * _MOST_NAMES:
            self._known.add(name)
            self._aliases.clear()
            self._by_word.clear()

    def may_be_name(self, name: str) -> bool:
        """Return whether a word with a capital is none that has one for another reason."""
        return not self._no_names.intersection((_plain(name), _plain(name).split()[0]))

    def is_known(self, name: str) -> bool:
        """Return whether a name is that of a person."""
        return _plain(name) in self._known

    def canonical(self, name: str) -> str:
        """Return the name that is used for a person: "Mr. Harding" for "Harding".

        Of the known names that fit, that which is mentioned most.
        """
        name = _plain(name)
        if name not in self._known:
            return name
        if name not in self._aliases:
            words = name.casefold().split()
            similar = {other for word in words for other in self._with_word().get(word, ())}
            fitting = [other for other in similar if _is_same(name, other)]
            best = max(fitting, key=lambda other: (self._mentions[other], len(other), other))
            self._aliases[name] = best
        return self._aliases[name]

    def _with_word(self) -> Mapping[str, set[str]]:
        """Return the known names by each of their words."""
        if not self._by_word:
            for name in self._known:
                for word in name.casefold().split():
                    self._by_word.setdefault(word.rstrip("."), set()).add(name)
                    self._by_word.setdefault(word, set()).add(name)
        return self._by_word

    def gender(self, name: str) -> str:
        """Return "m", "f", or "" when nothing tells."""
        found = self.genders.get(name)
        if found:
            return found
        if title := title_of_name(name):
            return TITLES[title]
        return NOUNS.get(name.split()[-1].casefold(), "") if name else ""

    def mentioned(self, text: str) -> list[str]:
        """Return the persons that a text names, in order."""
        found = (_plain(match[0]) for match in _ANY_NAME.finditer(text))
        return [self.canonical(name) for name in found if name in self._known]


def title_of_name(name: str) -> str:
    """Return the title that a name of several words begins with, in lower case, or ""."""
    first, _, rest = name.partition(" ")
    title = first.rstrip(".").casefold()
    return title if rest and title in TITLES else ""


def pronoun_gender(pronoun: str) -> str:
    """Return "m", "f", or "1" for the narrator and for several persons."""
    return PRONOUNS.get(pronoun.casefold(), "")


@lru_cache(maxsize=10_000)
def _plain(name: str) -> str:
    """Return a name without epithet and possessive, persons without names in lower case."""
    words = _POSSESSIVE_END.sub("", " ".join(name.split())).split(" ")
    if len(words) > 1 and words[0] in ("old", "young", "little", "poor", "dear"):
        words = words[1:]
    if _IS_ARTICLE.fullmatch(words[0]):
        words[0] = words[0].lower()
    return " ".join(words)


def _is_same(name: str, other: str) -> bool:
    """Return whether two names may be of one person."""
    if name == other:
        return True
    words, others = name.split(), other.split()
    if words[0][0].islower():  # "the colonel" and "Colonel Marsh"
        return len(words) == 2 and title_of_name(other) == words[1].casefold()
    if others[0][0].islower():
        return False
    title, other_title = title_of_name(name), title_of_name(other)
    if title and other_title and title != other_title:
        return False
    plain = words[bool(title) :]
    other_plain = others[bool(other_title) :]
    if len(plain) == len(other_plain):
        return plain == other_plain
    return plain[-1] == other_plain[-1] or (
        plain[0] == other_plain[0] and not (title or other_title)
    )
