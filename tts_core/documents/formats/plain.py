"""Reads plain text: paragraphs, and headings by their words."""

from __future__ import annotations

import re

from tts_core.documents.flow import Flow
from tts_core.documents.formats.lines import HARD_WRAP, joined, paragraphs
from tts_core.documents.headings import (
    breaks_off,
    heading_level,
    is_bare_number,
    is_scene_break,
    number_value,
)

_GUTENBERG_START = re.compile(r"^\*{3} ?START OF (?:THE|THIS) PROJECT GUTENBERG.*$", re.M | re.I)
_GUTENBERG_END = re.compile(
    r"^(?:\*{3} ?END OF (?:THE|THIS) PROJECT GUTENBERG|End of (?:the )?Project Gutenberg).*",
    re.M | re.I,
)
_FIELD = re.compile(r"^(Title|Author|Language): (.+)$", re.M)
_LANGUAGES = {"English": "en", "German": "de", "French": "fr", "Spanish": "es", "Italian": "it"}
_LEAST_NUMBERS = 2
"""Bare numbers on lines of their own that are taken for headings, in order from 1 on."""
_SUBTITLE = 80
"""Characters of the line below "Chapter I" that belongs to the heading."""

_TITLED = re.compile(r"[.:—–]")
"""In a heading that has its title on the same line, which the next one then continues."""


def read_text(text: str, flow: Flow) -> dict[str, str]:
    """Append a text to a flow; return its title, author and language, as far as it says them.

    A scene break becomes the end of the paragraph before. The license that Project Gutenberg puts
    around its texts is left out. Raises TooLargeError.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").expandtabs(4)
    about: dict[str, str] = {}
    if start := _GUTENBERG_START.search(text):
        about = {match[1].lower(): match[2] for match in _FIELD.finditer(text[: start.start()])}
        about["language"] = _LANGUAGES.get(about.get("language", ""), "")
        end = _GUTENBERG_END.search(text, start.end())
        text = text[start.end() : end.start() if end else len(text)]
        flow.warn("The license of Project Gutenberg before and after the text was left out.")
    blocks = list(paragraphs(text))
    add_paragraphs(blocks, flow)
    return about


def add_paragraphs(
    blocks: list[list[str]], flow: Flow, hard_wrap: int = HARD_WRAP, heading_lines: int = 2
) -> None:
    """Append paragraphs, as lists of lines, to a flow, with headings told from text.

    `hard_wrap`: as for `lines.joined`. `heading_lines`: that a heading has at most.
    """
    numbers = _bare_numbers(blocks)
    for index, lines in enumerate(blocks):
        level, heading = _heading(lines, heading_lines)
        if index in numbers:
            flow.add(lines[0], "heading", level=2)
        elif level:
            flow.add(heading, "heading", level=level)
            if len(lines) > 1 and heading == lines[0].strip():
                flow.add(joined(lines[1:], hard_wrap))
        elif len(lines) == 1 and is_scene_break(lines[0]):
            flow.scene_break()
        else:
            flow.add(joined(lines, hard_wrap))


def _heading(lines: list[str], most: int) -> tuple[int, str]:
    """Return the level of the heading that a paragraph begins with, and its text.

    `most`: lines of a heading.
    """
    first, *others = (line.strip() for line in lines)
    level = heading_level(first)
    if not 2 <= len(lines) <= most or any(len(o) > _SUBTITLE or heading_level(o) for o in others):
        return level, first
    rest = " ".join(others)
    if breaks_off(first):
        whole = f"{first} {rest}"
        return (heading_level(whole), whole) if rest[:1].isupper() else (0, first)
    if level and not rest.endswith((".", ",", ";")):
        start = first.rstrip(" .:")
        return level, f"{start} {rest}" if _TITLED.search(start) else f"{start}: {rest}"
    return level, first


def _bare_numbers(blocks: list[list[str]]) -> set[int]:
    """Return which paragraphs are numbers of chapters: "I", "II", or "1", "2", each on a line."""
    found = [i for i, lines in enumerate(blocks) if len(lines) == 1 and is_bare_number(lines[0])]
    values = [number_value(blocks[i][0]) for i in found]
    if len(found) >= _LEAST_NUMBERS and values == list(range(1, len(values) + 1)):
        return set(found)
    return set()
