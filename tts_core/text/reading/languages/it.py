"""Italian: "tre euro e cinquanta", "il primo maggio", "Vittorio Emanuele secondo"."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.languages.romance import Romance
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place
from tts_core.text.reading.tables import abbreviations, genders, pairs, words


class Italian(Romance):
    """Italian of Italy."""

    ordinal_suffixes = words("º ª ° .º")
    feminine_suffixes = words("ª")
    feminine_endings = ("a", "zione", "zioni", "tà")
    masculine_endings = ("o", "i", "ore")
    group_signs = ".' "
    decimal_sign = ","
    telephone_words = words("tel telefono fax cell cellulare")
    minus = "meno"
    point = "virgola"
    to = "a"
    per_word = "al"
    of = "di"
    half = "un mezzo"
    cents_word = "e"
    before_single_unit = ("al", "il", "un", "ogni", "per", "a")
    hour_signs = (":", ".")
    hour_words = ("h",)
    extra_months: ClassVar = {"sett": 9}
    signs: ClassVar = {
        "+": "più", "−": "meno", "-": "meno", "×": "per", "·": "per", "*": "per", "÷": "diviso",
        "=": "uguale", "≠": "diverso da", "≈": "circa", "<": "minore di", ">": "maggiore di",
        "≤": "minore o uguale a", "≥": "maggiore o uguale a", "±": "più o meno", "~": "circa",
        "√": "radice quadrata di", "∞": "infinito", "π": "pi greco", "&": "e", "§": "paragrafo",
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
    currency_signs: ClassVar = {"euro": "EUR", "dollari": "USD"}
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
        "concentr-percent": ("per cento",) * 2,
    }  # fmt: skip
    unit_signs: ClassVar = {"mq": "area-square-meter", "kmq": "area-square-kilometer"}
    words_like_units = words("l L A ly mi B ct t bar ha")
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
    initialisms = words("UE IA TV PC DNA IVA ONG INPS USA PIL")
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
        pagina: p pag | pagine: pp pagg | figura: fig | volume: vol | articolo: art | capitolo: cap
        numero: n num no | tabella: tab
        """,
        bare="""
        numero: n° N° | signora: Sig.ra sig.ra | signorina: Sig.na sig.na
        dottoressa: Dott.ssa dott.ssa | professoressa: Prof.ssa prof.ssa
        """,
    )

    def cardinal(self, number: int, form: str = "") -> str:
        """Return "ventuno", not "ventun", before nouns: only 1 is shortened."""
        return super().cardinal(number, form if number == 1 else "")

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

    def power(self, exponent: Number) -> str | None:
        """Return "al quadrato", "al cubo", "alla dieci"."""
        known = {"2": "al quadrato", "3": "al cubo"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"alla {self.number(exponent)}"

    def regnal(self, number: int, place: Place) -> str:
        """Return an ordinal: "secondo"."""
        return self.ordinal(number, "masculine")

    def century(self, number: int, place: Place) -> str | None:
        """Return an ordinal beside "secolo"."""
        near = [*place.before(1), *place.after(1)]
        is_century = any(word.lower().startswith("secol") for word in near)
        return self.ordinal(number, "masculine") if is_century else None
