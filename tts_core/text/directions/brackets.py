"""Markup in square brackets: `[pause:1.5s]`, `[rate:1.2]`, `[lang:de]…[/lang]`,
`[voice:NAME]…[/voice]`, `[word](/IPA/)`."""

from __future__ import annotations

import re
from bisect import bisect_right

from tts_core.text.directions.limits import (
    check_count,
    check_depth,
    check_pauses,
    check_rate,
    check_variety,
    seconds_of,
)
from tts_core.text.directions.model import NOTHING, Change, Directions, Effect, Element, Gap, Manner
from tts_core.text.markup.fenced import fences, hidden
from tts_core.text.reading.override import Override

ELEMENT = re.compile(
    r"(?<![\\!])(?:\[(?:pause:[ ]?(?P<pause>\d{1,9}(?:\.\d{1,9})?[ ]?(?:ms|s))"
    r"|rate:[ ]?(?P<rate>\d{1,3}(?:\.\d{1,9})?)"
    r"|lang:[ ]?(?P<lang>[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,3})"
    r"|voice:[ ]?(?P<voice>[^\[\]\s][^\[\]\n]{0,199})"
    r"|/(?P<end>rate|lang|voice))\](?!\()"
    r"|\[(?P<word>[^\[\]\n]{1,200})\]\(/(?P<ipa>[^/()\[\]\n]{1,200})/\))",
    re.I,
)
"""An element. "[1]", "[note]" and "[a link](https://…)" are none."""
_CODE = re.compile(r"(?<!`)`[^`\n]{1,500}`(?!`)")


PAUSES = re.compile(r"(?:\s*+\[pause:[ ]?\d[^\[\]\n]{0,30}\](?!\())++\s*+", re.I)
"""Pauses in a row, with the spaces around them."""


def is_ipa(text: str) -> bool:
    """Return whether what stands between slashes is IPA rather than a path such as "/about/".

    It has a sign that English letters do not have: a stress, a length, "ə".
    """
    return not text.isascii() and not any(c.isdecimal() or c in "_%?&=#" for c in text)


def has_directions(text: str) -> bool:
    """Return whether any markup in brackets is in a text."""
    return any(not m["ipa"] or is_ipa(m["ipa"]) for m in ELEMENT.finditer(text))


def bracket_directions(text: str) -> Directions:
    """Return the markup in square brackets of a text, except for that in code and comments.

    Raises ValidationError when it is out of bounds.
    """
    if "[" not in text or not has_directions(text):
        return NOTHING
    reader = _Reader()
    silent = _code(text)
    starts = [start for start, _ in silent]
    for match in ELEMENT.finditer(text):
        before = bisect_right(starts, match.start()) - 1
        inside_code = before >= 0 and match.start() < silent[before][1]
        if not inside_code and (not match["ipa"] or is_ipa(match["ipa"])):
            reader.add(match)
    return reader.finish(len(text))


def bracket_spans(text: str) -> list[tuple[int, int]]:
    """Return where elements begin and end in a text that goes on, with what is between their tags.

    What has no end yet reaches beyond the end of the text. `[rate:…]` is without what follows it.
    """
    if "[" not in text:
        return []
    found: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []
    for match in ELEMENT.finditer(text):
        name = "lang" if match["lang"] else "voice" if match["voice"] else ""
        ends = (match["end"] or "").lower()
        if name:
            opened.append((name, match.start()))
        elif any(ends == other for other, _ in opened):
            while opened:
                other, start = opened.pop()
                if other == ends:
                    found.append((start, match.end()))
                    break
        else:
            found.append(match.span())
    return [*found, *((start, len(text) + 1) for _, start in opened)]


def without_pauses(text: str) -> str:
    """Return a text with spaces in place of pauses, so that a sentence may end before one."""
    return PAUSES.sub(_spaces, text) if "[" in text else text


def _spaces(match: re.Match[str]) -> str:
    return "".join(c if c.isspace() else " " for c in match.group())


