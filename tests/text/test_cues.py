"""Where subtitles are cut: within their width and time, and never inside what is read as one."""

from __future__ import annotations

import random
import unicodedata
from itertools import pairwise
from typing import NamedTuple

import pytest

from tts_core.text.cues import Cue, cues_from
from tts_core.types import WordTiming

SECONDS = 7.0


class Vocabulary(NamedTuple):
    """Words of a language; those with spaces and signs are read as one."""

    words: str
    figures: tuple[str, ...]
    columns: int = 42
    comma: str = ","
    stop: str = "."
    space: str = " "


LANGUAGES = {
    "en": Vocabulary(
        "the of a committee and railway which government said house to people in",
        ("May 3, 2024", "$3.5 million", "1,234,567", "5 p.m.", "555-0123", "Dr. Smith"),
    ),
    "de": Vocabulary(
        "der die und Verwaltungsvorschrift nicht mit Haus wir gehen oder Straße",
        ("3. Mai 2024", "1.234,50 €", "z. B.", "19. Jahrhundert", "5 kg"),
    ),
    "fr": Vocabulary(
        "le la gouvernement de maison qui avec les chemin et aujourd'hui pour",
        ("3 mai 2024", "1 000 000 d'euros", "14 h 30", "XIXe siècle"),
    ),
    "es": Vocabulary(
        "el la casa de y gobierno que ferrocarril con los una para también",
        ("3 de mayo de 2024", "3,5 millones de dólares", "5 km/h"),
    ),
    "ru": Vocabulary(
        "и в на дом правительство который железная дорога с мы идём или",
        ("3 мая 2024 года", "1 234 567 рублей", "5 кг"),
    ),
    "zh": Vocabulary(
        "我们 北京 天气 的 政府 铁路 很 好 一起 去 和 人民 说",
        ("2024年5月3日", "3.5公斤", "1,234", "百分之五"),
        32, "，", "。", "",
    ),
    "ja": Vocabulary(
        "私 たち は 京都 へ 行き まし た コンピューター が 好き です 政府 の",
        ("2024年5月3日", "3.5キロ", "1,234円"),
        26, "、", "。", "",
    ),
    "ko": Vocabulary(
        "우리는 서울에 정부가 철도를 그리고 사람들이 매우 좋은 집에서 말했다",
        ("2024년 5월 3일", "350만 달러", "1,234원"),
        32,
    ),
}  # fmt: skip


class Speech(NamedTuple):
    language: str
    segments: list[WordTiming]
    words: list[WordTiming]


def drawn(seed: int) -> Speech:
    """Return a text of some sentences with made-up times; now and then somebody speaks slowly."""
    chance = random.Random(seed)
    language = list(LANGUAGES)[seed % len(LANGUAGES)]
    vocabulary = LANGUAGES[language]
    clock = 0.0
    segments, words = [], []
    for _ in range(chance.randint(1, 6)):
        text, begin, is_figure = "", clock, False
        length = chance.randint(1, 60)
        pace = chance.choice((0.02, 0.06, 0.3))
        for number in range(1, length + 1):
            is_figure = not is_figure and chance.random() < 0.25
            word = chance.choice(vocabulary.figures if is_figure else vocabulary.words.split())
            if number == length:
                word += vocabulary.stop
            elif chance.random() < 0.1:
                word += vocabulary.comma
            start = round(clock + chance.choice((0.0, 0.0, 0.13)), 3)
            clock = round(start + pace * len(word) + 0.05, 3)
            words.append(WordTiming(word, start, clock))
            text += word + vocabulary.space * (number < length)
        clock = round(clock + 0.2, 3)
        segments.append(WordTiming(text, begin, clock))
    return Speech(language, segments, words)


def squeezed(text: str) -> str:
    return "".join(text.split())


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


@pytest.mark.parametrize("seed", range(50))
def test_texts_of_eight_languages(seed: int) -> None:
    language, segments, words = drawn(seed)
    cues = cues_from(segments, words)
    assert squeezed("".join(c.text for c in cues)) == squeezed("".join(s.text for s in segments))
    remaining = list(words)
    for cue in cues:
        inside: list[WordTiming] = []
        text = squeezed(cue.text)
        while text:  # whole words only
            inside.append(remaining.pop(0))
            said = squeezed(inside[-1].text)
            assert text.startswith(said), f"{said!r} is cut by {cue}"
            text = text.removeprefix(said)
        assert (cue.start, cue.end) == (inside[0].start, inside[-1].end)
        assert cue.end - cue.start <= SECONDS or len(inside) == 1
        lines = cue.text.split("\n")
        assert len(lines) <= 2
        assert all(0 < width(line) <= LANGUAGES[language].columns for line in lines)
        assert all(w.text in cue.text for w in inside), "no line ends inside a word"
    assert not remaining
    assert all(a.end <= b.start for a, b in pairwise(cues))


def texts(text: str, seconds: float = 6.0) -> list[str]:
    """The cues of a text of which no word's time is known."""
    return [cue.text for cue in cues_from([WordTiming(text, 0, seconds)], None)]


def test_clauses_rather_than_even_parts() -> None:
    assert texts(
        "When the long winter was over at last, and the snow had gone from the fields, "
        "they opened the gate and walked down to the river that ran behind the house."
    ) == [
        "When the long winter was over at last,\nand the snow had gone from the fields,",
        "they opened the gate and walked down\nto the river that ran behind the house.",
    ]


