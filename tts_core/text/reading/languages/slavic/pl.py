"""Polish: "dwie godziny", "od pięciu do dziesięciu", "w dwa tysiące dziesiątym roku"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.languages.slavic import polish_words
from tts_core.text.reading.languages.slavic.clock import OrdinalHours
from tts_core.text.reading.languages.slavic.inflected import Inflected
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule, rule
from tts_core.text.reading.tables import abbreviations, genders, words

_GODZINA = {"": "godzina", "-genitive": "godziny", "-locative": "godzinie"}


class Polish(OrdinalHours, Inflected):
    """Polish."""

    ordinals = polish_words.ORDINALS
    prepositions = polish_words.PREPOSITIONS
    between_word = "między"
    conjunctions = words("a i")
    locative_ends = ("ach",)
    instrumental_ends = ("ami", "mi")
    nouns = polish_words.NOUNS
    plurals = polish_words.PLURALS
    compounds = polish_words.COMPOUNDS
    only_small_agree = True
    year_nouns: ClassVar = dict.fromkeys(words("rok roku rokiem rokowi"), "")
    year_signs: ClassVar = {
        "r.": {"": "rok", "-genitive": "roku", "-locative": "roku", "-instrumental": "rokiem"},
    }
    century_nouns = words("wiek wieku wiekiem wieki wieków wiekach")
    century_signs: ClassVar = {
        "w.": {"": "wiek", "-genitive": "wieku", "-locative": "wieku", "-instrumental": "wiekiem"},
    }
    edition_nouns = (
        "wojn",
        "rozbi",
        "rzeczp",
        "lig",
        "lidz",
        "symfoni",
        "zjazd",
        "liceum",
        "edycj",
    )
    regnal_men = polish_words.MEN
    regnal_women = polish_words.WOMEN
    men_endings: ClassVar = {
        "": "", "a": "-genitive", "owi": "-dative", "em": "-instrumental",
        "iem": "-instrumental", "ie": "-locative", "u": "-locative",
    }  # fmt: skip
    women_endings: ClassVar = {
        "a": "", "y": "-genitive", "i": "-genitive", "ie": "-locative", "ę": "-accusative",
        "ą": "-instrumental",
    }  # fmt: skip
    ordinal_suffixes = tuple(f"-{suffix}" for suffix in polish_words.SUFFIXES)
    group_signs = " ."
    decimal_sign = ","
    unit_gender = "masculine"
    number_after_sign = True
    minus = "minus"
    point = "przecinek"
    to = "do"
    by = "na"
    as_often = "razy"
    scales = ("tys", "mln", "mld")
    per_word = "za"
    accusative_ending = ("a", "ę")
    before_single_unit = words("na za co")
    hour_signs = (":", ".")
    before_times = words("o od do po przed godz. godzina godzinie godziny")
    hour_range = ("od", "do")
    zeroth = "zerowy"
    half, and_half, and_part = "pół", "i pół", "i"
    telephone_words = words(
        "tel telefon faks fax zadzwoń dzwoń dzwonić dzwońcie komórka kom infolinia"
    )
    telephone_pattern = r"\d{3}[ -]\d{3}[ -]\d{3}|\d{2}[ -]\d{3}[ -]\d{2}[ -]\d{2}"
    signs: ClassVar = {
        "+": "plus", "−": "minus", "-": "minus", "×": "razy", "·": "razy", "*": "razy",
        "÷": "podzielić przez", "=": "równa się", "≠": "nie równa się", "≈": "około",
        "<": "mniejsze niż", ">": "większe niż", "≤": "mniejsze lub równe",
        "≥": "większe lub równe", "±": "plus minus", "~": "około", "√": "pierwiastek z",
        "∞": "nieskończoność", "∪": "suma", "∩": "iloczyn", "∫": "całka", "∈": "należy do",
        "π": "pi", "&": "i", "§": "paragraf", "°": "stopni", "%": "procent", "№": "numer",
        "/": "łamane przez", "@": "małpa", "→": "do", "€": "euro", "$": "dolarów", "£": "funtów",
        "©": "copyright",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "plus", "<": "poniżej", ">": "powyżej"}
    symbols: ClassVar = {
        ".": "kropka", "@": "małpa", "/": "ukośnik", "-": "myślnik", "_": "podkreślnik",
        ":": "dwukropek", "#": "krzyżyk", "?": "znak zapytania", "=": "równa się", "&": "i",
        "%": "procent", "+": "plus", "~": "tylda", "number": "numer", "version": "wersja",
        "hashtag": "hasztag", "code block": "Blok kodu.",
    }  # fmt: skip
    currencies: ClassVar = {
        "PLN": ("złoty", "złote", "złotych", "złotego"), "EUR": ("euro",) * 4,
        "USD": ("dolar", "dolary", "dolarów", "dolara"),
        "GBP": ("funt", "funty", "funtów", "funta"), "JPY": ("jen", "jeny", "jenów", "jena"),
        "CHF": ("frank", "franki", "franków", "franka"),
        "UAH": ("hrywna", "hrywny", "hrywien", "hrywny"),
        "CZK": ("korona", "korony", "koron", "korony"), "RUB": ("rubel", "ruble", "rubli", "rubla"),
        "CNY": ("juan", "juany", "juanów", "juana"),
    }  # fmt: skip
    currency_signs: ClassVar = {
        "zł.": "PLN", "zł": "PLN", "PLN": "PLN", "gr": "¢PLN", "gr.": "¢PLN",
        "dol.": "USD",
    }  # fmt: skip
    cents: ClassVar = {
        "PLN": ("grosz", "grosze", "groszy", "grosza"),
        "EUR": ("cent", "centy", "centów", "centa"), "USD": ("cent", "centy", "centów", "centa"),
        "GBP": ("pens", "pensy", "pensów", "pensa"),
    }  # fmt: skip
    magnitudes: ClassVar = {
        **dict.fromkeys(words("tys"), ("tysiąc", "tysiące", "tysięcy", "tysiąca")),
        **dict.fromkeys(words("mln"), ("milion", "miliony", "milionów", "miliona")),
        **dict.fromkeys(words("mld"), ("miliard", "miliardy", "miliardów", "miliarda")),
        **dict.fromkeys(words("bln"), ("bilion", "biliony", "bilionów", "biliona")),
    }  # fmt: skip
    genders: ClassVar = genders(
        feminine="""
        UAH CZK mass-tonne mass-ounce duration-second duration-minute duration-hour length-mile
        energy-calorie energy-kilocalorie duration-millisecond energy-kilowatt-hour szt
        pressure-atmosphere MWh GWh TWh Wh mAh Ah
        """
    )
    units: ClassVar = polish_words.UNITS
    unit_signs: ClassVar = {
        "godz.": "duration-hour", "godz": "duration-hour", "min.": "duration-minute",
        "sek.": "duration-second", "sek": "duration-second", "szt.": "szt", "szt": "szt",
        "dag": "dag", "mb": "length-meter", "kg.": "mass-kilogram",
        "mies.": "duration-month", "l.": "volume-liter", "KM": "power-horsepower",
        "kcal.": "energy-kilocalorie", "proc.": "concentr-percent", "st. C": "temperature-celsius",
    }  # fmt: skip
    words_like_units = words("A B J N ct ft in ly mi")
    section_words = words(
        "rozdział rozdziale rozdziału tom tomie tomu część części księga akt akcie aktu artykuł",
        "klasa klasy klasie etap scena scenie dział typ faza fazy faza stopień grupa tabela",
    )
    capital_words = words(
        "a aby ale bez by był była było co czy dla do gdy go i ich ile im ja jak je jego jej jest",
        "już kto ku lub ma my na nad nas nie nic niż o od on ona oni ono oraz po pod są się ta tak",
        "tam te tego ten to tu ty w we wy z za ze że",
    )
    initialisms = words("PKP PZU USA UE MSZ MON PAN PIS PO PSL UW AGH AWF ZUS NFZ TVN TVP PZPN")
    starters = words(
        "on ona ono oni one my wy ty ja to w i a ale gdy jeśli kiedy jak po tak tam te potem na",
        "dla od do nie jest są był była ten ta tu tutaj więc jednak następnie",
    )
    agreeing = words("tzw św")
    code_words = words("kod kodem pin numer hasło nip regon pesel konto konta")
    abbreviations: ClassVar = abbreviations(
        """
        na przykład: np | to znaczy: tzn | między innymi: m.in | to jest: tj
        tak zwany: tzw | ulica: ul | aleja: al | plac: pl | osiedle: os | doktor: dr
        profesor: prof | inżynier: inż | magister: mgr | habilitowany: hab | święty: św
        ksiądz: ks | generał: gen | pułkownik: płk | około: ok | pod tytułem: pt | imienia: im
        województwo: woj | powiat: pow | gmina: gm | redaktor: red | zobacz: zob | porównaj: por
        telefon: tel | łacina: łac | angielski: ang | niemiecki: niem | według: wg
        minimum: min | maksimum: maks | wyżej wymieniony: ww | na podstawie: n.p | litera: lit
        spółka z ograniczoną odpowiedzialnością: sp.z.o.o | spółka akcyjna: s.a
        to jest: t.j | urodzony: ur | zmarły: zm | lekarz: lek | docent: doc
        """,
        ends="naszej ery: n.e | przed naszą erą: p.n.e",
        often_ends="i tak dalej: itd | i tym podobne: itp | i inni: i.in",
        before_number="""
        godzina: godz | strona: str s | numer: nr | rysunek: rys | rozdział: rozdz | tabela: tab
        dnia: dn | artykuł: art | ustęp: ust | tom: t | fotografia: fot | pozycja: poz | punkt: p
        """,
        bare="doktor: dr | magister: mgr | ustęp: ust | punkt: pkt | według: wg"
        " | numer: nr | pułkownik: płk",
    )

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of ordinals, decades and postcodes."""
        yield from super().rules()
        yield rule(
            "decade",
            "digit",
            r"(?<=(?<!\p{L})(?i:(?P<noun>lata|lat|latach|latom|latami))[ ])"
            r"(?P<n>(?:1[1-9]|20)?\d0)(?:\.|-(?:te|tych))?(?![\p{L}\p{N}–-]|[.,]\d)",
            self._decade,
        )
        yield from self.dotted_ordinals()
        yield rule(
            "code",
            "digit",
            r"(?<![\p{L}\p{N}.,/-])\d\d-\d{3}(?=[ ]\p{Lu}\p{Ll})",
            lambda place: self.digits(place.text.replace("-", "")),
        )

    def _decade(self, place: Place) -> str:
        noun = place.word_before.lower()
        said = self.ordinal(int(place["n"]), self.noun_form(noun))
        ends = place.text.endswith(".") and self.sentence_follows(place)
        return f"{said}." if ends else said

    def abbreviation(self, word: str, place: Place) -> Abbreviation | None:
        """Decline "godz.", and tell "pl.", a square, from an address's end."""
        known = super().abbreviation(word, place)
        if known is not None and known.spoken == "godzina":
            return self.in_case(known, _GODZINA, place)
        is_name = (place.after(1) or [""])[0][:1].isupper()
        return None if word in ("pl", "os") and not is_name else known

    def written_ordinal(self, place: Place, digits: str, suffix: str) -> str | None:
        """Read "1-szy", "2-giego", "10-ta"."""
        return self.ordinal(int(digits), polish_words.SUFFIXES[suffix.lstrip("-")])

    def section_number(self, number: int, place: Place) -> str | None:
        """Return an ordinal in the form of the noun before it: "rozdział czwarty"."""
        words = place.before(2)
        case = self.prepositions.get(words[0].lower(), "") if len(words) > 1 else ""
        return self.ordinal(number, self.noun_form(words[-1], case))

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "jedna druga", "trzy czwarte", "pięć ósmych"."""
        few = numerator % 10 in (2, 3, 4) and numerator % 100 not in (12, 13, 14)
        form = "feminine" if numerator == 1 else "plural" if few else "plural-genitive"
        return f"{self.cardinal(numerator, 'feminine')} {self.ordinal(denominator, form)}"

    def power(self, exponent: Number) -> str | None:
        """Return "do kwadratu", "do potęgi minus trzy"."""
        known = {"2": "do kwadratu", "3": "do sześcianu"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"do potęgi {self.number(exponent)}"

    def score(self, first: int, second: int) -> str | None:
        """Return "trzy do jednego"."""
        return f"{self.cardinal(first)} do {self.cardinal(second, 'masculine-genitive')}"

    def between(self, first: str, last: str) -> str:
        """Return a range with a dash: prepositions would need other cases."""
        return f"{first} – {last}"

    def date(self, place: Place, day: str, month: int, year: int | None) -> str:
        """Return "trzeciego maja dwa tysiące dwudziestego czwartego roku"."""
        said = [day, self.month(month)] if day else [place["month"] or self.month(month)]
        if year is not None:
            said += [self.ordinal(year, "masculine-genitive"), "roku"]
        return " ".join(said)

    def is_year(self, number: Number) -> bool:
        """Return False: a year is one by the word after it."""
        return False

    year_words = ("roku", "r.")
