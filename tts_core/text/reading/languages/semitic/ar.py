"""Arabic: numbers by gender and case, "الثالث من مايو", "الساعة الثالثة والنصف"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.data.signs import CURRENCIES as MONEY_SIGNS
from tts_core.text.reading.language import Language
from tts_core.text.reading.languages.semitic import arabic_numbers
from tts_core.text.reading.languages.semitic.arabic_context import (
    AND_BEFORE,
    case_before,
    case_of,
    is_scale_after,
    noun_after,
)
from tts_core.text.reading.languages.semitic.arabic_nouns import (
    CENTS,
    CURRENCIES,
    MONTHS,
    SIGNS,
    UNIT_SIGNS,
    UNITS,
    is_feminine,
)
from tts_core.text.reading.languages.semitic.arabic_numbers import LARGEST_ORDINAL, SCALES, Noun
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule, any_of, rule
from tts_core.text.reading.tables import abbreviations, words

_VOWELED = {"و": "وَ", "ف": "فَ", "ب": "بِ", "ل": "لِ", "ك": "كَ"}
"""Words of one letter. With a vowel sign they stay next to the word after them."""
_SECTIONS = {
    **dict.fromkeys(words(
        "القرن الفصل الباب الجزء المركز الصف الطابق الدور اليوم الأسبوع الدرس البند المجلد الموسم",
        "المستوى الشوط الفرع القسم المؤتمر العام المقام",
    ), False),
    **dict.fromkeys(words(
        "المادة المرتبة الدورة الذكرى الحلقة الآية الوحدة الفقرة الجولة النسخة الطبعة المرحلة",
        "السنة القمة الدقيقة الصفحة الليلة",
    ), True),
}  # fmt: skip
"""Nouns after which a number is an ordinal, and whether they are feminine."""
_RULERS = words(
    "لويس جورج هنري شارل كارل فيليب إليزابيث إليزابيت نابليون كاترين بطرس ألكسندر فريدريك بنديكت",
    "يوحنا بولس محمد الحسن عبدالله فاروق فؤاد توت رمسيس بيوس ليو إدوارد ريتشارد غوستاف",
)
_QUEENS = words("إليزابيث إليزابيت كاترين")
_QUARTER, _HALF = 15, 30
_HALVES = {"ص": "صباحًا", "م": "مساءً"}
_PARTS_OF = {"concentr-percent": "بالمئة", "concentr-permille": "بالألف"}
_YEAR_WORDS = ("عام", "سنة", "العام", "لعام", "بعام")


class Arabic(Language):
    """Modern Standard Arabic, written without vowel signs."""

    prefixes = "وفبلكـ"
    group_signs = ","
    decimal_sign = "."
    date_order = "dmy"
    minus = "ناقص"
    point = "فاصلة"
    to = "إلى"
    by = "في"
    before_short_dates = words(
        "يوم بتاريخ تاريخ الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد، الاثنين،",
        "الثلاثاء، الأربعاء، الخميس، الجمعة، السبت،",
    )
    as_often = "مرات"
    per_word = "لكل"
    score_word = "مقابل"
    number_after_sign = True
    year_words = ("م", "للميلاد", "ميلادية")
    extra_months = MONTHS
    digit_names = tuple(map(arabic_numbers.cardinal, range(10)))
    telephone_words = words("هاتف الهاتف تلفون جوال الجوال موبايل واتساب فاكس اتصل على")
    signs: ClassVar = {
        "+": "زائد", "−": "ناقص", "-": "ناقص", "×": "ضرب", "·": "ضرب", "*": "ضرب",
        "÷": "تقسيم", "/": "على", "=": "يساوي", "≠": "لا يساوي", "≈": "يساوي تقريبا",
        "<": "أصغر من", ">": "أكبر من", "≤": "أصغر من أو يساوي", "≥": "أكبر من أو يساوي",
        "±": "زائد أو ناقص", "~": "حوالي", "√": "جذر", "∞": "لا نهاية", "π": "باي", "∪": "اتحاد",
        "∩": "تقاطع", "∫": "تكامل", "∈": "ينتمي إلى", "→": "إلى", "&": "و", "§": "فقرة",
        "°": "درجة", "%": "بالمئة", "№": "رقم", "@": "آت", "€": "يورو", "$": "دولار",
        "£": "جنيه", "¥": "ين", "﷼": "ريال",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "زائد", "<": "أقل من", ">": "أكثر من", "~": "حوالي"}
    symbols: ClassVar = {
        ".": "نقطة", "@": "آت", "/": "شرطة مائلة", "-": "شرطة", "_": "شرطة سفلية",
        ":": "نقطتان", "#": "هاشتاغ", "?": "علامة استفهام", "=": "يساوي", "&": "و",
        "%": "بالمئة", "+": "زائد", "~": "مدة", "number": "رقم", "version": "الإصدار",
        "hashtag": "هاشتاغ", "code block": "كتلة برمجية.",
    }  # fmt: skip
    currency_signs = SIGNS
    cents: ClassVar = {code: (noun.singular,) * 2 for code, noun in CENTS.items()}
    magnitudes: ClassVar = {
        written: (noun.singular,) * 2
        for noun in SCALES.values()
        for written in (noun.singular, noun.plural, f"{noun.singular}ا", noun.accusative())
    }
    unit_signs = UNIT_SIGNS
    words_like_units = frozenset(sign for sign in UNIT_SIGNS if sign.isalpha()) | words("A B")
    extra_triggers = ("وص", "وج", "فص", "ال", "وال", "بال", "لل", "الـ", "بـ", "لـ", "و", "ب", "ل")
    section_words = tuple(_SECTIONS)
    starters = words(
        "ثم و لكن هذا هذه هو هي هم نحن أنا إن لقد قال قالت في كان كانت بعد عندما إذا لم"
    )
    code_words = words("رمز الرمز كود رقم الرقم")
    abbreviations: ClassVar = {
        **abbreviations(
            "الأستاذ الدكتور: أ.د | الدكتور: د | الأستاذ: أ | صندوق بريد: ص.ب",
            ends="المهندس: م | قبل الميلاد: ق.م | بعد الميلاد: ب.م",
            often_ends="إلى آخره: إلخ الخ ألخ",
            before_number="صفحة: ص | هاتف: ه ت",
            bare="قبل الميلاد: ق.م | إلى آخره: إلخ الخ | صندوق بريد: ص.ب"
            " | الدكتور: د/ | الأستاذ: أ/",
        ),
        "ص!": Abbreviation("صفحة", before_number=True),
        "ج!": Abbreviation("جزء", before_number=True),
    }

    def cardinal(self, number: int, form: str = "") -> str:
        """Return a number; `form` has some of "feminine", "oblique" and "construct"."""
        if number < 0:
            return f"{self.minus} {self.cardinal(-number, form)}"
        flags = dict.fromkeys(form.split(), True)
        return arabic_numbers.cardinal(number, **flags)

    def ordinal(self, number: int, form: str = "") -> str:
        """Return a definite ordinal, from a hundred on the cardinal."""
        if not 0 < number <= LARGEST_ORDINAL:
            return self.cardinal(number, form)
        flags = dict.fromkeys(form.split(), True)
        return arabic_numbers.ordinal(number, **flags)

    def year(self, number: int) -> str:
        """Return a year, which "عام" stands before or is understood."""
        return self.cardinal(number, "oblique")

    def plain_number(self, number: Number, place: Place) -> str:
        """Return a number by what stands around it: a clause, an hour, what is counted."""
        before = AND_BEFORE.sub("", place.word_before)
        value = int(number.whole) if len(number.whole) < 3 else 0
        if value and not (number.fraction or number.negative or noun_after(place)):
            if before == "الساعة" and value < 25:
                return self.ordinal(value, "feminine")
            for each in (before, before[1:]):
                if each in _SECTIONS:
                    gender = "feminine" if _SECTIONS[each] else ""
                    return self.ordinal(value, f"{gender} {case_before(place)}")
        if self.is_code(number, place):
            return self.digits(number.whole)
        return self.number(number, self.form_of(place))

    def form_of(self, place: Place) -> str:
        """Return gender and case by the words around a number."""
        number = int("".join(c for c in place.text if c.isdecimal())[-3:] or 0)
        noun = noun_after(place)
        before = place.word_before
        said = [case_of(place)]
        if (noun and is_feminine(noun, number)) or before.endswith("سنة"):
            said.append("feminine")
        if noun or is_scale_after(place):
            said.append("construct")
        return " ".join(said)

    def quantity(self, number: Number, unit: str) -> str | None:
        """Return a quantity with the unit in the form that the number demands."""
        return self._counted(number, UNITS.get(unit), unit=unit)

    def quantity_at(self, number: Number, unit: str, place: Place) -> str | None:
        """Return a quantity in the case that the word before it demands."""
        return self._counted(number, UNITS.get(unit), case_of(place), unit)

    def _counted(
        self, number: Number, noun: Noun | None, case: str = "", unit: str = ""
    ) -> str | None:
        if unit in _PARTS_OF:
            return f"{self.number(number, case)} {_PARTS_OF[unit]}"
        if noun is None:
            return None
        if number.fraction or len(number.whole) > 12:
            return f"{self.number(number)} {noun.one()}"
        sign = f"{self.minus} " if number.negative else ""
        return sign + arabic_numbers.counted(int(number.whole), noun, oblique=bool(case))

    def is_word(self, sign: str, place: Place, before: str, number: Number) -> bool:
        """Return whether a sign is a word: Arabic ones are units after a number."""
        return sign.isascii() and super().is_word(sign, place, before, number)

    def unit_name(self, unit: str, number: Number) -> str | None:
        """Return the singular of a unit."""
        noun = UNITS.get(unit)
        return noun and noun.one()

    def per(self, spoken: str, unit: str) -> str | None:
        """Return "لكل كيلوغرام"."""
        noun = UNITS.get(unit)
        return noun and f"{spoken} لكل {noun.one()}".strip()

    def currency(self, code: str, number: Number) -> str | None:
        """Return the singular of a currency."""
        noun = CURRENCIES.get(code)
        return noun.one() if noun else self.cldr.currency(code, number.value)

    def money(self, number: Number, code: str, magnitude: str = "") -> str | None:
        """Return an amount with the currency in the form that the number demands."""
        split = len(number.fraction) == 2
        if magnitude or (split and number.fraction != "00" and code in self.cents):
            return super().money(number, code, magnitude)
        exact = Number(number.whole, "", number.negative) if number.fraction == "00" else number
        name = CURRENCIES.get(code) or Noun(self.currency(code, exact) or code)
        return self._counted(exact, name)

    def money_at(self, number: Number, code: str, magnitude: str, place: Place) -> str | None:
        """Return an amount in the case that the word before it demands."""
        if number.fraction or magnitude or code not in CURRENCIES:
            return self.money(number, code, magnitude)
        return self._counted(number, CURRENCIES[code], case_of(place))

    def minor(self, number: int, code: str) -> str:
        """Return hundredths of a currency."""
        return arabic_numbers.counted(number, CENTS[code])

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "ثلاثة دولارات وخمسون سنتًا"."""
        return f"{whole} و{cents}"

    def of_magnitude(self, number: Number, magnitude: str, name: str) -> str:
        """Return "خمسة ملايين دولار"."""
        return f"{self._magnitude(number, magnitude, construct=bool(name))} {name}".strip()

    def of_magnitude_at(self, number: Number, magnitude: str, place: Place) -> str:
        """Return "مليونا" before a noun, "مليونان" elsewhere."""
        return self._magnitude(number, magnitude, case_of(place), construct=bool(noun_after(place)))

    def _magnitude(self, number: Number, magnitude: str, case: str = "", *, construct: bool) -> str:
        singular = self.magnitudes[magnitude][0]
        noun = next(noun for noun in SCALES.values() if noun.singular == singular)
        if number.fraction:
            return f"{self.number(number)} {singular}"
        sign = f"{self.minus} " if number.negative else ""
        return sign + arabic_numbers.counted(
            int(number.whole), noun, oblique=bool(case), construct=construct, alone=False
        )

    def day(self, number: int, place: Place) -> str:
        """Return the day as an ordinal."""
        return self.ordinal(number, case_of(place))

    def date(self, place: Place, day: str, month: int, year: int | None) -> str:
        """Return "الثالث من مايو عام ألفين وأربعة وعشرين", the month as it is written."""
        said = [day, "من"] if day else []
        said.append(place["month"] or self.month(month))
        if year is not None:
            said += ["عام", self.year(year)]
        return " ".join(said)

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "الثالثة والنصف", "الثامنة وخمس دقائق"."""
        said = self.ordinal(hour, "feminine") if hour > 1 else ("الواحدة" if hour else "الصفر")
        if second is None and minute in (_QUARTER, _HALF):
            return f"{said} {'والربع' if minute == _QUARTER else 'والنصف'}"
        oblique = bool(case_of(place))
        if minute or second:
            noun = UNITS["duration-minute"]
            said += f" و{arabic_numbers.counted(minute, noun, oblique=oblique)}"
        if second is None:
            return said
        noun = UNITS["duration-second"]
        return f"{said} و{arabic_numbers.counted(second, noun, oblique=oblique)}"

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "نصف", "ثلاثة أرباع"."""
        return arabic_numbers.fraction(numerator, denominator)

    def mixed(self, whole: int, part: str) -> str:
        """Return "اثنان ونصف"."""
        return f"{self.cardinal(whole)} و{part}"

    def power(self, exponent: Number) -> str | None:
        """Return "تربيع", "تكعيب", "أس أربعة"."""
        known = {"2": "تربيع", "3": "تكعيب"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"أس {self.number(exponent)}"

    def number_range(self, first: Number, last: Number, place: Place) -> str:
        """Return "عشرة إلى عشرين", a score as "ثلاثة مقابل واحد"."""
        if len(first.whole) < 3 and first.value > last.value:
            return f"{self.number(first)} {self.score_word} {self.number(last, 'oblique')}"
        form = self.form_of(place)
        gender = "feminine" if "feminine" in form else ""
        return self.between(
            self.number(first, f"{case_of(place)} {gender}"), self.number(last, f"oblique {form}")
        )

    def unit_range(self, first: Number, last: Number, unit: str) -> str | None:
        """Return a range of quantities, of which the second is in the genitive."""
        noun = UNITS.get(unit)
        said = self._counted(last, noun, "oblique", unit)
        gender = "feminine" if noun and noun.is_feminine else ""
        return said and self.between(self.number(first, gender), said)

    def score(self, first: int, second: int) -> str | None:
        """Return "عشرة إلى واحد"."""
        return f"{self.cardinal(first)} إلى {self.cardinal(second, 'oblique')}"

    def section_number(self, number: int, place: Place) -> str | None:
        """Return the ordinal of a roman number."""
        return self.ordinal(number, "feminine" if _SECTIONS.get(place.word_before) else "")

    def is_ruler(self, name: str) -> bool:
        """Return whether a word is the name of a ruler."""
        return name in _RULERS or super().is_ruler(name)

    def regnal(self, number: int, place: Place) -> str:
        """Return "الرابع عشر"."""
        return self.ordinal(number, "feminine" if place.word_before in _QUEENS else "")

    def sentence_follows(self, place: Place) -> bool:
        """Return whether a sentence follows, in which no word has a capital."""
        words_after = place.after(1)
        return super().sentence_follows(place) or bool(
            words_after and words_after[0] in self.starters
        )

    def abbreviation(self, word: str, place: Place) -> Abbreviation | None:
        """Tell "م. أحمد", an engineer, from what follows a number."""
        if len(word) == 1 and word.isalpha():
            after = place.after(1)
            if place.source[: place.start].rstrip()[-1:].isdecimal() or not after:
                return None
        return super().abbreviation(word, place)

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of prefixes, of "الـ20", of the eras and of the halves of the day."""
        signs = any_of({*MONEY_SIGNS, "%", "-", "−", "+", "#", "@"} - {"Rs", "Rs."})
        yield rule(
            "prefix",
            "letter",
            r"(?<!\p{L})(?P<and>[وف]?)(?:ال|(?P<to>لل)|(?P<by>[بك])ال)ـ?[ ]?"
            r"(?P<n>\d{1,3})(?!\p{N}|[.,/:]\d)",
            self._definite,
        )
        yield rule(
            "prefix",
            "letter",
            rf"(?<!\p{{L}})(?P<and>[وف]?)(?P<by>[بلك]?)ـ?(?=\d|{signs}[ ]?\d"
            r"|(?:أ\.)?[دأم]\.[ ]?\p{L}|[صج][ ]\d)(?<=[\p{L}])",
            lambda place: _VOWELED.get(place["and"], "") + _VOWELED.get(place["by"], ""),
        )
        yield rule(
            "date",
            "digit",
            r"(?<![\p{L}\p{N}.,/-])(?P<y>\d{3,4})[ ]?(?P<era>هـ|ه(?!\p{L})|م)(?![\p{L}\p{N}²³/])",
            self._with_era,
        )
        yield rule(
            "time",
            "digit",
            r"(?<=الساعة[ ])(?P<h>1[0-2]|[1-9])[ ]?(?P<half>[صم])(?![\p{L}\p{N}])",
            lambda place: f"{self.time(int(place['h']), 0, None, place)} {_HALVES[place['half']]}",
        )
        yield rule(
            "time",
            "letter",
            r"(?<=:\d\d[ ]?)[صم](?![\p{L}\p{N}.])",
            lambda place: _HALVES[place.text],
        )

    def _definite(self, place: Place) -> str:
        """Return "العشرون" and, after a definite noun or before "من", "الخامس"."""
        number = int(place["n"])
        noun = AND_BEFORE.sub("", place.word_before)
        by = "لِ" if place["to"] else _VOWELED.get(place["by"], "")
        case = "oblique" if by else case_of(place) or case_before(place)
        after = place.after(1)
        is_ordinal = noun.startswith("ال") or (after and after[0] == "من")
        if number <= LARGEST_ORDINAL and is_ordinal and number:
            said = self.ordinal(number, f"{'feminine' if noun.endswith(('ة', 'ى')) else ''} {case}")
        else:
            said = f"ال{self.cardinal(number, f'{self.form_of(place)} {case}')}"
        said = f"ل{said.removeprefix('ا')}" if place["to"] else f"{by}{said}"
        return _VOWELED.get(place["and"], "") + said

    def _with_era(self, place: Place) -> str | None:
        """Return a year of the Hijra or of Christ; "1500 م" is a distance."""
        is_meter = place["era"] == "م" and (len(place["y"]) < 4 or place["y"][-2:] in ("00", "50"))
        if is_meter and place.word_before not in _YEAR_WORDS:
            return None
        said = self.cardinal(int(place["y"]), self.form_of(place))
        return f"{said} {'للميلاد' if place['era'] == 'م' else 'للهجرة'}"
