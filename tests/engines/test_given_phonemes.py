"""Phonemes that are given for words, in the alphabets of the engines."""

from __future__ import annotations

import threading

import pytest

from tts_core.engines.espeak.library import Prosody, library
from tts_core.engines.espeak.mnemonics import marked, mnemonics_of
from tts_core.engines.phonemes.base import Phonemes, Word
from tts_core.engines.phonemes.front_end import phonemes_of
from tts_core.engines.phonemes.given import tidy, with_given
from tts_core.engines.phonemes.ipa import misaki_of
from tts_core.types import WordPhonemes


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("/təˈmɑː.təʊ/", "təmˈɑːtəʊ"),
        ("ˌɪntəˈnæʃnəl", "ˌɪntənˈæʃnəl"),
        ("t͡ʃɪn", "tʃɪn"),
        ("ˈgri:n", "ɡrˈiːn"),
        ("ˈstreŋθ 'tu", "strˈeŋθ tˈu"),
    ],
)
def test_stress_stands_before_the_vowel(written: str, expected: str) -> None:
    assert tidy(written) == expected


@pytest.mark.parametrize(
    ("language", "ipa", "expected"),
    [
        ("en-us", "təˈmeɪtoʊ", "təmˈAtO"),
        ("en-us", "təˈmɑːtəʊ", "təmˈɑtO"),
        ("en-gb", "təˈmɑːtəʊ", "təmˈɑːtQ"),
        ("en-us", "ˈfɑːðər", "fˈɑðəɹ"),
        ("en-us", "ˈbed", "bˈɛd"),
        ("en-us", "ˈt͡ʃɔɪs", "ʧˈYs"),
        ("fr", "bɔ̃ʒuʁ", "bɔ̃ʒuʁ"),
        ("es", "ˈkaʎe", "kˈaʎe"),
    ],
)
def test_misakis_alphabet(language: str, ipa: str, expected: str) -> None:
    assert misaki_of(ipa, language) == expected


@pytest.mark.parametrize(
    ("voice", "ipa"),
    [
        ("gmw/en-US", "kwˈɪnoʊə"),
        ("gmw/en-US", "ʃənˈuː"),
        ("gmw/en-US", "dʒˈɪf"),
        ("gmw/en-US", "θˈɜːrəli"),
        ("gmw/en", "bˈɒtəl"),
        ("gmw/de", "mˈyːlə"),
        ("gmw/de", "bˈax"),
        ("roa/fr", "kʁwasˈɑ̃"),
        ("roa/es", "kˈaʎe"),
        ("roa/es", "pˈero"),
        ("roa/it", "ɲˈɔkki"),
        ("zle/ru", "ʐˈizn"),
    ],
)
def test_espeak_says_what_was_given(voice: str, ipa: str) -> None:
    mnemonics = mnemonics_of(ipa, voice)
    back = library().phonemes([f"[[{mnemonics}]]"], voice, mnemonics=True)[0]
    assert back.replace("^", "").replace("ɪ", "i") == ipa.replace("ɪ", "i")


def test_brackets_of_a_text_are_text_again_afterwards() -> None:
    speech = library()
    plain, _ = speech.synthesize("[[h@l'oU]]", "gmw/en-US", Prosody(), threading.Event())
    said = speech.phonemes(["[[h@l'oU]]"], "gmw/en-US")
    mnemonics_of("tə", "gmw/en-US")
    again, _ = speech.synthesize("[[h@l'oU]]", "gmw/en-US", Prosody(), threading.Event())
    assert len(plain) == pytest.approx(len(again), abs=100)
    assert speech.phonemes(["[[h@l'oU]]"], "gmw/en-US") == said


def test_places_in_a_text_with_mnemonics() -> None:
    text = "Eat xvq, now."
    found = marked(text, [WordPhonemes(4, 3, "tə")], "gmw/en-US")
    assert found.text == "Eat  [[t|@]] , now."
    assert len(found.origin) == len(found.text)
    assert text[found.origin[found.text.index("now")]] == "n"
    assert found.origin[found.text.index("[[")] == 4


def test_words_of_a_front_end_keep_their_places() -> None:
    text = "I eat xvq, and more."
    found = phonemes_of(text, "en-us", [WordPhonemes(6, 3, "təˈmɑːtoʊ")])
    sounds = {word.text: found.text[word.start : word.end] for word in found.words}
    assert sounds["xvq,"] == "təmˈɑtO"
    assert sounds["and"] == "ænd"
    assert "təmˈɑtO, " in found.text


def test_several_words_and_parts_of_words() -> None:
    phonemes = Phonemes("a b-c d", [Word("aa", 0, 1), Word("b-c", 2, 5), Word("dd", 6, 7)])

    def given(start: int, length: int, ipa: str) -> Phonemes:
        wanted = [WordPhonemes(start, length, ipa)]
        return with_given(phonemes, "aa b-c dd", wanted, lambda ipa: ipa)

    both = given(3, 6, "xxxx")
    assert both.text == "a xxxx"
    assert [both.text[w.start : w.end] for w in both.words] == ["a", "xx", "xx"]
    assert given(3, 1, "x") is not phonemes
    assert given(3, 1, "x").text == phonemes.text
    assert given(7, 2, "").text == phonemes.text
