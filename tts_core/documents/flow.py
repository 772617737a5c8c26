"""The text of a document in reading order, before it is divided into chapters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tts_core.documents.document import Block, BlockKind
from tts_core.documents.limits import (
    LONGEST_TITLE,
    MOST_BLOCKS,
    MOST_CHARACTERS,
    MOST_WARNINGS,
    too_large,
)

SCENE_BREAK = "\n\n* * *"
"""Stands at the end of the paragraph before a change of scene. It has nothing to say of its own;
as an ornament after a blank line it makes the pause longer."""
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff\ufffe\uffff]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Item:
    """A block, and what tells where chapters begin."""

    block: Block
    level: int = 0
    """Of a heading, from 1; 0 for everything else."""
    anchors: tuple[str, ...] = ()
    """Names that links may lead to: those of the block and of what precedes it."""


class Flow:
    """Collects the blocks of a document and counts them."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.warnings: list[str] = []
        self._characters = 0

    def add(
        self,
        text: str,
        kind: BlockKind = "paragraph",
        *,
        level: int = 0,
        anchors: Iterable[str] = (),
        speaker: str = "",
        start: float | None = None,
        end: float | None = None,
    ) -> bool:
        """Append a block unless its text is empty; return whether it was.

        Line ends in the text stay; other whitespace is collapsed. Raises TooLargeError.
        """
        text = clean(text)
        if not text:
            return False
        self._count(len(text))
        block = Block(text, kind, speaker and title_of(speaker), start, end)
        self.items.append(Item(block, level, tuple(anchors)))
        return True

    def scene_break(self) -> None:
        """Put a scene break after the last paragraph, if there is one."""
        if not self.items:
            return
        last = self.items[-1]
        if last.block.kind == "paragraph" and not last.block.text.endswith(SCENE_BREAK):
            text = last.block.text + SCENE_BREAK
            self.items[-1] = replace(last, block=replace(last.block, text=text))

    def warn(self, message: str) -> None:
        """Note what was left out; what is noted already, or too much, is not repeated."""
        if message not in self.warnings and len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(message)

    def _count(self, length: int) -> None:
        self._characters += length
        if self._characters > MOST_CHARACTERS:
            raise too_large(
                f"The document has more than {MOST_CHARACTERS:,} characters of text, which is the "
                "limit. Split it into several files."
            )
        if len(self.items) >= MOST_BLOCKS:
            raise too_large(
                f"The document has more than {MOST_BLOCKS:,} paragraphs, which is the limit. "
                "Split it into several files."
            )


def clean(text: str) -> str:
    """Return a text without what is never shown, with single spaces and at most one blank line."""
    text = _SURROGATES.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (" ".join(line.split()) for line in _UNPRINTABLE.sub("", text).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def title_of(text: str) -> str:
    """Return a text as a title: on one line, of a bounded length."""
    line = " ".join(clean(text).split())
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"


def names(text: str) -> frozenset[str]:
    """Return the words of a text as a set: names of elements, types, columns."""
    return frozenset(text.split())
