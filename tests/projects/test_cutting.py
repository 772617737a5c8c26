"""How documents are cut into segments."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.journal import JOURNAL
from tts_core.documents.document import Block, Chapter, Document
from tts_core.engines.registry import ENGINES, Registry
from tts_core.projects.cutting import BREAK_SECONDS, CHAPTER_SECONDS, Cutter
from tts_core.projects.project import Narration, Part, ProjectSegment
from tts_core.types import EngineInfo, ReadingOptions


@pytest.fixture(scope="module")
def engine() -> EngineInfo:
    return Registry({**ENGINES, **JOURNAL}).info("journal")


def cut(engine: EngineInfo, *blocks: Block, **narration: object) -> list[ProjectSegment]:
    document = Document((Chapter("One", blocks),))
    how = Narration(language="en", **narration)  # type: ignore[arg-type]
    return Cutter(how, engine).chapters(document)[1]


def test_pauses(engine: EngineInfo) -> None:
    blocks = (
        Block("Chapter One", "heading"),
        Block("First. Second."),
        Block("Third.\n\n* * *"),
        Block("Fourth."),
    )
    found = cut(engine, *blocks)
    assert [s.text for s in found] == ["Chapter One", "First.", "Second.", "Third.", "Fourth."]
    assert [s.pause for s in found] == [BREAK_SECONDS, 0.4, 0.8, BREAK_SECONDS, CHAPTER_SECONDS]
    assert [s.begins_paragraph for s in found] == [True, True, False, True, True]
    assert [s.position for s in found] == list(range(5))
    slow = cut(engine, *blocks, speed=0.5, reading=ReadingOptions(pause_sentence=1))
    assert [s.pause for s in slow] == [2.4, 1.0, 1.6, 2.4, 4.0]


def test_what_is_left_out(engine: EngineInfo) -> None:
    chapters = (
        Chapter("Title page", (Block("A Book."),), front_matter=True),
        Chapter("", (Block("***"),)),
        Chapter("", (Block("Text."), Block("A note.", "footnote"))),
    )
    titles, segments = Cutter(Narration(language="en"), engine).chapters(Document(chapters))
    assert (titles, [s.text for s in segments]) == (["Chapter 1"], ["Text."])
    wanted = Narration(language="en", front_matter=True, footnotes=True)
    titles, segments = Cutter(wanted, engine).chapters(Document(chapters))
    assert titles == ["Title page", "Chapter 2"]
    assert [(s.chapter, s.text) for s in segments] == [(0, "A Book."), (1, "Text."), (1, "A note.")]


def test_speakers(engine: EngineInfo) -> None:
    text = "\u201cCome in,\u201d said Anna. \u201cSit down.\u201d"
    alone = cut(engine, Block(text))
    assert {s.speaker for s in alone} == {""}
    found = cut(engine, Block(text), Block("He sat."), cast={"Anna": Part(voice="bob")})
    assert [(s.speaker, s.text.strip("\u201c\u201d")) for s in found] == [
        ("Anna", "Come in,"),
        ("", "said Anna."),
        ("Anna", "Sit down."),
        ("", "He sat."),
    ]
    assert [s.pause for s in found] == [0.18, 0.4, 0.8, CHAPTER_SECONDS]
    assert [s.begins_paragraph for s in found] == [True, False, False, True]


def test_cues_keep_their_times(engine: EngineInfo) -> None:
    cue = Block("One. Two.", "cue", "Ann", 1.5, 4.0)
    found = cut(engine, cue)
    assert [(s.starts_at, s.ends_at) for s in found] == [(1.5, 4.0), (None, None)]
    assert {s.speaker for s in found} == {"Ann"}


def test_long_sentences_are_cut(engine: EngineInfo) -> None:
    text = "word " * 500
    found = Cutter(Narration(language="en"), engine, longest=100).chapters(
        Document((Chapter("", (Block(text),)),))
    )[1]
    assert all(len(s.text) <= 100 for s in found)
    assert " ".join(s.text for s in found).split() == text.split()
    few = Cutter(Narration(language="en"), replace(engine, max_characters=50), most_words=3)
    assert max(len(c.text.split()) for c in few.sentences(text)) == 3
