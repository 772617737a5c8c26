"""A language's rules, of which only those are tried that may apply where they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import regex

from tts_core.text.reading.kinds import rules_of
from tts_core.text.reading.language import Language
from tts_core.text.reading.languages import language_of
from tts_core.text.reading.reading import Options
from tts_core.text.reading.rule import DIGIT, LETTER, SIGN, Place, Rule, kind_of

_WORD = regex.compile(
    r"[\p{L}\p{M}]++(?:['’\u200c\u200d\u00b7][\p{L}\p{M}]++)*+|(.)\1*+", regex.DOTALL
)
_UNSPACED_WORD = regex.compile(
    r"[\p{Lu}\p{Ll}\p{M}]++(?:['’][\p{Lu}\p{Ll}\p{M}]++)*+|[\p{Lo}\p{Lm}\p{M}]++|(.)\1*+",
    regex.DOTALL,
)
"""Latin letters among ideographs are a word of their own."""
_PLAIN = regex.compile(
    r"(?P<word>\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]++(?:['’-][\p{Ll}\p{M}]++){0,4}+)[,;:!?.)\"”’»…]*+"
)
_DIGITS = regex.compile(r"\d++")
_FOLLOWED = regex.compile(
    r"(?:[1-9]\d{0,2}(?P<sign>[.,])\d{3}(?:(?P=sign)\d{3})*+|\d++"
    r"|(?P<fraction>(?:0|[1-9]\d*+)[.,]\d{1,3}+))(?!\d)"
    r"(?:[ ](?![xX](?!\p{L}))(?P<word>\p{L}[\p{L}\p{M}]*+)(?![^\s,;:!?.)]|\.\S)"
    r"|(?P<marks>[,;!?.]++)(?=\s+\p{L}|\s*\Z))"
)
"""Digits, perhaps in groups of three or with a fraction, that a word or a punctuation mark follows.
"""

_ALONE, _NAMED = "digit alone", "digit named"
"""Of the rules for digits those with `Rule.alone` and `Rule.named`."""
_NEXT = regex.compile(r"(?:\d++|(\p{L}++))(\s?+)((?s:.?))")
_BEHIND = 48
"""Code points before a place that rules may look at."""
_LONGEST_ELIDED = 5
"""Letters before an apostrophe: "dell'art. 3"."""
_REMEMBERED = 2048
"""Results that are kept, since repetitive texts would take long otherwise."""
_WORDS_REMEMBERED = 8192
_Match = Callable[[str, int], regex.Match[str] | None]


class Grammar:
    """Reads what begins at a place of a text in one language."""

    def __init__(self, language: Language, options: Options) -> None:
        """Prepare the rules of a language."""
        self.language, self.options = language, options
        self._read = lru_cache(maxsize=_REMEMBERED)(self._read_after)
        self.is_plain = lru_cache(maxsize=_WORDS_REMEMBERED)(self._is_plain)
        """Whether what stands between spaces is a word to which no rule applies, with marks."""
        self._word = _UNSPACED_WORD if language.unspaced else _WORD
        self._triggers = language.triggers
        self._endings = language.trigger_endings
        rules = rules_of(language, options)
        self._rules = {
            start: [rule for rule in rules if start in rule.starts]
            for start in (DIGIT, LETTER, SIGN)
        }
        self._rules[_ALONE] = [rule for rule in self._rules[DIGIT] if rule.alone]
        self._rules[_NAMED] = [rule for rule in self._rules[DIGIT] if rule.named]
        self._classes = {kind for rule in rules for kind in rule.then or ()}
        self._any_of = lru_cache(maxsize=None)(self._join)
        self._chosen = lru_cache(maxsize=_REMEMBERED)(self._choose)
        self._has_spaces = not (language.unspaced or language.particles)
        self._dotted_ordinals = "." in {*language.ordinal_suffixes, *language.day_suffixes}

    def _is_plain(self, token: str) -> bool:
        match = _PLAIN.fullmatch(token)
        return match is not None and not self._is_trigger(match["word"].lower())

    def _is_trigger(self, word: str) -> bool:
        """Return whether a rule may apply to a lower-case word, or to one with a capital."""
        if word in self._triggers or word.endswith(self._endings):
            return True
        if "'" in word and self._elided(word) > 0:
            return True
        if "-" not in word:
            return False
        first, _, rest = word.partition("-")
        if first in self.language.weekdays:
            return True
        last = rest.rpartition("-")[2]  # "α-helix", "interferon-γ"
        return any(part in self._triggers and not part.isascii() for part in (first, last))

    def _elided(self, word: str) -> int:
        """Return the length of "l'" in "l'art", after which a rule may apply, else 0."""
        head, _, rest = word.partition("'")
        is_elided = len(head) <= _LONGEST_ELIDED and len(rest) > 1 and rest in self._triggers
        return len(head) + 1 if is_elided else 0

    def read_at(self, text: str, position: int) -> tuple[int, str, str]:
        """Return where what begins at a position ends, how it is said, and its kind.

        The first rule that applies decides; what no rule applies to is said as written.
        """
        length, spoken, kind = self._read(
            text[max(0, position - _BEHIND) : position], text[position:]
        )
        return position + length, spoken, kind

    def _read_after(self, before: str, rest: str) -> tuple[int, str, str]:
        """Read the beginning of `rest`; return how much was read, how it is said, and its kind."""
        text, position = before + rest, len(before)
        first = text[position]
        start = DIGIT if first.isdecimal() else LETTER if first.isalpha() else SIGN
        found = _first_reading(self._rules_at(text, position, start), text, position)
        if found is not None:
            end, spoken, kind = found
            if spoken:
                end, spoken = self.language.with_particle(text, end, spoken, kind)
            return end - position, spoken, kind
        match = (_DIGITS if start == DIGIT else self._word).match(text, position)
        assert match is not None
        end = match.end()
        if start == LETTER and "'" in match[0] and (length := self._elided(match[0].lower())):
            end = position + length
        if start == DIGIT:
            return end - position, self.language.digits(text[position:end]), "number"
        return end - position, text[position:end], ""

    def _rules_at(self, text: str, position: int, start: str) -> Sequence[tuple[_Match, Rule]]:
        """Return the rules that may apply at a position by what follows the digits or letters.

        Trying all of them takes long.
        """
        if start == SIGN or (start == LETTER and not self._has_spaces):
            applies = self._any_of(start).match(text, position) is not None
            sign = text[position] if start == SIGN else ""
            return self._chosen(start, sign, None) if applies else ()
        match = _NEXT.match(text, position)
        assert match is not None
        letters, space, following = match.groups()
        follows = f"_{kind_of(following)}" if space else kind_of(following)
        if follows not in self._classes:
            follows = ""
        if start == LETTER:
            return self._chosen(start, letters.casefold(), follows)
        return self._chosen(self._among(text, position), "", follows)

    def _join(self, start: str) -> regex.Pattern[str]:
        """Return one pattern for all rules of a start: none of them applies to most signs."""
        patterns = (f"(?:{rule.pattern})" for rule in self._rules[start])
        return regex.compile("|".join(patterns), regex.VERSION1)

    def _choose(
        self, choice: str, letters: str, follows: str | None
    ) -> Sequence[tuple[_Match, Rule]]:
        """Return the rules of a choice that may apply before something of a class.

        `follows`: None for those of signs, of which `letters` is the first, "" for any.
        """
        return [
            (rule.compiled.match, rule)
            for rule in self._rules[choice]
            if (rule.may_begin(letters) if follows is None else rule.may_apply(follows, letters))
        ]

    def _among(self, text: str, position: int) -> str:
        """Return which of the rules for digits may apply by the word or mark after them."""
        match = _FOLLOWED.match(text, position)
        if match is None:
            return DIGIT
        fraction, word, marks = match.group("fraction", "word", "marks")
        if word and self._has_spaces:
            is_name = len(word) == 1 or word.lower() in self.language.after_numbers
            return _NAMED if fraction or is_name else _ALONE
        if word or fraction or (self._dotted_ordinals and "." in marks):
            return DIGIT
        return _ALONE


def _first_reading(
    rules: Sequence[tuple[_Match, Rule]], text: str, position: int
) -> tuple[int, str, str] | None:
    """Return what the first rule that applies at a position makes of it, None if none does."""
    for match_at, rule in rules:
        match = match_at(text, position)
        if match is not None and match.end() > position:
            spoken = rule.read(Place(match))
            if spoken is not None:
                return match.end(), spoken, rule.kind
    return None


@lru_cache(maxsize=64)
def grammar_of(tag: str, options: Options) -> Grammar:
    """Return the grammar of a language by its tag."""
    return Grammar(language_of(tag), options)
