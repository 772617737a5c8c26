"""XML as a list of events with their places, by expat.

There is nothing to attack: a document type, and so any entity but XML's own five, is refused, and
depth and number of the elements are bounded.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from xml.parsers import expat

from tts_core.errors import ValidationError
from tts_core.text.directions.limits import check_count, check_depth


class MalformedSsml(ValidationError):
    """The text is no well-formed SSML."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that expat has found."""

    start: int
    """Index in the text."""
    kind: str
    """"start", "end", "text" or "other"."""
    name: str = ""
    """Of the element, or the text."""
    attributes: Mapping[str, str] | None = None


def events_of(text: str) -> list[Event]:
    """Return what is in an SSML document, in order; an event lasts until the next one.

    Raises MalformedSsml, which names the place, and ValidationError for too many elements.
    """
    data = encoded(text)
    places = _places(text, data)
    parser = expat.ParserCreate("utf-8")
    found: list[Event] = []
    depth = count = 0

    def note(kind: str, name: str = "", attributes: Mapping[str, str] | None = None) -> None:
        found.append(Event(places[parser.CurrentByteIndex], kind, name, attributes))

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        place = places[parser.CurrentByteIndex]
        check_depth(depth, place)
        check_count(count)
        if depth == 1 and name != "speak":
            raise _malformed(text, place, f"the outermost element is {name[:40]!r}, not 'speak'")
        note("start", name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        note("end", name)

    def refuse(*_: object) -> None:
        raise _malformed(
            text, places[parser.CurrentByteIndex], "document types and entities are refused"
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda data: note("text", data)
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.DefaultHandler = lambda data: note("other")
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        place = places[min(parser.ErrorByteIndex, len(data))]
        raise _malformed(text, place, expat.ErrorString(error.code)) from error
    return found


def encoded(text: str) -> bytes:
    """Return a text as expat is given it: surrogates, which have no encoding, as question marks."""
    return text.encode("utf-8", "replace")


def _places(text: str, data: bytes) -> array[int] | range:
    """Return for each byte of the encoded text, and its end, the index of its character."""
    if len(data) == len(text):
        return range(len(text) + 1)
    begins = (byte & 0xC0 != 0x80 for byte in data)
    places = array("I", accumulate(begins))
    return array("I", [*(place - 1 for place in places), len(text)])


def _malformed(text: str, place: int, why: str) -> MalformedSsml:
    line = text.count("\n", 0, place) + 1
    column = place - text.rfind("\n", 0, place)
    return MalformedSsml(
        f"The text is no well-formed SSML at line {line:,}, column {column:,}: {why}. Correct it, "
        "or send markup=off to have it read as plain text.",
        "text",
    )
