"""Markdown and HTML that come in pieces over the WebSocket are read as when they come at once."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from tests.conftest import Amount
from tests.support.reading_cases import comparable, reading_cases
from tts_core.audio.encode import find_format
from tts_core.text.reading.reader import read
from tts_core.validation import speech_request
from tts_core.web.api.websocket.protocol import TextRequest
from tts_core.web.api.websocket.text_stream import TextStream

MARKED = (
    "See **this. And that.** It is *so good! Really?* Yes.",
    "It is [a link. A long one.](https://example.com/a.b?c=d. e) Then more.",
    "Look at ![a cat. Or two.](cat.png) Nice.",
    "Run `a. B c. D` now. Then stop.",
    "Try:\n\n```python\nprint('One. Two.')\n\nx = 1. # Three. Four.\n```\n\nIt works. Good.",
    "Hello. <!-- Nothing. Of this. --> There. Bye.",
    "Hello. <script>if (a. b) { Run. It. }</script> There. Bye.",
    "It is <b>bold. And long.</b> Then <i>more</i>. End.",
    "Look <a href='http://a.b/c. D'>at this. Now</a>. Then go.",
    "Here:\n\n| Name | Age |\n|------|-----|\n| Ann. | 5 |\n| Bo | 6 |\n\nDone. Good.",
    "# Title. One\n\nText. More.\n\n---\n\n## Second\n\n- *one. two*\n- [x] three. Four.\n",
    "You gained <Title> and <Map>. Then 2 * 3 is 6. A * star is born.",
    "He was emo-\ntional. She was not.",
    "A note[^1]. Another.\n\n[^1]: What it says. Here.",
    "~~Old. Price.~~ New. Price.",
)
"""Each has marks that the end of a sentence stands between."""


def said(texts: list[str], language: str) -> str:
    return comparable(" ".join(read(text, language).spoken for text in texts), language)


def passages(text: str, size: int, limit: int = 9000, **options: Any) -> list[str]:
    """Return the passages of a text that comes in tokens of at most `size` characters."""

    async def collect() -> list[str]:
        stream = TextStream(
            TextRequest(speech_request(text="", **options), find_format("wav")), limit
        )
        found = []
        for token in re.findall(rf"\s*\S{{1,{size}}}|\s+", text):
            stream.add(token)
            while (passage := stream.take_finished()) is not None:
                found.append(passage.text)
        stream.end()
        while (passage := await stream.next_passage()) is not None:
            found.append(passage.text)
        return found

    return asyncio.run(collect())


@pytest.mark.parametrize("size", [1, 4, 100])
@pytest.mark.parametrize("text", MARKED)
def test_marks_are_not_cut(text: str, size: int) -> None:
    assert said(passages(text, size), "en-us") == said([text], "en-us")


@pytest.mark.parametrize("language", reading_cases())
def test_cases_are_read_as_at_once(language: str, amount: Amount) -> None:
    wrong = []
    for case in reading_cases()[language][:: amount(8, 1)]:
        found = passages(case.written, 4, language=language)
        if said(found, language) != said([case.written], language):
            wrong.append((case.written, found))
    assert wrong == []


def test_sentences_still_come_one_by_one() -> None:
    text = "**One.** Two is [here](http://a.b). Three * four. Five <b>six</b>. Seven eight."
    assert [passage.strip() for passage in passages(text, 3)] == [
        "**One.**",
        "Two is [here](http://a.b).",
        "Three * four.",
        "Five <b>six</b>.",
        "Seven eight.",
    ]


def test_paragraphs_of_html_come_one_by_one() -> None:
    text = "<p>One is a sentence. Two is another.</p><p>Three.</p>\n" * 5
    assert len(passages(text, 4)) > 5


@pytest.mark.parametrize("mark", ["**", "[", "`", "<b>", "```\n", "<!--"])
def test_a_mark_without_an_end_does_not_hold_up_the_text(mark: str) -> None:
    text = f"Before this. {mark}" if "\n" not in mark else f"Before this.\n\n{mark}"
    found = passages(text + "Words of a sentence. " * 60, 4, limit=600)
    assert len(found) > 2
    assert "".join(found) == text + "Words of a sentence. " * 60


def test_code_alone_is_no_passage() -> None:
    assert passages("```\nprint(1)\n```\n\n<!-- note -->", 4) == []


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("Hi. <!-- Hello there. And more. --> Done. Yes.", {"markup": "off"}),
        ("<!-- Hello there. -->", {"markup": "off"}),
        ("😀", {"emoji": "say"}),
        ("%", {}),
        ("```\nx = 1\n```", {"code": "announce"}),
    ],
)
def test_what_is_spoken_depends_on_the_options(text: str, options: dict[str, Any]) -> None:
    assert "".join(passages(text, 4, **options)) == text


@pytest.mark.sample(3)
@pytest.mark.parametrize("text", ["😀", "…", "<!-- Nothing. -->", "```\nx = 1\n```", "- - -"])
def test_nothing_is_spoken_of_what_is_left_out(text: str) -> None:
    assert passages(text, 4) == []
