"""Greek: "τρεις ώρες", "χίλιες πεντακόσιες δραχμές", "ο δέκατος ένατος αιώνας", "ενάμισι"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import regex

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.language import Language
from tts_core.text.reading.languages import greek_words
from tts_core.text.reading.number import Number, ascii_digits
from tts_core.text.reading.rule import Place, Rule, any_of, rule
from tts_core.text.reading.tables import abbreviations, genders, pairs, words

_SPELLINGS = (("χίλιάδες", "χιλιάδες"), ("εννενή", "ενενή"), ("δεκατρεις", "δεκατρείς"))
"""Misspelled in CLDR."""
_NUMERALS = dict(
    zip(
        "ΑΒΓΔΕΣΖΗΘΙΚΛΜΝΞΟΠ",
        (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40, 50, 60, 70, 80),
        strict=True,
    )
) | {"Ϛ": 6, "ΣΤ": 6}
_KERAIA = "΄ʹ'’´"
_HALVES = {"feminine": "μισή", "masculine": "μισός", "": "μισό"}


class Greek(Language):
    """Greek; numbers agree with nouns in gender."""

    group_signs = "."
    decimal_sign = ","
    number_after_sign = True
    unit_gender = "neuter"
    numbers_in_codes = True
    minus = "μείον"
    point = "κόμμα"
    to = "έως"
    by = "επί"
    as_often = "φορές"
    factor_gender = "feminine"
    scales = ("χιλ", "εκατ", "δισ")
    per_word = "ανά"
    date_order = "dmy"
    ordinal_suffixes = tuple(greek_words.SUFFIXES)
    hour_signs = (":", ".")
    before_times = words("στις στη στην τις ώρα ώρες από έως μέχρι")
    telephone_words = words("τηλ τηλέφωνο φαξ fax κιν κινητό καλέστε κλήση")
    telephone_pattern = r"2\d{2}[ -]?\d{3}[ -]?\d{4}|69\d[ -]?\d{3}[ -]?\d{4}"
    short_codes = words("112 100 166 199")
    signs: ClassVar = {
        "+": "συν", "−": "μείον", "-": "μείον", "×": "επί", "·": "επί", "*": "επί",
        "÷": "διά", "=": "ίσον", "≠": "διάφορο του", "≈": "περίπου", "<": "μικρότερο από",
        ">": "μεγαλύτερο από", "≤": "μικρότερο ή ίσο", "≥": "μεγαλύτερο ή ίσο",
        "±": "συν πλην", "~": "περίπου", "√": "ρίζα", "∞": "άπειρο", "∪": "ένωση", "∩": "τομή",
        "∫": "ολοκλήρωμα", "∈": "ανήκει", "&": "και", "§": "παράγραφος", "°": "μοίρες",
        "%": "τοις εκατό", "№": "αριθμός", "/": "προς", "@": "παπάκι", "→": "προς", "€": "ευρώ",
        "$": "δολάρια", "£": "λίρες", "©": "πνευματικά δικαιώματα",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "συν", "<": "κάτω από", ">": "πάνω από"}
    symbols: ClassVar = {
        ".": "τελεία", "@": "παπάκι", "/": "κάθετος", "-": "παύλα", "_": "κάτω παύλα",
        ":": "άνω κάτω τελεία", "#": "δίεση", "?": "ερωτηματικό", "=": "ίσον", "&": "και",
        "%": "τοις εκατό", "+": "συν", "~": "περισπωμένη", "number": "αριθμός",
        "version": "έκδοση", "hashtag": "χάσταγκ", "code block": "Μπλοκ κώδικα.",
    }  # fmt: skip
    currencies: ClassVar = {
        "EUR": ("ευρώ",) * 2, "USD": ("δολάριο", "δολάρια"), "GBP": ("λίρα", "λίρες"),
        "JPY": ("γεν",) * 2, "CHF": ("φράγκο", "φράγκα"), "TRY": ("λίρα", "λίρες"),
        "RUB": ("ρούβλι", "ρούβλια"), "GRD": ("δραχμή", "δραχμές"),
    }  # fmt: skip
    currency_signs: ClassVar = {"δρχ.": "GRD", "δρχ": "GRD", "λεπτά": "¢EUR"}
    cents: ClassVar = {
        "EUR": ("λεπτό", "λεπτά"), "USD": ("σεντ",) * 2, "GBP": ("πένα", "πένες"),
    }  # fmt: skip
    magnitudes: ClassVar = {
        **pairs("χιλιάδα", "χιλ", "χιλιάδες"),
        **pairs("εκατομμύριο", "εκατ εκατομμύρια εκατομμύριο εκ", "εκατομμύρια"),
        **pairs("δισεκατομμύριο", "δισ δις δισεκατομμύρια δισεκατομμύριο", "δισεκατομμύρια"),
        **pairs("τρισεκατομμύριο", "τρισ τρις", "τρισεκατομμύρια"),
    }  # fmt: skip
    genders: ClassVar = genders(
        feminine="""
        χιλιάδα GBP TRY GRD πένα duration-hour duration-day angle-degree mass-pound mass-ounce
        length-yard length-inch energy-calorie energy-kilocalorie energy-kilowatt-hour
        pressure-atmosphere rpm MWh GWh Wh mAh Ah graphics-dot-per-inch
        pressure-pound-force-per-square-inch
        """,
        masculine="""
        mass-tonne temperature-celsius temperature-fahrenheit temperature-kelvin
        power-horsepower speed-knot duration-month
        """,
    )
    units = greek_words.UNITS
    unit_signs = greek_words.UNIT_SIGNS
    words_like_units = words("A B J K N V W ct ft in ly mi s h")
    section_words = words("κεφάλαιο τόμος τόμο μέρος βιβλίο πράξη σκηνή άρθρο φάση τύπος ενότητα")
    capital_words = words(
        "α αλλά αν από αυτά αυτή αυτό για δε δεν διότι εγώ εδώ εκεί ένα ένας έχει η ή θα και κι μα",
        "με μη μην μια μου να ναι ο οι όμως όπου όπως όταν ότι όχι που πώς σαν σας σε στα στη στην",
        "στο στον τα τι τη την της τις το τον του τους των ως είναι γιατί",
    )
    initialisms = words("ΗΠΑ ΝΑΤΟ ΕΕ ΔΕΗ ΟΗΕ ΕΡΤ ΟΤΕ ΚΤΕΛ ΙΚΑ ΦΠΑ ΑΦΜ ΚΕΠ ΕΛΤΑ ΑΕΚ ΠΑΟΚ ΚΚΕ ΝΔ")
    starters = words(
        "ο η το οι τα αυτός αυτή αυτό αυτοί και αλλά όταν αν στο στη στην στις με για από μετά",
        "εκεί εδώ τότε επίσης όμως γιατί δεν θα είναι ένα ένας μια",
    )
    code_words = words("κωδικός κωδικό κωδικού τ.κ τ.κ. κ pin αριθμός κώδικας")
    abbreviations: ClassVar = abbreviations(
        """
        παραδείγματος χάρη: π.χ | λόγου χάρη: λ.χ | δηλαδή: δηλ | κύριος: κ | κυρία: κα
        κύριοι: κκ | καθηγητής: καθ | βλέπε: βλ | περίπου: περ | άγιος: αγ | άγιοι: αγ.αγ
        οδός: οδ | λεωφόρος: λεωφ λ | πλατεία: πλ | τηλέφωνο: τηλ | ταχυδρομικός κώδικας: τ.κ
        διεύθυνση: διεύθ | δόκτωρ: δρ | αριθμός: αρ | υπουργός: υπ | υποσημείωση: υποσ
        και εξής: κ.εξ | μεταξύ άλλων: μ.ά | όπως παραπάνω: ό.π | σημείωση: σημ | νομός: ν
        εκατομμύρια: εκατ | δισεκατομμύρια: δισ | συγκεκριμένα: συγκ | έκδοση: έκδ
        """,
        ends="προ Χριστού: π.Χ | μετά Χριστόν: μ.Χ | προ μεσημβρίας: π.μ | μετά μεσημβρίαν: μ.μ",
        often_ends="και λοιπά: κ.λπ κλπ κ.λ.π | και άλλα: κ.ά κ.α | και τα λοιπά: κ.τ.λ κτλ",
        before_number="""
        σελίδα: σ σελ | κεφάλαιο: κεφ | εικόνα: εικ | πίνακας: πίν | παράγραφος: παρ
        άρθρο: άρ | τόμος: τόμ τ | σχήμα: σχ | νόμος: νόμ
        """,
        bare="κυρία: κα Κα | δόκτωρ: Δρ",
    )

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of Greek numerals, decades and compound words."""
        letters = "".join(_NUMERALS.keys() - {"ΣΤ"})
        yield rule(
            "roman",
            "letter",
            rf"(?<![\p{{L}}\p{{N}}])(?P<n>[ΙΚΛΜΝΞΟΠ]?(?:ΣΤ|[{letters}]))[{_KERAIA}](?![\p{{L}}\p{{N}}])",
            self._numeral,
        )
        yield rule(
            "decade",
            "sign",
            r"(?<![\p{L}\p{N}])['’](?P<n>\d0)(?![\p{L}\p{N}])",
            lambda place: self.cardinal(int(place["n"])),
        )
        yield rule(
            "number",
            "digit",
            rf"(?<![\p{{L}}\p{{N}}.,])(?P<n>\d{{1,3}})-?(?P<rest>{any_of(greek_words.COMPOUND_RESTS)})",
            lambda place: greek_words.compound(int(place["n"]), place["rest"]),
        )

    def _numeral(self, place: Place) -> str | None:
        """Read "Β΄" as an ordinal that agrees with the noun after it, or the name before it."""
        text, mark = place["n"], place.text[-1]
        number = sum(_NUMERALS[part] for part in regex.findall("ΣΤ|.", text))
        before, after = place.word_before, (place.after(1) or [""])[0]
        has_noun = place.next == " " and after[:1].isalpha()
        if mark in "'’" and not (has_noun or greek_words.is_name(before)):
            return None
        if greek_words.is_name(before):
            return self.ordinal(number, greek_words.form_of_name(before)).capitalize()
        form = greek_words.form_of_noun(after, before) if has_noun else "neuter"
        return self.ordinal(number, form)

    def cardinal(self, number: int, form: str = "") -> str:
        """Return a cardinal in the right spelling."""
        return _respelled(super().cardinal(number, form))

    def ordinal(self, number: int, form: str = "") -> str:
        """Return an ordinal; the form is a gender, or gender and case."""
        gender, _, case = (form or "masculine").partition("-")
        said = _respelled(super().ordinal(number, gender))
        return greek_words.in_case(said, gender, case)

    def form_of(self, place: Place) -> str:
        """Return the gender of the noun after a number."""
        noun = (place.after(1) or [""])[0].rstrip(".").lower()
        if place.next not in (" ", "\u00a0") or not noun[:1].isalpha() or noun in self.starters:
            return "neuter"
        return greek_words.gender_of(noun, int(ascii_digits(place.text)[-15:] or 0))

    def year(self, number: int) -> str:
        """Return a year as any number."""
        return self.cardinal(number)

    def is_year(self, number: Number) -> bool:
        """Return False: years are read as other numbers, in the neuter."""
        return False

    def written_ordinal(self, place: Place, digits: str, suffix: str) -> str | None:
        """Read "19ος", "2η", "21ου"."""
        return self.ordinal(int(digits), greek_words.SUFFIXES[suffix])

    def of_magnitude(self, number: Number, magnitude: str, name: str) -> str:
        """Return "δύο κόμμα τέσσερα εκατομμύρια"."""
        if magnitude == "χιλ":
            count = Number(f"{number.whole}000") if not number.fraction else None
            if count is not None:
                return f"{self.number(count)} {name}".strip()
        return super().of_magnitude(number, magnitude, name)

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "δώδεκα ευρώ και πενήντα λεπτά"."""
        return f"{whole} και {cents}"

    def day(self, number: int, place: Place) -> str:
        """Return the day in the feminine, the first as an ordinal."""
        return "πρώτη" if number == 1 else self.cardinal(number, "feminine")

    def date(self, place: Place, day: str, month: int, year: int | None) -> str:
        """Return "τρεις Μαΐου δύο χιλιάδες είκοσι τέσσερα"."""
        said = [day, self.month(month)] if day else [place["month"] or self.month(month)]
        return " ".join([*said, *([] if year is None else [self.cardinal(year)])])

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "τρεις και δεκαπέντε"."""
        said = self.cardinal(hour, "feminine")
        if minute:
            said += f" και {self.cardinal(minute)}"
        if second is not None:
            said += f" και {self.quantity(Number(str(second)), 'duration-second')}"
        return f"{said} {half}".strip()

    def half_day(self, text: str) -> str:
        """Return "προ μεσημβρίας", "μετά μεσημβρίαν"."""
        return "προ μεσημβρίας" if text[0] in "aA" else "μετά μεσημβρίαν"

    def number_range(self, first: Number, last: Number, place: Place) -> str:
        """Return "τρία ένα" for a score; "τρεις έως τέσσερις ώρες" agrees with the noun."""
        form = self.form_of(place)
        if len(first.whole) < 3 and first.value >= last.value:
            return f"{self.number(first)} {self.number(last)}"
        if form != "neuter":
            return self.between(self.number(first, form), self.number(last, form))
        return super().number_range(first, last, place)

    def score(self, first: int, second: int) -> str | None:
        """Return "τρία ένα"; a scale is "ένα προς εκατό"."""
        word = "προς " if first == 1 and second > 9 else ""
        return f"{self.cardinal(first)} {word}{self.cardinal(second)}"

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "ένα δεύτερο", "τρία τέταρτα"."""
        said = self.ordinal(denominator, "neuter")
        if numerator > 1:
            said = " ".join(greek_words.plural(word) for word in said.split())
        return f"{self.cardinal(numerator)} {said}"

    def mixed_at(self, whole: int, part: str, place: Place, unit: str = "") -> str:
        """Return "ενάμισι", "δυόμισι", "τρεισήμισι", "τρία και ένα τέταρτο"."""
        if unit:
            gender = self.genders.get(unit, "neuter")
        else:
            noun = (place.after(1) or [""])[0].rstrip(".").lower()
            gender = greek_words.gender_of(noun, whole) if place.next == " " and noun else "neuter"
        said = self.cardinal(whole, gender)
        if part != "ένα δεύτερο":
            return f"{said} και {part}"
        if whole == 1:
            return "μιάμιση" if gender == "feminine" else "ενάμισι"
        return "δυόμισι" if whole == 2 else f"{said} και {_HALVES.get(gender, 'μισό')}"

    def half_of(self, place: Place) -> str | None:
        """Return "μισό", "μισή" before a noun."""
        noun = (place.after(1) or [""])[0].rstrip(".").lower()
        if place.next != " " or not noun:
            return None
        return _HALVES.get(greek_words.gender_of(noun, 1), "μισό")

    def half_of_unit(self, unit: str) -> str | None:
        """Return "μισό", "μισή" before a unit."""
        return _HALVES.get(self.genders.get(unit, ""), "μισό")

    def power(self, exponent: Number) -> str | None:
        """Return "στο τετράγωνο", "στον κύβο", "στη μείον τρία"."""
        known = {"2": "στο τετράγωνο", "3": "στον κύβο"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"στη {self.number(exponent)}"

    def abbreviation(self, word: str, place: Place) -> Abbreviation | None:
        """Tell "π.χ.", for example, from "π.Χ.", before Christ."""
        if word in ("π.Χ", "μ.Χ"):
            return self.abbreviations[word]
        if len(word) == 1 and word.isupper():
            return None
        return super().abbreviation(word, place)


def _respelled(text: str) -> str:
    """Return numerals in the right spelling."""
    for wrong, right in _SPELLINGS:
        text = text.replace(wrong, right)
    return regex.sub(r"\bόγδο\b", "όγδοο", text)
