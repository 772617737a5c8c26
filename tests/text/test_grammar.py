from __future__ import annotations

from collections.abc import Iterator

import pytest
import regex

from tests.support.reading_cases import reading_cases
from tts_core.text.reading.grammar import Grammar, grammar_of
from tts_core.text.reading.kinds import rules_of
from tts_core.text.reading.reading import Options
from tts_core.text.reading.rule import DIGIT, LETTER, Place, kind_of, letters_of

_NEXT = regex.compile(r"(?:\d++|\p{L}++)(?P<space>\s?)(?P<next>(?s:.?))")
_ENOUGH = 20
_ALL_TRIED = ("ja", "ko", "zh")
"""Without spaces between words, or with particles after them, all rules for letters are tried."""


def beginnings(text: str, grammar: Grammar) -> Iterator[regex.Match[str]]:
    """Yield the digits and letters of a text at which the grammar reads, and what follows them."""
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        if (found := _NEXT.match(text, position)) is not None:
            yield found
        position, _, _ = grammar.read_at(text, position)


@pytest.mark.parametrize(
    "language",
    [
        tag
        for tag, cases in reading_cases().items()
        if len(cases) >= _ENOUGH and tag[:2] not in _ALL_TRIED
    ],
)
def test_a_rule_applies_only_before_what_it_names(language: str) -> None:
    """A rule that is not tried, because of `then` or `words`, would not have applied."""
    grammar = grammar_of(language, Options())
    rules = rules_of(grammar.language, Options())
    left_out = 0
    for case in reading_cases()[language]:
        for found in beginnings(case.written, grammar):
            start = DIGIT if found[0][0].isdecimal() else LETTER
            follows = "_" * bool(found["space"]) + kind_of(found["next"])
            letters = letters_of(found[0]).casefold()
            for rule in rules:
                if start in rule.starts and not rule.may_apply(follows, letters):
                    left_out += 1
                    match = rule.compiled.match(case.written, found.start())
                    assert match is None or rule.read(Place(match)) is None, rule.pattern
    assert left_out
