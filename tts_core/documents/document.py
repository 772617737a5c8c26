"""What a document becomes, whatever its file format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["heading", "paragraph", "line", "cue", "footnote"]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a chapter that is spoken in one go: a paragraph, a line of a script, a cue."""

    text: str
    """Plain text, as written; never empty."""
    kind: BlockKind = "paragraph"
    speaker: str = ""
    """Who says a `line` or `cue`; "" when the file does not tell."""
    start: float | None = None
    """When a `cue` begins and ends, in seconds; None for other kinds."""
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a document with a title of its own."""

    title: str
    """"" when the file gives none."""
    blocks: tuple[Block, ...]
    """In reading order; footnotes after everything else. The first is the heading, if there is
    one."""
    front_matter: bool = False
    """Whether it is a title page, a table of contents, a copyright page or the like, which is not
    read aloud unless the user wants it."""


@dataclass(frozen=True, slots=True)
class Cover:
    """The picture of a book."""

    data: bytes
    mime_type: Literal["image/jpeg", "image/png"]


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its structure and metadata."""

    chapters: tuple[Chapter, ...]
    title: str = ""
    author: str = ""
    language: str = ""
    """BCP 47, as the file says; "" when it does not."""
    cover: Cover | None = None
    warnings: tuple[str, ...] = ()
    """What of the file was left out, and why."""
