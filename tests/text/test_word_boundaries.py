from __future__ import annotations

from itertools import pairwise

import pytest

from tts_core.text.word_boundaries import word_starts


@pytest.mark.parametrize(
    "words",
    [
        ["ကျွန်တော်", "စာအုပ်", "ဖတ်", "နေ", "ပါ", "တယ်"],  # Burmese: I am reading a book
        ["ខ្ញុំ", "កំពុង", "អាន", "សៀវភៅ"],  # Khmer, the same
        ["ខ្ញុំ", "អាន ", "សៀវភៅ។ ", "ល្អ"],  # with a space and a full stop
        ["ຂ້ອຍ", "ກຳລັງ", "ອ່ານ", "ປຶ້ມ"],  # Lao
        ["😀 ", "ខ្ញុំ", "អាន"],
        ["ผม", "กำลัง", "อ่าน", "หนังสือ"],  # Thai
    ],
)
def test_words_begin_where_they_do(words: list[str]) -> None:
    text = "".join(words)
    lengths = [len("".join(words[:count])) for count in range(1, len(words))]
    assert word_starts(text) == frozenset(lengths)


def test_words_with_spaces_between_them_are_not_looked_for() -> None:
    assert word_starts("I am reading a book.") == frozenset()


def test_burmese_and_khmer_take_linear_time_and_keep_their_order() -> None:
    text = "ကျွန်တော်စာအုပ်ဖတ်နေပါတယ်" * 2000 + "ខ្ញុំកំពុងអានសៀវភៅ" * 2000
    starts = sorted(word_starts(text))
    assert len(starts) > 15_000
    assert max(after - before for before, after in pairwise(starts)) < 12