def test_spaces_that_keep_words_together_do() -> None:
    for before in range(1, 40):
        found = texts("so " * before + "10\u00a0Main\u202fStreet" + "\n so" * 20)
        lines = [line for cue in found for line in cue.split("\n")]
        assert any("10\u00a0Main\u202fStreet" in line for line in lines)
        assert all(line == line.strip() and "  " not in line for line in lines)


def test_no_line_ends_with_an_article() -> None:
    (cue,) = texts("They walked along a narrow road to the old house of the captain.")
    assert cue == "They walked along a narrow road\nto the old house of the captain."


@pytest.mark.parametrize(
    "whole",
    ["May 3, 2024", "3. Mai 2024", "3 de mayo de 2024", "1 000 000", "5 kg", "2024년 5월 3일"],
)
def test_figures_stay_whole_without_the_times_of_words(whole: str) -> None:
    for before in range(1, 40):
        found = texts("so " * before + whole + " so" * 20)
        assert any(whole in line for cue in found for line in cue.split("\n")), found


def test_chinese_is_not_cut_before_closing_signs_nor_inside_numbers() -> None:
    for before in range(1, 30):
        found = texts("天" * before + "，“他有2024年5月3日的3.5公斤苹果”。" + "气" * 40)
        lines = [line for cue in found for line in cue.split("\n")]
        assert all(line[0] not in "，。”" and line[-1] not in "“" for line in lines), lines
        assert any("2024年5月3日" in line for line in lines)
        assert any("3.5公" in line for line in lines)
        assert all(width(line) <= 32 for line in lines)


def test_chinese_words_stay_whole() -> None:
    for before in range(1, 30):
        found = texts(
            "好" * before + "，我们昨天在北京的商店里看到了新的手机和电脑然后坐火车回到上海"
        )
        lines = "\n".join(found)
        assert all(word in lines for word in ("北京", "商店", "手机", "电脑", "火车", "上海")), (
            lines
        )


def test_japanese_is_cut_before_phrases() -> None:
    found = texts("私たちは新しいコンピューターを買いにデパートへ行きました。")
    lines = [line for cue in found for line in cue.split("\n")]
    assert "".join(lines) == "私たちは新しいコンピューターを買いにデパートへ行きました。"
    assert all(line[0] in "私新コ買デ行" for line in lines), lines


def test_thai_vowels_stay_with_their_consonants() -> None:
    lines = [line for cue in texts("เขาไปซื้อของที่ตลาดใกล้บ้าน" * 6) for line in cue.split("\n")]
    assert all(line[0] not in "ะาำๆ่้ื" and line[-1] not in "เแโใไ" for line in lines)
    assert all(len(line) <= 60 for line in lines)


def test_a_single_long_word_stays_one_cue() -> None:
    words = [
        WordTiming("one", 0, 0.5),
        WordTiming("555 0123 4567", 0.5, 9),
        WordTiming("two", 9, 10),
    ]
    cues = cues_from([WordTiming("one 555 0123 4567 two", 0, 10)], words)
    assert cues == [Cue("one", 0, 0.5), Cue("555 0123 4567", 0.5, 9), Cue("two", 9, 10)]


def test_words_that_begin_before_their_segment() -> None:
    segments = [WordTiming("One, two.", 0, 1), WordTiming("= 3, so.", 1, 2)]
    words = [
        WordTiming("One,", 0, 0.4), WordTiming("two.", 0.4, 0.85), WordTiming("=", 0.95, 1.2),
        WordTiming("3,", 1.2, 1.4), WordTiming("so.", 1.4, 1.9),
    ]  # fmt: skip
    assert cues_from(segments, words) == [Cue("One, two.", 0, 0.85), Cue("= 3, so.", 1, 1.9)]
    segments[1] = WordTiming("= 3, so.", 1.05, 2)
    segments[0] = WordTiming("One, two.", 0, 0.9)
    assert cues_from(segments, words) == [Cue("One, two.", 0, 0.85), Cue("= 3, so.", 0.95, 1.9)]


def test_a_chinese_sentence_of_latin_letters_has_chinese_lines() -> None:
    segments = [
        WordTiming("我们昨天在商店里看到了新的手机和电脑。", 0, 4),
        WordTiming("iPhone 15 Pro Max，USB-C，Bluetooth 5.3，100°C。", 4, 9),
    ]
    for cue in cues_from(segments, None):
        assert all(width(line) <= 32 for line in cue.text.split("\n"))


def test_what_is_wider_than_two_lines_is_cut_anyway() -> None:
    word = "https://example.org/" + "a" * 100
    found = texts(f"See {word} now.")
    assert squeezed("".join(found)) == squeezed(f"See {word} now.")
    assert all(width(line) <= 42 for cue in found for line in cue.split("\n"))


def test_french_signs_stay_with_their_words() -> None:
    for before in range(1, 40):
        found = texts("oui " * before + "« vraiment » ? Non !" + " oui" * 20)
        lines = [line for cue in found for line in cue.split("\n")]
        assert all(line[0] not in "»?!" and line[-1] != "«" for line in lines)


@pytest.mark.parametrize("text", ["many words are here ", "天气很好", "🇩🇪", "5 "])
def test_a_long_text_in_one_segment(text: str) -> None:
    """Which would take minutes if the work grew with the square of the length."""
    text *= 10_000 // len(text)
    cues = cues_from([WordTiming(text, 0, 4_000)], None)
    assert squeezed("".join(c.text for c in cues)) == squeezed(text)
    assert all(width(line) <= 42 for c in cues for line in c.text.split("\n"))
