"""SSML (https://www.w3.org/TR/speech-synthesis11/): a text in the element `speak`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tts_core.text.directions.limits import check_pauses, check_variety, seconds_of
from tts_core.text.directions.model import Change, Directions, Effect, Element, Gap, Manner, SayAs
from tts_core.text.directions.prosody import BREAKS, pitch_of, rate_of, volume_of
from tts_core.text.directions.xml_events import Event, encoded, events_of
from tts_core.text.reading.override import Override
from tts_core.types import Pause

SPEAK = re.compile(r"\s*+(?:<\?xml\b[^<>]{0,200}\?>\s*+)?<speak[\s>/]")
"""How a text begins that is SSML."""
_END = re.compile(r"</speak\s*>\s*+\Z")
_END_TAG = re.compile(r"</speak\s*>\s*+")
_UNSPOKEN = frozenset(("desc", "metadata", "meta", "lexicon", "lookup", "audio"))
"""Elements whose content is about the text, or stands for a recording."""
_LONGEST_IPA = 200
_LONGEST_NAME = 200


def is_ssml(text: str) -> bool:
    """Return whether a text is one `speak` element, well-formed or not."""
    return SPEAK.match(text) is not None and _END.search(text) is not None


def document_end(text: str) -> int | None:
    """Return where the SSML document ends with which a text begins; None if it begins with none.

    A document without an end reaches beyond the end of the text.
    """
    if SPEAK.match(text) is None:
        return None
    end = _END_TAG.search(text)
    return end.end() if end else len(text) + 1


def ssml_directions(text: str) -> Directions:
    """Return the markup of an SSML document.

    Raises MalformedSsml, which names the place, and ValidationError for what is out of bounds.
    """
    events = list(events_of(text))
    reader = _Reader(text)
    for event, end in zip(events, [*(e.start for e in events[1:]), len(text)], strict=True):
        reader.add(event, end)
    return reader.finish()


@dataclass(slots=True)
class _Open:
    """An element that has no end yet."""

    name: str
    given: Mapping[str, str]
    """Its attributes."""
    start: int
    content: int
    """Where what is in it begins."""
    before: Manner
    """The manner around it."""
    effects: list[Effect] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    at_end: Callable[[int], None] | None = None
    """Called with the end of its content."""


class _Reader:
    """Collects the markup of a document from its events."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._manner = Manner()
        self._open: list[_Open] = []
        self._unspoken = 0
        """How many of the open elements have a content that is not spoken."""
        self._cuts: list[tuple[int, int]] = []
        self._stand_for: list[tuple[int, int, str]] = []
        self._changes: list[Change] = []
        self._gaps: list[Gap] = []
        self._overrides: list[Override] = []
        self._say_as: list[SayAs] = []
        self._elements: list[Element] = []

    def add(self, event: Event, end: int) -> None:
        """Add an event, which ends at an index of the text."""
        match event.kind:
            case "start":
                self._cut(event.start, end)
                self._begin(event.name, event.attributes or {}, event.start, end)
            case "end":
                self._cut(event.start, end)
                self._end(event.start, end)
            case "text" if not self._unspoken:
                # Of surrogates, which no encoding has, expat is given question marks.
                if encoded(self._text[event.start : end]) != encoded(event.name):
                    self._stand_for.append((event.start, end, event.name))
            case _:
                self._cut(event.start, end)

    def _cut(self, start: int, end: int) -> None:
        if end > start:
            self._cuts.append((start, end))

    def _begin(self, name: str, given: Mapping[str, str], start: int, content: int) -> None:
        opened = _Open(name, given, start, content, self._manner)
        self._open.append(opened)
        if (read := _ELEMENTS.get(name)) is not None:
            read(self, opened)
        elif name in _UNSPOKEN:
            self._unspoken += 1
            opened.notes.append("It is not spoken.")
        else:
            opened.notes.append(f"{name[:40]!r} is no element of SSML; what is in it is spoken.")
        if (language := given.get("xml:lang", "").strip()) and len(language) <= _LONGEST_NAME:
            self._manner = self._manner._replace(language=language)
            opened.effects.append(Effect.LANGUAGE)
        if self._manner != opened.before:
            self._changes.append(Change(content, self._manner))
        effects, note = tuple(opened.effects), " ".join(opened.notes)
        self._elements.append(Element(name, start, effects, self._manner, note))

    def _end(self, start: int, end: int) -> None:
        opened = self._open.pop()
        if opened.name in _UNSPOKEN:
            self._unspoken -= 1
        if opened.at_end is not None and not self._unspoken:
            opened.at_end(start)
        if opened.before != self._manner:
            self._manner = opened.before
            self._changes.append(Change(end, self._manner))

    def finish(self) -> Directions:
        """Return all markup of the document."""
        check_pauses(self._gaps)
        check_variety(change.manner for change in self._changes)
        return Directions(
            tuple(self._cuts),
            tuple(self._stand_for),
            tuple(self._changes),
            tuple(self._gaps),
            tuple(sorted(self._overrides)),
            tuple(self._say_as),
            tuple(self._elements),
            is_ssml=True,
        )

    def speak(self, opened: _Open) -> None:
        """Read the document itself."""
        opened.effects.append(Effect.STRUCTURE)

    def p(self, opened: _Open) -> None:
        """Read a paragraph."""
        self._block(opened, Pause.PARAGRAPH)

    def s(self, opened: _Open) -> None:
        """Read a sentence."""
        self._block(opened, Pause.SENTENCE)

    def _block(self, opened: _Open, pause: Pause) -> None:
        opened.effects.append(Effect.STRUCTURE)
        self._gaps.append(Gap(opened.content, pause))
        opened.at_end = lambda end: self._gaps.append(Gap(end, pause))

    def pause(self, opened: _Open) -> None:
        """Read a break."""
        strength = opened.given.get("strength", "medium").strip().lower()
        if (time := opened.given.get("time")) is not None:
            seconds = seconds_of(time.lower())
            if seconds is not None:
                self._gaps.append(Gap(opened.start, seconds=seconds))
                opened.effects.append(Effect.PAUSE)
                return
            opened.notes.append(f"{time[:40]!r} is no time; write 500ms or 1.5s.")
        if strength not in BREAKS:
            opened.notes.append(
                f"There is no strength {strength[:40]!r}; the pause is a medium one."
            )
            strength = "medium"
        elif time is None:
            opened.notes.append(f"The pause is that of a {_PAUSE_NAMES[BREAKS[strength]]}.")
        self._gaps.append(Gap(opened.start, BREAKS[strength]))
        opened.effects.append(Effect.PAUSE)

    def say_as(self, opened: _Open) -> None:
        """Read text that is read in a certain way."""
        how = opened.given.get("interpret-as", "").strip().lower()
        if how in SAY_AS:
            opened.effects.append(Effect.SPOKEN)
            number = len(self._elements)  # its own, since it is not among them yet
            opened.at_end = lambda end: self._say_as.append(SayAs(opened.content, end, how, number))
        elif how in _READ_ANYWAY:
            opened.effects.append(Effect.STRUCTURE)
            opened.notes.append(f"A {how} is read as it is without markup.")
        else:
            opened.notes.append(f"It is read as it is without markup: {how[:40]!r} is not known.")

    def sub(self, opened: _Open) -> None:
        """Read text for which another is said."""
        alias = opened.given.get("alias", "").strip()
        if not alias:
            opened.notes.append("It has no alias, so the text in it is spoken.")
            return
        opened.effects.append(Effect.SPOKEN)
        opened.at_end = lambda end: self._override(opened.content, end, alias, "")

    def phoneme(self, opened: _Open) -> None:
        """Read a word with its phonemes."""
        alphabet = opened.given.get("alphabet", "ipa").strip().lower()
        ipa = opened.given.get("ph", "").strip().strip("/")
        if alphabet != "ipa" or not ipa or len(ipa) > _LONGEST_IPA:
            wrong = (
                f"The alphabet {alphabet[:40]!r} is not known; use ipa."
                if alphabet != "ipa"
                else f"ph must have 1 to {_LONGEST_IPA} characters of IPA."
            )
            opened.notes.append(f"{wrong} The word is read by its spelling.")
            return
        opened.effects.append(Effect.PHONEMES)
        opened.at_end = lambda end: self._override(opened.content, end, "", ipa)

    def _override(self, start: int, end: int, spoken: str, phonemes: str) -> None:
        """Give the reading of a part of the text, unless one within it is given already."""
        inside = any(start <= other.start < end for other in self._overrides)
        if self._text[start:end].strip() and not inside:
            self._overrides.append(Override(start, end, spoken, phonemes))

    def prosody(self, opened: _Open) -> None:
        """Read a rate and a pitch."""
        for attribute, value in opened.given.items():
            if (read := _FACTORS.get(attribute)) is not None:
                factor = read(value)
                if factor is None:
                    remedy = "write a word, or a percentage such as +10%"
                    opened.notes.append(f"The {attribute} {value[:40]!r} is ignored; {remedy}.")
                    continue
                before = getattr(self._manner, attribute)
                self._manner = self._manner._replace(**{attribute: before * factor})
                opened.effects.append(Effect(attribute))
            elif attribute != "xml:lang":
                opened.notes.append(f"{attribute[:40]} is ignored.")

    def voice(self, opened: _Open) -> None:
        """Read who speaks."""
        name = opened.given.get("name", "").strip()[:_LONGEST_NAME]
        gender = opened.given.get("gender", "").strip().lower()
        language = (opened.given.get("language") or opened.given.get("languages") or "").strip()
        if name:
            self._manner = self._manner._replace(voice=name, gender="")
        elif gender in ("female", "male"):
            self._manner = self._manner._replace(voice="", gender=gender)
        if name or gender in ("female", "male"):
            opened.effects.append(Effect.VOICE)
        if language and len(language) <= _LONGEST_NAME:
            self._manner = self._manner._replace(language=language.split()[0].partition(":")[0])
            opened.effects.append(Effect.LANGUAGE)
        if not opened.effects and "xml:lang" not in opened.given:
            opened.notes.append("It has neither a name nor a gender, so the voice stays.")

    def lang(self, opened: _Open) -> None:
        """Read the language, which `xml:lang` has."""
        if "xml:lang" not in opened.given:
            opened.notes.append("It has no xml:lang, so the language stays.")

    def emphasis(self, opened: _Open) -> None:
        """Read a stressed word."""
        opened.notes.append("No engine can be told to stress a word; it is spoken like the others.")

    def mark(self, opened: _Open) -> None:
        """Read a mark."""
        opened.notes.append("Nothing is sent when a mark is reached; use the times of the words.")

    def w(self, opened: _Open) -> None:
        """Read a word."""
        opened.effects.append(Effect.STRUCTURE)


_FACTORS = {"rate": rate_of, "pitch": pitch_of, "volume": volume_of}
SAY_AS = frozenset(
    ("characters", "spell-out", "verbatim", "digits", "cardinal", "number", "ordinal", "telephone")
)
"""What is read in another way than without markup (`say_as.py`)."""
_READ_ANYWAY = frozenset(
    ("date", "time", "currency", "unit", "fraction", "address", "measure", "text")
)
_PAUSE_NAMES = {
    Pause.NONE: "place without one",
    Pause.CLAUSE: "comma",
    Pause.SENTENCE: "sentence",
    Pause.PARAGRAPH: "paragraph",
}
_ELEMENTS: Mapping[str, Callable[[_Reader, _Open], None]] = {
    "speak": _Reader.speak,
    "p": _Reader.p,
    "s": _Reader.s,
    "break": _Reader.pause,
    "say-as": _Reader.say_as,
    "sub": _Reader.sub,
    "phoneme": _Reader.phoneme,
    "prosody": _Reader.prosody,
    "voice": _Reader.voice,
    "lang": _Reader.lang,
    "emphasis": _Reader.emphasis,
    "mark": _Reader.mark,
    "w": _Reader.w,
    "token": _Reader.w,
}
"""By name, what reads an element."""
