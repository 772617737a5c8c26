from __future__ import annotations

from itertools import pairwise

import pytest
import regex
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.support.sentence_cases import CASES
from tts_core.text.chunker import chunk
from tts_core.text.normalize import is_speakable
from tts_core.types import Pause

LONG = (
    "It was the best of times, it was the worst of times, it was the age of wisdom; it was the "
    "age of foolishness and it was the epoch of belief that everyone had been waiting for."
)


def texts(source, max_length=10_000, min_length=1, language=""):
    return [c.text.strip() for c in chunk(source, max_length, min_length, language)]


@pytest.mark.parametrize("case", [case for case in CASES if case.handled])
def test_sentence_ends(case):
    source = " ".join(case.sentences)
    assert texts(source, language=case.language) == list(case.sentences)


def test_few_sentence_ends_need_the_language():
    """An abbreviation of one language is a word of another: "on." is Italian for "Honorable"."""
    wrong = [
        case
        for case in CASES
        if case.handled and texts(" ".join(case.sentences)) != list(case.sentences)
    ]
    assert len(wrong) < 3


@pytest.mark.parametrize(
    "sentences",
    [
        ("我喜欢你。", "你呢？", "好！"),
        ("他问：“停？”", "“走。”", "她走了。"),
        ("“停！”他说。", "然后走了。"),
        ("「すごい！」と言った。", "次の日。"),
        ("यह है।", "वह है॥", "ठीक।"),
        ("እሱ መጣ።", "እሷ ሄደች፧", "እሺ።"),
        ("သူလာတယ်။", "သူမသွားတယ်။"),
        ("គាត់មក។", "នាងទៅ។"),
    ],
)
def test_sentence_ends_without_spaces(sentences):
    assert texts("".join(sentences)) == list(sentences)


@pytest.mark.parametrize(
    "sentences",
    [
        ("Τι κάνεις;", "Είμαι καλά."),
        ("Նա եկավ։", "Նա գնաց։"),
        ("وہ آیا۔", "وہ گئی۔"),
    ],
)
def test_sentence_ends_of_other_scripts(sentences):
    assert texts(" ".join(sentences)) == list(sentences)


def test_a_semicolon_ends_no_sentence_outside_of_greek():
    assert texts("It came; it went.") == ["It came; it went."]


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        (("今日は", "とても", "良い", "天気なので", "公園へ", "散歩に", "行きました"), 14),
        (("ภาษาไทย", "เป็น", "ภาษา", "ที่", "มี", "ระดับ", "เสียง", "ของ", "คำ", "แน่นอน"), 20),
        (("关于", "进一步", "做", "好", "新", "形势下", "就业", "创业", "工作", "的", "意见"), 9),
        (("မြန်", "မာ", "နိုင်", "ငံ", "သည်", "အ", "ရှေ့", "တောင်", "အာ", "ရှ"), 20),
        (("ប្រ", "ទេ", "ស", "ក", "ម្ពុ", "ជា"), 8),
    ],
)
def test_long_sentences_without_spaces_are_cut_between_words(words, limit):
    source = "".join(words)
    ends = {len("".join(words[: n + 1])) for n in range(len(words))}
    pieces = chunk(source, limit)
    assert len(pieces) > 1
    assert {piece.end for piece in pieces} <= ends


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", []),
        (" \n ", [("", Pause.SENTENCE)]),
        ("\n\nHi", [("Hi", Pause.SENTENCE)]),
        ("A.\n\nB.\n", [("A.", Pause.PARAGRAPH), ("B.", Pause.SENTENCE)]),
        ("One\n \n\nTwo", [("One", Pause.PARAGRAPH), ("Two", Pause.SENTENCE)]),
        ("One\nTwo", [("One", Pause.SENTENCE), ("Two", Pause.SENTENCE)]),
        ("One.\n\n* * *\n\nTwo.", [("One.\n\n* * *", Pause.PARAGRAPH), ("Two.", Pause.SENTENCE)]),
        ("… One.", [("… One.", Pause.SENTENCE)]),
        ("One. ?! Two.", [("One. ?!", Pause.SENTENCE), ("Two.", Pause.SENTENCE)]),
        (
            "- one\n* two\n1. three\n2) four\na) five",
            [(t, Pause.SENTENCE) for t in ("- one", "* two", "1. three", "2) four", "a) five")],
        ),
    ],
)
def test_lines_and_pauses(source, expected):
    assert [(c.text.strip(), c.pause) for c in chunk(source, 100)] == expected


