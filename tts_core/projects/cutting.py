"""Cuts a document into segments: sentences, as they are spoken one by one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tts_core.audio.join import pauses_of
from tts_core.documents.cast import with_speakers
from tts_core.documents.document import Block, Document
from tts_core.projects.project import Narration, ProjectSegment
from tts_core.text.chunker import Chunk, chunk
from tts_core.text.normalize import is_speakable
from tts_core.text.word_limit import at_most_words
from tts_core.types import EngineInfo, Pause

BREAK_SECONDS = 1.2
"""Silence after a heading and at a break between scenes, at speed 1: longer than after a paragraph,
shorter than between chapters."""
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
        divided = with_speakers(document) if self.narration.finds_speakers else document
        titles: list[str] = []
        segments: list[ProjectSegment] = []
        for written, chapter in zip(document.chapters, divided.chapters, strict=True):
            if chapter.front_matter and not self.narration.front_matter:
                continue
            blocks = [b for b in chapter.blocks if self.narration.footnotes or not _apart(b)]
            found: list[ProjectSegment] = []
            goes_on = continuing(written.blocks, blocks)
            for block, goes, went in zip(blocks, goes_on, [False, *goes_on], strict=False):
                found += self._block(block, continued=goes, continues=went)
            if found:
                found[-1] = replace(found[-1], pause=self._at_speed(CHAPTER_SECONDS))
                first = len(segments)
                segments += [
                    replace(segment, chapter=len(titles), position=first + number)
                    for number, segment in enumerate(found)
                ]
                titles.append(chapter.title or f"Chapter {len(titles) + 1}")
        return titles, segments

    def _block(self, block: Block, *, continued: bool, continues: bool) -> list[ProjectSegment]:
        """Return the segments of a block; none if there is nothing to speak in it.

        `continued`: whether the next block is of the same paragraph. `continues`: whether the one
        before is.
        """
        pauses = self.pauses
        found: list[ProjectSegment] = []
        breaks = False
        for piece in self.sentences(block.text):
            text, breaks = _without_breaks(piece.text)
            if not text:
                continue
            found.append(
                ProjectSegment(
                    new_id(),
                    position=0,
                    chapter=0,
                    text=text,
                    kind=block.kind,
                    speaker=block.speaker,
                    pause=self._at_speed(BREAK_SECONDS) if breaks else pauses[piece.pause],
                    begins_paragraph=not found and not continues,
                    starts_at=None if found else block.start,
                    ends_at=None if found else block.end,
                )
            )
        if found:
            last = pauses[Pause.PARAGRAPH]
            if block.kind == "heading":
                last = self._at_speed(BREAK_SECONDS)
            elif continued:
                last = pauses[_pause_within(block.text)]
            if not breaks:
                found[-1] = replace(found[-1], pause=last)
        return [replace(segment, pause=round(segment.pause, 3)) for segment in found]

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


def continuing(written: Sequence[Block], blocks: Sequence[Block]) -> list[bool]:
    """Return for each block whether the next one continues its paragraph.

    `written`: the blocks before paragraphs were divided among their speakers.
    """
    whole = "\0".join(_squeezed(block.text) for block in written)
    found, place = [], 0
    texts = [_squeezed(block.text) for block in blocks]
    for text, following in zip(texts, [*texts[1:], "\0"], strict=True):
        at = whole.find(text, place)
        place = place if at < 0 else at + len(text)
        found.append(at >= 0 and whole.startswith(following, place) and following != "\0")
    return found


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _pause_within(text: str) -> Pause:
    """Return the pause after a part of a paragraph, before another speaker's."""
    ends = text.rstrip("\"'”’»“« ")
    return Pause.SENTENCE if ends.endswith((".", "!", "?", "…", "。", "！", "？")) else Pause.CLAUSE


def _apart(block: Block) -> bool:
    return block.kind == "footnote"


def _without_breaks(text: str) -> tuple[str, bool]:
    """Return a text without lines such as "* * *" around it, and whether there were any after it.

    The text is "" if nothing else is in it.
    """
    lines = text.strip().split("\n")
    speakable = [number for number, line in enumerate(lines) if is_speakable(line)]
    if not speakable:
        return "", False
    kept = lines[speakable[0] : speakable[-1] + 1]
    return "\n".join(kept).strip(), speakable[-1] + 1 < len(lines)


def new_id() -> str:
    """Return an id for a segment or a project."""
    return uuid.uuid4().hex
