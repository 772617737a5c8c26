"""What is read in languages that have little besides what CLDR gives."""

from __future__ import annotations

import pytest

from tts_core.text.reading.reader import read

CASES = {
    "bg": {
        "-5": "Минус пет",
        "3,5": "Три цяло и пет",
        "10–20 €": "Десет до двайсет евро",
        "1½": "Едно и половин",
    },
    "be": {"9": "Дзевяць", "½": "Палова"},
    "ca": {"3,5": "Tres coma cinc", "50 %": "Cinquanta per cent", "10–20": "Deu a vint"},
    "da": {
        "3,5": "Tre komma fem",
        "25.12.2024": "Femogtyvende december tyvehundrede og fireogtyve",
        "Den 1. maj kom han.": "Den første maj kom han.",
    },
    "cy": {"1½": "Un a hanner"},
    "et": {"3,5": "Kolm koma viis", "20 km": "Kakskümmend kilomeetrit"},
    "fa": {"50%": "پنجاه درصد", "-5": "منفی پنج", "3.5": "سه ممیز پنج"},
    "fi": {
        "50 %": "Viisikymmentä prosenttia",
        "6.12.2024": "Kuudes joulukuuta kaksituhattakaksikymmentäneljä",
    },
    "he": {"-5": "מינוס חמש", "20 km": "עשרים קילומטרים"},
    "hr": {"3,5": "Tri zarez pet", "20 €": "Dvadeset eura", "1. svibnja": "Prvi svibnja"},
    "hu": {"3,5": "Három egész öt", "-5": "Mínusz öt", "20 km": "Húsz kilométer"},
    "hy": {"5 m²": "Հինգ քառակուսի մետր", "3/4": "Երեք / չորս"},
    "lt": {"50 %": "Penkiasdešimt procentų", "-5": "Minus penki", "3,5": "Trys kablelis penki"},
    "lv": {"3,5": "Trīs komats pieci", "10–20": "Desmit līdz divdesmit"},
    "nb": {
        "50 %": "Femti prosent",
        "-5": "Minus fem",
        "3,5": "Tre komma fem",
        "Den 1. mai kom han.": "Den første mai kom han.",
    },
    "ro": {"3,5": "Trei virgulă cinci", "20 €": "Douăzeci euro"},
    "sk": {
        "3,5": "Tri čiarka päť",
        "20 km": "Dvadsať kilometrov",
        "10–20": "Desať až dvadsať",
        "x²": "X na druhú",
    },
    "sl": {"3,5": "Tri vejica pet", "20 €": "Dvajset evrov", "10⁶": "Deset šest"},
    "sr": {"3,5": "Три кома пет", "20 €": "Двадесет евра"},
    "ta": {"50%": "ஐம்பது சதவீதம்", "3.5": "மூன்று புள்ளி ஐந்து", "2³": "இரண்டு மூன்று"},
    # CLDR has no rules for their numbers, which stay digits for the engine.
    "bn": {"50%": "50 শতাংশ", "1,234.5": "1234.5", "10–20": "10 থেকে 20"},
    "mr": {"50%": "50 टक्के", "-5": "उणे 5"},
    "te": {"50%": "50 శాతం", "10–200": "10 – 200"},
    # And eSpeak reads their words worse than digits.
    "th": {"5 m²": "5 ตารางเมตร", "3/4": "3 / 4", "½": "ครึ่ง"},
    "ur": {"50%": "50 فیصد", "-5": "منفی 5"},
    # CLDR has nothing.
    "grc": {"2 + 2 = 4": "2 + 2 = 4", "-5": "-5"},
}


@pytest.mark.sample(20)
@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        (language, written, spoken)
        for language, cases in CASES.items()
        for written, spoken in cases.items()
    ],
)
def test_case(language: str, written: str, spoken: str) -> None:
    reading = read(written, language).spoken
    assert reading == spoken
    assert read(reading, language).spoken == reading


@pytest.mark.parametrize("sign", ["=", "+", "€", "<"])
@pytest.mark.parametrize("language", ["bg", "hu", "te", "grc"])
def test_signs_without_words_are_left_to_the_engine(language: str, sign: str) -> None:
    assert sign in read(f"a {sign} b", language).spoken
