from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_core.text.normalize import is_speakable, normalize

MARKUP = "< <b b > / <br> </p> ! - -- <!-- --> ** *** * _ __ ~~ ` `` ``` # <a s r = <br 2**3"
LETTERS = "a x 1 . ? é 重 ا क ् 👩 `b` **b** <speak> </i> mstts:x"
INVISIBLE = "\n|\n\n|\r|\r\n|\f| |\u200c|\u200d|\xad|\ufeff|\x00|\ud800"
FRAGMENTS = st.sampled_from([*MARKUP.split(), *LETTERS.split(), *INVISIBLE.split("|")])
TEXTS = st.lists(FRAGMENTS, max_size=20).map("".join) | st.text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Plain text, with (all) its marks: 3.14 % & “quotes” — dashes…",
        "a < b and c > d",
        "x<y, I <3 you, <name> and <unknown attr='1'>",
        "a <b and c> d",
        "2 * 3 * 4, 2**3**4, snake_case_name, a ** b, 5* hotel, $5 and #1",
        "- item\n* item\n1. item\n• item",
        "#hashtag and C# are no headings",
        "e\u0301 stays decomposed, \u2126 stays an ohm",
        "می\u200cخواهم",
        "क्\u200dष ශ්\u200dරී",
        "👨\u200d👩\u200d👧 ❤️\u200d🔥 👩🏽\u200d🚀",
        "tab\there\nand\n\nthere",
        "never **closed, nor ` this",
        "* * *",
        "- - and <!-- never closed",
    ],
)
def test_leaves_alone(text: str) -> None:
    clean = normalize(text)
    assert clean.text == text
    assert list(clean.origin) == list(range(len(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x01c\x7f\x9b", "abc"),
        ("a\r\nb\rc\x0cd\x85e", "a\nb\nc\nd\ne"),
        ("\ufeffa\u200bb\u2060c\xadd\u200fe\u202af\u2066", "abcdef"),
        ("a\ud800b\ue000c\ufffed\U0001ffffe\ufdd0", "abcde"),
        ("a\u200cb\u200d ا\u200d 1\u200c2", "ab ا 12"),
        ("ب\u200c\u200cب", "ب\u200cب"),
        ("one<br>two<BR />three", "one\ntwo\nthree"),
        ("<p>one</p><p>two</p>", "\none\n\ntwo\n"),
        ("<b>o</b>ne <a href='x' title=\"y\">two</a>", "one two"),
        ("<s>One.</s><s>Two.</s>", " One.  Two. "),
        ('<speak>Hi<break time="1s"/><say-as interpret-as="date">1</say-as></speak>', "\nHi 1\n"),
        ('<?xml version="1.0"?><!DOCTYPE html><mstts:a style="x">t</mstts:a>', "t"),
        ("a<!-- x > <b> -- y -->b", "ab"),
        ("<<i>x</i>br>y", "<xbr>y"),
        ("&nbsp;\n*a*\n===", "\xa0\na\n"),
        ("**bold** __x__ ~~y~~ `code` ***both***", "bold x y code both"),
        ("这是**重点**内容", "这是重点内容"),
        ("(**a**), “__b__”: `c`.", "(a), “b”: c."),
        ("**one\ntwo**", "one\ntwo"),
        ("**`x`**", "x"),
        ("# One\n  ## Two\n### **Three**", "One\n  Two\nThree"),
    ],
)
def test_removes(text: str, expected: str) -> None:
    clean = normalize(text)
    assert clean.text == expected


def test_emphasis_does_not_span_paragraphs() -> None:
    assert normalize("**one\n\ntwo**").text == "**one\n\ntwo**"


def test_origin_points_at_the_original() -> None:
    clean = normalize("\ufeff<b>Hi</b> there")
    assert [clean.origin[0], clean.origin[2]] == [4, 10]


@given(TEXTS)
def test_origin_is_increasing_and_points_at_equal_characters(text: str) -> None:
    clean = normalize(text)
    assert len(clean.origin) == len(clean.text)
    assert all(a < b for a, b in pairwise(clean.origin))
    for character, index in zip(clean.text, clean.origin, strict=True):
        original = text[index]
        # The line of a scene break is one of its marks between line ends: "<br>***".
        is_space_for_tag = character in " \n" and original in "<*-_"
        is_line_end = character == "\n" and original in "\r\x0b\x0c\x85"
        assert character == original or is_space_for_tag or is_line_end


@given(TEXTS)
def test_twice_is_once(text: str) -> None:
    once = normalize(text).text
    again = normalize(once)
    assert again.text == once


@given(st.text(st.characters(categories=["L", "Nd", "Zs", "Po"], exclude_characters="*_`#\\&")))
def test_letters_are_never_lost(text: str) -> None:
    assert normalize(text).text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", True),
        ("... 5 ...", True),
        ("你", True),
        ("ا", True),
        ("५", True),
        ("", False),
        (" \n\t", False),
        ("?!… — “”", False),
        ("😀👍🏽", False),
        ("___", False),
    ],
)
def test_is_speakable(text: str, expected: bool) -> None:
    assert is_speakable(text) is expected
