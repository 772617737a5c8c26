"""Lines of a dialogue, "Anna: Hello", whose speakers have voices: the option `cast`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from tts_core.errors import ValidationError
from tts_core.text.directions.model import Change, Directions, Effect, Element, Manner

MOST_LINES = 1_000
"""Of speakers in a text: each is a segment of its own at least."""
_END = re.compile(r"\n[^\S\n]*+\n")
"""A blank line, after which nobody of the cast speaks."""


class _Line(NamedTuple):
    """What a speaker says: text[content:end], after the name at `start`."""

    start: int
    content: int
    end: int
    voice: str
    name: str


def with_speakers(text: str, directions: Directions, cast: Mapping[str, str]) -> Directions:
    """Return the markup of a text with the voices of its dialogue.

    `cast`: the voice of each speaker. A line that begins with a speaker's name and a colon is
    spoken in the speaker's voice, without the name, and so is what follows it up to the next
    speaker or a blank line. Markup within it that names a voice prevails. Raises ValidationError
    for more than `MOST_LINES` such lines.
    """
    lines = list(islice(_lines(text, cast), MOST_LINES + 1))
    if len(lines) > MOST_LINES:
        raise ValidationError(
            f"More than {MOST_LINES:,} lines of the text are of speakers in cast, which is the "
            "limit. Split the text into several requests.",
            "text",
        )
    if not lines:
        return directions
    elements = list(directions.elements)
    told: set[str] = set()
    changes = list(_merged(directions.changes, lines))
    manners = {change.at: change.manner for change in changes}
    for line in lines:
        if line.name not in told:
            told.add(line.name)
            manner = manners[line.content]
            elements.append(Element("speaker", line.start, (Effect.VOICE,), manner))
    last = lines[-1]
    is_open = last.end == len(text) and not text.endswith("\n")
    return replace(
        directions,
        cuts=tuple(sorted([*directions.cuts, *((line.start, line.content) for line in lines)])),
        changes=tuple(changes),
        elements=tuple(sorted(elements, key=lambda element: element.offset)),
        reopened=(f"{last.name}: " if is_open else "") + directions.reopened,
    )


def _lines(text: str, cast: Mapping[str, str]) -> Iterator[_Line]:
    voices = {name.casefold(): voice for name, voice in cast.items()}
    names = "|".join(re.escape(name) for name in sorted(cast, key=len, reverse=True))
    pattern = re.compile(
        rf"^[ \t]*+[*_]{{0,3}}+(?P<name>{names})[*_]{{0,3}}+[:：][*_]{{0,3}}+[ \t]*+(?=\S)",
        re.M | re.I,
    )
    found = [match for match in pattern.finditer(text) if match["name"].casefold() in voices]
    starts = [match.start() for match in found]
    for match, following in zip(found, [*starts[1:], len(text)], strict=False):
        blank = _END.search(text, match.end(), following)
        end = blank.start() if blank else following
        voice = voices[match["name"].casefold()]
        yield _Line(match.start(), match.end(), end, voice, match["name"])


def _merged(changes: tuple[Change, ...], lines: list[_Line]) -> Iterator[Change]:
    """Yield the changes of markup and those of the speakers as one list, in order."""
    places = {change.at for change in changes}
    places |= {place for line in lines for place in (line.content, line.end)}
    manner, number, line = Manner(), 0, 0
    for place in sorted(places):
        while number < len(changes) and changes[number].at <= place:
            manner = changes[number].manner
            number += 1
        while line < len(lines) and lines[line].end <= place:
            line += 1
        speaks = line < len(lines) and lines[line].content <= place
        voice = manner.voice or (lines[line].voice if speaks else "")
        yield Change(place, manner._replace(voice=voice))
