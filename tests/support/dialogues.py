"""The marked dialogues in tests/documents/dialogues.txt, and how well speakers are told in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tts_core.documents.cast import with_speakers
from tts_core.documents.document import Block, Chapter, Document

_MARK = re.compile(r"\{([^{}/]*)\}(.*?)\{/\}", re.S)


@dataclass(frozen=True)
class Scene:
    """A scene, and who says what in it, in order."""

    language: str
    title: str
    paragraphs: tuple[str, ...]
    said: tuple[tuple[str, str], ...]
    """Speaker, "" for nobody, and the words."""


@dataclass(frozen=True)
class Score:
    """How many quotations were told right."""

    total: int
    """Quotations with a speaker."""
    given: int
    """Quotations that were given a speaker."""
    right: int
    wrong: tuple[str, ...]
    """What was told wrong, for people to read."""

    @property
    def precision(self) -> float:
        return self.right / self.given

    @property
    def recall(self) -> float:
        return self.right / self.total


def scenes(path: Path) -> list[Scene]:
    """Return the scenes of a file of marked dialogues."""
    found = []
    for part in path.read_text(encoding="utf-8").split("\n== ")[1:]:
        head, _, text = part.partition("\n")
        language, _, title = head.partition(": ")
        said = tuple((match[1], match[2]) for match in _MARK.finditer(text))
        paragraphs = tuple(p.strip() for p in _MARK.sub(r"\2", text).split("\n\n") if p.strip())
        found.append(Scene(language, title, paragraphs, said))
    return found


def document_of(scene: Scene) -> Document:
    """Return a scene as a document."""
    return Document((Chapter(scene.title, tuple(Block(text) for text in scene.paragraphs)),))


def score(found: list[Scene]) -> Score:
    """Return how well `with_speakers` tells the speakers of scenes, each as a document."""
    total = given = right = 0
    wrong: list[str] = []
    for scene in found:
        blocks = list(with_speakers(document_of(scene)).chapters[0].blocks)
        at = 0
        for speaker, words in scene.said:
            while at < len(blocks) and words not in blocks[at].text:
                at += 1
            told = blocks[at].speaker if at < len(blocks) else "(lost)"
            if at >= len(blocks):
                at = 0
            total += bool(speaker)
            given += bool(told)
            is_right = _key(told) == _key(speaker)
            right += is_right and bool(speaker)
            if not is_right:
                wrong.append(f"{scene.title}: {words} {speaker or '-'}, not {told or '-'}")
    return Score(total, given, right, tuple(wrong))


def _key(name: str) -> str:
    """Return a name without title and article."""
    return name.split()[-1].casefold() if name else ""
