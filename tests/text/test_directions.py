"""Markup that directs the speech: what it is, where it is, and what is hostile."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_core.errors import ValidationError
from tts_core.text.directions.brackets import bracket_spans
from tts_core.text.directions.find import directions_of
from tts_core.text.directions.model import NOTHING, Directions, Effect, Manner
from tts_core.text.directions.prosody import pitch_of, rate_of, volume_of
from tts_core.text.directions.say_as import override_of
from tts_core.text.directions.xml_events import MalformedSsml
from tts_core.text.reading.assembly import Source
from tts_core.text.reading.override import Override
from tts_core.text.reading.reader import has_words
from tts_core.text.reading.reading import Options
from tts_core.types import Pause

PIECES = (
    "[pause:1.5s]", "[pause:300ms]", "[rate:1.2]", "[/rate]", "[lang:de]", "[/lang]",
    "[voice:Ann]", "[/voice]", "[word](/wɜːd/)", "[1]", "[note]", "[a](https://b.example)",
    "**", "`", "```\n", "<b>", "</b>", "<!--", "-->", "Hello ", "é", "\n\n", "&amp;", "\\",
)  # fmt: skip
XML = (
    "<p>", "</p>", "<s>", "</s>", "<break time='1s'/>", "<sub alias='x'>", "</sub>", "&amp;",
    "&#233;", "<![CDATA[a<b]]>", "word ", "é", "\r\n", "<prosody rate='slow'>", "</prosody>",
)  # fmt: skip


def found(text: str, markup: str = "auto") -> Directions:
    return directions_of(text, markup)


def left(text: str, markup: str = "auto") -> str:
    return Source(text, Options(), found(text, markup)).text


def names(text: str, markup: str = "auto") -> list[str]:
    return [element.name for element in found(text, markup).elements]


@pytest.mark.parametrize(
    ("pause", "seconds"),
    [("[pause:1.5s]", 1.5), ("[pause:300ms]", 0.3), ("[pause: 2 s]", 2.0), ("[PAUSE:60S]", 60.0)],
)
def test_pause(pause: str, seconds: float) -> None:
    directions = found(f"One {pause} two.")
    assert [(gap.at, gap.seconds) for gap in directions.gaps] == [(4, pytest.approx(seconds))]
    assert left(f"One {pause}two.") == "One two."


def test_rate_holds_until_the_next_one() -> None:
    text = "a [rate:1.2]b [rate:0.8]c [/rate]d"
    rates = {letter: found(text).manner_at(text.index(f"{letter}")).rate for letter in "d"}
    directions = found(text)
    places = {"a": 0, "b": 12, "c": 24, "d": 33}
    rates = {letter: directions.manner_at(place).rate for letter, place in places.items()}
    assert rates == {"a": 1.0, "b": 1.2, "c": 0.8, "d": 1.0}


def test_elements_nest() -> None:
    text = "[lang:de]a[voice:Ann B]b[/voice]c[/lang]d"
    directions = found(text)
    manners = [directions.manner_at(text.index(f"]{letter}") + 1) for letter in "abcd"]
    assert [(m.language, m.voice) for m in manners] == [
        ("de", ""), ("de", "Ann B"), ("de", ""), ("", ""),
    ]  # fmt: skip
    assert left(text) == "abcd"


def test_element_without_an_end_goes_on_and_says_so() -> None:
    [element] = found("[lang:de]Guten Tag").elements
    assert "no [/lang]" in element.note
    assert found("[lang:de]a [rate:2]b").reopened == "[lang:de][rate:2]"
    inner, outer = found("[voice:a]x[lang:de]y[/voice]z").elements[1], found("a[/lang]").elements[0]
    assert "ends with the element around it" in inner.note
    assert (outer.effects, left("a[/lang]b")) == ((), "ab")


def test_phonemes() -> None:
    text = "I say [tomato](/təˈmɑːtəʊ/)."
    assert found(text).overrides == (Override(7, 13, "", "təˈmɑːtəʊ"),)
    assert left(text) == "I say tomato."


@pytest.mark.parametrize(
    "text",
    [
        "As shown in [1] and [2, 3].",
        "[note] This is no element [sic].",
        "See [the page](https://example.org/a) or [the guide](/guide/), [rules](/en/rules/).",
        "[pause] [pause:long] [rate:fast] [lang:] [voice:] [voice:x](https://a.example)",
        r"Escaped: \[pause:1s].",
        "`[pause:1s]` and\n```\n[rate:2]\n```\n<!-- [voice:x] -->",
        "![pause:1s](a.png)",
    ],
)
def test_what_is_no_element(text: str) -> None:
    assert found(text) is NOTHING or found(text) == NOTHING


def test_off_reads_brackets_as_text() -> None:
    assert found("One [pause:1s] two.", "off") is NOTHING
    assert found("<speak>One</speak>", "off") is NOTHING


SSML = """<?xml version="1.0"?>
<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en">
<p><s>One &amp; <break time="750ms"/> two</s></p> <!-- not spoken -->
<say-as interpret-as="ordinal">3</say-as> <sub alias="World Wide Web">W3</sub>
<phoneme alphabet="ipa" ph="təˈmɑːtəʊ">tomato</phoneme>
<prosody rate="slow" pitch="+10%" volume="soft">low</prosody>
<voice name="Ann">her</voice> <voice gender="male">him</voice> <lang xml:lang="de">Tag</lang>
<emphasis level="strong">big</emphasis> <mark name="m"/> <desc>unspoken</desc> <![CDATA[a<b]]>
</speak>"""


def test_every_element_of_ssml() -> None:
    directions = found(SSML)
    assert directions.is_ssml
    assert names(SSML) == [
        "speak", "p", "s", "break", "say-as", "sub", "phoneme", "prosody", "voice", "voice", "lang",
        "emphasis", "mark", "desc",
    ]  # fmt: skip
    effects = {element.name: set(element.effects) for element in directions.elements}
    assert effects["prosody"] == {Effect.RATE, Effect.PITCH, Effect.VOLUME}
    assert effects["emphasis"] == effects["mark"] == effects["desc"] == set()
    assert [gap.seconds or gap.pause for gap in directions.gaps] == [
        Pause.PARAGRAPH, Pause.SENTENCE, 0.75, Pause.SENTENCE, Pause.PARAGRAPH,
    ]  # fmt: skip
    spoken = {SSML[o.start : o.end]: o.spoken or o.phonemes for o in directions.overrides}
    assert spoken == {"W3": "World Wide Web", "tomato": "təˈmɑːtəʊ"}
    text = left(SSML)
    assert "One & " in text
    assert "a<b" in text
    assert "<s>" not in text
    assert "spoken" not in text
    manner = directions.manner_at(SSML.index(">low<") + 1)
    assert manner[:3] == (0.75, pytest.approx(1.1), pytest.approx(0.501, abs=0.001))
    assert directions.manner_at(SSML.index(">her<") + 1).voice == "Ann"
    assert directions.manner_at(SSML.index(">him<") + 1).gender == "male"
    assert directions.manner_at(SSML.index(">Tag<") + 1).language == "de"
    assert directions.manner_at(SSML.index(">big<") + 1) == Manner(language="en")
    for element in directions.elements:
        assert SSML.startswith(f"<{element.name}", element.offset)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("<speak>One\n<p>two</speak>", "line 2, column 9"),
        ("<speak>a &nbsp; b</speak>", "line 1, column 10: undefined entity"),
        ("<speak>é<break></speak>", "line 1, column 18"),
        ("no document", "line 1, column 1"),
        ("<p>no speak</p>", "not 'speak'"),
        ("<speak>a</speak> more", "line 1, column 18"),
        ("<speak>\x00</speak>", "line 1, column 8"),
        ('<!DOCTYPE speak [<!ENTITY a "b">]><speak>&a;</speak>', "entities are refused"),
        ('<!DOCTYPE speak SYSTEM "file:///etc/passwd"><speak>a</speak>', "refused"),
    ],
)
def test_malformed_ssml_is_an_error_that_names_the_place(text: str, place: str) -> None:
    with pytest.raises(MalformedSsml, match=place) as error:
        found(text, "ssml")
    assert error.value.field == "text"
    directions = found(text)
    assert not directions.elements
    assert len(directions.warnings) == text.endswith("</speak>") * text.startswith("<speak>")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a [pause:61s]", "61 s.*60 s"),
        ("a [pause:60s]" * 11, "660 s.*600 s"),
        ("<speak><break time='3600s'/></speak>", "3600 s.*60 s"),
        ("[rate:5] a", "rate of 5.*0.25 and 4"),
        ("[rate:0] a", "rate of 0"),
        ("[pause:1ms]" * 1001, "1,000 elements"),
        ("<speak>" + "<s/>" * 1000 + "</speak>", "1,000 elements"),
        ("[lang:de]" * 51, "50 deep"),
        ("".join(f"[lang:x{c}]a[/lang]" for c in "abcdefghijklm"), "13 languages.*12"),
        ("".join(f"[voice:{n}]a[/voice]" for n in range(51)), "51 voices.*50"),
        ("<speak>" + "<p>" * 50 + "</p>" * 50 + "</speak>", "50 deep"),
    ],
)
def test_bounds(text: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        found(text)
    assert has_words(f"{text} word", Options())


def test_values_of_attributes() -> None:
    assert [rate_of(text) for text in ("slow", "150%", "+20%", "-20%", "1.5", "x")] == [
        0.75, 1.5, pytest.approx(1.2), 0.8, 1.5, None,
    ]  # fmt: skip
    assert pitch_of("+12st") == 2.0
    assert pitch_of("-2st") == pytest.approx(0.891, abs=0.001)
    assert pitch_of("200Hz") is None
    assert rate_of("100000%") == 4.0
    assert volume_of("+6dB") == pytest.approx(1.995, abs=0.001)
    assert volume_of("11") is None


@pytest.mark.parametrize(
    ("how", "language", "text", "spoken"),
    [
        ("ordinal", "en-us", "3", "third"),
        ("cardinal", "en-us", "1990", "one thousand nine hundred ninety"),
        ("cardinal", "de", "-21", "minus einundzwanzig"),
        ("digits", "en-us", "2024", "two zero two four"),
        ("characters", "en-us", "abc1", "A, B, C, one"),
        ("telephone", "en-us", "555-01", "five five five, zero one"),
        ("ordinal", "en-us", "many", None),
    ],
)
def test_say_as(how: str, language: str, text: str, spoken: str | None) -> None:
    document = f'<speak>a <say-as interpret-as="{how}">{text}</say-as></speak>'
    [wanted] = found(document).say_as
    assert document[wanted.start : wanted.end] == text
    override = override_of(wanted, text, language)
    assert (override and override.spoken) == spoken


def test_lines_of_a_dialogue() -> None:
    text = (
        "It began.\n\n**Anna:** Hello. [voice:C]So.[/voice] You?\nAnd?\nbo: Yes: 5.\n\nAnna left."
    )
    directions = directions_of(text, "auto", {"Anna": "A", "Bo": "B"})
    places = {part: text.index(part) for part in ("began", "Hello", "So", "You", "And", "Yes")}
    voices = {part: directions.manner_at(place).voice for part, place in places.items()}
    assert voices == {"began": "", "Hello": "A", "So": "C", "You": "A", "And": "A", "Yes": "B"}
    assert directions.manner_at(text.index("Anna left")).voice == ""
    assert Source(text, Options(), directions).text == (
        "It began.\n\nHello. So. You?\nAnd?\nYes: 5.\n\nAnna left."
    )
    assert [(e.name, e.offset) for e in directions.elements] == [
        ("speaker", 11),
        ("voice", 28),
        ("speaker", text.index("bo:")),
    ]
    assert directions_of("Anna: Hi. And", "off", {"anna": "A"}).reopened == "Anna: "


def test_elements_of_a_text_that_goes_on() -> None:
    text = "a [pause:1s] [lang:de]b [voice:c]d[/voice] e"
    spans = {text[start:end] for start, end in bracket_spans(text)}
    assert spans == {"[pause:1s]", "[voice:c]d[/voice]", "[lang:de]b [voice:c]d[/voice] e"}
    assert (13, len(text) + 1) in bracket_spans(text)


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_places_are_in_order_whatever_the_brackets_say(text: str) -> None:
    directions = found(text)
    assert all(a[1] <= b[0] for a, b in pairwise(directions.cuts))
    assert all(a.offset < b.offset for a, b in pairwise(directions.elements))
    assert all(a.at <= b.at for a, b in pairwise(directions.changes))
    for start, end in directions.cuts:
        assert 0 <= start < end <= len(text)
    source = Source(text, Options(), directions)
    assert "[pause:1.5s]" not in source.text or "`" in text or "<!--" in text or "\\" in text


@given(st.lists(st.sampled_from(XML), max_size=20).map("".join))
def test_places_are_in_order_whatever_the_document_is(content: str) -> None:
    text = f"<speak>{content}</speak>"
    try:
        directions = found(text, "ssml")
    except MalformedSsml:
        assert not found(text).elements
        return
    kept = set(range(len(text))) - {i for a, b in directions.cuts for i in range(a, b)}
    shown = "".join(text[i] for i in sorted(kept))
    assert "<" not in shown.replace("a<b", "")
    assert all(a[1] <= b[0] for a, b in pairwise(directions.cuts))
    assert all(a.end <= b.start for a, b in pairwise(directions.overrides))


def test_cast_of_which_nobody_speaks() -> None:
    assert directions_of("Hello.", "auto", {"Anna": "en-gb"}) == NOTHING
    assert directions_of("Anna:\n\nHello.", "auto", {"Anna": "en-gb"}) == NOTHING


def test_ends_without_a_beginning_change_nothing() -> None:
    assert not found("a [/rate]" * 5000).changes
