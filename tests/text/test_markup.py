"""Markdown and HTML: what is read of them, and what is prose and stays."""

from __future__ import annotations

import sys
from itertools import pairwise
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts_core.text.normalize import Normalized, normalize
from tts_core.text.reading.reader import read
from tts_core.text.reading.reading import Options

_MARKS = r"""
* ** *** _ __ ~~ ` `` ``` ~~~ [ ] ( ) ![ ]( [a](b) [a](x.y) < > <b> </b> <br> <hr> <p> </p> & #
<script> </script> <!-- --> <img/alt='a'> <pre><code> </code></pre> &amp; &lt; &gt; &#42; &nbsp; ##
&shy; &#0; - + 1. 10) | --- === |-|-| [x] [^1] [^1]: [a]:/x [a] [a][b] \ \* : a b ab 5 <mstts:x> é .
<https://a.b> 2*3 `<b>` `a 重 。 http://a.b/*c*
"""
FRAGMENTS = [
    *_MARKS.split(),
    *["\n"] * 8,
    "\n\n",
    "\n\n",
    *[" "] * 8,
    "    ",
    "\t",
    "\r\n",
    "\u200c",
]
FRAGMENTS += ["|a|b|\n|-|-|\n|c|d|\n", "```\na\n```\n", "a\n---\nb", "\n***\n", "- [ ] a", "# a #"]
TEXTS = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join) | st.text(max_size=40)
CODE = st.sampled_from(["skip", "say", "announce"])


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("*So* **very** ***good***, ~~bad~~ _no_ __yes__.", "So very good, bad no yes."),
        ("See [the *docs*](https://a.b/c 'title'), ok?", "See the docs, ok?"),
        ("See [the docs][1].\n\n[1]: https://a.b 'title'", "See the docs.\n\n"),
        ("[one] and [two][]\n\n[One]: /a\n[two]: <b c>", "one and two\n\n\n"),
        ("![A cat](cat.png) sits. ![](x.png)", "A cat sits. "),
        ("[![Build](b.svg)](https://ci)", "Build"),
        ("Go to <https://a.b/c_d_> or https://a.b/_x_/*y*.", "Go to https://a.b/c_d_ or https://a.b/_x_/*y*."),
        ("# One #\n\n## **Two**\nText\n\nThree\n=====\nText\n\nFour\n-----\nText",
         "One\n\nTwo\nText\n\nThree\n\nText\n\nFour\n\nText"),
        ("- *one*\n- [x] two\n1. three\n   - four_five", "- one\n- two\n1. three\n   - four_five"),
        ("> A *quote\n> of* two\n> > lines", "A quote\nof two\nlines"),
        ("|a|b|\n|:-|-:|\n|*c*|d\\|e|\n\nf", "a\nb\n\nc\nd|e\n\nf"),
        ("Run `a*b*c` or ``x ` y``.", "Run a*b*c or x ` y."),
        ("One[^1], two[^two].\n\n[^1]: A note.", "One, two.\n\nA note."),
        ("Tom &amp; Jerry &mdash; &#8364;5 &lt; 6", "Tom & Jerry — €5 < 6"),
        (r"\*not\* 1986\. \# no", "not 1986. # no"),
        ("One  \ntwo\\\nthree", "One  \ntwo\nthree"),
        ("<p>One</p><p>Two<br>three</p>", "\nOne\n\nTwo\nthree\n"),
        ("<ul><li>One</li><li>Two</li></ul>", "\n\nOne\n\nTwo\n\n"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "\n\n\na\n\nb\n\n\n"),
        ("An <img src='x' alt='old &amp; grey dog'> barks.", "An old & grey dog barks."),
        ("<style>p {}</style>Hi<script>if (a < b) {\n\nx()\n}</script>.", "Hi."),
        ("Hi <!-- not\n\nthis <b> --> there.", "Hi  there."),
        ("漢字<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>", "漢字漢"),
        ("<Card title='x'>One</Card><Break/>two", " One  two"),
        ("Use `<br>` or &lt;br&gt;.", "Use  br> or < br>."),
        ("**一。**二 **重点**内容", "**一。**二 重点内容"),
    ],
)  # fmt: skip
def test_cleans(text: str, clean: str) -> None:
    assert normalize(text).text == clean


@pytest.mark.parametrize(
    "text",
    [
        "You gained <Title> and <Map>, a < b, a<b, I <3 you, x <y and z> </y",
        "2 * 3 * 4, 2*3*4, a*b*c, (a)*(b), 5* and 4* hotels, snake_case, _a b_c, x_1_y",
        "C:\\dir\\new, f(x)[i](y), a[0], [sic], [see below], [1]",
        "1986. A great year.\n1. First\n2) Second\n- Door 3\n* Note\n+ More",
        "Roses are red,\n  Violets are blue,\n    Sugar is sweet,\n        And so are you.",
        "Ann Lee\n5 Main St.\n\n# 12\n#12\n#hashtag and C# and #",
        "If this were a text of many lines and a\n> b stood at the beginning of one,\n# 1 too",
        "    def code():\n\n        return 1",
        "[Ann]: hello.\n[Bob]: and/or\n[Cid]: re:that",
        "12:00 -- 13:00 --- x, -5, ~5 ~ 6, 100% & more, AT&T; R&D &copy",
        "Never **closed, nor ` this, nor [this](that\n```\nnor this",
        "<!-- never closed <b>",
        "He left.\n\n* * *\n\nShe came.\n\n***\n\nThey",
        "Dear *",
        "a|b\n1|2",
        "`",
    ],
)
def test_prose_stays(text: str) -> None:
    assert normalize(text).text == text


