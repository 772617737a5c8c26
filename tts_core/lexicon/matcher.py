"""Finds the entries of a dictionary in a text.

The entries are a tree of words, so that a text is walked through once however many there are. Words
that only one entry goes on with are one step of it (a radix tree): with a node for each word, ten
thousand long phrases took 245 MB, and take 15.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import regex

from tts_core.lexicon.entry import LexiconEntry
from tts_core.text.reading.assembly import Source
from tts_core.text.reading.characters import fold
from tts_core.text.reading.override import Override

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Hangul}"
_WORD = rf"[\p{{L}}\p{{M}}\p{{N}}--[{_UNSPACED}]]"
_TOKENS = regex.compile(
    rf"(\s*+)([{_UNSPACED}]\p{{M}}*+"
    # "3.5", "24/7" and "7:30" are one each, so that an entry for "5" is not found in them.
    rf"|{_WORD}++(?:(?<=\p{{N}})[.,:/](?=\p{{N}}){_WORD}++)*+"
    r"|\S)",
    regex.VERSION1,
)
"""Spaces, and a word after them: one letter of scripts without spaces, or one sign."""
_HANGUL = regex.compile(r"\p{Hangul}")
_VISIBLE_ASCII = regex.compile(r"[\x21-\x7e]++")
_ADDRESS = regex.compile(r"://|(?i:www)\.|[\w.+-]@[\w-]++\.\w")
_AROUND = "\"'()<>[]{}.,;:!?"
"""Punctuation around an address that is no part of it."""
_SAME_LANGUAGE = {"zh": "cmn", "no": "nb", "iw": "he", "in": "id", "tl": "fil"}
_ENTRIES = ""
"""Key of a node's entries; all other keys are words."""

_Node = dict[str, Any]
"""A place in the tree: by the first of the words that may follow, these words and the node after
them; and the entries that end here, by language, voice and what is written, "" where its case does
not count."""
_Kind = tuple[str, str]
"""Language and voice of entries, the voice without case."""


class _Token(NamedTuple):
    """A word of a text: text[start:end]."""

    start: int
    end: int
    key: str
    """As `_key` returns it; "" for a word that is in no entry."""


class Matcher:
    """The entries of one dictionary, ready to be looked for. Immutable.

    Takes time linear in the text for any dictionary: at most as many steps for each word of the
    text as the longest entry has words, and at each of them the same for any number of entries.
    """

    def __init__(self, entries: Iterable[LexiconEntry] = ()) -> None:
        """Build the tree."""
        self._root: _Node = {}
        self._words: set[str] = set()
        self._kinds: set[_Kind] = set()
        same: dict[str, str] = {}  # one string for each word
        for entry in entries:
            keys: list[str] = []
            for match in _TOKENS.finditer(fold(entry.written).text):
                self._words.add(_word(match))
                key = _key(match) if match.start() else _word(match)
                keys.append(same.setdefault(key, key))
            node = self._node(tuple(keys))
            kind = entry.language, entry.voice.casefold()
            self._kinds.add(kind)
            written = fold(entry.written).text if entry.match_case else ""
            node.setdefault(_ENTRIES, {})[*kind, written] = entry

    def _node(self, keys: tuple[str, ...]) -> _Node:
        """Return the node behind some words, which is added if it is missing."""
        node = self._root
        while keys:
            words, after = node.get(keys[0], (keys, {}))
            count = _common(words, keys)
            if count < len(words):  # others go on after the first of these
                after = {words[count]: (words[count:], after)}
            node[keys[0]] = words[:count], after
            node, keys = after, keys[count:]
        return node

    def overrides(
        self, source: Source, span: tuple[int, int], language: str, voices: Iterable[str]
    ) -> list[Override]:
        """Return the entries found in a part of a source's text, as overrides in order.

        `language`: a BCP 47 tag. `voices`: names of the voice that speaks. Of entries that begin
        at the same place the longest is taken, and of those the most specific. Within addresses
        nothing is found.
        """
        kinds = self._kinds_for(language, voices)
        if not kinds:
            return []
        text, (start, stop) = source.text, span
        addresses = list(_addresses(text, start, stop))
        tokens = list(self._tokens(text, start, stop))
        found: list[Override] = []
        done = start
        for index, token in enumerate(tokens):
            if not token.key or token.start < done:
                continue
            longest = self._longest(text, tokens, index, kinds)
            if longest is not None and not _is_within(token.start, longest[1], addresses):
                entry, done = longest
                found.append(
                    Override(*source.span(token.start, done), entry.spoken, entry.phonemes)
                )
        return found

    def _kinds_for(self, language: str, voices: Iterable[str]) -> list[_Kind]:
        """Return the languages and voices of entries that apply, the most specific first."""
        names = {name.casefold() for name in voices} | {""}
        kinds = {(code, name) for code in _codes(language) for name in names} & self._kinds
        return sorted(kinds, key=lambda kind: (not kind[1], -len(kind[0]), kind))

    def _tokens(self, text: str, start: int, stop: int) -> Iterator[_Token]:
        for match in _TOKENS.finditer(text, start, stop):
            key = _key(match) if _word(match) in self._words else ""
            yield _Token(match.start(2), match.end(), key)

    def _longest(
        self, text: str, tokens: Sequence[_Token], first: int, kinds: Sequence[_Kind]
    ) -> tuple[LexiconEntry, int] | None:
        """Return the entry of most words that begins with a word, and where its last one ends."""
        start = tokens[first].start
        # "js" in "Node.js"
        if _is_inside_word(text, start) or _joins(text, start - 1):
            return None
        best = None
        node = self._root
        words: tuple[str, ...] = ()
        passed = 0
        for number in range(first, len(tokens)):
            key = tokens[number].key if number > first else tokens[first].key.lstrip()
            if passed < len(words):
                if words[passed] != key:
                    break
                passed += 1
            else:
                step = node.get(key) if key else None
                if step is None:
                    break
                words, node = step
                passed = 1
            if passed < len(words):
                continue
            end = tokens[number].end
            if (entries := node.get(_ENTRIES)) and not _joins(text, end):
                entry = _most_specific(entries, kinds, text[start:end])
                best = best if entry is None else (entry, end)
        return best


