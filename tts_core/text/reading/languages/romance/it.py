"""Italian: "tre euro e cinquanta", "il primo maggio", "Vittorio Emanuele secondo"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import regex

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.data.greek import letters
from tts_core.text.reading.data.rulers import WOMEN
from tts_core.text.reading.languages.romance.base import Romance
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule, rule
from tts_core.text.reading.tables import abbreviations, genders, pairs, words


class Italian(Romance):
    """Italian of Italy."""

    ordinal_suffixes = words("º ª ° .º")
    feminine_suffixes = words("ª")
    feminine_endings = ("a", "zione", "zioni", "tà")
    group_signs = ".' "
    decimal_sign = ","
    feminine_nouns = words(
        "mano notte parte classe chiave voce legge nave neve pace fonte mente gente carne luce",
        "croce",
        "madre moglie sorella foto auto moto radio torre serie specie crisi tesi frase fase base",
    )
    masculine_nouns = words(
        "problema sistema programma tema clima poema dramma panorama turista artista cinema papa",
    )
    no_nouns = words(
        "per con tra fra che del della dei delle nel nella dal dalla sul sulla più meno anche come",
        "sono era stato hanno dopo prima fino circa alle alla agli ogni senza non gli volte",
    )
    and_half = "e mezzo"
    and_word = "e"
    half_forms = ("mezzo", "mezza")
    by = "per"
    after_fractions = words("di del della dei degli delle dell dello d ora")
    before_short_dates = ("il", "dal", "al", "del")
    as_often = "volte"
    scales = ("mila", "milione", "miliardo")
    before_times = ("alle", "ore", "dalle", "le", "all", "h")
    telephone_pattern = r"3\d\d[ ./-]\d{6,7}|3\d\d[ ./-]\d{3}[ ./-]\d{3,4}"
    short_codes = words("112 113 115 118 117 1515")
    telephone_words = words(
        "tel telefono fax cell cellulare chiamare chiama chiamate chiami numero"
    )
    minus = "meno"
    of_law = "del"
    articles = words("il la lo del della dello nel nella nello al alla dal dalla sul sulla")
    point = "virgola"
    to = "a"
    compass: ClassVar = {"N": "nord", "S": "sud", "E": "est", "O": "ovest", "W": "ovest"}
    per_word = "al"
    of = "di"
    half = "un mezzo"
    cents_word = "e"
    before_single_unit = ("al", "il", "un", "ogni", "per", "a")
    hour_signs = (":", ".")
    hour_words = ()
    extra_months: ClassVar = {"sett": 9}
    signs: ClassVar = {
        **letters(
            "alfa beta gamma delta epsilon zeta eta theta iota kappa lambda mi "
            "ni xi omicron pi rho sigma tau ipsilon phi chi psi omega",
        ),
        "♯": "diesis", "♭": "bemolle", "℡": "telefono",
        "+": "più", "−": "meno", "-": "meno", "×": "per", "·": "per", "*": "per", "÷": "diviso",
        "=": "uguale", "≠": "diverso da", "≈": "circa", "<": "minore di", ">": "maggiore di",
        "≤": "minore o uguale a", "≥": "maggiore o uguale a", "±": "più o meno", "~": "circa",
        "©": "copyright", "√": "radice quadrata di", "∞": "infinito",
        "∪": "unione", "∩": "intersezione", "∫": "integrale di", "∈": "appartiene a",
        "π": "pi greco", "&": "e",
        "§": "paragrafo",
        "°": "gradi", "%": "per cento", "№": "numero", "/": "su", "@": "chiocciola", "→": "a",
        "€": "euro", "£": "sterline", "$": "dollari", "¥": "yen",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "più", "<": "meno di", ">": "più di"}
    symbols: ClassVar = {
        ".": "punto", "@": "chiocciola", "/": "barra", "-": "trattino", "_": "trattino basso",
        ":": "due punti", "#": "cancelletto", "?": "punto interrogativo", "=": "uguale", "&": "e",
        "%": "per cento", "+": "più", "~": "tilde", "number": "numero", "version": "versione",
        "hashtag": "hashtag",
        "code block": "Blocco di codice.",
    }  # fmt: skip
    currencies: ClassVar = {
        "USD": ("dollaro", "dollari"), "GBP": ("sterlina", "sterline"), "EUR": ("euro", "euro"),
        "JPY": ("yen", "yen"), "CHF": ("franco", "franchi"), "RUB": ("rublo", "rubli"),
        "INR": ("rupia", "rupie"), "CNY": ("yuan", "yuan"), "BRL": ("real", "real"),
    }  # fmt: skip
    currency_signs: ClassVar = {
        "euro": "EUR", "dollari": "USD", "cent": "¢EUR", "centesimi": "¢EUR",
    }  # fmt: skip
    cents: ClassVar = {
        "EUR": ("centesimo", "centesimi"), "USD": ("centesimo", "centesimi"),
        "CHF": ("centesimo", "centesimi"), "GBP": ("penny", "pence"),
    }  # fmt: skip
    magnitudes: ClassVar = {
        **pairs("mila", "mila k"), **pairs("milione", "milione milioni mln mio", "milioni"),
        **pairs("miliardo", "miliardo miliardi mld mrd", "miliardi"),
    }  # fmt: skip
    genders: ClassVar = genders(
        feminine="""
        GBP INR mass-tonne mass-pound mass-ounce duration-hour duration-week energy-calorie
        energy-kilocalorie length-yard
        """
    )
    units: ClassVar = {
        "Mbps": ("megabit al secondo",) * 2, "Gbps": ("gigabit al secondo",) * 2,
        "dB": ("decibel",) * 2, "Wh": ("wattora",) * 2, "MWh": ("megawattora",) * 2,
        "GWh": ("gigawattora",) * 2, "kV": ("chilovolt",) * 2,
        "rpm": ("giro al minuto", "giri al minuto"),
        "fps": ("fotogramma al secondo", "fotogrammi al secondo"),
        "mm²": ("millimetro quadrato", "millimetri quadrati"),
        "concentr-percent": ("per cento",) * 2, "mass-tonne": ("tonnellata", "tonnellate"),
        "mAh": ("milliampereora",) * 2, "Ah": ("amperora",) * 2, "mV": ("millivolt",) * 2,
        "TWh": ("terawattora",) * 2, "kN": ("kilonewton",) * 2, "Nm": ("newton metro",) * 2,
        "MB/s": ("megabyte al secondo",) * 2, "GB/s": ("gigabyte al secondo",) * 2,
        "kbps": ("kilobit al secondo",) * 2, "kΩ": ("kiloohm",) * 2,
    }  # fmt: skip
    unit_signs: ClassVar = {
        "mq": "area-square-meter",
        "kmq": "area-square-kilometer",
        "gg": "duration-day",
    }
    per_signs: ClassVar = {
        "die": "duration-day",
        "giorno": "duration-day",
        "mese": "duration-month",
        "anno": "duration-year",
    }
    words_like_units = words("A ly mi B bar ha")
    section_words = words(
        "capitolo tomo parte volume atto scena libro articolo sezione fase classe tipo",
        "mondiale titolo",
        "allegato figura tabella gruppo livello cap vol art fig guerra",
    )
    capital_words = words(
        "a ai al alla anche che chi ci come con da dal dei del di due e è ed era fa gli ha ho",
        "i il in io",
        "la le lei lo lui ma me mi mia mio ne nei nel no noi non o ogni per più poi qua qui se",
        "sei si sì",
        "sia solo sono sta su sua sul suo te ti tra tu tua tuo un una uno va voi fra già mai tutto",
    )
    initialisms = words("CGIL UIL CISL UE IA TV PC DNA IVA ONG INPS USA PIL")
    starters = words(
        "lui lei loro gli il la lo le un una questo questa ma quando poi nel di a in non si se",
        "come per",
        "con e ed io noi voi oggi ieri così anche",
    )
    code_words = words("codice pin cap password conto numero riferimento")
    abbreviations: ClassVar = abbreviations(
        """
        signor: sig | signori: sigg | signora: sig.ra | signorina: sig.na | dottor: dott dr