def test_hard_wrapped_lines_go_on():
    wrapped = (
        "The quick brown fox jumps over the lazy dog and then\n"
        "John Smith and Mr.\n"
        "Brown leave. They go to the house that stands at the end\n"
        "of the road.\n"
        "- Item"
    )
    assert texts(wrapped) == [
        "The quick brown fox jumps over the lazy dog and then\nJohn Smith and Mr.",
        "Brown leave.",
        "They go to the house that stands at the end\nof the road.",
        "- Item",
    ]


def test_long_sentence_is_cut_at_clauses_and_evenly():
    pieces = chunk(LONG, 100)
    assert [p.text.strip()[-1] for p in pieces[:-1]].count(";") == 1
    assert pieces[0].pause is Pause.CLAUSE
    assert min(len(p.text) for p in pieces) > 40


def test_cut_without_a_clause_is_before_a_conjunction_and_silent():
    first, second = chunk("one two three four and five six seven eight", 30)
    assert (first.text, first.pause) == ("one two three four ", Pause.NONE)
    assert second.text.startswith("and")


@pytest.mark.parametrize(
    ("source", "limit", "expected"),
    [
        ("a" * 25, 10, ["a" * 8, "a" * 8, "a" * 9]),
        ("a/bb/ccc/dddd/eeeee", 10, ["a/bb/ccc/", "dddd/eeeee"]),
        ("天地玄黄，宇宙洪荒，日月盈昃", 8, ["天地玄黄，", "宇宙洪荒，", "日月盈昃"]),
        ("one two, three four", 18, ["one two,", "three four"]),
        ("مرحبا بكم، أهلا وسهلا", 12, ["مرحبا بكم،", "أهلا وسهلا"]),
    ],
)
def test_cuts(source, limit, expected):
    assert sorted(texts(source, limit)) == sorted(expected)


def test_short_sentences_are_joined_inside_their_paragraph():
    source = "No. Yes. I will go there now.\n\nOh. Ah.\n\nThis is the end of it. Oh."
    assert texts(source, 100, 12) == [
        "No. Yes. I will go there now.",
        "Oh. Ah.",
        "This is the end of it. Oh.",
    ]
    assert texts("One two three. Go.", 16, 10) == ["One two three.", "Go."]


def test_max_length_must_be_positive():
    with pytest.raises(ValueError, match="at least 1"):
        chunk("a", 0)


ALPHABET = "aB1 .!?…,;:\n\t\"'”“()—-。，？“他\u0301\u200d👩👧🇩🇪é؟،।-*"
SOURCES = (
    st.text(ALPHABET, max_size=80)
    | st.text(max_size=60)
    | st.lists(
        st.sampled_from([*LONG.split(), "Mr.", "e.g.", "\n", "\n\n", "...", "1.", "—", "3.5"]),
        max_size=40,
    ).map(" ".join)
)


@given(SOURCES, st.integers(1, 60), st.integers(1, 30))
def test_nothing_is_lost_and_limits_hold(source, limit, minimum):
    chunks = chunk(source, limit, minimum)
    assert "".join(c.text for c in chunks) == source
    assert all(c.text == source[c.start : c.end] for c in chunks)
    assert all(len(c.text.strip()) <= limit for c in chunks)
    assert not chunks or chunks[-1].pause is Pause.SENTENCE


@given(SOURCES, st.integers(1, 60))
def test_only_what_does_not_fit_is_unspeakable(source, limit):
    for before, after in pairwise(chunk(source, limit)):
        both = source[before.start : after.end].strip()
        if not (is_speakable(before.text) and is_speakable(after.text)):
            assert len(both) > limit


@given(SOURCES, st.integers(1, 60))
@example("1 \u0301", 1)  # an accent on a space
def test_no_grapheme_is_cut(source, limit):
    graphemes = list(regex.finditer(r"\X", source))
    assume(all(len(g[0].strip()) <= limit for g in graphemes))
    ends = {g.end() for g in graphemes}
    assert all(c.end in ends for c in chunk(source, limit))


@given(SOURCES, st.integers(1, 60))
@example("1 \u0301", 1)
def test_no_word_is_cut_unless_it_is_too_long(source, limit):
    chunks = chunk(source, limit)
    for before in chunks[:-1]:
        end = before.end
        beside = source[end - 1] + source[end]
        if before.pause is not Pause.NONE or any(c.isspace() for c in beside):
            continue
        words = regex.finditer(r"\S+", source)
        word = next(w for w in words if w.start() < end < w.end())
        assert len(word[0]) > limit or regex.match(r"\X", source, pos=end - 1).end() > end


@given(SOURCES)
def test_sentences_do_not_depend_on_a_limit_they_keep(source):
    assert chunk(source, 1000) == chunk(source, 2000)
