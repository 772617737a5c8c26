"""Cuts a document into segments: sentences, as they are spoken one by one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tts_core.audio.join import pauses_of
from tts_core.documents.document import Block, Chapter, Document
from tts_core.projects.project import Narration, ProjectSegment
from tts_core.text.chunker import Chunk, chunk
from tts_core.text.normalize import is_speakable
from tts_core.text.word_limit import at_most_words
from tts_core.types import EngineInfo, Pause

HEADING_SECONDS = 1.2
"""Silence after a heading, at speed 1: longer than after a paragraph, shorter than between
chapters."""
CHAPTER_SECONDS = 2.0
"""The same after a chapter; ACX wants 1 to 5 s."""


@dataclass(frozen=True, slots=True)
class Cutter:
    """How texts are cut: as the planner cuts them for an engine, but before they are read."""

    narration: Narration
    engine: EngineInfo
    longest: int | None = None
    """Characters of a segment, where the engine's limit is not lower."""
    most_words: int | None = None

    def chapters(self, document: Document) -> tuple[list[str], list[ProjectSegment]]:
        """Return the titles of the chapters that are spoken, and their segments."""
        titles: list[str] = []
        segments: list[ProjectSegment] = []
        for chapter in document.chapters:
            if chapter.front_matter and not self.narration.front_matter:
                continue
            found = list(self._chapter(chapter, len(titles), len(segments)))
            if found:
                found[-1] = replace(found[-1], pause=self._at_speed(CHAPTER_SECONDS))
                segments += found
                titles.append(chapter.title or f"Chapter {len(titles) + 1}")
        return titles, segments

    def _chapter(self, chapter: Chapter, number: int, position: int) -> Iterator[ProjectSegment]:
        for block in chapter.blocks:
            if block.kind == "footnote" and not self.narration.footnotes:
                continue
            for segment in self.block(block):
                yield replace(segment, chapter=number, position=position)
                position += 1

    def block(self, block: Block) -> list[ProjectSegment]:
        """Return the segments of a block; none if there is nothing to speak in it."""
        pauses = self.pauses
        found: list[ProjectSegment] = []
        for piece in self.sentences(block.text):
            text = piece.text.strip()
            if not is_speakable(text):
                continue
            found.append(
                ProjectSegment(
                    new_id(),
                    position=0,
                    chapter=0,
                    text=text,
                    kind=block.kind,
                    speaker=block.speaker,
                    pause=round(pauses[piece.pause], 3),
                    begins_paragraph=not found,
                    starts_at=None if found else block.start,
                    ends_at=None if found else block.end,
                )
            )
        if found:
            last = self._at_speed(HEADING_SECONDS) if block.kind == "heading" else None
            last = pauses[Pause.PARAGRAPH] if last is None else last
            found[-1] = replace(found[-1], pause=round(last, 3))
        return found

    def sentences(self, text: str) -> list[Chunk]:
        """Cut a text; the parts joined are the text."""
        most = self.engine.limit(self.narration.language)
        longest = most if self.longest is None else min(most, self.longest)
        shortest = min(self.engine.min_characters, longest)
        pieces = chunk(text, longest, shortest, language=self.narration.language)
        if self.most_words is None:
            return pieces
        return list(at_most_words(pieces, self.most_words))

    @property
    def pauses(self) -> Mapping[Pause, float]:
        """Return the silence after a segment in seconds, by what ends it."""
        return pauses_of(self.narration.reading, self.narration.speed)

    def _at_speed(self, seconds: float) -> float:
        return round(seconds / self.narration.speed, 3)


def new_id() -> str:
    """Return an id for a segment or a project."""
    return uuid.uuid4().hex
