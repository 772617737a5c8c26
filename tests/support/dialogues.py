"""The marked dialogues in tests/documents/dialogues.txt, and how well speakers are told in them."""

from __future__ import annotations

import random
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
        at = after = 0
        for speaker, words in scene.said:
            while at < len(blocks) and words not in blocks[at].text[after:]:
                at, after = at + 1, 0
            told = blocks[at].speaker
            after = blocks[at].text.index(words, after) + len(words)
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


_MEN = ("Arthur", "Bruno", "Casper", "Dennis", "Edgar")
_WOMEN = ("Freya", "Greta", "Helen", "Irene", "Julia")
_LINES = (
    "I left it on the table", "Nobody told me", "You know as well as I do", "It rained all night",
    "We should go before dark", "The key is under the stone", "I never said that",
)  # fmt: skip
_VERBS = ("said", "asked", "replied", "whispered", "shouted", "muttered")
_BEATS = ("laughed", "opened the window", "looked away", "sat down", "shrugged")


def generated(seed: int, turns: int = 40) -> Scene:
    """Return a scene of a man and a woman who speak in turn, in the forms that novels have."""
    chance = random.Random(seed)
    people = [(chance.choice(_MEN), "he"), (chance.choice(_WOMEN), "she")]
    paragraphs: list[str] = []
    said: list[tuple[str, str]] = []
    for turn in range(turns):
        name, pronoun = people[turn % 2]
        line = chance.choice(_LINES)
        verb, beat = chance.choice(_VERBS), chance.choice(_BEATS)
        comma, stop = f"“{line},”", f"“{line}.”"
        forms = [
            (f"{comma} {verb} {name}.", [comma]),
            (f"{comma} {name} {verb} quietly.", [comma]),
            (f"{name} {beat}. {stop}", [stop]),
            (f"{stop} {name} {beat}.", [stop]),
            (f"{name} {verb}, {stop}", [stop]),
            (f"{comma} {verb} {name}, “and more.”", [comma, "“and more.”"]),
            (f"{comma} {pronoun} {verb}.", [comma]),
            (stop, [stop]),
        ]
        text, quoted = chance.choice(forms[:6] if turn < 2 else forms)
        paragraphs.append(text)
        said += ((name, quote) for quote in quoted)
    return Scene("en", f"generated {seed}", tuple(paragraphs), tuple(said))
