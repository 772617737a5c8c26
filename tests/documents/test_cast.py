"""Who speaks in a document: scripts, and quoted speech in prose, measured on marked dialogues."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.dialogues import document_of, generated, scenes, score
from tts_core.documents.cast import speakers_of, with_speakers
from tts_core.documents.document import Block, Chapter, Document

HERE = Path(__file__).parent


def cast(*texts: str) -> list[tuple[str, str]]:
    """Return the speakers and texts of the blocks that paragraphs become."""
    document = Document((Chapter("", tuple(Block(text) for text in texts)),))
    return [(b.speaker, b.text) for b in with_speakers(document).chapters[0].blocks]


@pytest.mark.parametrize(
    ("name", "quotations", "precision", "recall"),
    [
        # What the rules reach, less two hundredths.
        ("dialogues", 154, 0.95, 0.95),
        ("dialogues_second", 76, 0.88, 0.84),
        ("dialogues_classics", 52, 0.86, 0.88),
        ("dialogues_held_out", 38, 0.87, 0.87),
    ],
)
def test_speakers_are_told(name: str, quotations: int, precision: float, recall: float) -> None:
    found = score(scenes(HERE / f"{name}.txt"))
    assert found.total == quotations
    assert found.precision >= precision, found.wrong
    assert found.recall >= recall, found.wrong


def test_speakers_are_told_in_generated_dialogues() -> None:
    found = score([generated(seed) for seed in range(25)])
    assert found.total > 1_000
    assert found.precision >= 0.98, found.wrong[:20]
    assert found.recall >= 0.98, found.wrong[:20]


@pytest.mark.parametrize(
    "name", ["dialogues", "dialogues_second", "dialogues_classics", "dialogues_held_out"]
)
def test_nothing_of_the_text_is_lost(name: str) -> None:
    for scene in scenes(HERE / f"{name}.txt"):
        blocks = with_speakers(document_of(scene)).chapters[0].blocks
        spoken = "".join(block.text for block in blocks)
        assert "".join(spoken.split()) == "".join("".join(scene.paragraphs).split())


@given(
    st.lists(
        st.lists(
            st.sampled_from(["“Yes,”", "”", "“", '"', "’", "‘", "«", "»", "„", "— ", " said Anna.",
                             "Ben laughed. ", "she said ", "No ", "no.", "\n", " —dijo Luis—. "]),
            min_size=1,
            max_size=8,
        ).map("".join).map(str.strip).filter(bool),
        max_size=8,
    )
)  # fmt: skip
def test_nothing_is_lost_of_odd_texts(texts: list[str]) -> None:
    blocks = cast(*texts)
    assert "".join("".join(text for _, text in blocks).split()) == "".join("".join(texts).split())
    assert all(text for _, text in blocks)


def test_a_paragraph_is_divided() -> None:
    assert cast("“Half,” said Anna, “and no more.” She left.") == [
        ("Anna", "“Half,”"),
        ("", "said Anna,"),
        ("Anna", "“and no more.”"),
        ("", "She left."),
    ]


def test_a_script() -> None:
    assert cast("A room.", "ANNA: Hello.\nHow are you?", "BEN (laughing): Fine.", "Silence.") == [
        ("", "A room."),
        ("ANNA", "Hello.\nHow are you?"),
        ("BEN", "Fine."),
        ("", "Silence."),
    ]


def test_names_of_a_script_that_are_repeated() -> None:
    said = cast("Anna: Hello.", "Ben: Hello.", "Anna: Well?", "Ben: Well.")
    assert [speaker for speaker, _ in said] == ["Anna", "Ben", "Anna", "Ben"]


@pytest.mark.parametrize(
    "texts",
    [
        ["Note: this is no script.", "Note: nor is this.", "Note: nor this.", "Warning: hot."],
        ["There was one thing: rain.", "It was 12:30."],
        ["The so-called “experts” left.", "He wrote “no” on the door."],
        ["It's the dogs' dinner, isn't it?"],
    ],
)
def test_texts_in_which_nobody_speaks(texts: list[str]) -> None:
    assert cast(*texts) == [("", text) for text in texts]


def test_speech_without_a_name_is_the_narrators() -> None:
    assert cast("“Who is there?”", "Nobody answered.") == [
        ("", "“Who is there?”"),
        ("", "Nobody answered."),
    ]


def test_other_blocks_stay() -> None:
    blocks = (
        Block("Anna: no", "heading"),
        Block("“Yes,” said Anna.", "footnote"),
        Block("Hello", "cue", "Ben", 0.0, 1.0),
        Block("ANNA: Hi", "cue", start=1.0, end=2.0),
        Block("BEN: Hi", "cue", start=2.0, end=3.0),
    )
    front = Chapter("Copyright", (Block("“Yes,” said Carl."),), front_matter=True)
    document = with_speakers(Document((front, Chapter("", blocks))))
    assert document.chapters[0] == front
    assert document.chapters[1].blocks == (
        *blocks[:3],
        Block("Hi", "cue", "ANNA", 1.0, 2.0),
        Block("Hi", "cue", "BEN", 2.0, 3.0),
    )
    assert speakers_of(document) == {"Ben": 1, "ANNA": 1, "BEN": 1}
