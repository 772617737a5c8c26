"""Finds the speakers of a document: in scripts, in subtitles, and in the quoted speech of prose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

import regex

from tts_core.documents.casting.attribution import (
    Paragraph,
    attribute,
    paragraph_of,
    said_in,
    speakers_told,
    vocatives,
)
from tts_core.documents.casting.names import Names
from tts_core.documents.document import Block, Chapter, Document
from tts_core.documents.flow import names, title_of

_LINE = regex.compile(
    r"^[*_]{0,3}(?P<name>\p{Lu}[\p{L}\p{M}0-9.'’ -]{0,39}?)[*_]{0,3}(?:\s*\([^()]{1,80}\))?"
    r"\s*[:：][*_]{0,3}\s*(?=\S)"
)
"""ANNA: Hello; Anna (laughing): Hello."""
_NO_SPEAKERS = names(
    "note notes warning example question answer summary abstract title author date time place "
    "chapter scene act part source figure table step tip hint remember subject from to re cc ps "
    "hinweis beispiel frage antwort achtung nota exemple ejemplo setting characters"
)
_LEAST_LINES = 2
"""Lines of a speaker whose name is not in capitals."""


def with_speakers(document: Document) -> Document:
    """Return a document in which what is said is in blocks of its own, with their speakers.

    Paragraphs are divided into what the narrator says, whose `speaker` is "", and lines. The blocks
    of a paragraph joined are its text, but for the space between them, and the names that begin the
    lines of a script. Blocks that have a speaker already, headings and footnotes stay.
    """
    prose = [chapter for chapter in document.chapters if not chapter.front_matter]
    known = _speakers_of_script(prose)
    paragraphs = {
        id(block): paragraph_of(block.text)
        for chapter in prose
        for block in chapter.blocks
        if block.kind == "paragraph"
    }
    persons = Names(
        [paragraph.narration() for paragraph in paragraphs.values()],
        (name for paragraph in paragraphs.values() for name in vocatives(said_in(paragraph))),
    )
    for paragraph in paragraphs.values():
        for name in speakers_told(paragraph):
            persons.add(name)
    for chapter in prose:
        scene = [paragraphs[id(b)] for b in chapter.blocks if id(b) in paragraphs]
        attribute(scene, persons)
    return replace(
        document,
        chapters=tuple(
            replace(chapter, blocks=tuple(_divided(chapter.blocks, paragraphs, known)))
            for chapter in document.chapters
        ),
    )


def speakers_of(document: Document) -> dict[str, int]:
    """Return the speakers of a document and how many blocks each has, the most first."""
    blocks = (block for chapter in document.chapters for block in chapter.blocks)
    counts = Counter(block.speaker for block in blocks if block.speaker)
    return dict(counts.most_common())


def _speakers_of_script(chapters: Iterable[Chapter]) -> set[str]:
    """Return the names that begin lines as in a script: in capitals, or repeated."""
    counts: Counter[str] = Counter()
    for chapter in chapters:
        for block in chapter.blocks:
            if block.kind in ("paragraph", "cue") and not block.speaker:
                lines = block.text.split("\n")
                counts.update(match["name"] for line in lines if (match := _LINE.match(line)))
    found = {
        name
        for name, count in counts.items()
        if (name.isupper() or count >= _LEAST_LINES) and name.casefold() not in _NO_SPEAKERS
    }
    # One name alone may be anything, unless it is repeated.
    return found if len(found) > 1 or any(counts[name] > _LEAST_LINES for name in found) else set()


def _divided(
    blocks: Iterable[Block], paragraphs: dict[int, Paragraph], known: set[str]
) -> Iterator[Block]:
    """Yield blocks, those with speech divided."""
    for block in blocks:
        if known and block.kind in ("paragraph", "cue") and not block.speaker:
            lines = list(_script_lines(block, known))
            if any(line.speaker for line in lines):
                yield from lines
                continue
        paragraph = paragraphs.get(id(block))
        if paragraph is None or not any(paragraph.speakers):
            yield block
        else:
            yield from _spoken(block, paragraph)


def _script_lines(block: Block, known: set[str]) -> Iterator[Block]:
    """Yield the lines of each speaker; what follows without a name goes on with the same one."""
    speaker, lines = "", list[str]()
    for line in block.text.split("\n"):
        match = _LINE.match(line)
        if match and match["name"] in known:
            yield from _script_line(block, speaker, lines)
            speaker, lines = match["name"], [line[match.end() :]]
        elif line.strip():
            lines.append(line)
        else:  # a blank line within a block comes before an ornament
            lines.append("")
    yield from _script_line(block, speaker, lines)


def _script_line(block: Block, speaker: str, lines: list[str]) -> Iterator[Block]:
    if text := "\n".join(lines).strip():
        is_cue = block.kind == "cue"
        kind = block.kind if is_cue or not speaker else "line"
        yield replace(block, text=text, kind=kind, speaker=title_of(speaker))


def _spoken(block: Block, paragraph: Paragraph) -> Iterator[Block]:
    """Yield the parts of a paragraph; neighbors of one speaker stay together."""
    parts: list[tuple[str, str]] = []
    done = 0
    for quotation, speaker in zip(paragraph.said, paragraph.speakers, strict=True):
        parts.append(("", paragraph.text[done : quotation.start]))
        parts.append((speaker, paragraph.text[quotation.start : quotation.end]))
        done = quotation.end
    parts.append(("", paragraph.text[done:]))
    joined: list[tuple[str, str]] = []
    for speaker, text in parts:
        has_words = any(character.isalnum() for character in text)
        if joined and (not has_words or joined[-1][0] == speaker):
            # Punctuation after a quotation goes with it.
            joined[-1] = joined[-1][0], joined[-1][1] + text
        elif text.strip():
            joined.append((speaker, text))
    for speaker, text in joined:
        yield Block(text.strip(), "line" if speaker else block.kind, speaker)
