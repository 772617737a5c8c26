"""Dutch: "drie mei", "veertien uur dertig", "drie euro vijftig"."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place
from tts_core.text.reading.tables import abbreviations, pairs, words


class Dutch(Language):
    """Dutch of the Netherlands and Belgium."""

    ordinal_suffixes = words("e de ste ᵉ")
    group_signs = ". "
    decimal_sign = ","
    telephone_words = words("tel telefoon fax mobiel")
    minus = "min"
    point = "komma"
    to = "tot"
    per_word = "per"
    before_single_unit = ("per", "een", "de", "het", "elke")
    hour_signs = (":", ".")
    hour_words = ("uur", "u")
    extra_months: ClassVar = {"mrt": 3, "sept": 9}
    signs: ClassVar = {
        "+": "plus", "−": "min", "-": "min", "×": "keer", "·": "keer", "*": "keer",
        "÷": "gedeeld door", "=": "is", "≠": "is niet gelijk aan", "≈": "ongeveer",
        "<": "kleiner dan", ">": "groter dan", "≤": "kleiner dan of gelijk aan",
        "≥": "groter dan of gelijk aan", "±": "plusminus", "~": "ongeveer",
        "√": "de wortel van", "∞": "oneindig", "π": "pi", "&": "en", "§": "paragraaf",
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
    currency_signs: ClassVar = {"euro": "EUR", "dollar": "USD"}
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
        "mm²": ("vierkante millimeter",) * 2,
    }  # fmt: skip
    unit_signs: ClassVar = {"sec": "duration-second", "pk": "power-horsepower"}
    words_like_units = words("l L A ly mi B ct t in")
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
        de heer: dhr | mevrouw: mevr mw | doctor: dr | doctorandus: drs | professor: prof
        ingenieur: ir ing | meester: mr | bijvoorbeeld: bijv bv b.v | dat wil zeggen: d.w.z dwz
        onder andere: o.a | met andere woorden: m.a.w | in verband met: i.v.m
        ten opzichte van: t.o.v
        ter attentie van: t.a.v | tot en met: t/m | en dergelijke: e.d | circa: ca | namelijk: nl
        eventueel: evt | inclusief: incl | exclusief: excl | maximaal: max | minimaal: min
        voor Christus: v.chr | na Christus: n.chr | sint: st | telefoon: tel | zogenaamd: zgn
        vergelijk: vgl
        """,
        ends="en zo verder: e.z.v",
        often_ends="enzovoort: enz | et cetera: etc",
        before_number="""
        nummer: nr | nummers: nrs | pagina: p pag blz | bladzijde: bladz | hoofdstuk: hfst
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
        """Return "drieënhalf" as "drie en een half"."""
        return f"{self.cardinal(whole)} en {part}"

    def power(self, exponent: Number) -> str | None:
        """Return "kwadraat", "tot de derde"."""
        if exponent.whole == "2" and not exponent.negative:
            return "kwadraat"
        if exponent.negative:
            return f"tot de macht {self.number(exponent)}"
        return f"tot de {self.ordinal(int(exponent.whole))}"

    def regnal(self, number: int, place: Place) -> str:
        """Return "de tweede"."""
        return f"de {self.ordinal(number)}"
