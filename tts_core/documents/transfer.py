"""Documents as JSON, by which the process that reads a file hands over the result."""

from __future__ import annotations

import base64
import json
from typing import Any

from tts_core.documents.document import Block, Chapter, Cover, Document


def to_json(document: Document) -> str:
    """Return a document as JSON; blocks are arrays, which keeps it small."""
    return json.dumps(
        {
            "title": document.title,
            "author": document.author,
            "language": document.language,
            "warnings": document.warnings,
            "cover": _cover(document.cover),
            "chapters": [
                [
                    chapter.title,
                    chapter.front_matter,
                    [[b.text, b.kind, b.speaker, b.start, b.end] for b in chapter.blocks],
                ]
                for chapter in document.chapters
            ],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def from_json(data: str | bytes) -> Document:
    """Return the document that `to_json` was given."""
    values: dict[str, Any] = json.loads(data)
    cover = values["cover"]
    return Document(
        chapters=tuple(
            Chapter(title, tuple(Block(*block) for block in blocks), front_matter)
            for title, front_matter, blocks in values["chapters"]
        ),
        title=values["title"],
        author=values["author"],
        language=values["language"],
        cover=cover and Cover(base64.b64decode(cover[0]), cover[1]),
        warnings=tuple(values["warnings"]),
    )


def _cover(cover: Cover | None) -> tuple[str, str] | None:
    if cover is None:
        return None
    return base64.b64encode(cover.data).decode("ascii"), cover.mime_type
