"""German: ordinals agree with the words before them, decimals have a comma."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import ClassVar

from tts_core.text.reading.data.greek import letters
from tts_core.text.reading.language import Language
from tts_core.text.reading.languages.germanic import german_rules
from tts_core.text.reading.languages.germanic.german_rules import DATIVE, INDEFINITE, PREPOSITIONS
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule
from tts_core.text.reading.tables import abbreviations, genders, pairs, words

_FEMININE = (
    "e",
    "ung",
    "heit",
    "keit",
    "schaft",
    "ion",
    "tät",
    "ik",
    "ur",
    "nz",
    "Frau",
    "Person",
    "Stadt",
    "Woche",
)
_NEUTER = words(
    "jahrhundert jahrtausend jahrzehnt mal kapitel buch spiel tor kind lebensjahr quartal"
)

_NUMBERED = words(
    "artikel art nummer nr platz seite paragraf zimmer raum gleis linie tor hausnummer"
)


class German(Language):
    """German of Germany; CLDR's differences for Austria and Switzerland."""

    group_signs = ".'’ "
    decimal_sign = ","
    after_fractions = words("des der dem davon stunde stunden tag liter jahr")
    telephone_words = words(
        "tel telefon telefonnummer fax mobil handy notruf ruf rufe wähle wählen nummer"
    )
    minus = "minus"
    unit_gender = "masculine"
    point = "Komma"
    to = "bis"
    score_word = "zu"
    compass: ClassVar = {"N": "Nord", "S": "Süd", "O": "Ost", "E": "Ost", "W": "West"}
    per_word = "pro"
    before_single_unit = ("pro", "je", "per", "ein", "einen", "einem", "das", "der")
    day_suffixes = (".",)
    capital_months = True
    extra_months: ClassVar = {"jänner": 1, "feber": 2, "sept": 9, "mrz": 3}
    hour_signs = (":", ".")
    hour_words = ("Uhr", "h")
    before_times = ("um", "ab", "gegen", "bis", "von", "seit")
    short_codes = words("110 112 115 116117 911")
    by = "mal"
    as_often = "-mal"
    scales = ("tausend", "million", "milliarde")
    currency_signs: ClassVar = {
        "ct": "¢EUR",
        "Ct": "¢EUR",
        "Euro": "EUR",
        "Dollar": "USD",
        "Franken": "CHF",
        "Pfund": "GBP",
        "Fr": "CHF",
        "Cent": "¢EUR",
        "Rappen": "¢CHF",
    }
    signs: ClassVar = {
        **letters(
            "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda My "
            "Ny Xi Omikron Pi Rho Sigma Tau Ypsilon Phi Chi Psi Omega",
        ),
        "♯": "Kreuz", "♭": "B", "℡": "Telefon",
        "+": "plus", "−": "minus", "-": "minus", "×": "mal", "·": "mal", "*": "mal",
        "÷": "geteilt durch",
        "=": "gleich", "≠": "ungleich", "≈": "ungefähr", "<": "kleiner als", ">": "größer als",
        "≤": "kleiner oder gleich", "≥": "größer oder gleich", "±": "plus minus", "~": "etwa",
        "√": "Wurzel aus", "©": "Copyright", "∞": "unendlich",
        "∪": "vereinigt mit", "∩": "geschnitten mit", "∫": "Integral", "∈": "Element von",
        "π": "Pi", "&": "und",
        "§§": "Paragrafen",
        "§": "Paragraf",
        "°": "Grad", "%": "Prozent", "№": "Nummer", "/": "durch", "@": "at", "→": "zu",
        "Δ": "Delta",
        "€": "Euro", "£": "Pfund", "$": "Dollar", "¥": "Yen",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "plus", "<": "unter", ">": "über"}
    symbols: ClassVar = {
        ".": "Punkt", "@": "at", "/": "Schrägstrich", "-": "Bindestrich", "_": "Unterstrich",
        ":": "Doppelpunkt", "#": "Raute", "?": "Fragezeichen", "=": "gleich", "&": "und",
        "%": "Prozent",
        "+": "plus", "~": "Tilde", "number": "Nummer", "version": "Version", "hashtag": "Hashtag",
        "code block": "Codeblock.",
    }  # fmt: skip
    currencies: ClassVar = {
        "USD": ("Dollar", "Dollar"), "GBP": ("Pfund", "Pfund"), "EUR": ("Euro", "Euro"),
        "CHF": ("Franken", "Franken"), "RUB": ("Rubel", "Rubel"), "JPY": ("Yen", "Yen"),
        "INR": ("Rupie", "Rupien"), "BRL": ("Real", "Real"), "CNY": ("Yuan", "Yuan"),
        "PLN": ("Zloty", "Zloty"), "KRW": ("Won", "Won"), "UAH": ("Hrywnja", "Hrywnja"),
        "BTC": ("Bitcoin", "Bitcoin"),
    }  # fmt: skip
    cents: ClassVar = {
        **dict.fromkeys(("USD", "EUR", "CAD", "AUD", "NZD"), ("Cent", "Cent")),
        "GBP": ("Penny", "Pence"), "CHF": ("Rappen", "Rappen"),
    }  # fmt: skip
    magnitudes: ClassVar = {
        **pairs("Tausend", "tsd tausend"),
        **pairs("Million", "mio million millionen", "Millionen"),
        **pairs("Milliarde", "mrd milliarde milliarden", "Milliarden"),
        **pairs("Billion", "bio billion billionen", "Billionen"),
    }  # fmt: skip
    genders: ClassVar = genders(
        feminine="""
        Million Milliarde Billion INR duration-second duration-minute duration-hour duration-week
        duration-millisecond length-mile mass-tonne mass-ounce energy-calorie energy-kilocalorie
        energy-kilowatt-hour MWh GWh TWh Wh power-horsepower mAh Ah
        """,
        masculine="""
        length-kilometer length-meter length-centimeter length-millimeter length-foot length-inch
        length-yard volume-liter duration-day duration-month EUR USD CHF RUB JPY CNY BTC Cent Rappen
        power-watt temperature-celsius temperature-fahrenheit angle-degree
        """,
        neuter="""
        mass-kilogram mass-gram mass-milligram mass-pound GBP duration-year concentr-percent
        digital-byte digital-megabyte digital-gigabyte electric-volt frequency-hertz dB
        """,
    )
    units: ClassVar = {
        "Mbps": ("Megabit pro Sekunde",) * 2, "kbps": ("Kilobit pro Sekunde",) * 2,
        "Gbps": ("Gigabit pro Sekunde",) * 2, "MB/s": ("Megabyte pro Sekunde",) * 2,
        "GB/s": ("Gigabyte pro Sekunde",) * 2, "Wh": ("Wattstunde", "Wattstunden"),
        "MWh": ("Megawattstunde", "Megawattstunden"), "GWh": ("Gigawattstunde", "Gigawattstunden"),
        "TWh": ("Terawattstunde", "Terawattstunden"), "kV": ("Kilovolt",) * 2,
        "mV": ("Millivolt",) * 2,
        "mAh": ("Milliamperestunde", "Milliamperestunden"), "Ah": ("Amperestunde", "Amperestunden"),
        "kΩ": ("Kiloohm",) * 2, "kN": ("Kilonewton",) * 2, "Nm": ("Newtonmeter",) * 2,
        "dB": ("Dezibel",) * 2, "mm²": ("Quadratmillimeter",) * 2,
        "rpm": ("Umdrehung pro Minute", "Umdrehungen pro Minute"),
        "fps": ("Bild pro Sekunde", "Bilder pro Sekunde"), "MeV": ("Megaelektronenvolt",) * 2,
        "angle-degree": ("Grad",) * 2, "EL": ("Esslöffel",) * 2, "TL": ("Teelöffel",) * 2,
        "Stk": ("Stück",) * 2, "Ztr": ("Zentner",) * 2,
    }  # fmt: skip
    unit_signs: ClassVar = {
        "U/min": "rpm", "Std.": "duration-hour", "Std": "duration-hour", "Min.": "duration-minute",
        "Min": "duration-minute", "Sek.": "duration-second", "Sek": "duration-second",
        "Zoll": "length-inch", "J.": "duration-year",
        "Pfd.": "mass-pound", "qm": "area-square-meter", "m/Sek": "speed-meter-per-second",
        "Ztr.": "Ztr", "EL": "EL", "TL": "TL", "Stk.": "Stk", "Stk": "Stk",
    }  # fmt: skip
    per_signs: ClassVar = {
        "Tag": "duration-day",
        "Std.": "duration-hour",
        "Woche": "duration-week",
        "Monat": "duration-month",
        "Jahr": "duration-year",
    }
    words_like_units = words("in A ly mi B")
    section_words = words(
        "kapitel teil band buch akt szene abschnitt artikel anhang phase stufe klasse typ",
        "weltkrieg abb",
        "tafel tabelle titel gruppe bd kap",
    )
    capital_words = words(
        "ab am an auf aus bei bin bis bist da das dein dem den der des die dich dir doch du",
        "ein er es für",
        "gar gut hat ich ihm ihn ihr im in ins ist ja je kein man mein mich mir mit muss nach",
        "neu nie noch",
        "nein nicht nun nur ob oder oh sein sich sie sind so tag tun um und uns viel vom von",
        "vor war was wer",
        "wie wir wo zu zum zur alle jetzt auch sehr ganz hier wird werden haben halt los tor rot",
    )
    initialisms = words(
        "EU UN AG AI IT TV PC ID US USA UK AOK ADAC ARD ZDF DAX SPD CDU CSU FDP BRD DDR GEZ",
        "WLAN IHK ICE IC EDV UNO UFO EZB OP AOL API UKW LED KI ETA WHO ISS IS",
    ) - {"UNO", "UFO", "DAX"}
    starters = words(
        "er sie es wir ihr ich der die das ein eine dies diese dieser dann aber und doch wenn",
        "als im danach",
        "dort hier heute in an auf am so auch nach bei mit von zu für was wer wie wo warum da man",
    )
    code_words = words(
        "code pin plz nummer nr kennwort passwort id konto kontonummer flug artikelnummer "
        "bestellnummer"
    )
    trigger_endings = ("str",)
    abbreviations: ClassVar = abbreviations(
        """
        zum Beispiel: z.b zb | das heißt: d.h | beziehungsweise: bzw | circa: ca | vergleiche: vgl
        sogenannt: sog | geboren: geb | gestorben: gest | verheiratet: verh | gegebenenfalls: ggf
        eventuell: evtl | inklusive: inkl | exklusive: exkl | zuzüglich: zzgl | beispielsweise: bspw
        bezüglich: bzgl | Fräulein: frl | Herr: hr | Frau: fr | Heilige: hl | Diplom: dipl
        Ingenieur: ing | in der Regel: i.d.r | zum Teil: z.t | unter Umständen: u.u
        oder Ähnliches: o.ä | in Verbindung mit: i.v.m | med: med | phil: phil | rer nat: rer.nat
        täglich: tgl | Rechnung: rg | Urteil: urt
        Familie: fam | ebenda: ebd | Zimmer: zi | Wohnfläche: wfl | Punkte: pkt
        mit anderen Worten: m.a.w | Herrn: hrn | folgende: ff | Herausgeber: hg hrsg
        eingetragener Verein: e.v
        in diesem Jahr: i.d.j | Mehrwertsteuer: mwst | und so weiter und so fort: usf
        oben genannt: o.g | und: u | Firma: fa | Personen: pers
        siehe oben: s.o | siehe unten: s.u
        meines Erachtens: m.e | zurzeit: z.z zz z.zt zzt | zu Händen: z.hd z.hdn
        im Allgemeinen: i.a
        unter anderem: u.a | Doktor: dr | Professor: prof | Sankt: st | Magister: Mag | siehe: s
        nach Christus: n.chr | vor Christus: v.chr | im Auftrag: i.a | und zwar: u.zw
        circa: zirka | Million: mill
        vor allem: v.a | im Wesentlichen: i.w | von Hundert: v.h | geschieden: gesch
        Millionen: mio | Milliarden: mrd | Tausend: tsd | außer Dienst: a.d | am Main: a.m
        ohne Jahr: o.j | Telefon: tel | Geschäftsführer: gf | laut: lt | gemäß: gem
        """,
        ends="""
: co gmbh
        Straße: str | Hauptbahnhof: hbf | Jahrhundert: jh jhd jhdt
        Aktiengesellschaft: a.g
        und viele andere: u.v.a | und viele mehr: u.v.m uvm | und andere mehr: u.a.m
        """,
        often_ends="und so weiter: usw | et cetera: etc | und Ähnliches: u.ä",
        before_number="""
        Nummer: nr | Hausnummer: hausnr | Nummern: nrn | Abbildung: abb
        Tabelle: tab | Kapitel: kap | Band: bd
        Absatz: abs | mindestens: mind | maximal: max | minimal: min
        Ziffer: ziff | Randnummer: rn | Artikel: art | Seite: s | Folge: folg
        """,
    )

    def ordinal(self, number: int, form: str = "") -> str:
        """Return an ordinal with the ending `form`: "n", "r", "s", "" for "e"."""
        if number >= 1_000_000:  # CLDR has "zwei Millionenste"
            return (
                f"{self.cardinal(number)}ste".replace(" ", "").replace("en" + "ste", "ste").lower()
                + form
            )
        return super().ordinal(number) + form

    def cardinal(self, number: int, form: str = "") -> str:
        """Return "eins" for 1, "ein" or "eine" with a noun after it."""
        said = super().cardinal(number, "" if form != "feminine" or number != 1 else form)
        if form and number % 100 == 1 and number % 1000 != 0 and said.endswith("eins"):
            return said[:-1] + ("e" if form == "feminine" and number == 1 else "")
        return said

    def form_of(self, place: Place) -> str:
        """Return a gender for 1 before a noun, by the noun's ending."""
        following = (place.after(1) or [""])[0]
        before = place.word_before.lower().rstrip(".")
        if place.next not in (" ", "\u00a0") or not following[:1].isupper() or following.isupper():
            return ""
        if before in self.section_words or before in _NUMBERED:
            return ""
        return "feminine" if following.endswith(_FEMININE) else "masculine"

    def ordinal_form(self, place: Place, suffix: str = "") -> str:
        """Return the ending that the words before an ordinal demand."""
        before = [word.lower() for word in place.before(4)]
        if before[-1:] in (["und"], ["oder"]) and before[-2:-1] and before[-2][0].isdecimal():
            before = before[:-2]  # "am 3. und 4. Mai"
        before = before[-2:]
        last = (
            before[-1] if before and place.source[place.start - 1 : place.start].isspace() else ""
        )
        noun = (place.after(1) or [""])[0].lower()
        if (
            last in DATIVE
            or last == "v."
            or (last == "der" and before[:-1] and before[0] in PREPOSITIONS)
        ):
            return "n"
        if last == "als":
            return "r"
        if last in INDEFINITE:
            return "s" if noun in _NEUTER else "r"
        if last:
            return ""
        return "s" if noun in _NEUTER else "" if noun.endswith(_FEMININE) else "r"

    def day(self, number: int, place: Place) -> str:
        """Return the day as an ordinal that agrees with the words before it."""
        case, *weekday = [word.lower().rstrip(".") for word in place.before(2)] or [""]
        if case in DATIVE and weekday and weekday[0].title() in self._weekday_names:
            return self.ordinal(number, "n")  # "am Montag, 3. Mai"
        form = self.ordinal_form(place)
        last = (place.before(1) or [""])[-1].lower()
        return self.ordinal(number, "r" if not form and last not in ("der", "die", "das") else form)

    @cached_property
    def _weekday_names(self) -> frozenset[str]:
        return frozenset((*map(str.title, self.weekdays), *self.weekdays.values()))

    def date(self, place: Place, day: str, month: int, year: int | None) -> str:
        """Return "dritter Mai zweitausendvierundzwanzig"."""
        parts = (day, self.month(month), "" if year is None else self.year(year))
        return " ".join(part for part in parts if part)

    def decade(self, number: int, place: Place) -> str | None:
        """Return "neunziger", "neunzehnhundertneunziger"."""
        if place["s"] not in ("er", "ern") or number % 100 == 0:
            return None
        century, tens = divmod(number, 100)
        spoken = f"{self.cardinal(tens)}{place['s']}"
        return f"{self.year(century * 100)}{spoken}" if century else spoken[0].upper() + spoken[1:]

    def time(
        self, hour: int, minute: int, second: int | None, place: Place, half: str = ""
    ) -> str | None:
        """Return "vierzehn Uhr fünf"."""
        is_clock = place.word_before.lower() in self.before_times
        if "h" in (place["word"], place["first"]) and not is_clock:
            return self._hours(hour, minute) if minute else None
        said = [self.cardinal(hour, "masculine"), "Uhr"]
        if minute or second:
            said.append(self.cardinal(minute))
        if second is not None:
            said += ["und", self.quantity(Number(str(second)), "duration-second") or ""]
        return " ".join(said)

    def _hours(self, hour: int, minute: int) -> str:
        parts = ((hour, "duration-hour"), (minute, "duration-minute"))
        said = [self.quantity(Number(str(number)), unit) or "" for number, unit in parts if number]
        return " ".join(said)

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "drei Euro fünfzig"; one or two hundredths keep their name."""
        return f"{whole} {self.cardinal(number)}"

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "ein halb", "drei Viertel"."""
        if denominator == 2:
            return "einhalb"
        if denominator > 100:
            return f"{self.cardinal(numerator)} durch {self.cardinal(denominator)}"
        part = self.ordinal(denominator).removesuffix("te").removesuffix("s") + (
            "stel" if denominator >= 20 else "tel"
        )
        return f"{self.cardinal(numerator, 'neuter')} {part.capitalize()}"

    def mixed(self, whole: int, part: str) -> str:
        """Return "dreieinhalb"."""
        if part == "einhalb":
            return f"{self.cardinal(whole, 'neuter')}einhalb"
        return f"{self.cardinal(whole)} {part}"

    def power(self, exponent: Number) -> str | None:
        """Return "hoch zwei", "Quadrat" being for units."""
        return f"hoch {self.number(exponent)}"

    def regnal(self, number: int, place: Place) -> str:
        """Return "der Achte"."""
        return german_rules.regnal(self, number, place)

    def century(self, number: int, place: Place) -> str | None:
        """Return the ordinal of "Ludwig der XIV.", whose article is written."""
        if (place.after(1) or [""])[0].rstrip(".") in ("Weltkrieg", "Weltkriegs", "Weltkrieges"):
            return self.ordinal(number, self.ordinal_form(place))
        name, article = ["", "", *place.before(2)][-2:]
        if not (german_rules.ruler_of(name) and article in ("der", "die", "des", "dem", "den")):
            return None
        stop = "." if place.text[-1] == "." and self.sentence_follows(place) else ""
        ending = "" if article in ("der", "die") else "n"
        return f"{self.ordinal(number).capitalize()}{ending}{stop}"

    def is_ruler(self, name: str) -> bool:
        """Return whether a word is the name of a ruler, perhaps in the genitive."""
        return bool(german_rules.ruler_of(name))

    def ratio(self, first: int, second: int, place: Place) -> str | None:
        """Return "vierundzwanzig sieben", "zehn durch zwei"."""
        if first + second == 100 or (first, second) in ((24, 7), (24, 24)):
            return f"{self.cardinal(first)} {self.cardinal(second)}"
        return f"{self.cardinal(first)} durch {self.cardinal(second)}"

    def half_day(self, text: str) -> str:
        """Return nothing: German has 24 hours."""
        return "vormittags" if text[0] in "aA" else "nachmittags"

    def rules(self) -> Iterator[Rule]:
        """Yield the rules that only German has."""
        return german_rules.rules(self)
