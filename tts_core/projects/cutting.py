"""Cuts a document into segments: sentences and cues, as they are spoken one by one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tts_core.audio.join import pauses_of
from tts_core.documents.cast import with_speakers
from tts_core.documents.document import Block, Chapter, Document
from tts_core.projects.project import LONGEST_SEGMENT, Narration, ProjectSegment
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
    longest: int
    """Characters of a segment."""
    shortest: int
    """Characters below which a segment is joined to its neighbor."""
    most_words: int | None = None

    @classmethod
    def for_engine(
        cls,
        narration: Narration,
        engine: EngineInfo,
        longest: int | None = None,
        most_words: int | None = None,
    ) -> Cutter:
        """Return a cutter for an engine. `longest`: applies where the engine's limit is higher."""
        most = engine.limit(narration.language)
        longest = most if longest is None else min(most, longest)
        return cls(narration, longest, min(engine.min_characters, longest), most_words)

    def titles(self, document: Document) -> list[str]:
        """Return the titles of the chapters that are spoken; those without one are numbered."""
        spoken = (chapter.title for chapter in document.chapters if self._is_spoken(chapter))
        return [title or f"Chapter {number}" for number, title in enumerate(spoken, 1)]

    def chapters(self, document: Document) -> Iterator[list[ProjectSegment]]:
        """Yield the segments of each chapter that is spoken; see `titles`."""
        divided = with_speakers(document) if self.narration.finds_speakers else document
        pauses = self.pauses
        position = number = 0
        for written, chapter in zip(document.chapters, divided.chapters, strict=True):
            if not self._is_spoken(written):
                continue
            blocks = [block for block in chapter.blocks if self._has(block)]
            goes_on = continuing(written.blocks, blocks)
            texts: list[tuple[Block, bool, bool, str, float]] = []
            for block, goes, went in zip(blocks, goes_on, [False, *goes_on], strict=False):
                found = self._block(block, pauses, continued=goes)
                for part, (text, pause) in enumerate(found):
                    texts.append((block, part == 0, part == 0 and not went, text, pause))
            last = len(texts) - 1
            segments = []
            for index, (block, is_first, begins, text, pause) in enumerate(texts):
                segments.append(
                    ProjectSegment(
                        new_id(),
                        position=position,
                        chapter=number,
                        text=text,
                        kind=block.kind,
                        speaker=block.speaker,
                        pause=self._at_speed(CHAPTER_SECONDS) if index == last else pause,
                        begins_paragraph=begins,
                        starts_at=block.start if is_first else None,
                        ends_at=block.end if is_first else None,
                    )
                )
                position += 1
            number += 1
            yield segments

    def _is_spoken(self, chapter: Chapter) -> bool:
        """Return whether there is anything to speak in a chapter."""
        if chapter.front_matter and not self.narration.front_matter:
            return False
        return any(self._has(block) and is_speakable(block.text) for block in chapter.blocks)

    def _has(self, block: Block) -> bool:
        return self.narration.footnotes or block.kind != "footnote"

    def _block(
        self, block: Block, pauses: Mapping[Pause, float], *, continued: bool
    ) -> list[tuple[str, float]]:
        """Return the texts of a block, each with the seconds of silence after it.

        `continued`: whether the next block is of the same paragraph.
        """
        found: list[tuple[str, float]] = []
        breaks = False
        for piece in self._pieces(block):
            text, breaks = _without_breaks(piece.text)
            if text:
                pause = self._at_speed(BREAK_SECONDS) if breaks else pauses[piece.pause]
                found.append((text, round(pause, 3)))
        if found and not breaks:
            pause = pauses[Pause.PARAGRAPH]
            if block.kind == "heading":
                pause = self._at_speed(BREAK_SECONDS)
            elif continued:
                pause = pauses[_pause_within(block.text)]
            found[-1] = found[-1][0], round(pause, 3)
        return found

    def _pieces(self, block: Block) -> list[Chunk]:
        """Return what becomes a segment each: a cue is one, since its time is that of the whole."""
        text = block.text
        if block.kind == "cue" and len(text) <= LONGEST_SEGMENT:
            return [Chunk(text, 0, len(text), Pause.PARAGRAPH)]
        return self.sentences(text)

    def sentences(self, text: str) -> list[Chunk]:
        """Cut a text; the parts joined are the text."""
        pieces = chunk(text, self.longest, self.shortest, language=self.narration.language)
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


def after_letters(segments: Iterable[ProjectSegment], done: int) -> Iterator[ProjectSegment]:
    """Yield the segments that come after so many letters; of one that goes beyond, its rest.

    So no word is lost or comes twice where the first segments were cut in another way. `done`:
    counted by `letters`.
    """
    for segment in segments:
        if done <= 0:
            yield segment
        elif (count := letters(segment.text)) <= done:
            done -= count
        else:
            rest = _without_letters(segment.text, done)
            if is_speakable(rest):
                yield replace(segment, text=rest, begins_paragraph=False, starts_at=None)
            done = 0


def letters(text: str) -> int:
    """Return how many characters a text has without its white space."""
    return len(_squeezed(text))


def _without_letters(text: str, count: int) -> str:
    """Return a text without its first so many characters that are no white space."""
    places = [place for place, character in enumerate(text) if not character.isspace()]
    return text[places[count] :]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _pause_within(text: str) -> Pause:
    """Return the pause after a part of a paragraph, before another speaker's."""
    ends = text.rstrip("\"'”’»“« ")
    return Pause.SENTENCE if ends.endswith((".", "!", "?", "…", "。", "！", "？")) else Pause.CLAUSE


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
