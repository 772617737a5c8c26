"""Dutch: "drie mei", "veertien uur dertig", "drie euro vijftig"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.data.greek import letters
from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule, rule
from tts_core.text.reading.tables import abbreviations, pairs, words

_NEUTER_UNITS = words("duration-hour duration-year mass-pound digital-bit mass-carat")


class Dutch(Language):
    """Dutch of the Netherlands and Belgium."""

    ordinal_suffixes = words("e de ste ᵉ")
    group_signs = ". "
    decimal_sign = ","
    after_fractions = words("van uur dag liter")
    telephone_words = words("tel telefoon fax mobiel bel bellen belde")
    short_codes = words("112 911 144")
    by = "bij"
    before_short_dates = ("op", "tot")
    as_often = "keer"
    scales = ("duizend", "miljoen", "miljard")
    before_times = ("om", "van", "tot", "vanaf")
    minus = "min"
    point = "komma"
    to = "tot"
    compass: ClassVar = {"N": "noord", "Z": "zuid", "O": "oost", "W": "west"}
    per_word = "per"
    before_single_unit = ("per", "een", "de", "het", "elke")
    hour_signs = (":", ".", "u")
    hour_words = ("uur", "u", "u.")
    trigger_endings = ("str",)
    extra_months: ClassVar = {"mrt": 3, "febr": 2, "sept": 9}
    signs: ClassVar = {
        **letters(
            "alfa bèta gamma delta epsilon zèta èta thèta jota kappa lambda mu "
            "nu xi omikron pi rho sigma tau ypsilon phi chi psi omega",
        ),
        "♯": "kruis", "♭": "mol", "℡": "telefoon",
        "+": "plus", "−": "min", "-": "min", "×": "keer", "·": "keer", "*": "keer",
        "÷": "gedeeld door", "=": "is", "≠": "is niet gelijk aan", "≈": "ongeveer",
        "<": "kleiner dan", ">": "groter dan", "≤": "kleiner dan of gelijk aan",
        "≥": "groter dan of gelijk aan", "±": "plusminus", "~": "ongeveer",
        "©": "copyright", "√": "de wortel van", "∞": "oneindig",
        "∪": "vereniging", "∩": "doorsnede", "∫": "integraal van", "∈": "element van",
        "π": "pi", "&": "en",
        "§": "paragraaf",
        "°": "graden", "%": "procent", "№": "nummer", "/": "gedeeld door", "@": "apenstaartje",
        "→": "naar", "€": "euro", "£": "pond", "$": "dollar", "¥": "yen",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "plus", "<": "minder dan", ">": "meer dan"}
    symbols: ClassVar = {
        ".": "punt", "@": "apenstaartje", "/": "schuine streep", "-": "streepje",
        "_": "laag streepje", ":": "dubbele punt", "#": "hekje", "?": "vraagteken",
        "=": "is gelijk aan", "&": "en", "%": "procent", "+": "plus", "~": "tilde",
        "number": "nummer", "version": "versie", "hashtag": "hashtag",
        "code block": "Codeblok.",
    }  # fmt: skip
    currencies: ClassVar = {
        "USD": ("dollar",) * 2, "GBP": ("pond",) * 2, "EUR": ("euro",) * 2, "JPY": ("yen",) * 2,
        "CHF": ("frank",) * 2, "INR": ("roepie",) * 2, "RUB": ("roebel",) * 2,
    }  # fmt: skip
    currency_signs: ClassVar = {"euro": "EUR", "dollar": "USD", "ct": "¢EUR", "cent": "¢EUR"}
    cents: ClassVar = dict.fromkeys(words("USD EUR CAD AUD"), ("cent", "cent"))
    magnitudes: ClassVar = {
        **pairs("duizend", "duizend k"), **pairs("miljoen", "miljoen mln mio"),
        **pairs("miljard", "miljard mld mrd"), **pairs("biljoen", "biljoen"),
    }  # fmt: skip
    units: ClassVar = {
        "Mbps": ("megabit per seconde",) * 2, "Gbps": ("gigabit per seconde",) * 2,
        "dB": ("decibel",) * 2, "Wh": ("wattuur",) * 2, "MWh": ("megawattuur",) * 2,
        "GWh": ("gigawattuur",) * 2, "kV": ("kilovolt",) * 2,
        "rpm": ("toer per minuut", "toeren per minuut"),
        "fps": ("beeld per seconde", "beelden per seconde"),
        "mm²": ("vierkante millimeter",) * 2, "angle-degree": ("graad", "graden"),
        "duration-hour": ("uur",) * 2, "mass-tonne": ("ton",) * 2, "mV": ("millivolt",) * 2,
        "MB/s": ("megabyte per seconde",) * 2, "kbps": ("kilobit per seconde",) * 2,
        "mAh": ("milliampère-uur",) * 2, "Nm": ("newtonmeter",) * 2, "kN": ("kilonewton",) * 2,
    }  # fmt: skip
    unit_signs: ClassVar = {
        "sec": "duration-second", "pk": "power-horsepower", "km/u": "speed-kilometer-per-hour",
        "m/s": "speed-meter-per-second", "u": "duration-hour",
        "el": "volume-tablespoon", "tl": "volume-teaspoon", "jr": "duration-year",
        "jr.": "duration-year",
    }  # fmt: skip
    per_signs: ClassVar = {
        "dag": "duration-day",
        "maand": "duration-month",
        "jaar": "duration-year",
    }
    words_like_units = words("A ly mi B t in")
    section_words = words(
        "hoofdstuk deel boek akte scène artikel bijlage fase klasse type wereldoorlog",
        "afbeelding tabel",
        "titel groep niveau",
    )
    capital_words = words(
        "aan al als bij ben dan dat de die dit door een en er had het hij hoe ik in is je ja",
        "kan met mij mijn",
        "na naar nee niet nog nu of om ons ook op over te tot uit van veel voor was wat we wel",
        "wie wij zal ze",
        "zei zich zij zijn zo",
    )
    initialisms = words("EU VS TV PC NS BTW DNA KLM ANWB NOS VVD CDA SP AI IT OM")
    starters = words(
        "hij zij ze wij we jij je ik de het een dit dat deze die maar en toen als in op aan",
        "met van voor",
        "dan daar hier nu ook er na om wat wie waar hoe",
    )
    code_words = words("code pincode pin postcode wachtwoord rekening nummer")
    abbreviations: ClassVar = abbreviations(
        """
        dominee: ds | jonkheer: jhr | zie ommezijde: z.o.z
        de heer: dhr | mevrouw: mevr mw | doctor: dr | doctorandus: drs | professor: prof
        ingenieur: ir ing | meester: mr | bijvoorbeeld: bijv bv b.v | dat wil zeggen: d.w.z dwz
        onder andere: o.a | met andere woorden: m.a.w | in verband met: i.v.m
        ten opzichte van: t.o.v
        met betrekking tot: m.b.t | in plaats van: i.p.v | met behulp van: m.b.v
        naar aanleiding van: n.a.v | ten aanzien van: t.a.v | niet van toepassing: n.v.t
        onder leiding van: o.l.v | met name: m.n | te zijner tijd: t.z.t | in het bijzonder: i.h.b
        volgens mij: v.m | ten behoeve van: t.b.v | alstublieft: a.u.b s.v.p
        zo spoedig mogelijk: z.s.m
        de dato: d.d | jongstleden: jl | aanstaande: a.s | of iets dergelijks: o.i.d
        en anderen: e.a
        en zo voort: e.z | tot en met: t/m | en dergelijke: e.d | circa: ca | namelijk: nl
        eventueel: evt | inclusief: incl | exclusief: excl
        voor Christus: v.chr | na Christus: n.chr | sint: st | telefoon: tel | zogenaamd: zgn
        vergelijk: vgl | temperatuur: temp
        """,
        ends="en zo verder: e.z.v",
        often_ends="enzovoort: enz | et cetera: etc",
        before_number="""
        maximaal: max | minimaal: min
        nummer: nr | nummers: nrs | pagina: p pag | bladzijde: blz bladz | hoofdstuk: hfst
        artikel: art
        afbeelding: afb | figuur: fig | deel: dl | tabel: tab
        """,
        bare="tot en met: t/m",
    )

    def written_ordinal(self, place: Place, digits: str, suffix: str) -> str | None:
        """Read "1e", "2de", "8ste"."""
        return self.ordinal(int(digits))

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "veertien uur dertig"."""
        said = [self.cardinal(hour), "uur"]
        if minute or second:
            said.append(self.cardinal(minute))
        if second is not None:
            said += ["en", self.quantity(Number(str(second)), "duration-second") or ""]
        return " ".join(said)

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "drie euro vijftig"."""
        return f"{whole} {self.cardinal(number)}"

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "een half", "drie kwart", "twee derde"."""
        known = {2: "half", 4: "kwart"}
        return f"{self.cardinal(numerator)} {known.get(denominator) or self.ordinal(denominator)}"

    def mixed(self, whole: int, part: str) -> str:
        """Return "anderhalf", "drieënhalf", "twee en een kwart"."""
        said = self.cardinal(whole)
        if part != "een half":
            return f"{said} en {part}"
        return "anderhalf" if whole == 1 else f"{said}{'ë' if said.endswith('e') else 'e'}nhalf"

    def power(self, exponent: Number) -> str | None:
        """Return "kwadraat", "tot de derde"."""
        if exponent.whole == "2" and not exponent.negative:
            return "kwadraat"
        if exponent.negative:
            return f"tot de macht {self.number(exponent)}"
        return f"tot de {self.ordinal(int(exponent.whole))}"

    def abbreviation(self, word: str, place: Place) -> Abbreviation | None:
        """Tell "B.V.", a company, from "b.v.", for example, and "nl." from an address's end."""
        if word == "B.V" or (word == "nl" and not place.after(1)):
            return None
        return super().abbreviation(word, place)

    def unit_alone(self, unit: str, place: Place) -> str | None:
        """Return a unit without a number, unless it is a word: "El Niño", "Jan jr."."""
        return None if place.text in ("el", "tl", "jr") else super().unit_alone(unit, place)

    def half_of_unit(self, unit: str) -> str | None:
        """Return "een half" before a neuter unit, else "een halve"."""
        return "een half" if unit in _NEUTER_UNITS else "een halve"

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of postcodes and of "t/m" between numbers."""
        yield rule(
            "code",
            "digit",
            r"(?<![\p{L}\p{N}.,])(?P<a>[1-9]\d)(?P<b>\d\d)"
            r"[ ]?(?P<letters>[A-Z]{2})(?![\p{L}\p{N}])",
            lambda place: (
                f"{self.cardinal(int(place['a']))} {self._pair(place['b'])} {place['letters']}"
            ),
        )

        yield rule(
            "abbreviation",
            "letter",
            r"(?P<word>\p{L}{2,40})str\.(?!\p{L})",
            lambda place: f"{place['word']}straat" + ("." if self.sentence_follows(place) else ""),
            then=".",
        )

    def year(self, number: int) -> str:
        """Return "zeventienhonderdtwee"; CLDR has "zeventientwee"."""
        if 1100 < number < 2000 and 0 < number % 100 < 10:
            return f"{self.cardinal(number // 100)}honderd{self.cardinal(number % 100)}"
        return super().year(number)

    def _pair(self, digits: str) -> str:
        return self.digits(digits) if digits[0] == "0" else self.cardinal(int(digits))

    def is_word(self, sign: str, place: Place, before: str, number: Number) -> bool:
        """Tell "t/m" from tonnes per meter."""
        return (sign == "t" and place["of"] == "m") or super().is_word(sign, place, before, number)

    def number_range(self, first: Number, last: Number, place: Place) -> str:
        """Return "drie een" for a score."""
        if len(first.whole) < 3 and first.value >= last.value:
            return f"{self.number(first)} {self.number(last)}"
        return super().number_range(first, last, place)

    def score(self, first: int, second: int) -> str | None:
        """Return "twee een" for a score, "een op honderd" for a scale."""
        word = "op" if first == 1 and second > 9 else ""
        return " ".join(
            part for part in (self.cardinal(first), word, self.cardinal(second)) if part
        )

    def regnal(self, number: int, place: Place) -> str:
        """Return "de tweede"."""
        return f"de {self.ordinal(number)}"
