"""Finds the entries of a dictionary in a text.

The entries are a tree of words, so that a text is walked through once however many there are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

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
"""A place in the tree: the nodes of the words that may follow, and the entries that end here."""


class Matcher:
    """The entries of one dictionary, ready to be looked for. Immutable."""

    def __init__(self, entries: Iterable[LexiconEntry] = ()) -> None:
        """Build the tree."""
        self._root: _Node = {}
        for entry in entries:
            node = self._root
            for match in _TOKENS.finditer(fold(entry.written).text):
                node = node.setdefault(_key(match) if match.start() else _word(match), {})
            node.setdefault(_ENTRIES, []).append(entry)

    def overrides(
        self, source: Source, span: tuple[int, int], language: str, voices: Iterable[str]
    ) -> list[Override]:
        """Return the entries found in a part of a source's text, as overrides in order.

        `language`: a BCP 47 tag. `voices`: names of the voice that speaks. Of entries that begin
        at the same place the longest is taken, and of those the most specific. Within addresses
        nothing is found.
        """
        if not self._root:
            return []
        text, (start, stop) = source.text, span
        root = self._root
        names = {name.casefold() for name in voices} | {""}
        codes = _codes(language)
        addresses = list(_addresses(text, start, stop))
        found: list[Override] = []
        done = start
        for match in _TOKENS.finditer(text, start, stop):
            if _word(match) not in root or match.start(2) < done:
                continue
            longest = self._longest(text, match, stop, codes, names)
            if longest is not None and not _is_within(match.start(2), longest[1], addresses):
                entry, done = longest
                place = source.span(match.start(2), done)
                found.append(Override(*place, entry.spoken, entry.phonemes))
        return found

    def _longest(
        self,
        text: str,
        first: regex.Match[str],
        stop: int,
        codes: Collection[str],
        voices: Collection[str],
    ) -> tuple[LexiconEntry, int] | None:
        """Return the entry of most words that begins with a word, and where its last one ends."""
        start = first.start(2)
        if _is_inside_word(text, start):
            return None
        best = None
        match: regex.Match[str] | None = first
        node = self._root.get(_word(first))
        while match is not None and node is not None:
            end = match.end()
            for entry in node.get(_ENTRIES, ()):
                if entry.language not in codes or entry.voice.casefold() not in voices:
                    continue
                if _joins(text, start - 1) or _joins(text, end):
                    continue  # "js" in "Node.js"
                if entry.match_case and not _is_same(entry.written, text[start:end]):
                    continue
                if best is None or best[1] < end or _precedence(entry) > _precedence(best[0]):
                    best = entry, end
            match = _TOKENS.match(text, end, stop)
            node = node.get(_key(match)) if match is not None else None
        return best


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


def _is_same(written: str, found: str) -> bool:
    return fold(written).text == " ".join(found.split())


def _codes(language: str) -> set[str]:
    """Return the languages of entries that apply to texts in a language: "en-us": "", "en", …"""
    tag = language.lower().replace("_", "-")
    base, _, region = tag.partition("-")
    bases = {base, *(code for pair in _SAME_LANGUAGE.items() if base in pair for code in pair)}
    parts = region.split("-") if region else []
    regions = ["-".join(parts[:count]) for count in range(len(parts) + 1)]
    return {"", *(f"{base}-{region}".rstrip("-") for base in bases for region in regions)}


def _precedence(entry: LexiconEntry) -> tuple[bool, int, bool]:
    return bool(entry.voice), len(entry.language), entry.match_case
