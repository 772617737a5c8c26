"""Divides the text of a document into chapters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from tts_core.documents.document import Block, Chapter
from tts_core.documents.flow import Item, title_of
from tts_core.documents.headings import heading_level, is_front_matter
from tts_core.documents.limits import MOST_CHAPTERS, too_large

_LARGE_CHAPTER = 60_000
"""Characters above which chapters are divided further, at the headings of the next level."""
_TITLE_PAGE = 400
"""Characters of a text before the first chapter that passes for a title page."""
_CONTENTS = 3
"""Headings in a row, without a text, that are a table of contents."""


@dataclass(slots=True)
class Part:
    """A chapter in the making."""

    title: str
    items: list[Item] = field(default_factory=list)
    front_matter: bool = False


def by_headings(items: Sequence[Item]) -> tuple[Chapter, ...]:
    """Return the chapters that begin at the headings of one level, and of those above it."""
    level = _level_of_chapters(items)
    parts: list[Part] = []
    for item in items:
        if 0 < item.level <= level or not parts:
            parts.append(Part(title_of(item.block.text) if item.level else ""))
        parts[-1].items.append(item)
    return finished(_without_contents(parts))


def by_anchors(items: Iterable[Item], titles: dict[str, str]) -> list[Part]:
    """Return the chapters that begin at anchors. `titles`: of the anchors at which one does."""
    parts: list[Part] = []
    for item in items:
        found = next((name for name in item.anchors if name in titles), None)
        if found is not None:
            parts.append(Part(titles[found]))
        elif not parts:
            parts.append(Part(""))
        parts[-1].items.append(item)
    return parts


def finished(parts: Iterable[Part]) -> tuple[Chapter, ...]:
    """Return parts as chapters: footnotes last, front matter marked, empty ones left out.

    Raises TooLargeError for too many.
    """
    parts = [part for part in parts if part.items]
    if len(parts) > MOST_CHAPTERS:
        raise too_large(
            f"The document has {len(parts):,} chapters; the limit is {MOST_CHAPTERS:,}. Split it "
            "into several files."
        )
    first_text = next((i for i, part in enumerate(parts) if heading_level(part.title)), 0)
    return tuple(
        Chapter(
            part.title,
            _ordered(part.items),
            part.front_matter
            or is_front_matter(part.title)
            or (index < first_text and _length(part.items) <= _TITLE_PAGE),
        )
        for index, part in enumerate(parts)
    )


def _ordered(items: Collection[Item]) -> tuple[Block, ...]:
    notes = [item.block for item in items if item.block.kind == "footnote"]
    return (*(item.block for item in items if item.block.kind != "footnote"), *notes)


def _length(items: Iterable[Item]) -> int:
    return sum(len(item.block.text) for item in items)


def _level_of_chapters(items: Sequence[Item]) -> int:
    """Return the level of the headings at which chapters begin; 0 without headings."""
    levels = Counter(item.level for item in items if item.level)
    if not levels:
        return 0
    named = Counter(
        item.level for item in items if item.level and heading_level(item.block.text) == 2
    )
    if named and named.most_common(1)[0][1] > 1:
        return max(level for level, count in named.items() if count > 1)
    repeated = sorted(level for level, count in levels.items() if count > 1)
    if not repeated:
        return max(levels)
    size = _length(items)
    level = repeated[0]
    for deeper in repeated[1:]:
        chapters = sum(count for other, count in levels.items() if other <= level)
        if size / chapters <= _LARGE_CHAPTER:
            break
        level = deeper
    return level


def _without_contents(parts: list[Part]) -> list[Part]:
    """Return the parts with those of a table of contents, which have no text, made one."""
    found: list[Part] = []
    run: list[Part] = []
    for part in [*parts, Part("", [])]:
        if part.items and all(item.level for item in part.items):
            run.append(part)
            continue
        # The last of the run is a heading right above the text: "Part One", "Chapter 1".
        if len(run) > _CONTENTS:
            items = [item for heading in run[:-1] for item in heading.items]
            found.append(Part(run[0].title, items, front_matter=True))
            run = run[-1:]
        found += run
        run = []
        found.append(part)
    return found
