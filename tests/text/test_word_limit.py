from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tts_core.text.chunker import Chunk, chunk
from tts_core.text.word_limit import at_most_words
from tts_core.types import Pause


def pieces(text: str, limit: int) -> list[Chunk]:
    return list(at_most_words(chunk(text, 500), limit))


def test_what_fits_stays_as_it_is() -> None:
    text = "One two three. Four five.\n\nSix."
    assert pieces(text, 3) == chunk(text, 500)


def test_cut_evenly_and_at_a_clause() -> None:
    text = "When the long day was over, they all went home to sleep. Then night came."
    found = pieces(text, 8)
    assert [c.text for c in found] == [
        "When the long day was over, ",
        "they all went home to sleep. ",
        "Then night came.",
    ]
    assert [c.pause for c in found] == [Pause.CLAUSE, Pause.SENTENCE, Pause.SENTENCE]
    assert [len(c.text.split()) for c in pieces("a b c d e f g h i j", 4)] == [4, 3, 3]
    assert pieces("a b c d e f g h i j", 4)[0].pause is Pause.NONE


@given(st.text("ab, .;\n", max_size=200), st.integers(1, 6))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, limit: int) -> None:
    found = pieces(text, limit)
    assert "".join(c.text for c in found) == text
    assert all(c.text == text[c.start : c.end] for c in found)
    assert all(len(c.text.split()) <= limit for c in found)
