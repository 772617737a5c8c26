"""Czech words: ordinals, cardinals by case, nouns by ending, units that CLDR lacks."""

from __future__ import annotations

from tts_core.text.reading.languages.slavic.ordinals import Ordinals, endings, noun_forms, row
from tts_core.text.reading.tables import words

_TEENS = row(
    "jedenáct dvanáct třináct čtrnáct patnáct šestnáct sedmnáct osmnáct devatenáct",
)
_TENS = row("dvacet třicet čtyřicet padesát šedesát sedmdesát osmdesát devadesát")
ORDINALS = Ordinals(
    ones=(
        *row("první druhý třetí čtvrtý pátý šestý sedmý osmý devátý desátý"),
        *(f"{word}ý" for word in _TEENS),
    ),
    tens=row(
        "dvacátý třicátý čtyřicátý padesátý šedesátý sedmdesátý osmdesátý devadesátý",
    ),
    hundreds=row(
        "stý dvoustý třístý čtyřstý pětistý šestistý sedmistý osmistý devítistý",
    ),
    thousand="tisící",
    million="miliontý",
    endings={
        "ý": endings(
            m="ý ého ému ý ým ém", f="á é é ou ou é", n="é ého ému é ým ém",
            p="é ých ým é ými ých",
        ),
        "í": endings(
            m="í ího ímu í ím ím", f="í í í í í í", n="í ího ímu í ím ím",
            p="í ích ím í ími ích",
        ),
    },
    ordinal_tens=True,
)  # fmt: skip
_GENITIVE = {
    **{word: f"{word}i" for word in (*_TEENS, *_TENS, *row("pět šest sedm osm deset"))},
    "nula": "nuly", "jedna": "jedné", "jeden": "jednoho", "jedno": "jednoho", "dva": "dvou",
    "dvě": "dvou", "tři": "tří", "čtyři": "čtyř", "devět": "devíti", "sto": "sta", "stě": "set",
    "sta": "set", "tisíce": "tisíc", "milion": "milionu", "miliony": "milionů",
    "miliarda": "miliardy", "miliardy": "miliard",
}  # fmt: skip
CARDINALS = {
    "genitive": _GENITIVE,
    "locative": {**_GENITIVE, "jeden": "jednom", "jedno": "jednom", "tři": "třech",
                 "čtyři": "čtyřech"},
    "dative": {**_GENITIVE, "jeden": "jednomu", "jedno": "jednomu", "dva": "dvěma",
               "dvě": "dvěma", "tři": "třem", "čtyři": "čtyřem"},
    "instrumental": {**_GENITIVE, "jeden": "jedním", "jedno": "jedním", "jedna": "jednou",
                     "dva": "dvěma", "dvě": "dvěma", "tři": "třemi", "čtyři": "čtyřmi"},
    "accusative": {"jedna": "jednu"},
}  # fmt: skip
PREPOSITIONS = {
    **dict.fromkeys(
        words(
            "do od z ze bez u kolem okolo během vedle podle kromě místo včetně",
            "poblíž začátku přelomu",
        ),
        "-genitive",
    ),
    **dict.fromkeys(words("v ve na o po při"), "-locative"),
    **dict.fromkeys(words("mezi s se před nad pod"), "-instrumental"),
    **dict.fromkeys(words("k ke díky proti"), "-dative"),
}
NOUNS = noun_forms(
    """
    a: f mg f | u: fa mg ml | y: fg fg fg | i: fl fg fl | o: n | e ě: n mg nl | í: n ng nl
    ice: f fg f | á: f | é: fg fg fl | ý: m | ého: mg | ému: md | ém: ml | ou: fa | ým ím: mi
    ých: pg pg pl | ů: pg | ech ách ích: pl | em: mi | ům: pd | ost ást: f | ovi: md
    _den _týden: m | _dne _měsíce _týdne: mg | _stol: n ng nl
    _roce _dni _dnu _měsíci _týdnu _místě: ml
    _straně _třídě _válce _řadě _lize _kapitole _skupině _hodině _minutě _etapě _ulici _linii
    _části _fázi _noci _sérii _polovině _verzi _pozici: fl | _léta: f | _let: pg | _letech: pl
    _letům: pd | _lety: pi | _noc _věc _řeč _část _fáze _série _verze _linie _pozice: f
    _předseda _starosta _hrdina _kolega _sluha _turista: m | _strany _třídy _války: fg
    """
)
PLURALS = {
    "a": "neuter", "í": "neuter", "ice": "feminine", "íce": "feminine", "y": "feminine",
    "ie": "feminine", "etry": "masculine", "itry": "masculine", "ramy": "masculine",
    **{
        f" {word}": "masculine"
        for word in words(
            "roky dny týdny body góly kusy zápasy sety domy byty hrady vlaky kroky stroje kurzy",
            "znaky články důvody druhy typy pokusy gólmany koše procenty tituly filmy obrazy",
            "sloupce stoly talíře telefony autobusy stromy hroby pokoje způsoby případy procesy",
            "dolary franky miliony bajty stupně volty watty chleby dílky díly svazky zákony",
            "projekty produkty programy ostrovy parky mosty tábory klady hlasy tóny rozměry",
        )
    },
    **{f" {word}": "feminine" for word in words("děti věci části noci řeči fáze série ruce")},
    **{f" {word}": "neuter" for word in words("moře pole vejce slunce srdce")},
}  # fmt: skip
COMPOUNDS = {
    **dict(
        enumerate(row("jedno dvou tří čtyř pěti šesti sedmi osmi devíti deseti"), 1),
    ),
    **{number: f"{word}i" for number, word in enumerate(_TEENS, 11)},
    **{number: f"{word}i" for number, word in zip(range(20, 100, 10), _TENS, strict=True)},
    **dict(
        zip(
            range(100, 1000, 100),
            row("sto dvouset třísta čtyřset pětiset šestiset sedmiset osmiset devítiset"),
            strict=True,
        )
    ),
}
"""First parts of compounds: "osmnácti" of "osmnáctiletý"."""
BEFORE_TENS = row("jedn dva tři čtyři pět šest sedm osm devět")
"""Before "a" and the tens: "pětadvaceti"."""
ADJECTIVES = row(
    "ý á é í ého ému ém ým ých ými ou ího ímu ím ích ími násobně letě",
)
"""Ends of words that begin with a number."""
MEN = words(
    "Karel Karl Ludvík Václav Vladislav Ferdinand Leopold Josef František Františk Rudolf Zikmund",
    "Jan Přemysl Otakar Petr Pavel Pavl Alexandr Mikuláš Ivan Napoleon Vilém Jindřich Filip",
    "Fridrich Benedikt Spytihněv Břetislav Soběslav Boleslav Vratislav Konrád Matyáš Maxmilián",
    "Eduard Jakub Richard Štěpán Kazimír August Gustav Kristián Harald Olaf Ota Alfons Albert",
    "Konstantin Justinián Ramses Mehmed Selim Urban Řehoř Klement Inocenc Julius Lev",
)
"""Names of rulers without the endings of the cases."""
WOMEN = words("Alžbět Kateřin Ann Viktori Isabel Markét Kristýn Kleopatr Mari")
UNITS = {
    "ks": ("kus", "kusy", "kusu", "kusů"),
    "dag": ("dekagram", "dekagramy", "dekagramu", "dekagramů"),
    "dB": ("decibel", "decibely", "decibelu", "decibelů"),
    "kV": ("kilovolt", "kilovolty", "kilovoltu", "kilovoltů"),
    "mV": ("milivolt", "milivolty", "milivoltu", "milivoltů"),
    "mAh": ("miliampérhodina", "miliampérhodiny", "miliampérhodiny", "miliampérhodin"),
    "Wh": ("watthodina", "watthodiny", "watthodiny", "watthodin"),
    "MWh": ("megawatthodina", "megawatthodiny", "megawatthodiny", "megawatthodin"),
    "GWh": ("gigawatthodina", "gigawatthodiny", "gigawatthodiny", "gigawatthodin"),
    "TWh": ("terawatthodina", "terawatthodiny", "terawatthodiny", "terawatthodin"),
    "kN": ("kilonewton", "kilonewtony", "kilonewtonu", "kilonewtonů"),
    "Nm": ("newtonmetr", "newtonmetry", "newtonmetru", "newtonmetrů"),
    "rpm": ("otáčka za minutu", "otáčky za minutu", "otáčky za minutu", "otáček za minutu"),
    "fps": ("snímek za sekundu", "snímky za sekundu", "snímku za sekundu", "snímků za sekundu"),
    "mm²": ("milimetr čtvereční", "milimetry čtvereční", "milimetru čtverečního",
            "milimetrů čtverečních"),
    **{
        sign: (f"{stem} za sekundu", f"{stem}y za sekundu", f"{stem}u za sekundu",
               f"{stem}ů za sekundu")
        for sign, stem in (
            ("kbps", "kilobit"), ("Mbps", "megabit"), ("Gbps", "gigabit"), ("MB/s", "megabajt"),
            ("GB/s", "gigabajt"),
        )
    },
}  # fmt: skip
"""Forms after 1, 2, a decimal fraction, and 5."""