def _code(text: str) -> list[tuple[int, int]]:
    """Return the parts of a text in which brackets are only shown, in order."""
    found: list[tuple[int, int]] = []
    if "`" in text or "~~~" in text:
        found += [(block.start, block.end) for block in fences(text)]
        found += [match.span() for match in _CODE.finditer(text)]
    if "<" in text:
        found += [(start, end) for start, end, _ in hidden(text, 0, len(text))]
    return sorted(found)


class _Reader:
    """Collects elements in order."""

    def __init__(self) -> None:
        self._rate = 1.0
        self._open: list[tuple[str, int, Manner]] = []
        """Name and number of the elements that have no end yet, and the manner before each."""
        self._manner = Manner()
        self._cuts: list[tuple[int, int]] = []
        self._changes: list[Change] = []
        self._gaps: list[Gap] = []
        self._overrides: list[Override] = []
        self._elements: list[Element] = []

    def add(self, match: re.Match[str]) -> None:
        """Add an element. Raises ValidationError when it is out of bounds."""
        start, end = match.span()
        name = next(k for k in ("pause", "rate", "lang", "voice", "end", "word") if match[k])
        if name == "word":
            first, last = match.span("word")
            self._cuts += [(start, first), (last, end)]
            self._overrides.append(Override(first, last, "", match["ipa"].strip()))
            self._add("phoneme", start, Effect.PHONEMES)
            return
        self._cuts.append((start, end))
        if name == "pause":
            seconds = seconds_of(match["pause"].lower().replace(" ", ""))
            assert seconds is not None
            self._gaps.append(Gap(start, seconds=seconds))
            self._add("pause", start, Effect.PAUSE)
        elif name == "end":
            self._close(match["end"].lower(), start, end)
        elif name == "rate":
            self._rate = check_rate(float(match["rate"]), start)
            self._change(end)
            self._add("rate", start, Effect.RATE)
        else:
            self._open.append((name, len(self._elements), self._manner))
            check_depth(len(self._open), start)
            if name == "lang":
                self._manner = self._manner._replace(language=match[name])
            else:
                self._manner = self._manner._replace(voice=match[name].strip())
            self._change(end)
            self._add(name, start, Effect.LANGUAGE if name == "lang" else Effect.VOICE)

    def _add(self, name: str, start: int, effect: Effect) -> None:
        manner = self._manner._replace(rate=self._rate)
        self._elements.append(Element(name, start, (effect,), manner))
        check_count(len(self._elements))

    def _change(self, place: int) -> None:
        self._changes.append(Change(place, self._manner._replace(rate=self._rate)))

    def _close(self, name: str, start: int, end: int) -> None:
        if name == "rate":
            if self._rate != 1:  # else any number of them would be changes
                self._rate = 1.0
                self._change(end)
        elif self._open and any(opened == name for opened, _, _ in self._open):
            while True:  # elements within it end with it
                opened, number, before = self._open.pop()
                self._manner = before
                if opened == name:
                    break
                self._note(number, f"It has no [/{opened}], so it ends with the element around it.")
            self._change(end)
        else:
            note = f"There is no [{name}:…] before it that it could close."
            self._elements.append(Element(f"/{name}", start, note=note))
            check_count(len(self._elements))

    def _note(self, number: int, note: str) -> None:
        found = self._elements[number]
        self._elements[number] = Element(
            found.name, found.offset, found.effects, found.manner, note
        )

    def finish(self, length: int) -> Directions:
        """Return all that was found in a text of so many code points."""
        for opened, number, _ in self._open:
            self._note(number, f"It has no [/{opened}], so it goes on to the end of the text.")
        check_pauses(self._gaps)
        check_variety(change.manner for change in self._changes)
        return Directions(
            tuple(self._cuts),
            changes=tuple(self._changes),
            gaps=tuple(self._gaps),
            overrides=tuple(self._overrides),
            elements=tuple(self._elements),
            reopened=self._reopened(),
        )

    def _reopened(self) -> str:
        names = [opened for opened, _, _ in self._open]
        values = [self._elements[number].manner for _, number, _ in self._open]
        found = [
            f"[{name}:{manner.language if name == 'lang' else manner.voice}]"
            for name, manner in zip(names, values, strict=True)
        ]
        return "".join(found) + (f"[rate:{self._rate:g}]" if self._rate != 1 else "")
