"""Polish words: ordinals, nouns by ending, first parts of compounds, units that CLDR lacks."""

from __future__ import annotations

from tts_core.text.reading.languages.slavic.ordinals import Ordinals, endings, noun_forms, row
from tts_core.text.reading.tables import words

ORDINALS = Ordinals(
    ones=row(
        "pierwszy drugi trzeci czwarty piąty szósty siódmy ósmy dziewiąty dziesiąty",
        "jedenasty dwunasty trzynasty czternasty piętnasty szesnasty siedemnasty",
        "osiemnasty dziewiętnasty",
    ),
    tens=row(
        "dwudziesty trzydziesty czterdziesty pięćdziesiąty sześćdziesiąty",
        "siedemdziesiąty osiemdziesiąty dziewięćdziesiąty",
    ),
    hundreds=row(
        "setny dwusetny trzechsetny czterechsetny pięćsetny sześćsetny siedemsetny",
        "osiemsetny dziewięćsetny",
    ),
    thousand="tysięczny",
    million="milionowy",
    endings={
        "y": endings(
            m="y ego emu y ym ym", f="a ej ej ą ą ej", n="e ego emu e ym ym", p="e ych ym e ymi ych"
        ),
        "gi": endings(
            m="gi giego giemu gi gim gim",
            f="ga giej giej gą gą giej",
            n="gie giego giemu gie gim gim",
            p="gie gich gim gie gimi gich",
        ),
        "ci": endings(
            m="ci ciego ciemu ci cim cim",
            f="cia ciej ciej cią cią ciej",
            n="cie ciego ciemu cie cim cim",
            p="cie cich cim cie cimi cich",
        ),
    },
    ordinal_tens=True,
)
SUFFIXES = {
    **dict.fromkeys(words("szy wszy gi ci ty y my sty ny"), "masculine"),
    **dict.fromkeys(words("sza wsza ga cia ta a ma sta na"), "feminine"),
    **dict.fromkeys(words("sze wsze gie cie te e me ste ne"), "neuter"),
    **dict.fromkeys(words("szego wszego giego ciego tego ego mego stego go"), "masculine-genitive"),
    **dict.fromkeys(words("szej wszej giej ciej tej ej mej stej"), "feminine-genitive"),
    **dict.fromkeys(words("szym wszym gim cim tym ym mym stym"), "masculine-locative"),
    **dict.fromkeys(words("szą wszą gą cią tą ą mą stą"), "feminine-accusative"),
    **dict.fromkeys(words("tych ych"), "plural-genitive"),
}
"""Form of an ordinal by its suffix: "1-szy", "10-ta"."""
PREPOSITIONS = {
    **dict.fromkeys(
        words(
            "do od z ze bez dla około ok koło powyżej poniżej spośród wśród podczas u oprócz",
            "blisko wokół według wobec zamiast obok podczas trakcie ciągu roku połowy połowie",
            "końca końcu przełomie przełomu początku początkiem końcem za",
        )
        - words("roku za"),
        "-genitive",
    ),
    **dict.fromkeys(words("w we na o po przy"), "-locative"),
    **dict.fromkeys(words("przed między nad pod"), "-instrumental"),
    **dict.fromkeys(words("ku dzięki przeciw"), "-dative"),
}
NOUNS = noun_forms(
    """
    a: f mg f | ę: fa | ą: fi | em: mi | ów: pg | ach: pl | ami: pi | om: pd
    y i: fg fg fl | szy ski cki: m | u: mg mg ml | e: n n ml | o um: n | ść: f
    ej: fg fg fl | ego: mg | emu: md | ym im: mi mi ml | ych ich: pg pg pl
    _noc _rzecz _część _pamięć _sól _twarz _wieś _sieć _podróż _kolej: f
    _klasie _stronie _rundzie _turze _zmianie _godzinie _minucie _sekundzie _lidze _grupie
    _wojnie _rocznicy _ulicy _kolejce _książce _dekadzie _sali _bramce _połowie _scenie: fl
    _lata: p | _lat: pg | _latach: pl | _latom: pd | _latami: pi
    _mężczyzna _kolega _poeta _artysta _turysta _kierowca _tata: m
    _imię _zwierzę _dziewczę: n | _wieki: p | _wieków: pg | _wiekach: pl
    _tom _atom _dom _poziom: m | _dniu _meczu _tygodniu: ml | _dzień _tydzień: m
    _wieku _roku: mg mg ml
    _wieki: p | _rokowi: md
    """
)
PLURALS = {
    **dict.fromkeys(
        words(
            "cje sje zje ice yce ówki iny yny anki enki",
        ),
        "feminine",
    ),
    **{f" {word}": "masculine" for word in words("terminy magazyny czyny kominy młyny krzyże")},
    **{
        f" {word}": "feminine"
        for word in words(
            "osoby minuty sekundy strony kobiety córki siostry matki żony tony gwiazdki części",
            "rzeczy noce zmiany grupy klasy sztuki pary ryby butelki książki kartki łyżki",
            "łyżeczki puszki paczki kostki torebki bułki firmy szkoły bramki rundy tury wersje",
            "mapy lampy gry karty dekady doby krowy kury sprawy nazwy zasady metody formy próby",
            "głowy ręce nogi drogi rzeki góry wyspy kawy herbaty zupy róże świece kolejki linie",
            "litery cyfry liczby kropki kreski gazety koszule bluzki czapki ściany sale pralki",
            "walizki planety Polki uczennice krople noce twarze wsie sieci podróże ćwiartki",
            "połowy porcje dawki tabletki kapsułki ciotki babcie kuchnie łazienki setki kategorie",
            "warstwy zwrotki cegły monety nagrody złotówki kuzynki opinie edycje flagi pory",
        )
    },
    **{
        f" {word}": "masculine-accusative-personal"
        for word in words(
            "studentów uczniów mężczyzn panów kolegów pracowników lekarzy nauczycieli żołnierzy",
            "policjantów zawodników graczy piłkarzy sportowców mieszkańców Polaków ludzi turystów",
            "pasażerów klientów użytkowników chłopców braci synów posłów senatorów kandydatów",
            "gości widzów przyjaciół rodziców uczestników strażaków kierowców robotników chłopaków",
            "obywateli członków autorów aktorów artystów naukowców specjalistów ekspertów dziadków",
            "pacjentów świadków radnych rannych chorych zabitych bezrobotnych dorosłych wnuków",
            "królów świętych sędziów urzędników dziennikarzy kibiców zwycięzców partnerów mężów",
            "bogów rycerzy krewnych kuzynów kolegów inżynierów programistów kolarzy biegaczy",
        )
    },
}
_ONES = row(
    "jedno dwu trzy cztero pięcio sześcio siedmio ośmio dziewięcio dziesięcio",
    "jedenasto dwunasto trzynasto czternasto piętnasto szesnasto siedemnasto",
    "osiemnasto dziewiętnasto",
)
_TENS = row(
    "dwudziesto trzydziesto czterdziesto pięćdziesięcio sześćdziesięcio",
    "siedemdziesięcio osiemdziesięcio dziewięćdziesięcio",
)
_HUNDREDS = [
    "stu",
    "dwustu",
    "trzystu",
    "czterystu",
    "pięćset",
    "sześćset",
    "siedemset",
    "osiemset",
    "dziewięćset",
]
COMPOUNDS = {
    **dict(enumerate(_ONES, 1)),
    **dict(zip(range(20, 100, 10), _TENS, strict=True)),
    **dict(zip(range(100, 1000, 100), _HUNDREDS, strict=True)),
}
"""First parts of compounds: "osiemnasto" of "osiemnastoletni"."""
MEN = words(
    "Kazimierz Zygmunt Jan Paweł Pawł Bolesław Mieszko Mieszk Władysław Stefan Stanisław August",
    "Ludwik Henryk Karol Fryderyk Wilhelm Jerzy Edward Jakub Filip Aleksander Aleksandr Mikołaj",
    "Piotr Iwan Napoleon Benedykt Franciszek Franciszk Grzegorz Pius Leon Klemens Urban Sykstus",
    "Juliusz Innocenty Bonifacy Gustaw Krystian Ryszard Otton Konrad Leopold Ferdynand Józef",
    "Maksymilian Justynian Konstantyn Teodozjusz Dariusz Kserkses Ramzes Sulejman Mehmed Selim",
    "Kazimierz Wacław Rudolf Albert Alfons Wiktor Emanuel Harald Olaf Ptolemeusz Przemysł",
)
"""Names of kings and popes in the nominative, and stems that differ from it."""
WOMEN = words("Elżbiet Katarzyn Mari Ann Wiktori Izabel Izabell Małgorzat Kleopatr Krystyn Joann")
"""Names of queens without their ending."""
UNITS = {
    "szt": ("sztuka", "sztuki", "sztuk", "sztuki"),
    "dag": ("dekagram", "dekagramy", "dekagramów", "dekagrama"),
    "dB": ("decybel", "decybele", "decybeli", "decybela"),
    "kV": ("kilowolt", "kilowolty", "kilowoltów", "kilowolta"),
    "mV": ("miliwolt", "miliwolty", "miliwoltów", "miliwolta"),
    "mAh": ("miliamperogodzina", "miliamperogodziny", "miliamperogodzin", "miliamperogodziny"),
    "Ah": ("amperogodzina", "amperogodziny", "amperogodzin", "amperogodziny"),
    "Wh": ("watogodzina", "watogodziny", "watogodzin", "watogodziny"),
    "MWh": ("megawatogodzina", "megawatogodziny", "megawatogodzin", "megawatogodziny"),
    "GWh": ("gigawatogodzina", "gigawatogodziny", "gigawatogodzin", "gigawatogodziny"),
    "TWh": ("terawatogodzina", "terawatogodziny", "terawatogodzin", "terawatogodziny"),
    "kN": ("kiloniuton", "kiloniutony", "kiloniutonów", "kiloniutona"),
    "Nm": ("niutonometr", "niutonometry", "niutonometrów", "niutonometra"),
    "kΩ": ("kiloom", "kiloomy", "kiloomów", "kilooma"),
    "rpm": ("obrót na minutę", "obroty na minutę", "obrotów na minutę", "obrotu na minutę"),
    "fps": ("klatka na sekundę", "klatki na sekundę", "klatek na sekundę", "klatki na sekundę"),
    "mm²": ("milimetr kwadratowy", "milimetry kwadratowe", "milimetrów kwadratowych",
            "milimetra kwadratowego"),
    **{
        sign: (f"{stem} na sekundę", f"{stem}y na sekundę", f"{stem}ów na sekundę",
               f"{stem}a na sekundę")
        for sign, stem in (
            ("kbps", "kilobit"), ("Mbps", "megabit"), ("Gbps", "gigabit"), ("MB/s", "megabajt"),
            ("GB/s", "gigabajt"),
        )
    },
    "concentr-part-per-1e6": ("część na milion", "części na milion", "części na milion",
                              "części na milion"),
}  # fmt: skip
"""Forms after 1, 2, 5, and after a decimal fraction."""