dottoressa: dott.ssa | professor: prof | professoressa: prof.ssa | avvocato: avv
        ingegner: ing | architetto: arch | geometra: geom | onorevole: on | per esempio: p.es es
        cioè: i.e | spettabile: spett | egregio: egr | gentile: gent | San: s | circa: ca
        avanti Cristo: a.c | dopo Cristo: d.c | numero: nr | telefono: tel | confronta: cfr cf
        """,
        often_ends="eccetera: ecc etc",
        before_number="""
        massimo: max | minimo: min | pagina: p pag | pagine: pp pagg | figura: fig
        volume: vol | sezione: sez | articolo: art | capitolo: cap | secolo: sec | comma: c co
        numero: n num no | tabella: tab
        """,
        bare="""
        numero: n° N° n.° | piazza: P.zza P.za p.zza | viale: V.le v.le | corso: C.so c.so
        gentilissimo: Gent.mo gent.mo | gentilissima: Gent.ma
        largo: L.go | signora: Sig.ra sig.ra | signorina: Sig.na sig.na
        dottoressa: Dott.ssa dott.ssa | professoressa: Prof.ssa prof.ssa
        """,
    )

    def cardinal(self, number: int, form: str = "") -> str:
        """Return "ventuno", not "ventun", before nouns: only 1 is shortened."""
        return super().cardinal(number, form if number == 1 else "")

    def form_of(self, place: Place) -> str:
        """Return "masculine-with-zeta"-like forms as none: "uno studente"."""
        following = (place.after(1) or [""])[0]
        if regex.match(r"s[^aeiouh\s]|z|gn|ps|x|y", following) and not following.endswith("a"):
            return ""
        return super().form_of(place)

    def quantity(self, number: Number, unit: str) -> str | None:
        """Return "un'ora", not "una ora"."""
        said = super().quantity(number, unit)
        return said and regex.sub(r"^una (?=[aeiou])", "un'", said)

    def day(self, number: int, place: Place) -> str:
        """Return "primo" for the first, cardinals for the rest."""
        return "primo" if number == 1 else self.cardinal(number)

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "quattordici e trenta"."""
        said = ["una" if hour == 1 else self.cardinal(hour)]
        if minute or second:
            said += ["e", self.cardinal(minute)]
        if second is not None:
            said += ["e", self.quantity(Number(str(second)), "duration-second") or ""]
        return " ".join(said)

    def of_magnitude(self, number: Number, magnitude: str, name: str) -> str:
        """Return "diecimila", "due milioni di euro"."""
        if self.magnitudes[magnitude][0] == "mila" and not number.fraction:
            return f"{self.cardinal(int(number.whole) * 1000)} {name}".strip()
        return super().of_magnitude(number, magnitude, name)

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "tre euro e cinquanta"."""
        return f"{whole} e {self.cardinal(number)}"

    def plural(self, word: str) -> str:
        """Return "quarti" for "quarto"."""
        return f"{word[:-1]}i"

    def abbreviation(self, word: str, place: Place) -> Abbreviation | None:
        """Read "es." after "ad" as "esempio"."""
        if word.lower() == "es" and place.word_before.lower() == "ad":
            return Abbreviation("esempio")
        if word == "Es" and place.source[place.end : place.end + 2].strip().isdecimal():
            return Abbreviation("esercizio")
        return super().abbreviation(word, place)

    def number_range(self, first: Number, last: Number, place: Place) -> str:
        """Return the two numbers of "18-24 anni" one after the other."""
        if place.after(1) in (["anni"], ["anni."]):
            return f"{self.number(first)} {self.number(last)}"
        return super().number_range(first, last, place)

    def power(self, exponent: Number) -> str | None:
        """Return "al quadrato", "al cubo", "alla dieci"."""
        known = {"2": "al quadrato", "3": "al cubo"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"alla {self.number(exponent)}"

    def regnal(self, number: int, place: Place) -> str:
        """Return an ordinal: "secondo", "seconda"."""
        return self.ordinal(number, "feminine" if place.word_before in WOMEN else "masculine")

    def rules(self) -> Iterator[Rule]:
        """Yield the rule of centuries, "il '900"."""
        yield rule(
            "date",
            "sign",
            r"(?<![\p{L}\p{N}])['’](?P<n>[1-9]00)(?![\p{L}\p{N}])",
            lambda place: self.cardinal(int(place["n"])).capitalize(),
        )

    def is_word(self, sign: str, place: Place, before: str, number: Number) -> bool:
        """Tell hectares from the verb: "nel 2024 ha vinto"; "°" before a noun is an ordinal."""
        if sign == "ha":
            return self.is_year(number) or bool(
                regex.match(r"[ ]\p{Ll}+[aiou]t[oaie]\b", place.source, pos=place.end)
            )
        if sign == "°" and len(number.whole) < 3 and before.isdecimal():
            return bool(regex.match(r"[ ]\p{Ll}{3}", place.source, pos=place.end))
        return super().is_word(sign, place, before, number)

    def century(self, number: int, place: Place) -> str | None:
        """Return an ordinal beside "secolo"."""
        after = place.after(3)
        in_a_row = after[:1] in (["e"], ["o"], ["ed"])  # "XVI e XVII secolo"
        near = after[2:] if in_a_row else [*place.before(1), *after[:1]]
        is_century = any(word.lower().startswith("secol") for word in near)
        return self.ordinal(number, "masculine") if is_century else None