def _common(some: tuple[str, ...], others: tuple[str, ...]) -> int:
    """Return how many words at the beginning are the same."""
    pairs = enumerate(zip(some, others, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(some), len(others)))


def _most_specific(
    entries: Mapping[tuple[str, str, str], LexiconEntry], kinds: Iterable[_Kind], found: str
) -> LexiconEntry | None:
    """Return the entry for words as they are found in a text, if there is one."""
    exact = " ".join(found.split())
    for kind in kinds:
        for written in (exact, ""):
            if (entry := entries.get((*kind, written))) is not None:
                return entry
    return None


def applies_to(entry: LexiconEntry, language: str) -> bool:
    """Return whether an entry applies to texts in a language, "" for any."""
    return not language or entry.language in _codes(language)


def _word(match: regex.Match[str]) -> str:
    return match[2].casefold()


def _key(match: regex.Match[str]) -> str:
    """Return a word after the space before it, if there is one."""
    space = match[1]
    if space.count("\n") > 1:
        return f"\n\n{_word(match)}"  # a phrase does not go on in the next paragraph
    return f" {_word(match)}" if space else _word(match)


def _addresses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where URLs and e-mail addresses begin and end."""
    if not any(mark in text for mark in ("@", "://", "www.", "WWW.")):
        return
    for run in _VISIBLE_ASCII.finditer(text, start, end):
        if _ADDRESS.search(run.group()):
            address = run.group().strip(_AROUND)
            begin = run.start() + run.group().index(address)
            yield begin, begin + len(address)


def _is_within(start: int, end: int, addresses: Sequence[tuple[int, int]]) -> bool:
    """Return whether text[start:end] is part of an address, but not all of it."""
    index = bisect_left(addresses, (end,)) - 1
    if index < 0:
        return False
    begin, stop = addresses[index]
    return start < stop and not (start <= begin and stop <= end)


def _joins(text: str, place: int) -> bool:
    """Return whether a full stop or underscore at a place joins two words to a name."""
    around = text[place - 1 : place + 2] if place > 0 else ""
    return len(around) == 3 and around[1] in "._" and around[0].isalnum() and around[2].isalnum()


def _is_inside_word(text: str, place: int) -> bool:
    """Return whether a place is between Hangul: Korean words may have particles after them only."""
    return bool(place and _HANGUL.match(text, place) and _HANGUL.match(text, place - 1))


def _codes(language: str) -> set[str]:
    """Return the languages of entries that apply to texts in a language: "en-us": "", "en", …"""
    tag = language.lower().replace("_", "-")
    base, _, region = tag.partition("-")
    bases = {base, *(code for pair in _SAME_LANGUAGE.items() if base in pair for code in pair)}
    parts = region.split("-") if region else []
    regions = ["-".join(parts[:count]) for count in range(len(parts) + 1)]
    return {"", *(f"{base}-{region}".rstrip("-") for base in bases for region in regions)}
