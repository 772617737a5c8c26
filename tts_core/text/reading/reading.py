"""What the reader makes of a text: values without behavior of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from tts_core.types import ReadingOptions


class Word(NamedTuple):
    """A written word, or several that are read as one ("May 3"), and how it is spoken."""

    spoken: str
    """With the punctuation around it. May be several words."""
    at: int
    """Where it begins in `Reading.spoken`."""
    offset: int
    """First code point in the request's text."""
    length: int
    """Number of code points in the request's text."""
    kind: str = ""
    """What it was read as ("money", "date", …); "" when it is spoken as written."""
    phonemes: str = ""
    """Its pronunciation in IPA, if one was given (`override.py`). Such a word has no punctuation
    around it."""


class LeftOut(NamedTuple):
    """A part of the text that is not spoken: `offset` and `length` in code points, and why."""

    offset: int
    length: int
    why: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place at which something happens: the end of a paragraph, a scene break."""

    kind: str
    at: int
    """Index in `Reading.spoken`."""
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is spoken, and which part of the written text each word comes from."""

    spoken: str
    """Without digits and symbols; whitespace and punctuation as written."""
    words: tuple[Word, ...] = ()
    """In order. Their spans do not overlap."""
    left_out: tuple[LeftOut, ...] = ()
    """In order. Whitespace is not listed."""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """Choices of the caller."""

    markup: bool = True
    """Whether Markdown and HTML are read as such."""
    emoji: str = "skip"
    """"say": by name; "skip": left out."""
    code: str = "skip"
    """What becomes of blocks of code: "say"; "announce": the words for "code block"; "skip": they
    are left out, since nobody wants to hear code, and an announcement is not the author's. Code
    within a sentence is always said."""

    @classmethod
    def of(cls, wanted: ReadingOptions) -> Options:
        """Return the choices of a request."""
        return cls(wanted.markup != "off", wanted.emoji, wanted.code)


def joined(readings: Iterable[Reading]) -> Reading:
    """Return the readings of the parts of a text as one."""
    parts = list(readings)
    return Reading(
        "".join(part.spoken for part in parts),
        tuple(chain.from_iterable(part.words for part in parts)),
        tuple(chain.from_iterable(part.left_out for part in parts)),
        tuple(chain.from_iterable(part.marks for part in parts)),
    )
