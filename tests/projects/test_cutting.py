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
    return [s for chapter in Cutter.for_engine(how, engine).chapters(document) for s in chapter]


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
    document = Document(chapters)
    usual = Cutter.for_engine(Narration(language="en"), engine)
    assert usual.titles(document) == ["Chapter 1"]
    assert [[s.text for s in chapter] for chapter in usual.chapters(document)] == [["Text."]]
    wanted = Narration(language="en", front_matter=True, footnotes=True)
    everything = Cutter.for_engine(wanted, engine)
    assert everything.titles(document) == ["Title page", "Chapter 2"]
    segments = [s for chapter in everything.chapters(document) for s in chapter]
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
    cues = Block("One.\nTwo.", "cue", "Ann", 1.5, 4.0), Block("Three.", "cue", "", 4.0, 5.25)
    found = cut(engine, *cues)
    assert [(s.text, s.speaker, s.starts_at, s.ends_at, s.slot) for s in found] == [
        ("One.\nTwo.", "Ann", 1.5, 4.0, 2.5),
        ("Three.", "", 4.0, 5.25, 1.25),
    ]


def test_long_sentences_are_cut(engine: EngineInfo) -> None:
    text = "word " * 500
    document = Document((Chapter("", (Block(text),)),))
    [found] = Cutter.for_engine(Narration(language="en"), engine, longest=100).chapters(document)
    assert all(len(s.text) <= 100 for s in found)
    assert " ".join(s.text for s in found).split() == text.split()
    short = replace(engine, max_characters=50)
    few = Cutter.for_engine(Narration(language="en"), short, most_words=3)
    assert max(len(c.text.split()) for c in few.sentences(text)) == 3
