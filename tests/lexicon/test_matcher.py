"""Which entries of a dictionary are found in a text."""

from __future__ import annotations

import random
import tracemalloc

import pytest

from tts_core.lexicon.entry import LexiconEntry
from tts_core.lexicon.matcher import Matcher
from tts_core.text.reading.assembly import Source
from tts_core.text.reading.reading import Options


def entry(written: str, spoken: str = "x", **values: object) -> LexiconEntry:
    return LexiconEntry(written=written, spoken=spoken, **values)  # type: ignore[arg-type]


def found(
    text: str, *entries: LexiconEntry | str, language: str = "en-us", voice: str = "af_heart"
) -> list[tuple[str, str]]:
    """Return what is found: as written, and what is said."""
    listed = [entry(e) if isinstance(e, str) else e for e in entries]
    source = Source(text, Options())
    overrides = Matcher(listed).overrides(source, (0, len(source.text)), language, (voice, "Heart"))
    return [(text[o.start : o.end], o.spoken or o.phonemes) for o in overrides]


def written(text: str, *entries: LexiconEntry | str, language: str = "en-us") -> list[str]:
    return [part for part, _ in found(text, *entries, language=language)]


@pytest.mark.parametrize(
    ("text", "entries", "expected"),
    [
        ("I use SQL, sql and MySQL or SQL5.", ["SQL"], ["SQL", "sql"]),
        ("SQL's (SQL) SQL-based", ["sql"], ["SQL", "SQL", "SQL"]),
        ("New York, New  York, New\nYork", ["new york"], ["New York", "New  York", "New\nYork"]),
        ("New\n\nYork, NewYork", ["New York"], []),
        ("New York City", ["New York", "New York City", "York"], ["New York City"]),
        ("New York City", ["New", "New Yorker"], ["New"]),
        ("C++ and C# and C", ["C++", "C#"], ["C++", "C#"]),
        ("3.5 5 24/7 1,5 $5", ["5"], ["5", "5"]),
        ("Node.js, js. my_js js.", ["js"], ["js", "js"]),
        ("Node.js", ["node.js", "node"], ["Node.js"]),
        ("open 24/7 now", ["24/7"], ["24/7"]),
        ("AT&T, AT & T", ["AT&T"], ["AT&T"]),
        ("don’t", ["don't"], ["don’t"]),
        ("Ｓｑｌ", ["SQL"], ["Ｓｑｌ"]),
        ("Cafe\u0301 CAFÉ", ["Café"], ["Cafe\u0301", "CAFÉ"]),
        ("Ca\u0301fe", ["Cáfe"], ["Ca\u0301fe"]),
        ("Straße STRASSE", ["straße"], ["Straße", "STRASSE"]),
        ("see https://sql.example/sql or sql@sql.example now", ["sql"], []),
        ("see sql.example, (www.sql.example)!", ["www.sql.example"], ["www.sql.example"]),
        ("**SQL** and `SQL`", ["SQL"], ["SQL", "SQL"]),
        ("a [link](http://sql.example)\n\n```\nSQL\n```\n\nend", ["SQL"], []),
    ],
)  # fmt: skip
def test_whole_words_and_phrases(text: str, entries: list[str], expected: list[str]) -> None:
    assert written(text, *entries) == expected


@pytest.mark.parametrize(
    ("text", "word", "language", "expected"),
    [
        ("東京都は東京です", "東京", "ja", ["東京", "東京"]),
        ("我们在北京大学", "北京", "zh", ["北京"]),
        ("ฉันอยู่กรุงเทพมหานคร", "กรุงเทพ", "th", ["กรุงเทพ"]),
        ("サーバー", "サーバー", "ja", ["サーバー"]),
        ("서울은 대서울", "서울", "ko", ["서울"]),
    ],
)
def test_scripts_without_spaces(text: str, word: str, language: str, expected: list[str]) -> None:
    assert written(text, word, language=language) == expected


def test_case_counts_where_asked() -> None:
    assert written("us US Us", entry("US", match_case=True)) == ["US"]
    both = entry("us", "them"), entry("US", "you ess", match_case=True)
    assert found("us US", *both) == [("us", "them"), ("US", "you ess")]


def test_languages_cover_their_regions() -> None:
    entries = entry("a", "en", language="en"), entry("a", "us", language="en-us")
    assert found("a", *entries, language="en-us") == [("a", "us")]
    assert found("a", *entries, language="en-gb") == [("a", "en")]
    assert found("a", *entries, language="de") == []
    assert found("a", entry("a", language="zh"), language="cmn") == [("a", "x")]


def test_entry_of_the_voice_comes_first() -> None:
    entries = (
        entry("a", "any", language="en-us"),
        entry("a", "this", voice="AF_Heart"),
        entry("a", "other", voice="bf_emma"),
    )
    assert found("a", *entries) == [("a", "this")]
    assert found("a", *entries, voice="am_adam") == [("a", "any")]
    assert found("a", entry("a", voice="heart")) == [("a", "x")]


def test_shorter_entry_is_taken_where_the_longer_does_not_apply() -> None:
    entries = entry("New York", "long", language="de"), entry("New", "short")
    assert found("New York", *entries) == [("New", "short")]


def test_spellings_voices_and_languages_of_one_word_are_told_apart() -> None:
    entries = [
        *(entry(word, word, match_case=True) for word in ("us", "US", "Us")),
        *(entry("us", f"of {number}", voice=f"voice {number}") for number in range(100)),
        entry("us", "German", language="de"),
        entry("US", "American", match_case=True, language="en-us"),
    ]
    assert found("us US Us uS", *entries) == [("us", "us"), ("US", "American"), ("Us", "Us")]
    assert found("us US", *entries, voice="voice 7") == [("us", "of 7"), ("US", "of 7")]
    assert found("us US uS", *entries, language="de") == [
        ("us", "German"), ("US", "German"), ("uS", "German"),
    ]  # fmt: skip


def longest_at_each_place(words: list[str], phrases: set[str]) -> list[str]:
    """Return what is found, by trying all phrases."""
    result, at = [], 0
    while at < len(words):
        fitting = [
            n for n in range(1, len(words) - at + 1) if " ".join(words[at : at + n]) in phrases
        ]
        if fitting:
            result.append(" ".join(words[at : at + fitting[-1]]))
        at += fitting[-1] if fitting else 1
    return result


def test_phrases_that_begin_alike_are_all_found() -> None:
    rng = random.Random(1)
    for _ in range(200):
        phrases = {
            " ".join(rng.choice("ab") for _ in range(rng.randint(1, 8)))
            for _ in range(rng.randint(1, 15))
        }
        words = [rng.choice("ab") for _ in range(60)]
        order = rng.sample(sorted(phrases), len(phrases))
        assert written(" ".join(words), *order) == longest_at_each_place(words, phrases)


def test_long_phrases_take_little_memory() -> None:
    """A dictionary may have 10,000 entries of 100 words, and those of 32 owners are kept."""
    rng = random.Random(1)
    listed = [entry(" ".join(rng.choices("abcdefgh", k=97)) + f" {n}") for n in range(500)]
    tracemalloc.start()
    try:
        matcher = Matcher(listed)
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size / len(listed) < 3_000  # bytes; a node for each word takes 20,000
    source = Source(f"So {listed[7].written}!", Options())
    assert len(matcher.overrides(source, (0, len(source.text)), "en", ("x",))) == 1
