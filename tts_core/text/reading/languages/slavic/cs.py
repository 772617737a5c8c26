"""Czech: "dvě celé čtyři milionu", "v devatenáctém století", "devatenáct set devadesát devět"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.languages.slavic import czech_words
from tts_core.text.reading.languages.slavic.inflected import Inflected
from tts_core.text.reading.languages.slavic.ordinals import row
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule
from tts_core.text.reading.tables import abbreviations, genders, words

_FRACTIONS = {2: "polov", 3: "třet", 4: "čtvrt", 9: "devít", 100: "set", 1000: "tisíc"}
"""Stems of fractions that are not those of the cardinals."""
_HOUR_WORDS = words("hod. hod h h.")


class Czech(Inflected):
    """Czech."""

    ordinals = czech_words.ORDINALS
    cardinal_cases = czech_words.CARDINALS
    prepositions = czech_words.PREPOSITIONS
    between_word = "mezi"
    conjunctions = words("a i")
    locative_ends = ("ech", "ách", "ích")
    instrumental_ends = ("mi", "emi", "ami")
    nouns = czech_words.NOUNS
    plurals = czech_words.PLURALS
    compounds = czech_words.COMPOUNDS
    before_compound = "-?"
    only_small_agree = True
    century_nouns = words("století stoletím stoletích")
    century_signs: ClassVar = {"stol.": {"": "století"}}
    edition_nouns = (
        "světov",
        "liga",
        "lig",
        "lize",
        "sjezd",
        "ročník",
        "symfoni",
        "třída",
        "stupeň",
    )
    regnal_men = czech_words.MEN
    regnal_women = czech_words.WOMEN
    men_endings: ClassVar = {
        "": "", "a": "-genitive", "e": "-genitive", "ovi": "-dative", "u": "-locative",
        "em": "-instrumental",
    }  # fmt: skip
    women_endings: ClassVar = {
        "a": "", "e": "", "y": "-genitive", "ě": "-locative", "i": "-accusative",
        "u": "-accusative", "ou": "-instrumental", "í": "-instrumental",
    }  # fmt: skip
    group_signs = " ."
    decimal_sign = ","
    unit_gender = "masculine"
    digit_names = row("nula jedna dva tři čtyři pět šest sedm osm devět")
    number_after_sign = True
    half, and_half, and_part = "půl", "a půl", "a"
    minus = "minus"
    point = "celých"
    to = "až"
    by = "krát"
    as_often = "-krát"
    scales = ("tis", "mil", "mld")
    per_word = "za"
    accusative_ending = ("a", "u")
    date_order = "dmy"
    day_suffixes = (".",)
    hour_signs = (":", ".")
    hour_words = _HOUR_WORDS
    before_times = words("v ve od do po před")
    telephone_words = words("tel telefon fax mobil volejte zavolejte volat linka infolinka")
    telephone_pattern = r"[2-7]\d{2}[ -]\d{3}[ -]\d{3}"
    short_codes = words("112 150 155 156 158")
    signs: ClassVar = {
        "+": "plus", "−": "minus", "-": "minus", "×": "krát", "·": "krát", "*": "krát",
        "÷": "děleno", "=": "rovná se", "≠": "nerovná se", "≈": "přibližně", "<": "menší než",
        ">": "větší než", "≤": "menší nebo rovno", "≥": "větší nebo rovno", "±": "plus minus",
        "~": "přibližně", "√": "odmocnina z", "∞": "nekonečno", "∪": "sjednocení", "∩": "průnik",
        "∫": "integrál", "∈": "náleží", "π": "pí", "&": "a", "§": "paragraf", "°": "stupňů",
        "%": "procent", "№": "číslo", "/": "lomeno", "@": "zavináč", "→": "do", "€": "eur",
        "$": "dolarů", "£": "liber", "©": "copyright",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "plus", "<": "méně než", ">": "více než"}
    symbols: ClassVar = {
        ".": "tečka", "@": "zavináč", "/": "lomeno", "-": "pomlčka", "_": "podtržítko",
        ":": "dvojtečka", "#": "křížek", "?": "otazník", "=": "rovná se", "&": "a",
        "%": "procento", "+": "plus", "~": "vlnovka", "number": "číslo", "version": "verze",
        "hashtag": "hashtag", "code block": "Blok kódu.",
    }  # fmt: skip
    currencies: ClassVar = {
        "CZK": ("koruna", "koruny", "koruny", "korun"), "EUR": ("euro", "eura", "eura", "eur"),
        "USD": ("dolar", "dolary", "dolaru", "dolarů"), "GBP": ("libra", "libry", "libry", "liber"),
        "JPY": ("jen", "jeny", "jenu", "jenů"), "CHF": ("frank", "franky", "franku", "franků"),
        "PLN": ("zlotý", "zloté", "zlotého", "zlotých"),
        "UAH": ("hřivna", "hřivny", "hřivny", "hřiven"),
    }  # fmt: skip
    currency_signs: ClassVar = {"Kč": "CZK", "Kčs": "CZK", "hal.": "¢CZK", "h.": "¢CZK"}
    cents: ClassVar = {
        "CZK": ("haléř", "haléře", "haléře", "haléřů"),
        "EUR": ("cent", "centy", "centu", "centů"), "USD": ("cent", "centy", "centu", "centů"),
        "GBP": ("pence", "pence", "pence", "pencí"),
    }  # fmt: skip
    magnitudes: ClassVar = {
        "tis": ("tisíc", "tisíce", "tisíce", "tisíc"),
        **dict.fromkeys(words("mil mio mln"), ("milion", "miliony", "milionu", "milionů")),
        **dict.fromkeys(words("mld mlrd"), ("miliarda", "miliardy", "miliardy", "miliard")),
        "bil": ("bilion", "biliony", "bilionu", "bilionů"),
    }  # fmt: skip
    genders: ClassVar = genders(
        feminine="""
        CZK GBP UAH miliarda mass-tonne mass-ounce duration-second duration-minute
        duration-hour length-mile energy-calorie energy-kilocalorie duration-millisecond
        energy-kilowatt-hour mAh Wh MWh GWh TWh pressure-atmosphere rpm
        """,
        neuter="EUR concentr-percent concentr-permille",
    )
    units = czech_words.UNITS
    unit_signs: ClassVar = {
        "hod.": "duration-hour", "hod": "duration-hour", "min.": "duration-minute",
        "sek.": "duration-second", "ks": "ks", "dkg": "dag", "dag": "dag",
        "km/hod": "speed-kilometer-per-hour", "km/hod.": "speed-kilometer-per-hour",
        "stupňů C": "temperature-celsius",
    }  # fmt: skip
    words_like_units = words("A B J K N V W s ct ft in ly mi h psi")
    section_words = words(
        "kapitola kapitole kapitoly kapitolu díl dílu část části svazek kniha akt scéna článek",
        "třída fáze typ skupina tabulka oddíl",
    )
    capital_words = words(
        "a aby ale ani asi až bez bude by byl byla být co či do ho i já jak jako je jeho její jen",
        "ji jsem jsi jsme jsou k kde když ke která které který má máme mi mu na nad ne nebo není",
        "o od on ona oni pak po pod pro při s se si tak také to tu ty u už v ve více z za ze že",
    )
    initialisms = words("ČR EU OSN USA ODS ČSSD ANO ČEZ DPH ČNB ČVUT VUT KDU NATO SSSR ČSR")
    starters = words(
        "on ona ono oni my vy ty já to v na a ale když pokud jak po tak tam tady ten ta te je jsou",
        "byl byla pak potom proto tento tato toto s se z ze do od pro",
    )
    agreeing = words("tzv sv")
    code_words = words("kód kódem pin číslo heslo ičo dič iban účet účtu")
    abbreviations: ClassVar = abbreviations(
        """
        například: např | takzvaný: tzv | to je: tj | to znamená: tzn | takřečený: t.ř
        ulice: ul | náměstí: nám | třída: tř | doktor: dr | profesor: prof | inženýr: ing
        magistr: mgr | bakalář: bc | doktor medicíny: mudr | doktor práv: judr
        doktor filozofie: phdr | doktor přírodních věd: rndr | docent: doc | svatý: sv
        cirka: cca | mimo jiné: mj | popřípadě: popř | případně: příp | respektive: resp
        srovnej: srov | telefon: tel | roku: r | poznámka: pozn | pan: p
        paní: pí | odstavec: odst | písmeno: písm | včetně: vč | zejména: zejm
        tisíc: tis | generál: gen | plukovník: plk | poručík: por
        anglicky: angl | německy: něm | latinsky: lat | číslo: č
        číslo popisné: č.p | maximálně: max | minimálně: min | hodin: hod
        narozen: nar | zemřel: zemř
        """,
        ends="století: stol | našeho letopočtu: n.l | před naším letopočtem: př.n.l"
        " | před Kristem: př.kr",
        often_ends="a tak dále: atd | a podobně: apod | a jiné: aj | et cetera: etc",
        before_number="strana: str s | kapitola: kap | obrázek: obr | tabulka: tab"
        " | článek: čl | ročník: roč",
        bare="inženýr: Ing | magistr: Mgr | roku: r | cirka: cca",
    )

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of ordinals with a full stop, besides those of related languages."""
        yield from super().rules()
        yield from self.dotted_ordinals()

    def _say(self, number: int, form: str = "") -> str:
        """Return a cardinal as it is counted: "dvacet jedna", whatever follows; "milion"."""
        counted = not form or (number > 20 and number % 10 in (1, 2))
        said = super()._say(number, "masculine" if counted else form)
        if counted and said.endswith("jeden"):
            said = f"{said.removesuffix('jeden')}jedna"
        return said.replace("ili\u00f3n", "ilion").removeprefix("jeden ")

    def cardinal(self, number: int, form: str = "") -> str:
        """Return a cardinal; the form is a gender, or gender and case."""
        said = super().cardinal(number, form)
        if form.endswith("-genitive") and said.startswith("tisíc"):
            return f"tisíce{said.removeprefix('tisíc')}"
        return said

    def compound(self, number: int) -> str:
        """Return a number as the first part of a word: "pětadvaceti"."""
        if 20 < number < 100 and number % 10:
            tens = self.compounds[number // 10 * 10]
            return f"{czech_words.BEFORE_TENS[number % 10 - 1]}a{tens}"
        return super().compound(number)

    def compound_word(self, number: int, rest: str) -> str | None:
        """Read "18letý", "5krát"; None for a number with a unit."""
        if rest.startswith("krát"):
            return self.cardinal(number, "masculine") + rest
        if not rest.endswith(czech_words.ADJECTIVES):
            return None
        return super().compound_word(number, rest)

    def number(self, number: Number, form: str = "") -> str:
        """Return "tři celé čtrnáct"."""
        if not number.fraction:
            return super().number(number, form)
        sign = f"{self.minus} " if number.negative else ""
        whole = int(number.whole or 0)
        word = "celá" if whole < 2 else "celé" if whole < 5 else "celých"
        return f"{sign}{self.cardinal(whole, 'feminine')} {word} {self.decimals(number.fraction)}"

    def decimals(self, digits: str) -> str:
        """Return the digits after the decimal sign: "dvě" are tenths."""
        return "dvě" if digits == "2" else super().decimals(digits)

    def year(self, number: int) -> str:
        """Return "devatenáct set devadesát devět"."""
        if not 1100 <= number < 2000:
            return self.cardinal(number)
        rest = f" {self.cardinal(number % 100)}" if number % 100 else ""
        return f"{self.cardinal(number // 100)} set{rest}"

    def date(self, place: Place, day: str, month: int, year: int | None) -> str:
        """Return "třetího května dva tisíce dvacet čtyři"."""
        said = [day, self.month(month)] if day else [place["month"] or self.month(month)]
        return " ".join([*said, *([] if year is None else [self.year(year)])])

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "osm nula pět", "od osmi", "v jednu"."""
        before = place.word_before.lower()
        case = self.prepositions.get(before, "")
        case = "-accusative" if before in ("v", "ve", "na") else case
        said = [self.cardinal(hour, f"feminine{case}" if case else "feminine")]
        if 0 < minute < 10:
            said.append(self.cardinal(0))
        if minute:
            said.append(self.cardinal(minute))
        if second is not None:
            said.append(self.cardinal(second))
        if place.text.rstrip(".").endswith(("h", "hod")):
            said.append(self.unit_name("duration-hour", Number(str(hour))) or "")
        return " ".join(said)

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "jedna polovina", "tři čtvrtiny", "pět osmin"."""
        if denominator > 20 and denominator not in _FRACTIONS and denominator % 10:
            return super().fraction(numerator, denominator)
        stem = _FRACTIONS.get(denominator) or self.cardinal(denominator)
        end = "ina" if numerator == 1 else "iny" if numerator < 5 else "in"
        return f"{self.cardinal(numerator, 'feminine')} {stem}{end}"

    def power(self, exponent: Number) -> str | None:
        """Return "na druhou", "na minus třetí"."""
        sign = f"{self.minus} " if exponent.negative else ""
        return f"na {sign}{self.ordinal(int(exponent.whole), 'feminine-accusative')}"

    def score(self, first: int, second: int) -> str | None:
        """Return "tři jedna"; a scale is "jedna ku stu"."""
        word = "ku " if first == 1 and second > 9 else ""
        return f"{self.cardinal(first)} {word}{self.cardinal(second)}"

    def number_range(self, first: Number, last: Number, place: Place) -> str:
        """Return "tři jedna" for a score."""
        if len(first.whole) < 3 and first.value >= last.value:
            return f"{self.number(first)} {self.number(last)}"
        return super().number_range(first, last, place)

    def abbreviation(self, word: str, place: Place) -> Abbreviation | None:
        """Tell "r." from initials, and say "r. 2010" in the case of the preposition."""
        if word in ("r", "č", "p", "h"):
            following = place.source[place.end : place.end + 2].strip()
            if word == "p" and following.isupper():
                return Abbreviation("pan")
            if not following.isdecimal():
                return None
            if word == "r" and self.case_of(place) == "-locative":
                return Abbreviation("roce")
            return None if word == "p" else super().abbreviation(word, place)
        return super().abbreviation(word, place)
