"""Reads a document file."""

from __future__ import annotations

from pathlib import Path

from tts_core.documents.document import Block, Chapter, Document


def read_document(path: Path, name: str) -> Document:
    """Return the document in a text file, called `name`."""
    text = path.read_text(encoding="utf-8")
    blocks = tuple(Block(part.strip()) for part in text.split("\n\n") if part.strip())
    return Document((Chapter("", blocks),), title=Path(name).stem)