@pytest.mark.parametrize(
    ("option", "spoken"),
    [
        ("skip", "Try this:\n\nIt works."),
        ("say", "Try this:\nx equals one\n\nIt works."),
        ("announce", "Try this:\n\nCode block.\n\nIt works."),
    ],
)
def test_blocks_of_code_by_option(option: str, spoken: str) -> None:
    text = "Try this:\n```python\nx = 1\n```\nIt works."
    assert read(text, "en-us", Options(code=option)).spoken == spoken
    html = "Try this:<pre><code class='python'>x = 1</code></pre>It works."
    said = read(html, "en-us", Options(code=option)).spoken
    assert said.split() == spoken.split()


@pytest.mark.parametrize(
    "scene_break", ["\n***\n", "\n\n- - -\n\n", "\n\n---\n\n", "<hr>\n", "\n<hr>\n", "\n\n_____\n"]
)
def test_a_scene_break_is_a_pause(scene_break: str) -> None:
    reading = read(f"He left.{scene_break}She came.", "en-us")
    assert reading.spoken.split("\n\n")[0] == "He left."
    assert [mark.kind for mark in reading.marks] == ["scene break"]
    assert reading.marks[0].at == reading.spoken.index("She")


def test_what_is_left_out_has_a_reason() -> None:
    text = "A *b* [c](http://d.e), x[^1]<!-- f -->\n\n```\ng\n```\n\n"
    text += "<script>h</script><style>i</style>"
    left_out = [(text[p.offset : p.offset + p.length], p.why) for p in read(text, "en-us").left_out]
    assert left_out == [
        ("*", "markup"),
        ("*", "markup"),
        ("[", "markup"),
        ("]", "markup"),
        ("(http://d.e)", "link target"),
        ("[^1]", "footnote mark"),
        ("<!-- f -->", "comment"),
        ("```\ng\n```", "code"),
        ("<script>h</script>", "script"),
        ("<style>i</style>", "style"),
    ]


def test_an_entity_is_a_word_of_the_text() -> None:
    text = "Tom &amp; Jerry &copy;"
    words = [(text[w.offset : w.offset + w.length], w.spoken) for w in read(text, "en-us").words]
    assert words[:3] == [("Tom", "Tom"), ("&amp;", "and"), ("Jerry", "Jerry")]


def entity_starts(text: str, clean: Normalized, index: int) -> bool:
    return text[clean.origin[index]] == "&" and clean.ends()[index] > clean.origin[index] + 1


@settings(max_examples=3 * settings.default.max_examples)
@given(text=TEXTS, code=CODE)
def test_every_character_keeps_its_origin(text: str, code: str) -> None:
    clean = normalize(text, code)
    assert len(clean.origin) == len(clean.text)
    assert all(a < b for a, b in pairwise(clean.origin))
    previous = False
    for index, (character, origin) in enumerate(zip(clean.text, clean.origin, strict=True)):
        entity = entity_starts(text, clean, index)
        same = character == text[origin]
        # "&lt;" may become "< ", and the line of a scene break is of the mark and line ends.
        assert same or entity or previous or character.isspace() or character in "*-_`&"
        previous = entity


@settings(max_examples=3 * settings.default.max_examples)
@given(text=TEXTS, code=CODE)
def test_cleaning_twice_changes_nothing(text: str, code: str) -> None:
    once = normalize(text, code).text
    assert normalize(once, code).text == once


@given(text=TEXTS, code=CODE)
def test_every_character_is_read_or_left_out(text: str, code: str) -> None:
    reading = read(text, "en-us", Options(code=code))
    parts = [*((w.offset, w.length) for w in reading.words)]
    parts += [(part.offset, part.length) for part in reading.left_out]
    covered = {index for offset, length in parts for index in range(offset, offset + length)}
    assert {index for index, character in enumerate(text) if not character.isspace()} <= covered


HOSTILE = (
    "*", "_a_ ", "**a ", "*_", "[", "[]", "[a](", "![", "`", "`` ` ", "```\n", "~~~\n", "&",
    "&amp;", "&lt;", "<a ",
    "<div>", "<b></b>", "<!--", "<script>", "<a b='", "<![CDATA[", ">", "> ", "- ",
    "  - a\n", "1. ", "#", "# ", "|a|b|\n|-|-|\n", "|a", "\\", "\n\n*a", "[a]: x.y\n", "[^1]",
    "a\n===\n", "http://", "\u200d",
)  # fmt: skip


def calls(text: str) -> int:
    """Return how many functions are called to clean a text."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(note)
    try:
        normalize(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.sample(10)
@pytest.mark.parametrize("part", HOSTILE)
def test_work_is_linear(part: str) -> None:
    once, twice = (calls((part * length)[:length]) for length in (4_000, 8_000))
    assert twice <= 2.6 * once + 1000


@pytest.mark.parametrize("part", ["[[a]](", "*_", "<![CDATA["])
def test_texts_of_nothing_but_marks_are_not_parsed(part: str) -> None:
    text = part * 100_000
    assert calls(text) < len(text) / 2
    clean = normalize(text).text
    assert not set(clean) & set("*_`[]<&")
    assert normalize(clean).text == clean


def test_long_tables_and_lists_are_read_whole() -> None:
    table = "|a|b|\n|-|-|\n" + "|cd|ef|\n" * 1000
    assert normalize(table).text.count("cd\nef\n") == 1000
    nested = "".join("  " * (n % 30) + "- *a*\n" for n in range(1000))
    assert "*" not in normalize(nested).text
