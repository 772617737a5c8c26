"""What a text's own markup directs: pauses, rates, voices, languages, pronunciations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tts_core.text.markup.draft import Draft, Why
from tts_core.text.reading.override import Override
from tts_core.types import Pause

LONGEST_PAUSE = 60.0
"""Seconds of one pause."""
LONGEST_SILENCE = 600.0
"""Seconds of all pauses of a text that markup asks for. Silence costs an engine nothing, so this
bounds what a short text can fill a disk with."""
MOST_ELEMENTS = 1000
MOST_LANGUAGES = 12
"""In one text, since the rules of a language take seconds to prepare when they are first used."""
MOST_VOICES = 50
DEEPEST = 50
"""How deep elements may be nested."""


class Manner(NamedTuple):
    """How a part of the text is to be spoken. "" and 1 stand for what the request has."""

    rate: float = 1.0
    """Factor on the request's speed."""
    pitch: float = 1.0
    """Factor on the request's pitch."""
    volume: float = 1.0
    """Factor on the amplitude."""
    language: str = ""
    voice: str = ""
    gender: str = ""
    """"female" or "male", where no voice is named."""


USUAL = Manner()


class Change(NamedTuple):
    """From where on a manner applies: an index in the request's text."""

    at: int
    manner: Manner


class Gap(NamedTuple):
    """A border of segments, and the pause there."""

    at: int
    """Index in the request's text."""
    pause: Pause | None = None
    """The usual pause of its kind; None: what the punctuation there asks for."""
    seconds: float | None = None
    """Exactly so much silence."""


class SayAs(NamedTuple):
    """A part of the request's text that is read in a certain way, whichever the language is."""

    start: int
    end: int
    how: str
    """As in SSML's `interpret-as`."""
    number: int
    """Its place in `Directions.elements`."""


class Effect(StrEnum):
    """What an element asks for."""

    STRUCTURE = "structure"
    """Borders of sentences and paragraphs, and nothing that could be missed."""
    PAUSE = "pause"
    RATE = "rate"
    PITCH = "pitch"
    VOLUME = "volume"
    LANGUAGE = "language"
    VOICE = "voice"
    SPOKEN = "spoken"
    """Other words."""
    PHONEMES = "phonemes"


@dataclass(frozen=True, slots=True)
class Element:
    """An element of markup."""

    name: str
    """"pause", "voice", "break", …"""
    offset: int
    """Its first code point in the request's text."""
    effects: tuple[Effect, ...] = ()
    """None when nothing can honor it; `note` says why."""
    manner: Manner = USUAL
    """The manner within it."""
    note: str = ""
    """What there is to say about it, whatever the engine is."""


@dataclass(frozen=True, slots=True)
class Directions:
    """The markup of a text. Places are indices in the request's text."""

    cuts: tuple[tuple[int, int], ...] = ()
    """The markup itself, in order."""
    stand_for: tuple[tuple[int, int, str], ...] = ()
    """Start and end of what is written in place of characters, and these: "&amp;"."""
    changes: tuple[Change, ...] = ()
    """In order."""
    gaps: tuple[Gap, ...] = ()
    """In order."""
    overrides: tuple[Override, ...] = ()
    """In order."""
    say_as: tuple[SayAs, ...] = ()
    elements: tuple[Element, ...] = ()
    """In order."""
    is_ssml: bool = False
    """Whether all markup is SSML, so that what is left is no Markdown."""
    warnings: tuple[str, ...] = ()
    reopened: str = ""
    """Elements with which the rest of a text has to begin that goes on after this one: those that
    are still open."""

    def remove_from(self, draft: Draft) -> None:
        """Take the markup out of the request's text."""
        for start, end in self.cuts:
            draft.cut(start, end, Why.MARKUP)
        for start, end, characters in self.stand_for:
            why = Why.MARKUP if characters.isspace() else Why.PART_OF_ENTITY
            draft.replace(start, end, characters, why)

    def manner_at(self, place: int) -> Manner:
        """Return the manner in which the character at a place is spoken."""
        manner = USUAL
        for change in self.changes:
            if change.at > place:
                break
            manner = change.manner
        return manner


NOTHING = Directions()
"""Those of a text without any."""
