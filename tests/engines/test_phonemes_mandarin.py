"""Mandarin phonemes: pypinyin's syllables in misaki's transcription."""

from __future__ import annotations

import pytest

from tts_core.engines.phonemes.base import ALPHABET
from tts_core.engines.phonemes.front_end import phonemes_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # One character, two readings.
        ("银行的行人", "银行 i↗nxa↗ŋ|的 tɤ|行人 ɕi↗ŋɻə↗n"),
        # Third tones before others, and the tones of 一 and 不.
        ("你好", "你 ni↗|好 xau↓"),
        ("我很好", "我 wo↓|很 xə↗n|好 xau↓"),
        ("一个不对", "一 i↗|个 kɤ↘|不 pu↗|对 twei↘"),
        # Vowels after hissing consonants, and without one.
        ("是四月", "是 ʂɨ↘|四月 sɨ↘ɥe↘"),
        ("女儿去公园", "女儿去 ny↓ɚ↗ʨʰy↘|公园 kʊ→ŋɥɛ↗n"),
        ("嗯。", "嗯 ən↗"),
        ("Python 3", "Python pˈIθən|3 sa→n"),
    ],
)
def test_each_word_has_its_place(text: str, words: str) -> None:
    phonemes = phonemes_of(text, "cmn")
    found = [f"{w.text} {phonemes.text[w.start : w.end]}" for w in phonemes.words]
    assert "|".join(found) == words


def test_marks_are_pauses() -> None:
    assert phonemes_of("「好！！」，走吧。", "cmn").text == "“xau↓!”, ʦou↓ pa."


def test_every_syllable_has_phonemes() -> None:
    from pypinyin.pinyin_dict import pinyin_dict

    usual = "".join(chr(code) for code in pinyin_dict if 0x4E00 <= code <= 0x9FFF)
    phonemes = phonemes_of(usual, "cmn")
    assert set(phonemes.text) <= ALPHABET
    assert "".join(word.text for word in phonemes.words) == usual


def test_characters_without_pinyin_are_left_out() -> None:
    assert phonemes_of("\U0002fa1c好", "cmn").text == "xau↓"
