"""English: American, and British with "and" in numbers and the day before the month."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.data.greek import letters
from tts_core.text.reading.data.rulers import RULERS
from tts_core.text.reading.language import Language
from tts_core.text.reading.languages.germanic import english_citations, english_rules
from tts_core.text.reading.languages.germanic.english_words import CAPITAL_WORDS, INITIALISMS
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule
from tts_core.text.reading.tables import abbreviations, pairs, words


class English(Language):
    """American English."""

    ordinal_suffixes = ("st", "nd", "rd", "th", "ST", "ND", "RD", "TH", "ˢᵗ", "ⁿᵈ", "ʳᵈ", "ᵗʰ")
    after_fractions = words("of day hour mile")
    telephone_words = words("call phone telephone tel fax mobile cell dial text ring called")
    short_codes = words("911 999 112 411 311 211 988 101 111 000")
    by = "by"
    before_short_dates = words("on by until since before after due dated from to through till")
    as_often = "times"
    scales = ("thousand", "million", "billion")
    minus = "minus"
    point = "point"
    to = "to"
    compass: ClassVar = {"N": "north", "S": "south", "E": "east", "W": "west"}
    per_word = "per"
    before_single_unit = ("per", "a", "an", "one", "each", "every")
    between_date_parts = ("of",)
    capital_months = True
    extra_months: ClassVar = {"sept": 9}
    extra_weekdays: ClassVar = {"tues": "Tuesday", "thur": "Thursday", "thurs": "Thursday"}
    signs: ClassVar = {
        **letters(
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu "
            "nu xi omicron pi rho sigma tau upsilon phi chi psi omega",
        ),
        "♯": "sharp", "♭": "flat", "℡": "telephone",
        "+": "plus", "−": "minus", "-": "minus", "×": "times", "·": "times", "*": "times",
        "÷": "divided by", "=": "equals", "≠": "is not equal to", "≈": "is approximately",
        "<": "is less than", ">": "is greater than", "≤": "is less than or equal to",
        "≥": "is greater than or equal to", "±": "plus or minus", "~": "about",
        "√": "the square root of", "©": "copyright",
        "∞": "infinity", "π": "pi", "&": "and", "§": "section", "°": "degrees",
        "¶": "paragraph", "§§": "sections", "¶¶": "paragraphs",
        "%": "percent", "№": "number", "/": "over", "@": "at", "→": "to", "∑": "sum",
        "∆": "delta", "Δ": "delta", "µ": "micro", "∪": "union", "∩": "intersection",
        "∫": "the integral of", "∈": "in", "€": "euros", "£": "pounds", "$": "dollars", "¥": "yen",
    }  # fmt: skip
    prefix_signs: ClassVar = {
        "+": "plus", "<": "less than", ">": "greater than", "≤": "at most", "≥": "at least",
        "≈": "approximately",
    }  # fmt: skip
    symbols: ClassVar = {
        ".": "dot", "@": "at", "/": "slash", "-": "dash", "_": "underscore", ":": "colon",
        "#": "hash",
        "?": "question mark", "=": "equals", "&": "and", "%": "percent", "+": "plus", "~": "tilde",
        "number": "number", "version": "version", "hashtag": "hashtag",
        "code block": "Code block.",
    }  # fmt: skip
    currency_signs: ClassVar = {"dollars": "USD", "euros": "EUR", "pounds": "GBP"}
    currencies: ClassVar = {
        "USD": ("dollar", "dollars"), "GBP": ("pound", "pounds"), "EUR": ("euro", "euros"),
        "JPY": ("yen", "yen"), "INR": ("rupee", "rupees"), "CNY": ("yuan", "yuan"),
        "RUB": ("ruble", "rubles"), "BRL": ("real", "reais"), "KRW": ("won", "won"),
        "BTC": ("bitcoin", "bitcoins"), "PLN": ("zloty", "zlotys"), "UAH": ("hryvnia", "hryvnias"),
    }  # fmt: skip
    cents: ClassVar = {
        **dict.fromkeys(words("USD EUR CAD AUD NZD HKD SGD ZAR"), ("cent", "cents")),
        "GBP": ("penny", "pence"), "INR": ("paisa", "paise"), "CHF": ("centime", "centimes"),
        "BRL": ("centavo", "centavos"), "MXN": ("centavo", "centavos"),
        "RUB": ("kopeck", "kopecks"),
    }  # fmt: skip
    magnitudes: ClassVar = {
        **pairs("thousand", "k thousand"), **pairs("million", "m mn mln mio million millions"),
        **pairs("billion", "b bn bln billion billions"),
        **pairs("trillion", "t tn trn trillion trillions"), **pairs("lakh", "lakh lakhs"),
        **pairs("crore", "crore crores cr"),
    }  # fmt: skip
    units: ClassVar = {
        "Mbps": ("megabit per second", "megabits per second"),
        "kbps": ("kilobit per second", "kilobits per second"),
        "Gbps": ("gigabit per second", "gigabits per second"),
        "MB/s": ("megabyte per second", "megabytes per second"),
        "GB/s": ("gigabyte per second", "gigabytes per second"),
        "Wh": ("watt hour", "watt hours"), "MWh": ("megawatt hour", "megawatt hours"),
        "GWh": ("gigawatt hour", "gigawatt hours"), "TWh": ("terawatt hour", "terawatt hours"),
        "kV": ("kilovolt", "kilovolts"), "mV": ("millivolt", "millivolts"),
        "mAh": ("milliamp hour", "milliamp hours"), "Ah": ("amp hour", "amp hours"),
        "kΩ": ("kilohm", "kilohms"), "kN": ("kilonewton", "kilonewtons"),
        "Nm": ("newton meter", "newton meters"), "dB": ("decibel", "decibels"),
        "mm²": ("square millimeter", "square millimeters"),
        "pts": ("point", "points"), "rpm": ("revolution per minute", "revolutions per minute"),
        "fps": ("frame per second", "frames per second"),
        "bpm": ("beat per minute", "beats per minute"),
        "concentr-part-per-1e6": ("part per million", "parts per million"),
        "MeV": ("megaelectronvolt", "megaelectronvolts"),
        "frequency-hertz": ("hertz", "hertz"), "angle-degree": ("degree", "degrees"),
    }  # fmt: skip
    unit_signs: ClassVar = {"ft.": "length-foot", "in.": "length-inch", "oz.": "mass-ounce",
        "lb.": "mass-pound", "lbs.": "mass-pound", "mi.": "length-mile", "yd.": "length-yard",
        "in": "length-inch", "min.": "duration-minute", "sec.": "duration-second",
        "hr.": "duration-hour", "hrs.": "duration-hour", "yrs": "duration-year",
        "yr": "duration-year",
        '"': "length-inch", "percent": "concentr-percent", "pct": "concentr-percent",
        "pct.": "concentr-percent", "dL": "volume-deciliter",
        "cc": "volume-cubic-centimeter", "tbsp": "volume-tablespoon", "tsp": "volume-teaspoon",
        "tbsp.": "volume-tablespoon", "tsp.": "volume-teaspoon", "bpm": "bpm",
        "wk": "duration-week",
        "wks": "duration-week", "mos": "duration-month", "mos.": "duration-month",
        "yrs.": "duration-year", "yds": "length-yard", "yds.": "length-yard",
        "pts": "pts", "pts.": "pts", "Tbsp": "volume-tablespoon", "Tbsp.": "volume-tablespoon",
        "qt": "volume-quart", "qts": "volume-quart",
        "sq mi": "area-square-mile", "cu ft": "volume-cubic-foot", "mi/h": "speed-mile-per-hour",
        "kts": "speed-knot",
    }  # fmt: skip
    words_like_units = words("in", "ly", "B", "bar", '"', "ct")
    section_words = words(
        "chapter part volume book act scene section article appendix phase stage level class type",
        "war bowl title figure fig table plate group division grade unit canto vol ch pt sec no",
        "chapters volumes articles sections page pages mk fantasy rocky rambo apollo vatican",
        "saturn gemini titan quest wars godfather factor",
        "terminator mark pentium trek souls warcraft tekken elements theft league",
    )
    capital_words = CAPITAL_WORDS
    initialisms = INITIALISMS
    extra_triggers = english_citations.TRIGGERS
    starters = words(
        "the a an he she it we they you i this that these those there here his her its our",
        "their my",
        "your in on at as if when while after before but and so then however although because",
        "since",
        "for from what who where why how no not now some many most one another both each",
    )
    code_words = words(
        "code codes pin id zip number no account flight serial password passcode extension ext key",
        "isbn order case ticket otp",
    )
    digit_names = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    abbreviations: ClassVar = abbreviations(
        """
        Monday: Mon | Tuesday: Tue Tues | Wednesday: Wed | Thursday: Thu Thur Thurs | Friday: Fri
        Saturday: Sat | Sunday: Sun | also known as: a.k.a
        Mister: mr | Missus: mrs | Miz: ms | Messrs: messrs | Mix: mx | Professor: prof
        Reverend: rev
        Honorable: hon | Governor: gov | Senator: sen | Representative: rep | General: gen
        Colonel: col | Lieutenant: lt | Sergeant: sgt | Captain: capt | Commander: cmdr | Major: maj
        Admiral: adm | Superintendent: supt | President: pres | Lieutenant Colonel: lt.col
        temperature: temp | including: incl | excluding: excl | Route: rte
        Mount: mt | Fort: ft | versus: vs | compare: cf
        for example: e.g eg | that is: i.e
        Saint: st | Doctor: dr | namely: viz | approximately: approx | Bishop: bp
        Archbishop: abp | Corporal: cpl | Private: pvt
        """,
        ends="""
        Avenue: ave | Boulevard: blvd | Road: rd | Highway: hwy | Incorporated: inc
        Limited: ltd | Company: co | Corporation: corp | Junior: jr | Senior: sr | Esquire: esq
        Brothers: bros | Department: dept | University: univ | Association: assn | estimated: est
        al: al | Square: sq | Lane: ln | Court: ct | Apartment: apt | Suite: ste
        """,
        often_ends="et cetera: etc | each: ea",
        before_number="""
        number: no | numbers: nos | page: p pg | pages: pp | figure: fig | figures: figs
        volume: vol | volumes: vols | chapter: ch chap | section: sec sect | equation: eq | part: pt
        article: art
        Opus: op | extension: ext | circa: c ca | line: l | verse: v | edition: ed
        """,
        bare="""
        Mister: Mr | Missus: Mrs | Miz: Ms | Professor: Prof | Doctor: Dr | Saint: St | versus: vs
        World War Two: WWII | World War One: WWI
        Control: Ctrl | by the way: btw | thanks: thx | please: pls plz | I don't know: idk
        to be honest: tbh | let me know: lmk
        without: w/o | with: w/ | care of: c/o | also known as: aka
        """,
    )

    def cardinal(self, number: int, form: str = "") -> str:
        """Return a number without "and"."""
        return super().cardinal(number, form).replace(",", "")

    def rules(self) -> Iterator[Rule]:
        """Yield the rules that only English has."""
        yield from english_rules.rules(self)
        yield from english_citations.rules(self)

    def quantity_at(self, number: Number, unit: str, place: Place) -> str | None:
        """Return a quantity, in the singular before what it describes: "a five kilometer run"."""
        is_compound = english_rules.is_compound(place)
        if unit.startswith("concentr"):
            return self.quantity(number, unit)
        if not is_compound and not english_rules.is_attributive(place):
            return self.quantity(number, unit)
        name = self.unit_name(unit, Number("1"))
        return name and f"{self.number(number)} {name}"

    def money_at(self, number: Number, code: str, magnitude: str, place: Place) -> str | None:
        """Return an amount, in the singular before what it describes: "a five dollar bill"."""
        cents = len(number.fraction) == 2 and not magnitude and code in self.cents
        if cents or not english_rules.is_attributive(place):
            return self.money(number, code, magnitude)
        name = self.currency(code, Number("1"))
        if name is None:
            return None
        if place.source.startswith(f"-{name}", place.end):
            name = ""  # "$5 billion-dollar"
        if magnitude:
            return self.of_magnitude(number, magnitude, name)
        return f"{self.number(number)} {name}".strip()

    def is_word(self, sign: str, place: Place, before: str, number: Number) -> bool:
        """Return whether "in" is no inches: after feet it is."""
        if sign == "in" and place.next == "-":
            return True  # "a 1-in-3 chance"
        if sign == "in" and any(word.rstrip(".") in ("ft", "feet") for word in place.before(1)):
            return False
        return super().is_word(sign, place, before, number)

    def is_year(self, number: Number) -> bool:
        """Return whether a number is a year; "1066" is one too."""
        return super().is_year(number) or number.whole == "1066"

    def is_regnal(self, number: int, place: Place) -> bool:
        """Return whether "I" after a name is a number, and not the pronoun."""
        return number != 1 or english_rules.is_first(place)

    def year(self, number: int) -> str:
        """Return a year in two halves; "oh" without a hyphen, so that it stays a word."""
        if 1010 <= number < 1100:
            return f"{self.cardinal(number // 100)} {self.cardinal(number % 100)}"
        return super().year(number).replace("oh-", "oh ")

    def day(self, number: int, place: Place) -> str:
        """Return the day as an ordinal."""
        return self.ordinal(number)

    def date(self, place: Place, day: str, month: int, year: int | None) -> str:
        """Return "May third", or "the third of May" as the text has it."""
        name = self.month(month)
        if not day:
            return f"{name} {self.year(year)}" if year is not None else name
        if self._day_first(place):
            article = "" if place.before(1)[-1:] == ["the"] else "the "
            spoken = f"{article}{day} of {name}"
        else:
            spoken = f"{name} {day}"
        return spoken if year is None else f"{spoken}, {self.year(year)}"

    def _day_first(self, place: Place) -> bool:
        named = place.text[0].isdecimal() and bool(place["month"])
        return named or (self.date_order == "dmy" and not place.text[:4].isdecimal())

    def short_year(self, digits: str) -> str | None:
        """Return "oh five" for '05."""
        return (
            f"oh {self.cardinal(int(digits))}" if digits[0] == "0" else self.cardinal(int(digits))
        )

    def decade(self, number: int, place: Place) -> str | None:
        """Return "nineteen nineties", "eighties"; "two thousands"."""
        if place["s"].startswith("er"):
            return None
        if number % 100 == 0:
            return f"{self.year(number)}s" if number else None
        century, tens = divmod(number, 100)
        if number < 20:
            return None
        plural = self.cardinal(tens)[:-1] + "ies" if tens >= 20 else self.cardinal(tens) + "s"
        return f"{self.cardinal(century)} {plural}" if century else plural

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "fourteen oh five", "twelve o'clock", "nine a.m."."""
        said = [self.cardinal(hour)]
        if minute:
            said.append(f"oh {self.cardinal(minute)}" if minute < 10 else self.cardinal(minute))
        elif hour == 0 and second is None:
            return "midnight"
        elif second is not None or hour > 12:
            said.append("hundred" if second is None else "zero")
        elif not half:
            said.append("o'clock")
        if second is not None:
            said.append(f"and {self.quantity(Number(str(second)), 'duration-second')}")
        return " ".join((*said, half) if half else said)

    def half_day(self, text: str) -> str:
        """Return "a.m." or "p.m.", which no engine takes for "am"."""
        return "a.m." if text[0] in "aA" else "p.m."

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "four pounds and fifty pence"."""
        return f"{whole} and {cents}"

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "one half", "three quarters", "five sixteenths", "seven over fifty-one"."""
        if denominator == 2:
            return "one half"
        if (numerator, denominator) == (9, 11):
            return "nine eleven"
        if (
            numerator > 1
            and denominator > 10
            and denominator not in (12, 16, 20, 32, 64, 100, 1000)
        ):
            return f"{self.cardinal(numerator)} over {self.cardinal(denominator)}"
        part = "quarter" if denominator == 4 else self.ordinal(denominator)
        part = part.removeprefix("one ")  # "hundredth"
        return f"{self.cardinal(numerator)} {part}{'' if numerator == 1 else 's'}"

    def mixed(self, whole: int, part: str) -> str:
        """Return "three and a half"."""
        return f"{self.cardinal(whole)} and {part.replace('one ', 'a ', 1)}"

    def ratio(self, first: int, second: int, place: Place) -> str | None:
        """Return "twenty-four seven", "fifty fifty", "ten over two"."""
        if first + second == 100 or (first, second) in ((24, 7), (20, 20), (10, 10)):
            return f"{self.cardinal(first)} {self.cardinal(second)}"
        return f"{self.cardinal(first)} over {self.cardinal(second)}"

    def century(self, number: int, place: Place) -> str | None:
        """Return "nineteenth" before "century"."""
        following = (place.after(1) or [""])[0].lower()
        named = any(word in RULERS for word in place.before(2))
        is_edition = place.word_before.lower() == "the" and (
            named or (len(place["roman"]) > 2 and bool(following))
        )
        return self.ordinal(number) if following.startswith("centur") or is_edition else None

    def is_code(self, number: Number, place: Place) -> bool:
        """Return also whether a ZIP code follows the abbreviation of a state."""
        if len(number.whole) == 5 and not number.fraction:
            before = (place.before(1) or [""])[0]
            if len(before) == 2 and before.isupper():
                return True
        return super().is_code(number, place)

    def power(self, exponent: Number) -> str | None:
        """Return "squared", "cubed", "to the power of ten"."""
        known = {"2": "squared", "3": "cubed"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"to the power of {self.number(exponent)}"

    def section_number(self, number: int, place: Place) -> str | None:
        return None if english_rules.is_pronoun(place) else self.cardinal(number)

    def regnal(self, number: int, place: Place) -> str:
        """Return "the eighth"."""
        return f"the {self.ordinal(number)}"

    def abbreviation(self, word: str, place: Place) -> Abbreviation | None:
        """Tell "Saint" from "Street" and "Doctor" from "Drive" by what follows."""
        known = english_rules.abbreviation(self, word, place)
        return known or super().abbreviation(word, place)


class BritishEnglish(English):
    """British English: "one hundred and five", "the third of April"."""

    hour_signs = (":", ".")
    unit_signs: ClassVar = {**English.unit_signs, "st": "mass-stone"}
    currency_signs: ClassVar = {**English.currency_signs, "p": "¢GBP"}

    def _cardinal_rules(self, form: str) -> str:
        return "spellout-cardinal-verbose"

    def is_word(self, sign: str, place: Place, before: str, number: Number) -> bool:
        """Tell stones from ordinals: "10st", but "21st"."""
        if sign == "st":
            return number.whole[-1] == "1" and number.whole[-2:] != "11"
        return super().is_word(sign, place, before, number)

    def year(self, number: int) -> str:
        """Return "two thousand and one"."""
        return self.cardinal(number) if 2000 < number < 2010 else super().year(number)

    def number_range(self, first: Number, last: Number, place: Place) -> str:
        """Return "three nil" for a score."""
        if last.whole == "0" and len(first.whole) == 1:
            return f"{'nil' if first.whole == '0' else self.number(first)} nil"
        return super().number_range(first, last, place)

    def ordinal(self, number: int, form: str = "") -> str:
        """Return an ordinal with "and"."""
        return super().ordinal(number, "verbose").replace(",", "")
