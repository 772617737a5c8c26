"""Swedish: "klockan fjorton trettio", "tolv kronor och femtio öre", "nittonhundratalet"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tts_core.text.reading.data.rulers import WOMEN
from tts_core.text.reading.kinds.number_pattern import number_pattern, parse
from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule, rule
from tts_core.text.reading.tables import abbreviations, genders, pairs, words

_NEUTER_NOUNS = tuple(
    words(
        "hus barn år bord tåg äpple ägg träd ord brev land djur jobb liv namn par rum kilo kort",
        "exemplar besök problem program slag sätt system företag glas ljus mål antal exempel fall",
        "paket kapitel steg poäng alternativ försök tecken dygn decennium århundrade ton gram kök",
        "fönster hjul ben öga öra kort foto inlägg meddelande avsnitt stycke lag hjärta rike",
        "lån köp val parti bolag bidrag beslut krav svar spel lopp set mynt ställe tillfälle skäl",
        "universitet sjukhus museum centrum folk universum förslag resultat datum nummer",
    )
)
"""Also as the last part of a compound: "flerfamiljshus"."""
_NEUTER_ENDINGS = ("ande", "ende", "eri", "ium", "ment", "skap", "tek")
_NO_NOUNS = words(
    "och eller men i på av till för från med om som är var har hade kan ska blir blev vid under",
    "över efter före innan sedan att den det de man jag du han hon vi ni så inte också än per mot",
    "utan samt respektive när där här finns fanns kom går gick skulle måste vill får plus minus",
)
"""Words after a number that it does not count."""
_LABELS = words(
    "kapitel kap del nummer nr sidan sida version avsnitt klass fas figur bild tabell paragraf kod",
    "linje rum spår säsong nivå steg grupp typ kvartal vecka klockan kl punkt artikel år omgång",
)
"""Words before a number that is a name."""


class Swedish(Language):
    """Swedish of Sweden."""

    ordinal_suffixes = words(":a :e :de :te :dje :sta :ste")
    group_signs = " "
    decimal_sign = ","
    date_order = "dmy"
    unit_gender = "reale"
    minus = "minus"
    point = "komma"
    to = "till"
    by = "gånger"
    as_often = "gånger"
    per_word = "per"
    scales = ("tusen", "miljon", "miljard")
    before_times = ("kl", "kl.", "klockan")
    hour_signs = (":", ".")
    before_short_dates = words(
        "den måndag tisdag onsdag torsdag fredag lördag söndag måndag, tisdag, onsdag, torsdag,",
        "fredag, lördag, söndag,",
    )
    before_single_unit = ("per", "en", "ett")
    telephone_words = words("tel telefon ring ringa mobil mobilnummer fax")
    short_codes = words("112 1177 11414")
    extra_weekdays: ClassVar = {"tor": "torsdag", "månd": "måndag"}
    extra_months: ClassVar = {"sept": 9, "febr": 2}
    signs: ClassVar = {
        "+": "plus", "−": "minus", "-": "minus", "×": "gånger", "·": "gånger", "*": "gånger",
        "÷": "delat med", "/": "delat med", "=": "är lika med", "≠": "är inte lika med",
        "≈": "är ungefär lika med", "<": "är mindre än", ">": "är större än",
        "≤": "är mindre än eller lika med", "≥": "är större än eller lika med",
        "±": "plus minus", "~": "ungefär", "√": "roten ur", "∞": "oändligheten", "π": "pi",
        "∪": "unionen", "∩": "snittet", "∫": "integralen av", "∈": "tillhör", "→": "till",
        "&": "och", "§": "paragraf", "°": "grader", "%": "procent", "№": "nummer",
        "@": "snabel-a", "©": "copyright", "€": "euro", "$": "dollar", "£": "pund", "¥": "yen",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "plus", "<": "mindre än", ">": "mer än"}
    symbols: ClassVar = {
        ".": "punkt", "@": "snabel-a", "/": "snedstreck", "-": "bindestreck",
        "_": "understreck", ":": "kolon", "#": "nummertecken", "?": "frågetecken",
        "=": "är lika med", "&": "och", "%": "procent", "+": "plus", "~": "tilde",
        "number": "nummer", "version": "version", "hashtag": "hashtagg",
        "code block": "Kodblock.",
    }  # fmt: skip
    currencies: ClassVar = {
        "SEK": ("krona", "kronor"), "EUR": ("euro",) * 2, "USD": ("dollar",) * 2,
        "GBP": ("pund",) * 2, "JPY": ("yen",) * 2, "NOK": ("norsk krona", "norska kronor"),
        "DKK": ("dansk krona", "danska kronor"), "CHF": ("franc",) * 2,
    }  # fmt: skip
    currency_signs: ClassVar = {"kr": "SEK", "kr.": "SEK", "öre": "¢SEK"}
    cents: ClassVar = {
        "SEK": ("öre",) * 2, "NOK": ("öre",) * 2, "DKK": ("öre",) * 2, "EUR": ("cent",) * 2,
        "USD": ("cent",) * 2,
    }  # fmt: skip
    magnitudes: ClassVar = {
        **pairs("tusen", "tusen"), **pairs("miljon", "miljon miljoner mn milj", "miljoner"),
        **pairs("miljard", "miljard miljarder md mdr", "miljarder"),
        **pairs("biljon", "biljon biljoner", "biljoner"),
        **pairs("tusen kronor", "tkr"), **pairs("miljon kronor", "mnkr mkr", "miljoner kronor"),
        **pairs("miljard kronor", "mdkr mdrkr", "miljarder kronor"),
    }  # fmt: skip
    genders: ClassVar = genders(
        neuter="""
        tusen öre GBP st mass-gram mass-kilogram mass-milligram mass-tonne mass-pound mass-ounce
        mass-carat duration-year angle-degree-none area-hectare
        """
    )
    units: ClassVar = {
        "st": ("styck", "stycken"), "mil": ("mil",) * 2, "dB": ("decibel",) * 2,
        "Mbps": ("megabit per sekund",) * 2, "Gbps": ("gigabit per sekund",) * 2,
        "kbps": ("kilobit per sekund",) * 2, "MB/s": ("megabyte per sekund",) * 2,
        "Wh": ("wattimme", "wattimmar"), "MWh": ("megawattimme", "megawattimmar"),
        "GWh": ("gigawattimme", "gigawattimmar"), "TWh": ("terawattimme", "terawattimmar"),
        "kV": ("kilovolt",) * 2, "mV": ("millivolt",) * 2, "mAh": ("milliamperetimmar",) * 2,
        "mm²": ("kvadratmillimeter",) * 2, "rpm": ("varv per minut",) * 2,
        "fps": ("bild per sekund", "bilder per sekund"), "kN": ("kilonewton",) * 2,
        "Nm": ("newtonmeter",) * 2, "kΩ": ("kiloohm",) * 2,
    }  # fmt: skip
    unit_signs: ClassVar = {
        "st": "st", "st.": "st", "tim": "duration-hour", "tim.": "duration-hour",
        "sek": "duration-second", "sek.": "duration-second", "min.": "duration-minute",
        "km/tim": "speed-kilometer-per-hour", "kvm": "area-square-meter",
        "hk": "power-horsepower", "mil": "mil", "mån": "duration-month",
        "år": "duration-year", "dag": "duration-day", "vecka": "duration-week",
        "månad": "duration-month",
    }  # fmt: skip
    words_like_units = words("A i in ly mi B V N K tim mil år dag vecka månad")
    section_words = words(
        "kapitel del akt scen artikel fas klass typ volym band avsnitt bilaga nivå grupp tabell",
        "figur bild division",
    )
    capital_words = words(
        "alla allt att av bara blir bra dag de den det du där då efter ej en ett finns för från",
        "få får går gör han har hej hon hur här i in inte ja jag kan kom lite man med men mer mot",
        "mycket ned nej ni nu ny nya när och om oss på sin ska slut så till tre två upp ut utan",
        "var vi vid vill vår är år än åt över nato saab volvo ikea",
    )
    initialisms = words("EU FN USA SAS SVT SJ IT TV PC AI VD AB LO UD ID OS EM VM SM EKG")
    starters = words(
        "han hon den det de vi ni jag du en ett men och när om som efter så här där nu då i på",
        "vid med till för från detta dessa varje alla sedan därefter",
    )
    code_words = words("kod koden pin pin-kod lösenord postnummer kontonummer ocr nummer")
    abbreviations: ClassVar = abbreviations(
        """
        till exempel: t.ex tex | bland annat: bl.a | det vill säga: dvs d.v.s | cirka: ca c:a
        doktor: dr | professor: prof | på grund av: p.g.a pga | med mera: m.m
        i stället för: i.st.f | herr: hr | med flera: m.fl | jämför: jfr | enligt: enl
        från och med: fr.o.m f.o.m | till och med: t.o.m | så kallad: s.k | respektive: resp
        inklusive: inkl | exklusive: exkl | före Kristus: f.kr | efter Kristus: e.kr
        av den anledningen: a.d.a | för närvarande: f.n f.nv | i och med: i.o.m
        med anledning av: m.a.a | med avseende på: m.a.p | på så sätt: p.s.s | det är: d.ä
        född: f | död: d | ungefär: ung | eventuellt: ev | maximalt: max | minimalt: min
        med hjälp av: m.h.a | över huvud taget: ö.h.t | telefon: tel
        samma dag: s.d | utan anmärkning: u.a
        vänligen: v.g | docent: doc | ingenjör: ing
        sankt: s:t s:ta
        """,
        often_ends="och så vidare: osv o.s.v | et cetera: etc | eller dylikt: e.d | och dylikt: o.d"
        " | med mera: m.m | med flera: m.fl",
        before_number="nummer: nr n:o | sidan: s sid | kapitel: kap | figur: fig | klockan: kl"
        " | tabell: tab | artikel: art | punkt: p",
        bare="klockan: kl | till exempel: t.ex tex | bland annat: bl.a | på grund av: pga"
        " | det vill säga: dvs | med mera: mm. | cirka: ca | nummer: nr | doktor: dr"
        " | sankt: S:t S:ta",
    )

    def cardinal(self, number: int, form: str = "") -> str:
        """Return a number, of which the thousands are one word with the rest."""
        return super().cardinal(number, form).replace("tusen ", "tusen")

    def ordinal(self, number: int, form: str = "") -> str:
        """Return an ordinal that ends in "-a": "första", "andra"."""
        said = super().ordinal(number, form or "feminine")
        return f"{said[:-1]}a" if not form and said.endswith(("förste", "andre")) else said

    def year(self, number: int) -> str:
        """Return "nittonhundranittionio", but "tvåtusen"."""
        return self.cardinal(number) if number == 2000 else super().year(number)

    def written_ordinal(self, place: Place, digits: str, suffix: str) -> str | None:
        """Read "1:a", "3:e", and "1:e", a man."""
        number = int(digits)
        is_man = suffix == ":e" and number % 10 in (1, 2) and number % 100 not in (11, 12)
        return self.ordinal(number, "masculine" if is_man else "")

    def form_of(self, place: Place) -> str:
        """Return the gender of what is counted, neuter where nothing is."""
        noun = (place.after(1) or [""])[0].rstrip(".")
        before = place.word_before.rstrip(".").lower()
        counts = place.next in (" ", "\u00a0") and place.source[place.end + 1 :][:1].islower()
        if not counts or before in _LABELS or noun in _NO_NOUNS:
            return "neuter"
        is_neuter = noun.endswith(_NEUTER_NOUNS) or noun.endswith(_NEUTER_ENDINGS)
        return "neuter" if is_neuter else "reale"

    def day(self, number: int, place: Place) -> str:
        """Return the day as an ordinal: "tredje maj"."""
        return self.ordinal(number)

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "fjorton trettio", "åtta noll fem"."""
        said = [self.cardinal(hour)]
        if minute or second:
            said.append(f"{'noll ' if minute < 10 else ''}{self.cardinal(minute)}")
        if second is not None:
            said += ["och", self.quantity(Number(str(second)), "duration-second") or ""]
        return " ".join(said)

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "tolv kronor och femtio öre"."""
        return f"{whole} och {cents}"

    def half_of(self, place: Place) -> str | None:
        """Return "en halv", "ett halvt"."""
        return "ett halvt" if place.next == " " and self.form_of(place) == "neuter" else "en halv"

    def half_of_unit(self, unit: str) -> str | None:
        """Return a half by the gender of a unit."""
        return "ett halvt" if self.genders.get(unit) == "neuter" else "en halv"

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "en halv", "tre fjärdedelar", "en åttondel"."""
        if denominator == 2:
            return "en halv"
        part = self.ordinal(denominator)
        part = part.removeprefix("ett")
        if part.endswith(("nde", "ade")) and not part.endswith("sjunde"):
            part = part.removesuffix("de")
        return f"{self.cardinal(numerator, 'reale')} {part}del{'ar' if numerator > 1 else ''}"

    def mixed(self, whole: int, part: str) -> str:
        """Return "två och en halv"."""
        return f"{self.cardinal(whole, 'reale')} och {part}"

    def power(self, exponent: Number) -> str | None:
        """Return "i kvadrat", "i kubik", "upphöjt till fyra"."""
        if exponent.whole in "23" and not exponent.negative:
            return "i kvadrat" if exponent.whole == "2" else "i kubik"
        return f"upphöjt till {self.number(exponent)}"

    def number_range(self, first: Number, last: Number, place: Place) -> str:
        """Return "tre ett" for a score."""
        if len(first.whole) < 3 and first.value >= last.value:
            return f"{self.number(first)} {self.number(last)}"
        return super().number_range(first, last, place)

    def score(self, first: int, second: int) -> str | None:
        """Return "två ett" for a score, "ett till hundra" for a scale."""
        word = "till" if first == 1 and second > 9 else ""
        return " ".join(filter(None, (self.cardinal(first), word, self.cardinal(second))))

    def regnal(self, number: int, place: Place) -> str:
        """Return "den tolfte", "den andre", and "den andra" for a queen."""
        is_queen = place.word_before in WOMEN
        return f"den {self.ordinal(number, '' if is_queen else 'masculine')}"

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of decades, prices ("99:-") and numbers of persons ("640823-3234")."""
        yield rule(
            "decade",
            "digit",
            r"(?<![\p{L}\p{N}.,])(?P<n>\d{4}|1?\d0)-(?P<tal>tal(?:s|et|ets|en|ens|are)?)(?!\p{L})",
            lambda place: self._decade(place["n"]) + place["tal"],
        )
        yield rule(
            "money",
            "digit",
            rf"(?<![\p{{L}}\p{{N}}.,])(?P<a>{number_pattern(self)}):[-–—](?![\p{{L}}\p{{N}}])",
            lambda place: self.money(parse(place["a"], self), "SEK"),
        )
        yield rule(
            "code",
            "digit",
            r"(?<![\p{L}\p{N}.,-])(?:\d\d)?\d{6}-\d{4}(?![\p{L}\p{N}-])",
            lambda place: ", ".join(map(self.digits, place.text.split("-"))),
        )

    def _decade(self, digits: str) -> str:
        """Return "nittonhundra", "åttio"."""
        if len(digits) == 4:
            return super().year(int(digits))
        return self.cardinal(int(digits)).removeprefix("ett")
